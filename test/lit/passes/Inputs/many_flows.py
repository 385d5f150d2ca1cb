"""Prints a module in which many flows read one source, each through two projects: maps of what is needed grow."""

ROW = "{n: i64, unused: string}"
STEP = 'step "{0}" id "{0}" errors @default'
print("stream.errors_scope @default stderr")
print('%in = stream.source "in" connector "stdin" {} format "json" {} demand ' + ROW + " max_record 10 "
      + STEP.format("in") + " : !stream.stream<" + ROW + ">")
for i in range(200):
    print(f"%a{i} = stream.project %in () {{ stream.yield }} columns {{e{i} = keep n, unused = keep unused}} "
          + STEP.format(f"a{i}") + f" : !stream.stream<{ROW}> -> !stream.stream<{{e{i}: i64, unused: string}}>")
    print(f"%b{i} = stream.project %a{i} () {{ stream.yield }} columns {{e{i} = keep e{i}}} "
          + STEP.format(f"b{i}") + f" : !stream.stream<{{e{i}: i64, unused: string}}> -> !stream.stream<{{e{i}: i64}}>")
    print(f'stream.sink %b{i} "s{i}" connector "stdout" {{}} format "json" {{}} key [] '
          + STEP.format(f"s{i}") + f" : !stream.stream<{{e{i}: i64}}>")
