// One line of source as it appears on a terminal, with the cell at which each of its bytes stands. Private to
// render.cpp. Of a line of many kilobytes only the part around a focus is taken, so that a message costs little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace streamc {

class RenderLine {
 public:
  RenderLine(std::string_view text, std::size_t focus);

  // Is the byte at `offset` in the part that was taken?
  bool covers(std::size_t offset) const { return offset >= begin_ && offset <= begin_ + cells_.size() - 1; }
  // The cell of the byte at `offset` of the whole text; the last cell for an offset behind the part.
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
  std::size_t begin_ = 0;  // of the part, in bytes of the text
  bool is_cut_left_ = false;
  bool is_cut_right_ = false;
  std::vector<std::size_t> cells_;  // per byte, and one for the end
  std::vector<Piece> pieces_;
};

}  // namespace streamc
