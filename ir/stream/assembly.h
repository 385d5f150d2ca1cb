// Parsers and printers shared by the assembly formats of both dialects: `custom<Row>` and friends in the ODS files.
// Internal to ir/.
#pragma once

#include "ir/stream/types.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"

namespace streamc::ir::stream {

// `f64`, `string`, `opt<timestamp>`, `list<{sku: string}>`: a type, those of this dialect without their prefix. Whether
// a column may have it is for verifiers to say.
mlir::ParseResult parseColumnType(mlir::AsmParser& parser, mlir::Type& type);
mlir::ParseResult parseColumnType(mlir::AsmParser& parser, mlir::FailureOr<mlir::Type>& type);
void printColumnType(mlir::AsmPrinter& printer, mlir::Type type);
inline void printColumnType(mlir::AsmPrinter& printer, mlir::Operation*, mlir::TypeAttr type) {
  printColumnType(printer, type.getValue());
}

// `{mag: f64, geo: present, code: check string}`
mlir::ParseResult parseRow(mlir::AsmParser& parser, RowAttr& row);
mlir::ParseResult parseRow(mlir::AsmParser& parser, mlir::FailureOr<RowAttr>& row);
void printRow(mlir::AsmPrinter& printer, RowAttr row);
inline void printRow(mlir::AsmPrinter& printer, mlir::Operation*, RowAttr row) { printRow(printer, row); }

// `{path = "x"}`; an empty dictionary is `{}`.
mlir::ParseResult parseDictionary(mlir::OpAsmParser& parser, mlir::DictionaryAttr& dictionary);
void printDictionary(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::DictionaryAttr dictionary);

// `(%mag = mag : f64, %t = "$event_time" : i64) { … }`
// Type of the input, and one of the results, which are alike: `: !stream.stream<{mag: f64}> arms 2`.
mlir::ParseResult parseRouteTypes(mlir::OpAsmParser& parser, mlir::Type& input,
                                  llvm::SmallVectorImpl<mlir::Type>& results);
void printRouteTypes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type input, mlir::TypeRange results);

mlir::ParseResult parseRowRegion(mlir::OpAsmParser& parser, mlir::ArrayAttr& uses, mlir::Region& body);
void printRowRegion(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::ArrayAttr uses, mlir::Region& body);

// The word of an enum attribute.
template <typename EnumAttr>
mlir::ParseResult parseWord(mlir::AsmParser& parser, EnumAttr& attribute) {
  mlir::FailureOr<decltype(attribute.getValue())> value =
      mlir::FieldParser<decltype(attribute.getValue())>::parse(parser);
  if (failed(value)) return mlir::failure();
  attribute = EnumAttr::get(parser.getContext(), *value);
  return mlir::success();
}
template <typename EnumAttr>
void printWord(mlir::AsmPrinter& printer, mlir::Operation*, EnumAttr attribute) {
  printer << stringifyEnum(attribute.getValue());
}

// `16777216 wait 1 idle 2 max_ahead 3`, all but the first optional.
mlir::ParseResult parseLimits(mlir::OpAsmParser& parser, mlir::IntegerAttr& max_record, mlir::IntegerAttr& wait,
                              mlir::IntegerAttr& idle, mlir::IntegerAttr& max_ahead);
void printLimits(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr max_record, mlir::IntegerAttr wait,
                 mlir::IntegerAttr idle, mlir::IntegerAttr max_ahead);

// `16777216`, then perhaps `time (…) { … }`, then the rest of the limits.
mlir::ParseResult parseTimeClause(mlir::OpAsmParser& parser, mlir::IntegerAttr& max_record, mlir::ArrayAttr& uses,
                                  mlir::Region& body, mlir::IntegerAttr& wait, mlir::IntegerAttr& idle,
                                  mlir::IntegerAttr& max_ahead);
void printTimeClause(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr max_record, mlir::ArrayAttr uses,
                     mlir::Region& body, mlir::IntegerAttr wait, mlir::IntegerAttr idle, mlir::IntegerAttr max_ahead);

// `{mag = keep mag, region = yield 0}`
mlir::ParseResult parseProjectedColumns(mlir::OpAsmParser& parser, mlir::ArrayAttr& columns);
void printProjectedColumns(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::ArrayAttr columns);

// `{n = count, mean = avg(0 : f64), strong = count(1 : i1) where}`
mlir::ParseResult parseAggregates(mlir::OpAsmParser& parser, mlir::ArrayAttr& aggregates);
void printAggregates(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::ArrayAttr aggregates);

// `input -> result`; the type of the late rows follows from the input's.
mlir::ParseResult parseAggregateTypes(mlir::OpAsmParser& parser, mlir::Type& input, mlir::Type& result,
                                      mlir::Type& late);
void printAggregateTypes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type input, mlir::Type result,
                         mlir::Type late);

// `ui64 -> i32` in column types; operand and result have their storage types.
mlir::ParseResult parseConversion(mlir::OpAsmParser& parser, mlir::Type& value, mlir::Type& result,
                                  mlir::TypeAttr& from, mlir::TypeAttr& to);
void printConversion(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type value, mlir::Type result,
                     mlir::TypeAttr from, mlir::TypeAttr to);

// `decimal<12, 2>, decimal<10, 0> -> decimal<38, 2>`
mlir::ParseResult parseDivision(mlir::OpAsmParser& parser, mlir::Type& lhs, mlir::Type& rhs, mlir::Type& result,
                                mlir::TypeAttr& lhs_type, mlir::TypeAttr& rhs_type, mlir::TypeAttr& to);
void printDivision(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type lhs, mlir::Type rhs, mlir::Type result,
                   mlir::TypeAttr lhs_type, mlir::TypeAttr rhs_type, mlir::TypeAttr to);

// `(%a : f64, %b : timestamp)` in column types.
mlir::ParseResult parseTypedOperands(mlir::OpAsmParser& parser,
                                     llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand>& operands,
                                     llvm::SmallVectorImpl<mlir::Type>& operand_types, mlir::ArrayAttr& types);
void printTypedOperands(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::OperandRange operands,
                        mlir::TypeRange operand_types, mlir::ArrayAttr types);

// `(string, ui32) -> i1`, in column types, and perhaps ` fails [function, cast]`.
mlir::ParseResult parseSignature(mlir::OpAsmParser& parser, llvm::SmallVectorImpl<mlir::Type>& args, mlir::Type& result,
                                 mlir::ArrayAttr& arg_types, mlir::TypeAttr& result_type, mlir::ArrayAttr& fails);
void printSignature(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::TypeRange args, mlir::Type result,
                    mlir::ArrayAttr arg_types, mlir::TypeAttr result_type, mlir::ArrayAttr fails);

// A value's type, from which the type of the optional with it follows; and the reverse.
mlir::ParseResult parseWrapped(mlir::OpAsmParser& parser, mlir::Type& value, mlir::Type& optional);
void printWrapped(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type value, mlir::Type optional);
mlir::ParseResult parseUnwrapped(mlir::OpAsmParser& parser, mlir::Type& optional, mlir::Type& value);
void printUnwrapped(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type optional, mlir::Type value);

// A list's type, from which the type of its leaf follows.
mlir::ParseResult parseListLeaf(mlir::OpAsmParser& parser, mlir::Type& list, mlir::Type& result, mlir::StringAttr leaf);
void printListLeaf(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type list, mlir::Type result,
                   mlir::StringAttr leaf);

}  // namespace streamc::ir::stream
