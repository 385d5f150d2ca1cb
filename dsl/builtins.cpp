#include "dsl/builtins.h"

#include <string>

namespace streamc {
namespace {

// Reads a signature: "(name: type = default, …) -> type". Any mistake is a call of a function that is not constexpr,
// hence an error of the build that points at the row.
class SignatureParser {
 public:
  constexpr explicit SignatureParser(std::string_view text) : rest_(text) {}

  constexpr void parse(Builtin& row) {
    expect('(');
    while (!accept(')')) {
      if (row.param_count > 0) expect(',');
      if (row.param_count == Builtin::kParamsMax) malformedSignature();
      BuiltinParam& param = row.param_list[row.param_count++];
      param.name = word();
      expect(':');
      param.type = type();
      if (accept('=')) param.default_text = literal();
    }
    expect('-');
    expect('>');
    row.result = type();
    skipBlanks();
    if (!rest_.empty()) malformedSignature();
  }

 private:
  static void malformedSignature() {}  // not constexpr on purpose

  constexpr void skipBlanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  constexpr bool accept(char c) {
    skipBlanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  constexpr void expect(char c) {
    if (!accept(c)) malformedSignature();
  }
  constexpr std::string_view word() {
    skipBlanks();
    size_t n = 0;
    while (n < rest_.size() && ((rest_[n] >= 'a' && rest_[n] <= 'z') || (rest_[n] >= 'A' && rest_[n] <= 'Z') ||
                                (rest_[n] >= '0' && rest_[n] <= '9') || rest_[n] == '_')) {
      ++n;
    }
    if (n == 0) malformedSignature();
    std::string_view text = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return text;
  }
  constexpr std::string_view literal() {
    skipBlanks();
    if (rest_.empty() || rest_.front() != '"') return word();
    size_t end = rest_.find('"', 1);
    if (end == std::string_view::npos) malformedSignature();
    std::string_view text = rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  constexpr BuiltinType type() {
    BuiltinType result;
    std::string_view name = word();
    if (name == "list") {
      expect('<');
      result = type();
      if (result.list || result.optional) malformedSignature();
      result.list = true;
      expect('>');
    } else if (name.size() == 1) {
      if (std::string_view("TNISFOD").find(name[0]) == std::string_view::npos) malformedSignature();
      result.variable = name[0];
    } else {
      result.kind = scalar(name);
    }
    result.optional = accept('?');
    return result;
  }
  static constexpr TypeKind scalar(std::string_view name) {
    constexpr struct {
      std::string_view name;
      TypeKind kind;
    } kScalars[] = {{"bool", TypeKind::kBool},         {"i8", TypeKind::kI8},
                    {"i16", TypeKind::kI16},           {"i32", TypeKind::kI32},
                    {"i64", TypeKind::kI64},           {"u8", TypeKind::kU8},
                    {"u16", TypeKind::kU16},           {"u32", TypeKind::kU32},
                    {"u64", TypeKind::kU64},           {"f32", TypeKind::kF32},
                    {"f64", TypeKind::kF64},           {"string", TypeKind::kString},
                    {"bytes", TypeKind::kBytes},       {"timestamp", TypeKind::kTimestamp},
                    {"duration", TypeKind::kDuration}, {"date", TypeKind::kDate},
                    {"decimal", TypeKind::kDecimal},   {"word", TypeKind::kEnum}};
    for (const auto& entry : kScalars) {
      if (entry.name == name) return entry.kind;
    }
    malformedSignature();
    return TypeKind::kError;
  }

  std::string_view rest_;
};

consteval Builtin makeRow(BuiltinGroup group, std::string_view name, std::string_view signature, uint8_t causes,
                          uint8_t traits, BuiltinHow how, std::string_view target, std::string_view doc,
                          std::string_view example, std::string_view value) {
  Builtin row{group, name, signature, {}, 0, {}, causes, traits, how, target, doc, example, value};
  SignatureParser(signature).parse(row);
  return row;
}

using namespace builtin_cause;  // the rows name causes and traits without qualification
using namespace builtin_trait;

constexpr Builtin kBuiltins[] = {
#define BUILTIN(group, name, signature, causes, traits, how, target, doc, example, value)                    \
  makeRow(BuiltinGroup::group, #name, signature, static_cast<uint8_t>(causes), static_cast<uint8_t>(traits), \
          BuiltinHow::how, target, doc, example, value),
#include "dsl/builtins.def"
#undef BUILTIN
};

}  // namespace

std::span<const Builtin> builtins() { return kBuiltins; }

bool isBuiltin(std::string_view name) {
  return builtinsNamed(name, [](const Builtin&) {});
}

bool builtinVariableAdmits(char variable, TypeRef type) {
  switch (variable) {
    case 'T':
      return !type->isOptional();
    case 'N':
      return type->isNumber();
    case 'D':
      return type->is(TypeKind::kDecimal);
    case 'I':
      return type->isInteger();
    case 'S':
      return type->isSignedInteger();
    case 'F':
      return type->isFloat();
    case 'O':
      return type->isNumber() || type->is(TypeKind::kTimestamp) || type->is(TypeKind::kDuration) ||
             type->is(TypeKind::kDate);
    default:
      return false;
  }
}

std::string builtinCauseNames(uint8_t causes) {
  constexpr struct {
    uint8_t bit;
    const char* name;
  } kNames[] = {{Cast, "cast"}, {Overflow, "overflow"}, {DivideByZero, "divide_by_zero"}, {Missing, "missing"}};
  std::string text;
  for (const auto& entry : kNames) {
    if ((causes & entry.bit) == 0) continue;
    if (!text.empty()) text += ", ";
    text += entry.name;
  }
  return text;
}

}  // namespace streamc
