// The recursive-descent parser, private to this room (parse.h is the way in).
//
// How errors work. fail() reports and sets failed_. From then on the current token reads as the end of the file, so
// every function of the descent runs out by itself, loops end, and nothing more is reported. Who can carry on (a step,
// a statement, a declaration) calls a recover function, which moves the cursor behind the damage and clears failed_. To
// know where that is, brackets are matched once before parsing (match_), and the open ones are kept in open_: a bracket
// that is closed somewhere is left through its end, one that never is does not count.
//
// Words are compared by their text; a quoted name never equals a keyword.
//
// One member function a production, named for it; the files: parser.cpp (cursor, recovery), expr_parser.cpp,
// type_parser.cpp, step_parser.cpp, decl_parser.cpp, process_parser.cpp (processes and tests).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/diagnostic.h"
#include "frontend/ast/ast.h"
#include "frontend/lex/token.h"
#include "frontend/parse/diagnostics.h"

namespace streamc::parse {

using lex::Token;
using lex::TokenKind;

class Parser {
 public:
  Parser(const lex::TokenStream& stream, DiagnosticSink& sink);

  ast::Module parseModule();

 private:
  // ---------- cursor ----------
  const Token& current() const { return failed_ ? stop_ : tokens_[at_]; }
  const Token& peek(std::size_t ahead) const;
  bool at(TokenKind kind) const { return current().kind == kind; }
  bool atWord(std::string_view word) const { return isWord(current(), word); }
  bool isWord(const Token& token, std::string_view word) const {
    return token.kind == TokenKind::kName && !token.is_quoted && stream_.text(token) == word;
  }
  // The current word if it is unquoted, else "".
  std::string_view word() const;
  // As word(), in lower case, when it is written in capitals: SQL habits.
  std::string capitalsAsLower() const;
  bool atString() const;
  bool atEnd() const { return at(TokenKind::kEnd); }
  bool advance();  // always true, for use in conditions
  bool take(TokenKind kind) { return at(kind) && advance(); }
  bool takeWord(std::string_view word) { return atWord(word) && advance(); }
  bool expect(TokenKind kind, std::string_view where);
  bool expectWord(std::string_view word, std::string_view where);
  ast::Name expectName(std::string_view what);
  std::uint32_t begin() const { return current().begin; }
  Span currentSpan() const { return stream_.span(current()); }
  Span previousSpan() const { return {stream_.file->id(), previous_.begin, previous_.end}; }
  // From `begin` to the end of the last token taken.
  Span spanFrom(std::uint32_t begin) const;
  std::string found() const;

  // ---------- brackets and lists ----------
  bool openBracket(TokenKind opener, std::string_view where);
  void closeBracket(TokenKind closer, std::string_view item);
  // item ("," item)*, with a last comma allowed, up to `closer`.
  template <typename Item>
  void commaList(TokenKind closer, std::string_view what, Item&& item) {
    while (!at(closer) && !atEnd()) {
      item();
      if (!take(TokenKind::kComma)) break;
    }
    closeBracket(closer, what);
  }
  // item ("," item)*
  template <typename Item>
  void plainList(Item&& item) {
    do item();
    while (take(TokenKind::kComma));
  }

  // ---------- errors and recovery ----------
  // Reports, unless something was reported here already, and gives up on what is being read.
  void fail(Diagnostic diagnostic);
  void failExpected(std::string_view what);
  // The same, pointing at the current token even when it begins a line.
  void failHere(std::string_view what);
  // Reports and carries on.
  void complain(Diagnostic diagnostic);
  bool tooDeep();
  void matchBrackets();
  void leaveOpenBrackets(std::size_t keep);
  bool closesEnclosing() const;
  bool isAtLineStart(const Token& token) const;
  bool looksLikeDeclaration(std::size_t index) const;
  bool startsDeclarationHere(std::size_t index) const;
  std::size_t indentOf(const Token& token) const;
  void recoverStep(std::size_t open_before, std::size_t began_at);
  void recoverDecl(std::size_t open_before, std::size_t began_at);
  void recoverItem(std::size_t open_before, std::size_t began_at);

  // Counts nesting while it lives; false when that is too deep, which has been reported.
  struct Nesting {
    explicit Nesting(Parser& of) : parser(of) { ++parser.nesting_; }
    ~Nesting() { --parser.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    bool ok() const { return parser.nesting_ <= ast::kMaxNesting || parser.tooDeep(); }
    Parser& parser;
  };

  // ---------- expressions ----------
  ast::ExprPtr make(std::uint32_t begin, ast::Expr::Node node);
  ast::ExprPtr makeBinary(ast::BinaryOp op, Span op_span, ast::ExprPtr lhs, ast::ExprPtr rhs);
  ast::ExprPtr errorExpr();
  ast::ExprPtr parseExpr();
  ast::ExprPtr parseIfExpr();
  ast::ExprPtr parseMatchExpr();
  bool isCapitalOperator(std::string_view lowered) const;
  ast::ExprPtr parseOr();
  ast::ExprPtr parseAnd();
  ast::ExprPtr parseNot();
  ast::ExprPtr parseComparison();
  std::optional<ast::BinaryOp> takeComparison(Span& op_span);
  bool atForeignEqual() const;
  ast::ExprPtr parseIs(ast::ExprPtr operand);
  void complainForeignAfterOperand();
  ast::ExprPtr parseCoalesce();
  ast::ExprPtr parseSum();
  ast::ExprPtr parseProduct();
  ast::ExprPtr parseUnary();
  ast::ExprPtr parsePostfix();
  // One of . ?. [ ( after `base`; null and `base` untouched when there is none.
  bool parsePostfixTail(std::uint32_t begin, ast::ExprPtr& base);
  ast::ExprPtr parsePrimary();
  ast::ExprPtr parseNameOrWord();
  bool beginsNextDeclaration() const;
  ast::ExprPtr parseParenthesized();
  ast::ExprPtr parseLiteral();
  ast::ExprPtr parseFString();
  ast::ExprPtr parseList();
  ast::RecordExpr parseRecord(std::string_view where);
  ast::RecordItem parseRecordItem();
  void complainAssignForColon(std::string message, bool in_call);
  std::vector<ast::Arg> parseArgs();
  ast::Arg parseArg();
  ast::ExprPtr parseFnLambda();
  ast::Case parseCase();
  bool atLiteral() const;
  bool startsOperand(const Token& token) const;
  ast::Name takeName();
  ast::Path parsePath(std::string_view what);
  std::vector<ast::Path> parseFields(std::string_view what);
  ast::StringLiteral expectString(std::string_view what, Span& span);
  ast::ExprPtr expectInt(std::string_view what);

  // ---------- types ----------
  ast::TypePtr parseType();
  ast::Type::Node parseNamedType();
  ast::Type::Node parseRecordType();
  ast::TypeField parseTypeField();
  void closeAngle();
  ast::StreamType parseStreamType();
  std::vector<ast::Param> parseParams();
  ast::Param parseParam();

  // ---------- pipelines ----------
  ast::PipelinePtr parsePipeline();
  ast::Origin parseOrigin();
  ast::Input parseInput();
  ast::PathCall parsePathCall(std::string_view what);
  ast::StepPtr parseStep();
  ast::Step::Node parseStepNode(Span& keyword_span);
  bool takePipe();
  bool missesPipe() const;
  void checkStepEnd(std::string_view form);
  void failUnknownStep();
  ast::TimeClause parseTimeClause();
  std::optional<ast::Bound> parseBound();
  std::optional<ast::EmitClause> parseEmitClause();
  ast::EmitClause parseEmitRest(std::uint32_t begin);
  std::vector<ast::Key> parseKeys();
  ast::Key parseKey();
  ast::ExprPtr parseOptional(std::string_view word);  // ["word" expr]

  struct StepRule;
  static const StepRule kStepRules[];
  static const StepRule* findStepRule(std::string_view word);
  bool isStepWord(const Token& token) const;
  static std::vector<std::string_view> stepWords();
  // Each reads what follows its word.
  ast::Step::Node parseWhere();
  ast::Step::Node parseShape(ast::ShapeStep::Kind kind);
  ast::Step::Node parseSelect() { return parseShape(ast::ShapeStep::Kind::kSelect); }
  ast::Step::Node parseExtend() { return parseShape(ast::ShapeStep::Kind::kExtend); }
  ast::Step::Node parseSet() { return parseShape(ast::ShapeStep::Kind::kSet); }
  ast::Step::Node parseDrop();
  ast::Step::Node parseRename();
  ast::Step::Node parseOnly();
  ast::Step::Node parseFlatten();
  ast::Step::Node parseDecode();
  ast::Step::Node parseAssert();
  ast::Step::Node parseKeyStep();
  ast::Step::Node parseWindow();
  void failWindow();
  ast::Step::Node parseAggregate();
  ast::Aggregate parseAggregateItem();
  ast::Step::Node parseTopOrBottom(bool is_bottom);
  ast::Step::Node parseTop() { return parseTopOrBottom(false); }
  ast::Step::Node parseBottom() { return parseTopOrBottom(true); }
  ast::Step::Node parseDistinct();
  ast::Step::Node parseDedup();
  ast::Step::Node parseLatest();
  ast::Step::Node parseChanges();
  ast::Step::Node parseJoinRest(bool is_left);
  ast::Step::Node parseJoin() { return parseJoinRest(false); }
  ast::Step::Node parseLeftJoin();
  std::optional<ast::WithinClause> parseWithin();
  ast::Step::Node parseLookup();
  ast::Step::Node parseCall();
  ast::Step::Node parseMatchStep();
  ast::PatternItem parsePatternItem(ast::PatternItem::Link link);
  ast::PatternDefine parsePatternDefine();
  ast::Step::Node parseRoute();
  ast::RouteArm parseRouteArm();
  ast::Step::Node parseEmitStep();
  ast::Step::Node parseSort();
  ast::Step::Node parseAmount(ast::AmountStep::Kind kind);
  ast::Step::Node parseLimit() { return parseAmount(ast::AmountStep::Kind::kLimit); }
  ast::Step::Node parseSample() { return parseAmount(ast::AmountStep::Kind::kSample); }
  ast::Step::Node parseThrottle() { return parseAmount(ast::AmountStep::Kind::kThrottle); }
  ast::Step::Node parseNameStep();
  ast::Step::Node parseTo();

  // ---------- declarations ----------
  std::vector<ast::DeclPtr> parseDecls(bool in_braces);
  ast::DeclPtr parseDecl();
  ast::Decl::Node parseDeclNode(Span& keyword_span);
  void failDeclaration(Span word, std::string_view name);
  std::string docCommentBefore(std::uint32_t begin) const;
  std::optional<ast::Settings> parseSettings();
  std::vector<ast::EdgeClause> parseEdgeClauses();
  std::vector<ast::Path> parseOptionalKey();

  struct DeclRule;
  static const DeclRule kDeclRules[];
  static const DeclRule* findDeclRule(std::string_view word);
  // Each reads what follows its word.
  ast::Decl::Node parseUse();
  ast::Decl::Node parseJob();
  ast::Decl::Node parseFor();
  ast::Decl::Node parseParamDecl(bool is_live);
  ast::Decl::Node parseParamWord() { return parseParamDecl(false); }
  ast::Decl::Node parseTypeDecl();
  ast::EnumBody parseEnumBody(bool is_open);
  ast::OneofBody parseOneofBody();
  ast::Decl::Node parseFnDecl(bool is_live);
  ast::Decl::Node parseFnWord() { return parseFnDecl(false); }
  void parseFnBody(ast::FnDecl& fn);
  ast::Decl::Node parseLive();
  ast::Decl::Node parseExtern();
  ast::ExternFn parseExternFn();
  ast::ExprPtr parseCost();
  ast::Decl::Node parseService();
  ast::ServiceFn parseServiceFn();
  ast::Decl::Node parseSource();
  ast::Decl::Node parseTable();
  ast::Decl::Node parseSink();
  ast::Decl::Node parseChannel();
  ast::Decl::Node parseStream();
  ast::Decl::Node parsePipeDecl();
  ast::Decl::Node parseFlow();
  void failFlow(const ast::Pipeline& pipeline, std::size_t began_at);
  void checkReservedStart(std::string_view what);

  // ---------- processes and tests ----------
  ast::Decl::Node parseProcess();
  void parseProcessItem(ast::ProcessDecl& process);
  ast::StateItem parseState();
  ast::HandlerItem parseHandler();
  ast::Block parseBlock(std::string_view where);
  ast::StmtPtr parseStmt();
  ast::Stmt::Node parseStmtNode();
  ast::Stmt::Node parseLet();
  ast::Stmt::Node parseEmitStmt();
  ast::Stmt::Node parseTimerStmt();
  ast::Stmt::Node parseIfStmt();
  ast::Stmt::Node parseForStmt();
  ast::Stmt::Node parseMatchStmt();
  ast::Stmt::Node parsePlaceStmt();
  ast::Decl::Node parseTest();
  ast::TestItem parseTestItem();
  ast::TestItem::Node parseGiven();
  ast::TestItem::Node parseExpect();
  ast::TestEvent parseTestEvent();

  const lex::TokenStream& stream_;
  DiagnosticSink& sink_;
  std::vector<Token> tokens_;         // a copy: `>=` is split where `>` closes a type
  std::vector<std::uint32_t> match_;  // token index of an opener → of its closer and back; kNoMatch otherwise
  std::vector<std::size_t> open_;     // token indices of the brackets that we are in
  std::size_t at_ = 0;
  Token previous_;
  Token stop_;  // what current() is after a failure
  bool failed_ = false;
  std::size_t last_failure_ = SIZE_MAX;  // token index
  std::size_t errors_ = 0;               // reported, or met as kError tokens
  std::uint32_t nesting_ = 0;
  std::uint32_t next_expr_ = 0;
  std::size_t arm_depth_ = 0;    // route arms that we are in
  std::size_t decl_indent_ = 0;  // of the declaration that is being read: the next one is not further in
};

}  // namespace streamc::parse
