// Texts of values, in both directions: any text that is a value is written as a text that is the same value, and any
// value is written as a text that is that value. The fast readers of CSV cells and of JSON numbers agree with the plain
// ones, and the plain ones with the C library where it has a word to say.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime-lib/core/decimal.h"
#include "runtime-lib/formats/csv_value.h"
#include "runtime-lib/formats/json_value.h"
#include "runtime-lib/formats/value_text.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

template <class Value, class Write, class Parse>
void comesBack(Value value, Write write, Parse parse, const char* what) {
  char text[kScalarTextBytes];
  const char* end = write(text, value);
  require(end - text <= static_cast<ptrdiff_t>(kScalarTextBytes), "a text has room");
  Value back{};
  require(parse(std::string_view(text, static_cast<size_t>(end - text)), back), what);
  require(std::memcmp(&value, &back, sizeof value) == 0, what);
}

bool ok(ParseOutcome outcome) { return outcome == ParseOutcome::kOk; }

void integers(int64_t value) {
  comesBack(
      value, [](char* out, int64_t v) { return writeI64(out, v); },
      [](std::string_view text, int64_t& v) { return ok(parseI64(text, v)); }, "an i64 comes back");
  comesBack(
      static_cast<uint64_t>(value), [](char* out, uint64_t v) { return writeU64(out, v); },
      [](std::string_view text, uint64_t& v) { return ok(parseU64(text, v)); }, "a u64 comes back");
}

void instants(int64_t value) {
  if (timestampHasPlainYear(value))
    comesBack(
        value, [](char* out, int64_t v) { return writeTimestamp(out, v); },
        [](std::string_view text, int64_t& v) { return ok(parseTimestamp(text, v)); }, "a timestamp comes back");
  comesBack(
      value, [](char* out, int64_t v) { return writeDuration(out, v); },
      [](std::string_view text, int64_t& v) { return ok(parseDuration(text, v)); }, "a duration comes back");
  const auto days = static_cast<int32_t>(value);
  if (dateHasPlainYear(days))
    comesBack(
        days, [](char* out, int32_t v) { return writeDate(out, v); },
        [](std::string_view text, int32_t& v) { return ok(parseDate(text, v)); }, "a date comes back");
}

void floats(int64_t bits) {
  double wide;
  float narrow;
  std::memcpy(&wide, &bits, sizeof wide);
  std::memcpy(&narrow, &bits, sizeof narrow);
  if (std::isfinite(wide))
    comesBack(
        wide, [](char* out, double v) { return writeF64(out, v); },
        [](std::string_view text, double& v) { return ok(parseF64(text, v)); }, "an f64 comes back");
  if (std::isfinite(narrow))
    comesBack(
        narrow, [](char* out, float v) { return writeF32(out, v); },
        [](std::string_view text, float& v) { return ok(parseF32(text, v)); }, "an f32 comes back");
}

// A text as cells of CSV are read: with bytes in front that the fast readers may look at.
class CellText {
 public:
  explicit CellText(std::string_view text) : memory_(std::string(48, '7') + std::string(text)) {}
  std::string_view text() const { return std::string_view(memory_).substr(48); }
  const char* first() const { return memory_.data(); }

 private:
  std::string memory_;
};

// What strtod says of a text that is a plain decimal number: digits, at most one point, at most one exponent.
bool isPlainNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0) return false;
  return text.find_first_not_of("0123456789.eE+-") == text.npos && text.size() < 700;
}

void read(std::string_view text) {
  const CellText cell(text);
  int64_t integer = 0, fast_integer = 0;
  const bool is_integer = ok(parseI64(text, integer));
  require(csv::parseInteger(cell.text(), cell.first(), fast_integer) == is_integer, "CSV and plain readers agree");
  if (is_integer) {
    require(integer == fast_integer, "CSV and plain readers read the same integer");
    integers(integer);
  }
  uint64_t natural = 0, fast_natural = 0;
  const bool is_natural = ok(parseU64(text, natural));
  require(csv::parseInteger(cell.text(), cell.first(), fast_natural) == is_natural, "CSV and plain readers agree");
  require(!is_natural || natural == fast_natural, "CSV and plain readers read the same natural number");

  double real = 0, fast_real = 0;
  const bool is_real = ok(parseF64(text, real));
  require(csv::parseFloat(cell.text(), cell.first(), fast_real) == is_real, "CSV and plain readers agree about floats");
  if (is_real) {
    require(std::memcmp(&real, &fast_real, sizeof real) == 0, "CSV and plain readers read the same float");
    const double wanted = std::strtod(std::string(text).c_str(), nullptr);
    require(std::memcmp(&real, &wanted, sizeof real) == 0, "the C library reads the same float");
    if (isPlainNumber(text)) {
      json::Integer exact;
      if (text.find_first_of(".eE") == text.npos && json::exactInteger(text, exact) == json::Exactness::kExact &&
          is_integer && integer >= 0)
        require(exact.magnitude == static_cast<uint64_t>(integer), "JSON reads the same integer");
    }
  }
  float narrow = 0;
  if (ok(parseF32(text, narrow))) {
    const float wanted = std::strtof(std::string(text).c_str(), nullptr);
    require(std::memcmp(&narrow, &wanted, sizeof narrow) == 0, "the C library reads the same f32");
  }
  int64_t micros = 0, fast_micros = 0;
  const bool is_instant = ok(parseTimestamp(text, micros));
  csv::InstantReader reader;
  for (int i = 0; i < 2; ++i) {  // the second time its day is known
    require(reader.read(text, fast_micros) == is_instant, "CSV and plain readers agree about instants");
    require(!is_instant || micros == fast_micros, "CSV and plain readers read the same instant");
  }
  if (is_instant) instants(micros);
  if (ok(parseDuration(text, micros))) instants(micros);
  int32_t days = 0;
  if (ok(parseDate(text, days))) instants(days);
  for (uint32_t scale : {0u, 2u, 18u}) {
    Int128 decimal = 0;
    if (ok(parseDecimal(text, 38, scale, decimal)))
      comesBack(
          decimal, [&](char* out, Int128 v) { return writeDecimal(out, v, scale); },
          [&](std::string_view t, Int128& v) { return ok(parseDecimal(t, 38, scale, v)); }, "a decimal comes back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (size > 4096) return 0;
  read(text);
  if (size >= 8) {
    int64_t value;
    std::memcpy(&value, data, sizeof value);
    integers(value);
    instants(value);
    floats(value);
  }
  return 0;
}
