#include "dsl/type.h"

#include <cassert>
#include <cstdint>

namespace streamc {

namespace {

constexpr TypeKind kScalarKinds[] = {
    TypeKind::kError, TypeKind::kNull,      TypeKind::kBool, TypeKind::kI8,       TypeKind::kI16,  TypeKind::kI32,
    TypeKind::kI64,   TypeKind::kU8,        TypeKind::kU16,  TypeKind::kU32,      TypeKind::kU64,  TypeKind::kF32,
    TypeKind::kF64,   TypeKind::kTimestamp, TypeKind::kDate, TypeKind::kDuration, TypeKind::kJson,
};

const char* scalarName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kError:
      return "?";
    case TypeKind::kNull:
      return "null";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kI8:
      return "i8";
    case TypeKind::kI16:
      return "i16";
    case TypeKind::kI32:
      return "i32";
    case TypeKind::kI64:
      return "i64";
    case TypeKind::kU8:
      return "u8";
    case TypeKind::kU16:
      return "u16";
    case TypeKind::kU32:
      return "u32";
    case TypeKind::kU64:
      return "u64";
    case TypeKind::kF32:
      return "f32";
    case TypeKind::kF64:
      return "f64";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kJson:
      return "json";
    default:
      return nullptr;
  }
}

// A key is unique for a type: element types are interned already, so their addresses stand for them.
void append(std::string& key, TypeRef type) { key += std::to_string(reinterpret_cast<std::uintptr_t>(type)) + ';'; }
void append(std::string& key, const std::string& text) { key += std::to_string(text.size()) + ':' + text; }

std::string fieldsKey(std::string key, const std::vector<FieldType>& fields) {
  for (const FieldType& field : fields) {
    append(key, field.name);
    append(key, field.type);
  }
  return key;
}

std::string fieldName(const std::string& name) {
  bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  for (char c : name) plain &= c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return plain ? name : '`' + name + '`';
}

void print(std::string& out, TypeRef type) {
  switch (type->kind) {
    case TypeKind::kDecimal:
      out += "decimal(" + std::to_string(type->precision) + ", " + std::to_string(type->scale) + ")";
      return;
    case TypeKind::kString:
    case TypeKind::kBytes:
      out += type->is(TypeKind::kString) ? "string" : "bytes";
      if (type->size_max != 0) out += "(" + std::to_string(type->size_max) + ")";
      return;
    case TypeKind::kEnum:
    case TypeKind::kOneof:
      out += type->name;
      return;
    case TypeKind::kRecord: {
      out += "{";
      const char* separator = " ";
      for (const FieldType& field : type->fields) {
        out += separator + fieldName(field.name) + ": ";
        print(out, field.type);
        separator = ", ";
      }
      out += " }";
      return;
    }
    case TypeKind::kList:
    case TypeKind::kSet:
      out += type->is(TypeKind::kList) ? "list<" : "set<";
      print(out, type->element);
      out += ">";
      return;
    case TypeKind::kMap:
      out += "map<";
      print(out, type->element);
      out += ", ";
      print(out, type->value);
      out += ">";
      return;
    case TypeKind::kOptional:
      print(out, type->element);
      out += "?";
      return;
    default:
      out += scalarName(type->kind);
  }
}

}  // namespace

unsigned Type::bits() const {
  switch (kind) {
    case TypeKind::kI8:
    case TypeKind::kU8:
      return 8;
    case TypeKind::kI16:
    case TypeKind::kU16:
      return 16;
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kF32:
      return 32;
    case TypeKind::kI64:
    case TypeKind::kU64:
    case TypeKind::kF64:
      return 64;
    default:
      assert(false && "bits() of a type without a width");
      return 0;
  }
}

const FieldType* Type::field(std::string_view field_name) const {
  if (by_name.empty()) {
    for (const FieldType& field : fields) {
      if (field.name == field_name) return &field;
    }
    return nullptr;
  }
  auto found = by_name.find(field_name);
  return found == by_name.end() ? nullptr : &fields[found->second];
}

std::string toString(TypeRef type) {
  std::string out;
  print(out, type);
  return out;
}

TypeContext::TypeContext() {
  for (TypeKind kind : kScalarKinds) intern({.kind = kind}, std::string("k") + std::to_string(static_cast<int>(kind)));
}

TypeRef TypeContext::intern(Type type, std::string key) {
  uint64_t leaves = type.fields.empty() || type.kind != TypeKind::kRecord ? 1 : 0;
  for (const FieldType& field : type.fields) {
    leaves += field.type->leaves;
    type.holds_error |= field.type->isError() || field.type->holds_error;
  }
  if (type.element != nullptr) leaves += type.element->leaves - (type.element->is(TypeKind::kRecord) ? 0 : 1);
  if (type.value != nullptr) leaves += type.value->leaves;
  if (leaves > kLeavesMax) {
    too_large_ |= !type.holds_error;  // else something in it was reported, perhaps for the same reason
    return scalar(TypeKind::kError);
  }
  type.leaves = static_cast<uint32_t>(leaves);
  auto [place, is_new] = interned_.try_emplace(std::move(key), nullptr);
  if (is_new) {
    storage_.push_back(std::move(type));
    Type& stored = storage_.back();
    // A look-up in a wide record must not be linear, or checking it would be quadratic.
    if (stored.fields.size() > 16) {
      for (uint32_t i = 0; i < stored.fields.size(); ++i) stored.by_name.emplace(stored.fields[i].name, i);
    }
    place->second = &stored;
  }
  return place->second;
}

TypeRef TypeContext::scalar(TypeKind kind) const {
  auto found = interned_.find(std::string("k") + std::to_string(static_cast<int>(kind)));
  assert(found != interned_.end() && "scalar() of a kind with parameters");
  return found->second;
}

TypeRef TypeContext::string(uint32_t size_max) {
  return intern({.kind = TypeKind::kString, .size_max = size_max}, "s" + std::to_string(size_max));
}
TypeRef TypeContext::bytes(uint32_t size_max) {
  return intern({.kind = TypeKind::kBytes, .size_max = size_max}, "b" + std::to_string(size_max));
}
TypeRef TypeContext::decimal(uint32_t precision, uint32_t scale) {
  return intern({.kind = TypeKind::kDecimal, .precision = precision, .scale = scale},
                "d" + std::to_string(precision) + "," + std::to_string(scale));
}
TypeRef TypeContext::optional(TypeRef element) {
  if (element->isOptional() || element->isError()) return element;
  std::string key = "o";
  append(key, element);
  return intern({.kind = TypeKind::kOptional, .element = element}, std::move(key));
}
TypeRef TypeContext::list(TypeRef element) {
  std::string key = "l";
  append(key, element);
  return intern({.kind = TypeKind::kList, .element = element}, std::move(key));
}
TypeRef TypeContext::set(TypeRef element) {
  std::string key = "t";
  append(key, element);
  return intern({.kind = TypeKind::kSet, .element = element}, std::move(key));
}
TypeRef TypeContext::map(TypeRef key_type, TypeRef value) {
  std::string key = "m";
  append(key, key_type);
  append(key, value);
  return intern({.kind = TypeKind::kMap, .element = key_type, .value = value}, std::move(key));
}
TypeRef TypeContext::record(std::vector<FieldType> fields, std::string name) {
  std::string key = fieldsKey("r", fields);
  TypeRef type = intern({.kind = TypeKind::kRecord, .name = name, .fields = std::move(fields)}, std::move(key));
  if (type->isError()) return type;
  if (type->name.empty()) const_cast<Type*>(type)->name = std::move(name);  // ours, in storage_; the first name stays
  return type;
}
TypeRef TypeContext::enumeration(std::string name, std::vector<std::string> symbols, bool open) {
  std::string key = open ? "E" : "e";
  append(key, name);
  for (const std::string& symbol : symbols) append(key, symbol);
  return intern({.kind = TypeKind::kEnum, .name = std::move(name), .symbols = std::move(symbols), .open = open},
                std::move(key));
}
TypeRef TypeContext::oneof(std::string name, std::vector<FieldType> variants, bool open) {
  std::string key = open ? "N" : "n";
  append(key, name);
  key = fieldsKey(std::move(key), variants);
  return intern({.kind = TypeKind::kOneof, .name = std::move(name), .fields = std::move(variants), .open = open},
                std::move(key));
}

}  // namespace streamc
