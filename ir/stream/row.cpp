// Columns, rows, and how both are written.
#include "ir/stream/assembly.h"
#include "llvm/ADT/StringSwitch.h"
#include "mlir/IR/DialectImplementation.h"

namespace streamc::ir::stream {

using mlir::AsmParser;
using mlir::AsmPrinter;
using mlir::failure;
using mlir::FailureOr;
using mlir::MLIRContext;
using mlir::ParseResult;
using mlir::success;
using mlir::Type;

namespace {

// Roles that are written instead of a type.
constexpr std::pair<ColumnRole, llvm::StringLiteral> kRoleNames[] = {
    {ColumnRole::kPresent, "present"},      {ColumnRole::kEventTime, "event_time"},
    {ColumnRole::kWatermark, "watermark"},  {ColumnRole::kWindowStart, "window_start"},
    {ColumnRole::kWindowEnd, "window_end"}, {ColumnRole::kPartition, "partition"},
    {ColumnRole::kPosition, "position"},
};

Type typeOfRole(ColumnRole role, MLIRContext* context) {
  switch (role) {
    case ColumnRole::kPresent:
      return mlir::IntegerType::get(context, 1);
    case ColumnRole::kPartition:
    case ColumnRole::kPosition:
      return mlir::IntegerType::get(context, 64);
    default:
      return TimestampType::get(context);
  }
}

bool isScalarWidth(unsigned bits) { return bits == 1 || bits == 8 || bits == 16 || bits == 32 || bits == 64; }

}  // namespace

// ---------------------------------------------------------------- columns

Column Column::field(llvm::StringRef name, Type type) { return {mlir::StringAttr::get(type.getContext(), name), type}; }

Column Column::present(llvm::StringRef name, MLIRContext* context) {
  return {mlir::StringAttr::get(context, name), typeOfRole(ColumnRole::kPresent, context), ColumnRole::kPresent};
}

Column Column::pseudo(ColumnRole role, MLIRContext* context) {
  llvm::StringRef name;
  switch (role) {
    case ColumnRole::kEventTime:
      name = kEventTimeColumn;
      break;
    case ColumnRole::kWatermark:
      name = kWatermarkColumn;
      break;
    case ColumnRole::kWindowStart:
      name = kWindowStartColumn;
      break;
    case ColumnRole::kWindowEnd:
      name = kWindowEndColumn;
      break;
    case ColumnRole::kPartition:
      name = kPartitionColumn;
      break;
    case ColumnRole::kPosition:
      name = kPositionColumn;
      break;
    case ColumnRole::kField:
    case ColumnRole::kPresent:
      llvm_unreachable("not the role of a pseudo column");
  }
  return {mlir::StringAttr::get(context, name), typeOfRole(role, context), role};
}

bool isPseudoColumn(llvm::StringRef name) {
  return name == kEventTimeColumn || name == kWindowStartColumn || name == kWindowEndColumn ||
         name == kPartitionColumn || name == kPositionColumn;
}

std::string joinPath(const std::vector<std::string>& path) {
  std::string name;
  for (size_t i = 0; i < path.size(); ++i) {
    if (i > 0) name += '.';
    for (char c : path[i]) {
      if (c == '.' || c == '\\') name += '\\';
      name += c;
    }
  }
  return name;
}

std::vector<std::string> splitPath(llvm::StringRef name) {
  std::vector<std::string> path(1);
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') {
      path.emplace_back();
    } else {
      if (name[i] == '\\' && i + 1 < name.size()) ++i;
      path.back() += name[i];
    }
  }
  return path;
}

Type storageType(Type type) {
  if (auto integer = llvm::dyn_cast<mlir::IntegerType>(type)) {
    return mlir::IntegerType::get(type.getContext(), integer.getWidth());
  }
  if (llvm::isa<TimestampType, DurationType>(type)) return mlir::IntegerType::get(type.getContext(), 64);
  if (llvm::isa<EnumType, VariantType>(type)) return mlir::IntegerType::get(type.getContext(), 16);
  if (llvm::isa<DateType>(type)) return mlir::IntegerType::get(type.getContext(), 32);
  if (llvm::isa<BytesType>(type)) return StringType::get(type.getContext());
  if (auto decimal = llvm::dyn_cast<DecimalType>(type)) {
    return mlir::IntegerType::get(type.getContext(), decimal.storageBits());
  }
  if (auto optional = llvm::dyn_cast<OptType>(type)) return OptType::get(storageType(optional.getElement()));
  return type;
}

bool isColumnType(Type type) {
  if (auto optional = llvm::dyn_cast<OptType>(type)) {
    return !llvm::isa<OptType>(optional.getElement()) && isColumnType(optional.getElement());
  }
  if (auto integer = llvm::dyn_cast<mlir::IntegerType>(type)) {
    return !integer.isSigned() && isScalarWidth(integer.getWidth()) &&
           !(integer.isUnsigned() && integer.getWidth() == 1);
  }
  return type.isF32() || type.isF64() ||
         llvm::isa<StringType, TimestampType, DurationType, EnumType, VariantType, ListType, DateType, BytesType,
                   DecimalType>(type);
}

bool isStorageType(Type type) {
  if (auto optional = llvm::dyn_cast<OptType>(type)) {
    return !llvm::isa<OptType>(optional.getElement()) && isStorageType(optional.getElement());
  }
  // 128 bits hold decimals of more than 18 digits, and the running sum of integers in a cell.
  if (auto integer = llvm::dyn_cast<mlir::IntegerType>(type)) {
    return integer.isSignless() && (isScalarWidth(integer.getWidth()) || integer.getWidth() == 128);
  }
  return type.isF32() || type.isF64() || llvm::isa<StringType, ListType>(type);
}

namespace {

// An index of an i16 names a symbol.
constexpr size_t kSymbolsMax = 32768;

llvm::LogicalResult verifySymbols(llvm::function_ref<mlir::InFlightDiagnostic()> emit_error,
                                  llvm::ArrayRef<mlir::StringAttr> symbols) {
  if (symbols.empty()) return emit_error() << "there is no symbol";
  if (symbols.size() > kSymbolsMax) return emit_error() << "there are more than " << kSymbolsMax << " symbols";
  llvm::DenseSet<mlir::StringAttr> seen;
  for (mlir::StringAttr symbol : symbols) {
    if (!seen.insert(symbol).second) return emit_error() << "symbol " << symbol << " occurs twice";
  }
  return success();
}

ParseResult parseSymbol(AsmParser& parser, llvm::SmallVectorImpl<mlir::StringAttr>& symbols) {
  std::string symbol;
  if (parser.parseKeywordOrString(&symbol)) return failure();
  symbols.push_back(mlir::StringAttr::get(parser.getContext(), symbol));
  return success();
}

}  // namespace

llvm::LogicalResult EnumType::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emit_error,
                                     llvm::ArrayRef<mlir::StringAttr> symbols) {
  return verifySymbols(emit_error, symbols);
}

llvm::LogicalResult VariantType::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emit_error,
                                        llvm::ArrayRef<mlir::StringAttr> symbols, llvm::ArrayRef<bool> has_payload) {
  if (symbols.size() != has_payload.size()) return emit_error() << "each variant has a payload or none";
  return verifySymbols(emit_error, symbols);
}

Type EnumType::parse(AsmParser& parser) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  llvm::SmallVector<mlir::StringAttr> symbols;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, [&] { return parseSymbol(parser, symbols); }))
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    llvm::ArrayRef<mlir::StringAttr>(symbols));
}

void EnumType::print(AsmPrinter& printer) const {
  printer << "<";
  llvm::interleaveComma(getSymbols(), printer,
                        [&](mlir::StringAttr symbol) { printer.printKeywordOrString(symbol.getValue()); });
  printer << ">";
}

Type VariantType::parse(AsmParser& parser) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  llvm::SmallVector<mlir::StringAttr> symbols;
  llvm::SmallVector<bool> has_payload;
  auto parseVariant = [&]() -> ParseResult {
    if (parseSymbol(parser, symbols)) return failure();
    has_payload.push_back(failed(parser.parseOptionalLParen()));
    return has_payload.back() ? success() : parser.parseRParen();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseVariant)) return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    llvm::ArrayRef<mlir::StringAttr>(symbols), llvm::ArrayRef<bool>(has_payload));
}

void VariantType::print(AsmPrinter& printer) const {
  printer << "<";
  llvm::interleaveComma(llvm::zip_equal(getSymbols(), getHasPayload()), printer, [&](auto variant) {
    auto [symbol, has_payload] = variant;
    printer.printKeywordOrString(symbol.getValue());
    if (!has_payload) printer << "()";
  });
  printer << ">";
}

// ---------------------------------------------------------------- rows

llvm::LogicalResult RowAttr::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emit_error,
                                    llvm::ArrayRef<Column> columns) {
  llvm::DenseSet<mlir::StringAttr> names;
  for (const Column& column : columns) {
    if (!names.insert(column.name).second) return emit_error() << "column " << column.name << " occurs twice";
    if (!isColumnType(column.type)) {
      return emit_error() << "column " << column.name << " has type " << column.type << ", which no column may have";
    }
    if (column.role != ColumnRole::kField && column.type != typeOfRole(column.role, column.type.getContext())) {
      return emit_error() << "column " << column.name << " has a role that does not go with type " << column.type;
    }
    if (column.lenient && column.role != ColumnRole::kPresent && !llvm::isa<OptType>(column.type)) {
      return emit_error() << "column " << column.name << " is lenient, but cannot be null";
    }
  }
  return success();
}

std::optional<unsigned> RowAttr::indexOf(llvm::StringRef name) const {
  for (auto [index, column] : llvm::enumerate(getColumns())) {
    if (column.name.getValue() == name) return static_cast<unsigned>(index);
  }
  return std::nullopt;
}

const Column* RowAttr::find(llvm::StringRef name) const {
  std::optional<unsigned> index = indexOf(name);
  return index ? &getColumns()[*index] : nullptr;
}

llvm::SmallVector<Column> RowAttr::storedColumns() const {
  return llvm::to_vector(llvm::make_filter_range(getColumns(), [](const Column& column) { return !column.check; }));
}

llvm::SmallVector<Type> RowAttr::storageTypes() const {
  return llvm::map_to_vector(storedColumns(), [](const Column& column) { return storageType(column.type); });
}

RowAttr rowOf(Type type) {
  if (auto stream = llvm::dyn_cast<StreamType>(type)) return stream.getRow();
  return llvm::cast<TableType>(type).getRow();
}

Type withRow(Type type, RowAttr row) {
  if (llvm::isa<StreamType>(type)) return StreamType::get(row);
  return TableType::get(type.getContext(), row, llvm::cast<TableType>(type).getKey());
}

Type storageTypeOf(RowAttr row, llvm::StringRef name) {
  if (const Column* column = row.find(name)) return column->check ? Type() : storageType(column->type);
  return isPseudoColumn(name) ? Type(mlir::IntegerType::get(row.getContext(), 64)) : Type();
}

RowAttr errorsRow(MLIRContext* context) {
  Type string = StringType::get(context);
  auto optional = [](Type type) { return Type(OptType::get(type)); };
  return RowAttr::get(
      context,
      {Column::field("cause", string), Column::field("message", string), Column::field("step", string),
       Column::field("place", string), Column::field("input", string),
       Column::field("event_time", optional(TimestampType::get(context))), Column::field("source", optional(string)),
       Column::field("partition", optional(mlir::IntegerType::get(context, 32))),
       Column::field("offset", optional(mlir::IntegerType::get(context, 64)))});
}

RowAttr lateRow(RowAttr input) {
  llvm::SmallVector<Column> columns(input.getColumns());
  columns.push_back(Column::field("late_by", DurationType::get(input.getContext())));
  return RowAttr::get(input.getContext(), columns);
}

// ---------------------------------------------------------------- text

ParseResult parseColumnType(AsmParser& parser, Type& type) {
  llvm::StringRef keyword;
  if (failed(parser.parseOptionalKeyword(&keyword, {"string", "timestamp", "duration", "opt", "list", "enum", "variant",
                                                    "date", "bytes", "decimal"}))) {
    if (parser.parseType(type)) return failure();
  } else if (keyword == "opt") {
    type = OptType::parse(parser);
  } else if (keyword == "list") {
    type = ListType::parse(parser);
  } else if (keyword == "enum") {
    type = EnumType::parse(parser);
  } else if (keyword == "variant") {
    type = VariantType::parse(parser);
  } else if (keyword == "decimal") {
    type = DecimalType::parse(parser);
  } else {
    MLIRContext* context = parser.getContext();
    type = llvm::StringSwitch<Type>(keyword)
               .Case("string", StringType::get(context))
               .Case("timestamp", TimestampType::get(context))
               .Case("date", DateType::get(context))
               .Case("bytes", BytesType::get(context))
               .Default(DurationType::get(context));
  }
  return success(static_cast<bool>(type));
}

ParseResult parseColumnType(AsmParser& parser, FailureOr<Type>& type) {
  Type parsed;
  if (parseColumnType(parser, parsed)) return failure();
  type = parsed;
  return success();
}

void printColumnType(AsmPrinter& printer, Type type) {
  if (llvm::isa<StringType>(type)) {
    printer << "string";
  } else if (llvm::isa<TimestampType>(type)) {
    printer << "timestamp";
  } else if (llvm::isa<DurationType>(type)) {
    printer << "duration";
  } else if (llvm::isa<DateType>(type)) {
    printer << "date";
  } else if (llvm::isa<BytesType>(type)) {
    printer << "bytes";
  } else if (auto decimal = llvm::dyn_cast<DecimalType>(type)) {
    printer << "decimal";
    decimal.print(printer);
  } else if (auto optional = llvm::dyn_cast<OptType>(type)) {
    printer << "opt";
    optional.print(printer);
  } else if (auto list = llvm::dyn_cast<ListType>(type)) {
    printer << "list";
    list.print(printer);
  } else if (auto symbols = llvm::dyn_cast<EnumType>(type)) {
    printer << "enum";
    symbols.print(printer);
  } else if (auto variant = llvm::dyn_cast<VariantType>(type)) {
    printer << "variant";
    variant.print(printer);
  } else {
    printer << type;
  }
}

static ParseResult parseColumn(AsmParser& parser, Column& column) {
  std::string name;
  if (parser.parseKeywordOrString(&name) || parser.parseColon()) return failure();
  column.name = mlir::StringAttr::get(parser.getContext(), name);
  column.check = succeeded(parser.parseOptionalKeyword("check"));
  column.lenient = succeeded(parser.parseOptionalKeyword("lenient"));
  for (auto [role, keyword] : kRoleNames) {
    if (succeeded(parser.parseOptionalKeyword(keyword))) {
      column.role = role;
      column.type = typeOfRole(role, parser.getContext());
      return success();
    }
  }
  return parseColumnType(parser, column.type);
}

ParseResult parseRow(AsmParser& parser, RowAttr& row) {
  llvm::SmallVector<Column> columns;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Braces,
                                     [&] { return parseColumn(parser, columns.emplace_back()); })) {
    return failure();
  }
  row =
      RowAttr::getChecked([&] { return parser.emitError(loc); }, parser.getContext(), llvm::ArrayRef<Column>(columns));
  return success(static_cast<bool>(row));
}

ParseResult parseRow(AsmParser& parser, FailureOr<RowAttr>& row) {
  RowAttr parsed;
  if (parseRow(parser, parsed)) return failure();
  row = parsed;
  return success();
}

void printRow(AsmPrinter& printer, RowAttr row) {
  printer << "{";
  llvm::interleaveComma(row.getColumns(), printer, [&](const Column& column) {
    printer.printKeywordOrString(column.name.getValue());
    printer << ": " << (column.check ? "check " : "") << (column.lenient ? "lenient " : "");
    for (auto [role, keyword] : kRoleNames) {
      if (column.role == role) {
        printer << keyword;
        return;
      }
    }
    printColumnType(printer, column.type);
  });
  printer << "}";
}

mlir::Attribute RowAttr::parse(AsmParser& parser, Type) {
  RowAttr row;
  if (parser.parseLess() || parseRow(parser, row) || parser.parseGreater()) return {};
  return row;
}

void RowAttr::print(AsmPrinter& printer) const {
  printer << "<";
  printRow(printer, *this);
  printer << ">";
}

Type DecimalType::parse(AsmParser& parser) {
  unsigned precision = 0, scale = 0;
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseInteger(precision) || parser.parseComma() || parser.parseInteger(scale) ||
      parser.parseGreater()) {
    return {};
  }
  return DecimalType::getChecked([&] { return parser.emitError(loc); }, parser.getContext(), precision, scale);
}

void DecimalType::print(AsmPrinter& printer) const { printer << "<" << getPrecision() << ", " << getScale() << ">"; }

llvm::LogicalResult DecimalType::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emit_error, unsigned precision,
                                        unsigned scale) {
  if (precision >= 1 && precision <= kPrecisionMax && scale <= precision) return success();
  return emit_error() << "a decimal has 1 to 38 digits, not more of them behind the point than in all";
}

Type ListType::parse(AsmParser& parser) {
  RowAttr element;
  if (parser.parseLess()) return {};
  // A brace opens a record; anything else is the type of a scalar.
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLBrace())) {
    llvm::SmallVector<Column> columns;
    if (failed(parser.parseOptionalRBrace())) {
      if (parser.parseCommaSeparatedList([&] { return parseColumn(parser, columns.emplace_back()); }) ||
          parser.parseRBrace()) {
        return {};
      }
    }
    element = RowAttr::getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                                  llvm::ArrayRef<Column>(columns));
  } else {
    Type scalar;
    if (parseColumnType(parser, scalar)) return {};
    const Column only = Column::field("", scalar);
    element =
        RowAttr::getChecked([&] { return parser.emitError(loc); }, parser.getContext(), llvm::ArrayRef<Column>(only));
  }
  if (!element || parser.parseGreater()) return {};
  return ListType::getChecked([&] { return parser.emitError(loc); }, parser.getContext(), element);
}

void ListType::print(AsmPrinter& printer) const {
  llvm::ArrayRef<Column> columns = getElement().getColumns();
  printer << "<";
  if (columns.size() == 1 && columns[0].name.getValue().empty() && columns[0].role == ColumnRole::kField) {
    printColumnType(printer, columns[0].type);
  } else {
    printRow(printer, getElement());
  }
  printer << ">";
}

}  // namespace streamc::ir::stream
