#include "frontend/ast/ast.h"

#include <type_traits>

namespace streamc::ast {

std::string Path::str() const {
  std::string out;
  for (const Name& name : names) {
    if (!out.empty()) out += '.';
    out += name.text;
  }
  return out;
}

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return "or";
    case BinaryOp::kAnd:
      return "and";
    case BinaryOp::kEq:
      return "==";
    case BinaryOp::kNe:
      return "!=";
    case BinaryOp::kLt:
      return "<";
    case BinaryOp::kLe:
      return "<=";
    case BinaryOp::kGt:
      return ">";
    case BinaryOp::kGe:
      return ">=";
    case BinaryOp::kIn:
      return "in";
    case BinaryOp::kNotIn:
      return "not in";
    case BinaryOp::kCoalesce:
      return "??";
    case BinaryOp::kAdd:
      return "+";
    case BinaryOp::kSub:
      return "-";
    case BinaryOp::kMul:
      return "*";
    case BinaryOp::kDivide:
      return "/";
    case BinaryOp::kRemainder:
      return "%";
    case BinaryOp::kDiv:
      return "div";
    case BinaryOp::kMod:
      return "mod";
  }
  __builtin_unreachable();
}

const Name* Decl::name() const {
  return std::visit(
      [](const auto& decl) -> const Name* {
        using T = std::decay_t<decltype(decl)>;
        if constexpr (std::is_same_v<T, ForDecl> || !requires {
                        { decl.name } -> std::convertible_to<const Name&>;
                      }) {
          return nullptr;
        } else {
          return decl.name.missing() ? nullptr : &decl.name;
        }
      },
      node);
}

}  // namespace streamc::ast
