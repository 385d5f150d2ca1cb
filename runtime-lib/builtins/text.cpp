// Builtin functions on text (dsl/builtins.def has their meaning). Results are views of an argument where that is
// possible, else scratch memory of the task.
#include <algorithm>
#include <cstring>

#include "runtime-lib/builtins/code_points.h"
#include "runtime-lib/builtins/text_arguments.h"
#include "runtime-lib/builtins/unicode_case.h"
#include "runtime-lib/formats/utf8.h"

namespace streamrt {
namespace {

// The first occurrence at or behind `from`; npos when there is none. Linear time (glibc's two-way search).
size_t findText(std::string_view text, std::string_view part, size_t from) {
  if (part.size() > text.size() - from) return std::string_view::npos;
  if (part.empty()) return from;
  const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

// The last occurrence, found from behind by Knuth, Morris and Pratt's method, so that no text makes it slow.
size_t findLast(void* task, std::string_view text, std::string_view part) {
  if (part.size() > text.size()) return std::string_view::npos;
  if (part.empty()) return text.size();
  const size_t size = part.size();
  auto fromBehind = [](std::string_view s, size_t i) { return s[s.size() - 1 - i]; };
  auto* border = reinterpret_cast<uint32_t*>(scratch(task, size * sizeof(uint32_t)));
  border[0] = 0;
  uint32_t matched = 0;
  for (size_t i = 1; i < size; ++i) {
    while (matched > 0 && fromBehind(part, i) != fromBehind(part, matched)) matched = border[matched - 1];
    if (fromBehind(part, i) == fromBehind(part, matched)) ++matched;
    border[i] = matched;
  }
  matched = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    while (matched > 0 && fromBehind(text, i) != fromBehind(part, matched)) matched = border[matched - 1];
    if (fromBehind(text, i) == fromBehind(part, matched)) ++matched;
    if (matched == size) return text.size() - 1 - i;
  }
  return std::string_view::npos;
}

template <class Map>
void mapCodePoints(void* task, void* out, std::string_view text, char ascii_first, char ascii_last, Map map) {
  size_t unchanged = 0;  // a text that needs no change is returned as it is
  while (unchanged < text.size() && static_cast<uint8_t>(text[unchanged]) < 0x80 &&
         (text[unchanged] < ascii_first || text[unchanged] > ascii_last)) {
    ++unchanged;
  }
  if (unchanged == text.size()) return give(out, text);
  char* const begin = scratch(task, text.size() + text.size() / 2 + 4);  // two bytes become three at most
  if (unchanged != 0) std::memcpy(begin, text.data(), unchanged);
  char* to = begin + unchanged;
  const char* at = text.data() + unchanged;
  const char* const end = text.data() + text.size();
  while (at < end) {
    const auto byte = static_cast<uint8_t>(*at);
    if (byte < 0x80) {
      *to++ = *at >= ascii_first && *at <= ascii_last ? static_cast<char>(byte ^ 0x20) : *at;
      ++at;
      continue;
    }
    const uint32_t size = codePointBytes(*at);
    to = writeUtf8(to, map(readUtf8(at, size)));
    at += size;
  }
  give(out, begin, to);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    const uint32_t size = codePointBytes(text.front());
    if (!isWhiteSpace(readUtf8(text.data(), size))) break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (!beginsCodePoint(text[last])) --last;
    if (!isWhiteSpace(readUtf8(text.data() + last, static_cast<uint32_t>(text.size() - last)))) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

std::string_view sliced(std::string_view text, int64_t from, int64_t to) {
  from = std::max<int64_t>(from, 0);
  if (to <= from) return text.substr(0, 0);
  text.remove_prefix(byteOfCodePoint(text, from));
  return text.substr(0, byteOfCodePoint(text, to - from));
}

// `count` code points of `fill`, over and over, before or behind `text`.
uint8_t pad(void* task, void* out, std::string_view text, int64_t length, std::string_view fill, bool left) {
  const int64_t missing = std::max<int64_t>(length, 0) - countCodePoints(text);
  if (missing <= 0 || fill.empty()) {
    give(out, text);
    return 1;
  }
  const int64_t fill_length = countCodePoints(fill);
  const int64_t whole = missing / fill_length;
  const std::string_view rest = fill.substr(0, byteOfCodePoint(fill, missing % fill_length));
  const unsigned __int128 bytes = static_cast<unsigned __int128>(whole) * fill.size() + rest.size() + text.size();
  if (bytes > kTextBytesMax) return 0;
  char* const begin = scratch(task, static_cast<size_t>(bytes));
  char* to = begin;
  auto put = [&](std::string_view piece) { to = std::copy(piece.begin(), piece.end(), to); };
  if (!left) put(text);
  for (int64_t i = 0; i < whole; ++i) put(fill);
  put(rest);
  if (left) put(text);
  give(out, begin, to);
  return 1;
}

}  // namespace
}  // namespace streamrt

using namespace streamrt;

int64_t stream_text_length(void*, void* s, uint32_t s_size) { return countCodePoints(viewOf(s, s_size)); }

void stream_text_lower(void* task, void* out, void* s, uint32_t s_size) {
  mapCodePoints(task, out, viewOf(s, s_size), 'A', 'Z', lowerOf);
}

void stream_text_upper(void* task, void* out, void* s, uint32_t s_size) {
  mapCodePoints(task, out, viewOf(s, s_size), 'a', 'z', upperOf);
}

void stream_text_trim(void*, void* out, void* s, uint32_t s_size) { give(out, trimmed(viewOf(s, s_size))); }

uint8_t stream_text_contains(void*, void* s, uint32_t s_size, void* part, uint32_t part_size) {
  return findText(viewOf(s, s_size), viewOf(part, part_size), 0) != std::string_view::npos ? 1 : 0;
}

uint8_t stream_text_starts_with(void*, void* s, uint32_t s_size, void* part, uint32_t part_size) {
  return viewOf(s, s_size).starts_with(viewOf(part, part_size)) ? 1 : 0;
}

uint8_t stream_text_ends_with(void*, void* s, uint32_t s_size, void* part, uint32_t part_size) {
  return viewOf(s, s_size).ends_with(viewOf(part, part_size)) ? 1 : 0;
}

uint8_t stream_text_index_of(void*, void* out, void* s, uint32_t s_size, void* part, uint32_t part_size) {
  const size_t at = findText(viewOf(s, s_size), viewOf(part, part_size), 0);
  if (at == std::string_view::npos) return 0;
  *static_cast<int64_t*>(out) = countCodePoints(viewOf(s, s_size).substr(0, at));
  return 1;
}

uint8_t stream_text_last_index_of(void* task, void* out, void* s, uint32_t s_size, void* part, uint32_t part_size) {
  const size_t at = findLast(task, viewOf(s, s_size), viewOf(part, part_size));
  if (at == std::string_view::npos) return 0;
  *static_cast<int64_t*>(out) = countCodePoints(viewOf(s, s_size).substr(0, at));
  return 1;
}

void stream_text_slice_from(void*, void* out, void* s, uint32_t s_size, int64_t from) {
  give(out, sliced(viewOf(s, s_size), from, INT64_MAX));
}

void stream_text_slice(void*, void* out, void* s, uint32_t s_size, int64_t from, int64_t to) {
  give(out, sliced(viewOf(s, s_size), from, to));
}

uint8_t stream_text_replace(void* task, void* out, void* s, uint32_t s_size, void* part, uint32_t part_size, void* by,
                            uint32_t by_size) {
  const std::string_view text = viewOf(s, s_size);
  const std::string_view wanted = viewOf(part, part_size);
  const std::string_view other = viewOf(by, by_size);
  uint64_t count = 0;
  if (!wanted.empty()) {
    for (size_t at = findText(text, wanted, 0); at != std::string_view::npos;
         at = findText(text, wanted, at + wanted.size()))
      ++count;
  }
  if (count == 0) {
    give(out, text);
    return 1;
  }
  const uint64_t bytes = text.size() - count * wanted.size() + count * other.size();
  if (bytes > kTextBytesMax) return 0;
  char* const begin = scratch(task, bytes);
  char* to = begin;
  size_t from = 0;
  for (size_t at = findText(text, wanted, 0); at != std::string_view::npos; at = findText(text, wanted, from)) {
    to = std::copy(text.begin() + static_cast<ptrdiff_t>(from), text.begin() + static_cast<ptrdiff_t>(at), to);
    to = std::copy(other.begin(), other.end(), to);
    from = at + wanted.size();
  }
  to = std::copy(text.begin() + static_cast<ptrdiff_t>(from), text.end(), to);
  give(out, begin, to);
  return 1;
}

void stream_text_split(void* task, void* out, void* s, uint32_t s_size, void* separator, uint32_t separator_size) {
  const std::string_view text = viewOf(s, s_size);
  const std::string_view between = viewOf(separator, separator_size);
  uint64_t count = 1;
  if (between.empty()) {
    count = std::max<uint64_t>(1, static_cast<uint64_t>(countCodePoints(text)));
  } else {
    for (size_t at = findText(text, between, 0); at != std::string_view::npos;
         at = findText(text, between, at + between.size()))
      ++count;
  }
  auto* parts = reinterpret_cast<StreamString*>(scratch(task, count * sizeof(StreamString)));
  size_t from = 0;
  for (uint64_t i = 0; i + 1 < count; ++i) {
    const size_t to = between.empty() ? from + codePointBytes(text[from]) : findText(text, between, from);
    give(&parts[i], text.substr(from, to - from));
    from = to + between.size();
  }
  give(&parts[count - 1], text.substr(from));
  *static_cast<StreamList*>(out) = {parts, static_cast<uint32_t>(count), 0};
}

uint8_t stream_text_join(void* task, void* out, void* parts, uint32_t parts_count, void* separator,
                         uint32_t separator_size) {
  const auto* texts = static_cast<const StreamString*>(parts);
  uint64_t bytes = parts_count == 0 ? 0 : uint64_t{separator_size} * (parts_count - 1);
  for (uint32_t i = 0; i < parts_count; ++i) bytes += texts[i].size;
  if (bytes > kTextBytesMax) return 0;
  char* const begin = scratch(task, bytes);
  char* to = begin;
  for (uint32_t i = 0; i < parts_count; ++i) {
    if (i != 0) to = std::copy_n(static_cast<const char*>(separator), separator_size, to);
    to = std::copy_n(texts[i].data, texts[i].size, to);
  }
  give(out, begin, to);
  return 1;
}

uint8_t stream_text_repeat(void* task, void* out, void* s, uint32_t s_size, int64_t times) {
  const std::string_view text = viewOf(s, s_size);
  if (times <= 0 || text.empty()) {
    give(out, text.substr(0, 0));
    return 1;
  }
  if (static_cast<unsigned __int128>(times) * text.size() > kTextBytesMax) return 0;
  const size_t bytes = static_cast<size_t>(times) * text.size();
  char* const begin = scratch(task, bytes);
  char* to = begin;
  for (int64_t i = 0; i < times; ++i) to = std::copy(text.begin(), text.end(), to);
  give(out, begin, to);
  return 1;
}

void stream_text_reverse(void* task, void* out, void* s, uint32_t s_size) {
  const std::string_view text = viewOf(s, s_size);
  char* const begin = scratch(task, text.size());
  char* to = begin + text.size();
  for (size_t at = 0; at < text.size();) {
    const uint32_t size = codePointBytes(text[at]);
    to -= size;
    std::copy_n(text.data() + at, size, to);
    at += size;
  }
  give(out, begin, begin + text.size());
}

uint8_t stream_text_pad_left(void* task, void* out, void* s, uint32_t s_size, int64_t length, void* fill,
                             uint32_t fill_size) {
  return pad(task, out, viewOf(s, s_size), length, viewOf(fill, fill_size), true);
}

uint8_t stream_text_pad_right(void* task, void* out, void* s, uint32_t s_size, int64_t length, void* fill,
                              uint32_t fill_size) {
  return pad(task, out, viewOf(s, s_size), length, viewOf(fill, fill_size), false);
}
