#include "frontend/sema/leaves.h"

namespace streamc::sema {

std::string Leaves::key(const FieldPath& path, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += path[i] + '\x1f';
  return text;
}

Leaves::Leaves(TypeRef row) {
  FieldPath path;
  if (row != nullptr && (row->is(TypeKind::kRecord) || row->is(TypeKind::kOneof))) add(row, path);
}

void Leaves::add(TypeRef type, FieldPath& path) {
  Range range{.begin = static_cast<uint32_t>(paths_.size())};
  TypeRef inner = TypeContext::unwrap(type);
  if (inner->is(TypeKind::kNull)) {
    // a variant without payload
  } else if (inner->is(TypeKind::kRecord) || inner->is(TypeKind::kOneof)) {
    if (type->isOptional() || inner->is(TypeKind::kOneof)) {
      range.has_presence = true;
      paths_.push_back(path);
    }
    for (const FieldType& field : inner->fields) {
      path.push_back(field.name);
      add(field.type, path);
      path.pop_back();
    }
  } else {
    paths_.push_back(path);
  }
  range.end = static_cast<uint32_t>(paths_.size());
  ranges_.emplace(key(path, path.size()), range);
}

Leaves::Range Leaves::at(const FieldPath& path) const {
  for (std::size_t count = path.size() + 1; count-- > 0;) {
    auto found = ranges_.find(key(path, count));
    if (found == ranges_.end()) continue;
    bool is_leaf = found->second.end - found->second.begin == 1;
    return count == path.size() || is_leaf ? found->second : Range{};
  }
  return {};
}

}  // namespace streamc::sema
