// Graph ops of the `stream` dialect: one for each kind of step. Row ops: stream_row_ops.td.
#ifndef STREAMC_IR_STREAM_OPS
#define STREAMC_IR_STREAM_OPS

include "ir/stream/stream_types.td"

class Stream_Op<string op_mnemonic, list<Trait> traits = []> : Op<Stream_Dialect, op_mnemonic, traits>;

// A step: knows its operator id, its name and its error scope. `step_args` and `step_format` go into every one of them.
class Stream_StepOp<string op_mnemonic, list<Trait> traits = []>
    : Stream_Op<op_mnemonic, traits # [
        HasParent<"::mlir::ModuleOp">, Stream_StepOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  dag step_args = (ins StrAttr:$step, StrAttr:$operator_id, FlatSymbolRefAttr:$errors);
  string step_format = "`step` $step `id` $operator_id `errors` $errors attr-dict";
}

// A step with a region over the columns of its input.
class Stream_RowStepOp<string op_mnemonic, list<Trait> traits = []>
    : Stream_StepOp<op_mnemonic, traits # [
        Stream_RowRegionOpInterface, IsolatedFromAbove, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  code row_step_declaration = [{
    ::streamc::ir::stream::RowAttr getUsedRow() { return ::streamc::ir::stream::rowOf(getInput().getType()); }
  }];
}

//===- Edges ------------------------------------------------------------------------------------------------------===//

def Stream_ErrorsScopeOp : Stream_Op<"errors_scope", [Symbol]> {
  let summary = "where the rejected rows of a group of steps go";
  let description = [{
    Steps refer to it by symbol. With policy `stream` the rows are the result of a `stream.errors` of this scope.

    ```mlir
    stream.errors_scope @quakes stream
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Stream_ErrorPolicyAttr:$policy);
  let assemblyFormat = "$sym_name custom<Word>($policy) attr-dict";
}

def Stream_SourceOp : Stream_StepOp<"source", [Stream_RowRegionOpInterface, Stream_MayReject, IsolatedFromAbove,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames", "getAsmResultNames"]>]> {
  let summary = "rows from outside";
  let description = [{
    `demand` lists the leaves that the program as written depends on: the decoder validates all of them, also those that
    pruning has removed from the result, except `lenient` ones. The columns of the result and of the time region are among them. Options are
    literals, `#stream.param_ref`, `#stream.env` or `#stream.concat`.

    The `time` region computes the event time of a record (i64 microseconds); a rejection in it has cause `time` or its
    own. Without `wait` the watermark stays at −∞ until the end of the input.

    ```mlir
    %0 = stream.source "quakes" connector "file" {path = "quakes.jsonl"} format "json" {}
        demand {mag: f64, "properties.time": i64} max_record 16777216
        time (%t = "properties.time" : i64) {
          %1 = arith.constant 1000 : i64
          %2 = stream.checked_mul %t, %1 : i64
          stream.yield %2 : i64
        } wait 86400000000
        step "quakes" id "quakes/source" errors @quakes : !stream.stream<{mag: f64}>
    ```
  }];
  let arguments = !con((ins StrAttr:$name, StrAttr:$connector, DictionaryAttr:$options, StrAttr:$format,
                            DictionaryAttr:$format_options, Stream_RowAttr:$demand, I64Attr:$max_record,
                            StrArrayAttr:$uses, OptionalAttr<I64Attr>:$wait_us, OptionalAttr<I64Attr>:$idle_us,
                            OptionalAttr<I64Attr>:$max_ahead_us),
                       step_args);
  let regions = (region MaxSizedRegion<1>:$body);
  let results = (outs Stream_StreamType:$result);
  let assemblyFormat = [{
    $name `connector` $connector custom<Dictionary>($options) `format` $format custom<Dictionary>($format_options)
    `demand` custom<Row>($demand) `max_record`
    custom<TimeClause>($max_record, $uses, $body, $wait_us, $idle_us, $max_ahead_us)
  }] # step_format # "`:` qualified(type($result))";
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "RowAttr":$row, "const SourceSpec&":$spec, "const StepSpec&":$step)>];
  let extraClassDeclaration = [{
    ::streamc::ir::stream::RowAttr getUsedRow() { return getDemand(); }
    ::streamc::ir::stream::RowAttr getRow() { return getResult().getType().getRow(); }
    bool hasTime() { return !getBody().empty(); }
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses();
  }];
}

def Stream_SinkOp : Stream_StepOp<"sink", [Stream_MayReject]> {
  let summary = "rows to the outside";
  let description = [{
    All columns of the input are written, in the order of its row; dotted names nest. With `when` the outside is only
    opened if the choice holds; no row comes where it does not.

    ```mlir
    stream.sink %2 "out" connector "file" {path = "out.jsonl"} format "json" {} key []
        step "out" id "out/sink" errors @default : !stream.stream<{region: string, n: i64}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrAttr:$name, StrAttr:$connector, DictionaryAttr:$options,
                            StrAttr:$format, DictionaryAttr:$format_options, StrArrayAttr:$key,
                            OptionalAttr<Stream_ChoiceAttr>:$choice),
                       step_args);
  let assemblyFormat = [{
    $input $name `connector` $connector custom<Dictionary>($options)
    `format` $format custom<Dictionary>($format_options) `key` $key (`when` $choice^)?
  }] # step_format # "`:` qualified(type($input))";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "const SinkSpec&":$spec, "const StepSpec&":$step)>];
  let extraClassDeclaration = [{
    ::streamc::ir::stream::RowAttr getRow() { return ::streamc::ir::stream::rowOf(getInput().getType()); }
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses();
  }];
}

def Stream_ErrorsOp : Stream_StepOp<"errors", [
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the rejected rows of a scope as a stream";
  let description = [{
    The row is always that of `errorsRow()`: cause, message, step, place, input, event_time, source, partition, offset,
    or a subset of it after pruning.

    ```mlir
    %3 = stream.errors @quakes step "bad" id "bad/errors" errors @default : !stream.stream<{cause: string, input: string}>
    ```
  }];
  let arguments = !con((ins FlatSymbolRefAttr:$scope), step_args);
  let results = (outs Stream_StreamType:$result);
  let assemblyFormat = "$scope " # step_format # "`:` qualified(type($result))";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "RowAttr":$row, "::llvm::StringRef":$scope, "const StepSpec&":$step)>];
}

//===- Steps ------------------------------------------------------------------------------------------------------===//

def Stream_WhereOp : Stream_RowStepOp<"where", [RecursiveMemoryEffects, AllTypesMatch<["input", "result"]>]> {
  let summary = "passes the rows for which the region yields true";
  let description = [{
    ```mlir
    %1 = stream.where %0 (%mag = mag : f64) {
      %2 = arith.constant 5.0 : f64
      %3 = arith.cmpf oge, %mag, %2 : f64
      stream.yield %3 : i1
    } step "where" id "strong/where" errors @default : !stream.stream<{mag: f64}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrArrayAttr:$uses), step_args);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = "$input custom<RowRegion>($uses, $body)" # step_format # "`:` qualified(type($result))";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<::llvm::StringRef>":$uses,
                                 "RowBodyBuilder":$body, "const StepSpec&":$step)>];
  let extraClassDeclaration = row_step_declaration;
}

def Stream_AssertOp : Stream_RowStepOp<"assert", [AllTypesMatch<["input", "result"]>, Stream_MayReject]> {
  let summary = "rejects the rows for which the region yields false";
  let description = [{
    ```mlir
    %1 = stream.assert %0 (%mag = mag : f64) {
      %2 = arith.constant 0.0 : f64
      %3 = arith.cmpf oge, %mag, %2 : f64
      stream.yield %3 : i1
    } message "magnitude is negative" step "assert" id "checked/assert" errors @default : !stream.stream<{mag: f64}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrArrayAttr:$uses, StrAttr:$message), step_args);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = "$input custom<RowRegion>($uses, $body) `message` $message" # step_format # "`:` qualified(type($result))";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<::llvm::StringRef>":$uses,
                                 "RowBodyBuilder":$body, "::llvm::StringRef":$message, "const StepSpec&":$step)>];
  let extraClassDeclaration = row_step_declaration # [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kAssert}; }
  }];
}

def Stream_RouteOp : Stream_RowStepOp<"route", [RecursiveMemoryEffects]> {
  let summary = "sends each row to one of several arms, or to none";
  let description = [{
    The region yields the number of the result that gets the row; a number that no result has means none of them. The
    input may have other users: they see every row.

    ```mlir
    %1:2 = stream.route %0 (%mag = mag : f64) {
      %five = arith.constant 5.0 : f64
      %strong = arith.cmpf oge, %mag, %five : f64
      %first = arith.constant 0 : i64
      %second = arith.constant 1 : i64
      %arm = arith.select %strong, %first, %second : i64
      stream.yield %arm : i64
    } step "route" id "alarm/route" errors @default : !stream.stream<{mag: f64}> arms 2
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrArrayAttr:$uses), step_args);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Variadic<Stream_Rows>:$results);
  let assemblyFormat = [{
    $input custom<RowRegion>($uses, $body)
  }] # step_format # "`:` custom<RouteTypes>(type($input), type($results))";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::llvm::ArrayRef<::llvm::StringRef>":$uses,
                                 "RowBodyBuilder":$body, "unsigned":$arms, "const StepSpec&":$step)>];
  let extraClassDeclaration = row_step_declaration;
}

// The rows of the input, some of them or later: what a row is and in which order rows come does not change.
class Stream_GateOp<string op_mnemonic> : Stream_StepOp<op_mnemonic, [AllTypesMatch<["input", "result"]>,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let arguments = !con((ins Stream_Rows:$input, AnyAttr:$amount), step_args);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = "$input $amount " # step_format # "`:` qualified(type($result))";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$input, "::mlir::Attribute":$amount, "const StepSpec&":$step)>];
}

def Stream_LimitOp : Stream_GateOp<"limit"> {
  let summary = "the first rows, so many of them";
  let description = [{
    The amount is an integer, or a parameter that is one.

    ```mlir
    %1 = stream.limit %0 10 : i64 step "limit" id "some/limit" errors @default : !stream.stream<{mag: f64}>
    ```
  }];
}

def Stream_ThrottleOp : Stream_GateOp<"throttle"> {
  let summary = "rows at most that fast; the others wait";
  let description = [{
    The amount is a number of rows a second, or a parameter that is one.

    ```mlir
    %1 = stream.throttle %0 1.000000e+02 : f64 step "throttle" id "calm/throttle" errors @default : !stream.stream<{mag: f64}>
    ```
  }];
}

def Stream_ProjectOp : Stream_RowStepOp<"project", [RecursiveMemoryEffects]> {
  let summary = "makes a row of kept and computed columns";
  let description = [{
    `select`, `extend`, `set`, `drop` and `rename` are all this op. The columns of the result are given in order.

    ```mlir
    %1 = stream.project %0 (%place = "properties.place" : !stream.string) {
      %2 = stream.call "trim"(%place) : (string) -> string
      stream.yield %2 : !stream.string
    } columns {mag = keep mag, region = yield 0} step "select" id "clean/select" errors @default
        : !stream.stream<{mag: f64, properties.place: string}> -> !stream.stream<{mag: f64, region: string}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrArrayAttr:$uses, Stream_ProjectedArrayAttr:$columns), step_args);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = [{
    $input custom<RowRegion>($uses, $body) `columns` custom<ProjectedColumns>($columns)
  }] # step_format # "`:` qualified(type($input)) `->` qualified(type($result))";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
                                 "::llvm::ArrayRef<::llvm::StringRef>":$uses, "RowBodyBuilder":$body,
                                 "::llvm::ArrayRef<ProjectedAttr>":$columns, "const StepSpec&":$step)>];
  let extraClassDeclaration = row_step_declaration # [{
    ::streamc::ir::stream::RowAttr getRow() { return ::streamc::ir::stream::rowOf(getResult().getType()); }
  }];
}

def Stream_AggregateOp : Stream_RowStepOp<"aggregate", [Stream_MayReject]> {
  let summary = "one row for each group of rows, final when its window closes";
  let description = [{
    Keys are columns of the input (computed keys are projected first). The region yields the arguments of the
    aggregates. The result's columns are the keys (whose names may differ), then the aggregates; the second result carries the late rows, its
    columns those of the input and `late_by`. Unread late rows go to the error scope with cause `late`, except with
    `late_drop`. Without a window the result is a table keyed by the keys.

    ```mlir
    %1, %late = stream.aggregate %0 by ["region"] window <size_us = 21600000000, offset_us = 0> (%mag = mag : f64) {
      stream.yield %mag : f64
    } aggregates {n = count, mean = avg(0 : f64)} step "by_region/aggregate" id "by_region/aggregate" errors @default
        : !stream.stream<{region: string, mag: f64}> -> !stream.stream<{region: string, n: i64, mean: f64}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrArrayAttr:$keys, OptionalAttr<Stream_TumbleAttr>:$window,
                            UnitAttr:$late_drop, StrArrayAttr:$uses, Stream_AggregateArrayAttr:$aggregates),
                       step_args);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Stream_Rows:$result, Stream_StreamType:$late);
  let assemblyFormat = [{
    $input `by` $keys (`window` $window^)? (`late_drop` $late_drop^)? custom<RowRegion>($uses, $body)
    `aggregates` custom<Aggregates>($aggregates)
  }] # step_format # "`:` custom<AggregateTypes>(type($input), type($result), type($late))";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input,
                                 "::llvm::ArrayRef<::llvm::StringRef>":$keys, "TumbleAttr":$window, "bool":$late_drop,
                                 "::llvm::ArrayRef<::llvm::StringRef>":$uses, "RowBodyBuilder":$body,
                                 "::llvm::ArrayRef<AggregateAttr>":$aggregates, "const StepSpec&":$step)>];
  let extraClassDeclaration = row_step_declaration # [{
    ::streamc::ir::stream::RowAttr getRow() { return ::streamc::ir::stream::rowOf(getResult().getType()); }
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses();
  }];
}

def Stream_FlattenOp : Stream_StepOp<"flatten", [Pure,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a row for each element of a list";
  let description = [{
    `list` is a column of the input, which need not be one of the result. The leaves of the element are columns below `as`:
    an element without name is `as` itself. All other columns of the result are kept.

    ```mlir
    %1 = stream.flatten %0 "items" as "item" step "flatten" id "sold/flatten" errors @default
        : !stream.stream<{id: i64, items: list<{sku: string, n: i64}>}> -> !stream.stream<{id: i64, item.sku: string}>
    ```
  }];
  let arguments = !con((ins Stream_Rows:$input, StrAttr:$list, StrAttr:$as), step_args);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = "$input $list `as` $as " # step_format # "`:` qualified(type($input)) `->` qualified(type($result))";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$input, "::llvm::StringRef":$list,
                                 "::llvm::StringRef":$as, "const StepSpec&":$step)>];
  let extraClassDeclaration = [{
    ::streamc::ir::stream::RowAttr getUsedRow() { return ::streamc::ir::stream::rowOf(getInput().getType()); }
    ::streamc::ir::stream::RowAttr getRow() { return ::streamc::ir::stream::rowOf(getResult().getType()); }
    // The columns of an element.
    ::streamc::ir::stream::RowAttr getElement();
    // The leaf of the element that a column of the result is; none when it is kept from the input.
    std::optional<std::string> leafOf(::llvm::StringRef column);
  }];
}

def Stream_UnionOp : Stream_StepOp<"union", [Pure, SameOperandsAndResultType,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "the rows of several streams";
  let description = [{
    ```mlir
    %2 = stream.union %0, %1 step "union" id "all/union" errors @default : !stream.stream<{mag: f64}>
    ```
  }];
  let arguments = !con((ins Variadic<Stream_Rows>:$inputs), step_args);
  let results = (outs Stream_Rows:$result);
  let assemblyFormat = "$inputs " # step_format # "`:` qualified(type($result))";
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$inputs, "const StepSpec&":$step)>];
}

#endif
