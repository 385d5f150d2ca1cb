#include "dsl/render_line.h"

#include <algorithm>

#include "dsl/unicode.h"

namespace streamc {

namespace {

constexpr std::size_t kTabStop = 4;
// Bytes taken before and behind the focus: more than a window shows, whatever the width of the characters.
constexpr std::size_t kBytesBefore = 1000;
constexpr std::size_t kBytesBehind = 2000;

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// What is printed for a code point that a terminal must not get.
std::string shown(const unicode::Decoded& c, std::string_view bytes) {
  std::string out;
  if (!c.valid) {
    unicode::append(out, 0xFFFD);
  } else if (c.code_point < 0x20) {
    unicode::append(out, 0x2400 + c.code_point);  // the pictures of control characters
  } else if (c.code_point == 0x7F || (c.code_point >= 0x80 && c.code_point < 0xA0)) {
    unicode::append(out, 0x2421);
  } else if ((c.code_point >= 0x202A && c.code_point <= 0x202E) || (c.code_point >= 0x2066 && c.code_point <= 0x2069)) {
    unicode::append(out, 0xFFFD);  // direction marks would make the text look like another one
  } else {
    out = bytes;
  }
  return out;
}

}  // namespace

RenderLine::RenderLine(std::string_view text, std::size_t focus) {
  if (focus > kBytesBefore) begin_ = focus - kBytesBefore;
  for (int i = 0; i < 3 && begin_ != 0 && begin_ < text.size() && isContinuation(text[begin_]); ++i) ++begin_;
  is_cut_left_ = begin_ != 0;
  text.remove_prefix(begin_);
  is_cut_right_ = text.size() > kBytesBefore + kBytesBehind;
  if (is_cut_right_) text = text.substr(0, kBytesBefore + kBytesBehind);
  std::size_t cell = 0;
  for (std::size_t i = 0; i < text.size();) {
    const unicode::Decoded c = unicode::decode(text.substr(i));
    const std::size_t bytes = c.bytes;
    for (std::size_t k = 0; k < bytes; ++k) cells_.push_back(cell);
    if (text[i] == '\t') {
      const std::size_t width = kTabStop - cell % kTabStop;
      pieces_.push_back({cell, width, std::string(width, ' ')});
      cell += width;
    } else {
      std::string piece = shown(c, text.substr(i, bytes));
      const auto width = static_cast<std::size_t>(unicode::displayWidth(unicode::decode(piece).code_point));
      pieces_.push_back({cell, width, std::move(piece)});
      cell += width;
    }
    i += bytes;
  }
  cells_.push_back(cell);
}

std::size_t RenderLine::cell(std::size_t offset) const {
  return cells_[std::min(offset < begin_ ? 0 : offset - begin_, cells_.size() - 1)];
}

std::string RenderLine::window(std::size_t from, std::size_t count) const {
  const bool cut_left = from != 0 || is_cut_left_;
  const bool cut_right = from + count < width() || is_cut_right_;
  const std::size_t begin = from + (cut_left ? 1 : 0);
  const std::size_t end = from + count - (cut_right ? 1 : 0);
  std::string out = cut_left ? "…" : "";
  std::size_t at = begin;
  for (const Piece& piece : pieces_) {
    if (piece.cell < begin || piece.cell + piece.width > end) continue;
    out.append(piece.cell - at, ' ');  // where a tab or a wide character was cut in two
    out += piece.text;
    at = piece.cell + piece.width;
  }
  if (cut_right) out.append(end - at, ' ').append("…");
  return out;
}

}  // namespace streamc
