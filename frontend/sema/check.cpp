#include "frontend/sema/check.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "frontend/sema/constants.h"
#include "frontend/sema/graph.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/tests.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kTwoJobs, "E0125", Severity::kError, "a file with two `job` lines");
STREAMC_DIAGNOSTIC(kFlowOutsideJob, "E0126", Severity::kError, "a flow beside the jobs of a file");
STREAMC_DIAGNOSTIC(kForList, "E0127", Severity::kError, "`for` over something that is no list of constants");
STREAMC_DIAGNOSTIC(kNotBuiltError, "E0109", Severity::kError, "a program uses what cannot be executed yet");
STREAMC_DIAGNOSTIC(kNotBuiltWarning, "W0109", Severity::kWarning, "a program uses what cannot be executed yet");

namespace {

// "dir/flash_sale.stream" → "flash_sale".
std::string nameOfFile(std::string name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::size_t dot = name.find('.');
  if (dot != std::string::npos && dot != 0) name.resize(dot);
  return name.empty() || name == "-" ? "job" : name;
}

// Checks the declarations of one job (or of the file, for what the jobs share).
class JobChecker {
 public:
  JobChecker(Context& context, Declarations& declarations) : job_(context, declarations), graph_(job_) {}

  Program run(const std::string& name, const std::optional<ast::Settings>& settings, Scope& scope,
              const std::vector<ast::DeclPtr>& decls, std::shared_ptr<TypeContext> types) {
    job_.program.name = name;
    job_.program.types = std::move(types);
    job_.program.error_scopes.push_back({});
    // Parameters in the order of the text, used or not: the job's command line lists them all.
    for (const ast::DeclPtr& decl : decls) {
      if (decl->as<ast::ParamDecl>() != nullptr && decl->name() != nullptr) declareParam(*decl, scope);
    }
    for (Scope* outer = scope.parent; outer != nullptr; outer = outer->parent) {
      for (const ast::DeclPtr& decl : outer->module->decls) {
        if (decl->as<ast::ParamDecl>() != nullptr && decl->name() != nullptr) declareParam(*decl, *outer);
      }
    }
    if (settings) graph_.settings(*settings, scope);
    walk(decls, scope);
    graph_.finish();
    for (const auto& [what, span] : job_.declarations.notBuiltTypes()) job_.notBuilt(what, span);
    return std::move(job_.program);
  }

  void walk(const std::vector<ast::DeclPtr>& decls, Scope& scope) {
    for (const ast::DeclPtr& decl : decls) check(*decl, scope);
  }

 private:
  Entity* entityOf(const ast::Decl& decl, Scope& scope) {
    const ast::Name* name = decl.name();
    if (name == nullptr) return nullptr;
    auto& names = decl.as<ast::TypeDecl>() != nullptr ? scope.types : scope.values;
    auto found = names.find(name->text);
    bool is_this_one = found != names.end() && found->second->decl == &decl;  // not one of the same name above it
    return is_this_one ? found->second : nullptr;
  }

  void declareParam(const ast::Decl& decl, Scope& scope) {
    if (decl.is_broken) return;
    if (Entity* entity = entityOf(decl, scope)) job_.param(*entity);
  }

  void check(const ast::Decl& decl, Scope& scope) {
    if (const auto* loop = decl.as<ast::ForDecl>()) return checkFor(*loop, scope);
    if (const auto* flow = decl.as<ast::FlowDecl>()) {
      if (!decl.is_broken) graph_.flow(*flow, scope);
      return;
    }
    if (const auto* test = decl.as<ast::TestDecl>()) {
      if (!decl.is_broken) checkTest(graph_, *test, scope);
      graph_.has_tests = true;
      return;
    }
    if (const auto* block = decl.as<ast::ExternDecl>()) {
      for (const ast::ExternFn& function : block->functions) {
        auto found = scope.values.find(function.name.text);
        if (found != scope.values.end()) job_.function(*found->second);
      }
      return;
    }
    Entity* entity = entityOf(decl, scope);
    if (entity == nullptr || decl.is_broken) return;
    if (decl.as<ast::TypeDecl>() != nullptr) job_.declarations.declaredType(*entity);
    if (decl.as<ast::FnDecl>() != nullptr) job_.function(*entity);
    if (const auto* sink = decl.as<ast::SinkDecl>()) {
      if (sink->type != nullptr) job_.declarations.type(*sink->type, scope);
      if (sink->to != nullptr) checkSinkDecl(*entity);
    }
    if (decl.as<ast::SourceDecl>() != nullptr || decl.as<ast::TableSourceDecl>() != nullptr ||
        decl.as<ast::ChannelDecl>() != nullptr || decl.as<ast::StreamDecl>() != nullptr ||
        decl.as<ast::TableDecl>() != nullptr) {
      graph_.entity(*entity);
    }
    if (decl.as<ast::ServiceDecl>() != nullptr) checkService(graph_, *entity);
    if (decl.as<ast::ProcessDecl>() != nullptr) checkProcess(graph_, *entity);
    if (decl.as<ast::PipeDecl>() != nullptr) checkPipe(graph_, *entity);
  }

  // A sink that nobody uses is checked and stays out of the program.
  void checkSinkDecl(Entity& entity) {
    std::size_t sinks = job_.program.sinks.size();
    graph_.declaredSink(entity);
    (void)sinks;
  }

  void checkFor(const ast::ForDecl& loop, Scope& scope) {
    if (loop.list == nullptr || loop.name.missing()) return;
    ExprChecker checker(job_, scope, {.place = "in the list of a `for`"});
    ExprRef list = checker.infer(*loop.list);
    if (list->type->isError()) return;
    bool is_list = list->kind == ExprKind::kList;
    for (const ExprRef& item : list->args) is_list &= constantOf(*item).has_value();
    if (!is_list) {
      job_.context.sink.report(
          Diagnostic(kForList, loop.list->span,
                     "`for` is worked out by the compiler, so it needs a list of constants: `[\"eu\", \"us\"]`"));
      return;
    }
    for (const ExprRef& item : list->args) {
      Scope& turn = job_.declarations.nested(scope, loop.body);
      turn.constants.emplace(loop.name.text, makeLiteral(item->type, item->span, *constantOf(*item)));
      walk(loop.body, turn);
    }
  }

  Job job_;
  Graph graph_;
};

}  // namespace

std::vector<Program> check(const ast::Module& module, const SourceFiles& files, DiagnosticSink& sink,
                           const CheckOptions& options) {
  auto types = std::make_shared<TypeContext>();
  Context context{.files = files, .sink = sink, .options = options, .types = *types};
  // All names are known before anything is looked at: declarations stand in any order.
  Declarations declarations(context);
  Scope& scope = declarations.module(module);

  std::vector<const ast::Decl*> blocks;
  const ast::JobDecl* line = nullptr;
  for (const ast::DeclPtr& decl : module.decls) {
    const auto* job = decl->as<ast::JobDecl>();
    if (job == nullptr) continue;
    if (job->body) {
      blocks.push_back(decl.get());
    } else if (line != nullptr) {
      sink.report(Diagnostic(kTwoJobs, job->name.span, "a file is one job, or has a block `job … { }` for each")
                      .because(line->name.span, "the first one"));
    } else {
      line = job;
    }
  }
  std::vector<Program> programs;
  static const std::optional<ast::Settings> kNoSettings;
  if (blocks.empty()) {
    // The whole file is one job.
    std::string name =
        line != nullptr && !line->name.missing() ? line->name.text : nameOfFile(files.get(module.file).name());
    JobChecker checker(context, declarations);
    programs.push_back(checker.run(name, line != nullptr ? line->settings : kNoSettings, scope, module.decls, types));
  } else {
    // Each block is a job of its own; what stands beside them is shared and checked with the first one that uses it.
    for (const ast::DeclPtr& decl : module.decls) {
      if (decl->as<ast::FlowDecl>() != nullptr) {
        sink.report(
            Diagnostic(kFlowOutsideJob, decl->span, "which job does this flow belong to? Put it into one of them"));
      }
    }
    std::set<const void*> seen;
    for (const ast::Decl* decl : blocks) {
      const auto& job = *decl->as<ast::JobDecl>();
      Scope& inside = declarations.nested(scope, *job.body);
      JobChecker checker(context, declarations);
      programs.push_back(checker.run(job.name.text, job.settings, inside, *job.body, types));
    }
  }
  if (sink.hasErrors()) programs.clear();
  // What no checker above told of: rare, but never silent.
  if (!sink.hasErrors() && !module.decls.empty()) reportTooLarge(context, module.decls.front()->span);
  return programs;
}

bool reportNotBuilt(const Program& program, Severity severity, DiagnosticSink& sink) {
  for (const NotBuilt& item : program.not_built) {
    bool is_error = severity == Severity::kError;
    Diagnostic diagnostic(is_error ? kNotBuiltError : kNotBuiltWarning, item.span,
                          item.what + (is_error ? " cannot be executed by this version yet"
                                                : " is checked, and cannot be executed by this version yet"));
    sink.report(std::move(diagnostic));
  }
  return !program.not_built.empty();
}

}  // namespace streamc::sema
