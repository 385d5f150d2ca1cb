// The tree of demanded paths that a JsonDecoder works with, made from a list of columns. Private to the JSON decoder.
#ifndef RUNTIME_LIB_FORMATS_JSON_PLAN_H
#define RUNTIME_LIB_FORMATS_JSON_PLAN_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/column.h"

namespace streamrt::json {

struct ObjectPlan;

enum class FieldKind : uint8_t {
  kBool,
  kInteger,
  kF32,
  kF64,
  kString,
  kTimestamp,
  kDuration,
  kDate,
  kBytes,
  kDecimal,
  kEnum,
  kList,
  kObject,
  kVariant,  // an object with one key, the variant's; `object` has its variants as fields
  kBare,     // a variant without payload: null
  kIgnored,  // a variant whose payload nobody demands: any value
};

struct Field {
  static constexpr uint32_t kNoSlot = UINT32_MAX;  // validated, never stored
  std::string key;
  std::string path;  // for messages: a.b, items[].price
  FieldKind kind = FieldKind::kObject;
  ColumnType type = ColumnType::kBool;  // of leaves
  uint8_t precision = 0, scale = 0;     // decimals
  bool optional = false;
  bool lenient = false;  // of an object: all that is in it
  uint8_t value_bytes = 1;
  bool negative_allowed = false;          // integers
  uint64_t magnitude_max = 0;             // integers: of a positive value; a negative one may be one greater
  uint32_t slot = kNoSlot;                // of an object: its `present` column
  uint32_t validity_offset = 0;           // in a list's element
  uint32_t offset = 0;                    // in a list's element
  uint32_t object = UINT32_MAX;           // kObject, kVariant: index in Plan::objects; kList of records: the element
  uint32_t element = UINT32_MAX;          // kList of scalars: index in Plan::elements
  uint32_t element_bytes = 0;             // kList
  std::vector<std::string> symbols = {};  // kEnum, kVariant: by number
  std::vector<uint16_t> by_text = {};     // kEnum: the numbers in the order of their symbols
  uint32_t id = 0;                        // preorder number; the fields inside have id + 1 … subtree_end − 1
  uint32_t subtree_end = 0;
};

// A key that was met in objects of this kind, demanded or not, and the key that followed it last time.
struct KnownKey {
  alignas(16) std::array<char, 32> text{};  // the key and its closing quote
  uint8_t size = 0;                         // with the quote
  uint16_t next = 0;                        // index of the key that is expected behind this one
  int32_t field = -1;                       // index in the object's fields; -1 = nobody demanded it
};

struct ObjectPlan {
  static constexpr size_t kKnownKeysMax = 1024;
  std::vector<Field> fields;  // of a oneof: one for each variant, by number
  bool is_oneof = false;      // of the record or of a list's element: the whole is one, and `head` is its variant
  Field head;
  std::vector<KnownKey> known;          // [0] stands for the beginning of the object
  std::vector<uint16_t> known_buckets;  // hash → index in `known` + 1, open addressing, a power of two in size
  uint32_t seen_word = 0;               // where its bits of seen fields begin
  uint32_t seen_words = 0;

  // The known key with this text, made when there is room; 0 when it is too long or there are too many.
  uint16_t know(std::string_view key);
  int32_t findField(std::string_view key) const;
};

// The number of a symbol of an enum; -1 = there is none of that text.
int32_t findSymbol(const Field& field, std::string_view text);

struct Plan {
  std::vector<ObjectPlan> objects;  // [0] is the record
  std::vector<Field> elements;      // elements of lists of scalars
  uint32_t seen_words = 0;
  uint32_t field_count = 0;
  std::vector<const Field*> field_of_id;
};

Plan makePlan(const std::vector<Column>& columns);

}  // namespace streamrt::json

#endif
