// The steps, one function each, and the table that names them; see parser.h for how errors work.
#include <fmt/format.h>

#include <memory>

#include "dsl/suggest.h"
#include "frontend/parse/keywords.h"
#include "frontend/parse/parser.h"
#include "frontend/parse/step_rule.h"

namespace streamc::parse {

const Parser::StepRule Parser::kStepRules[] = {
    {"where", &Parser::parseWhere, "where condition"},
    {"select", &Parser::parseSelect, "select { field, name: value }"},
    {"extend", &Parser::parseExtend, "extend { name: value }"},
    {"set", &Parser::parseSet, "set { field: value }"},
    {"drop", &Parser::parseDrop, "drop field, field"},
    {"rename", &Parser::parseRename, "rename field as name, field as name"},
    {"only", &Parser::parseOnly, "only variant"},
    {"flatten", &Parser::parseFlatten, "flatten list as name"},
    {"decode", &Parser::parseDecode, "decode value as Type with format"},
    {"assert", &Parser::parseAssert, "assert condition else \"message\""},
    {"key", &Parser::parseKeyStep, "key by field, name: value"},
    {"window", &Parser::parseWindow, "window tumble 1m late allow 1h"},
    {"aggregate", &Parser::parseAggregate, "aggregate { name: value where … } by keys emit … ttl …"},
    {"top", &Parser::parseTop, "top 10 by value with ties per field ttl …"},
    {"bottom", &Parser::parseBottom, "bottom 10 by value with ties per field ttl …"},
    {"distinct", &Parser::parseDistinct, "distinct field, field ttl …"},
    {"dedup", &Parser::parseDedup, "dedup by field within 1h"},
    {"latest", &Parser::parseLatest, "latest by field order by value delete when condition ttl …"},
    {"changes", &Parser::parseChanges, "changes"},
    {"join", &Parser::parseJoin, "join stream as name on condition within 1h before and 5m after ttl …"},
    {"left", &Parser::parseLeftJoin, "left join stream as name on condition within 1h before ttl …"},
    {"lookup", &Parser::parseLookup, "lookup table as name on condition"},
    {"call", &Parser::parseCall, "call name = service.function(…)"},
    {"match", &Parser::parseMatchStep, "match by keys within 10m { pattern: a then b  a when …  b when … }"},
    {"route", &Parser::parseRoute, "route { when condition => step  else => step }"},
    {"emit", &Parser::parseEmitStep, "emit every 10s"},
    {"sort", &Parser::parseSort, "sort by value desc, value"},
    {"limit", &Parser::parseLimit, "limit 10"},
    {"sample", &Parser::parseSample, "sample 0.01"},
    {"throttle", &Parser::parseThrottle, "throttle 100/s"},
    {"name", &Parser::parseNameStep, "name \"text\""},
    {"to", &Parser::parseTo, "to sink if condition"},
};

const Parser::StepRule* Parser::findStepRule(std::string_view word) {
  if (word.empty()) return nullptr;
  for (const StepRule& rule : kStepRules) {
    if (rule.word == word) return &rule;
  }
  return nullptr;
}

bool Parser::isStepWord(const Token& token) const {
  return token.kind == TokenKind::kName && !token.is_quoted && findStepRule(stream_.text(token)) != nullptr;
}

std::vector<std::string_view> Parser::stepWords() {
  std::vector<std::string_view> words;
  for (const StepRule& rule : kStepRules) words.push_back(rule.word);
  return words;
}

// ---------- records, one at a time ----------

ast::Step::Node Parser::parseWhere() { return ast::WhereStep{parseExpr()}; }

ast::Step::Node Parser::parseShape(ast::ShapeStep::Kind kind) {
  ast::ShapeStep node;
  node.kind = kind;
  const std::uint32_t begin = this->begin();
  node.record = parseRecord("and the fields");
  node.record_span = spanFrom(begin);
  return node;
}

ast::Step::Node Parser::parseDrop() { return ast::DropStep{parseFields("the field to drop")}; }

ast::Step::Node Parser::parseRename() {
  ast::RenameStep node;
  plainList([&] {
    ast::RenameStep::Item item;
    const std::uint32_t begin = this->begin();
    item.from = parsePath("the field to rename");
    expectWord("as", "and the new name");
    item.to = expectName("the new name");
    item.span = spanFrom(begin);
    node.items.push_back(std::move(item));
  });
  return node;
}

ast::Step::Node Parser::parseOnly() { return ast::OnlyStep{expectName("the variant to keep")}; }

ast::Step::Node Parser::parseFlatten() {
  ast::FlattenStep node;
  node.list = parseExpr();
  expectWord("as", "and a name for one item of the list");
  node.as = expectName("a name for one item of the list");
  return node;
}

ast::Step::Node Parser::parseDecode() {
  ast::DecodeStep node;
  node.value = parseExpr();
  expectWord("as", "and the type to decode into");
  node.type = parseType();
  node.format = parseOptional("with");
  return node;
}

ast::Step::Node Parser::parseAssert() {
  ast::AssertStep node;
  node.condition = parseExpr();
  expectWord("else", "and a message after the condition");
  node.message = expectString("a message", node.message_span);
  return node;
}

ast::Step::Node Parser::parseKeyStep() {
  expectWord("by", "after `key`");
  return ast::KeyStep{parseKeys()};
}

ast::Step::Node Parser::parseAmount(ast::AmountStep::Kind kind) { return ast::AmountStep{kind, parseExpr()}; }

ast::Step::Node Parser::parseNameStep() {
  ast::NameStep node;
  node.name = expectString("a string after `name`", node.name_span);
  return node;
}

// "to" (path [args] | "null") ["if" expr]
ast::Step::Node Parser::parseTo() {
  ast::ToStep node;
  if (!takeWord("null")) node.sink = parsePathCall("a sink");
  node.condition = parseOptional("if");
  return node;
}

ast::Step::Node Parser::parseSort() {
  ast::SortStep node;
  expectWord("by", "after `sort`");
  plainList([&] {
    ast::SortStep::Item item;
    const std::uint32_t begin = this->begin();
    item.value = parseExpr();
    if (takeWord("asc"))
      item.direction = ast::SortStep::Direction::kAscending;
    else if (takeWord("desc"))
      item.direction = ast::SortStep::Direction::kDescending;
    item.span = spanFrom(begin);
    node.items.push_back(std::move(item));
  });
  return node;
}

// ---------- windows and groups ----------

namespace {

struct WindowWord {
  std::string_view word;
  ast::WindowStep::Kind kind;
};
constexpr WindowWord kWindowWords[] = {
    {"tumble", ast::WindowStep::Kind::kTumble},     {"hop", ast::WindowStep::Kind::kHop},
    {"cumulate", ast::WindowStep::Kind::kCumulate}, {"session", ast::WindowStep::Kind::kSession},
    {"calendar", ast::WindowStep::Kind::kCalendar}, {"rows", ast::WindowStep::Kind::kRows},
};
struct WindowSynonym {
  std::string_view word;
  std::string_view meant;
};
constexpr WindowSynonym kWindowSynonyms[] = {
    {"tumbling", "tumble"},
    {"fixed", "tumble"},
    {"hopping", "hop"},
    {"sliding", "hop"},
    {"slide", "hop"},
    {"day", "calendar day in \"…\""},
    {"week", "calendar week in \"…\""},
    {"month", "calendar month in \"…\""},
};

}  // namespace

void Parser::failWindow() {
  if (!at(TokenKind::kName)) return failExpected("a kind of window: tumble, hop, cumulate, session, calendar or rows");
  const Span where = currentSpan();
  const std::string name(word());
  Diagnostic unknown(kSyntax, where, fmt::format("there is no window called `{}`", excerpt(name)));
  unknown.note("windows are: tumble, hop, cumulate, session, calendar, rows");
  std::vector<std::string_view> words;
  for (const WindowWord& row : kWindowWords) words.push_back(row.word);
  std::vector<std::string> near = suggest(name, std::span<const std::string_view>(words));
  for (const WindowSynonym& row : kWindowSynonyms) {
    if (row.word == name) near = {std::string(row.meant)};
  }
  if (!near.empty()) unknown.fix(Fix::replace(where, near.front(), "write"));
  fail(std::move(unknown));
}

ast::Step::Node Parser::parseWindow() {
  using Kind = ast::WindowStep::Kind;
  ast::WindowStep node;
  const WindowWord* row = nullptr;
  for (const WindowWord& candidate : kWindowWords) {
    if (row == nullptr && takeWord(candidate.word)) row = &candidate;
  }
  if (row == nullptr) {
    failWindow();
    return node;
  }
  node.kind = row->kind;
  if (node.kind == Kind::kCalendar) {
    node.unit = expectName("`day`, `week` or `month` after `calendar`");
    expectWord("in", "and a time zone: calendar day in \"Europe/Berlin\"");
    node.zone = parseExpr();
  } else {
    if (node.kind == Kind::kSession) expectWord("gap", "after `session`");
    node.size = parseExpr();
    if (node.kind == Kind::kTumble) node.offset = parseOptional("offset");
    if (node.kind == Kind::kSession) node.max = parseOptional("max");
    if (node.kind == Kind::kRows) node.step = parseOptional("every");
    if (node.kind == Kind::kHop || node.kind == Kind::kCumulate) {
      expectWord("every", fmt::format("and a duration after `{} …`", row->word));
      node.step = parseExpr();
    }
  }
  const std::uint32_t late_begin = begin();
  if (takeWord("late")) {
    node.late = atWord("drop") ? ast::WindowStep::Late::kDrop : ast::WindowStep::Late::kAllow;
    if (takeWord("allow"))
      node.late_allow = parseExpr();
    else if (!takeWord("drop"))
      failExpected("`drop` or `allow` after `late`");
    node.late_span = spanFrom(late_begin);
  }
  return node;
}

// agg : NAME ":" expr ["where" expr]
ast::Aggregate Parser::parseAggregateItem() {
  ast::Aggregate item;
  const std::uint32_t begin = this->begin();
  if (at(TokenKind::kName) && peek(1).kind != TokenKind::kColon && peek(1).kind != TokenKind::kError) {
    if (peek(1).kind != TokenKind::kAssign) {
      fail(Diagnostic(kSyntax, currentSpan(), "each result of an aggregate needs a name")
               .fix(Fix::insertBefore(currentSpan(), "name: ", "name it", Applicability::kHasPlaceholders)));
    }
  }
  item.name = expectName("a result: `name: value`");
  if (at(TokenKind::kAssign)) {
    complainAssignForColon("a field is given its value with `:`", false);
    advance();
  } else {
    expect(TokenKind::kColon, "after the name of the result");
  }
  item.value = parseExpr();
  item.where = parseOptional("where");
  item.span = spanFrom(begin);
  return item;
}

// "aggregate" agg_record ["by" keys] [emit] [bound]
ast::Step::Node Parser::parseAggregate() {
  ast::AggregateStep node;
  const std::uint32_t begin = this->begin();
  if (openBracket(TokenKind::kLeftBrace, "and the results, as in { n: count() }")) {
    do node.aggregates.push_back(parseAggregateItem());
    while (take(TokenKind::kComma) && !at(TokenKind::kRightBrace));
    closeBracket(TokenKind::kRightBrace, "a result");
  }
  node.record_span = spanFrom(begin);
  if (takeWord("by")) node.keys = parseKeys();
  node.emit = parseEmitClause();
  node.bound = parseBound();
  return node;
}

// ("top" | "bottom") expr "by" expr ("," expr)* ["with" "ties"] ["per" fields] [bound]
ast::Step::Node Parser::parseTopOrBottom(bool is_bottom) {
  ast::TopStep node;
  node.is_bottom = is_bottom;
  node.count = parseExpr();
  expectWord("by", "and what to compare");
  plainList([&] { node.by.push_back(parseExpr()); });
  if (takeWord("with")) node.with_ties = expectWord("ties", "after `with`");
  if (takeWord("per")) node.per = parseFields("a field");
  node.bound = parseBound();
  return node;
}

ast::Step::Node Parser::parseDistinct() {
  ast::DistinctStep node;
  node.fields = parseFields("a field");
  node.bound = parseBound();
  return node;
}

ast::Step::Node Parser::parseDedup() {
  ast::DedupStep node;
  expectWord("by", "after `dedup`");
  node.fields = parseFields("a field");
  expectWord("within", "and how far apart two copies may be");
  node.within = parseExpr();
  return node;
}

// "latest" "by" fields ["order" "by" expr] ["delete" "when" expr] [bound]
ast::Step::Node Parser::parseLatest() {
  ast::LatestStep node;
  expectWord("by", "after `latest`");
  node.fields = parseFields("a field");
  if (takeWord("order")) {
    expectWord("by", "after `order`");
    node.order_by = parseExpr();
  }
  if (takeWord("delete")) {
    expectWord("when", "after `delete`");
    node.delete_when = parseExpr();
  }
  node.bound = parseBound();
  return node;
}

ast::Step::Node Parser::parseChanges() { return ast::ChangesStep{}; }

ast::Step::Node Parser::parseEmitStep() { return ast::EmitStep{parseEmitRest(previous_.begin)}; }

// ---------- several streams ----------

ast::Step::Node Parser::parseLeftJoin() {
  expectWord("join", "after `left`");
  return parseJoinRest(true);
}

// ["left"] "join" [pick] input "as" NAME "on" expr [within] [bound]
ast::Step::Node Parser::parseJoinRest(bool is_left) {
  using Pick = ast::JoinStep::Pick;
  ast::JoinStep node;
  node.is_left = is_left;
  if (takeWord("latest"))
    node.pick = Pick::kLatest;
  else if (takeWord("first"))
    node.pick = Pick::kFirst;
  else if (takeWord("all"))
    node.pick = Pick::kAll;
  node.input = parseInput();
  expectWord("as", "and a name for the other side");
  node.as = expectName("a name for the other side");
  expectWord("on", "and a condition");
  node.on = parseExpr();
  node.within = parseWithin();
  node.bound = parseBound();
  return node;
}

// within : "within" expr ( "before" ["and" expr "after"] | "after" )
std::optional<ast::WithinClause> Parser::parseWithin() {
  const std::uint32_t begin = this->begin();
  if (!takeWord("within")) return std::nullopt;
  ast::WithinClause clause;
  ast::ExprPtr first = parseExpr();
  if (takeWord("before")) {
    clause.before = std::move(first);
    if (takeWord("and")) {
      clause.after = parseExpr();
      expectWord("after", "at the end of `within … before and …`");
    }
  } else if (takeWord("after")) {
    clause.after = std::move(first);
  } else {
    failExpected("`before` or `after`");
  }
  clause.span = spanFrom(begin);
  return clause;
}

ast::Step::Node Parser::parseLookup() {
  ast::LookupStep node;
  node.table = parsePath("a table");
  expectWord("as", "and a name for the row that is found");
  node.as = expectName("a name for the row that is found");
  expectWord("on", "and a condition");
  node.on = parseExpr();
  return node;
}

ast::Step::Node Parser::parseCall() {
  ast::CallStep node;
  node.name = expectName("a name for the answer");
  expect(TokenKind::kAssign, "and a call after the name");
  node.value = parseExpr();
  return node;
}

// "match" "by" keys "within" expr ["overlapping"] "{" "pattern" ":" pattern define* "}"
ast::Step::Node Parser::parseMatchStep() {
  using Link = ast::PatternItem::Link;
  ast::MatchStep node;
  expectWord("by", "after `match`");
  node.keys = parseKeys();
  expectWord("within", "and how long a match may take");
  node.within = parseExpr();
  node.is_overlapping = takeWord("overlapping");
  if (!openBracket(TokenKind::kLeftBrace, "and `pattern:`")) return node;
  expectWord("pattern", "first");
  expect(TokenKind::kColon, "after `pattern`");
  node.pattern.push_back(parsePatternItem(Link::kFirst));
  while (atWord("then") || atWord("next")) {
    const Link link = atWord("then") ? Link::kThen : Link::kNext;
    advance();
    node.pattern.push_back(parsePatternItem(link));
  }
  while (at(TokenKind::kName)) node.defines.push_back(parsePatternDefine());
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

// pat : ["not"] NAME [quant]
ast::PatternItem Parser::parsePatternItem(ast::PatternItem::Link link) {
  using Quantifier = ast::PatternItem::Quantifier;
  ast::PatternItem item;
  const std::uint32_t begin = this->begin();
  item.link = link;
  item.is_negated = takeWord("not");
  item.name = expectName("a name for an event of the pattern");
  if (take(TokenKind::kQuestion)) {
    item.quantifier = Quantifier::kOptional;
  } else if (take(TokenKind::kStar)) {
    item.quantifier = Quantifier::kAny;
  } else if (take(TokenKind::kPlus)) {
    item.quantifier = Quantifier::kSome;
  } else if (at(TokenKind::kLeftBrace)) {
    item.quantifier = Quantifier::kCounted;
    openBracket(TokenKind::kLeftBrace, "");
    item.min = expectInt("how many, as in {2} or {1,3}");
    if (take(TokenKind::kComma)) {
      item.is_open = !at(TokenKind::kInt);
      if (!item.is_open) item.max = expectInt("how many");
    }
    closeBracket(TokenKind::kRightBrace, "");
  }
  item.span = spanFrom(begin);
  return item;
}

// define : NAME "when" expr
ast::PatternDefine Parser::parsePatternDefine() {
  ast::PatternDefine define;
  const std::uint32_t begin = this->begin();
  checkReservedStart("a definition");
  define.name = expectName("an event of the pattern");
  expectWord("when", "and a condition");
  define.condition = parseExpr();
  define.span = spanFrom(begin);
  return define;
}

// "route" ["all"] "{" arm+ "}"
ast::Step::Node Parser::parseRoute() {
  ast::RouteStep node;
  node.is_all = takeWord("all");
  if (!openBracket(TokenKind::kLeftBrace, "and the arms of the route")) return node;
  do node.arms.push_back(parseRouteArm());
  while (atWord("when") || atWord("else"));
  closeBracket(TokenKind::kRightBrace, "");
  return node;
}

// arm : ("when" expr | "else") "=>" step ("|" step)*
ast::RouteArm Parser::parseRouteArm() {
  ast::RouteArm arm;
  const std::uint32_t begin = this->begin();
  const Nesting nesting(*this);
  if (takeWord("when")) {
    arm.condition = parseExpr();
  } else if (!takeWord("else")) {
    failHere("`when condition => …` or `else => …`");
  }
  expect(TokenKind::kFatArrow, "and a step after the condition");
  if (failed_ || !nesting.ok()) return arm;
  ++arm_depth_;
  do arm.steps.push_back(parseStep());
  while (takePipe());
  --arm_depth_;
  arm.span = spanFrom(begin);
  return arm;
}

}  // namespace streamc::parse
