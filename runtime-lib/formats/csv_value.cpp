#include "runtime-lib/formats/csv_value.h"

namespace streamrt::csv {
namespace {

template <class Integer>
bool store(std::string_view text, void* out) {
  Integer value;
  if (!parseInteger(text, text.data() + text.size(), value)) return false;
  std::memcpy(out, &value, sizeof value);
  return true;
}

template <class Value>
bool store(ParseOutcome outcome, Value value, void* out) {
  if (outcome != ParseOutcome::kOk) return false;
  std::memcpy(out, &value, sizeof value);
  return true;
}

bool storeBool(std::string_view text, void* out) {
  if (text != "true" && text != "false") return false;
  *static_cast<uint8_t*>(out) = text == "true" ? 1 : 0;
  return true;
}

}  // namespace

bool parseScalar(ColumnType type, std::string_view text, void* out, Arena&) {
  int64_t micros = 0;
  double wide = 0;
  float narrow = 0;
  switch (type) {
    case ColumnType::kBool:
      return storeBool(text, out);
    case ColumnType::kI8:
      return store<int8_t>(text, out);
    case ColumnType::kI16:
      return store<int16_t>(text, out);
    case ColumnType::kI32:
      return store<int32_t>(text, out);
    case ColumnType::kI64:
      return store<int64_t>(text, out);
    case ColumnType::kU8:
      return store<uint8_t>(text, out);
    case ColumnType::kU16:
      return store<uint16_t>(text, out);
    case ColumnType::kU32:
      return store<uint32_t>(text, out);
    case ColumnType::kU64:
      return store<uint64_t>(text, out);
    case ColumnType::kF32:
      return store(parseF32(text, narrow), narrow, out);
    case ColumnType::kF64:
      return store(parseF64(text, wide), wide, out);
    case ColumnType::kTimestamp:
      return store(parseTimestamp(text, micros), micros, out);
    case ColumnType::kDuration:
      return store(parseDuration(text, micros), micros, out);
    case ColumnType::kString:
    case ColumnType::kList:
      break;
  }
  return false;
}

}  // namespace streamrt::csv
