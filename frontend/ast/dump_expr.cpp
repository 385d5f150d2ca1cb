// Expressions and types; see dumper.h.
#include <algorithm>
#include <iterator>

#include "frontend/ast/dump.h"
#include "frontend/ast/dumper.h"

namespace streamc::ast {

std::string quotedText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

void Dumper::line(std::string_view role, std::string_view text, Span span) {
  const LineColumn at = file_.lineColumn(span.begin);
  fmt::format_to(std::back_inserter(out_), "{:{}}{}{}{} @{}:{}\n", "", depth_ * 2, role, role.empty() ? "" : ": ", text,
                 at.line, at.column);
}

void Dumper::name(std::string_view role, const Name& name) {
  line(role, name.missing() ? "(missing)" : name.text, name.span);
}

void Dumper::paths(std::string_view role, const std::vector<Path>& paths) {
  for (const Path& path : paths) line(role, path.str(), path.span);
}

namespace {

std::string decimal(unsigned __int128 value) {
  std::string digits;
  do digits += static_cast<char>('0' + static_cast<int>(value % 10));
  while ((value /= 10) != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

// One overload a kind of expression; each writes its own line and its children.
struct ExprDumper {
  Dumper& to;
  std::string_view role;
  Span span;

  void head(std::string_view text) const { to.line(role, text, span); }

  void operator()(const ErrorExpr&) const { head("error"); }
  void operator()(const IntLiteral& node) const { head("int " + decimal(node.value)); }
  void operator()(const FloatLiteral& node) const { head("fraction " + node.text); }
  void operator()(const DurationLiteral& node) const {
    head(node.ns_rest == 0 ? fmt::format("duration {} us", node.us)
                           : fmt::format("duration {}.{:03} us", node.us, node.ns_rest));
  }
  void operator()(const SizeLiteral& node) const { head(fmt::format("size {} B", node.bytes)); }
  void operator()(const RateLiteral& node) const { head(fmt::format("rate {} in {} us", node.count, node.per_us)); }
  void operator()(const TimestampLiteral& node) const { head(fmt::format("timestamp {} us", node.us)); }
  void operator()(const StringLiteral& node) const { head("string " + quotedText(node.value)); }
  void operator()(const BoolLiteral& node) const { head(node.value ? "true" : "false"); }
  void operator()(const NullLiteral&) const { head("null"); }
  void operator()(const FString& node) const {
    head("f-string");
    const Dumper::Inside inside(to);
    for (const FStringPart& part : node.parts) {
      if (part.expr) {
        to.expr("value", part.expr);
      } else {
        to.line("text", quotedText(part.text), part.span);
      }
    }
  }
  void operator()(const NameRef& node) const { head("name " + node.name.text); }
  void operator()(const ThisRef&) const { head("this"); }
  void operator()(const ListExpr& node) const {
    head("list");
    const Dumper::Inside inside(to);
    to.exprs("", node.items);
  }
  void operator()(const RecordExpr& node) const {
    head("record");
    const Dumper::Inside inside(to);
    to.recordItems(node);
  }
  void operator()(const FieldExpr& node) const {
    head((node.is_optional ? "field? " : "field ") + node.name.text);
    const Dumper::Inside inside(to);
    to.expr("of", node.base);
  }
  void operator()(const IndexExpr& node) const {
    head("index");
    const Dumper::Inside inside(to);
    to.expr("of", node.base);
    to.expr("at", node.index);
  }
  void operator()(const LambdaExpr& node) const {
    head("lambda");
    const Dumper::Inside inside(to);
    for (const Name& param : node.params) to.name("param", param);
    to.expr("body", node.body);
  }
  void operator()(const CallExpr& node) const {
    head("call");
    const Dumper::Inside inside(to);
    to.expr("callee", node.callee);
    to.args(node.args);
  }
  void operator()(const NonNullExpr& node) const {
    head("non-null");
    const Dumper::Inside inside(to);
    to.expr("", node.operand);
  }
  void operator()(const UnaryExpr& node) const {
    head(node.op == UnaryOp::kNot ? "not" : "negate");
    const Dumper::Inside inside(to);
    to.expr("", node.operand);
  }
  void operator()(const BinaryExpr& node) const {
    head(fmt::format("binary {}", spelling(node.op)));
    const Dumper::Inside inside(to);
    to.expr("", node.lhs);
    to.expr("", node.rhs);
  }
  void operator()(const IsExpr& node) const {
    head(fmt::format("is{} {}", node.is_negated ? " not" : "", node.variant ? node.variant->text : "null"));
    const Dumper::Inside inside(to);
    to.expr("", node.operand);
  }
  void operator()(const CatchExpr& node) const {
    head("catch");
    const Dumper::Inside inside(to);
    to.expr("value", node.value);
    to.expr("fallback", node.fallback);
  }
  void operator()(const IfExpr& node) const {
    head("if");
    const Dumper::Inside inside(to);
    to.expr("condition", node.condition);
    to.expr("then", node.then_value);
    to.expr("else", node.else_value);
  }
  void operator()(const MatchExpr& node) const {
    head("match");
    const Dumper::Inside inside(to);
    to.expr("subject", node.subject);
    for (const MatchArm& arm : node.arms) {
      to.casePattern(arm.pattern);
      const Dumper::Inside inside_arm(to);
      to.expr("", arm.value);
    }
  }
};

void Dumper::expr(std::string_view role, const ExprPtr& expr) {
  if (expr) std::visit(ExprDumper{*this, role, expr->span}, expr->node);
}

void Dumper::exprs(std::string_view role, const std::vector<ExprPtr>& exprs) {
  for (const ExprPtr& item : exprs) expr(role, item);
}

void Dumper::record(std::string_view role, const RecordExpr& record, Span span) {
  line(role, "record", span);
  const Inside inside(*this);
  recordItems(record);
}

void Dumper::recordItems(const RecordExpr& record) {
  for (const RecordItem& item : record.items) {
    switch (item.kind) {
      case RecordItem::Kind::kField:
        expr(item.path.str(), item.value);
        break;
      case RecordItem::Kind::kShorthand:
        line("", "shorthand " + item.path.str(), item.span);
        break;
      case RecordItem::Kind::kSpread:
        expr("...", item.value);
        break;
    }
  }
}

void Dumper::args(const std::vector<Arg>& args) {
  for (const Arg& arg : args) expr(arg.label ? arg.label->text : "arg", arg.value);
}

void Dumper::casePattern(const Case& pattern) {
  switch (pattern.kind) {
    case Case::Kind::kWildcard:
      line("case", "_", pattern.span);
      break;
    case Case::Kind::kLiteral:
      expr("case", pattern.literal);
      break;
    case Case::Kind::kVariant:
      line("case", pattern.binding ? pattern.name.text + " " + pattern.binding->text : pattern.name.text, pattern.span);
      break;
  }
}

void Dumper::type(std::string_view role, const TypePtr& type) {
  if (!type) return;
  const std::string_view optional = type->isOptional() ? "?" : "";
  if (const NamedType* named = type->as<NamedType>()) {
    std::string sizes;
    for (const ExprPtr& size : named->sizes) {
      const IntLiteral* value = size->as<IntLiteral>();
      sizes += (sizes.empty() ? "(" : ", ") + (value ? decimal(value->value) : std::string("error"));
    }
    line(role, fmt::format("type {}{}{}{}", named->path.str(), sizes, sizes.empty() ? "" : ")", optional), type->span);
    const Inside inside(*this);
    for (const TypePtr& arg : named->args) this->type("", arg);
  } else if (const RecordType* record = type->as<RecordType>()) {
    line(role, fmt::format("type record{}", optional), type->span);
    const Inside inside(*this);
    for (const TypeField& field : record->fields) {
      if (field.kind == TypeField::Kind::kRest) {
        line("", fmt::format("rest{}{}", field.name ? " " : "", field.name ? field.name->text : ""), field.span);
        continue;
      }
      this->type(field.name->text, field.type);
      const Inside inside_field(*this);
      expr("default", field.default_value);
    }
  } else {
    line(role, "type error", type->span);
  }
}

void Dumper::streamType(std::string_view role, const StreamType& type) {
  line(role, type.is_table ? "table" : "stream", type.span);
  const Inside inside(*this);
  this->type("row", type.row);
  for (const Facet& facet : type.facets) {
    std::string text = facet.kind == Facet::Kind::kTime ? "time" : facet.kind == Facet::Kind::kBy ? "by" : "key";
    for (const Name& name : facet.names) text += " " + name.text;
    line("facet", text, facet.span);
  }
}

void Dumper::params(const std::vector<Param>& params) {
  for (const Param& param : params) {
    name("param", param.name);
    const Inside inside(*this);
    if (const auto* plain = std::get_if<TypePtr>(&param.type)) {
      type("", *plain);
    } else {
      streamType("", std::get<StreamType>(param.type));
    }
    expr("default", param.default_value);
  }
}

std::string dumpAst(const Module& module, const SourceFile& file) {
  Dumper dumper(file);
  dumper.decls(module.decls);
  return dumper.take();
}

}  // namespace streamc::ast
