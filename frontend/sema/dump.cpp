// --emit=program: the checked program as stable text. One fact a line, in the order of the program.
#include <cstdio>

#include "dsl/builtins.h"
#include "frontend/sema/check.h"
#include "frontend/sema/constants.h"

namespace streamc::sema {

namespace {

std::string integerText(__int128 value) {
  if (value == 0) return "0";
  bool negative = value < 0;
  std::string text;
  for (unsigned __int128 rest = negative ? -static_cast<unsigned __int128>(value)
                                         : static_cast<unsigned __int128>(value);
       rest != 0; rest /= 10) {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return negative ? "-" + text : text;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string literalText(const Literal& literal, TypeRef type) {
  if (const auto* boolean = std::get_if<bool>(&literal.value)) return *boolean ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&literal.value)) return quoted(*text);
  if (const auto* number = std::get_if<double>(&literal.value)) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", *number);
    return text;
  }
  if (const auto* integer = std::get_if<__int128>(&literal.value)) {
    if (type != nullptr && type->is(TypeKind::kDuration)) return durationText(static_cast<int64_t>(*integer));
    if (type != nullptr && type->is(TypeKind::kEnum)) return type->symbols[static_cast<std::size_t>(*integer)];
    if (type != nullptr && type->is(TypeKind::kDecimal)) return decimalText(*integer, type->scale);
    return integerText(*integer);
  }
  return "null";
}

std::string metaText(const std::set<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields) text += " meta." + field;
  return text;
}

class ExprPrinter {
 public:
  std::string print(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return literalText(expr.literal, expr.type) + (expr.type->isNumber() ? ":" + toString(expr.type) : "");
      case ExprKind::kColumn:
        return expr.name.empty() ? "this" : expr.name == kMetaColumn ? "meta" : expr.name;
      case ExprKind::kLocal:
        return expr.name;
      case ExprKind::kParam:
        return "param " + expr.name;
      case ExprKind::kEventTime:
        return "event_time";
      case ExprKind::kWindowStart:
        return "window.start";
      case ExprKind::kWindowEnd:
        return "window.end";
      case ExprKind::kLet:
        return "let " + expr.name + " = " + arg(expr, 0) + " in " + arg(expr, 1);
      case ExprKind::kField:
        return arg(expr, 0) + "." + expr.name;
      case ExprKind::kOptField:
        return arg(expr, 0) + "?." + expr.name;
      case ExprKind::kRecord: {
        std::string text = "{";
        for (std::size_t i = 0; i < expr.args.size(); ++i)
          text += (i ? ", " : " ") + expr.type->fields[i].name + ": " + arg(expr, i);
        return text + " }";
      }
      case ExprKind::kList:
        return "[" + all(expr) + "]";
      case ExprKind::kIndex:
        return arg(expr, 0) + "[" + arg(expr, 1) + "]";
      case ExprKind::kConvert:
      case ExprKind::kCast:
        return std::string(expr.kind == ExprKind::kCast ? "cast" : "convert") + "<" + toString(expr.type) + ">(" +
               arg(expr, 0) + ")";
      case ExprKind::kCall:
        return expr.name + "(" + all(expr) + ")";
      case ExprKind::kEnv:
        return "env(" + quoted(expr.name) + (expr.args.empty() ? "" : ", default: " + arg(expr, 0)) + ")";
      case ExprKind::kIsVariant:
        return "(" + arg(expr, 0) + " is " + expr.name + ")";
      case ExprKind::kPayload:
        return arg(expr, 0) + " as " + expr.name;
      default:
        break;
    }
    if (const char* infix = infixOf(expr.kind)) return "(" + arg(expr, 0) + " " + infix + " " + arg(expr, 1) + ")";
    return std::string(nameOf(expr.kind)) + "(" + all(expr) + ")";
  }

 private:
  std::string arg(const Expr& expr, std::size_t i) { return print(*expr.args[i]); }
  std::string all(const Expr& expr) {
    std::string text;
    for (std::size_t i = 0; i < expr.args.size(); ++i) text += (i ? ", " : "") + arg(expr, i);
    return text;
  }
  static const char* infixOf(ExprKind kind) {
    switch (kind) {
      case ExprKind::kAdd:
        return "+";
      case ExprKind::kSub:
        return "-";
      case ExprKind::kMul:
        return "*";
      case ExprKind::kDivFloat:
        return "/";
      case ExprKind::kDivInt:
        return "div";
      case ExprKind::kModInt:
        return "mod";
      case ExprKind::kEqual:
        return "==";
      case ExprKind::kNotEqual:
        return "!=";
      case ExprKind::kLess:
        return "<";
      case ExprKind::kLessEqual:
        return "<=";
      case ExprKind::kGreater:
        return ">";
      case ExprKind::kGreaterEqual:
        return ">=";
      case ExprKind::kAnd:
        return "and";
      case ExprKind::kOr:
        return "or";
      case ExprKind::kCoalesce:
        return "??";
      case ExprKind::kCatch:
        return "catch";
      case ExprKind::kIn:
        return "in";
      default:
        return nullptr;
    }
  }
  static const char* nameOf(ExprKind kind) {
    switch (kind) {
      case ExprKind::kNegate:
        return "negate";
      case ExprKind::kNot:
        return "not";
      case ExprKind::kIf:
        return "if";
      case ExprKind::kIsNull:
        return "is_null";
      case ExprKind::kNarrow:
        return "narrow";
      case ExprKind::kAssertPresent:
        return "present";
      case ExprKind::kToOptional:
        return "some";
      case ExprKind::kFString:
        return "text";
      default:
        return "not_built";
    }
  }
};

class Dumper {
 public:
  Dumper(const Program& program, const SourceFiles& files) : program_(program), files_(files) {}

  std::string run() {
    line("job " + program_.name + " delivery " + program_.settings.delivery +
         (program_.settings.checkpoint_us ? " checkpoint " + durationText(*program_.settings.checkpoint_us) : "") +
         (program_.settings.parallelism ? " parallelism " + std::to_string(*program_.settings.parallelism) : "") +
         (program_.settings.bounded_mode ? " bounded" : ""));
    for (const Param& param : program_.params) {
      line("param " + param.name + ": " + toString(param.type) +
           (param.env.empty() ? "" : " env " + quoted(param.env)) +
           (param.default_value ? " = " + literalText(*param.default_value, param.type) : ""));
    }
    for (std::size_t i = 0; i < program_.error_scopes.size(); ++i) errorScope(i);
    for (std::size_t i = 0; i < program_.sources.size(); ++i) source(i);
    for (std::size_t i = 0; i < program_.sinks.size(); ++i) sink(i);
    for (const Node& each : program_.nodes) node(each);
    for (const NotBuilt& item : program_.not_built) line("not built: " + item.what);
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n"; }

  std::string place(Span span) {
    LineColumn at = files_.get(span).lineColumn(span.begin);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  static std::string paths(const std::vector<FieldPath>& list) {
    std::string text;
    for (const FieldPath& path : list) {
      text += " ";
      for (std::size_t i = 0; i < path.size(); ++i) text += (i ? "." : "") + path[i];
    }
    return text;
  }
  static std::string option(const OptionValue& value) {
    switch (value.kind) {
      case OptionValue::Kind::kLiteral:
        return literalText(value.literal, nullptr);
      case OptionValue::Kind::kParam:
        return "param #" + std::to_string(value.param);
      case OptionValue::Kind::kEnv:
        return "env(" + quoted(value.env) + (value.env_default ? ", default: " + option(*value.env_default) : "") + ")";
      case OptionValue::Kind::kConcat: {
        std::string text = "concat(";
        for (std::size_t i = 0; i < value.parts.size(); ++i) text += (i ? ", " : "") + option(value.parts[i]);
        return text + ")";
      }
    }
    return "";
  }
  static std::string options(const std::vector<Option>& list) {
    std::string text;
    for (const Option& each : list) text += (text.empty() ? "" : ", ") + each.name + ": " + option(each.value);
    return text;
  }
  static std::string connector(const Connector& c) {
    std::string text = c.name + "(" + options(c.options) + ")";
    if (!c.format.empty())
      text += " format " + c.format + (c.format_options.empty() ? "" : "(" + options(c.format_options) + ")");
    return text;
  }

  void errorScope(std::size_t i) {
    const ErrorScope& scope = program_.error_scopes[i];
    static constexpr const char* kPolicies[] = {"stream", "stderr", "skip", "fail"};
    std::string policy = kPolicies[static_cast<int>(scope.policy)];
    if (scope.policy == ErrorScope::Policy::kStream) policy += " #" + std::to_string(scope.node);
    line("errors " + std::to_string(i) + (scope.name.empty() ? "" : " of " + scope.name) + ": " + policy);
  }
  void source(std::size_t i) {
    const Source& source = program_.sources[i];
    line("source " + std::to_string(i) + " " + source.operator_id + ": " + connector(source.connector) +
         (source.bounded ? " bounded" : ""));
    line("  row " + toString(source.row));
    if (source.time) {
      line("  time " + ExprPrinter().print(*source.time->expr) +
           (source.time->wait_us ? " wait " + durationText(*source.time->wait_us) : "") +
           (source.time->idle_us ? " idle " + durationText(*source.time->idle_us) : "") +
           (source.time->max_ahead_us ? " max_ahead " + durationText(*source.time->max_ahead_us) : ""));
    }
    line("  demand" + paths(source.demand));
    if (!source.kept.empty()) line("  kept" + paths(source.kept));
    line("  errors " + std::to_string(source.errors));
  }
  void sink(std::size_t i) {
    const Sink& sink = program_.sinks[i];
    std::string key;
    for (const std::string& field : sink.key) key += " " + field;
    line("sink " + std::to_string(i) + " " + sink.operator_id + ": " + connector(sink.connector) +
         (key.empty() ? "" : " key" + key) + " errors " + std::to_string(sink.errors));
  }
  void node(const Node& node) {
    std::string inputs;
    for (NodeId input : node.inputs) inputs += " #" + std::to_string(input);
    line("#" + std::to_string(node.id) + " " + node.operator_id + ": " +
         std::visit([&](const auto& step) { return head(step); }, node.step) + inputs);
    std::visit([&](const auto& step) { body(step); }, node.step);
    std::string key;
    for (const std::string& field : node.key) key += " " + field;
    line(std::string("  ") + (node.is_table ? "table" : "stream") + "<" + toString(node.row) + ">" +
         (key.empty() ? "" : " key" + key) + (node.has_time ? " time" : "") + (node.windowed ? " windowed" : ""));
    line("  demand" + paths(node.demand) + (node.demands_event_time ? " event_time" : "") +
         (node.demands_window_start ? " window.start" : "") + (node.demands_window_end ? " window.end" : "") +
         metaText(node.demands_meta));
    if (!node.kept.empty()) line("  kept" + paths(node.kept));
    if (!node.causes.empty()) {
      std::string causes;
      for (const PlacedCause& cause : node.causes)
        causes += std::string(" ") + toString(cause.cause) + "@" + place(cause.span);
      line("  may reject" + causes + " to errors " + std::to_string(node.errors));
    }
    if (!node.bound.empty()) line("  keeps " + node.bound);
  }

  static std::string head(const SourceNode& step) { return "source " + std::to_string(step.source); }
  static std::string head(const WhereNode&) { return "where"; }
  static std::string head(const ProjectNode&) { return "project"; }
  static std::string head(const AssertNode&) { return "assert"; }
  static std::string head(const AggregateNode&) { return "aggregate"; }
  static std::string head(const LateNode&) { return "late"; }
  static std::string head(const ErrorsNode& step) { return "errors " + std::to_string(step.scope); }
  static std::string head(const UnionNode&) { return "union"; }
  static std::string head(const RouteNode&) { return "route"; }
  static std::string head(const RouteArmNode& step) { return "arm " + std::to_string(step.arm); }
  static std::string head(const SampleNode& step) { return "sample " + ExprPrinter().print(*step.part); }
  static std::string head(const LimitNode& step) { return "limit " + option(step.count); }
  static std::string head(const ThrottleNode& step) { return "throttle " + option(step.rate); }
  static std::string head(const SinkNode& step) {
    std::string text = "sink " + std::to_string(step.sink);
    return step.choice ? text + " when param #" + std::to_string(step.choice->param) + " is " + step.choice->symbol
                       : text;
  }
  static std::string head(const FlattenNode& step) { return "flatten as " + step.name; }
  static std::string head(const DecodeNode& step) { return "decode " + step.format; }
  static std::string head(const NotBuiltNode& step) { return "not built: " + step.what; }

  void body(const auto&) {}
  void body(const FlattenNode& step) { line("  list " + ExprPrinter().print(*step.list)); }
  void body(const DecodeNode& step) { line("  text " + ExprPrinter().print(*step.text)); }
  void body(const WhereNode& step) { line("  if " + ExprPrinter().print(*step.condition)); }
  void body(const AssertNode& step) {
    line("  if " + ExprPrinter().print(*step.condition) + " else " + quoted(step.message));
  }
  void body(const RouteNode& step) {
    for (const ExprRef& condition : step.conditions)
      line(condition != nullptr ? "  when " + ExprPrinter().print(*condition) : "  else");
  }
  void body(const SampleNode& step) {
    std::string columns;
    for (const std::string& column : step.columns) columns += (columns.empty() ? "" : ", ") + column;
    line("  by " + (step.by_place ? "place" : "event time and " + columns));
  }
  void body(const ProjectNode& step) {
    for (const NamedExpr& field : step.fields) {
      line("  " + field.name + " = " + ExprPrinter().print(*field.expr) + (field.demanded ? "" : " (not demanded)"));
    }
  }
  void body(const AggregateNode& step) {
    for (const NamedExpr& key : step.keys) line("  key " + key.name + " = " + ExprPrinter().print(*key.expr));
    static constexpr const char* kNames[] = {"count", "sum", "avg", "min", "max", "first", "last", "any"};
    for (const AggregateField& field : step.fields) {
      line("  " + field.name + " = " + kNames[static_cast<int>(field.function)] + "(" +
           (field.arg ? ExprPrinter().print(*field.arg) : "") + ")" +
           (field.where ? " where " + ExprPrinter().print(*field.where) : "") +
           (field.demanded ? "" : " (not demanded)"));
    }
    if (!step.window) return;
    const Window& window = *step.window;
    static constexpr const char* kKinds[] = {"tumble", "hop", "cumulate", "session", "calendar", "rows"};
    line(std::string("  window ") + kKinds[static_cast<int>(window.kind)] + " " + durationText(window.size_us) +
         (window.every_us ? " every " + durationText(window.every_us) : "") +
         (window.offset_us ? " offset " + durationText(window.offset_us) : "") +
         (window.late_drop ? " late drop" : "") +
         (window.late_allow_us ? " late allow " + durationText(*window.late_allow_us) : ""));
  }

  const Program& program_;
  const SourceFiles& files_;
  std::string out_;
};

}  // namespace

std::string dump(const Program& program, const SourceFiles& files) { return Dumper(program, files).run(); }

}  // namespace streamc::sema
