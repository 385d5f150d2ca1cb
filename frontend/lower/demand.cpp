#include "frontend/lower/demand.h"

namespace streamc::lower {

using sema::Expr;
using sema::ExprKind;

Want normalized(TypeRef type, Want want) {
  if (!want.empty() && !isRecordLike(type)) return Want::whole();
  return want;
}

Want argWant(const Expr& expr, size_t index, const Want& want) {
  if (want.empty()) return {};
  switch (expr.kind) {
    case ExprKind::kPayload:
      if (TypeContext::unwrap(expr.args[0]->type)->is(TypeKind::kEnum)) return Want::whole();
      [[fallthrough]];
    case ExprKind::kField:
    case ExprKind::kOptField: {
      Want result;
      result.fields[expr.name] = normalized(expr.type, want);
      return result;
    }
    case ExprKind::kLet:
    case ExprKind::kNarrow:
    case ExprKind::kAssertPresent:
    case ExprKind::kToOptional:
    case ExprKind::kCoalesce:
    case ExprKind::kCatch:
      return want;
    case ExprKind::kIf:
      return index == 0 ? Want::whole() : want;
    case ExprKind::kIsNull:
    case ExprKind::kIsVariant:
      return {.presence = true};
    case ExprKind::kRecord:
      return want.field(TypeContext::unwrap(expr.type)->fields.at(index).name);
    default:
      return Want::whole();
  }
}

namespace {

struct Collector {
  ColumnWants columns;
  ColumnWants locals;

  void collect(const Expr& expr, const Want& unnormalized) {
    Want want = normalized(expr.type, unnormalized);
    if (want.empty()) return;
    switch (expr.kind) {
      case ExprKind::kColumn:
        columns[expr.name].add(want);
        return;
      case ExprKind::kEventTime:
        columns[ir::stream::kEventTimeColumn.str()].all = true;
        return;
      case ExprKind::kWindowStart:
        columns[ir::stream::kWindowStartColumn.str()].all = true;
        return;
      case ExprKind::kWindowEnd:
        columns[ir::stream::kWindowEndColumn.str()].all = true;
        return;
      case ExprKind::kLocal:
        locals[expr.name].add(want);
        return;
      case ExprKind::kLet:
        collect(*expr.args[0], local(expr, want));
        return;
      default:
        break;
    }
    for (size_t i = 0; i < expr.args.size(); ++i) collect(*expr.args[i], argWant(expr, i, want));
  }

  // Collects the body of a kLet; returns the demand on what it binds. An outer local of the same name is hidden.
  Want local(const Expr& let, const Want& want) {
    auto outer = locals.extract(let.name);
    collect(*let.args[1], want);
    auto bound = locals.extract(let.name);
    if (outer) locals.insert(std::move(outer));
    return bound ? bound.mapped() : Want();
  }
};

}  // namespace

Want letWant(const Expr& let, const Want& want) { return Collector().local(let, want); }

void collectColumns(const Expr& expr, const Want& want, ColumnWants& columns) {
  Collector collector;
  collector.collect(expr, want);
  for (const auto& [name, column_want] : collector.columns) columns[name].add(column_want);
}

}  // namespace streamc::lower
