#include "test/random/records.h"

namespace streamc::random_programs {

using enum TypeKind;

namespace {

std::string number(__int128 value) {
  if (value < 0) return "-" + number(-value);
  std::string text = value >= 10 ? number(value / 10) : "";
  return text + static_cast<char>('0' + static_cast<int>(value % 10));
}

}  // namespace

std::string Records::integer(TypeKind kind) {
  unsigned bits = bitsOf(kind);
  __int128 least = isSigned(kind) ? -(static_cast<__int128>(1) << (bits - 1)) : 0;
  __int128 greatest = (static_cast<__int128>(1) << (isSigned(kind) ? bits - 1 : bits)) - 1;
  __int128 value = 0;
  if (boundary()) {
    const __int128 limits[] = {least, greatest, least + 1, greatest - 1, greatest / 2, isSigned(kind) ? -1 : 1};
    value = limits[random_.below(std::size(limits))];
  } else if (random_.chance(80)) {
    value = random_.between(isSigned(kind) ? -20 : 0, 20);
  } else {
    value = least + static_cast<__int128>(static_cast<unsigned __int128>(random_.next()) %
                                          static_cast<unsigned __int128>(greatest - least + 1));
  }
  std::string text = number(value);
  if (random_.chance(4)) return text + ".0";
  if (random_.chance(2)) return text + "0e-1";
  return text;
}

std::string Records::real(TypeKind kind) {
  if (boundary()) {
    if (kind == kF32)
      return random_.pick({"0.0", "-0.0", "3.4028234e38", "-3.4028235e38", "1e-45", "1e-40", "16777217", "0.1"});
    return random_.pick({"0.0", "-0.0", "-0", "1.7976931348623157e308", "-1e308", "5e-324", "1e-400",
                         "9007199254740993", "4503599627370497.5", "0.1", "1e16", "123456789012345680.0", "1e23"});
  }
  int64_t eighths = random_.between(-8000, 8000);
  std::string text = number(eighths / 8);
  if (eighths < 0 && eighths > -8) text = "-" + text;
  return text + random_.pick({".0", ".5", ".25", ".125", "", "e1", ".75"});
}

std::string Records::decimal() {
  std::string text;
  if (boundary()) {
    text = random_.pick({"9999999999.99", "-9999999999.99", "0", "-0.00", "0.01", "-0.01", "1e2", "9999999999.990"});
  } else {
    text = number(random_.between(-2000, 2000)) + random_.pick({"", ".5", ".25", ".10"});
  }
  return random_.chance(50) ? text : "\"" + text + "\"";
}

std::string Records::text() {
  if (huge_ && random_.chance(10)) return "\"" + std::string(random_.below(70'000), 'x') + "ü\"";
  return random_.pick({R"("")",
                       R"("a")",
                       R"("b")",
                       R"("ab")",
                       R"("abc,d,,e")",
                       R"("  trim me\t")",
                       R"("ÄÖü")",
                       R"("😀x")",
                       R"("x\u0000y")",
                       R"("12")",
                       R"("-7")",
                       R"("1.5")",
                       R"("true")",
                       R"("\u00fc\ud83d\ude00")",
                       R"("a\"b\\c\/d\n")",
                       R"("9223372036854775808")",
                       R"("2024-02-29T12:00:00Z")",
                       R"("1h30m")",
                       R"("ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ")",
                       "\"\\u2003é\\u0085\""});
}

std::string Records::instant() {
  if (timestamps_ != "rfc3339")
    return random_.pick({"0", "-1", "1709209696", "1e3", "-62135596800", "253402300799", "951782400000", "1.0"});
  return random_.pick({R"("1970-01-01T00:00:00Z")", R"("1969-12-31T23:59:59.999999Z")", R"("2024-02-29T12:34:56.789Z")",
                       R"("0001-01-01T00:00:00Z")", R"("9999-12-31T23:59:59.999999Z")",
                       R"("2000-01-01T00:00:00.000001Z")", R"("2024-03-01T00:30:00+01:00")",
                       R"("2023-12-31t23:59:59z")"});
}

std::string Records::scalar(TypeKind kind) {
  if (isInteger(kind)) return integer(kind);
  if (isFloat(kind)) return real(kind);
  switch (kind) {
    case kString:
      return text();
    case kBool:
      return random_.pick({"true", "false"});
    case kTimestamp:
      return instant();
    case kDate:
      return random_.pick(
          {R"("2024-02-29")", R"("1970-01-01")", R"("0001-01-01")", R"("9999-12-31")", R"("1999-12-31")"});
    case kBytes:
      return random_.pick({R"("")", R"("YQ==")", R"("/w==")", R"("AAECAwQFBgc=")", R"("w7w=")"});
    case kDecimal:
      return decimal();
    default:
      return random_.pick({R"("0s")", R"("1us")", R"("-1us")", R"("1h30m")", R"("-36h")", R"("10s")", R"("365d")",
                           R"("999ms")", R"("1.5h")", R"("106751991d")"});
  }
}

std::string Records::value(const Field& field, int64_t index) {
  if (field.name == "n") return number(index);
  if (field.name == "t") {  // seconds, out of order now and then, on the ends of windows often
    int64_t at = index * 3 + random_.between(-2, 2) - (random_.chance(20) ? random_.between(0, 90) : 0);
    return number(random_.chance(25) ? at / 10 * 10 : at);
  }
  if (field.type.is_list) {
    std::string items;
    for (uint64_t i = 0, count = random_.below(4); i < count; ++i) items += (i ? "," : "") + scalar(field.type.kind);
    return "[" + items + "]";
  }
  if (field.type.kind == kEnum) return random_.pick({R"("added")", R"("removed")", R"("very odd")"});
  if (field.type.kind == kOneof) {
    return random_.pick({std::string(R"({"nothing":null})"), "{\"side\":" + scalar(kI64) + "}",
                         "{\"label\":" + text() + "}",
                         "{\"circle\":{\"r\":" + scalar(kF64) + ",\"k\":" + scalar(kI64) + "}}"});
  }
  return scalar(field.type.kind);
}

std::string Records::broken(const Field& field) {
  if (random_.chance(30)) return "null";
  return random_.pick({"\"wrong\"", "[]", "1.5", "{}", "true", "1e400", "99999999999999999999", "[null]", "\"\\ud800\"",
                       "-1", "\"\"", "\"\xff\"", "{\"circle\":{\"r\":1}}", "{\"side\":1,\"label\":\"\"}"});
}

std::string Records::object(const std::vector<Field>& fields, int64_t index, const Field* broken_field) {
  std::string text;
  auto add = [&](const std::string& name, const std::string& value) {
    text += (text.empty()         ? ""
             : random_.chance(10) ? " ,\t"
                                  : ",") +
            ("\"" + name + "\":") + (random_.chance(5) ? " " : "") + value;
  };
  for (const Field& field : fields) {
    if (random_.chance(1)) add("unknown", random_.pick({"1", "{\"a\":[[],{}]}", "\"\xff\"", "null"}));
    if (&field == broken_field) {
      if (random_.chance(75)) add(field.name, broken(field));
      continue;
    }
    if (field.type.is_optional && random_.chance(35)) {
      if (random_.chance(50)) add(field.name, "null");
      continue;
    }
    if (random_.chance(1)) add(field.name, "\"an earlier value\"");
    add(field.name, field.isRecord() ? object(field.fields, index, broken_field) : value(field, index));
  }
  return "{" + text + "}";
}

std::string Records::noRecord() {
  return random_.pick({"", "[]", "7", "{", "{\"a\":1", "nothing", "{\"n\":1,}", "\"text\"", "{\"n\":01}", "{\"n\":1}{}",
                       "\t", "null", "{\"a\":\"\x01\"}"});
}

std::string Records::line(const std::vector<Field>& fields, int64_t index) {
  const Field* broken_field = nullptr;
  if (random_.chance(bad_percent_)) {
    if (random_.chance(15)) return noRecord();
    broken_field = &random_.pick(fields);
    if (broken_field->isRecord() && random_.chance(60)) broken_field = &random_.pick(broken_field->fields);
  }
  return object(fields, index, broken_field);
}

}  // namespace streamc::random_programs
