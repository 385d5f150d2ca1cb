// Cursor, brackets, errors and recovery; see parser.h.
#include "frontend/parse/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/parse/keywords.h"
#include "frontend/parse/parse.h"

namespace streamc::parse {

STREAMC_DIAGNOSTIC(kSyntax, "E0101", Severity::kError, "something else was expected here");
STREAMC_DIAGNOSTIC(kTooDeep, "E0110", Severity::kError, "nested too deeply");
STREAMC_DIAGNOSTIC(kUnclosed, "E0123", Severity::kError, "a bracket that is not closed");

namespace {

constexpr std::uint32_t kNoMatch = UINT32_MAX;

std::optional<TokenKind> closerOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kLeftParen:
      return TokenKind::kRightParen;
    case TokenKind::kLeftBracket:
      return TokenKind::kRightBracket;
    case TokenKind::kLeftBrace:
      return TokenKind::kRightBrace;
    case TokenKind::kFStringBegin:
      return TokenKind::kFStringEnd;
    case TokenKind::kFStringOpen:
      return TokenKind::kFStringClose;
    default:
      return std::nullopt;
  }
}

bool isCloser(TokenKind kind) {
  return kind == TokenKind::kRightParen || kind == TokenKind::kRightBracket || kind == TokenKind::kRightBrace ||
         kind == TokenKind::kFStringEnd || kind == TokenKind::kFStringClose;
}

}  // namespace

Parser::Parser(const lex::TokenStream& stream, DiagnosticSink& sink)
    : stream_(stream), sink_(sink), tokens_(stream.tokens) {
  matchBrackets();
}

// ---------- cursor ----------

const Token& Parser::peek(std::size_t ahead) const {
  return failed_ ? stop_ : tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

std::string_view Parser::word() const {
  const Token& token = current();
  return token.kind == TokenKind::kName && !token.is_quoted ? stream_.text(token) : std::string_view{};
}

std::string Parser::capitalsAsLower() const {
  std::string out;
  for (const char c : word()) {
    if (c < 'A' || c > 'Z') return {};
    out += static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool Parser::atString() const {
  return at(TokenKind::kString) || at(TokenKind::kRawString) || at(TokenKind::kBlockString);
}

bool Parser::advance() {
  if (failed_) return true;
  previous_ = tokens_[at_];
  if (previous_.kind == TokenKind::kError) ++errors_;
  if (previous_.kind != TokenKind::kEnd) ++at_;
  return true;
}

bool Parser::expect(TokenKind kind, std::string_view where) {
  if (take(kind)) return true;
  failExpected(fmt::format("{}{}{}", lex::describe(kind), where.empty() ? "" : " ", where));
  return false;
}

bool Parser::expectWord(std::string_view word, std::string_view where) {
  if (takeWord(word)) return true;
  failExpected(fmt::format("`{}`{}{}", word, where.empty() ? "" : " ", where));
  return false;
}

ast::Name Parser::takeName() {
  const Token& token = current();
  ast::Name name{std::string(stream_.name(token)), stream_.span(token), token.is_quoted};
  advance();
  return name;
}

ast::Name Parser::expectName(std::string_view what) {
  if (at(TokenKind::kName)) return takeName();
  failExpected(what);
  return {{}, currentSpan(), false};
}

Span Parser::spanFrom(std::uint32_t begin) const { return {stream_.file->id(), begin, std::max(begin, previous_.end)}; }

std::string Parser::found() const {
  const Token& token = current();
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the file ends";
    case TokenKind::kName:
      return fmt::format("found `{}`", excerpt(stream_.text(token)));
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kBlockString:
    case TokenKind::kFStringBegin:
    case TokenKind::kFStringText:
      return "found a string";
    case TokenKind::kFStringClose:
      return "the braces end";
    default:
      return fmt::format("found `{}`", excerpt(stream_.text(token)));
  }
}

// ---------- brackets ----------

bool Parser::openBracket(TokenKind opener, std::string_view where) {
  if (!at(opener)) {
    failExpected(fmt::format("{}{}{}", lex::describe(opener), where.empty() ? "" : " ", where));
    return false;
  }
  open_.push_back(at_);
  return advance();
}

void Parser::closeBracket(TokenKind closer, std::string_view item) {
  if (failed_) return;
  if (take(closer)) {
    open_.pop_back();
    return;
  }
  const Token& opener = tokens_[open_.back()];
  const Span opener_span = stream_.span(opener);
  const std::string shown(stream_.text(opener));
  if (match_[open_.back()] == kNoMatch && !at(TokenKind::kError)) {
    Diagnostic unclosed(kUnclosed, opener_span, fmt::format("this `{}` is not closed", shown));
    unclosed.label("opened here");
    if (!atEnd()) unclosed.because(currentSpan(), fmt::format("{} was expected before this", lex::describe(closer)));
    return fail(std::move(unclosed));
  }
  Diagnostic unexpected(kSyntax, currentSpan(),
                        item.empty()
                            ? fmt::format("expected {}, {}", lex::describe(closer), found())
                            : fmt::format("expected `,` or {} after {}, {}", lex::describe(closer), item, found()));
  if (stream_.file->lineColumn(opener.begin).line != stream_.file->lineColumn(begin()).line) {
    unexpected.because(opener_span, "opened here");
  }
  fail(std::move(unexpected));
}

// One walk with a stack. A declaration word in column 0 ends all brackets: what is open there was forgotten.
void Parser::matchBrackets() {
  match_.assign(tokens_.size(), kNoMatch);
  std::vector<std::uint32_t> stack;
  for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
    const TokenKind kind = tokens_[i].kind;
    if (closerOf(kind)) {
      stack.push_back(i);
    } else if (isCloser(kind)) {
      const auto opener = std::find_if(stack.rbegin(), stack.rend(),
                                       [&](std::uint32_t open) { return closerOf(tokens_[open].kind) == kind; });
      if (opener == stack.rend()) continue;
      match_[*opener] = i;
      match_[i] = *opener;
      stack.erase(std::prev(opener.base()), stack.end());
    } else if (isAtLineStart(tokens_[i]) && looksLikeDeclaration(i)) {
      stack.clear();
    }
  }
}

// ---------- errors ----------

void Parser::complain(Diagnostic diagnostic) {
  if (failed_) return;
  sink_.report(std::move(diagnostic));
  ++errors_;
}

void Parser::fail(Diagnostic diagnostic) {
  if (failed_) return;
  ++errors_;
  // A second failure at one token is the first one again, seen from further out.
  if (!at(TokenKind::kError) && last_failure_ != at_) sink_.report(std::move(diagnostic));
  last_failure_ = at_;
  stop_ = Token{};
  stop_.begin = stop_.end = tokens_[at_].begin;
  failed_ = true;
}

void Parser::failExpected(std::string_view what) {
  if (failed_) return;
  // What is missing at the end of a line is missed there, not where the next line begins.
  const bool at_line_end = at_ != 0 && (atEnd() || current().after_break);
  if (!at_line_end) return failHere(what);
  fail(Diagnostic(kSyntax, previousSpan().atEnd(),
                  fmt::format("expected {}{}", what, atEnd() ? ", but the file ends" : " here")));
}

void Parser::failHere(std::string_view what) {
  if (failed_) return;
  fail(Diagnostic(kSyntax, currentSpan(), fmt::format("expected {}, {}", what, found())));
}

bool Parser::tooDeep() {
  fail(Diagnostic(kTooDeep, currentSpan(), "this is nested too deeply to read")
           .note(fmt::format("the limit is {} levels", ast::kMaxNesting))
           .fix(Fix::advice("take parts of it out, into a `fn`, a `pipe` or an `extend` before")));
  return false;
}

// ---------- recovery ----------

bool Parser::isAtLineStart(const Token& token) const {
  return token.begin == 0 || stream_.file->text()[token.begin - 1] == '\n';
}

// A declaration word followed by what declarations go on with. `from`, `union` and `sql` also continue other things.
bool Parser::looksLikeDeclaration(std::size_t index) const {
  const Token& token = tokens_[index];
  if (token.kind != TokenKind::kName || token.is_quoted || index + 1 >= tokens_.size()) return false;
  const std::string_view word = stream_.text(token);
  if (!isOneOf(kDeclarationWords, word) || word == "from" || word == "union" || word == "sql") return false;
  const TokenKind next = tokens_[index + 1].kind;
  if (word == "test" || word == "extern") return next == TokenKind::kString;
  return next == TokenKind::kName || (word == "use" && next == TokenKind::kString);
}

bool Parser::startsDeclarationHere(std::size_t index) const {
  const Token& token = tokens_[index];
  if (token.kind != TokenKind::kName || !token.after_break) return false;
  return looksLikeDeclaration(index) || indentOf(token) <= decl_indent_;
}

// Blanks at the start of the token's line.
std::size_t Parser::indentOf(const Token& token) const {
  const std::string_view line = stream_.file->lineText(stream_.file->lineColumn(token.begin).line);
  return std::min(line.find_first_not_of(" \t"), line.size());
}

// Is the current token the closer of a bracket that somebody further up waits for?
bool Parser::closesEnclosing() const {
  if (!isCloser(tokens_[at_].kind) || match_[at_] == kNoMatch) return false;
  return std::binary_search(open_.begin(), open_.end(), static_cast<std::size_t>(match_[at_]));
}

void Parser::leaveOpenBrackets(std::size_t keep) {
  while (open_.size() > keep) {
    const std::uint32_t closer = match_[open_.back()];
    if (closer != kNoMatch && closer >= at_) at_ = closer + 1;
    open_.pop_back();
  }
}

void Parser::recoverStep(std::size_t open_before, std::size_t began_at) {
  failed_ = false;
  leaveOpenBrackets(open_before);
  for (;;) {
    const Token& token = tokens_[at_];
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kPipe || closesEnclosing()) break;
    if (at_ > began_at && startsDeclarationHere(at_)) break;
    if (arm_depth_ != 0 && token.after_break && (isWord(token, "when") || isWord(token, "else"))) break;
    at_ = closerOf(token.kind) && match_[at_] != kNoMatch ? match_[at_] + 1 : at_ + 1;
  }
  if (at_ != 0) previous_ = tokens_[at_ - 1];
}

void Parser::recoverDecl(std::size_t open_before, std::size_t began_at) {
  failed_ = false;
  leaveOpenBrackets(open_before);
  if (at_ == began_at && tokens_[at_].kind != TokenKind::kEnd) ++at_;
  for (;;) {
    const Token& token = tokens_[at_];
    if (token.kind == TokenKind::kEnd || closesEnclosing() || startsDeclarationHere(at_)) break;
    at_ = closerOf(token.kind) && match_[at_] != kNoMatch ? match_[at_] + 1 : at_ + 1;
  }
  if (at_ != 0) previous_ = tokens_[at_ - 1];
}

// Behind a statement, a test item, an item of a service: to the next line of the block.
void Parser::recoverItem(std::size_t open_before, std::size_t began_at) {
  failed_ = false;
  leaveOpenBrackets(open_before);
  if (at_ == began_at && tokens_[at_].kind != TokenKind::kEnd && !closesEnclosing()) ++at_;
  for (;;) {
    const Token& token = tokens_[at_];
    if (token.kind == TokenKind::kEnd || closesEnclosing() || (token.after_break && !isCloser(token.kind))) break;
    at_ = closerOf(token.kind) && match_[at_] != kNoMatch ? match_[at_] + 1 : at_ + 1;
  }
  if (at_ != 0) previous_ = tokens_[at_ - 1];
}

// ---------- the file ----------

ast::Module Parser::parseModule() {
  ast::Module module;
  module.file = stream_.file->id();
  module.span = stream_.file->span(0, static_cast<std::uint32_t>(stream_.file->text().size()));
  module.decls = parseDecls(false);
  module.expr_count = next_expr_;
  return module;
}

ast::Module parse(const SourceFile&, const lex::TokenStream& tokens, DiagnosticSink& sink) {
  return Parser(tokens, sink).parseModule();
}

}  // namespace streamc::parse
