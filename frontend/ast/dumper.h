// The writer behind dumpAst, private to this room: lines, indentation, places. One overload a node, in dump_expr.cpp,
// dump_step.cpp and dump_decl.cpp.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "dsl/source_file.h"
#include "frontend/ast/ast.h"

namespace streamc::ast {

class Dumper {
 public:
  explicit Dumper(const SourceFile& file) : file_(file) {}

  void decls(const std::vector<DeclPtr>& decls);
  std::string take() { return std::move(out_); }

 private:
  // Indents what is written while it lives.
  struct Inside {
    explicit Inside(Dumper& of) : dumper(of) { ++dumper.depth_; }
    ~Inside() { --dumper.depth_; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    Dumper& dumper;
  };

  void line(std::string_view role, std::string_view text, Span span);

  void expr(std::string_view role, const ExprPtr& expr);
  void exprs(std::string_view role, const std::vector<ExprPtr>& exprs);
  void record(std::string_view role, const RecordExpr& record, Span span);
  void recordItems(const RecordExpr& record);
  void args(const std::vector<Arg>& args);
  void casePattern(const Case& pattern);
  void type(std::string_view role, const TypePtr& type);
  void streamType(std::string_view role, const StreamType& type);
  void params(const std::vector<Param>& params);
  void name(std::string_view role, const Name& name);
  void paths(std::string_view role, const std::vector<Path>& paths);

  void pipeline(const Pipeline& pipeline);
  void input(std::string_view role, const Input& input);
  void pathCall(std::string_view role, const PathCall& call);
  void step(const Step& step);
  void keys(const std::vector<Key>& keys);
  void timeClause(const TimeClause& clause);
  void bound(const Bound& bound);
  void emit(const EmitClause& emit);

  void decl(const Decl& decl);
  void settings(const std::optional<Settings>& settings);
  void edgeClauses(const std::vector<EdgeClause>& clauses);
  void block(std::string_view role, const Block& block);
  void stmt(const Stmt& stmt);
  void testItem(const TestItem& item);

  friend struct ExprDumper;
  friend struct StepDumper;
  friend struct DeclDumper;
  friend struct StmtDumper;
  friend struct TestDumper;

  const SourceFile& file_;
  std::string out_;
  std::size_t depth_ = 0;
};

// A string on one line, in quotes.
std::string quotedText(std::string_view text);

}  // namespace streamc::ast
