// Lets MLIR 19's headers compile as C++23 with libstdc++ 12. Included before everything else in every source that links
// streamc_ir (a compile option of that target); nothing includes it by name.
//
// mlir/IR/AttrTypeSubElements.h has a class with a vector of functions over mlir::Attribute, which is incomplete there.
// C++23 makes the class's implicit constructor constexpr, and so instantiates the vector's destructor on the spot; that
// calls `_Destroy` unqualified, and the look-up by argument completes std::pair<mlir::Attribute, …>, which is an error.
// Giving `_Destroy` for these two types by hand leaves nothing to look up. Delete this file with a newer MLIR or
// libstdc++.
#pragma once

#ifdef __cplusplus
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace mlir {
class Attribute;
class Type;
class WalkResult;
}  // namespace mlir

namespace streamc::ir::detail {
template <typename T>
using Replacement = std::function<std::optional<std::pair<T, mlir::WalkResult>>(T)>;
}  // namespace streamc::ir::detail

namespace std {

template <>
inline void _Destroy(streamc::ir::detail::Replacement<mlir::Attribute>* first,
                     streamc::ir::detail::Replacement<mlir::Attribute>* last,
                     allocator<streamc::ir::detail::Replacement<mlir::Attribute>>&) {
  for (; first != last; ++first) first->~function();
}

template <>
inline void _Destroy(streamc::ir::detail::Replacement<mlir::Type>* first,
                     streamc::ir::detail::Replacement<mlir::Type>* last,
                     allocator<streamc::ir::detail::Replacement<mlir::Type>>&) {
  for (; first != last; ++first) first->~function();
}

}  // namespace std
#endif
