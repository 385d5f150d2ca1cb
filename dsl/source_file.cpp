#include "dsl/source_file.h"

#include <algorithm>
#include <utility>

#include "dsl/unicode.h"

namespace streamc {

namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::uint32_t kCheckpointBytes = 512;
}  // namespace

SourceFile::SourceFile(FileId id, std::string name, std::string text)
    : id_(id), name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const bool lone_return = text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n');
    if (text_[i] == '\n' || lone_return) line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
  if (std::all_of(text_.begin(), text_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
  std::uint32_t code_points = 0;
  for (std::uint32_t i = 0; i < text_.size(); ++code_points) {
    if (i / kCheckpointBytes >= checkpoints_.size()) checkpoints_.push_back({i, code_points});
    i += unicode::decode(std::string_view(text_).substr(i)).bytes;
  }
}

std::uint32_t SourceFile::codePointsBefore(std::uint32_t offset) const {
  if (checkpoints_.empty()) return offset;
  std::size_t index = std::min<std::size_t>(offset / kCheckpointBytes, checkpoints_.size() - 1);
  if (checkpoints_[index].offset > offset) --index;
  const Checkpoint& known = checkpoints_[index];
  const std::string_view between = text().substr(known.offset, offset - known.offset);
  return known.code_points + static_cast<std::uint32_t>(unicode::countCodePoints(between));
}

LineColumn SourceFile::lineColumn(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
  std::uint32_t begin = line_starts_[line - 1];
  if (begin == 0 && text_.starts_with(kByteOrderMark)) begin = std::min<std::uint32_t>(3, offset);
  return {line, codePointsBefore(offset) - codePointsBefore(begin) + 1};
}

std::string_view SourceFile::lineText(std::uint32_t line) const {
  std::size_t begin = lineStart(line);
  const std::size_t end = line < lineCount() ? lineStart(line + 1) : text_.size();
  std::string_view out = text().substr(begin, end - begin);
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.remove_suffix(1);
  if (line == 1 && out.starts_with(kByteOrderMark)) out.remove_prefix(kByteOrderMark.size());
  return out;
}

const SourceFile& SourceFiles::add(std::string name, std::string text) {
  return files_.emplace_back(static_cast<FileId>(files_.size()), std::move(name), std::move(text));
}

}  // namespace streamc
