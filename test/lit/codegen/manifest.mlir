// The whole manifest of a small job, and what its hash depends on: neither on where the job lies nor on who compiled it.
// RUN: streamc-codegen %s --emit=manifest | FileCheck %s
// RUN: mkdir -p %t.dir && cp %s %t.dir/manifest.mlir
// RUN: streamc-codegen %s --emit=manifest | grep -o '"plan_hash":"[0-9a-f]*"' > %t.here
// RUN: cd %t.dir && streamc-codegen manifest.mlir --emit=manifest | grep -o '"plan_hash":"[0-9a-f]*"' > %t.there
// RUN: diff %t.here %t.there
// RUN: sed 's/default 5/default 6/' %s > %t.dir/manifest.mlir
// RUN: cd %t.dir && streamc-codegen manifest.mlir --emit=manifest | grep -o '"plan_hash":"[0-9a-f]*"' > %t.other
// RUN: not diff -q %t.here %t.other
// RUN: streamc-codegen %s --emit=manifest | %python -c "import json, sys; t = sys.stdin.read().rstrip('\n'); assert t == json.dumps(json.loads(t), sort_keys=True, separators=(',', ':'), ensure_ascii=False), 'not canonical'"

module attributes {
  stream.job = "copy", stream.settings = {delivery = "exactly_once"},
  stream.params = [#stream.param<"limit", ui64 default 5 : ui64>, #stream.param<"name", opt<string> env "NAME">]
} {
  job.errors @default fail
  job.errors @mine stream
  job.source @in "in" connector "file" {path = #stream.concat<["in/", #stream.env<"DIR" default "d">, #stream.param_ref<1>]>, rate = 1.5 : f64}
      format "json" {timestamps = "ms"} columns {a: i64, tags: list<string>, geo: present, geo.lat: f64, code: check opt<string>} max_record 1024
      step "in" id "in/source" errors @mine
  job.sink @out "out" connector "stdout" {} format "json" {} key [] columns {a: i64, "größe": i64}
      step "out" id "out/sink" errors @default
  job.process @p0 input @in step "in" errors @default {
  ^bb0(%a: i64, %tags: !stream.list<string>, %geo: i1, %lat: f64):
    job.write @out(%a, %a : i64, i64)
  }
  job.process @p1 input @mine step "bad" errors @default {
  ^bb0(%cause: !stream.string, %message: !stream.string, %step: !stream.string, %place: !stream.string,
       %input: !stream.string, %event_time: !stream.opt<i64>, %source: !stream.opt<string>,
       %partition: !stream.opt<i32>, %offset: !stream.opt<i64>):
  }
}
// CHECK: {"abi":2,"base":"{{.*}}","compiler":"streamc test","decoders":[],"delivery":"exactly_once",
// CHECK-SAME: "errors":[{"id":0,"policy":"fail"},{"id":1,"policy":"stream","process":1}],"exchanges":[],"flattens":[],"format":1,"job":"copy",
// CHECK-SAME: "params":[{"default":5,"name":"limit","optional":false,"type":"u64"},{"env":"NAME","name":"name","optional":true,"type":"string"}],
// CHECK-SAME: "plan_hash":"{{[0-9a-f]+}}",
// CHECK-SAME: "processes":[{"columns":[{"name":"a","optional":false,"role":"field","type":"i64"},{"element":[{"name":"","optional":false,"role":"field","type":"string"}],"name":"tags","optional":false,"role":"field","type":"list"},{"name":"geo","optional":false,"role":"present","type":"bool"},{"name":"geo.lat","optional":false,"role":"field","type":"f64"}],"function":0,"id":0,"input":{"id":0,"kind":"source"},"name":"in","outputs":[{"id":0,"kind":"sink"}],"tables":[]},
// CHECK-SAME: {"columns":[{"name":"cause",{{.*}}],"function":1,"id":1,"input":{"id":1,"kind":"errors"},"name":"bad","outputs":[],"tables":[]}],
// CHECK-SAME: "sinks":[{"columns":[{"name":"a","optional":false,"role":"field","type":"i64"},{"name":"größe","optional":false,"role":"field","type":"i64"}],"connector":"stdout","encode_site":1,"format":"json","format_options":{},"id":0,"name":"out","operator":"out/sink","options":{},"place":"manifest.mlir:{{[0-9]+}}:3"}],
// CHECK-SAME: "sites":[{"cause":"decode","errors":1,"id":0,"message":"cannot decode the record","place":"manifest.mlir:{{[0-9]+}}:3","source":"in","step":"in"},{"cause":"encode","errors":0,"id":1,"message":"cannot encode the row","place":"manifest.mlir:{{[0-9]+}}:3","step":"out"}],
// CHECK-SAME: "sources":[{"columns":[{{.*}}{"check":true,"name":"code","optional":true,"role":"field","type":"string"}],"connector":"file","decode_site":0,"format":"json","format_options":{"timestamps":"ms"},"has_time":false,"id":0,"idle_us":null,"max_ahead_us":null,"max_record":1024,"name":"in","operator":"in/source","options":{"path":{"concat":["in/",{"default":"d","env":"DIR"},{"param":1}]},"rate":1.5},"place":"manifest.mlir:{{[0-9]+}}:3","process":0,"wait_us":null}],"tables":[]}
