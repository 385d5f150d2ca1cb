#include "test/random/program.h"

#include <algorithm>
#include <set>

#include "test/random/records.h"
#include "test/random/types.h"

namespace streamc::random_programs {

using enum TypeKind;

std::string Program::text() const {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string Program::inputText(const std::string& path) const {
  std::string text;
  if (auto found = inputs.find(path); found != inputs.end())
    for (const std::string& line : found->second) text += line + "\n";
  return text;
}

namespace {

// A stream with a name, for later flows.
struct Stream {
  std::string name;
  Scope scope;
  bool may_be_late = false;  // its last window has late rows that may be read
  Scope late_scope;
  // Rows arrive in an order that nothing fixes (behind a union): only what does not depend on it may be computed.
  bool is_unordered = false;
};

class Generator {
 public:
  explicit Generator(uint64_t seed)
      : seed_(seed), random_(seed * 0x2545F4914F6CDD1D + 1), expressions_(random_, functions_) {}

  Program make() {
    program_.name = "random_" + std::to_string(seed_);
    program_.lines.push_back("# Made from seed " + std::to_string(seed_) + ".");
    declareJob();
    declareFunctions();
    declareParams();
    declareSource();
    for (uint64_t i = 0, count = random_.below(3); i < count; ++i) declareStream();
    if (random_.chance(15)) declareUnion();
    for (uint64_t i = 0, count = 1 + random_.below(3); i < count; ++i) flow();
    writeUnread();
    readErrors();
    return std::move(program_);
  }

 private:
  using Lines = std::vector<std::string>;
  void line(std::string text) { program_.lines.push_back(std::move(text)); }
  void append(const Lines& lines) { program_.lines.insert(program_.lines.end(), lines.begin(), lines.end()); }
  std::string fresh(const char* prefix) { return prefix + std::to_string(counter_++); }
  int depth() { return static_cast<int>(1 + random_.below(3)); }

  void declareJob() {
    policy_ = random_.chance(55) ? "rejects" : random_.pick({"skip", "stderr", "skip", "fail"});
    if (policy_ == "fail" && random_.chance(60)) policy_ = "skip";
    line("job random_job with { errors: " + policy_ + " }");
    if (policy_ == "rejects") line("sink rejects to file(\"rejects.jsonl\", format: json)");
  }

  void declareFunctions() {
    for (uint64_t i = 0, count = random_.chance(30) ? 1 + random_.below(2) : 0; i < count; ++i) {
      Function function{.name = fresh("fn_"), .result = expressions_.anyType()};
      Scope scope;
      std::string params;
      for (uint64_t k = 0, arity = 1 + random_.below(2); k < arity; ++k) {
        function.params.push_back(expressions_.anyType());
        scope.variables.push_back({"p" + std::to_string(k), function.params.back()});
        params += (k ? ", p" : "p") + std::to_string(k) + ": " + nameOf(function.params.back());
      }
      Expressions body(random_, functions_);
      std::string text = body.make(function.result, scope, 2);
      line("fn " + function.name + "(" + params + ") -> " + nameOf(function.result) + " = " + text);
      functions_.push_back(std::move(function));
    }
  }

  void declareParams() {
    if (!random_.chance(25)) return;
    struct Given {
      TypeKind kind;
      const char *literal, *argument;
    };
    const std::vector<Given> all = {{kI64, "42", "-9223372036854775808"},
                                    {kF64, "0.5", "1e300"},
                                    {kString, "\"p\"", "ü=1"},
                                    {kDuration, "1h", "-90s"},
                                    {kBool, "false", "true"},
                                    {kI8, "3", "127"},
                                    {kU64, "7", "18446744073709551615"},
                                    {kTimestamp, "@1999-01-01T00:00:00Z", "2024-02-29T12:00:00Z"}};
    const Given& given = random_.pick(all);
    std::string name = fresh("param_");
    bool is_given = random_.chance(50);
    line("param " + name + ": " + nameOf(given.kind) +
         (is_given && random_.chance(50) ? "" : std::string(" = ") + given.literal));
    if (is_given) program_.params[name] = given.argument;
    params_.push_back({name, {given.kind}});
  }

  // ---------------------------------------------------------------- source

  Type fieldType() {
    Type type = expressions_.anyType();
    if (random_.chance(8)) return {random_.pick({kI64, kString, kF64, kI32}), true};
    if (random_.chance(25)) type.is_optional = true;
    return type;
  }

  // A record, or a list of records: its fields.
  Field nested(const char* name, Type type) {
    Field record{name, type, {}};
    for (uint64_t i = 0, count = 1 + random_.below(3); i < count; ++i) {
      record.fields.push_back({fresh("g"), fieldType()});
      if (record.fields.back().type.is_list) record.fields.back().type.is_list = false;
    }
    return record;
  }

  std::vector<Field> rowFields() {
    std::vector<Field> fields = {{"n", {kI64}}, {"t", {kI64}}};
    for (uint64_t i = 0, count = 3 + random_.below(6); i < count; ++i) fields.push_back({fresh("f"), fieldType()});
    if (random_.chance(30)) fields.push_back(nested("r", {kBool, false, random_.chance(50)}));
    if (random_.chance(10)) fields.push_back(nested("items", {kBool, true}));
    if (has_variants_ && random_.chance(80)) fields.push_back({"op", {kEnum, false, random_.chance(30)}});
    if (has_variants_ && random_.chance(80)) fields.push_back({"shape", {kOneof, false, random_.chance(30)}});
    return fields;
  }

  // The type of a row; what it has goes into the scope.
  std::string rowType(const std::vector<Field>& fields, Scope& scope) {
    std::string row;
    for (const Field& field : fields) {
      row += (row.empty() ? "" : ", ") + field.name + ": ";
      if (field.type.kind == kEnum || field.type.kind == kOneof) {
        bool is_enum = field.type.kind == kEnum;
        row += std::string(is_enum ? "Op" : "Shape") + (field.type.is_optional ? "?" : "");
        (is_enum ? scope.enums : scope.oneofs).push_back({field.name, field.type});
        continue;
      }
      if (field.fields.empty()) {
        row += nameOf(field.type);
        scope.variables.push_back({field.name, field.type});
        continue;
      }
      std::string inner;
      RecordList list{field.name, {}};
      for (const Field& part : field.fields) {
        inner += (inner.empty() ? "" : ", ") + part.name + ": " + nameOf(part.type);
        Type type = field.type.is_optional ? part.type.optional() : part.type;
        list.fields.push_back({part.name, part.type});
        if (field.isRecord())
          scope.variables.push_back({field.name + (field.type.is_optional ? "?." : ".") + part.name, type});
      }
      inner = "{ " + inner + " }";
      if (!field.isRecord()) scope.lists.push_back(std::move(list));
      row += field.isRecord() ? inner + (field.type.is_optional ? "?" : "") : "list<" + inner + ">";
    }
    return row;
  }

  std::string formatText(std::string& timestamps) {
    if (random_.chance(88)) return "json";
    timestamps = random_.pick({"s", "ms", "us"});
    return "json(timestamps: " + timestamps + ")";
  }

  void declareSource() {
    has_variants_ = random_.chance(20);
    if (has_variants_) line(std::string("type Op = ") + kOpType);
    if (has_variants_) line(std::string("type Shape = ") + kShapeType);
    declareOne("rows", "Row");
    if (random_.chance(12)) declareOne("others", "Other");
  }

  void declareOne(const std::string& name, const std::string& type) {
    std::vector<Field> fields = rowFields();
    Scope scope;
    line("type " + type + " = { " + rowType(fields, scope) + " }");
    std::string timestamps = "rfc3339", path = name + ".jsonl";
    line("source " + name + ": " + type + " from file(\"" + path + "\", format: " + formatText(timestamps) + ")");
    scope.variables.insert(scope.variables.end(), params_.begin(), params_.end());
    scope.has_time = random_.chance(75);
    if (scope.has_time) {
      std::string unusual = random_.pick({"timestamp_s(t * 9)", "(timestamp_s(t) + 500ms)", "timestamp_s(600 div t)"});
      line("  time " + (random_.chance(85) ? "timestamp_s(t)" : unusual) + " wait " +
           random_.pick({"0s", "1s", "5s", "30s", "10m"}));
    }
    streams_.push_back({.name = name, .scope = scope});
    Records records(random_, random_.chance(35) ? 6 : 0, random_.chance(2), timestamps);
    Lines& input = program_.inputs[path];
    auto count = static_cast<int64_t>(random_.chance(4) ? 0 : 5 + random_.below(55));
    for (int64_t i = 0; i < count; ++i) input.push_back(records.line(fields, i));
    program_.numbers += records.numbers();
    program_.boundaries += records.boundaries();
  }

  // ---------------------------------------------------------------- steps

  // A field of the row that a step makes; its variables go to `made`.
  void computed(const Scope& scope, const char* prefix, std::string& items, std::vector<Variable>& made) {
    std::string name = fresh(prefix);
    items += (items.empty() ? "" : ", ") + name + ": ";
    if (random_.chance(7)) {
      std::string inner;
      for (const char* part : {"p", "q"}) {
        Type type = expressions_.anyType();
        inner += (inner.empty() ? "" : ", ") + std::string(part) + ": " + expressions_.make(type, scope, depth() - 1);
        made.push_back({name + "." + part, type});
      }
      items += "{ " + inner + " }";
      return;
    }
    Type type = expressions_.anyType();
    if (random_.chance(12)) type.is_optional = true;
    if (random_.chance(5)) type = {random_.pick({kI64, kString}), true};
    items += expressions_.make(type, scope, depth());
    made.push_back({name, type});
  }

  bool isField(const Variable& variable) const {
    return std::ranges::none_of(params_, [&](const Variable& param) { return param.text == variable.text; });
  }
  bool isTopField(const Variable& variable) const {
    return isField(variable) && variable.text.find('.') == std::string::npos;
  }
  std::vector<Variable> topFields(const Scope& scope) const {
    std::vector<Variable> found;
    for (const Variable& variable : scope.variables)
      if (isTopField(variable)) found.push_back(variable);
    return found;
  }

  void addStep(Stream& stream, Lines& lines) {
    Scope& scope = stream.scope;
    std::vector<Variable> fields = topFields(scope);
    if (lines.size() > 1 && random_.chance(4)) {
      lines.push_back("  | name \"" + fresh("step ") + "\"");
      return;
    }
    if (random_.chance(12)) return addGate(stream, lines);
    switch (random_.below(8)) {
      case 0:
      case 1:
        lines.push_back("  | where " + expressions_.condition(scope, depth()));
        return;
      case 2:
      case 3: {
        std::string items;
        std::vector<Variable> added;
        for (uint64_t i = 0, count = 1 + random_.below(2); i < count; ++i) computed(scope, "x", items, added);
        lines.push_back("  | extend { " + items + " }");
        scope.variables.insert(scope.variables.end(), added.begin(), added.end());
        return;
      }
      case 4: {
        if (fields.empty()) return;
        const Variable field = random_.pick(fields);
        if (field.type.is_list) return;
        lines.push_back("  | set { " + field.text + ": " + expressions_.make(field.type, scope, depth()) + " }");
        return;
      }
      case 5: {
        if (fields.size() < 3) return;
        const Variable field = random_.pick(fields);
        if (random_.chance(50)) {
          lines.push_back("  | drop " + field.text);
          std::erase_if(scope.variables, [&](const Variable& variable) { return variable.text == field.text; });
        } else {
          std::string name = fresh("y");
          lines.push_back("  | rename " + field.text + " as " + name);
          for (Variable& variable : scope.variables)
            if (variable.text == field.text) variable.text = name;
        }
        return;
      }
      case 6:
        lines.push_back("  | assert " + expressions_.condition(scope, depth()) + " else \"no\"");
        return;
      default:
        select(stream, lines);
    }
  }

  // Steps that change no row: some of the rows, or rows that are written on the way.
  void addGate(Stream& stream, Lines& lines) {
    switch (random_.below(4)) {
      case 0:
        lines.push_back("  | sample " + random_.pick({"0.5", "0.1", "0.9"}));
        return;
      case 1:
        if (!stream.is_unordered) lines.push_back("  | limit " + random_.pick({"1", "5", "20", "1000"}));
        return;
      case 2:
        lines.push_back("  | to " + target() + " if " + expressions_.condition(stream.scope, 2));
        to_stdout_ |= lines.back().find(" to stdout") != std::string::npos;
        return;
      default: {
        std::string arms = random_.pick({"  | route {", "  | route all {"});
        for (uint64_t i = 0, count = 1 + random_.below(2); i < count; ++i)
          arms += " when " + expressions_.condition(stream.scope, 2) + " => " + arm(stream.scope);
        if (random_.chance(50)) arms += " else => " + arm(stream.scope);
        lines.push_back(arms + " }");
      }
    }
  }

  std::string arm(const Scope& scope) {
    std::string text, items;
    if (random_.chance(40)) text += "where " + expressions_.condition(scope, 1) + " | ";
    std::vector<Variable> made;
    computed(scope, "v", items, made);
    if (random_.chance(70)) text += "select { " + items + " } | ";
    return text + "to file(\"" + fresh("arm_") + ".jsonl\", format: json)";
  }

  void select(Stream& stream, Lines& lines) {
    std::string items;
    std::vector<Variable> made;
    for (const Variable& field : topFields(stream.scope)) {
      if (!random_.chance(30) || made.size() > 4) continue;
      items += (items.empty() ? "" : ", ") + field.text;
      made.push_back(field);
    }
    // Enums, oneofs and a record as they are.
    std::vector<Variable> enums, oneofs;
    for (const auto& [from, to] : {std::pair(&stream.scope.enums, &enums), std::pair(&stream.scope.oneofs, &oneofs)}) {
      for (const Variable& variable : *from) {
        if (!random_.chance(50)) continue;
        items += (items.empty() ? "" : ", ") + variable.text;
        to->push_back(variable);
      }
    }
    std::vector<Variable> nested;
    for (const Variable& variable : stream.scope.variables)
      if (variable.text.starts_with("r.") || variable.text.starts_with("r?.")) nested.push_back(variable);
    if (!nested.empty() && random_.chance(20)) {
      items += (items.empty() ? "" : ", ") + std::string("r");
      made.insert(made.end(), nested.begin(), nested.end());
    }
    if (stream.scope.has_window && random_.chance(60)) {
      std::string name = fresh("start");
      items += (items.empty() ? "" : ", ") + name + random_.pick({": window.start", ": window.end"});
      made.push_back({name, {kTimestamp}});
    }
    for (uint64_t i = 0, count = 1 + random_.below(3); i < count; ++i) computed(stream.scope, "e", items, made);
    lines.push_back("  | select { " + items + " }");
    made.insert(made.end(), params_.begin(), params_.end());
    stream.scope.variables = std::move(made);
    stream.scope.lists.clear();
    stream.scope.enums = std::move(enums);
    stream.scope.oneofs = std::move(oneofs);
  }

  std::string windowText() {
    return "tumble " + random_.pick({"10s", "1m", "7s", "30s offset 11s", "1h", "1m offset 59s"});
  }

  // `window … | aggregate …`; the stream then has keys and aggregates.
  void aggregate(Stream& stream, Lines& lines) {
    Scope before = stream.scope;
    before.has_window = false;  // its arguments see the rows, not the windows that made them
    bool drops = random_.chance(8);
    lines.push_back("  | window " + windowText() + (drops ? " late drop" : ""));
    Scope after{.variables = {}, .has_time = true, .has_window = true};
    std::string keys;
    if (!before.enums.empty() && random_.chance(40)) {
      keys = before.enums[0].text;
      after.enums = {before.enums[0]};
    }
    for (uint64_t i = 0, count = random_.below(3); i < count; ++i) {
      Variable key = keyOf(before, keys);
      if (!key.text.empty()) after.variables.push_back(key);
    }
    std::string items;
    for (uint64_t i = 0, count = 1 + random_.below(4); i < count; ++i) {
      std::string name = fresh("a");
      Type type;
      std::string call = aggregateCall(before, stream.is_unordered, type);
      items += (items.empty() ? "" : ", ") + name + ": " + call;
      after.variables.push_back({name, type});
    }
    lines.push_back("  | aggregate { " + items + " }" + (keys.empty() ? "" : " by " + keys));
    after.variables.insert(after.variables.end(), params_.begin(), params_.end());
    stream.may_be_late = !drops;
    stream.late_scope = before;
    stream.late_scope.has_window = false;
    stream.late_scope.variables.push_back({"late_by", {kDuration}});
    stream.scope = std::move(after);
    stream.is_unordered = true;  // between keys and windows nothing promises an order
  }

  Variable keyOf(const Scope& scope, std::string& keys) {
    std::string separator = keys.empty() ? "" : ", ";
    if (random_.chance(60)) {
      std::vector<Variable> usable;
      for (const Variable& field : topFields(scope))
        if (!isFloat(field.type.kind) && !field.type.is_list && keys.find(field.text) == std::string::npos)
          usable.push_back(field);
      if (usable.empty()) return {};
      Variable key = random_.pick(usable);
      keys += separator + key.text;
      return key;
    }
    TypeKind kind = random_.pick({kI64, kString, kBool, kI8, kTimestamp, kU16, kDuration});
    std::string name = fresh("k");
    keys += separator + name + ": " + expressions_.make({kind}, scope, depth() - 1);
    return {name, {kind}};
  }

  std::string aggregateCall(const Scope& scope, bool is_unordered, Type& type) {
    std::string call;
    if (random_.chance(20)) {
      call = "count()";
      type = {kI64};
    } else {
      std::string function = random_.pick({"min", "max", "first", "last", "any", "sum", "avg", "sum", "avg"});
      if (is_unordered && function != "min" && function != "max") function = random_.pick({"min", "max", "sum"});
      TypeKind kind = random_.pick(scalarKinds());
      bool needs_number = function == "sum" || function == "avg";
      while (needs_number && !isInteger(kind) && !isFloat(kind) && !(kind == kDuration && function == "sum"))
        kind = random_.pick(scalarKinds());
      if ((function == "min" || function == "max") && (kind == kBool || kind == kBytes)) kind = kString;
      if (is_unordered && isFloat(kind)) kind = kI32;  // of -0.0 and 0.0 the first stays; sums round
      call = function + "(" + expressions_.make({kind}, scope, depth() - 1) + ")";
      type = {function == "avg" ? kF64 : function == "sum" && isInteger(kind) ? kI64 : kind};
      if (function == "sum" && isInteger(kind) && random_.chance(10)) {
        call = "(" + call + " * count())";
        return call;
      }
    }
    if (!random_.chance(25)) return call;
    if (call != "count()") type = type.optional();
    return call + " where " + expressions_.condition(scope, depth() - 1);
  }

  // ---------------------------------------------------------------- streams and flows

  // An input and some steps behind it.
  Stream pipeline(Lines& lines) {
    Stream stream = random_.pick(streams_);
    if (stream.may_be_late && random_.chance(35)) {
      lines.push_back(stream.name + ".late");
      stream.scope = stream.late_scope;
      stream.is_unordered = true;
    } else {
      // The same records without a name, and without time.
      bool anonymous = stream.name == "rows" && random_.chance(5);
      read_.insert(stream.name);
      lines.push_back(anonymous ? "from file(\"rows.jsonl\", format: json) as Row" : stream.name);
      if (anonymous) stream.scope.has_time = false;
    }
    stream.may_be_late = false;
    for (uint64_t i = 0, count = random_.below(4); i < count; ++i) addStep(stream, lines);
    // A second window may not have an input with a field late_by.
    bool was_late = std::ranges::any_of(stream.scope.variables, [](const Variable& v) { return v.text == "late_by"; });
    if (stream.scope.has_time && !was_late && random_.chance(65)) {
      aggregate(stream, lines);
      for (uint64_t i = 0, count = random_.below(3); i < count; ++i) addStep(stream, lines);
    }
    return stream;
  }

  void declareStream() {
    Lines lines;
    Stream stream = pipeline(lines);
    stream.name = fresh("stream_");
    lines[0] = "stream " + stream.name + " = " + lines[0];
    append(lines);
    error_owners_.push_back(stream.name);
    streams_.push_back(std::move(stream));
  }

  // Two streams with the same row, from one input.
  void declareUnion() {
    Stream stream = random_.pick(streams_);
    std::string name = fresh("union_");
    read_.insert(stream.name);
    std::vector<Type> types;
    for (uint64_t i = 0, count = 1 + random_.below(3); i < count; ++i) types.push_back(expressions_.anyType());
    std::string parts;
    for (int side = 0; side < 2; ++side) {
      std::string items;
      for (size_t i = 0; i < types.size(); ++i)
        items += (i ? ", u" : "u") + std::to_string(i) + ": " + expressions_.make(types[i], stream.scope, depth());
      std::string part = fresh("part_");
      line("stream " + part + " = " + stream.name);
      line("  | where " + expressions_.condition(stream.scope, 1));
      line("  | select { " + items + " }");
      parts += (side ? ", " : "") + part;
      error_owners_.push_back(part);
      read_.insert(part);
    }
    error_owners_.push_back(name);
    line("stream " + name + " = union(" + parts + ")");
    stream.name = name;
    stream.scope = Scope{.variables = {}, .has_time = stream.scope.has_time};
    for (size_t i = 0; i < types.size(); ++i) stream.scope.variables.push_back({"u" + std::to_string(i), types[i]});
    stream.scope.variables.insert(stream.scope.variables.end(), params_.begin(), params_.end());
    stream.may_be_late = false;
    stream.is_unordered = true;
    streams_.push_back(std::move(stream));
  }

  std::string target() {
    if (random_.chance(10) && !to_stdout_) return "stdout";
    if (random_.chance(3)) return "null";
    std::string timestamps;
    return "file(\"" + fresh("out_") + ".jsonl\", format: " + formatText(timestamps) + ")";
  }

  void flow() {
    Lines lines;
    Stream stream = pipeline(lines);
    if (random_.chance(60)) select(stream, lines);
    lines.push_back("  | to " + target());
    to_stdout_ |= lines.back() == "  | to stdout";
    append(lines);
  }

  // What nobody reads may not be computed, or may: not the subject here.
  void writeUnread() {
    for (const std::string& name : error_owners_)
      if (!read_.contains(name)) line(name + " | to file(\"" + fresh("rest_") + ".jsonl\", format: json)");
  }

  // `.errors` of some streams. Only columns that are known everywhere decide anything.
  void readErrors() {
    std::vector<std::string> owners = error_owners_;
    owners.push_back("rows");
    for (const std::string& owner : owners) {
      if (!random_.chance(25)) continue;
      line(owner + ".errors");
      if (random_.chance(30)) line("  | where cause != \"" + random_.pick({"overflow", "decode", "late"}) + "\"");
      if (random_.chance(30)) line("  | select { cause, step, place, at: event_time, n: place.length() }");
      line("  | to file(\"" + fresh("errors_") + ".jsonl\", format: json)");
    }
  }

  uint64_t seed_;
  Random random_;
  Program program_;
  std::vector<Function> functions_;
  Expressions expressions_;
  std::vector<Variable> params_;
  std::vector<Stream> streams_;
  std::vector<std::string> error_owners_;
  std::set<std::string> read_;  // streams whose rows somebody reads
  std::string policy_;
  bool to_stdout_ = false, has_variants_ = false;
  int counter_ = 0;
};

}  // namespace

Program makeProgram(uint64_t seed) { return Generator(seed).make(); }

}  // namespace streamc::random_programs
