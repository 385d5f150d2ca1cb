#include "runtime-lib/formats/json_encoder.h"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/core/civil.h"
#include "runtime-lib/formats/base64.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace json {
namespace {

// What an encoder's step writes behind its piece of text.
enum class Write : uint8_t {
  kNothing,
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
  kDate,
  kBytes,
  kDecimal64,
  kDecimal128,
  kList,
  kEnum,
  kRecord,   // optional record: null and a jump when it is absent
  kVariant,  // a jump to the steps of its variant
  kJump,     // behind the steps of a variant
};

struct Step {
  static constexpr size_t kShortText = 32;
  std::string text;                           // what stands before the value: commas, braces, the key
  std::array<char, kShortText> short_text{};  // the same when it fits, so that it is copied without a call
  Write write = Write::kNothing;
  bool optional = false;
  uint8_t scale = 0;  // decimals
  uint32_t slot = 0;  // row: index of the column
  uint32_t value_bytes = 1;
  uint32_t offset = 0;                    // element: of the value
  uint32_t validity_offset = 0;           // element
  uint32_t jump = 0;                      // kRecord, kVariant, kJump: the step behind the value
  uint32_t element = 0;                   // kList: index of the walk over an element
  std::string path;                       // for messages
  std::vector<std::string> symbols = {};  // kEnum: quoted, by number
  std::vector<uint32_t> cases = {};       // kVariant: the first step of each variant
};

struct Walk {
  std::vector<Step> steps;
  size_t room_bytes = 0;       // of all its pieces and scalars; texts and lists need more
  uint32_t element_bytes = 0;  // of lists
};

Write writeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return Write::kBool;
    case ColumnType::kI8:
      return Write::kI8;
    case ColumnType::kI16:
      return Write::kI16;
    case ColumnType::kI32:
      return Write::kI32;
    case ColumnType::kI64:
      return Write::kI64;
    case ColumnType::kU8:
      return Write::kU8;
    case ColumnType::kU16:
      return Write::kU16;
    case ColumnType::kU32:
      return Write::kU32;
    case ColumnType::kU64:
      return Write::kU64;
    case ColumnType::kF32:
      return Write::kF32;
    case ColumnType::kF64:
      return Write::kF64;
    case ColumnType::kString:
      return Write::kString;
    case ColumnType::kTimestamp:
      return Write::kTimestamp;
    case ColumnType::kDuration:
      return Write::kDuration;
    case ColumnType::kDate:
      return Write::kDate;
    case ColumnType::kBytes:
      return Write::kBytes;
    case ColumnType::kDecimal64:
      return Write::kDecimal64;
    case ColumnType::kDecimal128:
      return Write::kDecimal128;
    case ColumnType::kList:
      return Write::kList;
    case ColumnType::kEnum:
      return Write::kEnum;
    case ColumnType::kVariant:
      return Write::kVariant;
  }
  return Write::kNothing;
}

// What must be escaped: quote, backslash, control characters. 0 = nothing, 'u' = \u00xx, else the letter.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (size_t i = 0; i < 0x20; ++i) table[i] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

// Which of 16 bytes must be escaped, as bits.
[[gnu::always_inline]] inline uint32_t escapesOf(__m128i bytes) {
  const __m128i stops =
      _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                   _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
  return static_cast<uint32_t>(_mm_movemask_epi8(stops));
}

// Copies the bytes before the first one that must be escaped, and says how many they are. Room for `size` bytes is
// enough: bytes of the text behind that one may be copied too.
[[gnu::always_inline]] inline size_t copyPlain(char* to, const char* data, size_t size) {
  auto load = [&](size_t at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at)); };
  auto store = [&](size_t at, __m128i bytes) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), bytes); };
  if (size >= 16) {
    for (size_t at = 0;; at += 16) {
      at = std::min(at, size - 16);  // the last 16 overlap those before, of which none is to be escaped
      const __m128i bytes = load(at);
      store(at, bytes);
      const uint32_t stops = escapesOf(bytes);
      if (stops != 0) return at + static_cast<size_t>(__builtin_ctz(stops));
      if (at == size - 16) return size;
    }
  }
  // Two halves that overlap: the first and the last bytes.
  auto halves = [&]<class Half>(Half) {
    Half first;
    Half last;
    std::memcpy(&first, data, sizeof first);
    std::memcpy(&last, data + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
    const uint32_t stops =
        escapesOf(_mm_set_epi64x(static_cast<int64_t>(uint64_t{last}), static_cast<int64_t>(uint64_t{first})));
    constexpr uint32_t kMask = (1u << sizeof(Half)) - 1;
    if ((stops & kMask) != 0) return static_cast<size_t>(__builtin_ctz(stops));
    const uint32_t later = stops >> 8 & kMask;
    return later == 0 ? size : size - sizeof last + static_cast<size_t>(__builtin_ctz(later));
  };
  if (size >= 8) return halves(uint64_t{});
  if (size >= 4) return halves(uint32_t{});
  size_t at = 0;
  for (; at < size && kEscapes[static_cast<uint8_t>(data[at])] == 0; ++at) to[at] = data[at];
  return at;
}

// Writes at `to`, which is in the room behind out, and returns the end: there is room for `behind` bytes more.
char* appendText(ByteBuffer& out, char* to, const char* data, size_t size, size_t behind) {
  to = out.roomAt(to, size + 2 + behind);
  *to++ = '"';
  for (;;) {
    const size_t plain = copyPlain(to, data, size);
    to += plain;
    if (plain == size) [[likely]]
      break;
    data += plain;
    size -= plain;
    to = out.roomAt(to, size + 7 + behind);  // an escape is at most 6 bytes
    const auto byte = static_cast<uint8_t>(*data);
    *to++ = '\\';
    *to++ = kEscapes[byte];
    if (kEscapes[byte] == 'u') {
      constexpr char kHex[] = "0123456789abcdef";
      *to++ = '0';
      *to++ = '0';
      *to++ = kHex[byte >> 4];
      *to++ = kHex[byte & 15];
    }
    ++data;
    --size;
  }
  *to++ = '"';
  return to;
}

std::string quoted(const std::string& key) {
  ByteBuffer text;
  text.advanceTo(appendText(text, text.room(0), key.data(), key.size(), 0));
  return std::string(text.view());
}

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct RowPlace {
  const RowSource& row;
  const char* value(const Step& step) const {
    return static_cast<const char*>(row.columns[step.slot]) + uint64_t{row.row} * step.value_bytes;
  }
  bool present(const Step& step) const { return row.validity[step.slot][row.row] != 0; }
};

struct ElementPlace {
  const char* element;
  const char* value(const Step& step) const { return element + step.offset; }
  bool present(const Step& step) const { return element[step.validity_offset] != 0; }
};

// A tree of the columns, in the order of output; only while the walk is made.
struct Node {
  std::string key;
  const Column* column = nullptr;  // leaf, the `present` column of a record, or the variant of a oneof
  uint32_t slot = 0;
  std::vector<Node> children;
  bool record = false;

  bool isOneof() const { return column != nullptr && column->type == ColumnType::kVariant; }
};

}  // namespace

class EncodePlan {
 public:
  EncodePlan(const std::vector<Column>& columns, JsonOptions options) : options_(options) {
    addWalk(columns, "", false);
  }

  bool encode(const RowSource& row, ByteBuffer& out, EncodeError& error) {
    const size_t before = out.size();
    error_ = &error;
    if (run(walks_[0], RowPlace{row}, out)) return true;
    out.truncate(before);
    return false;
  }

 private:
  // ---- making walks ----

  uint32_t addWalk(const std::vector<Column>& columns, const std::string& path, bool element) {
    const auto index = static_cast<uint32_t>(walks_.size());
    walks_.emplace_back();
    Walk walk;
    ElementLayout layout;
    if (element) {
      layout = elementLayout(columns);
      walk.element_bytes = layout.element_bytes;
    }
    std::string text;
    if (element && columns.size() == 1 && columns[0].path.empty() && columns[0].type != ColumnType::kVariant) {
      addLeaf(walk, columns[0], 0, &layout, path, text);
    } else {
      Node root = treeOf(columns);
      root.record = true;
      addValue(walk, root, element ? &layout : nullptr, path, text);
    }
    if (!text.empty()) addText(walk, text);
    for (Step& step : walk.steps) {
      std::copy_n(step.text.data(), std::min(step.text.size(), Step::kShortText), step.short_text.data());
      walk.room_bytes += step.text.size() + Step::kShortText + kScalarTextBytes + 2;
    }
    walks_[index] = std::move(walk);
    return index;
  }

  static Node treeOf(const std::vector<Column>& columns) {
    Node root;
    uint32_t slot = 0;
    for (const Column& column : columns) {
      if (column.check) continue;
      Node* node = &root;
      for (const std::string& key : column.path) {
        auto found =
            std::find_if(node->children.begin(), node->children.end(), [&](const Node& n) { return n.key == key; });
        if (found == node->children.end()) {
          node->children.push_back({key, nullptr, 0, {}, false});
          found = node->children.end() - 1;
        }
        node->record = true;
        node = &*found;
      }
      node->column = &column;
      node->slot = slot++;
      if (column.role == ColumnRole::kPresent) node->record = true;
    }
    return root;
  }

  // `text` collects what stands before the next value.
  void addValue(Walk& walk, const Node& node, const ElementLayout* layout, const std::string& path, std::string& text) {
    if (node.isOneof()) {
      addOneof(walk, node, layout, path, text);
    } else if (!node.record) {
      addLeaf(walk, *node.column, node.slot, layout, path, text);
    } else if (node.column == nullptr) {
      addObject(walk, node, layout, path, text);
    } else {
      const size_t opening = addLeaf(walk, *node.column, node.slot, layout, path, text);
      walk.steps[opening].write = Write::kRecord;
      addObject(walk, node, layout, path, text);
      addText(walk, text);  // the closing brace belongs to the record
      walk.steps[opening].jump = static_cast<uint32_t>(walk.steps.size());
    }
  }

  static std::string pathOf(const Node& child, const std::string& path) {
    return path.empty() ? child.key : path + "." + child.key;
  }

  void addObject(Walk& walk, const Node& node, const ElementLayout* layout, const std::string& path,
                 std::string& text) {
    text += '{';
    bool first = true;
    for (const Node& child : node.children) {
      if (!first) text += ',';
      first = false;
      text += quoted(child.key) + ':';
      addValue(walk, child, layout, pathOf(child, path), text);
    }
    text += '}';
  }

  // The steps of the variants one behind another, each with a jump behind the last. A payload of which the row has no
  // columns is an empty record.
  void addOneof(Walk& walk, const Node& node, const ElementLayout* layout, const std::string& path, std::string& text) {
    const size_t opening = addLeaf(walk, *node.column, node.slot, layout, path, text);
    const std::vector<std::string>& symbols = node.column->symbols;
    std::vector<size_t> jumps;
    for (size_t i = 0; i < symbols.size(); ++i) {
      walk.steps[opening].cases.push_back(static_cast<uint32_t>(walk.steps.size()));
      text = '{' + quoted(symbols[i]) + ':';
      const auto payload = std::find_if(node.children.begin(), node.children.end(),
                                        [&](const Node& child) { return child.key == symbols[i]; });
      if (payload != node.children.end()) {
        addValue(walk, *payload, layout, pathOf(*payload, path), text);
      } else {
        text += node.column->has_payload[i] ? "{}" : "null";
      }
      text += '}';
      addText(walk, text);
      walk.steps.back().write = Write::kJump;
      jumps.push_back(walk.steps.size() - 1);
    }
    for (size_t jump : jumps) walk.steps[jump].jump = static_cast<uint32_t>(walk.steps.size());
    walk.steps[opening].jump = static_cast<uint32_t>(walk.steps.size());
  }

  size_t addLeaf(Walk& walk, const Column& column, uint32_t slot, const ElementLayout* layout, const std::string& path,
                 std::string& text) {
    Step step;
    step.text = std::move(text);
    text.clear();
    step.write = writeOf(column.type);
    step.optional = column.optional;
    step.slot = slot;
    step.value_bytes = columnValueBytes(column.type);
    step.scale = column.scale;
    step.path = path;
    if (layout != nullptr) {
      step.offset = layout->leaves[slot].offset;
      step.validity_offset = layout->leaves[slot].validity_offset;
    }
    if (column.type == ColumnType::kEnum) {
      for (const std::string& symbol : column.symbols) step.symbols.push_back(quoted(symbol));
    }
    if (column.type == ColumnType::kList) step.element = addWalk(column.element, path + "[]", true);
    walk.steps.push_back(std::move(step));
    return walk.steps.size() - 1;
  }

  static void addText(Walk& walk, std::string& text) {
    Step step;
    step.text = std::move(text);
    text.clear();
    walk.steps.push_back(std::move(step));
  }

  // ---- walking ----

  // Between two values `to` is where out ends; only then does out know.
  template <class Place>
  bool run(const Walk& walk, const Place& place, ByteBuffer& out) {
    const size_t count = walk.steps.size();
    char* to = out.room(walk.room_bytes);
    for (size_t i = 0; i < count;) {
      const Step& step = walk.steps[i++];
      const size_t text_size = step.text.size();
      if (text_size <= Step::kShortText) {
        std::memcpy(to, step.short_text.data(), Step::kShortText);
      } else {
        std::memcpy(to, step.text.data(), text_size);
      }
      to += text_size;
      if (step.write == Write::kNothing) continue;
      if (step.write == Write::kJump) {
        i = step.jump;
        continue;
      }
      const char* const value = place.value(step);
      if (step.write == Write::kRecord ? *value == 0 : step.optional && !place.present(step)) {
        std::memcpy(to, "null", 4);
        to += 4;
        if (step.write == Write::kRecord || step.write == Write::kVariant) i = step.jump;
        continue;
      }
      switch (step.write) {
        case Write::kRecord:
          break;
        case Write::kVariant:
          i = step.cases[numberOf(value, step.cases.size())];
          break;
        case Write::kI64:
          to = writeI64(to, load<int64_t>(value));
          break;
        case Write::kString: {
          const auto text = load<StreamString>(value);
          to = appendText(out, to, text.data, text.size, walk.room_bytes);
          break;
        }
        default:
          if (!writeValue(step, value, to, out)) return false;
          to = out.room(walk.room_bytes);
      }
    }
    out.advanceTo(to);
    return true;
  }

  static size_t numberOf(const char* value, size_t count) {
    const auto number = static_cast<uint16_t>(load<int16_t>(value));
    STREAM_CHECK(number < count, "an enum or variant has the number of one of its symbols");
    return number;
  }

  // Writes one value at `to`, which has room for a scalar.
  bool writeValue(const Step& step, const char* value, char* to, ByteBuffer& out) {
    switch (step.write) {
      case Write::kNothing:
      case Write::kRecord:
      case Write::kVariant:
      case Write::kJump:
        break;  // not values
      case Write::kEnum: {
        out.advanceTo(to);
        const std::string& symbol = step.symbols[numberOf(value, step.symbols.size())];
        out.append(symbol);
        return true;
      }
      case Write::kBool: {
        const bool truth = *value != 0;
        std::memcpy(to, truth ? "true" : "false", 5);
        to += truth ? 4 : 5;
        break;
      }
      case Write::kI8:
        to = writeI64(to, load<int8_t>(value));
        break;
      case Write::kI16:
        to = writeI64(to, load<int16_t>(value));
        break;
      case Write::kI32:
        to = writeI64(to, load<int32_t>(value));
        break;
      case Write::kI64:
        to = writeI64(to, load<int64_t>(value));
        break;
      case Write::kU8:
        to = writeU64(to, load<uint8_t>(value));
        break;
      case Write::kU16:
        to = writeU64(to, load<uint16_t>(value));
        break;
      case Write::kU32:
        to = writeU64(to, load<uint32_t>(value));
        break;
      case Write::kU64:
        to = writeU64(to, load<uint64_t>(value));
        break;
      case Write::kF32:
        return writeFloat(step, load<float>(value), writeF32, to, out);
      case Write::kF64:
        return writeFloat(step, load<double>(value), writeF64, to, out);
      case Write::kTimestamp:
        return writeInstant(step, load<int64_t>(value), to, out);
      case Write::kDuration:
        *to++ = '"';
        to = writeDuration(to, load<int64_t>(value));
        *to++ = '"';
        break;
      case Write::kDecimal64:
        to = writeDecimal(to, load<int64_t>(value), step.scale);
        break;
      case Write::kDecimal128:
        to = writeDecimal(to, load<Int128>(value), step.scale);
        break;
      case Write::kDate:
        return writeDay(step, load<int32_t>(value), to, out);
      case Write::kBytes: {
        const auto bytes = load<StreamString>(value);
        out.advanceTo(to);
        to = out.room(base64Bytes(bytes.size) + 2);
        *to++ = '"';
        to = writeBase64(to, {bytes.data, bytes.size});
        *to++ = '"';
        break;
      }
      case Write::kString: {
        const auto text = load<StreamString>(value);
        to = appendText(out, to, text.data, text.size, 0);
        break;
      }
      case Write::kList: {
        out.advanceTo(to);
        return writeList(step, load<StreamList>(value), out);
      }
    }
    out.advanceTo(to);
    return true;
  }

  template <class Float>
  bool writeFloat(const Step& step, Float value, char* (*write)(char*, Float), char* to, ByteBuffer& out) {
    if (std::isfinite(value)) {
      out.advanceTo(write(to, value));
      return true;
    }
    if (options_.lenient) {
      std::memcpy(to, "null", 4);
      out.advanceTo(to + 4);
      return true;
    }
    char text[kScalarTextBytes];
    const std::string_view name(text, static_cast<size_t>(write(text, value) - text));
    error_->detail = fmt::format("field \"{}\": {} cannot be written as JSON", step.path, name);
    return false;
  }

  bool writeDay(const Step& step, int32_t days, char* to, ByteBuffer& out) {
    if (!options_.lenient && !dateHasPlainYear(days)) {
      char text[kScalarTextBytes];
      const std::string_view name(text, static_cast<size_t>(writeDate(text, days) - text));
      error_->detail = fmt::format("field \"{}\": RFC 3339 has no year for {}", step.path, name);
      return false;
    }
    *to++ = '"';
    to = writeDate(to, days);
    *to++ = '"';
    out.advanceTo(to);
    return true;
  }

  bool writeInstant(const Step& step, int64_t micros, char* to, ByteBuffer& out) {
    if (options_.timestamps != JsonTimestamps::kRfc3339) {
      out.advanceTo(writeI64(to, floorDiv(micros, microsPerUnit(options_.timestamps))));
      return true;
    }
    // Instants of one day begin with the same text.
    const uint64_t of_day = static_cast<uint64_t>(micros) - static_cast<uint64_t>(day_us_);
    if (of_day < static_cast<uint64_t>(kMicrosPerDay)) [[likely]] {
      std::memcpy(to, day_text_, sizeof day_text_);
      to = writeTimeOfDay(to + kDayTextBytes, of_day);
      *to++ = '"';
      out.advanceTo(to);
      return true;
    }
    if (!options_.lenient && !timestampHasPlainYear(micros)) {
      char text[kScalarTextBytes];
      const std::string_view name(text, static_cast<size_t>(writeTimestamp(text, micros) - text));
      error_->detail = fmt::format("field \"{}\": RFC 3339 has no year for {}", step.path, name);
      return false;
    }
    char* const first = to;
    *to++ = '"';
    to = writeTimestamp(to, micros);
    *to++ = '"';
    out.advanceTo(to);
    if (timestampHasPlainYear(micros)) {
      std::memcpy(day_text_, first, kDayTextBytes);
      day_us_ = floorDiv(micros, kMicrosPerDay) * kMicrosPerDay;
    }
    return true;
  }

  bool writeList(const Step& step, const StreamList& list, ByteBuffer& out) {
    const Walk& walk = walks_[step.element];
    out.append('[');
    for (uint32_t i = 0; i < list.count; ++i) {
      if (i != 0) out.append(',');
      const char* element = static_cast<const char*>(list.data) + uint64_t{i} * walk.element_bytes;
      if (!run(walk, ElementPlace{element}, out)) return false;
    }
    out.append(']');
    return true;
  }

  const JsonOptions options_;
  std::vector<Walk> walks_;  // [0] is the row's
  EncodeError* error_ = nullptr;
  // The day of the timestamp that was written last.
  static constexpr size_t kDayTextBytes = 12;  // "2024-02-29T
  char day_text_[16] = "\"1970-01-01T";
  int64_t day_us_ = 0;
};

}  // namespace json

JsonEncoder::JsonEncoder(const std::vector<Column>& columns, JsonOptions options)
    : plan_(std::make_unique<json::EncodePlan>(columns, options)) {}
JsonEncoder::~JsonEncoder() = default;
JsonEncoder::JsonEncoder(JsonEncoder&&) noexcept = default;
JsonEncoder& JsonEncoder::operator=(JsonEncoder&&) noexcept = default;

bool JsonEncoder::encodeObject(const RowSource& row, ByteBuffer& out, EncodeError& error) {
  return plan_->encode(row, out, error);
}

bool JsonEncoder::encode(const RowSource& row, ByteBuffer& out, EncodeError& error) {
  if (!plan_->encode(row, out, error)) return false;
  out.append('\n');
  return true;
}

}  // namespace streamrt
