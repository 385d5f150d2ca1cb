// The leaves of a row type in order, and which of them a path covers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "frontend/sema/program.h"

namespace streamc::sema {

class Leaves {
 public:
  explicit Leaves(TypeRef row);

  struct Range {
    uint32_t begin = 0, end = 0;
    bool has_presence = false;  // the first one says whether an optional record is there, or which variant it is
  };
  const std::vector<FieldPath>& paths() const { return paths_; }
  // The leaves at or below a path; empty when there is no such path. A path that goes on below a leaf is that leaf.
  Range at(const FieldPath& path) const;
  std::size_t size() const { return paths_.size(); }

 private:
  void add(TypeRef type, FieldPath& path);
  static std::string key(const FieldPath& path, std::size_t count);

  std::vector<FieldPath> paths_;
  std::map<std::string, Range> ranges_;
};

}  // namespace streamc::sema
