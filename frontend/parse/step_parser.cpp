// Pipelines: origins, the table of steps, and the clauses that steps share; see parser.h for how errors work.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "dsl/suggest.h"
#include "frontend/parse/keywords.h"
#include "frontend/parse/parser.h"
#include "frontend/parse/step_rule.h"
#include "frontend/parse/synonyms.h"

namespace streamc::parse {

STREAMC_DIAGNOSTIC(kMissingPipe, "E0102", Severity::kError, "a step needs `|` in front of it");
STREAMC_DIAGNOSTIC(kUnknownStep, "E0104", Severity::kError, "there is no step or pipe of that name");
STREAMC_DIAGNOSTIC(kSqlWord, "E0106", Severity::kError, "a word of SQL that is something else here");

// ---------- pipelines ----------

// pipeline : origin ("|" step)*
ast::PipelinePtr Parser::parsePipeline() {
  auto pipeline = std::make_unique<ast::Pipeline>();
  const std::uint32_t begin = this->begin();
  const Nesting nesting(*this);
  if (!failed_ && nesting.ok()) {
    const std::size_t open_before = open_.size();
    const std::size_t began_at = at_;
    pipeline->origin = parseOrigin();
    if (failed_) recoverStep(open_before, began_at);
    while (takePipe()) pipeline->steps.push_back(parseStep());
  }
  pipeline->span = spanFrom(begin);
  return pipeline;
}

// A step word where a `|` should be, and not the name of a stream with which a new flow begins.
bool Parser::missesPipe() const {
  if (failed_ || findStepRule(word()) == nullptr) return false;
  const TokenKind next = peek(1).kind;
  return next != TokenKind::kPipe && next != TokenKind::kDot && next != TokenKind::kLeftParen &&
         next != TokenKind::kError;
}

bool Parser::takePipe() {
  if (take(TokenKind::kPipe)) return true;
  if (at(TokenKind::kPipes)) {
    complain(Diagnostic(kSyntax, currentSpan(), "one `|` is enough between steps")
                 .fix(Fix::replace(currentSpan(), "|", "write", Applicability::kMachineApplicable)));
    return advance();
  }
  if (!missesPipe()) return false;
  // `name to …` may as well be a declaration that lost its `sink`.
  auto how_sure = word() == "to" ? Applicability::kMaybeIncorrect : Applicability::kMachineApplicable;
  complain(
      Diagnostic(kMissingPipe, currentSpan(), fmt::format("`{}` is a step, so it needs `|` in front of it", word()))
          .fix(Fix::insertBefore(currentSpan(), "| ", "put it there", how_sure)));
  return true;
}

// origin : path [args] | "from" … | "union" … | "sql" STRING
ast::Origin Parser::parseOrigin() {
  ast::Origin origin;
  const std::uint32_t begin = this->begin();
  if (takeWord("from")) {
    ast::FromOrigin node;
    node.connector = parseExpr();
    if (takeWord("as")) node.type = parseType();
    if (atWord("time")) node.time = parseTimeClause();
    origin.node = std::move(node);
  } else if (takeWord("union")) {
    ast::UnionOrigin node;
    if (openBracket(TokenKind::kLeftParen, "and the streams after `union`")) {
      plainList([&] { node.inputs.push_back(parseInput()); });
      closeBracket(TokenKind::kRightParen, "a stream");
    }
    origin.node = std::move(node);
  } else if (takeWord("sql")) {
    ast::SqlOrigin node;
    node.text = expectString("a string with the query after `sql`", node.text_span);
    origin.node = std::move(node);
  } else if (at(TokenKind::kName)) {
    origin.node = ast::PathOrigin{parsePathCall("a stream")};
  } else {
    failExpected("a stream to begin with");
  }
  origin.span = spanFrom(begin);
  return origin;
}

// path [args]
ast::PathCall Parser::parsePathCall(std::string_view what) {
  ast::PathCall call;
  call.path = parsePath(what);
  if (at(TokenKind::kLeftParen)) {
    const std::uint32_t begin = this->begin();
    call.args = parseArgs();
    call.args_span = spanFrom(begin);
  }
  return call;
}

// input : path | "(" pipeline ")"
ast::Input Parser::parseInput() {
  ast::Input input;
  const std::uint32_t begin = this->begin();
  if (at(TokenKind::kLeftParen)) {
    openBracket(TokenKind::kLeftParen, "");
    input.source = parsePipeline();
    closeBracket(TokenKind::kRightParen, "");
  } else {
    input.source = parsePath("a stream, or a pipeline in parentheses");
    if (at(TokenKind::kLeftParen)) {
      fail(Diagnostic(kSyntax, spanFrom(begin), "a call needs parentheses around it here")
               .fix(Fix::advice("write (name(…))")));
    }
  }
  input.span = spanFrom(begin);
  return input;
}

// ---------- steps ----------

ast::StepPtr Parser::parseStep() {
  auto step = std::make_unique<ast::Step>();
  const std::uint32_t begin = this->begin();
  const std::size_t open_before = open_.size();
  const std::size_t began_at = at_;
  const StepRule* rule = findStepRule(word());
  step->keyword_span = currentSpan();
  if (rule != nullptr) {
    if (rule->word == "left" && isWord(peek(1), "join")) step->keyword_span = currentSpan().to(stream_.span(peek(1)));
    advance();
    step->node = (this->*rule->parse)();
  } else if (at(TokenKind::kName)) {
    ast::PathCall call = parsePathCall("a step");
    step->keyword_span = call.path.span;
    if (call.args) {
      step->node = ast::PipeCallStep{std::move(call)};
    } else {
      at_ = began_at;
      failUnknownStep();
    }
  } else {
    failExpected("a step after `|`");
  }
  if (failed_) {
    step->node = ast::ErrorStep{};
  } else {
    checkStepEnd(rule == nullptr ? std::string_view{} : rule->form);
  }
  step->span = spanFrom(begin);
  if (failed_) recoverStep(open_before, began_at);
  return step;
}

// A name after `|` that is no step, and has no arguments, so that it is no pipe either.
void Parser::failUnknownStep() {
  if (failed_) return;
  const Span where = currentSpan();
  std::string name(stream_.text(current()));
  std::string lowered = name;
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (peek(1).kind != TokenKind::kDot && !current().is_quoted) {
    if (findStepRule(lowered) != nullptr) {
      return fail(Diagnostic(kUnknownStep, where, fmt::format("the step `{}` is written in small letters", lowered))
                      .fix(Fix::replace(where, lowered, "write", Applicability::kMachineApplicable)));
    }
    if (const Synonym* synonym = findSynonym(lowered); synonym != nullptr) {
      Diagnostic known(kSqlWord, where, fmt::format("there is no step `{}`: {}", name, synonym->advice));
      if (!synonym->replacement.empty()) {
        known.fix(Fix::replace(where, std::string(synonym->replacement), "write"));
      }
      return fail(std::move(known));
    }
  }
  const std::vector<std::string_view> words = stepWords();
  const std::vector<std::string> near = suggest(name, std::span<const std::string_view>(words));
  Diagnostic unknown(kUnknownStep, where, fmt::format("there is no step called `{}`", excerpt(name)));
  if (near.empty()) {
    unknown.note("a `pipe` of your own is called with parentheses, even when it has no arguments");
  } else {
    unknown.label(fmt::format("did you mean {}?", orList(near)));
    unknown.fix(Fix::replace(where, near.front(), "replace it"));
  }
  fail(std::move(unknown));
}

// Behind a step: the next one, the end of what it stands in, or the next declaration. Anything else belongs to no
// clause.
void Parser::checkStepEnd(std::string_view form) {
  switch (current().kind) {
    case TokenKind::kEnd:
    case TokenKind::kPipe:
    case TokenKind::kPipes:
    case TokenKind::kRightParen:
    case TokenKind::kRightBrace:
      return;
    case TokenKind::kName: {
      if (current().is_quoted || missesPipe()) return;
      if (arm_depth_ != 0 && (atWord("when") || atWord("else"))) return;
      const TokenKind next = peek(1).kind;
      const bool begins_flow = next == TokenKind::kPipe || next == TokenKind::kDot || next == TokenKind::kLeftParen;
      const bool own_line = current().after_break;
      if (begins_flow && (own_line || !isOneOf(kContinuationWords, word()))) return;
      if (isOneOf(kDeclarationWords, word())) return;
      if (own_line && !isOneOf(kContinuationWords, word())) return;
      break;
    }
    default:
      break;
  }
  // Another code for words of rule 1: the grammar alone would let some of them begin a flow.
  const DiagnosticKind& kind = isOneOf(kContinuationWords, word()) ? kReservedStart : kSyntax;
  Diagnostic unexpected(kind, currentSpan(), fmt::format("`{}` cannot stand here", excerpt(stream_.text(current()))));
  if (const Synonym* synonym = findSynonym(word()); synonym != nullptr) {
    unexpected.note(fmt::format("`{}`: {}", word(), synonym->advice));
  }
  if (!form.empty()) unexpected.note(fmt::format("the step is written: {}", form));
  unexpected.label("expected `|` and a step, or a new declaration");
  fail(std::move(unexpected));
}

// ---------- clauses ----------

ast::ExprPtr Parser::parseOptional(std::string_view word) { return takeWord(word) ? parseExpr() : nullptr; }

// time_clause : "time" expr ["wait" expr] ["idle" expr]
ast::TimeClause Parser::parseTimeClause() {
  ast::TimeClause clause;
  const std::uint32_t begin = this->begin();
  advance();
  clause.time = parseExpr();
  clause.wait = parseOptional("wait");
  clause.idle = parseOptional("idle");
  if (atWord("wait") && clause.wait == nullptr) {
    fail(Diagnostic(kSyntax, currentSpan(), "`wait` stands before `idle`"));
  }
  clause.span = spanFrom(begin);
  return clause;
}

// bound : "ttl" expr ["then" ("delete" | "keep")] | "unbounded"
std::optional<ast::Bound> Parser::parseBound() {
  ast::Bound bound;
  const std::uint32_t begin = this->begin();
  if (takeWord("ttl")) {
    bound.ttl = parseExpr();
    if (takeWord("then")) {
      bound.then = atWord("keep") ? ast::Bound::Then::kKeep : ast::Bound::Then::kDelete;
      if (!takeWord("keep") && !takeWord("delete")) failExpected("`delete` or `keep` after `then`");
    }
  } else if (!takeWord("unbounded")) {
    return std::nullopt;
  }
  bound.span = spanFrom(begin);
  return bound;
}

std::optional<ast::EmitClause> Parser::parseEmitClause() {
  const std::uint32_t begin = this->begin();
  if (!takeWord("emit")) return std::nullopt;
  return parseEmitRest(begin);
}

// emit, behind its first word
ast::EmitClause Parser::parseEmitRest(std::uint32_t begin) {
  using Kind = ast::EmitClause::Kind;
  ast::EmitClause emit;
  if (takeWord("final")) {
    emit.kind = Kind::kFinal;
  } else if (takeWord("every")) {
    emit.kind = Kind::kEvery;
    emit.every = parseExpr();
  } else if (takeWord("on")) {
    emit.kind = Kind::kOnChange;
    expectWord("change", "after `emit on`");
  } else if (takeWord("changes")) {
    emit.kind = Kind::kChangesEvery;
    expectWord("every", "after `emit changes`");
    emit.every = parseExpr();
  } else if (takeWord("all")) {
    emit.kind = atWord("on") ? Kind::kAllOn : Kind::kAllEvery;
    if (takeWord("on")) {
      emit.on = parsePath("the stream whose records are the signal");
    } else {
      expectWord("every", "or `on` after `emit all`");
      emit.every = parseExpr();
    }
  } else {
    failExpected("`final`, `every`, `on change`, `changes every` or `all` after `emit`");
  }
  emit.span = spanFrom(begin);
  return emit;
}

// keys : key ("," key)*
std::vector<ast::Key> Parser::parseKeys() {
  std::vector<ast::Key> keys;
  plainList([&] { keys.push_back(parseKey()); });
  return keys;
}

// key : path | NAME ":" expr
ast::Key Parser::parseKey() {
  ast::Key key;
  const std::uint32_t begin = this->begin();
  if (at(TokenKind::kName) && peek(1).kind == TokenKind::kColon) {
    ast::Name name = takeName();
    key.path = {name.span, {std::move(name)}};
    advance();
    key.value = parseExpr();
  } else {
    key.path = parsePath("a field to group by");
    if (at(TokenKind::kLeftParen)) {
      const std::string last = failed_ ? std::string() : key.path.last().text;
      fail(Diagnostic(kSyntax, spanFrom(begin), "a computed key needs a name")
               .fix(Fix::insertBefore(spanFrom(begin), "name: ", "name it", Applicability::kHasPlaceholders)));
    }
  }
  key.span = spanFrom(begin);
  return key;
}

}  // namespace streamc::parse
