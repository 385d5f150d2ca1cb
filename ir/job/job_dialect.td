// The `job` dialect: how a program runs. Made by passes/plan, consumed by codegen.
#ifndef STREAMC_IR_JOB_DIALECT
#define STREAMC_IR_JOB_DIALECT

include "ir/stream/stream_types.td"
include "ir/job/job_enums.td"

def Job_Dialect : Dialect {
  let name = "job";
  let cppNamespace = "::streamc::ir::job";
  let summary = "How a job runs: processes over batches, exchanges, tables, edges";
  let description = [{
    The module lists what the job consists of, as symbols: scopes of errors, sources, exchanges, tables and sinks, each
    with the columns of the rows that pass through it. A `job.process` is the code of one row of one input; it runs on
    one worker without handing over. A `job.fire` finishes an entry of a table's due window. Both are isolated, and their
    bodies are made of `arith`, `scf.if`, the row ops of the `stream` dialect and the ops below.

    A column list is a `#stream.row`. Columns with a role other than field (`event_time`, `watermark`, `window_start`,
    `window_end`, `partition`, `position`, `present`) travel like the others. `check` columns exist in sources only: they are validated and have
    no value, so no block argument stands for them.

    A rejection ends the innermost `job.flow`, else the process or fire, for this row. Its site is the location of the op
    that rejects, its cause, and `step` and `errors` of that innermost flow, process or fire.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect",
                           "::streamc::ir::stream::StreamDialect"];
  let useDefaultTypePrinterParser = 0;
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{ void registerAttributes(); }];
}

class Job_Attr<string class_name, string attr_mnemonic> : AttrDef<Job_Dialect, class_name> {
  let mnemonic = attr_mnemonic;
}
class Job_Op<string op_mnemonic, list<Trait> traits = []> : Op<Job_Dialect, op_mnemonic, traits>;
class Job_SymbolOp<string op_mnemonic, list<Trait> traits = []>
    : Job_Op<op_mnemonic, traits # [Symbol, HasParent<"::mlir::ModuleOp">]>;

//===- Attributes -------------------------------------------------------------------------------------------------===//

def Job_ExchangeKindAttr : EnumAttr<Job_Dialect, Job_ExchangeKind, "exchange_kind"> { let assemblyFormat = "$value"; }

def Job_FieldAttr : Job_Attr<"Field", "field"> {
  let summary = "a field of a table's cells";
  let description = [{
    `#job.field<1 n : i64>`: its id is what a later version of the job finds it by; its type a column type, or i128 for the
    running sum of integers. A new cell's fields are zero: 0, 0.0, false, none, the empty string.
  }];
  let parameters = (ins "int64_t":$id, "::mlir::StringAttr":$name, "::mlir::Type":$type);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}
def Job_FieldArrayAttr : TypedArrayAttrBase<Job_FieldAttr, "fields of a cell">;

def Job_LayoutAttr : Job_Attr<"Layout", "layout"> {
  let summary = "where the fields of a cell lie";
  let description = [{
    `#job.layout<key_fixed = 8, cell_size = 40, offsets = [16, 24], validity = [-1, 32]>`: bytes of the inline key (-1: the
    key is a blob), bytes of a cell, the offset of each field in it and of its validity byte (-1: not optional).
  }];
  let parameters = (ins "int64_t":$key_fixed, "int64_t":$cell_size, "::mlir::DenseI64ArrayAttr":$offsets,
                    "::mlir::DenseI64ArrayAttr":$validity);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif
