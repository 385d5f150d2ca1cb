#include "runtime-lib/formats/json_plan.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "runtime-lib/core/check.h"

namespace streamrt::json {
namespace {

struct IntegerRange {
  bool negative;
  uint64_t max;
};

IntegerRange rangeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kI8:
      return {true, INT8_MAX};
    case ColumnType::kI16:
      return {true, INT16_MAX};
    case ColumnType::kI32:
      return {true, INT32_MAX};
    case ColumnType::kU8:
      return {false, UINT8_MAX};
    case ColumnType::kU16:
      return {false, UINT16_MAX};
    case ColumnType::kU32:
      return {false, UINT32_MAX};
    case ColumnType::kU64:
      return {false, UINT64_MAX};
    default:
      return {true, INT64_MAX};
  }
}

FieldKind kindOf(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return FieldKind::kBool;
    case ColumnType::kF32:
      return FieldKind::kF32;
    case ColumnType::kF64:
      return FieldKind::kF64;
    case ColumnType::kString:
      return FieldKind::kString;
    case ColumnType::kTimestamp:
      return FieldKind::kTimestamp;
    case ColumnType::kDuration:
      return FieldKind::kDuration;
    case ColumnType::kDate:
      return FieldKind::kDate;
    case ColumnType::kBytes:
      return FieldKind::kBytes;
    case ColumnType::kDecimal64:
    case ColumnType::kDecimal128:
      return FieldKind::kDecimal;
    case ColumnType::kList:
      return FieldKind::kList;
    case ColumnType::kEnum:
      return FieldKind::kEnum;
    case ColumnType::kVariant:
      return FieldKind::kVariant;
    default:
      return FieldKind::kInteger;
  }
}

class Builder {
 public:
  // Adds the object that a list of columns describes; returns its index. `layout`: of a list's element, else null.
  uint32_t addObject(const std::vector<Column>& columns, const std::string& path, const ElementLayout* layout) {
    const uint32_t index = newObject();
    uint32_t slot = 0;
    for (size_t i = 0; i < columns.size(); ++i) {
      const Column& column = columns[i];
      const uint32_t own_slot = column.check ? Field::kNoSlot : slot++;
      Field field = makeField(column, own_slot, layout != nullptr ? &layout->leaves[i] : nullptr);
      place(index, column, path, std::move(field));
    }
    return index;
  }

  Plan finish() {
    for (ObjectPlan& object : plan_.objects) {
      for (Field& field : object.fields) field.lenient = isLenient(field);
    }
    uint32_t id = 0;
    number(0, id);
    plan_.field_count = id;
    plan_.field_of_id.resize(id);
    for (const ObjectPlan& object : plan_.objects) {
      for (const Field& field : object.fields) plan_.field_of_id[field.id] = &field;
      if (object.is_oneof) plan_.field_of_id[object.head.id] = &object.head;
    }
    for (const Field& element : plan_.elements) plan_.field_of_id[element.id] = &element;
    for (ObjectPlan& object : plan_.objects) {
      object.seen_word = plan_.seen_words;
      object.seen_words = static_cast<uint32_t>((object.fields.size() + 63) / 64);
      plan_.seen_words += object.seen_words;
      object.known.resize(1);
      object.known_buckets.assign(64, 0);
      // The first guess is the order of the columns.
      uint16_t last = 0;
      for (const Field& field : object.fields) {
        const uint16_t known = object.know(field.key);
        if (known == 0) continue;
        object.known[last].next = known;
        last = known;
      }
    }
    return std::move(plan_);
  }

 private:
  // An object is when all leaves in it are, whether it is there among them.
  bool isLenient(const Field& field) const {
    if (field.kind != FieldKind::kObject) return field.lenient;
    if (field.optional && !field.lenient) return false;
    const std::vector<Field>& inside = plan_.objects[field.object].fields;
    return std::all_of(inside.begin(), inside.end(), [&](const Field& leaf) { return isLenient(leaf); });
  }

  uint32_t newObject() {
    plan_.objects.emplace_back();
    return static_cast<uint32_t>(plan_.objects.size() - 1);
  }

  static Field makeField(const Column& column, uint32_t slot, const ElementLayout::Leaf* leaf) {
    Field field;
    field.kind = column.role == ColumnRole::kPresent ? FieldKind::kObject : kindOf(column.type);
    field.type = column.type;
    field.precision = column.precision;
    field.scale = column.scale;
    field.optional = column.optional || column.role == ColumnRole::kPresent;
    field.lenient = column.lenient;
    field.value_bytes = static_cast<uint8_t>(columnValueBytes(column.type));
    const IntegerRange range = rangeOf(column.type);
    field.negative_allowed = range.negative;
    field.magnitude_max = range.max;
    field.symbols = column.symbols;
    if (field.kind == FieldKind::kEnum) {
      field.by_text.resize(column.symbols.size());
      std::iota(field.by_text.begin(), field.by_text.end(), uint16_t{0});
      std::sort(field.by_text.begin(), field.by_text.end(),
                [&](uint16_t a, uint16_t b) { return column.symbols[a] < column.symbols[b]; });
    }
    field.slot = slot;
    if (leaf != nullptr) {
      field.slot = 0;  // stored
      field.offset = leaf->offset;
      field.validity_offset = leaf->validity_offset;
    }
    return field;
  }

  static std::string joined(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  // Puts a leaf (or the presence of a record) at its path below object `index`.
  void place(uint32_t index, const Column& column, std::string path, Field field) {
    if (column.path.empty()) {
      STREAM_CHECK(field.kind == FieldKind::kVariant, "a column of a record has a name");
      field.path = path;
      plan_.objects[index].is_oneof = true;
      plan_.objects[index].head = std::move(field);
      addVariants(index, column, path);
      return;
    }
    for (size_t i = 0; i + 1 < column.path.size(); ++i) {
      path = joined(path, column.path[i]);
      index = objectAt(index, column.path[i], path);
    }
    path = joined(path, column.path.back());
    if (field.kind == FieldKind::kObject) {
      objectAt(index, column.path.back(), path);
      Field& record = fieldAt(index, column.path.back());
      record.optional = true;
      record.lenient = field.lenient;
      record.slot = field.slot;
      record.offset = field.offset;
      return;
    }
    field.key = column.path.back();
    field.path = path;
    if (field.kind == FieldKind::kList) addElement(column, field);
    if (field.kind == FieldKind::kVariant) {
      field.object = newObject();
      addVariants(field.object, column, path);
    }
    const int32_t existing = plan_.objects[index].findField(field.key);
    if (existing >= 0) {
      Field& variant = plan_.objects[index].fields[static_cast<size_t>(existing)];
      STREAM_CHECK(variant.kind == FieldKind::kIgnored, "a path is named by one column");
      variant = std::move(field);
    } else {
      plan_.objects[index].fields.push_back(std::move(field));
    }
  }

  // All variants of a oneof are known, so that one is recognised whose payload nobody demands. The columns of the
  // payloads come behind and take their places.
  void addVariants(uint32_t index, const Column& column, const std::string& path) {
    for (size_t i = 0; i < column.symbols.size(); ++i) {
      Field variant;
      variant.key = column.symbols[i];
      variant.path = joined(path, variant.key);
      variant.kind = column.has_payload[i] ? FieldKind::kIgnored : FieldKind::kBare;
      plan_.objects[index].fields.push_back(std::move(variant));
    }
  }

  void addElement(const Column& column, Field& list) {
    const ElementLayout layout = elementLayout(column.element);
    list.element_bytes = layout.element_bytes;
    if (column.element.size() == 1 && column.element[0].path.empty() &&
        column.element[0].type != ColumnType::kVariant) {
      Field element = makeField(column.element[0], 0, layout.leaves.data());
      element.path = list.path + "[]";
      if (element.kind == FieldKind::kList) addElement(column.element[0], element);
      list.element = static_cast<uint32_t>(plan_.elements.size());
      plan_.elements.push_back(std::move(element));
    } else {
      list.object = addObject(column.element, list.path + "[]", &layout);
    }
  }

  Field& fieldAt(uint32_t index, const std::string& key) {
    ObjectPlan& object = plan_.objects[index];
    return object.fields[static_cast<size_t>(object.findField(key))];
  }

  uint32_t objectAt(uint32_t index, const std::string& key, const std::string& path) {
    const int32_t existing = plan_.objects[index].findField(key);
    if (existing < 0 || plan_.objects[index].fields[static_cast<size_t>(existing)].kind == FieldKind::kIgnored) {
      const uint32_t inside = newObject();
      Field field;
      field.key = key;
      field.path = path;
      field.object = inside;
      field.value_bytes = 1;
      if (existing >= 0) {
        fieldAt(index, key) = std::move(field);
      } else {
        plan_.objects[index].fields.push_back(std::move(field));
      }
    }
    Field& field = fieldAt(index, key);
    STREAM_CHECK(field.kind == FieldKind::kObject || field.kind == FieldKind::kVariant,
                 "a path is a record or a value, not both");
    return field.object;
  }

  void number(uint32_t index, uint32_t& id) {
    if (plan_.objects[index].is_oneof) plan_.objects[index].head.id = id++;
    for (Field& field : plan_.objects[index].fields) numberField(field, id);
  }
  void numberField(Field& field, uint32_t& id) {
    field.id = id++;
    if (field.object != UINT32_MAX) number(field.object, id);
    if (field.element != UINT32_MAX) numberField(plan_.elements[field.element], id);
    field.subtree_end = id;
  }

  Plan plan_;
};

uint64_t hashOf(std::string_view key) {
  uint64_t hash = key.size() * 0x9e3779b97f4a7c15u;
  for (size_t at = 0; at < key.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, key.data() + at, std::min<size_t>(8, key.size() - at));
    hash = (std::rotl(hash, 23) ^ word) * 0x9e3779b97f4a7c15u;
  }
  return hash >> 32;
}

}  // namespace

int32_t findSymbol(const Field& field, std::string_view text) {
  auto found =
      std::lower_bound(field.by_text.begin(), field.by_text.end(), text,
                       [&](uint16_t number, std::string_view wanted) { return field.symbols[number] < wanted; });
  return found != field.by_text.end() && field.symbols[*found] == text ? *found : -1;
}

int32_t ObjectPlan::findField(std::string_view key) const {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].key == key) return static_cast<int32_t>(i);
  }
  return -1;
}

uint16_t ObjectPlan::know(std::string_view key) {
  if (key.size() + 1 > sizeof(KnownKey::text)) return 0;
  size_t bucket = hashOf(key) & (known_buckets.size() - 1);
  for (; known_buckets[bucket] != 0; bucket = (bucket + 1) & (known_buckets.size() - 1)) {
    const KnownKey& entry = known[known_buckets[bucket] - 1u];
    if (entry.size == key.size() + 1u && std::memcmp(entry.text.data(), key.data(), key.size()) == 0) {
      return static_cast<uint16_t>(known_buckets[bucket] - 1);
    }
  }
  if (known.size() == kKnownKeysMax) return 0;
  KnownKey entry;
  std::memcpy(entry.text.data(), key.data(), key.size());
  entry.text[key.size()] = '"';
  entry.size = static_cast<uint8_t>(key.size() + 1);
  entry.field = findField(key);
  const auto index = static_cast<uint16_t>(known.size());
  known.push_back(entry);
  known_buckets[bucket] = static_cast<uint16_t>(index + 1);
  if (known.size() * 2 > known_buckets.size()) {
    std::vector<uint16_t> larger(known_buckets.size() * 2, 0);
    for (size_t i = 1; i < known.size(); ++i) {
      size_t at = hashOf({known[i].text.data(), known[i].size - 1u}) & (larger.size() - 1);
      while (larger[at] != 0) at = (at + 1) & (larger.size() - 1);
      larger[at] = static_cast<uint16_t>(i + 1);
    }
    known_buckets = std::move(larger);
  }
  return index;
}

Plan makePlan(const std::vector<Column>& columns) {
  Builder builder;
  builder.addObject(columns, "", nullptr);
  return builder.finish();
}

}  // namespace streamrt::json
