// Any bytes as JSON lines, into columns of every type: by the general decoder, by the fast path line by line, and by
// the fast path on many lines at a time, on each instruction set. They must agree about every line; and what was
// decoded and can be encoded decodes to the same row again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/formats/byte_buffer.h"
#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

constexpr unsigned kSchemas = 5;

std::vector<Column> schema(unsigned which) {
  switch (which % kSchemas) {
    case 0:
      return test::columns({{"a", "i64"}, {"b", "string?"}, {"c", "f64?"}, {"d", "bool?"}});
    case 1:
      return test::columns(
          {{"r", "present"}, {"r.x", "i32?"}, {"r.y", "timestamp?"}, {"s", "list<string?>"}, {"t", "i64 check"}});
    case 2:
      return test::columns({{"k", "string"}, {"n", "u8?"}, {"m", "list<f64>"}, {"l", "i64? lenient"}, {"u", "u64?"}});
    case 3:
      return test::columns({{"e", "enum<on,off,very odd>"}, {"w", "duration?"}, {"g", "f32?"}, {"h", "i16?"}});
    default:
      return test::columns({{"z", "string?"}, {"items", "list", {{"p", "i64"}, {"q", "string?"}}}, {"day", "date?"}});
  }
}

// What became of a line: the row as the encoder writes it, so that two can be compared.
struct Outcome {
  bool ok = false;
  bool encodable = false;
  std::string row;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

class Lines {
 public:
  Lines(const std::vector<Column>& columns, JsonOptions options, JsonDecoder::Path path)
      : columns_(columns), decoder_(columns, options), encoder_(stored(columns), options) {
    decoder_.usePath(path, /*patient=*/true);
  }

  Outcome one(std::string_view line) {
    test::Rows rows(columns_);
    DecodeError error;
    if (!decoder_.decode(line, rows.target(), error)) {
      require(!error.detail.empty(), "a refused record has a reason");
      return {};
    }
    return outcome(rows, 0);
  }

  // Lines from `position` on that the fast path takes together; calls `each(text, outcome)` for each. Returns where the
  // first line is that it leaves.
  template <class Each>
  size_t many(std::string_view text, size_t position, Each each) {
    constexpr uint32_t kRows = 8;
    test::Rows rows(columns_, kRows);
    RowTarget target = rows.target();
    JsonLine lines[kRows];
    size_t next = decoder_.decodeLines(position, target, kRows, size_t{1} << 20, lines);
    for (uint32_t row = 0; row < target.row; ++row)
      each(text.substr(lines[row].begin, lines[row].size), outcome(rows, row));
    return next;
  }
  void open(std::string_view text) { decoder_.open(text); }

 private:
  static std::vector<Column> stored(std::vector<Column> columns) {
    std::erase_if(columns, [](const Column& column) { return column.check; });
    return columns;
  }
  Outcome outcome(test::Rows& rows, uint32_t row) {
    ByteBuffer bytes;
    EncodeError error;
    if (!encoder_.encode(rows.source(row), bytes, error)) return {true, false, error.detail};
    return {true, true, std::string(bytes.view())};
  }

  std::vector<Column> columns_;
  JsonDecoder decoder_;
  JsonEncoder encoder_;
};

// A text with what the decoder may read behind it, which must not matter.
std::string padded(std::string_view text) { return std::string(text) + std::string(JsonDecoder::kTextPadding, '"'); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::vector<Column> columns = schema(data[0]);
  constexpr JsonTimestamps kUnits[] = {JsonTimestamps::kRfc3339, JsonTimestamps::kSeconds, JsonTimestamps::kMillis,
                                       JsonTimestamps::kMicros};
  const JsonOptions options{.timestamps = kUnits[data[0] / kSchemas % 4]};
  const std::string memory = padded({reinterpret_cast<const char*>(data) + 1, size - 1});
  const std::string_view text = std::string_view(memory).substr(0, size - 1);
  const bool has_checks = std::ranges::any_of(columns, &Column::check);
  for (JsonDecoder::Path path : {JsonDecoder::Path::kBest, JsonDecoder::Path::kAvx2}) {
    Lines fast(columns, options, path), single(columns, options, path),
        general(columns, options, JsonDecoder::Path::kGeneral);
    fast.open(text);
    for (size_t position = 0; position < text.size();) {
      size_t next = fast.many(text, position, [&](std::string_view line, const Outcome& outcome) {
        require(outcome == general.one(line), "many lines at a time are decoded as one is");
        require(outcome == single.one(line), "a line alone is decoded as among others");
        if (outcome.encodable && !has_checks)
          require(general.one(outcome.row) == outcome, "what was encoded decodes to the same row");
      });
      require(next >= position && next <= text.size(), "the next line lies in the text");
      position = next;
      if (position == text.size()) break;
      size_t end = std::min(text.find('\n', position), text.size());
      std::string_view line = text.substr(position, end - position);
      Outcome wanted = general.one(line);
      require(fast.one(line) == wanted, "a line that was left is decoded as by the general path");
      require(single.one(line) == wanted, "a line is decoded as by the general path");
      position = end + 1;
    }
  }
  return 0;
}
