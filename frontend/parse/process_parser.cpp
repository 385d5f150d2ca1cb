// Processes and tests; see parser.h for how errors work.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "frontend/parse/keywords.h"
#include "frontend/parse/parser.h"

namespace streamc::parse {

// "process" NAME params "->" outputs "{" proc_item* "}"
ast::Decl::Node Parser::parseProcess() {
  ast::ProcessDecl node;
  node.name = expectName("the name of the process");
  node.params = parseParams();
  expect(TokenKind::kArrow, "and the type of what the process emits");
  if (at(TokenKind::kLeftParen)) {
    std::vector<ast::ProcessOutput> outputs;
    openBracket(TokenKind::kLeftParen, "");
    plainList([&] {
      ast::ProcessOutput output;
      const std::uint32_t begin = this->begin();
      output.name = expectName("an output: `name: type`");
      expect(TokenKind::kColon, "and a type after the output's name");
      output.type = parseType();
      output.span = spanFrom(begin);
      outputs.push_back(std::move(output));
    });
    closeBracket(TokenKind::kRightParen, "an output");
    node.outputs = std::move(outputs);
  } else {
    node.outputs = parseType();
  }
  if (!openBracket(TokenKind::kLeftBrace, "and the states and handlers")) return node;
  while (!at(TokenKind::kRightBrace) && !atEnd()) {
    const std::size_t open_before = open_.size();
    const std::size_t began_at = at_;
    parseProcessItem(node);
    if (failed_) recoverItem(open_before, began_at);
  }
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

void Parser::parseProcessItem(ast::ProcessDecl& process) {
  if (atWord("state")) {
    process.states.push_back(parseState());
  } else if (atWord("on")) {
    process.handlers.push_back(parseHandler());
  } else {
    failHere("`state`, `on input name` or `on timer name`");
  }
}

// "state" NAME ":" type ["=" expr] ["max" expr] bound
ast::StateItem Parser::parseState() {
  ast::StateItem state;
  const std::uint32_t begin = this->begin();
  advance();
  state.name = expectName("the name of the state");
  expect(TokenKind::kColon, "and a type after the state's name");
  state.type = parseType();
  if (take(TokenKind::kAssign)) state.initial = parseExpr();
  state.max = parseOptional("max");
  std::optional<ast::Bound> bound = parseBound();
  if (bound) {
    state.bound = std::move(*bound);
  } else if (!failed_) {
    const Span whole = spanFrom(begin);
    fail(Diagnostic(kSyntax, whole.atEnd(), "every state says how it ends")
             .because(whole, "when may this be forgotten?")
             .fix(Fix::insertAfter(whole, " ttl 1d", "forget a key after a time"))
             .fix(Fix::insertAfter(whole, " unbounded", "or keep it for ever, on purpose")));
  }
  state.span = spanFrom(begin);
  return state;
}

// "on" "timer" NAME block | "on" NAME NAME block
ast::HandlerItem Parser::parseHandler() {
  ast::HandlerItem handler;
  const std::uint32_t begin = this->begin();
  advance();
  handler.is_timer = takeWord("timer");
  if (handler.is_timer) {
    handler.on = expectName("the name of the timer");
  } else {
    handler.on = expectName("an input, or `timer`, after `on`");
    handler.binding = expectName("a name for the record");
  }
  handler.body = parseBlock("and what to do");
  handler.span = spanFrom(begin);
  return handler;
}

// block : "{" stmt* "}"
ast::Block Parser::parseBlock(std::string_view where) {
  ast::Block block;
  const std::uint32_t begin = this->begin();
  const Nesting nesting(*this);
  if (nesting.ok() && openBracket(TokenKind::kLeftBrace, where)) {
    while (!at(TokenKind::kRightBrace) && !atEnd()) block.stmts.push_back(parseStmt());
    closeBracket(TokenKind::kRightBrace, "");
  }
  block.span = spanFrom(begin);
  return block;
}

ast::StmtPtr Parser::parseStmt() {
  auto stmt = std::make_unique<ast::Stmt>();
  const std::uint32_t begin = this->begin();
  const std::size_t open_before = open_.size();
  const std::size_t began_at = at_;
  stmt->node = parseStmtNode();
  stmt->span = spanFrom(begin);
  if (failed_) {
    stmt->node = ast::ErrorStmt{};
    recoverItem(open_before, began_at);
  }
  return stmt;
}

ast::Stmt::Node Parser::parseStmtNode() {
  if (takeWord("let")) return parseLet();
  if (takeWord("emit")) return parseEmitStmt();
  if (takeWord("reject")) return ast::RejectStmt{parseExpr()};
  if (takeWord("timer")) return parseTimerStmt();
  if (takeWord("cancel")) return ast::CancelStmt{expectName("the name of a timer")};
  if (takeWord("clear")) return ast::ClearStmt{expectName("the name of a state")};
  if (takeWord("if")) return parseIfStmt();
  if (takeWord("for")) return parseForStmt();
  if (takeWord("match")) return parseMatchStmt();
  if (takeWord("return")) return ast::ReturnStmt{};
  return parsePlaceStmt();
}

ast::Stmt::Node Parser::parseLet() {
  ast::LetStmt node;
  node.name = expectName("a name after `let`");
  expect(TokenKind::kAssign, "and a value");
  node.value = parseExpr();
  return node;
}

// "emit" expr ["to" NAME]
ast::Stmt::Node Parser::parseEmitStmt() {
  ast::EmitStmt node;
  node.value = parseExpr();
  if (takeWord("to")) node.to = expectName("an output of the process");
  return node;
}

// "timer" NAME ("at" | "after") expr
ast::Stmt::Node Parser::parseTimerStmt() {
  ast::TimerStmt node;
  node.timer = expectName("the name of the timer");
  node.is_after = atWord("after");
  if (!takeWord("at") && !takeWord("after")) failExpected("`at` and an instant, or `after` and a duration");
  node.when = parseExpr();
  return node;
}

// "if" expr block ["else" (block | stmt_if)]
ast::Stmt::Node Parser::parseIfStmt() {
  ast::IfStmt node;
  node.condition = parseExpr();
  if (atWord("then")) {
    fail(Diagnostic(kSyntax, currentSpan(), "an `if` between statements has braces")
             .note("it is written: if condition { … } else { … }"));
  }
  node.then_block = parseBlock("and what to do");
  if (!takeWord("else")) return node;
  if (!atWord("if")) {
    node.else_block = parseBlock("or `if` after `else`");
    return node;
  }
  node.else_is_if = true;
  auto chained = std::make_unique<ast::Stmt>();
  const std::uint32_t begin = this->begin();
  advance();
  const Nesting nesting(*this);
  if (nesting.ok()) chained->node = parseIfStmt();
  chained->span = spanFrom(begin);
  ast::Block block;
  block.span = chained->span;
  block.stmts.push_back(std::move(chained));
  node.else_block = std::move(block);
  return node;
}

ast::Stmt::Node Parser::parseForStmt() {
  ast::ForStmt node;
  node.name = expectName("a name for one item");
  expectWord("in", "and a list");
  node.list = parseExpr();
  node.body = parseBlock("and what to do for each");
  return node;
}

// "match" expr "{" (case "=>" block)+ "}"
ast::Stmt::Node Parser::parseMatchStmt() {
  constexpr std::array<std::string_view, 3> kAfterBlock = {"else", "on", "state"};
  ast::MatchStmt node;
  node.subject = parseExpr();
  if (!openBracket(TokenKind::kLeftBrace, "and the cases")) return node;
  do {
    ast::MatchStmt::Arm arm;
    const std::uint32_t begin = this->begin();
    // Behind a block these words begin something else.
    const bool is_taken = isOneOf(kStatementWords, word()) || isOneOf(kAfterBlock, word());
    if (!node.arms.empty() && is_taken) {
      fail(Diagnostic(kReservedStart, currentSpan(), fmt::format("a case cannot begin with `{}` here", word()))
               .fix(Fix::replace(currentSpan(), fmt::format("`{}`", word()), "if it is a variant, quote it",
                                 Applicability::kMachineApplicable)));
    }
    arm.pattern = parseCase();
    expect(TokenKind::kFatArrow, "after the case");
    arm.body = parseBlock("and what to do");
    arm.span = spanFrom(begin);
    node.arms.push_back(std::move(arm));
    if (at(TokenKind::kComma)) {
      fail(Diagnostic(kSyntax, currentSpan(), "no comma stands between the cases of a statement")
               .fix(Fix::remove(currentSpan(), "leave it out", Applicability::kMachineApplicable)));
    }
  } while (!at(TokenKind::kRightBrace) && !atEnd());
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

// place ["=" expr], where place : NAME (("." | "?.") NAME | "[" expr "]" | args)*
ast::Stmt::Node Parser::parsePlaceStmt() {
  if (!at(TokenKind::kName)) {
    failHere("a statement");
    return ast::ErrorStmt{};
  }
  checkReservedStart("a statement");
  const std::uint32_t begin = this->begin();
  ast::Name name = takeName();
  ast::ExprPtr place = make(begin, ast::NameRef{std::move(name)});
  while (parsePostfixTail(begin, place)) {
  }
  const TokenKind op = current().kind;
  const bool is_arithmetic = op == TokenKind::kPlus || op == TokenKind::kMinus || op == TokenKind::kStar;
  if (is_arithmetic && peek(1).kind == TokenKind::kAssign && peek(1).begin == current().end) {
    const Span both = currentSpan().to(stream_.span(peek(1)));
    const std::string text(stream_.file->text(place->span));
    fail(Diagnostic(kForeignOperator, both, fmt::format("there is no `{}`", stream_.file->text(both)))
             .fix(Fix::replace(both, fmt::format("= {} {}", text, stream_.text(current())), "write it out",
                               Applicability::kMachineApplicable)));
  }
  if (!take(TokenKind::kAssign)) return ast::CallStmt{std::move(place)};
  ast::AssignStmt node;
  node.target = std::move(place);
  node.value = parseExpr();
  return node;
}

// ---------- tests ----------

// "test" STRING "{" test_item* "}"
ast::Decl::Node Parser::parseTest() {
  ast::TestDecl node;
  node.name = expectString("the name of the test, in quotes", node.name_span);
  if (!openBracket(TokenKind::kLeftBrace, "and what is given and expected")) return node;
  while (!at(TokenKind::kRightBrace) && !atEnd()) {
    const std::size_t open_before = open_.size();
    const std::size_t began_at = at_;
    ast::TestItem item = parseTestItem();
    if (failed_) {
      recoverItem(open_before, began_at);
    } else {
      node.items.push_back(std::move(item));
    }
  }
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

ast::TestItem Parser::parseTestItem() {
  ast::TestItem item;
  const std::uint32_t begin = this->begin();
  if (takeWord("given")) {
    item.node = parseGiven();
  } else if (takeWord("expect")) {
    item.node = parseExpect();
  } else if (takeWord("check")) {
    item.node = ast::Check{parseExpr()};
  } else {
    failHere("`given`, `expect` or `check`");
  }
  item.span = spanFrom(begin);
  return item;
}

// "given" ("param" NAME "=" expr | "now" "=" expr | path events | path args "=>" expr)
ast::TestItem::Node Parser::parseGiven() {
  if (takeWord("param")) {
    ast::GivenParam node;
    node.name = expectName("the name of a parameter");
    expect(TokenKind::kAssign, "and its value");
    node.value = parseExpr();
    return node;
  }
  if (takeWord("now")) {
    expect(TokenKind::kAssign, "and an instant after `now`");
    return ast::GivenNow{parseExpr()};
  }
  ast::PathCall call = parsePathCall("a source, a service function, `param` or `now` after `given`");
  if (call.args) {
    ast::GivenCall node;
    node.call = std::move(call);
    expect(TokenKind::kFatArrow, "and the answer of the call");
    node.value = parseExpr();
    return node;
  }
  ast::GivenEvents node;
  node.source = std::move(call.path);
  if (!openBracket(TokenKind::kLeftBracket, "and the records, or the arguments of a call")) return node;
  commaList(TokenKind::kRightBracket, "an event", [&] { node.events.push_back(parseTestEvent()); });
  return node;
}

// event : expr | "watermark" expr | "pause" expr | "restart" | "end"
ast::TestEvent Parser::parseTestEvent() {
  using Kind = ast::TestEvent::Kind;
  ast::TestEvent event;
  const std::uint32_t begin = this->begin();
  if (takeWord("restart")) {
    event.kind = Kind::kRestart;
  } else if (takeWord("end")) {
    event.kind = Kind::kEnd;
  } else {
    event.kind = takeWord("watermark") ? Kind::kWatermark : takeWord("pause") ? Kind::kPause : Kind::kRow;
    event.value = parseExpr();
  }
  event.span = spanFrom(begin);
  return event;
}

// "expect" path ["ordered" | "contains"] list | "expect" path "empty"
ast::TestItem::Node Parser::parseExpect() {
  using Kind = ast::Expect::Kind;
  ast::Expect node;
  node.stream = parsePath("a stream after `expect`");
  const std::uint32_t begin = this->begin();
  if (takeWord("empty")) {
    node.kind = Kind::kEmpty;
  } else {
    node.kind = takeWord("ordered") ? Kind::kOrdered : takeWord("contains") ? Kind::kContains : Kind::kRows;
    if (openBracket(TokenKind::kLeftBracket, "and the rows, or `empty`, after the stream")) {
      commaList(TokenKind::kRightBracket, "a row", [&] { node.rows.push_back(parseExpr()); });
    }
  }
  node.rows_span = spanFrom(begin);
  return node;
}

}  // namespace streamc::parse
