// Values of the referee: what stands in a column or in a register of row-level code, and the text of it.
//
// Numbers are bit patterns of the storage type (IR integers have no sign; the operation or the column type says how
// they are read), floats are doubles that their type can hold, text is bytes of UTF-8, a list is a list of rows of
// leaves. `Unspecified` is what the IR leaves open: leaves of an absent record, `stream.get` of null, columns of a row
// of errors behind an exchange. It may be passed on; something that depends on it is a mistake of whoever made the IR.
// Nothing here is shared with codegen or the runtime: this is the second opinion.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlir/IR/Types.h"

namespace streamc::referee {

using Int = __int128;
using Word = unsigned __int128;

struct Unspecified {
  friend bool operator==(Unspecified, Unspecified) = default;
};
struct Null {
  friend bool operator==(Null, Null) = default;
};
struct Bits {
  Word word = 0;  // zero-extended
  friend bool operator==(Bits, Bits) = default;
};

struct Value;
using Leaves = std::vector<Value>;  // of one element of a list
using List = std::shared_ptr<const std::vector<Leaves>>;

struct Value : std::variant<Unspecified, Null, Bits, double, std::string, List> {
  using variant::variant;
  template <class T>
  bool is() const {
    return std::holds_alternative<T>(*this);
  }
};

// The program or the referee is wrong, not the record: an operation that the referee does not know, a decision that
// depends on an unspecified value.
struct Stuck : std::runtime_error {
  using runtime_error::runtime_error;
};

Value ofBool(bool value);
Value ofInt(Int value, unsigned width);
bool isTrue(const Value& value);
Int asSigned(const Value& value, unsigned width);
Int asUnsigned(const Value& value);
double asFloat(const Value& value);
const std::string& asText(const Value& value);
const std::vector<Leaves>& asList(const Value& value);

// Of a column type.
unsigned widthOf(mlir::Type type);
bool isUnsigned(mlir::Type type);
bool isInteger(mlir::Type type);  // i1 is none
bool isFloat(mlir::Type type);
bool isText(mlir::Type type);           // or bytes: what is a std::string
mlir::Type unwrapped(mlir::Type type);  // without stream.opt
// The number that a column of that type holds.
Int numberOf(const Value& value, mlir::Type type);
Int leastOf(mlir::Type integer);
Int greatestOf(mlir::Type integer);
double narrowedTo(mlir::Type type, double value);  // to f32 when the type is that

// What string(x) and f-strings show; JSON writes the same characters.
std::string textOf(const Value& value, mlir::Type type);
std::string textOf(Int value);
std::string floatText(double value, bool is_f32);
std::string timestampText(Int micros);
std::string durationText(Int micros);

// The opposite direction; nothing when the text is not one of that kind or does not fit.
std::optional<Int> parseInteger(std::string_view text);
std::optional<double> parseFloat(std::string_view text, bool is_f32);
std::optional<Int> parseTimestamp(std::string_view text);
std::optional<Int> parseDate(std::string_view text);
std::optional<Int> parseDuration(std::string_view text);

// Days since 1970-01-01 of the proleptic Gregorian calendar, both ways.
struct Civil {
  Int year;
  int month, day;
};
Civil civilOf(Int days);
Int daysOf(Int year, int month, int day);

Int floorDivided(Int value, Int by);

inline constexpr Int kMicrosPerDay = 86'400'000'000;
// Instants of the years 0000 to 9999.
bool hasPlainYear(Int micros);

}  // namespace streamc::referee
