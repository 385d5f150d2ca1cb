// The types of the language, as every room of the compiler sees them.
//
// Types are immutable and interned by a TypeContext: equal types are the same pointer, so `==` on TypeRef is type
// equality. Record types are structural: two declarations with equal fields are one type, which keeps the first one's
// name for messages. Enums and oneofs are nominal. Thread safety: a TypeContext belongs to one compilation and is not
// thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamc {

enum class TypeKind : uint8_t {
  kError,  // stands for anything after a diagnostic; compatible with everything, so that one mistake is reported once
  kNull,   // the type of the literal `null` before its context gives it one
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
  kDecimal,    // precision, scale
  kString,     // size_max (0 = unbounded)
  kBytes,      // size_max
  kTimestamp,  // µs since 1970 UTC
  kDate,
  kDuration,  // µs
  kJson,
  kEnum,    // name, symbols, open
  kOneof,   // name, fields = variants (type null: no payload), open
  kRecord,  // fields
  kList,
  kSet,       // element
  kMap,       // element = key, value
  kOptional,  // element; never nested
};

struct Type;
using TypeRef = const Type*;

struct FieldType {
  std::string name;
  TypeRef type = nullptr;
  friend auto operator<=>(const FieldType&, const FieldType&) = default;
};

struct Type {
  TypeKind kind = TypeKind::kError;
  std::string name;  // enum, oneof; of records: the declared name, if any, for messages
  TypeRef element = nullptr;
  TypeRef value = nullptr;           // map only
  std::vector<FieldType> fields;     // record: fields in order; oneof: variants
  std::vector<std::string> symbols;  // enum
  bool open = false;
  uint32_t size_max = 0;
  uint32_t precision = 0, scale = 0;
  bool holds_error = false;                      // of a record or oneof: the type of something in it was reported
  uint32_t leaves = 1;                           // plain values in it, each optional record and oneof counted too
  std::map<std::string_view, uint32_t> by_name;  // index of `fields` for wide records; field() knows

  bool is(TypeKind k) const { return kind == k; }
  bool isOptional() const { return kind == TypeKind::kOptional; }
  bool isError() const { return kind == TypeKind::kError; }
  bool isSignedInteger() const { return kind >= TypeKind::kI8 && kind <= TypeKind::kI64; }
  bool isUnsignedInteger() const { return kind >= TypeKind::kU8 && kind <= TypeKind::kU64; }
  bool isInteger() const { return isSignedInteger() || isUnsignedInteger(); }
  bool isFloat() const { return kind == TypeKind::kF32 || kind == TypeKind::kF64; }
  bool isNumber() const { return isInteger() || isFloat() || kind == TypeKind::kDecimal; }
  unsigned bits() const;                           // of an integer or float
  const FieldType* field(std::string_view) const;  // of a record; null when absent
};

// "f64?", "decimal(12, 2)", "{ a: i64, b: list<string> }": the text a user would write.
std::string toString(TypeRef type);

class TypeContext {
 public:
  // Plain values in one type. A few records that each hold another twice would have more than memory has.
  static constexpr uint32_t kLeavesMax = 32'768;

  TypeContext();
  TypeContext(const TypeContext&) = delete;
  // Whether a type was asked for since the last call that would have more leaves than kLeavesMax; it became the error
  // type, and who asked says so.
  bool takeTooLarge() { return std::exchange(too_large_, false); }

  TypeRef scalar(TypeKind kind) const;  // any kind without parameters
  TypeRef string(uint32_t size_max = 0);
  TypeRef bytes(uint32_t size_max = 0);
  TypeRef decimal(uint32_t precision, uint32_t scale);
  TypeRef optional(TypeRef element);  // idempotent
  TypeRef list(TypeRef element);
  TypeRef set(TypeRef element);
  TypeRef map(TypeRef key, TypeRef value);
  TypeRef record(std::vector<FieldType> fields, std::string name = "");
  TypeRef enumeration(std::string name, std::vector<std::string> symbols, bool open);
  TypeRef oneof(std::string name, std::vector<FieldType> variants, bool open);
  static TypeRef unwrap(TypeRef type) { return type->isOptional() ? type->element : type; }

 private:
  TypeRef intern(Type type, std::string key);
  std::deque<Type> storage_;
  std::map<std::string, TypeRef> interned_;
  bool too_large_ = false;
};

}  // namespace streamc
