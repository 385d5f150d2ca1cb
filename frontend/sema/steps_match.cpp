// match: patterns of events of one key within a time.
#include <algorithm>
#include <map>
#include <set>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kPatternName, "E0441", Severity::kError,
                   "a name of a pattern without a definition, or the other way round");
STREAMC_DIAGNOSTIC(kPatternShape, "E0442", Severity::kError, "a pattern that cannot be matched");

namespace {

using Quantifier = ast::PatternItem::Quantifier;

TypeRef bindingType(TypeContext& types, const ast::PatternItem& item, TypeRef event) {
  if (item.quantifier == Quantifier::kOne) return event;
  return item.quantifier == Quantifier::kOptional ? types.optional(event) : types.list(event);
}

bool neverEmpty(const ast::PatternItem& item) {
  if (item.quantifier == Quantifier::kSome) return true;
  const auto* least = item.min == nullptr ? nullptr : item.min->as<ast::IntLiteral>();
  return item.quantifier == Quantifier::kCounted && least != nullptr && least->value > 0;
}

}  // namespace

StreamInfo matchStep(Graph& graph, StreamInfo in, const ast::MatchStep& step, const Place& place) {
  Context& context = graph.context;
  auto within = step.within == nullptr ? std::nullopt : graph.duration(*step.within, place.names, "`within`");
  auto keys = keysOf(graph, in, step.keys, place);
  if (in.is_table || !in.time) {
    graph.needsTime(in, place.keyword(),
                    in.is_table ? "`match` looks for events, and this is a table"
                                : "`match` orders events by event time, and this stream has none",
                    "which event is the next?");
    return graph.failed();
  }
  if (!keys || !within || step.pattern.empty()) return graph.failed();
  std::map<std::string, const ast::PatternDefine*> defines;
  for (const ast::PatternDefine& define : step.defines) defines.emplace(define.name.text, &define);
  std::vector<FieldType> fields;
  std::vector<FieldType> bindings;
  std::set<std::string> named, not_empty;
  for (const NamedExpr& key : *keys) fields.push_back({key.name, key.expr->type});
  bool ok = true;
  for (std::size_t i = 0; i < step.pattern.size(); ++i) {
    const ast::PatternItem& item = step.pattern[i];
    if (item.name.missing()) return graph.failed();
    if (!defines.contains(item.name.text)) {
      Diagnostic diagnostic(kPatternName, item.name.span,
                            "`" + item.name.text + "` is not defined: when is an event one?");
      std::vector<std::string> candidates;
      for (const auto& [name, define] : defines) candidates.push_back(name);
      suggest(diagnostic, item.name.span, item.name.text, candidates, "definitions");
      if (diagnostic.fixes.empty() && !step.pattern.empty()) {
        diagnostic.fix({"define it",
                        {{step.pattern.back().span.atEnd(), " " + item.name.text + " when …"}},
                        Applicability::kHasPlaceholders});
      }
      context.sink.report(std::move(diagnostic));
      ok = false;
    }
    bool is_edge = i == 0 || i + 1 == step.pattern.size();
    if (item.is_negated && is_edge) {
      context.sink.report(Diagnostic(kPatternShape, item.span,
                                     "`not` stands between two events: at an edge there is nothing to wait for"));
      ok = false;
    }
    TypeRef type = bindingType(context.types, item, in.row);
    named.insert(item.name.text);
    bindings.push_back({item.name.text, type});
    if (neverEmpty(item)) not_empty.insert(item.name.text);
    if (!item.is_negated) {
      bool taken =
          std::any_of(fields.begin(), fields.end(), [&](const FieldType& f) { return f.name == item.name.text; });
      if (taken) {
        context.sink.report(Diagnostic(kPatternShape, item.name.span,
                                       "`" + item.name.text + "` is a key or stands in the pattern already"));
        ok = false;
      } else {
        fields.push_back({item.name.text, type});
      }
    }
  }
  std::vector<ExprRef> uses;
  for (const ast::PatternDefine& define : step.defines) {
    if (!named.contains(define.name.text)) {
      context.sink.report(
          Diagnostic(kPatternName, define.name.span, "`" + define.name.text + "` is defined and not in the pattern"));
      ok = false;
    }
    if (define.condition == nullptr) continue;
    ExprChecker checker = graph.checker(in, place);
    checker.neverEmpty(not_empty);
    for (const FieldType& binding : bindings) {
      if (in.row->is(TypeKind::kRecord) && in.row->field(binding.name) != nullptr) continue;  // the event's field
      checker.bind(binding.name, binding.type);
    }
    ExprRef condition = checker.condition(*define.condition, "`when`");
    ok &= !condition->type->isError();
    uses.push_back(std::move(condition));
  }
  if (!ok) return graph.failed();
  StreamInfo out = in;
  out.never_empty = not_empty;
  out.key.clear();
  for (const NamedExpr& key : *keys) out.key.push_back(key.name);
  out.window = nullptr;
  out.windowed = false;
  out.late.push_back(
      {.node = static_cast<NodeId>(graph.job.program.nodes.size()), .row = in.row, .span = place.keyword()});
  TypeRef row = context.types.record(std::move(fields));
  out = graph.addNotBuilt(out, place.group, "match", "`match`", place.keyword(), row, {}, std::move(uses));
  double bytes = sizeOf(in.row) + 16;
  int64_t wait = in.time->wait_us.value_or(0);
  std::string text = "(" + durationText(*within) + " + wait " + durationText(wait) + ") × rate × " + bytesText(bytes);
  if (in.assume.rate) text += " = " + bytesText(static_cast<double>(*within + wait) / 1e6 * *in.assume.rate * bytes);
  graph.job.program.nodes[out.node].bound = text;
  return out;
}

}  // namespace streamc::sema
