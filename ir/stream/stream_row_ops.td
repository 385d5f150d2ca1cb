// Row ops of the `stream` dialect: what regions of both dialects are made of, besides `arith` and `scf.if`.
#ifndef STREAMC_IR_STREAM_ROW_OPS
#define STREAMC_IR_STREAM_ROW_OPS

include "ir/stream/stream_ops.td"

// An op that may reject: its causes are listed once.
class Stream_RejectingOp<string op_mnemonic, list<Trait> traits = []>
    : Stream_Op<op_mnemonic, traits # [Stream_MayReject, MemoryEffects<[MemWrite<Stream_Rejection>]>]>;

def Stream_YieldOp : Stream_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "ends a region with its values";
  let description = "`stream.yield %a, %b : f64, !stream.string`";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ /* yields nothing */ }]>];
}

//===- Checked arithmetic -----------------------------------------------------------------------------------------===//

class Stream_CheckedBinaryOp<string op_mnemonic, string what>
    : Stream_RejectingOp<op_mnemonic, [SameOperandsAndResultType]> {
  let summary = what # ", rejecting overflow";
  let description = "`%2 = stream." # op_mnemonic # " %0, %1 unsigned : i32`. Signed unless told otherwise.";
  let arguments = (ins AnySignlessInteger:$lhs, AnySignlessInteger:$rhs, UnitAttr:$is_unsigned);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$lhs `,` $rhs (`unsigned` $is_unsigned^)? attr-dict `:` qualified(type($result))";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kOverflow}; }
  }];
}
def Stream_CheckedAddOp : Stream_CheckedBinaryOp<"checked_add", "sum of integers">;
def Stream_CheckedSubOp : Stream_CheckedBinaryOp<"checked_sub", "difference of integers">;
def Stream_CheckedMulOp : Stream_CheckedBinaryOp<"checked_mul", "product of integers">;

def Stream_CheckedNegOp : Stream_RejectingOp<"checked_neg", [SameOperandsAndResultType]> {
  let summary = "negated signed integer, rejecting overflow";
  let description = "`%1 = stream.checked_neg %0 : i32`";
  let arguments = (ins AnySignlessInteger:$value);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$value attr-dict `:` qualified(type($result))";
  let hasFolder = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kOverflow}; }
  }];
}

class Stream_DivisionOp<string op_mnemonic, string what> : Stream_RejectingOp<op_mnemonic, [SameOperandsAndResultType]> {
  let summary = what;
  let arguments = (ins AnySignlessInteger:$lhs, AnySignlessInteger:$rhs, UnitAttr:$is_unsigned);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$lhs `,` $rhs (`unsigned` $is_unsigned^)? attr-dict `:` qualified(type($result))";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}
def Stream_DivOp : Stream_DivisionOp<"div", "quotient of integers, truncated toward zero; rejects division by zero"> {
  let description = "`%2 = stream.div %0, %1 : i64`. The least signed number divided by −1 rejects with `overflow`.";
  let extraClassDeclaration = [{ ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses(); }];
}
def Stream_ModOp : Stream_DivisionOp<"mod", "remainder of the truncated division; rejects division by zero"> {
  let description = "`%2 = stream.mod %0, %1 : i64`. It has the sign of the left side; `x mod -1` is 0 for every x.";
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kDivideByZero}; }
  }];
}
def Stream_DivFloatOp : Stream_RejectingOp<"div_float", [SameOperandsAndResultType]> {
  let summary = "quotient of floats; rejects division by (positive or negative) zero";
  let description = "`%2 = stream.div_float %0, %1 : f64`";
  let arguments = (ins AnyFloat:$lhs, AnyFloat:$rhs);
  let results = (outs AnyFloat:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` qualified(type($result))";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kDivideByZero}; }
  }];
}

//===- Conversions ------------------------------------------------------------------------------------------------===//

class Stream_ConversionOp<string op_mnemonic, list<Trait> traits> : Stream_Op<op_mnemonic, traits> {
  let arguments = (ins Stream_Value:$value, TypeAttr:$from, TypeAttr:$to);
  let results = (outs Stream_Value:$result);
  let assemblyFormat = "$value attr-dict `:` custom<Conversion>(type($value), type($result), $from, $to)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$value, "::mlir::Type":$from, "::mlir::Type":$to)>];
}
def Stream_CastOp : Stream_ConversionOp<"cast", [Stream_MayReject, MemoryEffects<[MemWrite<Stream_Rejection>]>]> {
  let summary = "explicit conversion; rejects what does not fit";
  let description = [{
    Column types say what is meant, operands have their storage types: `%1 = stream.cast %0 : ui64 -> i32`,
    `stream.cast %0 : string -> timestamp`. Numbers must be in range (fractions are cut off toward zero); text must be a
    whole literal of the target. A decimal is only made without losing digits, but from a float, which is rounded half
    away from zero; to an integer its fraction is cut off.
  }];
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kCast}; }
  }];
}
def Stream_ConvertOp : Stream_ConversionOp<"convert", [Pure]> {
  let summary = "conversion that cannot fail: widening of numbers, number to float, timestamp to date, string to bytes";
  let description = "`%1 = stream.convert %0 : ui32 -> i64`";
}

//===- Decimals ---------------------------------------------------------------------------------------------------===//

// Sums, differences and products of decimals are exact and fit their types: they are stream.convert to the width and
// scale of the result, and then `arith` on the stored numbers. What is left are the two operations that round.
def Stream_RoundDecimalOp : Stream_Op<"round_decimal", [Pure]> {
  let summary = "a decimal with fewer digits behind the point";
  let description = [{
    `%1 = stream.round_decimal half_even %0 : decimal<12, 4> -> decimal<11, 2>`. The result has room for the digit that
    rounding up may add, so nothing can fail.
  }];
  let arguments = (ins Stream_RoundingAttr:$rounding, AnySignlessInteger:$value, TypeAttr:$from, TypeAttr:$to);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "custom<Word>($rounding) $value attr-dict `:` custom<Conversion>(type($value), type($result), $from, $to)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "Rounding":$rounding, "::mlir::Value":$value, "DecimalType":$from, "DecimalType":$to)>];
}
def Stream_DivideDecimalOp : Stream_RejectingOp<"divide_decimal"> {
  let summary = "quotient of decimals, rounded to the scale of the result; rejects division by zero and what does not fit";
  let description = "`%2 = stream.divide_decimal half_away %0, %1 : decimal<12, 2>, decimal<10, 0> -> decimal<38, 4>`";
  let arguments = (ins Stream_RoundingAttr:$rounding, AnySignlessInteger:$lhs, AnySignlessInteger:$rhs,
                       TypeAttr:$lhs_type, TypeAttr:$rhs_type, TypeAttr:$to);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = [{
    custom<Word>($rounding) $lhs `,` $rhs attr-dict `:`
    custom<Division>(type($lhs), type($rhs), type($result), $lhs_type, $rhs_type, $to)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "Rounding":$rounding, "::mlir::Value":$lhs, "::mlir::Value":$rhs,
                                 "DecimalType":$lhs_type, "DecimalType":$rhs_type, "DecimalType":$to)>];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() {
      return {Cause::kDivideByZero, Cause::kOverflow};
    }
  }];
}

//===- Optionals --------------------------------------------------------------------------------------------------===//

def Stream_NoneOp : Stream_Op<"none", [Pure]> {
  let summary = "null";
  let description = "`%0 = stream.none : !stream.opt<f64>`";
  let results = (outs Stream_OptType:$result);
  let assemblyFormat = "attr-dict `:` qualified(type($result))";
}
def Stream_SomeOp : Stream_Op<"some", [Pure]> {
  let summary = "an optional with a value";
  let description = "`%1 = stream.some %0 : f64`, of type `!stream.opt<f64>`";
  let arguments = (ins Stream_Value:$value);
  let results = (outs Stream_OptType:$result);
  let assemblyFormat = "$value attr-dict `:` custom<Wrapped>(type($value), type($result))";
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$value), [{
    build($_builder, $_state, OptType::get(value.getType()), value);
  }]>];
}
class Stream_OfOptOp<string op_mnemonic, list<Trait> traits> : Stream_Op<op_mnemonic, traits> {
  let arguments = (ins Stream_OptType:$optional);
  let results = (outs Stream_Value:$result);
  let assemblyFormat = "$optional attr-dict `:` custom<Unwrapped>(type($optional), type($result))";
  let hasVerifier = 1;
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$optional), [{
    build($_builder, $_state, ::llvm::cast<OptType>(optional.getType()).getElement(), optional);
  }]>];
}
def Stream_IsSomeOp : Stream_Op<"is_some", [Pure]> {
  let summary = "whether an optional has a value";
  let description = "`%1 = stream.is_some %0 : !stream.opt<f64>`, of type `i1`";
  let arguments = (ins Stream_OptType:$optional);
  let results = (outs I1:$result);
  let assemblyFormat = "$optional attr-dict `:` qualified(type($optional))";
  let hasFolder = 1;
}
def Stream_GetOp : Stream_OfOptOp<"get", [Pure]> {
  let summary = "the value of an optional that is known to have one";
  let description = [{
    `%1 = stream.get %0 : !stream.opt<f64>`. Of null the result is unspecified: harmless for numbers, but a string or
    list may then not be looked into.
  }];
}
def Stream_AssertPresentOp : Stream_OfOptOp<"assert_present",
    [Stream_MayReject, MemoryEffects<[MemWrite<Stream_Rejection>]>]> {
  let summary = "the value of an optional; rejects null";
  let description = "`%1 = stream.assert_present %0 : !stream.opt<f64>`";
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kNull}; }
  }];
}

//===- Strings, functions, parameters -----------------------------------------------------------------------------===//

def Stream_StringConstantOp : Stream_Op<"string_constant", [Pure, ConstantLike]> {
  let summary = "a text";
  let description = "`%0 = stream.string_constant \"hello\"`";
  let arguments = (ins StrAttr:$value);
  let results = (outs Stream_StringType:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}
def Stream_CompareStringOp : Stream_Op<"compare_string", [Pure]> {
  let summary = "compares two strings by code point, which is bytewise in UTF-8";
  let description = "`%2 = stream.compare_string lt %0, %1`";
  let arguments = (ins Stream_ComparePredicateAttr:$predicate, Stream_StringType:$lhs, Stream_StringType:$rhs);
  let results = (outs I1:$result);
  let assemblyFormat = "custom<Word>($predicate) $lhs `,` $rhs attr-dict";
  let hasFolder = 1;
}
def Stream_FormatOp : Stream_Op<"format", [Pure]> {
  let summary = "a text with values in it";
  let description = [{
    Texts and values alternate; there is one text more. `string(x)` is a format with empty texts.
    `%2 = stream.format ["M", " at ", ""] (%0 : f64, %1 : timestamp)`
  }];
  let arguments = (ins StrArrayAttr:$parts, Variadic<Stream_Value>:$values, TypeArrayAttr:$types);
  let results = (outs Stream_StringType:$result);
  let assemblyFormat = "$parts custom<TypedOperands>($values, type($values), $types) attr-dict";
  let hasCanonicalizeMethod = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
}
def Stream_CallOp : Stream_Op<"call", [Stream_MayReject, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "calls a builtin function";
  let description = [{
    The signature is in column types, so that it names one overload. With `fails` the function may reject with these
    causes; without, the call is pure.
    `%1 = stream.call "trim"(%0) : (string) -> string`,
    `%2 = stream.call "matches"(%0, %1) : (string, string) -> i1 fails [function]`
  }];
  let arguments = (ins StrAttr:$callee, Variadic<Stream_Value>:$args, TypeArrayAttr:$arg_types, TypeAttr:$result_type,
                       Stream_CauseArrayAttr:$fails);
  let results = (outs Stream_Value:$result);
  let assemblyFormat = [{
    $callee `(` $args `)` attr-dict `:` custom<Signature>(type($args), type($result), $arg_types, $result_type, $fails)
  }];
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$callee, "::mlir::ValueRange":$args,
                                 "::llvm::ArrayRef<::mlir::Type>":$arg_types, "::mlir::Type":$result_type,
                                 "::llvm::ArrayRef<Cause>":$fails)>];
  let extraClassDeclaration = [{ ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses(); }];
}
def Stream_ParamOp : Stream_Op<"param", [Pure]> {
  let summary = "the value of a parameter of the job, the same for all rows";
  let description = "`%0 = stream.param 0 : i64`: slot in the module's `stream.params`, and its storage type.";
  let arguments = (ins I64Attr:$slot);
  let results = (outs Stream_Value:$result);
  let assemblyFormat = "$slot attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

//===- Lists ------------------------------------------------------------------------------------------------------===//

def Stream_ListSizeOp : Stream_Op<"list_size", [Pure]> {
  let summary = "number of elements";
  let description = "`%1 = stream.list_size %0 : !stream.list<f64>`, of type `i64`";
  let arguments = (ins Stream_ListType:$list);
  let results = (outs I64:$result);
  let assemblyFormat = "$list attr-dict `:` qualified(type($list))";
}
def Stream_ListGetOp : Stream_Op<"list_get", [Pure]> {
  let summary = "a leaf of the element at a valid index";
  let description = "`%2 = stream.list_get %0[%1] \"price\" : !stream.list<{sku: string, price: f64}>`";
  let arguments = (ins Stream_ListType:$list, I64:$index, StrAttr:$leaf);
  let results = (outs Stream_Value:$result);
  let assemblyFormat = "$list `[` $index `]` $leaf attr-dict `:` custom<ListLeaf>(type($list), type($result), ref($leaf))";
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$list, "::mlir::Value":$index, "::llvm::StringRef":$leaf)>];
}
def Stream_IndexCheckOp : Stream_RejectingOp<"index_check"> {
  let summary = "rejects an index outside of a list";
  let description = "`stream.index_check %list, %i : !stream.list<f64>`";
  let arguments = (ins Stream_ListType:$list, I64:$index);
  let assemblyFormat = "$list `,` $index attr-dict `:` qualified(type($list))";
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kMissing}; }
  }];
}
def Stream_ListOp : Stream_Op<"list", [Pure]> {
  let summary = "a list of the given elements";
  let description = [{
    The operands are the leaves of the elements, one element after another.
    `%2 = stream.list(%0, %1 : f64, f64) : !stream.list<f64>`
  }];
  let arguments = (ins Variadic<Stream_Value>:$leaves);
  let results = (outs Stream_ListType:$result);
  let assemblyFormat = "`(` ($leaves^ `:` type($leaves))? `)` attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

//===- Records in texts -------------------------------------------------------------------------------------------===//

def Stream_DecodeOp : Stream_RejectingOp<"decode"> {
  let summary = "the leaves of a record that a text holds";
  let description = [{
    One result for each column that is not `check`. Those are validated only: canonicalization makes unused ones that.

    ```mlir
    %1, %2 = stream.decode %0 format "json" {} columns {sku: string, n: i64, note: check string} : !stream.string, i64
    ```
  }];
  let arguments = (ins Stream_StringType:$text, StrAttr:$format, DictionaryAttr:$options, Stream_RowAttr:$columns);
  let results = (outs Variadic<Stream_Value>:$results);
  let assemblyFormat = [{
    $text `format` $format custom<Dictionary>($options) `columns` custom<Row>($columns) attr-dict (`:` type($results)^)?
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$text, "::llvm::StringRef":$format, "::mlir::DictionaryAttr":$options,
                                 "::streamc::ir::stream::RowAttr":$columns)>];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::streamc::ir::stream::Cause> getRejectCauses() { return {Cause::kDecode}; }
  }];
}

//===- Control ----------------------------------------------------------------------------------------------------===//

def Stream_RankOp : Stream_Op<"rank", [Pure]> {
  let summary = "a number in [0, 1) that depends on the values and the salt alone";
  let description = [{
    What `sample` compares with its part. The same values have the same rank in every run, on every machine. `types` are
    the column types of the values. With `mix` the finalizer of SplitMix64 and `fnv` FNV-1a of 64 bits:

        h = mix(fnv(salt)); for each value: h = mix(h xor word); rank = (h >> 11) / 2^53

    where the word of an integer, bool or time is itself in 64 bits, that of a text is its fnv, and that of null is
    0x9e3779b97f4a7c15.

    ```mlir
    %1 = stream.rank (%partition : i64, %position : i64) salt "some/sample"
    ```
  }];
  let arguments = (ins Variadic<Stream_Value>:$values, TypeArrayAttr:$types, StrAttr:$salt);
  let results = (outs F64:$result);
  let assemblyFormat = "custom<TypedOperands>($values, type($values), $types) `salt` $salt attr-dict";
}

def Stream_CatchOp : Stream_Op<"catch", [RecursiveMemoryEffects]> {
  let summary = "the value of the first region, or of the second if the first rejects";
  let description = [{
    ```mlir
    %1 = stream.catch : i32 {
      %2 = stream.cast %0 : string -> i32
      stream.yield %2 : i32
    } else {
      stream.yield %zero : i32
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$attempt, SizedRegion<1>:$fallback);
  let results = (outs Variadic<Stream_Value>:$results);
  let assemblyFormat = "(`:` type($results)^)? $attempt `else` $fallback attr-dict";
  let hasRegionVerifier = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$results, "RowBodyBuilder":$attempt, "RowBodyBuilder":$fallback)>];
}

#endif
