// Ops of the `job` dialect: the symbols of the module, then what processes are made of.
#ifndef STREAMC_IR_JOB_OPS
#define STREAMC_IR_JOB_OPS

include "ir/job/job_dialect.td"
include "mlir/Interfaces/CallInterfaces.td"

//===- What a job consists of -------------------------------------------------------------------------------------===//

def Job_ErrorsOp : Job_SymbolOp<"errors"> {
  let summary = "where rejected rows go";
  let description = [{
    With policy `stream` the rows are the input of a process; their columns are `errorsRow()`.

    ```mlir
    job.errors @quakes_errors stream
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Stream_ErrorPolicyAttr:$policy);
  let assemblyFormat = "$sym_name custom<Word>($policy) attr-dict";
}

def Job_SourceOp : Job_SymbolOp<"source", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a source and the columns it decodes";
  let description = [{
    `time` says that rows have event time: the process of the source calls `job.observe` for every row. Decode failures
    are rejected at the op's location with its step and errors.

    ```mlir
    job.source @quakes "quakes" connector "file" {path = "quakes.jsonl"} format "json" {}
        columns {mag: f64, properties.time: i64, code: check string} time max_record 16777216 wait 86400000000
        step "quakes" id "quakes/source" errors @default
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$name, StrAttr:$connector, DictionaryAttr:$options,
                       StrAttr:$format, DictionaryAttr:$format_options, Stream_RowAttr:$columns, UnitAttr:$time,
                       OptionalAttr<I64Attr>:$wait_us, OptionalAttr<I64Attr>:$idle_us, OptionalAttr<I64Attr>:$max_ahead_us,
                       I64Attr:$max_record, StrAttr:$step, StrAttr:$operator_id, FlatSymbolRefAttr:$errors);
  let assemblyFormat = [{
    $sym_name $name `connector` $connector custom<Dictionary>($options)
    `format` $format custom<Dictionary>($format_options) `columns` custom<Row>($columns)
    (`time` $time^)? `max_record` custom<Limits>($max_record, $wait_us, $idle_us, $max_ahead_us)
    `step` $step `id` $operator_id `errors` $errors attr-dict
  }];
  let hasVerifier = 1;
}

def Job_ExchangeOp : Job_SymbolOp<"exchange"> {
  let summary = "hands rows to the worker that owns their key group, or to worker 0";
  let description = [{
    ```mlir
    job.exchange @x0 hash key ["region"] columns {region: string, mag: f64, "$event_time": event_time, "$watermark": watermark}
    job.exchange @x1 gather key [] columns {n: i64}
    job.exchange @x2 gather key [] columns {n: i64} limit 10 : i64
    job.exchange @x3 gather key [] columns {n: i64} throttle #stream.param_ref<0>
    ```

    With `limit` only the first rows that arrive go on, with `throttle` so many a second; both take a gather exchange.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Job_ExchangeKindAttr:$kind, StrArrayAttr:$key, Stream_RowAttr:$columns,
                       OptionalAttr<AnyAttr>:$limit, OptionalAttr<AnyAttr>:$throttle);
  let assemblyFormat = [{
    $sym_name custom<Word>($kind) `key` $key `columns` custom<Row>($columns) (`limit` $limit^)? (`throttle` $throttle^)?
    attr-dict
  }];
  let hasVerifier = 1;
}

def Job_TableOp : Job_SymbolOp<"table"> {
  let summary = "keyed state in slices of a window";
  let description = [{
    `cell` lists the fields that `job.update` changes and `job.fire` reads; `fired` the columns that its fire makes of
    them, which are the input of a process. `layout` is filled in by the layout pass.

    ```mlir
    job.table @t0 id "by_region/aggregate" key {region: string} cell {1 n : i64, 2 sum : f64}
        window <size_us = 21600000000, offset_us = 0> fired {region: string, n: i64, mean: f64}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$operator_id, Stream_RowAttr:$key, Job_FieldArrayAttr:$cell,
                       Stream_TumbleAttr:$window, Stream_RowAttr:$fired, OptionalAttr<Job_LayoutAttr>:$layout);
  let assemblyFormat = [{
    $sym_name `id` $operator_id `key` custom<Row>($key) `cell` custom<Cell>($cell) `window` $window
    `fired` custom<Row>($fired) (`layout` $layout^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Job_FlattenOp : Job_SymbolOp<"flatten"> {
  let summary = "takes rows with a list and gives rows with an element each";
  let description = [{
    The last of the columns that are written to it is the list; the others are kept. `leaves` names the leaves of the
    element that stand behind the kept columns in the rows that it gives, which are the input of a process. That runs on
    the worker that writes, a bounded number of elements at a time.

    ```mlir
    job.flatten @f0 columns {id: i64, "$list": list<{sku: string, n: i64}>} to {id: i64, item.sku: string} leaves ["sku"]
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Stream_RowAttr:$columns, Stream_RowAttr:$flattened, StrArrayAttr:$leaves);
  let assemblyFormat = [{
    $sym_name `columns` custom<Row>($columns) `to` custom<Row>($flattened) `leaves` $leaves attr-dict
  }];
  let hasVerifier = 1;
}

def Job_SinkOp : Job_SymbolOp<"sink", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a sink and the columns it encodes";
  let description = [{
    With `when` it is opened only if one of the choices (`#stream.choice`) holds; rows that come all the same are dropped.

    ```mlir
    job.sink @out "out" connector "file" {path = "out.jsonl"} format "json" {} key [] columns {region: string, n: i64}
        step "out" id "out/sink" errors @default
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$name, StrAttr:$connector, DictionaryAttr:$options,
                       StrAttr:$format, DictionaryAttr:$format_options, StrArrayAttr:$key, Stream_RowAttr:$columns,
                       StrAttr:$step, StrAttr:$operator_id, FlatSymbolRefAttr:$errors,
                       OptionalAttr<ArrayAttr>:$choices);
  let assemblyFormat = [{
    $sym_name $name `connector` $connector custom<Dictionary>($options)
    `format` $format custom<Dictionary>($format_options) `key` $key `columns` custom<Row>($columns)
    (`when` $choices^)? `step` $step `id` $operator_id `errors` $errors attr-dict
  }];
  let hasVerifier = 1;
}

//===- Code -------------------------------------------------------------------------------------------------------===//

def Job_ProcessOp : Job_SymbolOp<"process", [IsolatedFromAbove, NoTerminator, SingleBlock,
      DeclareOpInterfaceMethods<SymbolUserOpInterface>,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "what happens to one row of an input, without handing over";
  let description = [{
    The input is a source, an exchange, a table (its fired rows), a flatten or a scope of errors; the block has one argument for each
    of its columns that has a value. A process fed by a table runs on the worker that owns it.

    ```mlir
    job.process @p0 input @quakes step "quakes" errors @default {
    ^bb0(%mag: f64, %time: i64):
      %wm = job.observe %time
      job.write @x0(%mag, %time, %wm : f64, i64, i64)
    }
    ```

    A process `instead_of @p0` runs instead of @p0 when the job has one worker, where an exchange hands nothing over: it goes
    on with the code of the processes behind the exchanges that it does not write to any more (`fuse-exchanges`).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<FlatSymbolRefAttr>:$instead_of, FlatSymbolRefAttr:$input,
                       StrAttr:$step, FlatSymbolRefAttr:$errors);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = [{
    $sym_name (`instead_of` $instead_of^)? `input` $input `step` $step `errors` $errors attr-dict-with-keyword $region
  }];
  let skipDefaultBuilders = 1;
  // The region gets its block and the block its arguments.
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::llvm::StringRef":$input,
                                 "::streamc::ir::stream::RowAttr":$columns, "::llvm::StringRef":$step,
                                 "::llvm::StringRef":$errors)>];
}

def Job_FireOp : Job_Op<"fire", [HasParent<"::mlir::ModuleOp">, IsolatedFromAbove,
      SingleBlockImplicitTerminator<"YieldOp">, DeclareOpInterfaceMethods<SymbolUserOpInterface>,
      DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "finishes one entry of a due window of a table";
  let description = [{
    The arguments are the key columns, the fields of the cell, start and end of the window; it yields the columns that the
    table lists as fired. It may reject, and then fires nothing for this entry.

    ```mlir
    job.fire @t0 step "by_region/aggregate" errors @default {
    ^bb0(%region: !stream.string, %n: i64, %sum: f64, %window_start: i64, %window_end: i64):
      %d = arith.sitofp %n : i64 to f64
      %mean = arith.divf %sum, %d : f64
      job.yield %region, %n, %mean : !stream.string, i64, f64
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$table, StrAttr:$step, FlatSymbolRefAttr:$errors);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = "$table `step` $step `errors` $errors attr-dict-with-keyword $region";
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "TableOp":$table, "::llvm::StringRef":$step, "::llvm::StringRef":$errors)>];
}

def Job_YieldOp : Job_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["FireOp", "UpdateOp"]>]> {
  let summary = "the values that a fire or an update makes";
  let description = "`job.yield %a, %b : i64, f64`";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ /* yields nothing */ }]>];
}

def Job_FlowOp : Job_Op<"flow", [NoTerminator, SingleBlock, RecursiveMemoryEffects,
      DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a part of a process whose rejections end only itself";
  let description = [{
    Consumers of the same value stand in flows of their own, so that one that rejects the row does not keep it from the
    others. A flow also says to which step and scope of errors the rejections inside it belong.

    ```mlir
    job.flow step "where" errors @default {
      scf.if %strong { job.write @out(%mag : f64) }
    }
    ```
  }];
  let arguments = (ins StrAttr:$step, FlatSymbolRefAttr:$errors);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = "`step` $step `errors` $errors attr-dict-with-keyword $region";
  let skipDefaultBuilders = 1;
  // The region gets its (empty) block.
  let builders = [OpBuilder<(ins "::llvm::StringRef":$step, "::llvm::StringRef":$errors)>];
}

def Job_ObserveOp : Job_Op<"observe", [Stream_MayReject, HasParent<"ProcessOp">]> {
  let summary = "tells the watermark of an event time; the result is the watermark just before this row";
  let description = [{
    Once for each row, directly in the process of a source with event time. Rejects (`time`) an event time beyond `max_ahead`.
    `%wm = job.observe %time`
  }];
  let arguments = (ins I64:$event_time);
  let results = (outs I64:$watermark);
  let assemblyFormat = "$event_time attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() {
      return {::streamc::ir::stream::Cause::kTime};
    }
  }];
}

def Job_OriginOp : Job_Op<"origin", [Pure, HasParent<"ProcessOp">]> {
  let summary = "where the source had this row: its partition, and its place in that partition";
  let description = [{
    In the process of a source. Partitions of all sources of the job have numbers of their own, in the order of the sources; a
    position is what the source counts in (bytes of a file, a row's number), and grows within a partition.
    `%partition, %position = job.origin`
  }];
  let results = (outs I64:$partition, I64:$position);
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Job_WriteOp : Job_Op<"write", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a row to an exchange, a flatten or a sink";
  let description = "`job.write @x0(%region, %mag : !stream.string, f64)`: the columns of the target in order.";
  let arguments = (ins FlatSymbolRefAttr:$target, Variadic<Stream_Value>:$values);
  let assemblyFormat = "$target `(` ($values^ `:` type($values))? `)` attr-dict";
}

def Job_LatenessOp : Job_Op<"lateness", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "whether the window of an event time is closed already, and for how long";
  let description = [{
    Late means `window.end <= watermark` for the window of the table that holds the event time; `late_by` is
    `watermark - window.end`, meaningful when late. It comes before the arguments of an update are computed: a late row
    never reaches the aggregate, so they cannot reject it.

    ```mlir
    %late, %late_by = job.lateness @t0 event_time(%t) watermark(%wm)
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$table, I64:$event_time, I64:$watermark);
  let results = (outs I1:$late, I64:$late_by);
  let assemblyFormat = "$table `event_time` `(` $event_time `)` `watermark` `(` $watermark `)` attr-dict";
}

def Job_NarrowOp : Job_Op<"narrow", [Stream_MayReject, MemoryEffects<[MemWrite<Stream_Rejection>]>]> {
  let summary = "a sum of 128 bits as the integer of the result, rejecting overflow";
  let description = "`%1 = job.narrow %0 : i128 to i64`; `unsigned` if the result is.";
  let arguments = (ins I128:$value, UnitAttr:$is_unsigned);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$value (`unsigned` $is_unsigned^)? attr-dict `:` type($value) `to` type($result)";
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() {
      return {::streamc::ir::stream::Cause::kOverflow};
    }
  }];
}

def Job_DecimalTotalOp : Job_Op<"decimal_total", [AttrSizedOperandSegments, Stream_MayReject,
      MemoryEffects<[MemWrite<Stream_Rejection>]>]> {
  let summary = "the sum of decimals, or their mean, with at most 38 digits; rejects overflow";
  let description = [{
    `%1 = job.decimal_total %sum more 0`, of type `i128`. With `carry`, the sum has 192 bits: decimals of so many digits that
    their sums may leave 128 bits on the way. With `mean`, it is divided by a count that is not 0, with `more` digits
    behind the point, and rounded half away from zero: `%1 = job.decimal_total %sum carry %high mean %n more 6`.
  }];
  let arguments = (ins I128:$sum, Optional<I64>:$carry, Optional<I64>:$count, I64Attr:$more);
  let results = (outs I128:$result);
  let assemblyFormat = "$sum (`carry` $carry^)? (`mean` $count^)? `more` $more attr-dict";
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() {
      return {::streamc::ir::stream::Cause::kOverflow};
    }
  }];
}

def Job_UpdateOp : Job_Op<"update", [AttrSizedOperandSegments,
      DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a row into its window's entry of a table";
  let description = [{
    Finds or makes the entry of the key in the slice of the window that holds the event time. The row is not late
    (`job.lateness`). The region gets the fields of the cell and then the values, and yields the new fields; a new cell is
    zero. The region may not reject.

    ```mlir
    job.update @t0 key(%region : !stream.string) event_time(%t) values(%mag : f64) {
    ^bb0(%n: i64, %sum: f64, %value: f64):
      %one = arith.constant 1 : i64
      %n1 = arith.addi %n, %one : i64
      %sum1 = arith.addf %sum, %value : f64
      job.yield %n1, %sum1 : i64, f64
    }
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$table, Variadic<Stream_Value>:$key, I64:$event_time,
                       Variadic<Stream_Value>:$values);
  let regions = (region SizedRegion<1>:$update);
  let assemblyFormat = [{
    $table `key` `(` ($key^ `:` type($key))? `)` `event_time` `(` $event_time `)`
    `values` `(` ($values^ `:` type($values))? `)` attr-dict-with-keyword $update
  }];
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  // The region gets its block with arguments.
  let builders = [OpBuilder<(ins "TableOp":$table, "::mlir::ValueRange":$key, "::mlir::Value":$event_time,
                                 "::mlir::ValueRange":$values)>];
}

def Job_RejectOp : Job_Op<"reject", [Stream_MayReject]> {
  let summary = "rejects the row";
  let description = "`job.reject assert \"magnitude is negative\"`: nothing may follow it in its block but a terminator.";
  let arguments = (ins Stream_CauseAttr:$cause, StrAttr:$message);
  let assemblyFormat = "custom<Word>($cause) $message attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {getCause()}; }
  }];
}

#endif
