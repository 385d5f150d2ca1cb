// The builtin functions, each as its row of dsl/builtins.def says it.
#include <wctype.h>

#include <algorithm>
#include <charconv>
#include <clocale>
#include <cmath>

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/JSON.h"
#include "test/interpreter/row_code.h"

namespace streamc::referee {

namespace stream = ir::stream;
using stream::Cause;

namespace {

struct Call {
  llvm::ArrayRef<Value> args;
  llvm::ArrayRef<mlir::Type> types;
  mlir::Type result;

  const std::string& text(size_t i) const { return asText(args[i]); }
  Int number(size_t i) const { return numberOf(args[i], types[i]); }
  double real(size_t i) const { return asFloat(args[i]); }
  bool isReal() const { return isFloat(types[0]); }
  Value integer(Int value) const { return ofInt(value, widthOf(unwrapped(result))); }
};
using Function = Value (*)(const Call&);

constexpr size_t kTextBytesMax = 16 << 20;

Value limited(std::string text) {
  if (text.size() > kTextBytesMax) throw Rejected{Cause::kOverflow, "a text longer than 16 MiB"};
  return text;
}

// ---------------------------------------------------------------- text, by code points

using Points = std::vector<std::string>;
Points pointsOf(std::string_view text) {
  Points points;
  for (char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) points.emplace_back();
    points.back() += c;
  }
  return points;
}
std::string joined(const Points& points, size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to; ++i) text += points[i];
  return text;
}
Int countOf(std::string_view text) { return static_cast<Int>(pointsOf(text).size()); }

uint32_t codeOf(const std::string& point) {
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(point[i])); };
  if (point.size() == 1) return byte(0);
  uint32_t code = byte(0) & (0xFFu >> (point.size() + 1));
  for (size_t i = 1; i < point.size(); ++i) code = code << 6 | (byte(i) & 0x3F);
  return code;
}
std::string pointOf(uint32_t code) {
  auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

// The simple case mappings of the C library's Unicode locale.
Value mapped(std::string_view text, wint_t (*change)(wint_t, locale_t)) {
  static locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string out;
  for (const std::string& point : pointsOf(text)) {
    uint32_t code = codeOf(point), to = static_cast<uint32_t>(change(code, unicode));
    out += to == code ? point : pointOf(to);
  }
  return out;
}

bool isBlank(const std::string& point) {
  uint32_t code = codeOf(point);
  return (code >= 9 && code <= 13) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

Value trim(const Call& call) {
  Points points = pointsOf(call.text(0));
  size_t from = 0, to = points.size();
  while (from < to && isBlank(points[from])) ++from;
  while (to > from && isBlank(points[to - 1])) --to;
  return joined(points, from, to);
}

Value positionOf(const Call& call, size_t bytes) {
  if (bytes == std::string::npos) return Null{};
  return call.integer(countOf(std::string_view(call.text(0)).substr(0, bytes)));
}

bool isBytes(const Call& call) { return mlir::isa<stream::BytesType>(call.types[0]); }

Value slice(const Call& call) {
  if (isBytes(call)) {
    Int size = static_cast<Int>(call.text(0).size());
    Int from = std::clamp<Int>(call.number(1), 0, size), to = std::clamp<Int>(call.number(2), 0, size);
    return from < to ? call.text(0).substr(static_cast<size_t>(from), static_cast<size_t>(to - from)) : std::string();
  }
  Points points = pointsOf(call.text(0));
  auto size = static_cast<Int>(points.size());
  Int from = std::clamp<Int>(call.number(1), 0, size);
  Int to = call.args.size() > 2 ? std::clamp<Int>(call.number(2), 0, size) : size;
  return from < to ? joined(points, static_cast<size_t>(from), static_cast<size_t>(to)) : std::string();
}

Points splitAt(const std::string& text, const std::string& separator) {
  if (separator.empty()) return pointsOf(text);
  Points parts;
  size_t from = 0;
  for (size_t at; (at = text.find(separator, from)) != std::string::npos; from = at + separator.size())
    parts.push_back(text.substr(from, at - from));
  parts.push_back(text.substr(from));
  return parts;
}

Value replace(const Call& call) {
  if (call.text(1).empty()) return call.text(0);
  std::string out;
  for (const std::string& part : splitAt(call.text(0), call.text(1))) {
    out += part + call.text(2);
    if (out.size() > 2 * kTextBytesMax) throw Rejected{Cause::kOverflow, "a text longer than 16 MiB"};
  }
  out.resize(out.size() - call.text(2).size());
  return limited(std::move(out));
}

Value split(const Call& call) {
  auto made = std::make_shared<std::vector<Leaves>>();
  Points parts = splitAt(call.text(0), call.text(1));
  if (parts.empty()) parts.emplace_back();
  for (std::string& part : parts) made->push_back({std::move(part)});
  return List(std::move(made));
}

Value join(const Call& call) {
  std::string out;
  bool first = true;
  for (const Leaves& part : asList(call.args[0])) {
    out += (first ? "" : call.text(1)) + asText(part[0]);
    first = false;
  }
  return limited(std::move(out));
}

Value repeat(const Call& call) {
  Int times = call.number(1);
  const std::string& text = call.text(0);
  if (times <= 0 || text.empty()) return std::string();
  if (static_cast<Int>(text.size()) * times > static_cast<Int>(kTextBytesMax))
    return limited(std::string(kTextBytesMax + 1, ' '));
  std::string out;
  for (Int i = 0; i < times; ++i) out += text;
  return out;
}

std::string padding(const Call& call) {
  std::string fill_text = call.args.size() > 2 ? call.text(2) : " ";
  Points fill = pointsOf(fill_text);
  Int missing = call.number(1) - countOf(call.text(0));
  if (fill.empty() || missing <= 0) return "";
  std::string out;
  for (Int i = 0; i < missing; ++i) {
    out += fill[static_cast<size_t>(i % static_cast<Int>(fill.size()))];
    if (out.size() > kTextBytesMax) break;
  }
  return out;
}

Value base64Decoded(const Call& call) {
  std::vector<char> bytes;
  llvm::Error error = llvm::decodeBase64(call.text(0), bytes);
  bool is_good = !error;
  llvm::consumeError(std::move(error));
  std::string made(bytes.begin(), bytes.end());
  if (!is_good || llvm::encodeBase64(made) != call.text(0)) throw Rejected{Cause::kCast, "no base64"};
  return made;
}

Value urlEncoded(const Call& call) {
  std::string out;
  for (char c : call.text(0)) {
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    std::string_view("-._~").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : "%" + llvm::toHex(llvm::StringRef(&c, 1));
  }
  return limited(std::move(out));
}

Value urlDecoded(const Call& call) {
  std::string out, text = call.text(0);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string byte;
    if (text[i] != '%') {
      out += text[i];
    } else if (i + 2 < text.size() && llvm::tryGetFromHex(llvm::StringRef(text).substr(i + 1, 2), byte)) {
      out += byte;
      i += 2;
    } else {
      throw Rejected{Cause::kCast, "no percent-encoding"};
    }
  }
  if (!llvm::json::isUTF8(out)) throw Rejected{Cause::kCast, "no UTF-8"};
  return out;
}

// ---------------------------------------------------------------- numbers

// IEEE 754-2019 minimum and maximum.
double lesser(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return NAN;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}
double greater(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return NAN;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

Value least(const Call& call) {
  if (call.isReal()) return lesser(call.real(0), call.real(1));
  return call.integer(std::min(call.number(0), call.number(1)));
}
Value greatest(const Call& call) {
  if (call.isReal()) return greater(call.real(0), call.real(1));
  return call.integer(std::max(call.number(0), call.number(1)));
}
Value clamp(const Call& call) {
  if (call.isReal()) return lesser(greater(call.real(0), call.real(1)), call.real(2));
  return call.integer(std::min(std::max(call.number(0), call.number(1)), call.number(2)));
}
Value absolute(const Call& call) {
  if (call.isReal()) return std::fabs(call.real(0));
  Int value = call.number(0) < 0 ? -call.number(0) : call.number(0);
  if (!isInteger(call.result)) return call.integer(value);  // a decimal
  if (value > greatestOf(call.result)) throw Rejected{Cause::kOverflow, "abs"};
  return call.integer(value);
}
Value sign(const Call& call) {
  if (call.isReal()) return call.integer((call.real(0) > 0) - (call.real(0) < 0));
  return call.integer((call.number(0) > 0) - (call.number(0) < 0));
}
Value saturated(const Call& call, Int value) {
  return call.integer(std::clamp(value, leastOf(call.result), greatestOf(call.result)));
}

// Halves away from zero, on all digits of the number.
double rounded(double x, Int digits) {
  if (!std::isfinite(x) || x == 0) return x;
  if (digits > 1100) return x;
  constexpr int kFractionDigits = 1080;  // every double is exact with these
  std::string text(2000, '\0');
  auto end =
      std::to_chars(text.data(), text.data() + text.size(), std::fabs(x), std::chars_format::fixed, kFractionDigits);
  text.resize(static_cast<size_t>(end.ptr - text.data()));
  size_t point = text.find('.');
  std::string number = text.substr(0, point) + text.substr(point + 1);
  Int kept = static_cast<Int>(point) + digits;  // digits of `number` that stay
  if (kept < 0) return std::copysign(0.0, x);
  bool up = kept < static_cast<Int>(number.size()) && number[static_cast<size_t>(kept)] >= '5';
  if (kept < static_cast<Int>(number.size())) number.resize(static_cast<size_t>(kept));
  number.insert(number.begin(), '0');
  for (size_t i = number.size(); up && i-- > 0;) {
    up = number[i] == '9';
    number[i] = up ? '0' : static_cast<char>(number[i] + 1);
  }
  std::string literal = number + "e" + textOf(-std::min<Int>(digits, kFractionDigits));
  double value = 0;
  auto result = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (result.ec == std::errc::result_out_of_range) value = std::fabs(x) > 1 ? INFINITY : 0.0;
  return std::copysign(value, x);
}

// ---------------------------------------------------------------- time

Value instant(const Call& call, Int unit) {
  Int micros = call.number(0) * unit;
  if (micros > INT64_MAX || micros < INT64_MIN) throw Rejected{Cause::kOverflow, "no timestamp"};
  return call.integer(micros);
}
Value stepped(const Call& call, bool up) {
  if (call.args.size() > 2) throw Stuck("the referee has no time zones");
  Int t = call.number(0), step = call.number(1);
  if (step <= 0) throw Rejected{Cause::kDivideByZero, "a step that is not positive"};
  Int made = up ? -floorDivided(-t, step) * step : floorDivided(t, step) * step;
  if (made > INT64_MAX || made < INT64_MIN) throw Rejected{Cause::kDivideByZero, "no timestamp"};
  return call.integer(made);
}
Int dayOf(const Call& call) {
  if (mlir::isa<stream::DateType>(call.types[0])) return call.number(0);
  return floorDivided(call.number(0), kMicrosPerDay);
}
Int secondOf(const Call& call) { return (call.number(0) - dayOf(call) * kMicrosPerDay) / 1'000'000; }

// ---------------------------------------------------------------- lists

Value contains(const Call& call) {
  if (isText(call.types[0])) return ofBool(call.text(0).find(call.text(1)) != std::string::npos);
  for (const Leaves& item : asList(call.args[0]))
    if (item[0].is<double>() ? asFloat(item[0]) == call.real(1) : item[0] == call.args[1]) return ofBool(true);
  return ofBool(false);
}

llvm::StringMap<Function> makeTable() {
  llvm::StringMap<Function> table;
  table["length"] = [](const Call& c) {
    return c.integer(isBytes(c) ? static_cast<Int>(c.text(0).size()) : countOf(c.text(0)));
  };
  table["byte_length"] = [](const Call& c) { return c.integer(static_cast<Int>(c.text(0).size())); };
  table["lower"] = [](const Call& c) { return mapped(c.text(0), towlower_l); };
  table["upper"] = [](const Call& c) { return mapped(c.text(0), towupper_l); };
  table["trim"] = trim;
  table["contains"] = contains;
  table["starts_with"] = [](const Call& c) { return ofBool(c.text(0).starts_with(c.text(1))); };
  table["ends_with"] = [](const Call& c) { return ofBool(c.text(0).ends_with(c.text(1))); };
  table["index_of"] = [](const Call& c) { return positionOf(c, c.text(0).find(c.text(1))); };
  table["last_index_of"] = [](const Call& c) { return positionOf(c, c.text(0).rfind(c.text(1))); };
  table["slice"] = slice;
  table["replace"] = replace;
  table["split"] = split;
  table["join"] = join;
  table["repeat"] = repeat;
  table["reverse"] = [](const Call& c) -> Value {
    Points points = pointsOf(c.text(0));
    std::reverse(points.begin(), points.end());
    return joined(points, 0, points.size());
  };
  table["pad_left"] = [](const Call& c) { return limited(padding(c) + c.text(0)); };
  table["pad_right"] = [](const Call& c) { return limited(c.text(0) + padding(c)); };

  table["hex"] = [](const Call& c) { return limited(llvm::toHex(c.text(0), /*LowerCase=*/true)); };
  table["base64_encode"] = [](const Call& c) { return limited(llvm::encodeBase64(c.text(0))); };
  table["base64_decode"] = base64Decoded;
  table["url_encode"] = urlEncoded;
  table["url_decode"] = urlDecoded;

  table["abs"] = absolute;
  table["min"] = least;
  table["max"] = greatest;
  table["clamp"] = clamp;
  table["sign"] = sign;
  table["round"] = [](const Call& c) -> Value { return rounded(c.real(0), c.args.size() > 1 ? c.number(1) : Int{0}); };
  table["floor"] = [](const Call& c) -> Value { return c.isReal() ? Value(std::floor(c.real(0))) : stepped(c, false); };
  table["ceil"] = [](const Call& c) -> Value { return c.isReal() ? Value(std::ceil(c.real(0))) : stepped(c, true); };
  table["trunc"] = [](const Call& c) -> Value { return std::trunc(c.real(0)); };
  table["sqrt"] = [](const Call& c) -> Value { return std::sqrt(c.real(0)); };
  table["is_nan"] = [](const Call& c) { return ofBool(std::isnan(c.real(0))); };
  table["wrapping_add"] = [](const Call& c) { return c.integer(c.number(0) + c.number(1)); };
  table["wrapping_sub"] = [](const Call& c) { return c.integer(c.number(0) - c.number(1)); };
  table["wrapping_mul"] = [](const Call& c) {
    return c.integer(static_cast<Int>(static_cast<Word>(c.number(0)) * static_cast<Word>(c.number(1))));
  };
  table["saturating_add"] = [](const Call& c) { return saturated(c, c.number(0) + c.number(1)); };
  table["saturating_sub"] = [](const Call& c) { return saturated(c, c.number(0) - c.number(1)); };

  table["timestamp_s"] = [](const Call& c) { return instant(c, 1'000'000); };
  table["timestamp_ms"] = [](const Call& c) { return instant(c, 1'000); };
  table["timestamp_us"] = [](const Call& c) { return instant(c, 1); };
  table["unix_s"] = [](const Call& c) { return c.integer(floorDivided(c.number(0), 1'000'000)); };
  table["unix_ms"] = [](const Call& c) { return c.integer(floorDivided(c.number(0), 1'000)); };
  table["unix_us"] = [](const Call& c) { return c.integer(c.number(0)); };
  table["year"] = [](const Call& c) { return c.integer(civilOf(dayOf(c)).year); };
  table["month"] = [](const Call& c) { return c.integer(civilOf(dayOf(c)).month); };
  table["day"] = [](const Call& c) { return c.integer(civilOf(dayOf(c)).day); };
  table["hour"] = [](const Call& c) { return c.integer(secondOf(c) / 3600); };
  table["minute"] = [](const Call& c) { return c.integer(secondOf(c) / 60 % 60); };
  table["second"] = [](const Call& c) { return c.integer(secondOf(c) % 60); };
  table["weekday"] = [](const Call& c) {  // 1970-01-05 was a Monday
    return c.integer(dayOf(c) - 4 - floorDivided(dayOf(c) - 4, 7) * 7 + 1);
  };
  table["seconds"] = [](const Call& c) { return c.integer(c.number(0) / 1'000'000); };
  table["millis"] = [](const Call& c) { return c.integer(c.number(0) / 1'000); };
  table["micros"] = [](const Call& c) { return c.integer(c.number(0)); };
  return table;
}

const llvm::StringMap<Function>& table() {
  static const llvm::StringMap<Function> kTable = makeTable();
  return kTable;
}

}  // namespace

bool hasBuiltin(llvm::StringRef name) { return table().contains(name); }

Value callBuiltin(llvm::StringRef name, llvm::ArrayRef<Value> args, llvm::ArrayRef<mlir::Type> types,
                  mlir::Type result) {
  Function function = table().lookup(name);
  if (function == nullptr) throw Stuck("the referee has no function " + name.str());
  return function({args, types, result});
}

}  // namespace streamc::referee
