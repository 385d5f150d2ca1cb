// Parsers and printers of the pieces that op formats share; rows and column types are in row.cpp, lists of projected
// columns and aggregates in dialect.cpp.
#include "ir/stream/assembly.h"

#include "ir/stream/ops.h"

namespace streamc::ir::stream {

using mlir::ArrayAttr;
using mlir::AsmParser;
using mlir::failure;
using mlir::OpAsmParser;
using mlir::OpAsmPrinter;
using mlir::Operation;
using mlir::ParseResult;
using mlir::Region;
using mlir::success;
using mlir::Type;
using mlir::TypeAttr;

ParseResult parseDictionary(OpAsmParser& parser, mlir::DictionaryAttr& dictionary) {
  mlir::NamedAttrList attributes;
  llvm::SMLoc loc = parser.getCurrentLocation();
  bool has_braces = false;
  if (succeeded(parser.parseOptionalLBrace())) {
    if (succeeded(parser.parseOptionalRBrace())) {
      dictionary = parser.getBuilder().getDictionaryAttr({});
      return success();
    }
    has_braces = true;
  }
  if (!has_braces) return parser.emitError(loc) << "expected the braces of options";
  auto parse_entry = [&]() -> ParseResult {
    std::string name;
    mlir::Attribute value;
    if (parser.parseKeywordOrString(&name) || parser.parseEqual() || parser.parseAttribute(value)) return failure();
    if (attributes.set(name, value)) return parser.emitError(loc) << "option '" << name << "' occurs twice";
    return success();
  };
  if (parser.parseCommaSeparatedList(parse_entry) || parser.parseRBrace()) return failure();
  dictionary = attributes.getDictionary(parser.getContext());
  return success();
}

void printDictionary(OpAsmPrinter& printer, Operation*, mlir::DictionaryAttr dictionary) {
  printer << "{";
  llvm::interleaveComma(dictionary, printer, [&](mlir::NamedAttribute entry) {
    printer.printKeywordOrString(entry.getName().getValue());
    printer << " = " << entry.getValue();
  });
  printer << "}";
}

// ---------------------------------------------------------------- regions

ParseResult parseRouteTypes(OpAsmParser& parser, Type& input, llvm::SmallVectorImpl<Type>& results) {
  unsigned arms = 0;
  if (parser.parseType(input) || parser.parseKeyword("arms") || parser.parseInteger(arms)) return failure();
  results.assign(arms, input);
  return success();
}

void printRouteTypes(OpAsmPrinter& printer, Operation*, Type input, mlir::TypeRange results) {
  printer << input << " arms " << results.size();
}

ParseResult parseRowRegion(OpAsmParser& parser, ArrayAttr& uses, Region& body) {
  llvm::SmallVector<OpAsmParser::Argument> arguments;
  llvm::SmallVector<mlir::Attribute> names;
  auto parse_use = [&]() -> ParseResult {
    std::string name;
    if (parser.parseArgument(arguments.emplace_back()) || parser.parseEqual() || parser.parseKeywordOrString(&name) ||
        parser.parseColonType(arguments.back().type)) {
      return failure();
    }
    names.push_back(parser.getBuilder().getStringAttr(name));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parse_use) ||
      parser.parseRegion(body, arguments, /*enableNameShadowing=*/true)) {
    return failure();
  }
  if (body.empty()) body.emplaceBlock();
  uses = parser.getBuilder().getArrayAttr(names);
  return success();
}

void printRowRegion(OpAsmPrinter& printer, Operation*, ArrayAttr uses, Region& body) {
  printer << "(";
  llvm::interleaveComma(llvm::zip(body.getArguments(), uses.getAsRange<mlir::StringAttr>()), printer, [&](auto use) {
    auto [argument, name] = use;
    printer.printRegionArgument(argument, {}, /*omitType=*/true);
    printer << " = ";
    printer.printKeywordOrString(name.getValue());
    printer << " : " << argument.getType();
  });
  printer << ") ";
  printer.printRegion(body, /*printEntryBlockArgs=*/false);
}

static ParseResult parseOptionalTime(OpAsmParser& parser, llvm::StringRef keyword, mlir::IntegerAttr& time) {
  int64_t value;
  if (failed(parser.parseOptionalKeyword(keyword))) return success();
  if (parser.parseInteger(value)) return failure();
  time = parser.getBuilder().getI64IntegerAttr(value);
  return success();
}

static ParseResult parseWaits(OpAsmParser& parser, mlir::IntegerAttr& wait, mlir::IntegerAttr& idle,
                              mlir::IntegerAttr& max_ahead) {
  return failure(parseOptionalTime(parser, "wait", wait) || parseOptionalTime(parser, "idle", idle) ||
                 parseOptionalTime(parser, "max_ahead", max_ahead));
}

static void printWaits(OpAsmPrinter& printer, mlir::IntegerAttr wait, mlir::IntegerAttr idle,
                       mlir::IntegerAttr max_ahead) {
  if (wait) printer << " wait " << wait.getInt();
  if (idle) printer << " idle " << idle.getInt();
  if (max_ahead) printer << " max_ahead " << max_ahead.getInt();
}

static ParseResult parseMaxRecord(OpAsmParser& parser, mlir::IntegerAttr& max_record) {
  int64_t value;
  if (parser.parseInteger(value)) return failure();
  max_record = parser.getBuilder().getI64IntegerAttr(value);
  return success();
}

ParseResult parseLimits(OpAsmParser& parser, mlir::IntegerAttr& max_record, mlir::IntegerAttr& wait,
                        mlir::IntegerAttr& idle, mlir::IntegerAttr& max_ahead) {
  return failure(parseMaxRecord(parser, max_record) || parseWaits(parser, wait, idle, max_ahead));
}

void printLimits(OpAsmPrinter& printer, Operation*, mlir::IntegerAttr max_record, mlir::IntegerAttr wait,
                 mlir::IntegerAttr idle, mlir::IntegerAttr max_ahead) {
  printer << max_record.getInt();
  printWaits(printer, wait, idle, max_ahead);
}

ParseResult parseTimeClause(OpAsmParser& parser, mlir::IntegerAttr& max_record, ArrayAttr& uses, Region& body,
                            mlir::IntegerAttr& wait, mlir::IntegerAttr& idle, mlir::IntegerAttr& max_ahead) {
  uses = parser.getBuilder().getArrayAttr({});
  if (parseMaxRecord(parser, max_record)) return failure();
  if (succeeded(parser.parseOptionalKeyword("time")) && parseRowRegion(parser, uses, body)) return failure();
  return parseWaits(parser, wait, idle, max_ahead);
}

void printTimeClause(OpAsmPrinter& printer, Operation* op, mlir::IntegerAttr max_record, ArrayAttr uses, Region& body,
                     mlir::IntegerAttr wait, mlir::IntegerAttr idle, mlir::IntegerAttr max_ahead) {
  printer << max_record.getInt();
  if (!body.empty()) {
    printer << " time ";
    printRowRegion(printer, op, uses, body);
  }
  printWaits(printer, wait, idle, max_ahead);
}

// ---------------------------------------------------------------- types that follow from others

ParseResult parseAggregateTypes(OpAsmParser& parser, Type& input, Type& result, Type& late) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(input) || parser.parseArrow() || parser.parseType(result)) return failure();
  if (!llvm::isa<StreamType, TableType>(input)) return parser.emitError(loc) << "expected a stream or table";
  if (rowOf(input).contains("late_by"))
    return parser.emitError(loc) << "the input of an aggregate may not have a column late_by";
  late = StreamType::get(lateRow(rowOf(input)));
  return success();
}

void printAggregateTypes(OpAsmPrinter& printer, Operation*, Type input, Type result, Type) {
  printer << input << " -> " << result;
}

ParseResult parseConversion(OpAsmParser& parser, Type& value, Type& result, TypeAttr& from, TypeAttr& to) {
  Type from_type, to_type;
  if (parseColumnType(parser, from_type) || parser.parseArrow() || parseColumnType(parser, to_type)) return failure();
  from = TypeAttr::get(from_type);
  to = TypeAttr::get(to_type);
  value = storageType(from_type);
  result = storageType(to_type);
  return success();
}

void printConversion(OpAsmPrinter& printer, Operation*, Type, Type, TypeAttr from, TypeAttr to) {
  printColumnType(printer, from.getValue());
  printer << " -> ";
  printColumnType(printer, to.getValue());
}

ParseResult parseDivision(OpAsmParser& parser, Type& lhs, Type& rhs, Type& result, TypeAttr& lhs_type,
                          TypeAttr& rhs_type, TypeAttr& to) {
  Type dividend;
  if (parseColumnType(parser, dividend) || parser.parseComma()) return failure();
  lhs_type = TypeAttr::get(dividend);
  lhs = storageType(dividend);
  return parseConversion(parser, rhs, result, rhs_type, to);
}

void printDivision(OpAsmPrinter& printer, Operation* op, Type, Type, Type, TypeAttr lhs_type, TypeAttr rhs_type,
                   TypeAttr to) {
  printColumnType(printer, lhs_type.getValue());
  printer << ", ";
  printConversion(printer, op, {}, {}, rhs_type, to);
}

ParseResult parseTypedOperands(OpAsmParser& parser, llvm::SmallVectorImpl<OpAsmParser::UnresolvedOperand>& operands,
                               llvm::SmallVectorImpl<Type>& operand_types, ArrayAttr& types) {
  llvm::SmallVector<mlir::Attribute> column_types;
  auto parse_one = [&]() -> ParseResult {
    Type type;
    if (parser.parseOperand(operands.emplace_back()) || parser.parseColon() || parseColumnType(parser, type)) {
      return failure();
    }
    column_types.push_back(TypeAttr::get(type));
    operand_types.push_back(storageType(type));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parse_one)) return failure();
  types = parser.getBuilder().getArrayAttr(column_types);
  return success();
}

void printTypedOperands(OpAsmPrinter& printer, Operation*, mlir::OperandRange operands, mlir::TypeRange,
                        ArrayAttr types) {
  printer << "(";
  llvm::interleaveComma(llvm::zip(operands, types.getAsValueRange<TypeAttr>()), printer, [&](auto operand) {
    printer << std::get<0>(operand) << " : ";
    printColumnType(printer, std::get<1>(operand));
  });
  printer << ")";
}

static ParseResult parseFails(OpAsmParser& parser, ArrayAttr& fails) {
  llvm::SmallVector<mlir::Attribute> causes;
  auto parse_cause = [&]() -> ParseResult {
    llvm::StringRef keyword;
    llvm::SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&keyword)) return failure();
    std::optional<Cause> cause = symbolizeCause(keyword);
    if (!cause) return parser.emitError(loc) << "there is no cause " << keyword;
    causes.push_back(CauseAttr::get(parser.getContext(), *cause));
    return success();
  };
  if (succeeded(parser.parseOptionalKeyword("fails")) &&
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parse_cause)) {
    return failure();
  }
  fails = parser.getBuilder().getArrayAttr(causes);
  return success();
}

static void printFails(OpAsmPrinter& printer, ArrayAttr fails) {
  if (fails.empty()) return;
  printer << " fails [";
  llvm::interleaveComma(fails.getAsRange<CauseAttr>(), printer,
                        [&](CauseAttr cause) { printer << stringifyCause(cause.getValue()); });
  printer << "]";
}

ParseResult parseSignature(OpAsmParser& parser, llvm::SmallVectorImpl<Type>& args, Type& result, ArrayAttr& arg_types,
                           TypeAttr& result_type, ArrayAttr& fails) {
  llvm::SmallVector<mlir::Attribute> types;
  Type type;
  auto parse_arg = [&]() -> ParseResult {
    Type arg;
    if (parseColumnType(parser, arg)) return failure();
    types.push_back(TypeAttr::get(arg));
    args.push_back(storageType(arg));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parse_arg) || parser.parseArrow() ||
      parseColumnType(parser, type)) {
    return failure();
  }
  arg_types = parser.getBuilder().getArrayAttr(types);
  result_type = TypeAttr::get(type);
  result = storageType(type);
  return parseFails(parser, fails);
}

void printSignature(OpAsmPrinter& printer, Operation*, mlir::TypeRange, Type, ArrayAttr arg_types, TypeAttr result_type,
                    ArrayAttr fails) {
  printer << "(";
  llvm::interleaveComma(arg_types.getAsValueRange<TypeAttr>(), printer,
                        [&](Type type) { printColumnType(printer, type); });
  printer << ") -> ";
  printColumnType(printer, result_type.getValue());
  printFails(printer, fails);
}

ParseResult parseWrapped(OpAsmParser& parser, Type& value, Type& optional) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(value)) return failure();
  optional = OptType::getChecked([&] { return parser.emitError(loc); }, value.getContext(), value);
  return success(static_cast<bool>(optional));
}

void printWrapped(OpAsmPrinter& printer, Operation*, Type value, Type) { printer << value; }

ParseResult parseUnwrapped(OpAsmParser& parser, Type& optional, Type& value) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(optional)) return failure();
  auto opt = llvm::dyn_cast<OptType>(optional);
  if (!opt) return parser.emitError(loc) << "expected an optional";
  value = opt.getElement();
  return success();
}

void printUnwrapped(OpAsmPrinter& printer, Operation*, Type optional, Type) { printer << optional; }

ParseResult parseListLeaf(OpAsmParser& parser, Type& list, Type& result, mlir::StringAttr leaf) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseType(list)) return failure();
  auto list_type = llvm::dyn_cast<ListType>(list);
  if (!list_type) return parser.emitError(loc) << "expected a list";
  const Column* column = list_type.getElement().find(leaf.getValue());
  if (!column) return parser.emitError(loc) << "the elements of the list have no leaf " << leaf;
  result = storageType(column->type);
  return success();
}

void printListLeaf(OpAsmPrinter& printer, Operation*, Type list, Type, mlir::StringAttr) { printer << list; }

}  // namespace streamc::ir::stream
