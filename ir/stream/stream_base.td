// The `stream` dialect itself, its enums, and the interfaces of its ops.
#ifndef STREAMC_IR_STREAM_BASE
#define STREAMC_IR_STREAM_BASE

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Stream_Dialect : Dialect {
  let name = "stream";
  let cppNamespace = "::streamc::ir::stream";
  let summary = "What a job means: sources, steps and sinks over typed rows";
  let description = [{
    One op for each step of the language, in the body of the module, on values of type `!stream.stream<…>` or
    `!stream.table<…>`. A type carries row, kind and key, nothing else. Row-level code stands in regions with one block
    argument for each column it uses, and consists of `arith`, `scf.if` and the row ops of this dialect.

    Records do not exist here: a record field is a set of leaf columns with dotted names (`properties.mag`; a dot inside
    a name is written `\.`). An optional record has a presence column named by its path; leaves below it have
    unspecified values where it is absent.

    Columns have language types (`ui64`, `!stream.timestamp`); values in regions have *storage types*, in which
    integers are signless and times are `i64` (`storageType()`). Ops for which signedness matters carry it.

    The module carries `stream.job` (name), `stream.settings` (dictionary) and `stream.params` (array of
    `#stream.param`, the slot is the index); `plan` leaves them in place.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerTypes();
    void registerAttributes();
  }];
}

//===- Enums ------------------------------------------------------------------------------------------------------===//

class Stream_Enum<string enum_name, string text, list<I32EnumAttrCase> cases> : I32EnumAttr<enum_name, text, cases> {
  let cppNamespace = "::streamc::ir::stream";
  let genSpecializedAttr = 0;
}

def Stream_Cause : Stream_Enum<"Cause", "cause of a rejection", [
  I32EnumAttrCase<"kDecode", 0, "decode">, I32EnumAttrCase<"kCast", 1, "cast">,
  I32EnumAttrCase<"kOverflow", 2, "overflow">, I32EnumAttrCase<"kDivideByZero", 3, "divide_by_zero">,
  I32EnumAttrCase<"kMissing", 4, "missing">, I32EnumAttrCase<"kNull", 5, "null">,
  I32EnumAttrCase<"kAssert", 6, "assert">, I32EnumAttrCase<"kFunction", 7, "function">,
  I32EnumAttrCase<"kService", 8, "service">, I32EnumAttrCase<"kLive", 9, "live">,
  I32EnumAttrCase<"kLate", 10, "late">, I32EnumAttrCase<"kEncode", 11, "encode">,
  I32EnumAttrCase<"kTime", 12, "time">]>;
def Stream_CauseAttr : EnumAttr<Stream_Dialect, Stream_Cause, "cause"> { let assemblyFormat = "$value"; }
def Stream_CauseArrayAttr : TypedArrayAttrBase<Stream_CauseAttr, "causes of rejection">;

def Stream_ErrorPolicy : Stream_Enum<"ErrorPolicy", "policy of an error scope", [
  I32EnumAttrCase<"kStream", 0, "stream">, I32EnumAttrCase<"kStderr", 1, "stderr">,
  I32EnumAttrCase<"kSkip", 2, "skip">, I32EnumAttrCase<"kFail", 3, "fail">]>;
def Stream_ErrorPolicyAttr : EnumAttr<Stream_Dialect, Stream_ErrorPolicy, "policy"> { let assemblyFormat = "$value"; }

def Stream_AggregateFunction : Stream_Enum<"AggregateFunction", "aggregate function", [
  I32EnumAttrCase<"kCount", 0, "count">, I32EnumAttrCase<"kSum", 1, "sum">, I32EnumAttrCase<"kAvg", 2, "avg">,
  I32EnumAttrCase<"kMin", 3, "min">, I32EnumAttrCase<"kMax", 4, "max">, I32EnumAttrCase<"kFirst", 5, "first">,
  I32EnumAttrCase<"kLast", 6, "last">, I32EnumAttrCase<"kAny", 7, "any">]>;

// In the order of StreamRounding (runtime-lib/core/decimal.h).
def Stream_Rounding : Stream_Enum<"Rounding", "how a decimal is rounded", [
  I32EnumAttrCase<"kHalfAway", 0, "half_away">, I32EnumAttrCase<"kHalfEven", 1, "half_even">,
  I32EnumAttrCase<"kFloor", 2, "floor">, I32EnumAttrCase<"kCeil", 3, "ceil">, I32EnumAttrCase<"kTrunc", 4, "trunc">]>;
def Stream_RoundingAttr : EnumAttr<Stream_Dialect, Stream_Rounding, "rounding"> { let assemblyFormat = "$value"; }

def Stream_ComparePredicate : Stream_Enum<"ComparePredicate", "string comparison", [
  I32EnumAttrCase<"kEqual", 0, "eq">, I32EnumAttrCase<"kNotEqual", 1, "ne">, I32EnumAttrCase<"kLess", 2, "lt">,
  I32EnumAttrCase<"kLessEqual", 3, "le">, I32EnumAttrCase<"kGreater", 4, "gt">,
  I32EnumAttrCase<"kGreaterEqual", 5, "ge">]>;
def Stream_ComparePredicateAttr : EnumAttr<Stream_Dialect, Stream_ComparePredicate, "compare"> {
  let assemblyFormat = "$value";
}

//===- Interfaces -------------------------------------------------------------------------------------------------===//

def Stream_MayReject : OpInterface<"MayReject"> {
  let cppNamespace = "::streamc::ir::stream";
  let description = [{
    An op that may reject the row it works on: control leaves the innermost `stream.catch`, `job.flow`, step or process,
    and the row goes to its error scope with the op's location and cause. Rejecting is a side effect, so these ops are
    not `Pure`: they are never hoisted, duplicated or erased, even when their result is unused, because `lower` emits
    only what the program demands. An op whose causes are empty rejects nothing and behaves like a pure op.
  }];
  let methods = [InterfaceMethod<"The causes with which this op may reject, in a fixed order.",
                                 "::llvm::SmallVector<::streamc::ir::stream::Cause>", "getRejectCauses">];
}

// A rejection, modelled as a write to a resource of its own: it keeps the op alive and in order.
def Stream_Rejection : Resource<"::streamc::ir::stream::RejectionResource">;

def Stream_StepOpInterface : OpInterface<"StepOpInterface"> {
  let cppNamespace = "::streamc::ir::stream";
  let description = "An op that stands for a step of the program: what messages, state and explanations refer to.";
  let methods = [
    InterfaceMethod<"Stable identity of the step: stream name, kind, ordinal.", "::llvm::StringRef", "getOperatorId">,
    InterfaceMethod<"Name of the step in messages and rows of errors.", "::llvm::StringRef", "getStep">,
    InterfaceMethod<"Symbol of the scope that its rejections go to.", "::llvm::StringRef", "getErrors">];
}

def Stream_RowRegionOpInterface : OpInterface<"RowRegionOpInterface"> {
  let cppNamespace = "::streamc::ir::stream";
  let description = [{
    An op with a region of row-level code, one block argument for each column in `uses`. The region sees nothing else
    (the op is isolated from above), so constants stay in it and it can become a function as it is. Besides the columns of the row
    a region may use the pseudo columns `$event_time`, `$window_start` and `$window_end`.
  }];
  let methods = [
    InterfaceMethod<"Names of the used columns, in the order of the block arguments.", "::mlir::ArrayAttr", "getUses">,
    InterfaceMethod<"Sets the names of the used columns.", "void", "setUsesAttr", (ins "::mlir::ArrayAttr":$uses)>,
    InterfaceMethod<"The region.", "::mlir::Region&", "getBody">,
    InterfaceMethod<"The row that the names refer to.", "::streamc::ir::stream::RowAttr", "getUsedRow">];
}

#endif
