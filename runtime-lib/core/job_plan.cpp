#include "runtime-lib/core/job_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime-lib/abi/job_image.h"

namespace streamrt {
namespace {

using nlohmann::json;

constexpr int64_t kManifestFormat = 1;

// Reads values of the manifest and remembers the first thing that was wrong, with its path. Reading goes on with a
// harmless value, so the code that reads states the format and nothing else.
class Reader {
 public:
  bool failed() const { return failed_; }
  const std::string& complaint() const { return complaint_; }

  void fail(std::string_view path, std::string_view what) {
    if (failed_) return;
    failed_ = true;
    complaint_ = fmt::format("{}: {}", path.empty() ? "/" : path, what);
  }

  const json& member(const json& object, std::string_view path, const char* key) {
    static const json kNull;
    if (!object.is_object()) {
      fail(path, "expected an object");
      return kNull;
    }
    auto found = object.find(key);
    if (found == object.end()) {
      fail(path, fmt::format("key \"{}\" is missing", key));
      return kNull;
    }
    return *found;
  }
  static const json* optionalMember(const json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::string text(const json& object, std::string_view path, const char* key) {
    const json& value = member(object, path, key);
    if (value.is_string()) return value.get<std::string>();
    fail(path, fmt::format("\"{}\" is not a text", key));
    return {};
  }
  std::string textOr(const json& object, std::string_view path, const char* key, std::string otherwise) {
    return optionalMember(object, key) ? text(object, path, key) : std::move(otherwise);
  }
  bool truth(const json& object, std::string_view path, const char* key, bool otherwise) {
    const json* value = optionalMember(object, key);
    if (value == nullptr) return otherwise;
    if (value->is_boolean()) return value->get<bool>();
    fail(path, fmt::format("\"{}\" is not true or false", key));
    return otherwise;
  }
  int64_t integer(const json& object, std::string_view path, const char* key) {
    const json& value = member(object, path, key);
    if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX)) {
      return value.get<int64_t>();
    }
    fail(path, fmt::format("\"{}\" is not an integer", key));
    return 0;
  }
  std::optional<int64_t> optionalInteger(const json& object, std::string_view path, const char* key) {
    if (optionalMember(object, key) == nullptr) return std::nullopt;
    return integer(object, path, key);
  }
  // An index below `limit`, or any 32-bit number when the limit is not known yet.
  uint32_t index(const json& object, std::string_view path, const char* key, uint64_t limit = UINT32_MAX) {
    int64_t value = integer(object, path, key);
    if (value >= 0 && static_cast<uint64_t>(value) < limit) return static_cast<uint32_t>(value);
    fail(path, fmt::format("\"{}\" = {} does not exist", key, value));
    return 0;
  }
  const json& list(const json& object, std::string_view path, const char* key) {
    static const json kEmpty = json::array();
    const json& value = member(object, path, key);
    if (value.is_array()) return value;
    fail(path, fmt::format("\"{}\" is not a list", key));
    return kEmpty;
  }

 private:
  bool failed_ = false;
  std::string complaint_;
};

// The symbols of an enum, or the variants of a oneof and those of them that have no payload.
void readSymbols(Reader& reader, const json& entry, std::string_view path, Column& column) {
  const json& symbols = reader.list(entry, path, "symbols");
  for (const json& symbol : symbols) {
    if (!symbol.is_string()) {
      reader.fail(path, "a symbol is a text");
      return;
    }
    column.symbols.push_back(symbol.get<std::string>());
  }
  if (column.symbols.empty() || column.symbols.size() > INT16_MAX + 1u)
    reader.fail(path, "the symbols are too few or many");
  if (column.type != ColumnType::kVariant) return;
  column.has_payload.assign(column.symbols.size(), true);
  for (const json& bare : reader.list(entry, path, "bare")) {
    if (!bare.is_number_unsigned() || bare.get<uint64_t>() >= column.symbols.size()) {
      reader.fail(path, "this variant does not exist");
      return;
    }
    column.has_payload[bare.get<size_t>()] = false;
  }
}

// The digits of a decimal.
void readDigits(Reader& reader, const json& entry, std::string_view path, ColumnType type, uint8_t& precision,
                uint8_t& scale) {
  if (!isDecimal(type)) return;
  precision = static_cast<uint8_t>(reader.index(entry, path, "precision", 39));
  scale = static_cast<uint8_t>(reader.index(entry, path, "scale", 39));
  if (precision == 0 || scale > precision || (precision <= 18) != (type == ColumnType::kDecimal64)) {
    reader.fail(path, "a decimal has 1 to 38 digits, up to 18 in 64 bits");
  }
}

std::vector<Column> readColumns(Reader& reader, const json& object, std::string_view path, const char* key,
                                int depth = 0) {
  std::vector<Column> columns;
  if (depth > 16) {
    reader.fail(path, "lists are nested too deeply");
    return columns;
  }
  const json& list = reader.list(object, path, key);
  for (size_t i = 0; i < list.size(); ++i) {
    std::string here = fmt::format("{}/{}/{}", path, key, i);
    Column column;
    column.name = reader.text(list[i], here, "name");
    column.path = splitColumnName(column.name);
    if (auto type = columnTypeNamed(reader.text(list[i], here, "type"))) {
      column.type = *type;
    } else {
      reader.fail(here, "this type does not exist");
    }
    readDigits(reader, list[i], here, column.type, column.precision, column.scale);
    column.optional = reader.truth(list[i], here, "optional", false);
    column.check = reader.truth(list[i], here, "check", false);
    column.lenient = reader.truth(list[i], here, "lenient", false);
    if (auto role = columnRoleNamed(reader.textOr(list[i], here, "role", "field"))) {
      column.role = *role;
    } else {
      reader.fail(here, "this role does not exist");
    }
    if (column.type == ColumnType::kList) column.element = readColumns(reader, list[i], here, "element", depth + 1);
    if (column.type == ColumnType::kEnum || column.type == ColumnType::kVariant)
      readSymbols(reader, list[i], here, column);
    bool is_time = column.role == ColumnRole::kEventTime || column.role == ColumnRole::kWatermark ||
                   column.role == ColumnRole::kWindowStart || column.role == ColumnRole::kWindowEnd;
    if (is_time && columnValueBytes(column.type) != 8) reader.fail(here, "a time has 8 bytes");
    bool is_origin = column.role == ColumnRole::kPartition || column.role == ColumnRole::kPosition;
    if (is_origin && column.type != ColumnType::kI64) reader.fail(here, "a partition or position is an i64");
    if (column.role == ColumnRole::kPresent && column.type != ColumnType::kBool) {
      reader.fail(here, "a presence is a bool");
    }
    if (column.lenient && !column.optional && column.role != ColumnRole::kPresent) {
      reader.fail(here, "what is decoded leniently can be null");
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

Schema readSchema(Reader& reader, const json& object, std::string_view path, const char* key) {
  Schema schema = readColumns(reader, object, path, key);
  for (const Column& column : schema) {
    if (column.check) reader.fail(path, fmt::format("column \"{}\" is only checked, so no batch has it", column.name));
  }
  return schema;
}

Literal readLiteral(Reader& reader, const json& value, std::string_view path) {
  if (value.is_null()) return std::monostate{};
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) {
    return static_cast<int64_t>(value.get<uint64_t>());  // u64 keeps its bits
  }
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  reader.fail(path, "expected a constant");
  return std::monostate{};
}

OptionValue readOption(Reader& reader, const json& value, std::string_view path, size_t params, int depth = 0) {
  OptionValue option;
  if (!value.is_object()) {
    option.literal = readLiteral(reader, value, path);
    return option;
  }
  if (value.contains("param")) {
    option.kind = OptionValue::Kind::kParam;
    option.param = reader.index(value, path, "param", params);
  } else if (value.contains("env")) {
    option.kind = OptionValue::Kind::kEnv;
    option.variable = reader.text(value, path, "env");
    if (value.contains("default")) option.variable_default = readLiteral(reader, value["default"], path);
  } else if (value.contains("concat") && depth < 8) {
    option.kind = OptionValue::Kind::kConcat;
    for (const json& part : reader.list(value, path, "concat")) {
      option.parts.push_back(readOption(reader, part, path, params, depth + 1));
    }
  } else {
    reader.fail(path, "expected a constant, param, env or concat");
  }
  return option;
}

OptionMap readOptions(Reader& reader, const json& object, std::string_view path, const char* key, size_t params) {
  OptionMap options;
  const json* value = Reader::optionalMember(object, key);
  if (value == nullptr) return options;
  std::string here = fmt::format("{}/{}", path, key);
  if (!value->is_object()) {
    reader.fail(here, "expected an object");
    return options;
  }
  for (const auto& [name, option] : value->items()) {
    options.emplace(name, readOption(reader, option, fmt::format("{}/{}", here, name), params));
  }
  return options;
}

// Calls read(entry, path) for each entry of a top-level list and checks that ids are dense.
template <class T, class Read>
std::vector<T> readList(Reader& reader, const json& root, const char* key, bool has_ids, Read read) {
  std::vector<T> entries;
  const json& list = reader.list(root, "", key);
  for (size_t i = 0; i < list.size(); ++i) {
    std::string path = fmt::format("/{}/{}", key, i);
    if (has_ids && reader.integer(list[i], path, "id") != static_cast<int64_t>(i)) {
      reader.fail(path, "ids are dense: the id is the index");
    }
    entries.push_back(read(list[i], path));
  }
  return entries;
}

ParamPlan readParam(Reader& reader, const json& entry, const std::string& path) {
  ParamPlan param;
  param.name = reader.text(entry, path, "name");
  auto type = columnTypeNamed(reader.text(entry, path, "type"));
  if (!type || *type == ColumnType::kList) reader.fail(path, "this type of parameter does not exist");
  param.type = type.value_or(ColumnType::kString);
  readDigits(reader, entry, path, param.type, param.precision, param.scale);
  param.optional = reader.truth(entry, path, "optional", false);
  if (param.type == ColumnType::kEnum) {
    for (const json& symbol : reader.list(entry, path, "symbols")) {
      if (symbol.is_string()) param.symbols.push_back(symbol.get<std::string>());
    }
    if (param.symbols.empty()) reader.fail(path, "an enum has symbols");
  }
  if (Reader::optionalMember(entry, "env")) param.env = reader.text(entry, path, "env");
  if (entry.is_object() && entry.contains("default")) param.default_value = readLiteral(reader, entry["default"], path);
  return param;
}

SourcePlan readSource(Reader& reader, const json& entry, const std::string& path, size_t params) {
  SourcePlan source;
  source.name = reader.text(entry, path, "name");
  source.operator_id = reader.text(entry, path, "operator");
  source.place = reader.textOr(entry, path, "place", "");
  source.connector = reader.text(entry, path, "connector");
  source.options = readOptions(reader, entry, path, "options", params);
  source.format = reader.textOr(entry, path, "format", "");
  source.format_options = readOptions(reader, entry, path, "format_options", params);
  source.columns = readColumns(reader, entry, path, "columns");
  source.wait_us = reader.optionalInteger(entry, path, "wait_us");
  source.idle_us = reader.optionalInteger(entry, path, "idle_us");
  source.max_ahead_us = reader.optionalInteger(entry, path, "max_ahead_us");
  if (source.wait_us.value_or(0) < 0 || source.idle_us.value_or(1) <= 0 || source.max_ahead_us.value_or(0) < 0) {
    reader.fail(path, "a duration is negative");
  }
  source.has_time = reader.truth(entry, path, "has_time", false);
  source.max_record = reader.optionalInteger(entry, path, "max_record").value_or(source.max_record);
  if (source.max_record <= 0 || source.max_record > UINT32_MAX / 2) reader.fail(path, "max_record is out of range");
  source.decode_site = reader.index(entry, path, "decode_site");
  source.process = reader.index(entry, path, "process");
  return source;
}

ExchangePlan readExchange(Reader& reader, const json& entry, const std::string& path, size_t params) {
  ExchangePlan exchange;
  std::string kind = reader.text(entry, path, "kind");
  if (kind != "hash" && kind != "gather") reader.fail(path, "this kind of exchange does not exist");
  exchange.kind = kind == "gather" ? ExchangePlan::Kind::kGather : ExchangePlan::Kind::kHash;
  exchange.columns = readSchema(reader, entry, path, "columns");
  exchange.gate = readOptions(reader, entry, path, "gate", params);
  if (!exchange.gate.empty() && kind != "gather") reader.fail(path, "only a gather has a gate");
  return exchange;
}

TablePlan readTable(Reader& reader, const json& entry, const std::string& path, uint64_t functions) {
  TablePlan table;
  table.operator_id = reader.text(entry, path, "operator");
  table.process = table.step = reader.index(entry, path, "process");
  const json& key = reader.member(entry, path, "key");
  table.key_columns = readSchema(reader, key, path + "/key", "columns");
  if (Reader::optionalMember(key, "fixed")) table.key_fixed = reader.index(key, path + "/key", "fixed", 1 << 16);
  const json& cell = reader.member(entry, path, "cell");
  table.cell_size = reader.index(cell, path + "/cell", "size", 1 << 20);
  for (const json& field : reader.list(cell, path + "/cell", "fields")) {
    CellFieldPlan plan;
    plan.id = reader.index(field, path + "/cell/fields", "id");
    plan.name = reader.text(field, path + "/cell/fields", "name");
    auto type = columnTypeNamed(reader.text(field, path + "/cell/fields", "type"));
    // Accumulators wider than a column (i128) are only bytes to the runtime.
    plan.type = type.value_or(ColumnType::kI64);
    plan.offset = reader.index(field, path + "/cell/fields", "offset", std::max<uint32_t>(table.cell_size, 1));
    table.fields.push_back(std::move(plan));
  }
  if (const json* window = Reader::optionalMember(entry, "window")) {
    if (reader.text(*window, path + "/window", "kind") != "tumble")
      reader.fail(path, "this kind of window does not exist");
    WindowPlan plan{reader.integer(*window, path + "/window", "size_us"),
                    reader.optionalInteger(*window, path + "/window", "offset_us").value_or(0)};
    if (plan.size_us <= 0) reader.fail(path, "a window has a size");
    table.window = plan;
  }
  if (Reader::optionalMember(entry, "fire")) table.fire = reader.index(entry, path, "fire", functions);
  if (const json* fired = Reader::optionalMember(entry, "fired")) {
    table.fired_columns = readSchema(reader, *fired, path + "/fired", "columns");
    table.fired_process = reader.index(*fired, path + "/fired", "process");
  }
  if (table.fire.has_value() != table.fired_process.has_value()) reader.fail(path, "fire and fired belong together");
  if (table.window && !table.fire) reader.fail(path, "a window needs a fire function");
  return table;
}

FlattenPlan readFlatten(Reader& reader, const json& entry, const std::string& path) {
  FlattenPlan flatten;
  flatten.columns = readSchema(reader, entry, path, "columns");
  flatten.flattened = readSchema(reader, entry, path, "flattened");
  for (const json& leaf : reader.list(entry, path, "leaves")) {
    if (leaf.is_number_unsigned()) {
      flatten.leaves.push_back(leaf.get<uint32_t>());
    } else {
      reader.fail(path, "a leaf is a number");
    }
  }
  flatten.process = reader.index(entry, path, "process");
  return flatten;
}

DecoderPlan readDecoder(Reader& reader, const json& entry, const std::string& path, size_t params) {
  DecoderPlan decoder;
  decoder.columns = readColumns(reader, entry, path, "columns");
  std::copy_if(decoder.columns.begin(), decoder.columns.end(), std::back_inserter(decoder.stored),
               [](const Column& column) { return !column.check; });
  decoder.format = reader.text(entry, path, "format");
  decoder.format_options = readOptions(reader, entry, path, "format_options", params);
  decoder.process = reader.index(entry, path, "process");
  return decoder;
}

std::vector<ProcessOutput> readOutputs(Reader& reader, const json& entry, const std::string& path) {
  std::vector<ProcessOutput> outputs;
  for (const json& output : reader.list(entry, path, "outputs")) {
    std::string kind = reader.text(output, path + "/outputs", "kind");
    ProcessOutput::Kind target = ProcessOutput::Kind::kExchange;
    if (kind == "sink") {
      target = ProcessOutput::Kind::kSink;
    } else if (kind == "flatten") {
      target = ProcessOutput::Kind::kFlatten;
    } else if (kind != "exchange") {
      reader.fail(path, "this kind of output does not exist");
    }
    outputs.push_back({target, reader.index(output, path + "/outputs", "id")});
  }
  return outputs;
}

std::vector<uint32_t> readNumbers(Reader& reader, const json& entry, const std::string& path, const char* name) {
  std::vector<uint32_t> numbers;
  for (const json& number : reader.list(entry, path, name)) {
    if (!number.is_number_unsigned())
      reader.fail(path, fmt::format("{} is a list of numbers", name));
    else
      numbers.push_back(number.get<uint32_t>());
  }
  return numbers;
}

ProcessPlan readProcess(Reader& reader, const json& entry, const std::string& path, uint64_t functions) {
  ProcessPlan process;
  process.name = reader.textOr(entry, path, "name", "");
  const json& input = reader.member(entry, path, "input");
  std::string kind = reader.text(input, path + "/input", "kind");
  if (kind == "source") {
    process.input.kind = ProcessInput::Kind::kSource;
  } else if (kind == "exchange") {
    process.input.kind = ProcessInput::Kind::kExchange;
  } else if (kind == "fired") {
    process.input.kind = ProcessInput::Kind::kFired;
  } else if (kind == "flatten") {
    process.input.kind = ProcessInput::Kind::kFlatten;
  } else if (kind == "errors") {
    process.input.kind = ProcessInput::Kind::kErrors;
  } else {
    reader.fail(path, "this kind of input does not exist");
  }
  process.input.id = reader.index(input, path + "/input", "id");
  process.function = reader.index(entry, path, "function", functions);
  process.columns = readSchema(reader, entry, path, "columns");
  process.outputs = readOutputs(reader, entry, path);
  process.tables = readNumbers(reader, entry, path, "tables");
  return process;
}

FusedPlan readFused(Reader& reader, const json& entry, const std::string& path, uint64_t functions) {
  FusedPlan fused;
  fused.process = reader.index(entry, path, "process");
  fused.function = reader.index(entry, path, "function", functions);
  fused.outputs = readOutputs(reader, entry, path);
  fused.tables = readNumbers(reader, entry, path, "tables");
  fused.inside = readNumbers(reader, entry, path, "inside");
  return fused;
}

SinkPlan readSink(Reader& reader, const json& entry, const std::string& path, size_t params) {
  SinkPlan sink;
  sink.name = reader.text(entry, path, "name");
  sink.operator_id = reader.textOr(entry, path, "operator", "");
  sink.place = reader.textOr(entry, path, "place", "");
  sink.connector = reader.text(entry, path, "connector");
  sink.options = readOptions(reader, entry, path, "options", params);
  sink.format = reader.textOr(entry, path, "format", "");
  sink.format_options = readOptions(reader, entry, path, "format_options", params);
  sink.columns = readSchema(reader, entry, path, "columns");
  if (Reader::optionalMember(entry, "encode_site")) sink.encode_site = reader.index(entry, path, "encode_site");
  if (Reader::optionalMember(entry, "choices")) {
    for (const json& choice : reader.list(entry, path, "choices"))
      sink.choices.push_back({reader.index(choice, path, "param", params), reader.text(choice, path, "is")});
  }
  return sink;
}

ErrorsPlan readErrors(Reader& reader, const json& entry, const std::string& path) {
  ErrorsPlan errors;
  std::string policy = reader.text(entry, path, "policy");
  if (policy == "stream") {
    errors.policy = ErrorPolicy::kStream;
    errors.process = reader.index(entry, path, "process");
  } else if (policy == "skip") {
    errors.policy = ErrorPolicy::kSkip;
  } else if (policy == "fail") {
    errors.policy = ErrorPolicy::kFail;
  } else {
    reader.fail(path, "this policy does not exist");
  }
  return errors;
}

SitePlan readSite(Reader& reader, const json& entry, const std::string& path) {
  SitePlan site;
  site.cause = reader.text(entry, path, "cause");
  site.step = reader.text(entry, path, "step");
  site.place = reader.text(entry, path, "place");
  site.message = reader.text(entry, path, "message");
  site.errors = reader.index(entry, path, "errors");
  if (Reader::optionalMember(entry, "process")) site.process = reader.index(entry, path, "process");
  if (Reader::optionalMember(entry, "source")) site.source = reader.text(entry, path, "source");
  if (Reader::optionalMember(entry, "row_columns")) site.row_columns = reader.index(entry, path, "row_columns");
  return site;
}

JobPlan readPlan(Reader& reader, const json& root, uint64_t functions) {
  JobPlan plan;
  if (reader.integer(root, "", "format") != kManifestFormat) reader.fail("/format", "this format is not known");
  if (reader.integer(root, "", "abi") != STREAM_ABI) reader.fail("/abi", "made for another runtime");
  plan.job = reader.text(root, "", "job");
  plan.compiler = reader.textOr(root, "", "compiler", "");
  plan.plan_hash = reader.textOr(root, "", "plan_hash", "");
  plan.base = reader.textOr(root, "", "base", ".");
  plan.delivery = reader.textOr(root, "", "delivery", "at_least_once");
  plan.params = readList<ParamPlan>(reader, root, "params", false,
                                    [&](const json& e, const std::string& p) { return readParam(reader, e, p); });
  size_t params = plan.params.size();
  if (Reader::optionalMember(root, "zones")) {
    for (const json& name : reader.list(root, "", "zones")) {
      if (!name.is_string()) reader.fail("/zones", "a time zone is a name");
      plan.zones.push_back(name.is_string() ? name.get<std::string>() : "");
    }
  }
  plan.sources = readList<SourcePlan>(reader, root, "sources", true, [&](const json& e, const std::string& p) {
    return readSource(reader, e, p, params);
  });
  plan.exchanges = readList<ExchangePlan>(reader, root, "exchanges", true, [&](const json& e, const std::string& p) {
    return readExchange(reader, e, p, plan.params.size());
  });
  plan.tables = readList<TablePlan>(reader, root, "tables", true, [&](const json& e, const std::string& p) {
    return readTable(reader, e, p, functions);
  });
  plan.flattens = readList<FlattenPlan>(reader, root, "flattens", true,
                                        [&](const json& e, const std::string& p) { return readFlatten(reader, e, p); });
  plan.decoders = readList<DecoderPlan>(reader, root, "decoders", true, [&](const json& e, const std::string& p) {
    return readDecoder(reader, e, p, params);
  });
  plan.processes = readList<ProcessPlan>(reader, root, "processes", true, [&](const json& e, const std::string& p) {
    return readProcess(reader, e, p, functions);
  });
  for (uint32_t id = 0; id < plan.processes.size(); ++id)
    for (ProcessOutput& output : plan.processes[id].outputs) output.step = id;
  if (root.contains("one_worker")) {
    plan.one_worker = readList<FusedPlan>(reader, root, "one_worker", false, [&](const json& e, const std::string& p) {
      return readFused(reader, e, p, functions);
    });
  }
  plan.sinks = readList<SinkPlan>(reader, root, "sinks", true,
                                  [&](const json& e, const std::string& p) { return readSink(reader, e, p, params); });
  plan.errors = readList<ErrorsPlan>(reader, root, "errors", true,
                                     [&](const json& e, const std::string& p) { return readErrors(reader, e, p); });
  plan.sites = readList<SitePlan>(reader, root, "sites", true,
                                  [&](const json& e, const std::string& p) { return readSite(reader, e, p); });
  return plan;
}

bool sameColumn(const Column& a, const Column& b) {
  return a.type == b.type && a.optional == b.optional && a.element.size() == b.element.size() &&
         std::equal(a.element.begin(), a.element.end(), b.element.begin(), sameColumn);
}

bool sameLayout(const Schema& a, const Schema& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), sameColumn);
}

// What ties the lists together.
class Validator {
 public:
  Validator(Reader& reader, const JobPlan& plan) : reader_(reader), plan_(plan) {}

  void run() {
    for (size_t i = 0; i < plan_.sources.size(); ++i) source(i);
    for (size_t i = 0; i < plan_.tables.size(); ++i) table(i);
    for (size_t i = 0; i < plan_.flattens.size(); ++i) flatten(i);
    for (size_t i = 0; i < plan_.decoders.size(); ++i)
      exists("decoders", i, "process", plan_.decoders[i].process, plan_.processes.size());
    for (size_t i = 0; i < plan_.processes.size(); ++i) process(i);
    for (size_t i = 0; i < plan_.one_worker.size(); ++i) fused(i);
    for (size_t i = 0; i < plan_.sinks.size(); ++i) {
      if (plan_.sinks[i].encode_site)
        exists("sinks", i, "encode_site", *plan_.sinks[i].encode_site, plan_.sites.size());
    }
    for (size_t i = 0; i < plan_.errors.size(); ++i) errors(i);
    for (size_t i = 0; i < plan_.sites.size(); ++i) {
      exists("sites", i, "errors", plan_.sites[i].errors, plan_.errors.size());
      if (plan_.sites[i].process) exists("sites", i, "process", *plan_.sites[i].process, plan_.processes.size());
    }
    if (!reader_.failed()) acyclic();
  }

 private:
  void fail(const char* list, size_t i, std::string_view what) { reader_.fail(fmt::format("/{}/{}", list, i), what); }
  bool exists(const char* list, size_t i, const char* key, uint64_t index, size_t limit) {
    if (index < limit) return true;
    fail(list, i, fmt::format("\"{}\" = {} does not exist", key, index));
    return false;
  }

  void source(size_t i) {
    const SourcePlan& source = plan_.sources[i];
    exists("sources", i, "decode_site", source.decode_site, plan_.sites.size());
    if (!exists("sources", i, "process", source.process, plan_.processes.size())) return;
    const ProcessPlan& process = plan_.processes[source.process];
    if (process.input.kind != ProcessInput::Kind::kSource || process.input.id != i) {
      fail("sources", i, "its process does not read it");
    }
    Schema stored;
    std::copy_if(source.columns.begin(), source.columns.end(), std::back_inserter(stored),
                 [](const Column& column) { return !column.check; });
    if (!sameLayout(stored, process.columns)) fail("sources", i, "its process expects other columns");
  }

  void table(size_t i) {
    const TablePlan& table = plan_.tables[i];
    if (!exists("tables", i, "process", table.process, plan_.processes.size())) return;
    const std::vector<uint32_t>& owned = plan_.processes[table.process].tables;
    if (std::count(owned.begin(), owned.end(), i) != 1) fail("tables", i, "its process does not own it");
    if (table.key_fixed.value_or(sizeof(StreamBlobRef)) > table.cell_size)
      fail("tables", i, "the key does not fit into the cell");
    if (!table.fired_process || !exists("tables", i, "process", *table.fired_process, plan_.processes.size())) return;
    const ProcessPlan& fired = plan_.processes[*table.fired_process];
    if (fired.input.kind != ProcessInput::Kind::kFired || fired.input.id != i) {
      fail("tables", i, "its fired process does not read it");
    }
    if (!sameLayout(table.fired_columns, fired.columns)) fail("tables", i, "its fired process expects other columns");
  }

  void flatten(size_t i) {
    const FlattenPlan& flatten = plan_.flattens[i];
    if (flatten.columns.empty() || flatten.columns.back().type != ColumnType::kList) {
      return fail("flattens", i, "the last column is the list");
    }
    const std::vector<Column>& element = flatten.columns.back().element;
    Schema expected(flatten.columns.begin(), flatten.columns.end() - 1);
    for (uint32_t leaf : flatten.leaves) {
      if (!exists("flattens", i, "leaves", leaf, element.size())) return;
      expected.push_back(element[leaf]);
    }
    if (!sameLayout(expected, flatten.flattened)) fail("flattens", i, "its rows have other columns");
    if (!exists("flattens", i, "process", flatten.process, plan_.processes.size())) return;
    const ProcessPlan& process = plan_.processes[flatten.process];
    if (process.input.kind != ProcessInput::Kind::kFlatten || process.input.id != i) {
      fail("flattens", i, "its process does not read it");
    }
    if (!sameLayout(flatten.flattened, process.columns)) fail("flattens", i, "its process expects other columns");
  }

  size_t targets(ProcessOutput::Kind kind) const {
    switch (kind) {
      case ProcessOutput::Kind::kExchange:
        return plan_.exchanges.size();
      case ProcessOutput::Kind::kFlatten:
        return plan_.flattens.size();
      case ProcessOutput::Kind::kSink:
        break;
    }
    return plan_.sinks.size();
  }

  void process(size_t i) {
    const ProcessPlan& process = plan_.processes[i];
    for (const ProcessOutput& output : process.outputs) {
      exists("processes", i, "output", output.id, targets(output.kind));
    }
    for (uint32_t table : process.tables) {
      if (exists("processes", i, "table", table, plan_.tables.size()) && plan_.tables[table].process != i) {
        fail("processes", i, fmt::format("table {} belongs to another process", table));
      }
    }
    input(i, process);
  }

  void fused(size_t i) {
    const FusedPlan& fused = plan_.one_worker[i];
    if (!exists("one_worker", i, "process", fused.process, plan_.processes.size())) return;
    for (const ProcessOutput& output : fused.outputs)
      exists("one_worker", i, "output", output.id, targets(output.kind));
    for (uint32_t process : fused.inside) {
      if (!exists("one_worker", i, "inside", process, plan_.processes.size())) return;
      if (plan_.processes[process].input.kind != ProcessInput::Kind::kExchange)
        fail("one_worker", i, "only what reads an exchange can stand inside");
    }
    for (uint32_t table : fused.tables) {
      if (!exists("one_worker", i, "table", table, plan_.tables.size())) return;
      uint32_t owner = plan_.tables[table].process;
      if (owner != fused.process && std::count(fused.inside.begin(), fused.inside.end(), owner) == 0)
        fail("one_worker", i, fmt::format("table {} belongs to another process", table));
    }
  }

  void input(size_t i, const ProcessPlan& process) {
    uint32_t id = process.input.id;
    switch (process.input.kind) {
      case ProcessInput::Kind::kSource:
        if (exists("processes", i, "input", id, plan_.sources.size()) && plan_.sources[id].process != i) {
          fail("processes", i, "its source feeds another process");
        }
        return;
      case ProcessInput::Kind::kExchange:
        if (!exists("processes", i, "input", id, plan_.exchanges.size())) return;
        if (!sameLayout(plan_.exchanges[id].columns, process.columns)) {
          fail("processes", i, "its exchange carries other columns");
        }
        for (size_t other = 0; other < i; ++other) {
          const ProcessInput& taken = plan_.processes[other].input;
          if (taken.kind == ProcessInput::Kind::kExchange && taken.id == id) {
            fail("processes", i, "its exchange feeds another process");
          }
        }
        return;
      case ProcessInput::Kind::kFired:
        if (!exists("processes", i, "input", id, plan_.tables.size())) return;
        if (plan_.tables[id].fired_process != i) fail("processes", i, "its table fires into another process");
        return;
      case ProcessInput::Kind::kFlatten:
        if (!exists("processes", i, "input", id, plan_.flattens.size())) return;
        if (plan_.flattens[id].process != i) fail("processes", i, "its flatten feeds another process");
        if (!process.tables.empty()) fail("processes", i, "a process behind a flatten owns no tables");
        return;
      case ProcessInput::Kind::kErrors:
        if (!exists("processes", i, "input", id, plan_.errors.size())) return;
        if (plan_.errors[id].policy != ErrorPolicy::kStream || plan_.errors[id].process != i) {
          fail("processes", i, "its errors go elsewhere");
        }
        if (!process.tables.empty()) fail("processes", i, "a process of errors owns no tables");
        if (!sameLayout(errorsSchema(), process.columns)) fail("processes", i, "rows of errors have other columns");
        return;
    }
  }

  void errors(size_t i) {
    const ErrorsPlan& errors = plan_.errors[i];
    if (errors.policy != ErrorPolicy::kStream) return;
    if (!exists("errors", i, "process", errors.process, plan_.processes.size())) return;
    const ProcessInput& input = plan_.processes[errors.process].input;
    if (input.kind != ProcessInput::Kind::kErrors || input.id != i) fail("errors", i, "its process does not read it");
  }

  // Depth first over exchanges and fired tables; 1 = on the path, 2 = done.
  void acyclic() {
    std::vector<uint8_t> state(plan_.processes.size(), 0);
    for (uint32_t i = 0; i < state.size(); ++i) visit(i, state);
  }
  void visit(uint32_t i, std::vector<uint8_t>& state) {
    if (state[i] == 2) return;
    if (state[i] == 1) return fail("processes", i, "its output comes back to it");
    state[i] = 1;
    for (uint32_t table : plan_.processes[i].tables) {
      if (plan_.tables[table].fired_process) visit(*plan_.tables[table].fired_process, state);
    }
    for (const ProcessOutput& output : plan_.processes[i].outputs) {
      if (output.kind == ProcessOutput::Kind::kFlatten) visit(plan_.flattens[output.id].process, state);
      if (output.kind != ProcessOutput::Kind::kExchange) continue;
      for (uint32_t next = 0; next < plan_.processes.size(); ++next) {
        const ProcessInput& input = plan_.processes[next].input;
        if (input.kind == ProcessInput::Kind::kExchange && input.id == output.id) visit(next, state);
      }
    }
    state[i] = 2;
  }

  Reader& reader_;
  const JobPlan& plan_;
};

}  // namespace

void JobPlan::takeOneWorker() {
  for (FusedPlan& fused : one_worker) {
    ProcessPlan& process = processes[fused.process];
    for (ProcessOutput& output : fused.outputs) {
      auto writes = [&](uint32_t of) {
        const auto& outputs = processes[of].outputs;
        return std::any_of(outputs.begin(), outputs.end(),
                           [&](const auto& other) { return other.kind == output.kind && other.id == output.id; });
      };
      auto inside = std::find_if(fused.inside.begin(), fused.inside.end(), writes);
      output.step = writes(fused.process) || inside == fused.inside.end() ? fused.process : *inside;
    }
    process.function = fused.function;
    process.outputs = fused.outputs;
    process.tables = fused.tables;
    for (uint32_t table : fused.tables) tables[table].process = fused.process;
    for (uint32_t inside : fused.inside) processes[inside].inside = true;
  }
}

std::optional<uint32_t> JobPlan::stageOf(uint32_t process) const {
  for (;;) {
    const ProcessInput& input = processes[process].input;
    switch (input.kind) {
      case ProcessInput::Kind::kSource:
      case ProcessInput::Kind::kExchange:
        return process;
      case ProcessInput::Kind::kFired:
        process = tables[input.id].process;
        break;
      case ProcessInput::Kind::kFlatten: {
        // A union in front of it may be fed by several: the first one stands for them.
        auto writes = [&](const ProcessPlan& plan) {
          return std::any_of(plan.outputs.begin(), plan.outputs.end(), [&](const ProcessOutput& output) {
            return output.kind == ProcessOutput::Kind::kFlatten && output.id == input.id;
          });
        };
        auto writer = std::find_if(processes.begin(), processes.end(), writes);
        if (writer == processes.end()) return std::nullopt;
        process = static_cast<uint32_t>(writer - processes.begin());
        break;
      }
      case ProcessInput::Kind::kErrors:
        return std::nullopt;
    }
  }
}

const Schema& errorsSchema() {
  static const Schema kSchema = [] {
    Schema schema;
    auto add = [&](const char* name, ColumnType type, bool optional) {
      Column column;
      column.name = name;
      column.path = {name};
      column.type = type;
      column.optional = optional;
      schema.push_back(std::move(column));
    };
    for (const char* name : {"cause", "message", "step", "place", "input"}) add(name, ColumnType::kString, false);
    add("event_time", ColumnType::kTimestamp, true);
    add("source", ColumnType::kString, true);
    add("partition", ColumnType::kI32, true);
    add("offset", ColumnType::kI64, true);
    return schema;
  }();
  return kSchema;
}

Result<JobPlan> parseJobPlan(std::string_view manifest, uint64_t function_count) {
  json root = json::parse(manifest, nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return failure(ErrorCode::kBadManifest, "the job's manifest is not JSON");
  Reader reader;
  JobPlan plan = readPlan(reader, root, function_count);
  if (!reader.failed()) Validator(reader, plan).run();
  if (reader.failed()) {
    return failure(ErrorCode::kBadManifest, fmt::format("the job's manifest is damaged: {}", reader.complaint()));
  }
  return plan;
}

}  // namespace streamrt
