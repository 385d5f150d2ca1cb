// Source texts and places in them.
//
// A SourceFile owns one text that the driver has read (nothing here opens a file); a Span is a half-open range of byte
// offsets in one of them. SourceFiles numbers the texts of one compilation; the number is what a Span carries, so a
// Span is twelve bytes and can be compared. Everything that a person sees (lines, columns) is computed from a Span when
// it is printed, never stored.
//
// Lines and columns are 1-based; a column counts code points (an invalid byte counts as one). Line ends are "\n",
// "\r\n" and a lone "\r"; a byte order mark at the start belongs to no column. Immutable after construction, hence
// thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace streamc {

using FileId = std::uint32_t;

// A half-open range [begin, end) of byte offsets in the text of `file`.
struct Span {
  FileId file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool empty() const { return begin == end; }
  std::uint32_t size() const { return end - begin; }
  // The smallest span that covers both. REQUIRES: both lie in the same file.
  Span to(Span last) const { return {file, begin < last.begin ? begin : last.begin, end > last.end ? end : last.end}; }
  Span atBegin() const { return {file, begin, begin}; }
  Span atEnd() const { return {file, end, end}; }
  bool contains(Span other) const { return file == other.file && begin <= other.begin && other.end <= end; }
  friend bool operator==(const Span&, const Span&) = default;
  friend auto operator<=>(const Span&, const Span&) = default;
};

struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

// Offsets are 32 bits; the driver refuses a longer text before it makes a SourceFile.
inline constexpr std::size_t kMaxSourceBytes = 256u << 20;

class SourceFile {
 public:
  SourceFile(FileId id, std::string name, std::string text);

  FileId id() const { return id_; }
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const { return text().substr(span.begin, span.size()); }
  Span span(std::uint32_t begin, std::uint32_t end) const { return {id_, begin, end}; }

  std::uint32_t lineCount() const { return static_cast<std::uint32_t>(line_starts_.size()); }
  // Place of a byte offset; an offset past the end is the end.
  LineColumn lineColumn(std::uint32_t offset) const;
  // Byte offset at which 1-based line `line` starts. REQUIRES: 1 <= line <= lineCount().
  std::uint32_t lineStart(std::uint32_t line) const { return line_starts_[line - 1]; }
  // Text of a 1-based line without its line end.
  std::string_view lineText(std::uint32_t line) const;

 private:
  FileId id_;
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
  // Code points before every kCheckpointBytes-th byte or a little later, so that a column is cheap on any line. Empty
  // for ASCII, where a column is a subtraction.
  struct Checkpoint {
    std::uint32_t offset;
    std::uint32_t code_points;
  };
  std::vector<Checkpoint> checkpoints_;

  std::uint32_t codePointsBefore(std::uint32_t offset) const;
};

// The files of one compilation. References stay valid while it lives.
class SourceFiles {
 public:
  const SourceFile& add(std::string name, std::string text);
  const SourceFile& get(FileId id) const { return files_.at(id); }
  const SourceFile& get(Span span) const { return get(span.file); }
  std::size_t size() const { return files_.size(); }

 private:
  std::deque<SourceFile> files_;
};

}  // namespace streamc
