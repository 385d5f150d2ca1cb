#include "codegen/manifest/manifest.h"

#include "dsl/builtins.h"
#include "ir/stream/ops.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include "runtime-lib/abi/job_image.h"

namespace streamc::codegen {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;
namespace json = llvm::json;

constexpr int64_t kManifestFormat = 1;

// The manifest's word for a column type without its optionality.
std::string typeName(mlir::Type type) {
  if (mlir::isa<stream::StringType>(type)) return "string";
  if (mlir::isa<stream::TimestampType>(type)) return "timestamp";
  if (mlir::isa<stream::DurationType>(type)) return "duration";
  if (mlir::isa<stream::ListType>(type)) return "list";
  if (mlir::isa<stream::EnumType>(type)) return "enum";
  if (mlir::isa<stream::VariantType>(type)) return "variant";
  if (mlir::isa<stream::DateType>(type)) return "date";
  if (mlir::isa<stream::BytesType>(type)) return "bytes";
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
    return "decimal" + std::to_string(decimal.storageBits());
  }
  if (type.isInteger(1)) return "bool";
  std::string bits = std::to_string(type.getIntOrFloatBitWidth());
  if (mlir::isa<mlir::FloatType>(type)) return "f" + bits;
  return (type.isUnsignedInteger() ? "u" : "i") + bits;
}

mlir::Type valueType(mlir::Type type) {
  auto optional = mlir::dyn_cast<stream::OptType>(type);
  return optional ? optional.getElement() : type;
}

// What a type has besides its word.
void addTypeDetails(json::Object& entry, mlir::Type type) {
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
    entry["precision"] = static_cast<int64_t>(decimal.getPrecision());
    entry["scale"] = static_cast<int64_t>(decimal.getScale());
  }
}

llvm::StringRef roleName(stream::ColumnRole role) {
  switch (role) {
    case stream::ColumnRole::kField:
      return "field";
    case stream::ColumnRole::kPresent:
      return "present";
    case stream::ColumnRole::kEventTime:
      return "event_time";
    case stream::ColumnRole::kWatermark:
      return "watermark";
    case stream::ColumnRole::kWindowStart:
      return "window_start";
    case stream::ColumnRole::kWindowEnd:
      return "window_end";
    case stream::ColumnRole::kPartition:
      return "partition";
    case stream::ColumnRole::kPosition:
      return "position";
  }
  llvm_unreachable("role of a column");
}

// The names that the numbers of an enum or variant stand for, and which variants have no payload.
void addSymbols(mlir::Type type, json::Object& entry) {
  auto names = [](llvm::ArrayRef<mlir::StringAttr> symbols) {
    json::Array list;
    for (mlir::StringAttr symbol : symbols) list.push_back(symbol.getValue());
    return list;
  };
  if (auto symbols = mlir::dyn_cast<stream::EnumType>(type)) entry["symbols"] = names(symbols.getSymbols());
  if (auto variant = mlir::dyn_cast<stream::VariantType>(type)) {
    entry["symbols"] = names(variant.getSymbols());
    json::Array bare;
    for (auto [index, has_payload] : llvm::enumerate(variant.getHasPayload())) {
      if (!has_payload) bare.push_back(static_cast<int64_t>(index));
    }
    entry["bare"] = std::move(bare);
  }
}

json::Array columnsOf(llvm::ArrayRef<stream::Column> columns) {
  json::Array list;
  for (const stream::Column& column : columns) {
    json::Object entry{{"name", column.name.getValue()},
                       {"type", typeName(valueType(column.type))},
                       {"optional", mlir::isa<stream::OptType>(column.type)},
                       {"role", stream::isMetaColumn(column.name) ? "meta" : roleName(column.role)}};
    addTypeDetails(entry, valueType(column.type));
    if (auto element = mlir::dyn_cast<stream::ListType>(valueType(column.type))) {
      entry["element"] = columnsOf(element.getElement().getColumns());
    }
    addSymbols(valueType(column.type), entry);
    if (column.check) entry["check"] = true;
    if (column.lenient) entry["lenient"] = true;
    list.push_back(std::move(entry));
  }
  return list;
}

// A literal, or a value that is known when the job starts.
json::Value valueOf(mlir::Attribute value) {
  if (!value || mlir::isa<mlir::UnitAttr>(value)) return nullptr;
  if (auto text = mlir::dyn_cast<mlir::StringAttr>(value)) return text.getValue();
  if (auto truth = mlir::dyn_cast<mlir::BoolAttr>(value)) return truth.getValue();
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value)) return number.getValueAsDouble();
  if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(value)) {
    if (integer.getType().isUnsignedInteger()) return integer.getValue().getZExtValue();
    return integer.getValue().getSExtValue();
  }
  if (auto param = mlir::dyn_cast<stream::ParamRefAttr>(value)) return json::Object{{"param", param.getSlot()}};
  if (auto env = mlir::dyn_cast<stream::EnvAttr>(value)) {
    json::Object entry{{"env", env.getName().getValue()}};
    if (env.getDefaultValue()) entry["default"] = valueOf(env.getDefaultValue());
    return entry;
  }
  if (auto concat = mlir::dyn_cast<stream::ConcatAttr>(value)) {
    json::Array parts;
    for (mlir::Attribute part : concat.getParts()) parts.push_back(valueOf(part));
    return json::Object{{"concat", std::move(parts)}};
  }
  if (auto list = mlir::dyn_cast<mlir::ArrayAttr>(value)) {
    json::Array parts;
    for (mlir::Attribute part : list) parts.push_back(valueOf(part));
    return parts;
  }
  std::string text;
  llvm::raw_string_ostream(text) << "codegen: no manifest value for " << value;
  llvm::report_fatal_error(llvm::Twine(text));
}

json::Object optionsOf(mlir::DictionaryAttr options) {
  json::Object object;
  for (mlir::NamedAttribute option : options) object[option.getName().getValue()] = valueOf(option.getValue());
  return object;
}

json::Value orNull(std::optional<int64_t> value) { return value ? json::Value(*value) : json::Value(nullptr); }

class Writer {
 public:
  Writer(const JobIndex& index, Sites& sites, llvm::function_ref<std::string(mlir::Location)> place)
      : index_(index), sites_(sites), place_(place) {}

  json::Object plan() {
    json::Object root{{"format", kManifestFormat}, {"abi", STREAM_ABI}};
    root["job"] = jobName();
    root["delivery"] = delivery();
    root["params"] = params();
    root["sources"] = list(index_.sources, [&](job::SourceOp op) { return source(op); });
    root["exchanges"] = list(index_.exchanges, [&](job::ExchangeOp op) {
      json::Object entry{{"kind", job::stringifyExchangeKind(op.getKind())},
                         {"columns", columnsOf(op.getColumns().getColumns())}};
      json::Object gate;
      if (op.getLimit()) gate["limit"] = valueOf(*op.getLimit());
      if (op.getThrottle()) gate["throttle"] = valueOf(*op.getThrottle());
      if (!gate.empty()) entry["gate"] = std::move(gate);
      return entry;
    });
    root["flattens"] = list(index_.flattens, [&](job::FlattenOp op) { return flatten(op); });
    root["decoders"] = list(index_.decodes, [&](stream::DecodeOp op) { return decoder(op); });
    root["tables"] = list(index_.tables, [&](job::TableOp op) { return table(op); });
    root["processes"] = list(index_.processes, [&](job::ProcessOp op) { return process(op); });
    if (!index_.fused.empty()) root["one_worker"] = fused();
    root["sinks"] = list(index_.sinks, [&](job::SinkOp op) { return sink(op); });
    root["errors"] = list(index_.errors, [&](job::ErrorsOp op) { return errors(op); });
    if (json::Array names = zones(); !names.empty()) root["zones"] = std::move(names);
    root["sites"] = sites();  // last: sources and sinks have added theirs
    return root;
  }

 private:
  template <class Ops, class Write>
  json::Array list(const Ops& ops, Write write) {
    json::Array entries;
    for (auto [id, op] : llvm::enumerate(ops)) {
      json::Object entry = write(op);
      entry["id"] = static_cast<int64_t>(id);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  std::string jobName() {
    auto name = index_.module->getAttrOfType<mlir::StringAttr>(stream::kJobAttr);
    return name ? name.getValue().str() : "job";
  }

  std::string delivery() {
    auto settings = index_.module->getAttrOfType<mlir::DictionaryAttr>(stream::kSettingsAttr);
    auto name = settings ? settings.getAs<mlir::StringAttr>("delivery") : mlir::StringAttr();
    return name ? name.getValue().str() : "at_least_once";
  }

  // The time zones that calls name, which the job loads when it starts.
  json::Array zones() {
    llvm::StringSet<> names;
    index_.module->walk([&](stream::CallOp call) {
      builtinsNamed(call.getCallee(), [&](const Builtin& row) {
        if (row.param_count != call.getArgs().size()) return;
        for (auto [param, arg] : llvm::zip_equal(row.params(), call.getArgs())) {
          auto constant = arg.getDefiningOp<stream::StringConstantOp>();
          if (param.name == "zone" && constant && constant.getValue() != "UTC") names.insert(constant.getValue());
        }
      });
    });
    std::vector<std::string> sorted;
    for (const auto& name : names) sorted.push_back(name.getKey().str());
    llvm::sort(sorted);
    return json::Array(llvm::map_range(sorted, [](const std::string& name) { return json::Value(name); }));
  }

  json::Array params() {
    json::Array entries;
    auto list = index_.module->getAttrOfType<mlir::ArrayAttr>(stream::kParamsAttr);
    if (!list) return entries;
    for (auto param : list.getAsRange<stream::ParamAttr>()) {
      json::Object entry{{"name", param.getName().getValue()},
                         {"type", typeName(valueType(param.getType()))},
                         {"optional", mlir::isa<stream::OptType>(param.getType())}};
      if (auto symbols = mlir::dyn_cast<stream::EnumType>(valueType(param.getType()))) {
        json::Array list;
        for (mlir::StringAttr symbol : symbols.getSymbols()) list.push_back(symbol.getValue());
        entry["symbols"] = std::move(list);
      }
      addTypeDetails(entry, valueType(param.getType()));
      if (param.getEnv()) entry["env"] = param.getEnv().getValue();
      if (param.getDefaultValue()) entry["default"] = valueOf(param.getDefaultValue());
      // The default of an enum is the number of its symbol here, and its text in the manifest, as on a command line.
      auto number = mlir::dyn_cast_if_present<mlir::IntegerAttr>(param.getDefaultValue());
      if (auto symbols = mlir::dyn_cast<stream::EnumType>(valueType(param.getType())); symbols && number)
        entry["default"] = symbols.getSymbols()[static_cast<size_t>(number.getInt())].getValue();
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  json::Object source(job::SourceOp op) {
    auto process = index_.processFedBy(op.getSymName());
    if (!process) llvm::report_fatal_error("codegen: a source that no process reads");
    uint32_t site = addSite(op, "decode", "cannot decode the record", op.getName().str());
    return json::Object{{"name", op.getName()},
                        {"operator", op.getOperatorId()},
                        {"place", place_(op.getLoc())},
                        {"connector", op.getConnector()},
                        {"options", optionsOf(op.getOptions())},
                        {"format", op.getFormat()},
                        {"format_options", optionsOf(op.getFormatOptions())},
                        {"columns", columnsOf(op.getColumns().getColumns())},
                        {"wait_us", orNull(op.getWaitUs())},
                        {"idle_us", orNull(op.getIdleUs())},
                        {"max_ahead_us", orNull(op.getMaxAheadUs())},
                        {"has_time", op.getTime()},
                        {"max_record", static_cast<int64_t>(op.getMaxRecord())},
                        {"decode_site", site},
                        {"process", *process}};
  }

  json::Object table(job::TableOp op) {
    const uint32_t id = index_.idOf(op.getSymName());
    const CellLayout& layout = index_.layoutOf(id);
    json::Array fields;
    for (auto [field, slot] : llvm::zip_equal(op.getCell().getAsRange<job::FieldAttr>(), layout.fields)) {
      json::Object entry{{"id", field.getId()},
                         {"name", field.getName().getValue()},
                         {"type", typeName(valueType(field.getType()))},
                         {"offset", slot.value},
                         {"optional", slot.validity.has_value()}};
      if (slot.validity) entry["validity_offset"] = *slot.validity;
      fields.push_back(std::move(entry));
    }
    json::Object entry{
        {"operator", op.getOperatorId()},
        {"process", index_.ownerOf(id)},
        {"key", json::Object{{"columns", columnsOf(op.getKey().getColumns())},
                             {"fixed", layout.fixed_key ? json::Value(layout.key_bytes) : json::Value(nullptr)}}},
        {"cell", json::Object{{"size", layout.size}, {"fields", std::move(fields)}}},
        {"window", json::Object{{"kind", "tumble"},
                                {"size_us", op.getWindow().getSizeUs()},
                                {"offset_us", op.getWindow().getOffsetUs()}}}};
    auto process = index_.processFedBy(op.getSymName());
    if (index_.fires[id] && process) {
      entry["fire"] = index_.functionOfFire(id);
      entry["fired"] = json::Object{{"columns", columnsOf(op.getFired().getColumns())}, {"process", *process}};
    }
    return entry;
  }

  json::Object flatten(job::FlattenOp op) {
    stream::RowAttr element = mlir::cast<stream::ListType>(op.getColumns().getColumns().back().type).getElement();
    json::Array leaves;
    for (auto leaf : op.getLeaves().getAsRange<mlir::StringAttr>()) leaves.push_back(*element.indexOf(leaf));
    return json::Object{{"columns", columnsOf(op.getColumns().getColumns())},
                        {"flattened", columnsOf(op.getFlattened().getColumns())},
                        {"leaves", std::move(leaves)},
                        {"process", *index_.processFedBy(op.getSymName())}};
  }

  json::Object decoder(stream::DecodeOp op) {
    auto process = op->getParentOfType<job::ProcessOp>();
    return json::Object{{"columns", columnsOf(op.getColumns().getColumns())},
                        {"format", op.getFormat()},
                        {"format_options", optionsOf(op.getOptions())},
                        {"process", index_.idOf(process.getInsteadOf().value_or(process.getSymName()))}};
  }

  json::Object process(job::ProcessOp op) {
    const uint32_t id = index_.idOf(op.getSymName());
    mlir::Operation* producer = index_.opOf(op.getInput());
    llvm::StringRef kind = mlir::isa<job::SourceOp>(producer)     ? "source"
                           : mlir::isa<job::ExchangeOp>(producer) ? "exchange"
                           : mlir::isa<job::TableOp>(producer)    ? "fired"
                           : mlir::isa<job::FlattenOp>(producer)  ? "flatten"
                                                                  : "errors";
    return json::Object{{"name", op.getStep()},
                        {"input", json::Object{{"kind", kind}, {"id", index_.idOf(op.getInput())}}},
                        {"function", index_.functionOfProcess(id)},
                        {"columns", columnsOf(job::inputColumns(producer).storedColumns())},
                        {"outputs", outputsOf(op)},
                        {"tables", json::Array(index_.tablesOf(op))}};
  }

  json::Array outputsOf(job::ProcessOp process) {
    json::Array outputs;
    for (llvm::StringRef target : index_.outputsOf(process)) {
      mlir::Operation* op = index_.opOf(target);
      llvm::StringRef kind = mlir::isa<job::SinkOp>(op)      ? "sink"
                             : mlir::isa<job::FlattenOp>(op) ? "flatten"
                                                             : "exchange";
      outputs.push_back(json::Object{{"kind", kind}, {"id", index_.idOf(target)}});
    }
    return outputs;
  }

  json::Array fused() {
    json::Array entries;
    for (const auto& [number, version] : llvm::enumerate(index_.fused))
      entries.push_back(json::Object{{"process", version.process},
                                     {"function", index_.functionOfFused(number)},
                                     {"outputs", outputsOf(version.op)},
                                     {"tables", json::Array(index_.tablesOf(version.op))},
                                     {"inside", json::Array(version.inside)}});
    return entries;
  }

  json::Object sink(job::SinkOp op) {
    uint32_t site = addSite(op, "encode", "cannot encode the row", std::nullopt);
    json::Object entry{{"name", op.getName()},
                       {"operator", op.getOperatorId()},
                       {"place", place_(op.getLoc())},
                       {"connector", op.getConnector()},
                       {"options", optionsOf(op.getOptions())},
                       {"format", op.getFormat()},
                       {"format_options", optionsOf(op.getFormatOptions())},
                       {"columns", columnsOf(op.getColumns().getColumns())},
                       {"encode_site", site}};
    if (std::optional<mlir::ArrayAttr> choices = op.getChoices()) {
      json::Array list;
      for (auto choice : choices->getAsRange<stream::ChoiceAttr>())
        list.push_back(json::Object{{"param", choice.getSlot()}, {"is", choice.getSymbol().getValue()}});
      entry["choices"] = std::move(list);
    }
    return entry;
  }

  // Rows for stderr go through a process to a sink like all others: plan has made it.
  json::Object errors(job::ErrorsOp op) {
    auto process = index_.processFedBy(op.getSymName());
    switch (op.getPolicy()) {
      case stream::ErrorPolicy::kSkip:
        return json::Object{{"policy", "skip"}};
      case stream::ErrorPolicy::kFail:
        return json::Object{{"policy", "fail"}};
      case stream::ErrorPolicy::kStream:
      case stream::ErrorPolicy::kStderr:
        break;
    }
    if (!process) llvm::report_fatal_error(llvm::Twine("codegen: no process reads the rows of @") + op.getSymName());
    return json::Object{{"policy", "stream"}, {"process", *process}};
  }

  template <class Op>
  uint32_t addSite(Op op, llvm::StringRef cause, llvm::StringRef message, std::optional<std::string> source) {
    return sites_.add({.cause = cause.str(),
                       .step = op.getStep().str(),
                       .place = place_(op.getLoc()),
                       .message = message.str(),
                       .errors = index_.idOf(op.getErrors()),
                       .process = std::nullopt,
                       .source = std::move(source),
                       .row_columns = std::nullopt});
  }

  json::Array sites() {
    json::Array entries;
    for (auto [id, site] : llvm::enumerate(sites_.all())) {
      json::Object entry{
          {"id", static_cast<int64_t>(id)}, {"cause", site.cause},  {"step", site.step}, {"place", site.place},
          {"message", site.message},        {"errors", site.errors}};
      if (site.process) entry["process"] = *site.process;
      if (site.source) entry["source"] = *site.source;
      if (site.row_columns) entry["row_columns"] = *site.row_columns;
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  const JobIndex& index_;
  Sites& sites_;
  llvm::function_ref<std::string(mlir::Location)> place_;
};

std::string canonical(json::Object& root) {
  std::string text;
  llvm::raw_string_ostream(text) << json::Value(json::Object(root));  // prints keys sorted, without blanks
  return text;
}

}  // namespace

std::string writeManifest(const JobIndex& index, Sites& sites, const ManifestOptions& options,
                          llvm::function_ref<std::string(mlir::Location)> place) {
  json::Object root = Writer(index, sites, place).plan();
  std::string plan = canonical(root);
  root["plan_hash"] = llvm::utohexstr(llvm::xxh3_64bits(plan), /*LowerCase=*/true, /*Width=*/16);
  root["base"] = options.base;
  root["compiler"] = options.compiler;
  return canonical(root);
}

}  // namespace streamc::codegen
