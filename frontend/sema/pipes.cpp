// Pipes of the user: a call is the body with the input and the arguments bound; a row variable takes the other fields.
#include <algorithm>

#include "frontend/parse/diagnostics.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"
#include "frontend/sema/tests.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kPipeRow, "E0232", Severity::kError, "a stream lacks a field that a pipe or process needs");
STREAMC_DIAGNOSTIC(kPipeArguments, "E0254", Severity::kError, "a pipe is called with the wrong arguments");
STREAMC_DIAGNOSTIC(kPipeTime, "E0306", Severity::kError, "a pipe or process needs event time, and the stream has none");
STREAMC_DIAGNOSTIC(kPipeRecursion, "E0255", Severity::kError, "a pipe calls itself");

namespace {

constexpr std::string_view kStepNames[] = {
    "where",    "select",    "extend",  "set",    "drop",      "rename",   "only",   "flatten",
    "decode",   "assert",    "key by",  "window", "aggregate", "top",      "bottom", "distinct",
    "dedup by", "latest by", "changes", "join",   "left join", "lookup",   "call",   "match by",
    "route",    "emit",      "sort by", "limit",  "sample",    "throttle", "name",   "to"};

void unknownStep(Graph& graph, const ast::Path& path, const Scope& names) {
  Diagnostic diagnostic(parse::kUnknownStep, path.span, "there is no step called `" + path.str() + "`");
  std::vector<std::string> candidates(std::begin(kStepNames), std::end(kStepNames));
  for (std::string& pipe : names.valueNames([](const ast::Decl& d) { return d.as<ast::PipeDecl>() != nullptr; }))
    candidates.push_back(std::move(pipe));
  std::string best = nearest(path.str(), candidates);
  if (!best.empty()) diagnostic.label("did you mean `" + best + "`?").fix(Fix::replace(path.span, best, "replace it"));
  graph.context.sink.report(std::move(diagnostic));
}

struct Found {
  Entity* entity = nullptr;
  bool silent = false;  // what is missing has been reported
};

Found findPipe(Graph& graph, const ast::Path& path, Scope& names) {
  Scope* scope = &names;
  for (std::size_t i = 0; i + 1 < path.names.size(); ++i) {
    Scope* module = nullptr;
    if (!scope->findModule(path.names[i].text, &module)) return {};
    if (module == nullptr) {
      graph.job.notBuilt("the library", path.span);
      return {.silent = true};
    }
    scope = module;
  }
  Entity* entity = scope->findValue(path.last().text);
  return {.entity = entity != nullptr && entity->decl->as<ast::PipeDecl>() != nullptr ? entity : nullptr};
}

}  // namespace

bool fitsRow(Graph& graph, const StreamInfo& in, const ast::StreamType& type, const std::string& callee, Span span,
             const Scope& home) {
  if (type.row == nullptr || in.row->isError()) return true;
  const auto* pattern = type.row->as<ast::RecordType>();
  TypeRef wanted = graph.job.declarations.type(*type.row, home);
  if (!wanted->is(TypeKind::kRecord)) return true;
  bool ok = in.row->is(TypeKind::kRecord);
  for (const FieldType& field : wanted->fields) {
    const FieldType* have = ok ? in.row->field(field.name) : nullptr;
    if (have != nullptr && widens(have->type, field.type)) continue;
    Diagnostic diagnostic(kPipeRow, span,
                          have == nullptr ? "`" + callee + "` needs a field `" + field.name + ": " +
                                                toString(field.type) + "`, and these rows have none"
                                          : "`" + callee + "` needs `" + field.name + "` to be " +
                                                describe(field.type) + ", and here it is " + toString(have->type));
    diagnostic.because(type.row->span, "needed here");
    if (in.row->is(TypeKind::kRecord)) diagnostic.note("the rows are " + toString(in.row));
    graph.context.sink.report(std::move(diagnostic));
    return false;
  }
  bool open =
      pattern != nullptr && std::any_of(pattern->fields.begin(), pattern->fields.end(),
                                        [](const ast::TypeField& f) { return f.kind == ast::TypeField::Kind::kRest; });
  if (!open && ok && pattern == nullptr && in.row->fields.size() < wanted->fields.size()) return false;
  for (const ast::Facet& facet : type.facets) {
    if (facet.kind == ast::Facet::Kind::kTime && !in.time) {
      graph.context.sink.report(Diagnostic(kPipeTime, span, "`" + callee + "` needs a stream with event time")
                                    .because(facet.span, "asked for here")
                                    .note("a source has one when it says `time <expression> wait <duration>`"));
      return false;
    }
  }
  return true;
}

StreamInfo pipeStep(Graph& graph, StreamInfo in, const ast::PipeCallStep& step, const Place& place) {
  const ast::Path& path = step.call.path;
  if (path.names.empty() || path.last().missing()) return graph.failed();
  Found found = findPipe(graph, path, place.names);
  if (found.silent) return graph.failed();
  if (found.entity == nullptr) {
    unknownStep(graph, path, place.names);
    return graph.failed();
  }
  Entity& entity = *found.entity;
  const ast::PipeDecl& pipe = *entity.decl->as<ast::PipeDecl>();
  std::string name = path.str();
  if (pipe.pipeline == nullptr || entity.decl->is_broken || pipe.params.empty()) return graph.failed();
  if (entity.progress == Progress::kActive) {
    graph.context.sink.report(
        Diagnostic(kPipeRecursion, path.span, "`" + name + "` calls itself, so it would never end"));
    return graph.failed();
  }
  const auto* first = std::get_if<ast::StreamType>(&pipe.params[0].type);
  if (first != nullptr && !fitsRow(graph, in, *first, name, path.span, *entity.home)) return graph.failed();

  Scope& inside = graph.job.declarations.nested(*entity.home);
  StreamInfo bound = in;
  bound.late.clear();
  inside.streams.emplace(pipe.params[0].name.text, &bound);
  static const std::vector<ast::Arg> kNone;
  const std::vector<ast::Arg>& args = step.call.args ? *step.call.args : kNone;
  std::vector<const ast::Expr*> given(pipe.params.size(), nullptr);
  std::size_t position = 1;
  for (const ast::Arg& arg : args) {
    std::size_t at = position;
    if (arg.label) {
      at = 1;
      while (at < pipe.params.size() && pipe.params[at].name.text != arg.label->text) ++at;
    } else {
      ++position;
    }
    if (at >= pipe.params.size() || given[at] != nullptr) {
      Diagnostic diagnostic(kPipeArguments, arg.span,
                            arg.label ? "`" + name + "` has no parameter `" + arg.label->text + "`"
                                      : "`" + name + "` takes fewer arguments");
      if (arg.label) {
        std::vector<std::string> candidates;
        for (std::size_t i = 1; i < pipe.params.size(); ++i) candidates.push_back(pipe.params[i].name.text);
        suggest(diagnostic, arg.label->span, arg.label->text, candidates, "parameters");
      }
      graph.context.sink.report(std::move(diagnostic));
      return graph.failed();
    }
    given[at] = arg.value.get();
  }
  bool failed = false;
  for (std::size_t i = 1; i < pipe.params.size(); ++i) {
    const ast::Param& param = pipe.params[i];
    const auto* type = std::get_if<ast::TypePtr>(&param.type);
    if (type == nullptr || *type == nullptr) {
      graph.job.notBuilt("pipes with several streams", param.span);
      return graph.failed();
    }
    TypeRef wanted = graph.job.declarations.type(**type, *entity.home);
    const ast::Expr* text = given[i] != nullptr ? given[i] : param.default_value.get();
    if (text == nullptr) {
      graph.context.sink.report(
          Diagnostic(kPipeArguments, path.span, "`" + name + "` needs `" + param.name.text + "`, " + describe(wanted)));
      return graph.failed();
    }
    ExprChecker checker(graph.job, given[i] != nullptr ? place.names : *entity.home,
                        {.allows_env = true, .place = "in the arguments of a pipe"});
    ExprRef value = checker.checkAs(*text, wanted, "`" + param.name.text + "` of `" + name + "`");
    failed |= value->type->isError();
    inside.constants.emplace(param.name.text, std::move(value));
  }
  if (failed) return graph.failed();
  Progress before = entity.progress;
  entity.progress = Progress::kActive;
  std::vector<LateInput> late = in.late;
  StreamInfo out = graph.pipeline(*pipe.pipeline, inside, place.group);
  entity.progress = before;
  out.late.insert(out.late.begin(), late.begin(), late.end());
  return out;
}

void checkPipe(Graph& graph, Entity& entity) {
  const ast::PipeDecl& pipe = *entity.decl->as<ast::PipeDecl>();
  for (const ast::Param& param : pipe.params) {
    if (const auto* type = std::get_if<ast::TypePtr>(&param.type)) {
      if (*type != nullptr) graph.job.declarations.type(**type, *entity.home);
    } else if (const auto& stream = std::get<ast::StreamType>(param.type); stream.row != nullptr) {
      graph.job.declarations.type(*stream.row, *entity.home);
    }
  }
}

}  // namespace streamc::sema
