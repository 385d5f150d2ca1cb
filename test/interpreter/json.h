// JSON lines of the referee: text → tree → leaves of a row, and rows → text. Follows docs/formats/json-lines.md;
// shares nothing with runtime-lib/formats.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/stream/types.h"
#include "test/interpreter/value.h"

namespace streamc::referee {

struct Member;

struct Json {
  enum class Kind { kNull, kFalse, kTrue, kNumber, kText, kList, kObject };
  Kind kind = Kind::kNull;
  std::string text;          // of a number: as written; of a text: unescaped
  bool is_text_good = true;  // no half of a surrogate pair, valid UTF-8
  std::vector<Json> items;
  std::vector<Member> members;

  // The last member of that name; null when there is none.
  const Json* find(std::string_view name) const;
};

struct Member {
  std::string name;
  Json value;
};

// Why a record has no row, or a row no text.
struct JsonFailure {
  std::string detail;
};

// Throws JsonFailure.
Json parseJson(std::string_view text);

enum class Timestamps { kText, kSeconds, kMillis, kMicros };

// The values of these columns, in their order; leaves of an absent record are Unspecified. Throws JsonFailure.
std::vector<Value> decodeRow(std::string_view record, ir::stream::RowAttr columns, Timestamps timestamps);

// One line without its end. Unspecified leaves become kUnspecifiedText. Throws JsonFailure where a value has no JSON.
std::string encodeRow(const std::vector<Value>& values, ir::stream::RowAttr columns, Timestamps timestamps);

inline constexpr std::string_view kUnspecifiedText = "\"<unspecified>\"";

bool isUtf8(std::string_view text);
// The longest beginning of at most that many bytes that cuts no character.
std::string_view utf8Beginning(std::string_view text, size_t max);
std::string base64(std::string_view bytes);
// Behind the JSON value that starts at `at`.
size_t endOfJsonValue(std::string_view text, size_t at);

}  // namespace streamc::referee
