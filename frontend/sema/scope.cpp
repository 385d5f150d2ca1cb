#include "frontend/sema/scope.h"

namespace streamc::sema {

namespace {
template <typename Map>
auto* findIn(const Scope* scope, Map Scope::* map, std::string_view name) {
  for (; scope != nullptr; scope = scope->parent) {
    auto found = (scope->*map).find(name);
    if (found != (scope->*map).end()) return &found->second;
  }
  return static_cast<decltype(&(scope->*map).begin()->second)>(nullptr);
}
}  // namespace

const Entity* Scope::findType(std::string_view name) const {
  auto* found = findIn(this, &Scope::types, name);
  return found == nullptr ? nullptr : *found;
}
Entity* Scope::findValue(std::string_view name) const {
  auto* found = findIn(this, &Scope::values, name);
  return found == nullptr ? nullptr : *found;
}
bool Scope::findModule(std::string_view name, Scope** module_scope) const {
  auto* found = findIn(this, &Scope::modules, name);
  if (found == nullptr) return false;
  *module_scope = *found;
  return true;
}
const ExprRef* Scope::findConstant(std::string_view name) const { return findIn(this, &Scope::constants, name); }
const StreamInfo* Scope::findStream(std::string_view name) const {
  auto* found = findIn(this, &Scope::streams, name);
  return found == nullptr ? nullptr : *found;
}

std::vector<std::string> Scope::typeNames() const {
  std::vector<std::string> names;
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent) {
    for (const auto& [name, entity] : scope->types) names.push_back(name);
  }
  return names;
}

}  // namespace streamc::sema
