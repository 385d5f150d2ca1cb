#include "runtime-lib/formats/scalar_text.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/formats/base64.h"
#include "runtime-lib/formats/csv_value.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

template <class Value>
Value load(const void* from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class Value>
bool store(bool ok, Value value, void* out) {
  if (ok) std::memcpy(out, &value, sizeof value);
  return ok;
}

template <class Value>
bool store(ParseOutcome outcome, Value value, void* out) {
  return store(outcome == ParseOutcome::kOk, value, out);
}

template <class Integer>
bool storeInteger(std::string_view text, void* out) {
  Integer value{};
  return store(csv::parseInteger(text, text.data() + text.size(), value), value, out);
}

char* append(char* out, std::string_view text) {
  return static_cast<char*>(std::memcpy(out, text.data(), text.size())) + text.size();
}

size_t digitsBehindPoint(std::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  const size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  return point == text.size() ? 0 : end - point - 1;
}

bool refuse(std::string& detail, const char* why) {
  detail = why;
  return false;
}

}  // namespace

bool writeScalar(const Column& column, const void* value, ByteBuffer& out, std::string& detail) {
  char* to = out.room(kScalarTextBytes);
  switch (column.type) {
    case ColumnType::kBool:
      to = append(to, load<uint8_t>(value) != 0 ? "true" : "false");
      break;
    case ColumnType::kI8:
      to = writeI64(to, load<int8_t>(value));
      break;
    case ColumnType::kI16:
      to = writeI64(to, load<int16_t>(value));
      break;
    case ColumnType::kI32:
      to = writeI64(to, load<int32_t>(value));
      break;
    case ColumnType::kI64:
      to = writeI64(to, load<int64_t>(value));
      break;
    case ColumnType::kU8:
      to = writeU64(to, load<uint8_t>(value));
      break;
    case ColumnType::kU16:
      to = writeU64(to, load<uint16_t>(value));
      break;
    case ColumnType::kU32:
      to = writeU64(to, load<uint32_t>(value));
      break;
    case ColumnType::kU64:
      to = writeU64(to, load<uint64_t>(value));
      break;
    case ColumnType::kF32:
      if (!std::isfinite(load<float>(value))) return refuse(detail, "is not a finite number");
      to = writeF32(to, load<float>(value));
      break;
    case ColumnType::kF64:
      if (!std::isfinite(load<double>(value))) return refuse(detail, "is not a finite number");
      to = writeF64(to, load<double>(value));
      break;
    case ColumnType::kTimestamp:
      if (!timestampHasPlainYear(load<int64_t>(value))) return refuse(detail, "has no year between 0000 and 9999");
      to = writeTimestamp(to, load<int64_t>(value));
      break;
    case ColumnType::kDuration:
      to = writeDuration(to, load<int64_t>(value));
      break;
    case ColumnType::kString: {
      const auto text = load<StreamString>(value);
      out.append(std::string_view(text.data, text.size));
      return true;
    }
    case ColumnType::kEnum:
      out.append(column.symbols[static_cast<size_t>(load<int16_t>(value))]);
      return true;
    case ColumnType::kDate:
      if (!dateHasPlainYear(load<int32_t>(value))) return refuse(detail, "has no year between 0000 and 9999");
      to = writeDate(to, load<int32_t>(value));
      break;
    case ColumnType::kDecimal64:
      to = writeDecimal(to, load<int64_t>(value), column.scale);
      break;
    case ColumnType::kDecimal128:
      to = writeDecimal(to, load<Int128>(value), column.scale);
      break;
    case ColumnType::kBytes: {
      const auto bytes = load<StreamString>(value);
      to = out.room(base64Bytes(bytes.size));
      to = writeBase64(to, {bytes.data, bytes.size});
      break;
    }
    case ColumnType::kVariant:
    case ColumnType::kList:
      return refuse(detail, "is no plain value");
  }
  out.advanceTo(to);
  return true;
}

bool parseScalar(const Column& column, std::string_view text, void* out, Arena& arena) {
  int64_t micros = 0;
  double wide = 0;
  float narrow = 0;
  switch (column.type) {
    case ColumnType::kBool:
      return store(text == "true" || text == "false", static_cast<uint8_t>(text == "true"), out);
    case ColumnType::kI8:
      return storeInteger<int8_t>(text, out);
    case ColumnType::kI16:
      return storeInteger<int16_t>(text, out);
    case ColumnType::kI32:
      return storeInteger<int32_t>(text, out);
    case ColumnType::kI64:
      return storeInteger<int64_t>(text, out);
    case ColumnType::kU8:
      return storeInteger<uint8_t>(text, out);
    case ColumnType::kU16:
      return storeInteger<uint16_t>(text, out);
    case ColumnType::kU32:
      return storeInteger<uint32_t>(text, out);
    case ColumnType::kU64:
      return storeInteger<uint64_t>(text, out);
    case ColumnType::kF32: {
      const ParseOutcome outcome = parseF32(text, narrow);
      return store(outcome, narrow, out);
    }
    case ColumnType::kF64: {
      const ParseOutcome outcome = parseF64(text, wide);
      return store(outcome, wide, out);
    }
    case ColumnType::kTimestamp: {
      const ParseOutcome outcome = parseTimestamp(text, micros);
      return store(outcome, micros, out);
    }
    case ColumnType::kDuration: {
      const ParseOutcome outcome = parseDuration(text, micros);
      return store(outcome, micros, out);
    }
    case ColumnType::kString:
      return store(true, StreamString{text.data(), static_cast<uint32_t>(text.size()), 0}, out);
    case ColumnType::kEnum: {
      const auto found = std::find(column.symbols.begin(), column.symbols.end(), text);
      return store(found != column.symbols.end(), static_cast<int16_t>(found - column.symbols.begin()), out);
    }
    case ColumnType::kDate: {
      int32_t days = 0;
      const ParseOutcome outcome = parseDate(text, days);
      return store(outcome, days, out);
    }
    case ColumnType::kDecimal64:
    case ColumnType::kDecimal128: {
      Int128 number = 0;
      // A column of numbers is laid out by whoever writes it: more digits than the scale has are a mistake, zeros too.
      const bool fits = digitsBehindPoint(text) <= column.scale &&
                        parseDecimal(text, column.precision, column.scale, number) == ParseOutcome::kOk;
      if (fits) std::memcpy(out, &number, columnValueBytes(column.type));
      return fits;
    }
    case ColumnType::kBytes: {
      char* const bytes = static_cast<char*>(arena.allocate(text.size()));
      const char* const end = readBase64(bytes, text);
      return end != nullptr && store(true, StreamString{bytes, static_cast<uint32_t>(end - bytes), 0}, out);
    }
    case ColumnType::kVariant:
    case ColumnType::kList:
      break;
  }
  return false;
}

}  // namespace streamrt
