// One line of source as it appears on a terminal, with the cell at which each of its bytes stands. Private to
// render.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace streamc {

class RenderLine {
 public:
  explicit RenderLine(std::string_view text);

  // The cell of the byte at `offset` of the text; the end of the line for an offset behind it.
  std::size_t cell(std::size_t offset) const;
  std::size_t width() const { return cells_.back(); }
  // The cells [from, from + count), with `…` where something is cut off.
  std::string window(std::size_t from, std::size_t count) const;

 private:
  struct Piece {
    std::size_t cell;
    std::size_t width;
    std::string text;
  };
  std::vector<std::size_t> cells_;  // per byte, and one for the end
  std::vector<Piece> pieces_;
};

}  // namespace streamc
