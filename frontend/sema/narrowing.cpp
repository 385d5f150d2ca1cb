#include "frontend/sema/narrowing.h"

#include <utility>

namespace streamc::sema {

namespace {

constexpr char kSeparator = '\x1f';

// A value is there, hence every record on the way to it as well.
void addPresent(const Expr& value, Facts& facts) {
  if (value.kind == ExprKind::kNarrow || value.kind == ExprKind::kConvert) return addPresent(*value.args[0], facts);
  if (auto place = placeOf(value)) facts.setPresent(std::move(*place));
  if (value.kind == ExprKind::kOptField || value.kind == ExprKind::kField) addPresent(*value.args[0], facts);
}

bool isFalse(const Expr& expr) {
  const bool* value = expr.kind == ExprKind::kLiteral ? std::get_if<bool>(&expr.literal.value) : nullptr;
  return value != nullptr && !*value;
}

// `x == 5` is true only if x is there.
void addEqual(const Expr& equality, Facts& facts) {
  for (int side = 0; side < 2; ++side) {
    const Expr& known = *equality.args[side];
    if (known.kind == ExprKind::kToOptional) addPresent(*equality.args[1 - side], facts);
  }
}

}  // namespace

TypeRef payloadOf(TypeRef type, const std::string& variant) {
  TypeRef oneof = TypeContext::unwrap(type);
  if (!oneof->is(TypeKind::kOneof)) return nullptr;
  const FieldType* payload = oneof->field(variant);
  return payload == nullptr || payload->type->is(TypeKind::kNull) ? nullptr : payload->type;
}

std::optional<std::string> placeOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kColumn:
      return "c" + expr.name;
    case ExprKind::kLocal:
      return "l" + expr.name;
    case ExprKind::kNarrow:
      return placeOf(*expr.args[0]);
    case ExprKind::kField:
    case ExprKind::kOptField:
    case ExprKind::kPayload: {
      auto base = placeOf(*expr.args[0]);
      if (!base) return std::nullopt;
      return *base + kSeparator + expr.name;
    }
    default:
      return std::nullopt;
  }
}

const std::string* Facts::variant(const std::string& place) const {
  auto found = places_.find(place);
  return found == places_.end() || found->second.empty() ? nullptr : &found->second;
}

void Facts::add(const Facts& more) {
  for (const auto& [place, variant] : more.places_) places_.insert_or_assign(place, variant);
}

void Facts::remove(const std::string& place) {
  std::erase_if(places_,
                [&](const auto& fact) { return fact.first == place || fact.first.starts_with(place + kSeparator); });
}

Facts Facts::both(const Facts& other) const {
  Facts result;
  for (const auto& [place, variant] : places_) {
    auto found = other.places_.find(place);
    if (found != other.places_.end() && found->second == variant) result.places_.emplace(place, variant);
  }
  return result;
}

Facts factsWhen(const Expr& condition, bool truth) {
  Facts facts;
  switch (condition.kind) {
    case ExprKind::kAnd:
    case ExprKind::kOr: {
      Facts left = factsWhen(*condition.args[0], truth), right = factsWhen(*condition.args[1], truth);
      bool both_hold = (condition.kind == ExprKind::kAnd) == truth;
      if (!both_hold) return left.both(right);
      left.add(right);
      return left;
    }
    case ExprKind::kNot:
      return factsWhen(*condition.args[0], !truth);
    case ExprKind::kIsNull:
      if (!truth) addPresent(*condition.args[0], facts);
      return facts;
    case ExprKind::kEqual:
      if (truth) addEqual(condition, facts);
      return facts;
    case ExprKind::kNotEqual:
      if (!truth) addEqual(condition, facts);
      return facts;
    case ExprKind::kIsVariant:
      if (truth) {
        if (auto place = placeOf(*condition.args[0])) facts.setVariant(std::move(*place), condition.name);
      }
      return facts;
    case ExprKind::kCatch:  // (x! > 5) catch false
      return truth && isFalse(*condition.args[1]) ? factsWhen(*condition.args[0], true) : facts;
    case ExprKind::kCoalesce:  // flag ?? false
      if (truth && isFalse(*condition.args[1])) addPresent(*condition.args[0], facts);
      return facts;
    case ExprKind::kLet:
      return factsWhen(*condition.args[1], truth);
    default:
      return facts;
  }
}

}  // namespace streamc::sema
