// A column of a batch as the manifest describes it (docs/formats/manifest.md, `columns`), and where values lie in
// memory (abi/values.h) as numbers. Read by core/job_plan, used by batches, decoders, encoders and tables. Plain data.
#ifndef RUNTIME_LIB_CORE_COLUMN_H
#define RUNTIME_LIB_CORE_COLUMN_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamrt {

enum class ColumnType : uint8_t {
  kBool,
  kI8,
  kI16,
  kI32,
  kI64,
  kU8,
  kU16,
  kU32,
  kU64,
  kF32,
  kF64,
  kString,
  kTimestamp,
  kDuration,
  kList,
  kEnum,     // the number of a symbol, an i16
  kVariant,  // the number of a variant of a oneof, an i16; its payload's leaves are columns below its name and the
             // variant's
  kDate,
  kBytes,
  kDecimal64,   // up to 18 digits
  kDecimal128,  // up to 38
};

enum class ColumnRole : uint8_t {
  kField,
  kEventTime,
  kWatermark,
  kWindowStart,
  kWindowEnd,
  kPresent,
  kPartition,
  kPosition,
  kMeta,  // what a source knows of a record besides its bytes: the name is "$meta." and that of the fact
};

struct Column {
  std::string name;               // as in the manifest: record fields joined by dots
  std::vector<std::string> path;  // the same, taken apart; empty for the element of a list of scalars, and for the
                                  // variant of a row (or element) that is a oneof
  ColumnType type = ColumnType::kBool;
  uint8_t precision = 0, scale = 0;  // decimals only
  bool optional = false;
  bool check = false;    // decoded and validated, never stored
  bool lenient = false;  // missing or malformed is null (a presence false), and rejects nothing
  ColumnRole role = ColumnRole::kField;
  std::vector<Column> element;       // list only: the leaf columns of an element
  std::vector<std::string> symbols;  // enum and variant only: what the numbers stand for
  std::vector<bool> has_payload;     // variant only: by number
};

constexpr bool isDecimal(ColumnType type) { return type == ColumnType::kDecimal64 || type == ColumnType::kDecimal128; }

// The language's name of a column's type, for messages: "i64", "decimal(12, 2)".
std::string typeText(ColumnType type, uint8_t precision, uint8_t scale);

// The manifest's word for a type, and back.
std::string_view columnTypeName(ColumnType type);
std::optional<ColumnType> columnTypeNamed(std::string_view name);
std::optional<ColumnRole> columnRoleNamed(std::string_view name);

// "a.b\.c" → {"a", "b.c"}; "" → {}.
std::vector<std::string> splitColumnName(std::string_view name);

// Bytes of one value in a column: 1, 2, 4, 8 or 16. It is also its alignment, but 16 bytes have 8.
constexpr uint32_t columnValueBytes(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
    case ColumnType::kI8:
    case ColumnType::kU8:
      return 1;
    case ColumnType::kI16:
    case ColumnType::kU16:
    case ColumnType::kEnum:
    case ColumnType::kVariant:
      return 2;
    case ColumnType::kI32:
    case ColumnType::kU32:
    case ColumnType::kF32:
    case ColumnType::kDate:
      return 4;
    case ColumnType::kI64:
    case ColumnType::kU64:
    case ColumnType::kF64:
    case ColumnType::kTimestamp:
    case ColumnType::kDuration:
    case ColumnType::kDecimal64:
      return 8;
    case ColumnType::kString:
    case ColumnType::kBytes:
    case ColumnType::kList:
    case ColumnType::kDecimal128:
      return 16;
  }
  return 0;
}

// How the elements of a list lie one after another: each leaf at its natural alignment, an optional one followed by its
// validity byte, the size rounded up to 8.
struct ElementLayout {
  struct Leaf {
    uint32_t offset;
    uint32_t validity_offset;  // kNoValidity for a leaf that is not optional
  };
  static constexpr uint32_t kNoValidity = UINT32_MAX;
  std::vector<Leaf> leaves;
  uint32_t element_bytes = 0;
};
ElementLayout elementLayout(const std::vector<Column>& element);

}  // namespace streamrt

#endif
