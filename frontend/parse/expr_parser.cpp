// Expressions, lowest precedence first; see parser.h for how errors work.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "frontend/lex/lexer.h"
#include "frontend/parse/keywords.h"
#include "frontend/parse/parser.h"

namespace streamc::parse {

STREAMC_DIAGNOSTIC(kForeignOperator, "E0105", Severity::kError, "an operator as it is spelled in another language");
STREAMC_DIAGNOSTIC(kComparisonChain, "E0122", Severity::kError, "comparisons do not chain");

using ast::BinaryOp;
using ast::Expr;
using ast::ExprPtr;

namespace {

std::uint32_t depthOf(const ExprPtr& expr) { return expr ? expr->depth : 0; }

// Depth of the deepest child of a node.
struct ChildDepth {
  std::uint32_t depth = 0;

  void see(const ExprPtr& child) { depth = std::max(depth, depthOf(child)); }
  void see(const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) see(child);
  }

  template <typename T>
  void operator()(const T&) {}
  void operator()(const ast::FString& node) {
    for (const auto& part : node.parts) see(part.expr);
  }
  void operator()(const ast::ListExpr& node) { see(node.items); }
  void operator()(const ast::RecordExpr& node) {
    for (const auto& item : node.items) see(item.value);
  }
  void operator()(const ast::FieldExpr& node) { see(node.base); }
  void operator()(const ast::IndexExpr& node) { see(node.base), see(node.index); }
  void operator()(const ast::LambdaExpr& node) { see(node.body); }
  void operator()(const ast::CallExpr& node) {
    see(node.callee);
    for (const auto& arg : node.args) see(arg.value);
  }
  void operator()(const ast::NonNullExpr& node) { see(node.operand); }
  void operator()(const ast::UnaryExpr& node) { see(node.operand); }
  void operator()(const ast::BinaryExpr& node) { see(node.lhs), see(node.rhs); }
  void operator()(const ast::IsExpr& node) { see(node.operand); }
  void operator()(const ast::CatchExpr& node) { see(node.value), see(node.fallback); }
  void operator()(const ast::IfExpr& node) { see(node.condition), see(node.then_value), see(node.else_value); }
  void operator()(const ast::MatchExpr& node) {
    see(node.subject);
    for (const auto& arm : node.arms) see(arm.value), see(arm.pattern.literal);
  }
};

}  // namespace

ExprPtr Parser::make(std::uint32_t begin, Expr::Node node) {
  auto expr = std::make_unique<Expr>();
  expr->span = spanFrom(begin);
  ChildDepth children;
  std::visit(children, node);
  if (children.depth >= ast::kMaxExprDepth) {
    tooDeep();
    node = ast::ErrorExpr{};
    children.depth = 0;
  }
  expr->depth = children.depth + 1;
  expr->node = std::move(node);
  expr->id = next_expr_++;
  return expr;
}

ExprPtr Parser::errorExpr() { return make(begin(), ast::ErrorExpr{}); }

ExprPtr Parser::makeBinary(BinaryOp op, Span op_span, ExprPtr lhs, ExprPtr rhs) {
  const std::uint32_t begin = lhs->span.begin;
  return make(begin, ast::BinaryExpr{op, op_span, std::move(lhs), std::move(rhs)});
}

// expr : if_expr | match_expr | or_expr ["catch" expr]
ExprPtr Parser::parseExpr() {
  const Nesting nesting(*this);
  if (!nesting.ok()) return errorExpr();
  if (atWord("if")) return parseIfExpr();
  if (atWord("match")) return parseMatchExpr();
  const std::uint32_t begin = this->begin();
  ExprPtr value = parseOr();
  if (!takeWord("catch")) return value;
  ExprPtr fallback = parseExpr();
  return make(begin, ast::CatchExpr{std::move(value), std::move(fallback)});
}

ExprPtr Parser::parseIfExpr() {
  const std::uint32_t begin = this->begin();
  advance();
  ast::IfExpr node;
  node.condition = parseExpr();
  if (at(TokenKind::kLeftBrace)) {
    fail(Diagnostic(kSyntax, currentSpan(), "an `if` that gives a value has no braces")
             .note("it is written: if condition then value else value"));
  }
  expectWord("then", "after the condition");
  node.then_value = parseExpr();
  if (!failed_ && !atWord("else")) {
    fail(Diagnostic(kSyntax, spanFrom(begin), "this `if` has no `else`")
             .label("what is its value when the condition is false?")
             .fix(Fix::insertAfter(spanFrom(begin), " else …", "say it", Applicability::kHasPlaceholders)));
  }
  takeWord("else");
  node.else_value = parseExpr();
  return make(begin, std::move(node));
}

ExprPtr Parser::parseMatchExpr() {
  const std::uint32_t begin = this->begin();
  advance();
  ast::MatchExpr node;
  node.subject = parseExpr();
  if (!openBracket(TokenKind::kLeftBrace, "and the cases after what is matched")) return make(begin, std::move(node));
  do {
    ast::MatchArm arm;
    const std::uint32_t arm_begin = this->begin();
    arm.pattern = parseCase();
    expect(TokenKind::kFatArrow, "after the case");
    arm.value = parseExpr();
    arm.span = spanFrom(arm_begin);
    node.arms.push_back(std::move(arm));
  } while (take(TokenKind::kComma) && !at(TokenKind::kRightBrace));
  closeBracket(TokenKind::kRightBrace, "a case");
  return make(begin, std::move(node));
}

// case : NAME [NAME] | literal | "_"
ast::Case Parser::parseCase() {
  ast::Case out;
  const std::uint32_t begin = this->begin();
  if (takeWord("_")) {
    out.kind = ast::Case::Kind::kWildcard;
  } else if (atLiteral()) {
    out.kind = ast::Case::Kind::kLiteral;
    out.literal = parseLiteral();
  } else {
    out.kind = ast::Case::Kind::kVariant;
    out.name = expectName("a case: a variant, a literal or `_`");
    if (at(TokenKind::kName)) out.binding = takeName();
    if (at(TokenKind::kLeftParen)) {
      fail(Diagnostic(kSyntax, currentSpan(), "the payload of a variant is named without parentheses")
               .note("it is written: created c => …"));
    }
  }
  out.span = spanFrom(begin);
  return out;
}

// AND, OR as in SQL: behind an operand, before another one, and not where the next flow could begin.
bool Parser::isCapitalOperator(std::string_view lowered) const {
  if (capitalsAsLower() != lowered || !startsOperand(peek(1))) return false;
  return !current().after_break || indentOf(current()) > decl_indent_;
}

ExprPtr Parser::parseOr() {
  ExprPtr lhs = parseAnd();
  for (;;) {
    const Span op = currentSpan();
    if (at(TokenKind::kPipes) && isStepWord(peek(1))) return lhs;  // one `|` was meant; takePipe says so
    if (at(TokenKind::kPipes) || isCapitalOperator("or")) {
      complain(Diagnostic(kForeignOperator, op, fmt::format("`{}` is written `or`", stream_.text(current())))
                   .fix(Fix::replace(op, "or", "write", Applicability::kMachineApplicable)));
      advance();
    } else if (!takeWord("or")) {
      return lhs;
    }
    lhs = makeBinary(BinaryOp::kOr, op, std::move(lhs), parseAnd());
  }
}

ExprPtr Parser::parseAnd() {
  ExprPtr lhs = parseNot();
  for (;;) {
    const Span op = currentSpan();
    if (at(TokenKind::kAmpersands) || isCapitalOperator("and")) {
      complain(Diagnostic(kForeignOperator, op, fmt::format("`{}` is written `and`", stream_.text(current())))
                   .fix(Fix::replace(op, "and", "write", Applicability::kMachineApplicable)));
      advance();
    } else if (!takeWord("and")) {
      return lhs;
    }
    lhs = makeBinary(BinaryOp::kAnd, op, std::move(lhs), parseNot());
  }
}

ExprPtr Parser::parseNot() {
  const Span op = currentSpan();
  if (at(TokenKind::kBang) ||
      (capitalsAsLower() == "not" && peek(1).kind == TokenKind::kName && startsOperand(peek(1)))) {
    complain(Diagnostic(kForeignOperator, op, fmt::format("`{}` is written `not`", stream_.text(current())))
                 .fix(Fix::replace(op, "not ", "write", Applicability::kMachineApplicable)));
    advance();
  } else if (!takeWord("not")) {
    return parseComparison();
  }
  const Nesting nesting(*this);
  ExprPtr operand = nesting.ok() ? parseNot() : errorExpr();
  return make(op.begin, ast::UnaryExpr{ast::UnaryOp::kNot, op, std::move(operand)});
}

namespace {

struct ComparisonMark {
  TokenKind kind;
  BinaryOp op;
};
constexpr std::array<ComparisonMark, 6> kComparisonMarks = {{{TokenKind::kEqual, BinaryOp::kEq},
                                                             {TokenKind::kNotEqual, BinaryOp::kNe},
                                                             {TokenKind::kLess, BinaryOp::kLt},
                                                             {TokenKind::kLessEqual, BinaryOp::kLe},
                                                             {TokenKind::kGreater, BinaryOp::kGt},
                                                             {TokenKind::kGreaterEqual, BinaryOp::kGe}}};

}  // namespace

// Takes a comparison operator, also in the spellings of other languages.
std::optional<BinaryOp> Parser::takeComparison(Span& op_span) {
  op_span = currentSpan();
  const auto foreign = [&](BinaryOp op, int tokens) {
    for (int i = 0; i < tokens; ++i) advance();
    op_span = spanFrom(op_span.begin);
    complain(
        Diagnostic(kForeignOperator, op_span,
                   fmt::format("`{}` is written `{}`", stream_.file->text(op_span), spelling(op)))
            .fix(Fix::replace(op_span, std::string(spelling(op)), "compare with", Applicability::kMachineApplicable)));
    return op;
  };
  const Token& next = peek(1);
  const bool adjacent = next.begin == current().end;
  if (at(TokenKind::kAssign)) return foreign(BinaryOp::kEq, 1);
  if (at(TokenKind::kLess) && adjacent && next.kind == TokenKind::kGreater) return foreign(BinaryOp::kNe, 2);
  if (at(TokenKind::kEqual) && adjacent && next.kind == TokenKind::kAssign) return foreign(BinaryOp::kEq, 2);
  if (at(TokenKind::kNotEqual) && adjacent && next.kind == TokenKind::kAssign) return foreign(BinaryOp::kNe, 2);
  for (const auto& [kind, op] : kComparisonMarks) {
    if (take(kind)) return op;
  }
  if (takeWord("in")) return BinaryOp::kIn;
  if (takeWord("not")) {
    expectWord("in", "after `not`");
    op_span = spanFrom(op_span.begin);
    return BinaryOp::kNotIn;
  }
  return std::nullopt;
}

// cmp_expr : coal_expr [cmp_op coal_expr | ["not"] "in" coal_expr | "is" ["not"] (NAME | "null")]
ExprPtr Parser::parseComparison() {
  ExprPtr lhs = parseCoalesce();
  if (failed_) return lhs;
  if (atWord("is")) {
    lhs = parseIs(std::move(lhs));
  } else {
    complainForeignAfterOperand();
    Span op_span;
    const std::optional<BinaryOp> op = takeComparison(op_span);
    if (!op) return lhs;
    lhs = makeBinary(*op, op_span, std::move(lhs), parseCoalesce());
    if (at(TokenKind::kQuestion)) complainForeignAfterOperand();
  }
  // A second comparison is one mistake, however long the chain.
  for (bool reported = false; !failed_; reported = true) {
    Span again = currentSpan();
    if (takeWord("is")) {
      takeWord("not");
      if (at(TokenKind::kName)) advance();
    } else if (takeComparison(again)) {
      parseCoalesce();
    } else {
      break;
    }
    if (reported) continue;
    complain(Diagnostic(kComparisonChain, again, "comparisons do not chain")
                 .because(lhs->span, "this is a bool already")
                 .fix(Fix::advice("join two comparisons with `and`: a < b and b < c")));
  }
  return lhs;
}

ExprPtr Parser::parseIs(ExprPtr operand) {
  const std::uint32_t begin = operand->span.begin;
  advance();
  ast::IsExpr node;
  node.operand = std::move(operand);
  node.is_negated = takeWord("not");
  node.variant_span = currentSpan();
  if (!takeWord("null")) node.variant = expectName("a variant or `null` after `is`");
  return make(begin, std::move(node));
}

// Things that other languages write after an operand.
void Parser::complainForeignAfterOperand() {
  const Span here = currentSpan();
  const std::string lowered = capitalsAsLower();
  const std::string_view spelled = lowered.empty() ? word() : std::string_view(lowered);
  // A word in small letters may also be the stream that the next flow begins with.
  const bool begins_flow = lowered.empty() && (current().after_break || peek(1).kind == TokenKind::kLeftParen);
  if (!startsOperand(peek(1)) || begins_flow) return;
  if (spelled == "like" || spelled == "ilike" || spelled == "rlike" || spelled == "regexp") {
    fail(Diagnostic(kForeignOperator, here, fmt::format("there is no operator `{}`", stream_.text(current())))
             .fix(Fix::advice("text is searched with functions: name.contains(\"x\"), name.starts_with(\"x\"), "
                              "name.matches(r\"x.*\")")));
  } else if (spelled == "between") {
    fail(Diagnostic(kForeignOperator, here, "there is no operator `between`")
             .fix(Fix::advice("write two comparisons: x >= a and x <= b")));
  } else if (lowered == "in" || lowered == "is" || lowered == "not") {
    fail(Diagnostic(kForeignOperator, here, fmt::format("`{}` is written `{}`", stream_.text(current()), lowered))
             .fix(Fix::replace(here, lowered, "write", Applicability::kMachineApplicable)));
  } else if (at(TokenKind::kQuestion)) {
    fail(Diagnostic(kForeignOperator, here, "a choice between two values is not written with `?`")
             .fix(Fix::advice("write if condition then value else value")));
  }
}

ExprPtr Parser::parseCoalesce() {
  ExprPtr lhs = parseSum();
  const Span op = currentSpan();
  if (!take(TokenKind::kQuestionQuestion)) return lhs;
  const Nesting nesting(*this);
  ExprPtr rhs = nesting.ok() ? parseCoalesce() : errorExpr();
  return makeBinary(BinaryOp::kCoalesce, op, std::move(lhs), std::move(rhs));
}

ExprPtr Parser::parseSum() {
  ExprPtr lhs = parseProduct();
  for (;;) {
    const Span op = currentSpan();
    if (take(TokenKind::kPlus)) {
      lhs = makeBinary(BinaryOp::kAdd, op, std::move(lhs), parseProduct());
    } else if (take(TokenKind::kMinus)) {
      lhs = makeBinary(BinaryOp::kSub, op, std::move(lhs), parseProduct());
    } else {
      return lhs;
    }
  }
}

ExprPtr Parser::parseProduct() {
  ExprPtr lhs = parseUnary();
  for (;;) {
    const Span op = currentSpan();
    const std::optional<BinaryOp> kind = take(TokenKind::kStar)      ? std::optional(BinaryOp::kMul)
                                         : take(TokenKind::kSlash)   ? std::optional(BinaryOp::kDivide)
                                         : take(TokenKind::kPercent) ? std::optional(BinaryOp::kRemainder)
                                         : takeWord("div")           ? std::optional(BinaryOp::kDiv)
                                         : takeWord("mod")           ? std::optional(BinaryOp::kMod)
                                                                     : std::nullopt;
    if (!kind) return lhs;
    if (*kind == BinaryOp::kMul && at(TokenKind::kStar)) {
      fail(Diagnostic(kForeignOperator, op.to(currentSpan()), "there is no operator `**`")
               .fix(Fix::advice("powers are a function: pow(x, n)")));
    }
    lhs = makeBinary(*kind, op, std::move(lhs), parseUnary());
  }
}

ExprPtr Parser::parseUnary() {
  const Span op = currentSpan();
  if (!take(TokenKind::kMinus)) return parsePostfix();
  const Nesting nesting(*this);
  ExprPtr operand = nesting.ok() ? parseUnary() : errorExpr();
  return make(op.begin, ast::UnaryExpr{ast::UnaryOp::kNegate, op, std::move(operand)});
}

ExprPtr Parser::parsePostfix() {
  const std::uint32_t begin = this->begin();
  ExprPtr base = parsePrimary();
  for (;;) {
    if (parsePostfixTail(begin, base)) continue;
    if (!take(TokenKind::kBang)) return base;
    base = make(begin, ast::NonNullExpr{std::move(base)});
  }
}

bool Parser::parsePostfixTail(std::uint32_t begin, ExprPtr& base) {
  if (at(TokenKind::kDot) || at(TokenKind::kQuestionDot)) {
    ast::FieldExpr node;
    node.is_optional = at(TokenKind::kQuestionDot);
    advance();
    node.base = std::move(base);
    node.name = expectName("the name of a field or function after the point");
    base = make(begin, std::move(node));
  } else if (at(TokenKind::kLeftBracket)) {
    openBracket(TokenKind::kLeftBracket, "");
    ast::IndexExpr node;
    node.base = std::move(base);
    node.index = parseExpr();
    closeBracket(TokenKind::kRightBracket, "");
    base = make(begin, std::move(node));
  } else if (at(TokenKind::kLeftParen)) {
    ast::CallExpr node;
    const std::uint32_t args_begin = this->begin();
    node.callee = std::move(base);
    node.args = parseArgs();
    node.args_span = spanFrom(args_begin);
    base = make(begin, std::move(node));
  } else {
    return false;
  }
  return true;
}

// ---------- primaries ----------

bool Parser::atLiteral() const {
  switch (current().kind) {
    case TokenKind::kInt:
    case TokenKind::kFloat:
    case TokenKind::kDuration:
    case TokenKind::kSize:
    case TokenKind::kRate:
    case TokenKind::kTimestamp:
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kBlockString:
    case TokenKind::kFStringBegin:
      return true;
    default:
      return atWord("true") || atWord("false") || atWord("null");
  }
}

// Could an operand begin with this token?
bool Parser::startsOperand(const Token& token) const {
  switch (token.kind) {
    case TokenKind::kName:
      return !isOneOf(kContinuationWords, token.is_quoted ? "" : stream_.text(token)) || isWord(token, "not") ||
             isWord(token, "if") || isWord(token, "match");
    case TokenKind::kError:
    case TokenKind::kInt:
    case TokenKind::kFloat:
    case TokenKind::kDuration:
    case TokenKind::kSize:
    case TokenKind::kRate:
    case TokenKind::kTimestamp:
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kBlockString:
    case TokenKind::kFStringBegin:
    case TokenKind::kMinus:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
      return true;
    default:
      return false;
  }
}

ExprPtr Parser::parsePrimary() {
  switch (current().kind) {
    case TokenKind::kName:
      if (beginsNextDeclaration()) break;
      return atLiteral() ? parseLiteral() : parseNameOrWord();
    case TokenKind::kLeftParen:
      return parseParenthesized();
    case TokenKind::kLeftBracket:
      return parseList();
    case TokenKind::kLeftBrace: {
      const std::uint32_t begin = this->begin();
      ast::RecordExpr record = parseRecord("");
      return make(begin, std::move(record));
    }
    case TokenKind::kError: {
      const std::uint32_t begin = this->begin();
      advance();
      return make(begin, ast::ErrorExpr{});
    }
    default:
      break;
  }
  if (atLiteral()) return parseLiteral();
  failExpected("a value");
  return errorExpr();
}

// `source b: …` on the line below an expression that was forgotten. Two names and `:` or `=` fit nowhere else.
bool Parser::beginsNextDeclaration() const {
  if (failed_ || !current().after_break || !open_.empty() || !looksLikeDeclaration(at_)) return false;
  const TokenKind third = peek(2).kind;
  return third == TokenKind::kColon || third == TokenKind::kAssign;
}

// A name. `if`, `match` and `not` are names here too (the grammar has them only at the start of an expression), but
// when an operand follows, the operator was meant.
ExprPtr Parser::parseNameOrWord() {
  const std::uint32_t begin = this->begin();
  const bool is_operand = isWord(peek(1), "not") && isWord(peek(2), "in");  // `if not in list`
  const bool is_operator = !is_operand && (atWord("if") || atWord("match") || atWord("not"));
  const TokenKind next = peek(1).kind;
  if (is_operator && next != TokenKind::kLeftParen && next != TokenKind::kLeftBracket && next != TokenKind::kMinus &&
      next != TokenKind::kLeftBrace && startsOperand(peek(1))) {
    fail(Diagnostic(kSyntax, currentSpan(), fmt::format("`{}` inside an expression needs parentheses", word()))
             .label("put the whole of it in ( )"));
    return errorExpr();
  }
  if (takeWord("this")) return make(begin, ast::ThisRef{});
  ast::Name name = takeName();
  return make(begin, ast::NameRef{std::move(name)});
}

ExprPtr Parser::parseParenthesized() {
  const std::uint32_t begin = this->begin();
  openBracket(TokenKind::kLeftParen, "");
  ExprPtr inner = parseExpr();
  closeBracket(TokenKind::kRightParen, "");
  inner->span = spanFrom(begin);
  inner->is_parenthesized = true;
  return inner;
}

// REQUIRES: atLiteral().
ExprPtr Parser::parseLiteral() {
  const std::uint32_t begin = this->begin();
  const Token token = current();
  if (token.kind == TokenKind::kFStringBegin) return parseFString();
  advance();
  const std::string_view text = stream_.text(token);
  switch (token.kind) {
    case TokenKind::kInt:
      return make(begin, ast::IntLiteral{stream_.number(token).value, std::string(text)});
    case TokenKind::kDuration: {
      if (stream_.number(token).ns_rest != 0) {
        complain(Diagnostic(lex::kBadValue, stream_.span(token),
                            fmt::format("`{}` is not a whole number of microseconds", text))
                     .note("time is counted in microseconds here"));
      }
      return make(begin, ast::DurationLiteral{stream_.number(token).us, 0, std::string(text)});
    }
    case TokenKind::kTimestamp:
      return make(begin, ast::TimestampLiteral{stream_.number(token).us, std::string(text)});
    case TokenKind::kSize: {
      const auto bytes = static_cast<std::uint64_t>(stream_.number(token).value);
      return make(begin, ast::SizeLiteral{bytes, std::string(text)});
    }
    case TokenKind::kRate: {
      const lex::NumberValue& rate = stream_.number(token);
      return make(begin, ast::RateLiteral{static_cast<std::uint64_t>(rate.value), rate.per_us, std::string(text)});
    }
    case TokenKind::kFloat: {
      std::string digits(text);
      std::erase(digits, '_');
      return make(begin, ast::FloatLiteral{std::move(digits)});
    }
    case TokenKind::kName:
      if (text == "null") return make(begin, ast::NullLiteral{});
      return make(begin, ast::BoolLiteral{text == "true"});
    default:
      break;
  }
  using Form = ast::StringLiteral::Form;
  const Form form = token.kind == TokenKind::kRawString     ? Form::kRaw
                    : token.kind == TokenKind::kBlockString ? Form::kBlock
                                                            : Form::kPlain;
  return make(begin, ast::StringLiteral{stream_.string(token), form});
}

ExprPtr Parser::parseFString() {
  const std::uint32_t begin = this->begin();
  ast::FString node;
  openBracket(TokenKind::kFStringBegin, "");
  while (!at(TokenKind::kFStringEnd) && !failed_) {
    ast::FStringPart part;
    if (at(TokenKind::kFStringText)) {
      part.span = currentSpan();
      part.text = stream_.string(current());
      advance();
    } else {
      const std::size_t open_before = open_.size();
      const std::size_t began_at = at_;
      openBracket(TokenKind::kFStringOpen, "");
      part.expr = parseExpr();
      part.span = part.expr->span;
      closeBracket(TokenKind::kFStringClose, "");
      if (failed_) recoverItem(open_before, began_at);
    }
    node.parts.push_back(std::move(part));
  }
  closeBracket(TokenKind::kFStringEnd, "");
  return make(begin, std::move(node));
}

ExprPtr Parser::parseList() {
  const std::uint32_t begin = this->begin();
  ast::ListExpr node;
  openBracket(TokenKind::kLeftBracket, "");
  commaList(TokenKind::kRightBracket, "an item of the list", [&] { node.items.push_back(parseExpr()); });
  return make(begin, std::move(node));
}

// record : "{" [item ("," item)* [","]] "}"
ast::RecordExpr Parser::parseRecord(std::string_view where) {
  ast::RecordExpr node;
  const Nesting nesting(*this);
  if (!nesting.ok() || !openBracket(TokenKind::kLeftBrace, where)) return node;
  commaList(TokenKind::kRightBrace, "a field", [&] { node.items.push_back(parseRecordItem()); });
  return node;
}

// At the `=` of `name = value`, where it should be `name: value`.
void Parser::complainAssignForColon(std::string message, bool in_call) {
  const Span with_blank = {currentSpan().file, previous_.end, currentSpan().end};
  Diagnostic assign(kForeignOperator, currentSpan(), std::move(message));
  assign.fix(Fix::replace(with_blank, ":", "write", Applicability::kMachineApplicable));
  if (in_call) assign.fix(Fix::replace(currentSpan(), "==", "if this is a comparison"));
  complain(std::move(assign));
}

ast::RecordItem Parser::parseRecordItem() {
  ast::RecordItem item;
  const std::uint32_t begin = this->begin();
  if (take(TokenKind::kEllipsis)) {
    item.kind = ast::RecordItem::Kind::kSpread;
    item.value = parsePostfix();
  } else if (at(TokenKind::kName) && (peek(1).kind == TokenKind::kColon || peek(1).kind == TokenKind::kAssign)) {
    ast::Name name = takeName();
    item.path = {name.span, {std::move(name)}};
    if (at(TokenKind::kAssign)) complainAssignForColon("a field is given its value with `:`", false);
    advance();
    item.value = parseExpr();
  } else {
    item.kind = ast::RecordItem::Kind::kShorthand;
    item.path = parsePath("a field: `name: value`, or the name of a field that is there already");
    const bool ends = at(TokenKind::kComma) || at(TokenKind::kRightBrace) || atEnd();
    if (!failed_ && !ends && !current().after_break && !at(TokenKind::kName)) {
      fail(Diagnostic(kSyntax, spanFrom(begin), "a computed field needs a name")
               .fix(Fix::insertBefore(spanFrom(begin), "name: ", "name it", Applicability::kHasPlaceholders)));
    }
  }
  item.span = spanFrom(begin);
  return item;
}

// args : "(" [arg ("," arg)* [","]] ")"
std::vector<ast::Arg> Parser::parseArgs() {
  std::vector<ast::Arg> args;
  const Nesting nesting(*this);
  if (!nesting.ok() || !openBracket(TokenKind::kLeftParen, "")) return args;
  commaList(TokenKind::kRightParen, "an argument", [&] { args.push_back(parseArg()); });
  return args;
}

// arg : NAME ":" expr | "null" ":" expr | NAME "=>" expr | "fn" "(" NAME ("," NAME)+ ")" "=>" expr | expr
ast::Arg Parser::parseArg() {
  ast::Arg arg;
  const std::uint32_t begin = this->begin();
  const TokenKind next = peek(1).kind;
  const bool is_name = at(TokenKind::kName) && !atWord("fn") && !isOneOf(kExpressionWords, word());
  const bool is_null_label = atWord("null") && next == TokenKind::kColon;  // csv(null: "NA")
  if ((is_name || is_null_label) && (next == TokenKind::kColon || next == TokenKind::kAssign)) {
    arg.label = takeName();
    if (at(TokenKind::kAssign)) complainAssignForColon("an argument is named with `:`", true);
    advance();
    arg.value = parseExpr();
  } else if (is_name && (next == TokenKind::kFatArrow || next == TokenKind::kArrow)) {
    ast::LambdaExpr lambda;
    lambda.params.push_back(takeName());
    if (at(TokenKind::kArrow)) {
      complain(Diagnostic(kForeignOperator, currentSpan(), "the arrow of a function is `=>`")
                   .fix(Fix::replace(currentSpan(), "=>", "write", Applicability::kMachineApplicable)));
    }
    advance();
    lambda.body = parseExpr();
    arg.value = make(begin, std::move(lambda));
  } else {
    arg.value = atWord("fn") ? parseFnLambda() : parseExpr();
  }
  arg.span = spanFrom(begin);
  return arg;
}

ExprPtr Parser::parseFnLambda() {
  const std::uint32_t begin = this->begin();
  advance();
  ast::LambdaExpr lambda;
  if (!openBracket(TokenKind::kLeftParen, "and the parameters after `fn`")) return make(begin, std::move(lambda));
  plainList([&] { lambda.params.push_back(expectName("a parameter")); });
  closeBracket(TokenKind::kRightParen, "a parameter");
  if (!failed_ && lambda.params.size() == 1) {
    complain(Diagnostic(kSyntax, spanFrom(begin), "a function of one argument is written without `fn` and parentheses")
                 .fix(Fix::replace(spanFrom(begin), lambda.params.front().text, "write",
                                   Applicability::kMachineApplicable)));
  }
  expect(TokenKind::kFatArrow, "after the parameters");
  lambda.body = parseExpr();
  return make(begin, std::move(lambda));
}

// ---------- names ----------

ast::Path Parser::parsePath(std::string_view what) {
  ast::Path path;
  const std::uint32_t begin = this->begin();
  path.names.push_back(expectName(what));
  while (take(TokenKind::kDot)) path.names.push_back(expectName("a name after the point"));
  path.span = spanFrom(begin);
  return path;
}

std::vector<ast::Path> Parser::parseFields(std::string_view what) {
  std::vector<ast::Path> fields;
  plainList([&] { fields.push_back(parsePath(what)); });
  return fields;
}

// STRING in the grammar: plain or block.
ast::StringLiteral Parser::expectString(std::string_view what, Span& span) {
  ast::StringLiteral out;
  span = currentSpan();
  if (at(TokenKind::kString) || at(TokenKind::kBlockString)) {
    out.form = at(TokenKind::kString) ? ast::StringLiteral::Form::kPlain : ast::StringLiteral::Form::kBlock;
    out.value = stream_.string(current());
    advance();
  } else if (at(TokenKind::kRawString) || at(TokenKind::kFStringBegin)) {
    fail(Diagnostic(kSyntax, span, fmt::format("expected {}", what)).label("this has to be a plain string"));
  } else {
    failExpected(what);
  }
  return out;
}

ExprPtr Parser::expectInt(std::string_view what) {
  if (at(TokenKind::kInt)) return parseLiteral();
  failExpected(what);
  return errorExpr();
}

}  // namespace streamc::parse
