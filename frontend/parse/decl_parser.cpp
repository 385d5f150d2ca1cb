// Declarations; processes and tests are in process_parser.cpp. See parser.h for how errors work.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "dsl/suggest.h"
#include "frontend/parse/keywords.h"
#include "frontend/parse/parser.h"
#include "frontend/parse/synonyms.h"

namespace streamc::parse {

STREAMC_DIAGNOSTIC(kUnknownDeclaration, "E0103", Severity::kError, "there is no declaration of that name");
STREAMC_DIAGNOSTIC(kReservedStart, "E0107", Severity::kError, "a word that continues what stands before it");
STREAMC_DIAGNOSTIC(kFlowWithoutStep, "E0108", Severity::kError, "a flow without a step does nothing");

struct Parser::DeclRule {
  std::string_view word;
  ast::Decl::Node (Parser::*parse)();
};

const Parser::DeclRule Parser::kDeclRules[] = {
    {"use", &Parser::parseUse},         {"job", &Parser::parseJob},       {"for", &Parser::parseFor},
    {"param", &Parser::parseParamWord}, {"live", &Parser::parseLive},     {"type", &Parser::parseTypeDecl},
    {"fn", &Parser::parseFnWord},       {"extern", &Parser::parseExtern}, {"service", &Parser::parseService},
    {"source", &Parser::parseSource},   {"table", &Parser::parseTable},   {"sink", &Parser::parseSink},
    {"channel", &Parser::parseChannel}, {"stream", &Parser::parseStream}, {"pipe", &Parser::parsePipeDecl},
    {"process", &Parser::parseProcess}, {"test", &Parser::parseTest},
};

// ---------- the list ----------

std::vector<ast::DeclPtr> Parser::parseDecls(bool in_braces) {
  std::vector<ast::DeclPtr> decls;
  while (!atEnd() && !(in_braces && at(TokenKind::kRightBrace))) decls.push_back(parseDecl());
  return decls;
}

ast::DeclPtr Parser::parseDecl() {
  auto decl = std::make_unique<ast::Decl>();
  const std::uint32_t begin = this->begin();
  const std::size_t open_before = open_.size();
  const std::size_t began_at = at_;
  const std::size_t errors_before = errors_;
  decl->doc = docCommentBefore(begin);
  const std::size_t outer_indent = std::exchange(decl_indent_, indentOf(current()));
  const Nesting nesting(*this);
  if (nesting.ok()) decl->node = parseDeclNode(decl->keyword_span);
  decl->span = spanFrom(begin);
  if (failed_) recoverDecl(open_before, began_at);
  decl_indent_ = outer_indent;
  decl->is_broken = errors_ != errors_before;
  return decl;
}

ast::Decl::Node Parser::parseDeclNode(Span& keyword_span) {
  keyword_span = currentSpan();
  for (const DeclRule& rule : kDeclRules) {
    if (atWord(rule.word)) {
      if (rule.word == "live") keyword_span = keyword_span.to(stream_.span(peek(1)));
      advance();
      return (this->*rule.parse)();
    }
  }
  keyword_span = currentSpan().atBegin();
  return parseFlow();
}

// The `##` lines right above a declaration.
std::string Parser::docCommentBefore(std::uint32_t begin) const {
  const std::string_view text = stream_.file->text();
  auto comment = std::lower_bound(stream_.comments.begin(), stream_.comments.end(), begin,
                                  [](const lex::Comment& c, std::uint32_t offset) { return c.begin < offset; });
  std::vector<std::string_view> lines;
  std::uint32_t below = begin;
  while (comment != stream_.comments.begin()) {
    --comment;
    const std::string_view line = text.substr(comment->begin, comment->end - comment->begin);
    const std::string_view between = text.substr(comment->end, below - comment->end);
    const bool adjacent = std::count(between.begin(), between.end(), '\n') == 1 &&
                          between.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!line.starts_with("##") || !adjacent) break;
    lines.push_back(line.substr(line.starts_with("## ") ? 3 : 2));
    below = comment->begin;
  }
  std::string out;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (!out.empty()) out += '\n';
    out += *line;
  }
  return out;
}

// ---------- files, jobs, parameters ----------

// "use" path ["as" NAME] | "use" STRING "as" NAME
ast::Decl::Node Parser::parseUse() {
  ast::UseDecl node;
  if (atString()) {
    node.target = expectString("a file name", node.target_span);
    expectWord("as", "and a name for the file");
    node.as = expectName("a name for the file");
  } else {
    node.target = parsePath("a library or a file name in quotes");
    node.target_span = std::get<ast::Path>(node.target).span;
    if (takeWord("as")) node.as = expectName("a name for the library");
  }
  return node;
}

std::optional<ast::Settings> Parser::parseSettings() {
  const std::uint32_t begin = this->begin();
  if (!takeWord("with")) return std::nullopt;
  ast::Settings settings;
  const std::uint32_t record_begin = this->begin();
  settings.record = parseRecord("and the settings after `with`");
  settings.record_span = spanFrom(record_begin);
  settings.span = spanFrom(begin);
  return settings;
}

// "job" NAME [settings] ["{" decl* "}"]
ast::Decl::Node Parser::parseJob() {
  ast::JobDecl node;
  node.name = expectName("the name of the job");
  node.settings = parseSettings();
  if (at(TokenKind::kLeftBrace)) {
    openBracket(TokenKind::kLeftBrace, "");
    node.body = parseDecls(true);
    closeBracket(TokenKind::kRightBrace, "");
  }
  return node;
}

// "for" NAME "in" expr "{" decl* "}"
ast::Decl::Node Parser::parseFor() {
  ast::ForDecl node;
  node.name = expectName("a name for one item of the list");
  expectWord("in", "and a list");
  node.list = parseExpr();
  if (!openBracket(TokenKind::kLeftBrace, "and the declarations to repeat")) return node;
  node.body = parseDecls(true);
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

// "param" NAME ":" type ["=" expr] | "live" "param" NAME ":" type ["=" expr] "via" expr
ast::Decl::Node Parser::parseParamDecl(bool is_live) {
  ast::ParamDecl node;
  node.is_live = is_live;
  node.name = expectName("the name of the parameter");
  expect(TokenKind::kColon, "and a type after the parameter's name");
  node.type = parseType();
  if (take(TokenKind::kAssign)) {
    node.value = parseExpr();
  } else if (atLiteral() && !current().after_break) {
    fail(Diagnostic(kSyntax, currentSpan(), "a default value stands behind `=`")
             .fix(Fix::insertBefore(currentSpan(), "= ", "write", Applicability::kMachineApplicable)));
  }
  if (is_live) {
    expectWord("via", "and where its values come from");
    node.via = parseExpr();
  }
  return node;
}

ast::Decl::Node Parser::parseLive() {
  if (takeWord("fn")) return parseFnDecl(true);
  if (takeWord("param")) return parseParamDecl(true);
  failExpected("`fn` or `param` after `live`");
  return ast::ErrorDecl{};
}

// ---------- types and functions ----------

// "type" NAME "=" type_body | "type" NAME "from" expr ["evolves" expr]
ast::Decl::Node Parser::parseTypeDecl() {
  ast::TypeDecl node;
  node.name = expectName("the name of the type");
  std::uint32_t body_begin = begin();
  if (takeWord("from")) {
    body_begin = begin();
    ast::ImportedBody body;
    body.from = parseExpr();
    body.evolves = parseOptional("evolves");
    node.body = std::move(body);
  } else {
    if (at(TokenKind::kLeftBrace) || at(TokenKind::kColon)) {
      const bool is_colon = at(TokenKind::kColon);
      complain(Diagnostic(kSyntax, currentSpan(), "a type is declared with `=`")
                   .fix(is_colon ? Fix::replace(currentSpan(), "=", "write", Applicability::kMachineApplicable)
                                 : Fix::insertBefore(currentSpan(), "= ", "write", Applicability::kMachineApplicable)));
      if (is_colon) advance();
    } else {
      expect(TokenKind::kAssign, "or `from` after the name of the type");
    }
    body_begin = begin();
    if (takeWord("open")) {
      expectWord("enum", "after `open`");
      node.body = parseEnumBody(true);
    } else if (takeWord("enum")) {
      node.body = parseEnumBody(false);
    } else if (takeWord("oneof")) {
      node.body = parseOneofBody();
    } else {
      node.body = parseType();
    }
  }
  node.body_span = spanFrom(body_begin);
  return node;
}

ast::EnumBody Parser::parseEnumBody(bool is_open) {
  ast::EnumBody body;
  body.is_open = is_open;
  if (!openBracket(TokenKind::kLeftBrace, "and the symbols of the enum")) return body;
  do body.symbols.push_back(expectName("a symbol"));
  while (take(TokenKind::kComma) && !at(TokenKind::kRightBrace));
  closeBracket(TokenKind::kRightBrace, "a symbol");
  return body;
}

ast::OneofBody Parser::parseOneofBody() {
  ast::OneofBody body;
  if (!openBracket(TokenKind::kLeftBrace, "and the variants of the oneof")) return body;
  do {
    ast::OneofBody::Variant variant;
    const std::uint32_t begin = this->begin();
    variant.name = expectName("a variant");
    if (take(TokenKind::kColon)) variant.type = parseType();
    variant.span = spanFrom(begin);
    body.variants.push_back(std::move(variant));
  } while (take(TokenKind::kComma) && !at(TokenKind::kRightBrace));
  closeBracket(TokenKind::kRightBrace, "a variant");
  return body;
}

// "fn" NAME params ["->" type] ["fails"] fn_body | "live" "fn" NAME params "->" type "via" expr
ast::Decl::Node Parser::parseFnDecl(bool is_live) {
  ast::FnDecl node;
  node.is_live = is_live;
  node.name = expectName("the name of the function");
  node.params = parseParams();
  if (is_live) {
    expect(TokenKind::kArrow, "and the type of the result");
    node.result = parseType();
    expectWord("via", "and where the text comes from");
    node.via = parseExpr();
    return node;
  }
  if (take(TokenKind::kArrow)) node.result = parseType();
  if (atWord("fails")) {
    node.fails_span = currentSpan();
    advance();
  }
  parseFnBody(node);
  return node;
}

// fn_body : "=" expr | "{" let* "return" expr "}"
void Parser::parseFnBody(ast::FnDecl& fn) {
  if (at(TokenKind::kFatArrow)) {
    complain(Diagnostic(kSyntax, currentSpan(), "the value of a function is written behind `=`")
                 .fix(Fix::replace(currentSpan(), "=", "write", Applicability::kMachineApplicable)));
    advance();
    fn.value = parseExpr();
    return;
  }
  if (!at(TokenKind::kLeftBrace)) {
    expect(TokenKind::kAssign, "and the value of the function");
    fn.value = parseExpr();
    return;
  }
  fn.has_block = true;
  openBracket(TokenKind::kLeftBrace, "");
  while (atWord("let")) {
    ast::Let let;
    const std::uint32_t begin = this->begin();
    advance();
    let.name = expectName("a name after `let`");
    expect(TokenKind::kAssign, "and a value");
    let.value = parseExpr();
    let.span = spanFrom(begin);
    fn.lets.push_back(std::move(let));
  }
  expectWord("return", "and the value, at the end of the function");
  fn.value = parseExpr();
  closeBracket(TokenKind::kRightBrace, "");
}

// "extern" STRING "from" STRING "{" extern_fn* "}"
ast::Decl::Node Parser::parseExtern() {
  ast::ExternDecl node;
  node.language = expectString("a language in quotes after `extern`, as in \"C++\"", node.language_span);
  expectWord("from", "and the file");
  node.header = expectString("a file name in quotes", node.header_span);
  if (!openBracket(TokenKind::kLeftBrace, "and the functions")) return node;
  while (!at(TokenKind::kRightBrace) && !atEnd()) {
    const std::size_t open_before = open_.size();
    const std::size_t began_at = at_;
    node.functions.push_back(parseExternFn());
    if (failed_) recoverItem(open_before, began_at);
  }
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

// ["agg"] "fn" NAME params "->" type fn_attr*
ast::ExternFn Parser::parseExternFn() {
  using Kind = ast::ExternFn::Attribute::Kind;
  ast::ExternFn fn;
  const std::uint32_t begin = this->begin();
  fn.is_agg = takeWord("agg");
  expectWord("fn", "for each function");
  fn.name = expectName("the name of the function");
  fn.params = parseParams();
  expect(TokenKind::kArrow, "and the type of the result");
  fn.result = parseType();
  for (;;) {
    ast::ExternFn::Attribute attribute;
    const std::uint32_t attribute_begin = this->begin();
    if (takeWord("pure")) {
      attribute.kind = Kind::kPure;
    } else if (takeWord("fails")) {
      attribute.kind = Kind::kFails;
    } else if (takeWord("nondet")) {
      attribute.kind = Kind::kNondet;
    } else if (takeWord("cost")) {
      attribute.kind = Kind::kCost;
      if (!at(TokenKind::kDuration)) failExpected("a duration after `cost`");
      attribute.amount = failed_ ? errorExpr() : parseCost();
    } else if (takeWord("state")) {
      attribute.kind = Kind::kState;
      if (!at(TokenKind::kSize)) failExpected("a size after `state`");
      attribute.amount = failed_ ? errorExpr() : parseLiteral();
    } else {
      break;
    }
    attribute.span = spanFrom(attribute_begin);
    fn.attributes.push_back(std::move(attribute));
  }
  fn.span = spanFrom(begin);
  return fn;
}

// A duration that may be finer than a microsecond. REQUIRES: at a duration.
ast::ExprPtr Parser::parseCost() {
  const std::uint32_t begin = this->begin();
  const lex::NumberValue& value = stream_.number(current());
  const std::string text(stream_.text(current()));
  advance();
  return make(begin, ast::DurationLiteral{value.us, value.ns_rest, text});
}

// "service" NAME "at" expr [settings] "{" service_fn* "}"
ast::Decl::Node Parser::parseService() {
  ast::ServiceDecl node;
  node.name = expectName("the name of the service");
  expectWord("at", "and where it is");
  node.at = parseExpr();
  node.settings = parseSettings();
  if (!openBracket(TokenKind::kLeftBrace, "and the functions of the service")) return node;
  while (!at(TokenKind::kRightBrace) && !atEnd()) {
    const std::size_t open_before = open_.size();
    const std::size_t began_at = at_;
    node.functions.push_back(parseServiceFn());
    if (failed_) recoverItem(open_before, began_at);
  }
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

ast::ServiceFn Parser::parseServiceFn() {
  ast::ServiceFn fn;
  const std::uint32_t begin = this->begin();
  expectWord("fn", "for each function of the service");
  fn.name = expectName("the name of the function");
  fn.params = parseParams();
  expect(TokenKind::kArrow, "and the type of the answer");
  fn.result = parseType();
  fn.span = spanFrom(begin);
  return fn;
}

// ---------- edges of the graph ----------

std::vector<ast::Path> Parser::parseOptionalKey() {
  return takeWord("key") ? parseFields("a field of the key") : std::vector<ast::Path>{};
}

// edge_clause : time_clause | "assume" expr ("," expr)* | "ttl" expr | "unbounded"
std::vector<ast::EdgeClause> Parser::parseEdgeClauses() {
  using Kind = ast::EdgeClause::Kind;
  std::vector<ast::EdgeClause> clauses;
  for (;;) {
    ast::EdgeClause clause;
    const std::uint32_t begin = this->begin();
    if (atWord("time")) {
      clause.kind = Kind::kTime;
      clause.time = parseTimeClause();
    } else if (takeWord("assume")) {
      clause.kind = Kind::kAssume;
      plainList([&] { clause.assumptions.push_back(parseExpr()); });
    } else if (takeWord("ttl")) {
      clause.kind = Kind::kTtl;
      clause.ttl = parseExpr();
    } else if (takeWord("unbounded")) {
      clause.kind = Kind::kUnbounded;
    } else {
      return clauses;
    }
    clause.span = spanFrom(begin);
    clauses.push_back(std::move(clause));
  }
}

// "source" NAME ":" type "from" expr edge_clause*
ast::Decl::Node Parser::parseSource() {
  ast::SourceDecl node;
  node.name = expectName("the name of the source");
  expect(TokenKind::kColon, "and the type of a record after the source's name");
  node.type = parseType();
  expectWord("from", "and where the records come from");
  node.from = parseExpr();
  node.clauses = parseEdgeClauses();
  return node;
}

// "table" NAME ":" type "key" fields "from" expr edge_clause* | "table" NAME [settings] "=" pipeline
ast::Decl::Node Parser::parseTable() {
  ast::Name name = expectName("the name of the table");
  if (take(TokenKind::kColon)) {
    ast::TableSourceDecl node;
    node.name = std::move(name);
    node.type = parseType();
    expectWord("key", "and the fields that identify a row");
    node.key = parseFields("a field of the key");
    expectWord("from", "and where the rows come from");
    node.from = parseExpr();
    node.clauses = parseEdgeClauses();
    return node;
  }
  ast::TableDecl node;
  node.name = std::move(name);
  node.settings = parseSettings();
  expect(TokenKind::kAssign, "and a pipeline, or `:` and a type, after the table's name");
  node.pipeline = parsePipeline();
  return node;
}

// "sink" NAME [":" type] ["key" fields] "to" expr
ast::Decl::Node Parser::parseSink() {
  ast::SinkDecl node;
  node.name = expectName("the name of the sink");
  if (take(TokenKind::kColon)) node.type = parseType();
  node.key = parseOptionalKey();
  expectWord("to", "and where the rows go");
  node.to = parseExpr();
  return node;
}

// "channel" NAME ":" type ["key" fields] "via" expr edge_clause*
ast::Decl::Node Parser::parseChannel() {
  ast::ChannelDecl node;
  node.name = expectName("the name of the channel");
  expect(TokenKind::kColon, "and the type of a row after the channel's name");
  node.type = parseType();
  node.key = parseOptionalKey();
  expectWord("via", "and what carries the rows");
  node.via = parseExpr();
  node.clauses = parseEdgeClauses();
  return node;
}

// "stream" NAME [":" stream_type] [settings] "=" pipeline
ast::Decl::Node Parser::parseStream() {
  ast::StreamDecl node;
  node.name = expectName("the name of the stream");
  if (take(TokenKind::kColon)) node.type = parseStreamType();
  node.settings = parseSettings();
  expect(TokenKind::kAssign, "and a pipeline after the stream's name");
  node.pipeline = parsePipeline();
  return node;
}

// "pipe" NAME params ["->" stream_type] "=" pipeline
ast::Decl::Node Parser::parsePipeDecl() {
  ast::PipeDecl node;
  node.name = expectName("the name of the pipe");
  node.params = parseParams();
  if (take(TokenKind::kArrow)) node.result = parseStreamType();
  expect(TokenKind::kAssign, "and a pipeline");
  node.pipeline = parsePipeline();
  return node;
}

// ---------- flows ----------

// "Settled" rule 1: where a name begins something, a word that could continue what stands before has to be quoted.
void Parser::checkReservedStart(std::string_view what) {
  const std::string_view name = word();
  const bool in_block = what != "a flow";  // there the declaration words too are swallowed by what stands before
  if (!isOneOf(kContinuationWords, name) && !(in_block && isOneOf(kDeclarationWords, name))) return;
  complain(Diagnostic(kReservedStart, currentSpan(),
                      fmt::format("{} cannot begin with `{}`, which could continue what stands before it", what, name))
               .fix(Fix::replace(currentSpan(), fmt::format("`{}`", name), "if it is a name, quote it",
                                 Applicability::kMachineApplicable)));
}

namespace {

struct ForeignDeclaration {
  std::string_view word;
  std::string_view advice;
};
constexpr ForeignDeclaration kForeignDeclarations[] = {
    {"select",
     "a query is a pipeline: orders | where … | select { … }; SQL can be given as stream x = sql \"\"\"…\"\"\""},
    {"insert", "rows are sent to a sink by a step: orders | to out"},
    {"create", "streams are declared with `source`, `table`, `stream` and `sink`"},
    {"with", "a query that is used elsewhere is a declaration: stream name = …"},
    {"import", "other files are brought in with use \"file.stream\" as name"},
    {"include", "other files are brought in with use \"file.stream\" as name"},
    {"let", "a constant is a `param`, a named pipeline a `stream`"},
    {"const", "a constant is a `param`: param name: type = value"},
    {"var", "a constant is a `param`: param name: type = value"},
    {"def", "functions are declared with `fn`"},
    {"func", "functions are declared with `fn`"},
    {"function", "functions are declared with `fn`"},
    {"struct", "a record type is declared with type Name = { field: type }"},
    {"record", "a record type is declared with type Name = { field: type }"},
    {"enum", "an enum is declared with type Name = enum { a, b }"},
    {"oneof", "a oneof is declared with type Name = oneof { a: A, b: B }"},
    {"view", "a result that is corrected is a `table`, one that is not a `stream`"},
};

const ForeignDeclaration* findForeignDeclaration(std::string_view lowered) {
  for (const ForeignDeclaration& row : kForeignDeclarations) {
    if (row.word == lowered) return &row;
  }
  return nullptr;
}

}  // namespace

// flow : origin ("|" step)+
ast::Decl::Node Parser::parseFlow() {
  const std::size_t began_at = at_;
  const TokenKind next = peek(1).kind;
  const bool named = next == TokenKind::kPipe || next == TokenKind::kDot || next == TokenKind::kLeftParen;
  if (missesPipe()) {
    fail(Diagnostic(kSyntax, currentSpan(), fmt::format("the step `{}` has no stream to work on", word()))
             .note("a pipeline begins with the name of a stream: orders | where …"));
    return ast::ErrorDecl{};
  }
  if (isOneOf(kContinuationWords, word())) {
    if (named) {
      checkReservedStart("a flow");
    } else {
      if (findForeignDeclaration(word()) != nullptr) {
        failDeclaration(currentSpan(), word());
      } else {
        fail(Diagnostic(kSyntax, currentSpan(), fmt::format("`{}` cannot stand here", excerpt(word())))
                 .label("a declaration or a flow was expected"));
      }
      return ast::ErrorDecl{};
    }
  }
  if (!at(TokenKind::kName)) {
    const bool is_closer = at(TokenKind::kRightBrace) || at(TokenKind::kRightParen) || at(TokenKind::kRightBracket);
    if (is_closer) {
      fail(Diagnostic(kSyntax, currentSpan(), fmt::format("this `{}` closes nothing", stream_.text(current()))));
    } else if (at(TokenKind::kPipe)) {
      fail(Diagnostic(kSyntax, currentSpan(), "this step has no stream to work on")
               .note("a pipeline begins with the name of a stream: orders | where …"));
    } else {
      failHere("a declaration or the name of a stream");
    }
    return ast::ErrorDecl{};
  }
  ast::FlowDecl node;
  const std::size_t errors_before = errors_;
  node.pipeline = parsePipeline();
  if (!failed_ && node.pipeline->steps.empty() && errors_ == errors_before) failFlow(*node.pipeline, began_at);
  return node;
}

// A path and no step: a mistyped declaration, SQL, or really nothing to do.
void Parser::failFlow(const ast::Pipeline& pipeline, std::size_t began_at) {
  const ast::PathOrigin* origin = pipeline.origin.as<ast::PathOrigin>();
  const Token& first = tokens_[began_at];
  const bool is_word = origin != nullptr && origin->call.path.isSingle() && !origin->call.args && !first.is_quoted;
  const bool goes_on = at(TokenKind::kName) || atString() || at(TokenKind::kError) || at(TokenKind::kStar);
  if (is_word && goes_on && !(current().after_break && isOneOf(kDeclarationWords, word()))) {
    return failDeclaration(pipeline.origin.span, origin->call.path.first().text);
  }
  if (is_word && goes_on == false && !atEnd() && !current().after_break) {
    return fail(Diagnostic(kSyntax, currentSpan(), fmt::format("expected `|` and a step, {}", found()))
                    .because(pipeline.origin.span, "this begins a flow"));
  }
  fail(Diagnostic(kFlowWithoutStep, pipeline.span, "this flow has no step, so nothing happens to its records")
           .fix(Fix::insertAfter(pipeline.span, " | to stdout", "to see them")));
}

// A word that begins no declaration, with something behind it that no flow goes on with.
void Parser::failDeclaration(Span where, std::string_view name) {
  std::string lowered(name);
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (const ForeignDeclaration* row = findForeignDeclaration(lowered); row != nullptr) {
    const bool is_sql = lowered == "select" || lowered == "insert" || lowered == "create";
    Diagnostic foreign(is_sql ? kSqlWord : kUnknownDeclaration, where,
                       fmt::format("there is no declaration `{}`", excerpt(name)));
    return fail(std::move(foreign.note(std::string(row->advice))));
  }
  const std::vector<std::string> near = suggest(name, std::span<const std::string_view>(kDeclarationWords));
  if (near.empty() && current().after_break) {
    return fail(Diagnostic(kFlowWithoutStep, where, "this flow has no step, so nothing happens to its records")
                    .fix(Fix::insertAfter(where, " | to stdout", "to see them")));
  }
  Diagnostic unknown(kUnknownDeclaration, where, fmt::format("there is no declaration `{}`", excerpt(name)));
  if (!near.empty()) {
    unknown.label(fmt::format("did you mean {}?", orList(near)));
    unknown.fix(Fix::replace(where, near.front(), "replace it"));
  } else {
    unknown.because(currentSpan(), "and a flow would go on with `|`");
  }
  fail(std::move(unknown));
}

}  // namespace streamc::parse
