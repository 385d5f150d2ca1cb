// Enums of the `job` dialect, apart because enums are generated for all definitions that a file sees.
#ifndef STREAMC_IR_JOB_ENUMS
#define STREAMC_IR_JOB_ENUMS

include "mlir/IR/EnumAttr.td"

def Job_ExchangeKind : I32EnumAttr<"ExchangeKind", "kind of exchange", [
    I32EnumAttrCase<"kHash", 0, "hash">, I32EnumAttrCase<"kGather", 1, "gather">]> {
  let cppNamespace = "::streamc::ir::job";
  let genSpecializedAttr = 0;
}

#endif
