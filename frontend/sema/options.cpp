#include "frontend/sema/options.h"

#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownConnector, "E0804", Severity::kError,
                   "a connector is not known or cannot be used on this side");
STREAMC_DIAGNOSTIC(kUnknownOption, "E0803", Severity::kError, "an option that a connector or format does not have");
STREAMC_DIAGNOSTIC(kMissingOption, "E0802", Severity::kError, "a connector lacks an option that it needs");
STREAMC_DIAGNOSTIC(kOptionValue, "E0805", Severity::kError, "the value of an option is not one it takes");
STREAMC_DIAGNOSTIC(kNoFormat, "E0806", Severity::kError, "a format that the connector does not have");
STREAMC_DIAGNOSTIC(kOptionTwice, "E0807", Severity::kError, "an option is given twice");

namespace {

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> result;
  while (!list.empty()) {
    std::size_t end = list.find(' ');
    result.emplace_back(list.substr(0, end));
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
  }
  return result;
}

std::vector<std::string> optionNames(std::string_view owner, bool of_source) {
  std::vector<std::string> names;
  for (const OptionRow& row : optionRows()) {
    if (isOptionOf(row, owner, of_source)) names.emplace_back(row.name);
  }
  if (!isFormat(owner)) names.emplace_back("format");
  return names;
}

bool isAboutRows(OptionKind kind) {
  return kind == OptionKind::kColumn || kind == OptionKind::kColumns || kind == OptionKind::kRowValue;
}

std::string formatOfPath(const ConnectorRow& row, const std::vector<Option>& options) {
  std::size_t end = row.formats.find(' ');
  std::string first(row.formats.substr(0, end));
  for (const Option& option : options) {
    const auto* path = option.name == "path" ? std::get_if<std::string>(&option.value.literal.value) : nullptr;
    if (path == nullptr) continue;
    for (const std::string& format : words(row.formats)) {
      if (path->ends_with("." + format)) return format;
    }
  }
  return first;
}

class OptionChecker {
 public:
  OptionChecker(Graph& graph, const Scope& names, bool of_source)
      : graph_(graph), names_(names), of_source_(of_source) {}

  // Options of a connector or format; `format:` apart.
  bool check(std::string_view owner, const std::vector<ast::Arg>& args, std::vector<Option>& options) {
    bool ok = true;
    for (std::size_t i = 0; i < args.size(); ++i) {
      const ast::Arg& arg = args[i];
      if (arg.value == nullptr) return false;
      if (arg.label && arg.label->text == "format" && !isFormat(owner)) continue;
      const OptionRow* row = arg.label ? findOption(owner, arg.label->text, of_source_)
                             : i == 0  ? positionalOption(owner)
                                       : nullptr;
      if (row == nullptr) {
        unknown(owner, arg);
        ok = false;
        continue;
      }
      bool doubled = std::any_of(options.begin(), options.end(), [&](const Option& o) { return o.name == row->name; });
      if (doubled) {
        graph_.context.sink.report(
            Diagnostic(kOptionTwice, arg.span, "`" + std::string(row->name) + "` is given twice"));
        ok = false;
        continue;
      }
      Option option{.name = std::string(row->name), .span = arg.span};
      if (!isAboutRows(row->kind)) ok &= value(*row, *arg.value, option.value);
      if (const auto* record = arg.value->as<ast::RecordExpr>();
          record != nullptr && row->kind == OptionKind::kSettings)
        ok &= settings(*row, *record, options);
      options.push_back(std::move(option));
    }
    return ok;
  }

  bool complete(std::string_view owner, const std::vector<Option>& options, Span span) {
    bool ok = true;
    for (const OptionRow& row : optionRows()) {
      if (!row.required || !isOptionOf(row, owner, of_source_)) continue;
      bool given = std::any_of(options.begin(), options.end(), [&](const Option& o) { return o.name == row.name; });
      if (given) continue;
      ok = false;
      graph_.context.sink.report(
          Diagnostic(kMissingOption, span, "`" + std::string(owner) + "` needs `" + std::string(row.name) + "`")
              .fix({"say it",
                    {{{span.file, span.end - 1, span.end - 1},
                      (options.empty() ? "" : ", ") + std::string(row.name) + ": …"}},
                    Applicability::kHasPlaceholders}));
    }
    return ok;
  }

 private:
  // roll: { size: 256MB }: each setting that has a row becomes an option of its own, "roll.size".
  bool settings(const OptionRow& row, const ast::RecordExpr& record, std::vector<Option>& options) {
    bool typed = std::any_of(optionRows().begin(), optionRows().end(),
                             [&](const OptionRow& other) { return other.owner == row.name; });
    if (!typed) return true;
    bool ok = true;
    for (const ast::RecordItem& item : record.items) {
      if (item.kind == ast::RecordItem::Kind::kSpread || item.value == nullptr) continue;
      const std::string& name = item.name().text;
      const OptionRow* setting = findOption(row.name, name, of_source_);
      if (setting == nullptr) {
        std::vector<std::string> candidates;
        for (const OptionRow& other : optionRows())
          if (other.owner == row.name) candidates.emplace_back(other.name);
        Diagnostic diagnostic(kUnknownOption, item.name().span,
                              "`" + std::string(row.name) + "` has no setting `" + name + "`");
        suggest(diagnostic, item.name().span, name, candidates, "settings");
        graph_.context.sink.report(std::move(diagnostic));
        ok = false;
        continue;
      }
      Option option{.name = std::string(row.name) + "." + name, .span = item.span};
      ok &= value(*setting, *item.value, option.value);
      options.push_back(std::move(option));
    }
    return ok;
  }

  void unknown(std::string_view owner, const ast::Arg& arg) {
    std::string name = arg.label ? arg.label->text : "";
    Span span = arg.label ? arg.label->span : arg.span;
    Diagnostic diagnostic(kUnknownOption, span,
                          arg.label ? "`" + std::string(owner) + "` has no option `" + name + "`"
                                    : "an option of `" + std::string(owner) + "` needs its name, `name: value`");
    if (arg.label) suggest(diagnostic, span, name, optionNames(owner, of_source_), "options");
    graph_.context.sink.report(std::move(diagnostic));
  }

  bool value(const OptionRow& row, const ast::Expr& text, OptionValue& result) {
    std::string role = "`" + std::string(row.name) + "`";
    Context& context = graph_.context;
    auto wrong = [&](const std::string& message) {
      context.sink.report(Diagnostic(kOptionValue, text.span, message));
      return false;
    };
    if (row.kind == OptionKind::kWord) {
      const auto* word = text.as<ast::NameRef>();
      if (word != nullptr && hasWord(row.words, word->name.text)) {
        result.literal = {word->name.text};
        return true;
      }
      std::string all;
      for (const std::string& choice : words(row.words)) all += (all.empty() ? "`" : ", `") + choice + "`";
      Diagnostic diagnostic(kOptionValue, text.span, role + " is one of " + all);
      if (word != nullptr) {
        std::string best = nearest(word->name.text, words(row.words));
        if (!best.empty()) diagnostic.fix(Fix::replace(text.span, best, "replace it"));
      }
      context.sink.report(std::move(diagnostic));
      return false;
    }
    if (row.kind == OptionKind::kSettings) {
      return text.is<ast::RecordExpr>() || wrong(role + " is a record of settings: `{ … }`");
    }
    if (row.kind == OptionKind::kRate && !text.is<ast::RateLiteral>()) return wrong(role + " is a rate, like `10k/s`");
    if (row.kind == OptionKind::kSize && !text.is<ast::SizeLiteral>() && !text.is<ast::NameRef>())
      return wrong(role + " is a size, like `16MB`");
    TypeContext& types = context.types;
    TypeRef type = types.string();
    if (row.kind == OptionKind::kInteger || row.kind == OptionKind::kSize) type = context.i64();
    if (row.kind == OptionKind::kBool) type = context.boolean();
    if (row.kind == OptionKind::kDuration) type = context.duration();
    if (row.kind == OptionKind::kRate || row.kind == OptionKind::kNumber) type = context.f64();
    if (row.kind == OptionKind::kTexts) type = types.list(types.string());
    ExprChecker checker(graph_.job, names_, {.allows_env = true, .place = "in the options of a connector"});
    ExprRef checked = checker.checkAs(text, type, role);
    if (checked->type->isError()) return false;
    if (row.kind == OptionKind::kTexts) return true;  // of connectors that are not executed yet
    auto option = optionValue(graph_, *checked);
    if (option) result = std::move(*option);
    return option.has_value();
  }

  Graph& graph_;
  const Scope& names_;
  bool of_source_;
};

}  // namespace

std::optional<OptionValue> optionValue(Graph& graph, const Expr& value) {
  OptionValue result;
  if (auto constant = constantOf(value)) {
    result.literal = std::move(*constant);
    return result;
  }
  if (value.kind == ExprKind::kConvert || value.kind == ExprKind::kToOptional)
    return optionValue(graph, *value.args[0]);
  if (value.kind == ExprKind::kParam) {
    result.kind = OptionValue::Kind::kParam;
    result.param = value.index;
    return result;
  }
  if (value.kind == ExprKind::kEnv) {
    result.kind = OptionValue::Kind::kEnv;
    result.env = value.name;
    if (!value.args.empty()) {
      auto fallback = optionValue(graph, *value.args[0]);
      if (!fallback) return std::nullopt;
      result.env_default = std::make_shared<OptionValue>(std::move(*fallback));
    }
    return result;
  }
  if (value.kind == ExprKind::kFString) {
    result.kind = OptionValue::Kind::kConcat;
    for (const ExprRef& arg : value.args) {
      auto piece = optionValue(graph, *arg);
      if (!piece) return std::nullopt;
      result.parts.push_back(std::move(*piece));
    }
    return result;
  }
  // if, match, calls over parameters: known when the job starts, and not stored in a manifest yet.
  graph.job.notBuilt("options that are computed from parameters", value.span);
  return result;
}

ConnectorCall connectorCall(Context& context, const ast::Expr& expr) {
  if (const auto* name = expr.as<ast::NameRef>()) return {&name->name, nullptr, expr.span};
  if (expr.is<ast::NullLiteral>()) {
    static const ast::Name null_name{.text = "null"};
    return {&null_name, nullptr, expr.span};
  }
  if (const auto* call = expr.as<ast::CallExpr>()) {
    if (const auto* name = call->callee->as<ast::NameRef>()) return {&name->name, &call->args, expr.span};
  }
  if (!expr.is<ast::ErrorExpr>()) {
    context.sink.report(Diagnostic(kUnknownConnector, expr.span,
                                   "a connector is needed here, like `file(\"data.jsonl\", format: json)`"));
  }
  return {nullptr, nullptr, expr.span};
}

ConnectorCall connectorCall(const ast::PathCall& call) {
  return {&call.path.last(), call.args ? &*call.args : nullptr,
          call.args ? call.path.span.to(call.args_span) : call.path.span};
}

const Option* CheckedConnector::option(std::string_view name) const {
  for (const Option& option : connector.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::optional<int64_t> CheckedConnector::integer(std::string_view name) const {
  const Option* found = option(name);
  const auto* value = found == nullptr ? nullptr : std::get_if<__int128>(&found->value.literal.value);
  return value == nullptr ? std::nullopt : std::optional(static_cast<int64_t>(*value));
}

const ast::Arg* findArgument(const ConnectorCall& call, std::string_view option) {
  if (call.args == nullptr) return nullptr;
  for (const ast::Arg& arg : *call.args) {
    if (arg.label && arg.label->text == option) return &arg;
  }
  return nullptr;
}

bool checkFormatOptions(Graph& graph, const ConnectorCall& format, const Scope& names, std::vector<Option>& options) {
  return format.args == nullptr || OptionChecker(graph, names, true).check(format.name->text, *format.args, options);
}

std::optional<CheckedConnector> checkConnector(Graph& graph, const ConnectorCall& call, bool of_source,
                                               const Scope& names) {
  if (call.name == nullptr || call.name->missing()) return std::nullopt;
  Context& context = graph.context;
  const ConnectorRow* row = findConnector(call.name->text);
  if (row == nullptr || (of_source ? !row->is_source : !row->is_sink)) {
    std::vector<std::string> candidates;
    for (const ConnectorRow& other : connectors()) {
      if (of_source ? other.is_source : other.is_sink) candidates.emplace_back(other.name);
    }
    std::string what = of_source ? "source" : "sink";
    Diagnostic diagnostic(kUnknownConnector, call.name->span,
                          row == nullptr ? "there is no " + what + " called `" + call.name->text + "`"
                                         : "`" + call.name->text + "` is not a " + what);
    suggest(diagnostic, call.name->span, call.name->text, candidates, what + "s");
    context.sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  CheckedConnector checked{.row = row};
  checked.connector.name = std::string(row->name);
  checked.connector.span = call.span;
  if (row->name == "one_of") return checked;
  OptionChecker options(graph, names, of_source);
  static const std::vector<ast::Arg> kNone;
  const std::vector<ast::Arg>& args = call.args == nullptr ? kNone : *call.args;
  bool ok = options.check(row->name, args, checked.connector.options) &&
            options.complete(row->name, checked.connector.options, call.span);
  if (ok && row->name == "kafka" && checked.option("topic") == nullptr && checked.option("topics") == nullptr) {
    context.sink.report(Diagnostic(kMissingOption, call.span, "`kafka` needs `topic` or `topics`"));
    ok = false;
  }
  const ast::Arg* format = findArgument(call, "format");
  if (format != nullptr && format->value != nullptr) {
    ConnectorCall written = connectorCall(context, *format->value);
    if (written.name == nullptr) return std::nullopt;
    const std::string& name = written.name->text;
    if (!hasWord(row->formats, name)) {
      Diagnostic diagnostic(kNoFormat, written.name->span,
                            "`" + std::string(row->name) + "` has no format `" + name + "`");
      suggest(diagnostic, written.name->span, name, words(row->formats), "formats");
      context.sink.report(std::move(diagnostic));
      return std::nullopt;
    }
    checked.connector.format = name;
    if (written.args != nullptr) ok &= options.check(name, *written.args, checked.connector.format_options);
  } else if (!row->formats.empty()) {
    checked.connector.format = formatOfPath(*row, checked.connector.options);
  }
  if (!ok) return std::nullopt;
  bool format_built = checked.connector.format.empty() || isBuiltFormat(checked.connector.format);
  checked.connector.built = row->built && format_built;
  if (!row->built) graph.job.notBuilt("the connector `" + std::string(row->name) + "`", call.span);
  if (!format_built) graph.job.notBuilt("the format `" + checked.connector.format + "`", call.span);
  for (const char* later : {"refresh", "follow"}) {
    if (const Option* option = checked.option(later))
      graph.job.notBuilt("`" + std::string(later) + "` of files", option->span);
  }
  return checked;
}

void checkRowOptions(Graph& graph, const ConnectorCall& call, bool of_source, const StreamInfo& rows,
                     const Scope& names) {
  if (call.name == nullptr || call.args == nullptr || rows.failed || rows.row->isError()) return;
  ExprChecker checker(graph.job, names, graph.rowScope(rows, {}));
  for (const ast::Arg& arg : *call.args) {
    const OptionRow* row = arg.label ? findOption(call.name->text, arg.label->text, of_source) : nullptr;
    if (row == nullptr || arg.value == nullptr || !isAboutRows(row->kind)) continue;
    if (call.name->text == "files" && row->name == "partition") continue;  // file_sinks.cpp
    if (row->kind == OptionKind::kColumns) {
      if (const auto* list = arg.value->as<ast::ListExpr>()) {
        for (const ast::ExprPtr& item : list->items) checker.infer(*item);
        continue;
      }
    }
    if (row->kind == OptionKind::kColumn && !arg.value->is<ast::NameRef>()) {
      graph.context.sink.report(
          Diagnostic(kOptionValue, arg.value->span, "`" + std::string(row->name) + "` is the name of a field"));
      continue;
    }
    checker.infer(*arg.value);
  }
}

TypeRef metaType(Context& context, std::string_view fields) {
  std::vector<FieldType> types;
  for (const std::string& field : words(fields)) {
    std::size_t colon = field.find(':');
    std::string_view type = std::string_view(field).substr(colon + 1);
    TypeRef ref = type == "string" ? context.types.string()
                  : type == "i32"  ? context.types.scalar(TypeKind::kI32)
                  : type == "i64"  ? context.i64()
                                   : context.timestamp();
    types.push_back({field.substr(0, colon), ref});
  }
  return types.empty() ? nullptr : context.types.record(std::move(types));
}

}  // namespace streamc::sema
