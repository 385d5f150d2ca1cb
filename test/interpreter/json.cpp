#include "test/interpreter/json.h"

#include "llvm/Support/Base64.h"
#include "test/interpreter/decimals.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "llvm/Support/raw_ostream.h"

namespace streamc::referee {

namespace stream = ir::stream;
using stream::Column;
using stream::ColumnRole;

const Json* Json::find(std::string_view name) const {
  for (auto member = members.rbegin(); member != members.rend(); ++member)
    if (member->name == name) return &member->value;
  return nullptr;
}

// ---------------------------------------------------------------- UTF-8

namespace {

// Length of the character at `at` by RFC 3629; 0 when there is none.
size_t characterAt(std::string_view text, size_t at) {
  auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) { return byte(i) >= low && byte(i) <= high; };
  unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF)
    return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4)
    return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

void appendUtf8(std::string& text, uint32_t code) {
  auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  if (code < 0x10000) {
    put(0xE0 | code >> 12);
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
  }
  put(0x80 | (code >> 6 & 0x3F));
  put(0x80 | (code & 0x3F));
}

}  // namespace

bool isUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = characterAt(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view utf8Beginning(std::string_view text, size_t max) {
  if (text.size() <= max) return text;
  for (size_t end = max; end + 4 > max; --end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80) return text.substr(0, end);
  return text.substr(0, max);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned held = 0, bits = 0;
  for (char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[held >> (bits - 6) & 63];
  }
  if (bits > 0) text += kAlphabet[held << (6 - bits) & 63];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

// ---------------------------------------------------------------- text → tree

namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Json parse() {
    Json value = parseValue(0);
    skipBlanks();
    if (at_ != text_.size()) fail("something stands behind the value");
    return value;
  }
  size_t position() const { return at_; }
  Json parseValue(int depth);

 private:
  [[noreturn]] void fail(const char* what) const { throw JsonFailure{"byte " + std::to_string(at_) + ": " + what}; }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool atEnd() const { return at_ >= text_.size(); }
  void skipBlanks() {
    while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  bool take(char c) {
    if (atEnd() || peek() != c) return false;
    ++at_;
    return true;
  }
  Json word(std::string_view word, Json::Kind kind) {
    if (!text_.substr(at_).starts_with(word)) fail("no JSON value");
    at_ += word.size();
    return {.kind = kind};
  }
  void digits() {
    size_t first = at_;
    while (!atEnd() && peek() >= '0' && peek() <= '9') ++at_;
    if (at_ == first) fail("a digit is missing");
  }
  Json number();
  Json string();
  uint32_t hex();
  void escape(Json& text);

  std::string_view text_;
  size_t at_ = 0;
};

constexpr int kDepthMax = 512;

Json Parser::parseValue(int depth) {
  skipBlanks();
  if (atEnd()) fail("the text ends");
  char c = peek();
  if (c == '"') return string();
  if (c == 't') return word("true", Json::Kind::kTrue);
  if (c == 'f') return word("false", Json::Kind::kFalse);
  if (c == 'n') return word("null", Json::Kind::kNull);
  if (c == '-' || (c >= '0' && c <= '9')) return number();
  if (c != '{' && c != '[') fail("no JSON value");
  if (depth >= kDepthMax) fail("nested too deep");
  ++at_;
  Json made{.kind = c == '{' ? Json::Kind::kObject : Json::Kind::kList};
  char close = c == '{' ? '}' : ']';
  skipBlanks();
  if (take(close)) return made;
  while (true) {
    if (c == '{') {
      skipBlanks();
      if (atEnd() || peek() != '"') fail("a key is missing");
      std::string key = string().text;
      skipBlanks();
      if (!take(':')) fail("':' is missing");
      Json value = parseValue(depth + 1);
      made.members.push_back({std::move(key), std::move(value)});
    } else {
      made.items.push_back(parseValue(depth + 1));
    }
    skipBlanks();
    if (take(close)) return made;
    if (!take(',')) fail("',' is missing");
  }
}

Json Parser::number() {
  size_t first = at_;
  take('-');
  if (!take('0')) digits();
  if (take('.')) digits();
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (!take('+')) take('-');
    digits();
  }
  return {.kind = Json::Kind::kNumber, .text = std::string(text_.substr(first, at_ - first))};
}

uint32_t Parser::hex() {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    char c = peek();
    uint32_t digit = c >= '0' && c <= '9'   ? static_cast<uint32_t>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a') + 10
                     : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A') + 10
                                            : 16;
    if (digit == 16) fail("no hexadecimal digit");
    value = value * 16 + digit;
  }
  return value;
}

void Parser::escape(Json& text) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kCharacters = "\"\\/\b\f\n\r\t";
  char c = peek();
  if (size_t found = kNames.find(c); !atEnd() && found != std::string_view::npos) {
    ++at_;
    text.text += kCharacters[found];
    return;
  }
  if (!take('u')) fail("no such escape");
  uint32_t code = hex();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
    size_t back = at_;
    at_ += 2;
    uint32_t low = hex();
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else {
      at_ = back;
    }
  }
  if (code >= 0xD800 && code < 0xE000) text.is_text_good = false;
  appendUtf8(text.text, code);
}

Json Parser::string() {
  ++at_;
  Json made{.kind = Json::Kind::kText};
  while (true) {
    if (atEnd()) fail("the text has no end");
    char c = text_[at_];
    if (static_cast<unsigned char>(c) < 0x20) fail("a raw control character");
    ++at_;
    if (c == '"') break;
    if (c == '\\') {
      escape(made);
    } else {
      made.text += c;
    }
  }
  made.is_text_good = made.is_text_good && isUtf8(made.text);
  return made;
}

}  // namespace

Json parseJson(std::string_view text) { return Parser(text).parse(); }

size_t endOfJsonValue(std::string_view text, size_t at) {
  Parser parser(text.substr(at));
  parser.parseValue(0);
  return at + parser.position();
}

// ---------------------------------------------------------------- tree → leaves

namespace {

std::string nameOf(const std::vector<std::string>& path) {
  std::string name;
  for (const std::string& part : path) name += (name.empty() ? "" : ".") + part;
  return name;
}

[[noreturn]] void wrong(const std::vector<std::string>& path, const std::string& what) {
  throw JsonFailure{"field \"" + nameOf(path) + "\" " + what};
}

// The integer that a JSON number is, whatever its spelling; nothing when it has a fraction or more than 38 digits.
std::optional<Int> exactInteger(std::string_view number) {
  bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  size_t e = number.find_first_of("eE");
  std::string digits;
  Int power = 0;  // of ten that the digits are multiplied with
  bool behind_point = false;
  for (char c : number.substr(0, e)) {
    if (c == '.') {
      behind_point = true;
    } else {
      digits += c;
      if (behind_point) --power;
    }
  }
  if (e != std::string_view::npos) {
    std::string_view exponent = number.substr(e + 1);
    bool down = exponent.starts_with('-');
    if (down || exponent.starts_with('+')) exponent.remove_prefix(1);
    Int size = 0;
    for (char c : exponent) size = std::min<Int>(size * 10 + (c - '0'), 1'000'000'000'000);
    power += down ? -size : size;
  }
  while (digits.ends_with('0')) digits.pop_back(), ++power;
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return 0;
  if (power < 0 || static_cast<Int>(digits.size()) + power > 37) return std::nullopt;
  Int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  for (; power > 0; --power) value *= 10;
  return negative ? -value : value;
}

Int microsOf(Timestamps unit) {
  return unit == Timestamps::kSeconds ? 1'000'000 : unit == Timestamps::kMillis ? 1'000 : 1;
}

class Decoder {
 public:
  explicit Decoder(Timestamps timestamps) : timestamps_(timestamps) {}

  // Columns as a tree of fields again: fields in the order in which they first occur.
  struct Field {
    std::string name;
    int column = -1;    // of a leaf
    int presence = -1;  // of an optional record: its column
    int variant = -1;   // of a oneof: its column
    std::vector<Field> fields;
  };
  static Field treeOf(stream::RowAttr columns) {
    Field root;
    for (auto [index, column] : llvm::enumerate(columns)) {
      Field* at = &root;
      // A column without a name is the whole.
      for (const std::string& part : stream::splitPath(column.name)) {
        if (column.name.empty()) break;
        auto found = std::find_if(at->fields.begin(), at->fields.end(), [&](auto& f) { return f.name == part; });
        at = found != at->fields.end() ? &*found : &at->fields.emplace_back(Field{.name = part});
      }
      bool is_variant = mlir::isa<stream::VariantType>(unwrapped(column.type));
      (is_variant                            ? at->variant
       : column.role == ColumnRole::kPresent ? at->presence
                                             : at->column) = static_cast<int>(index);
    }
    return root;
  }

  void record(const Field& field, const Json& object, stream::RowAttr columns, std::vector<Value>& values,
              std::vector<std::string>& path) {
    for (const Field& child : field.fields) {
      path.push_back(child.name);
      const Json* value = object.find(child.name);
      this->field(child, value == nullptr || value->kind == Json::Kind::kNull ? nullptr : value, columns, values, path);
      path.pop_back();
    }
  }

  // The values of a field from its JSON; null: it is missing or null.
  void field(const Field& child, const Json* value, stream::RowAttr columns, std::vector<Value>& values,
             std::vector<std::string>& path) {
    if (child.column >= 0) {
      const Column& column = columns.getColumns()[child.column];
      values[child.column] = column.lenient ? lenientLeaf(value, column.type, path) : leaf(value, column.type, path);
    } else if (child.variant >= 0 && columns.getColumns()[child.variant].lenient) {
      size_t depth = path.size();
      try {
        oneof(child, value, columns, values, path);
      } catch (const JsonFailure&) {
        path.resize(depth);
        zero(child, columns, values);
      }
    } else if (child.variant >= 0) {
      oneof(child, value, columns, values, path);
    } else if (value != nullptr && value->kind == Json::Kind::kObject) {
      if (child.presence >= 0) values[child.presence] = ofBool(true);
      record(child, *value, columns, values, path);
    } else {
      bool may_be_absent = value == nullptr && child.presence >= 0;
      if (!may_be_absent && !isLenient(child, columns)) wrong(path, value == nullptr ? "is missing" : "is no object");
      absent(child, columns, values);
    }
  }

  // {"variant": payload}. Whatever belongs to other variants is zero.
  void oneof(const Field& field, const Json* value, stream::RowAttr columns, std::vector<Value>& values,
             std::vector<std::string>& path) {
    mlir::Type type = columns.getColumns()[field.variant].type;
    zero(field, columns, values);
    if (value == nullptr) {
      if (!mlir::isa<stream::OptType>(type)) wrong(path, "is missing");
      values[field.variant] = Null{};
      return;
    }
    auto variants = mlir::cast<stream::VariantType>(unwrapped(type));
    if (value->kind != Json::Kind::kObject || value->members.empty()) wrong(path, "is no variant");
    const std::string& name = value->members[0].name;
    for (const Member& member : value->members)
      if (member.name != name) wrong(path, "is more than one variant");
    auto found = llvm::find_if(variants.getSymbols(), [&](mlir::StringAttr symbol) { return symbol == name; });
    if (found == variants.getSymbols().end()) wrong(path, "is no variant");
    auto index = static_cast<size_t>(found - variants.getSymbols().begin());
    values[field.variant] = ofInt(static_cast<Int>(index), 16);
    const Json* payload = value->find(name);
    bool is_null = payload->kind == Json::Kind::kNull;
    path.push_back(name);
    if (!variants.getHasPayload()[index] && !is_null) wrong(path, "has no value");
    for (const Field& child : field.fields) {
      if (child.name == name) {
        this->field(child, is_null ? nullptr : payload, columns, values, path);
      } else {
        zero(child, columns, values, /*lenient_too=*/true);
      }
    }
    path.pop_back();
  }

 private:
  // Whether all of it is lenient: then nothing that stands there instead rejects the record.
  static bool isLenient(const Field& field, stream::RowAttr columns) {
    int own = field.column >= 0 ? field.column : field.variant >= 0 ? field.variant : field.presence;
    if (own >= 0 && !columns.getColumns()[own].lenient) return false;
    return llvm::all_of(field.fields, [&](const Field& child) { return isLenient(child, columns); });
  }

  // There is no such record: its lenient leaves are null, the others have no value.
  static void absent(const Field& field, stream::RowAttr columns, std::vector<Value>& values) {
    if (field.presence >= 0) values[field.presence] = ofBool(false);
    if (field.column >= 0 && columns.getColumns()[field.column].lenient) values[field.column] = Null{};
    for (const Field& child : field.fields) absent(child, columns, values);
  }

  Value lenientLeaf(const Json* value, mlir::Type type, std::vector<std::string>& path) {
    size_t depth = path.size();
    try {
      return leaf(value, type, path);
    } catch (const JsonFailure&) {
      path.resize(depth);
      return Null{};
    }
  }

  static Value zeroOf(mlir::Type type) {
    if (mlir::isa<stream::OptType>(type)) return Null{};
    if (isFloat(type)) return 0.0;
    if (isText(type)) return std::string();
    if (mlir::isa<stream::ListType>(type)) return List(std::make_shared<std::vector<Leaves>>());
    return Bits{};
  }
  // `lenient_too`: what may be null only because it is lenient is not, where nothing is wrong with it.
  static void zero(const Field& field, stream::RowAttr columns, std::vector<Value>& values, bool lenient_too = false) {
    for (int column : {field.column, field.presence, field.variant}) {
      if (column < 0) continue;
      const Column& at = columns.getColumns()[column];
      values[column] = zeroOf(at.lenient && lenient_too ? unwrapped(at.type) : at.type);
    }
    for (const Field& child : field.fields) zero(child, columns, values, lenient_too);
  }

  Value leaf(const Json* value, mlir::Type type, std::vector<std::string>& path) {
    if (value == nullptr) {
      if (!mlir::isa<stream::OptType>(type)) wrong(path, "is missing");
      return Null{};
    }
    return present(*value, unwrapped(type), path);
  }

  Value present(const Json& value, mlir::Type type, std::vector<std::string>& path) {
    auto is = [&](Json::Kind kind) { return value.kind == kind; };
    if (type.isInteger(1)) {
      if (!is(Json::Kind::kTrue) && !is(Json::Kind::kFalse)) wrong(path, "is no bool");
      return ofBool(is(Json::Kind::kTrue));
    }
    if (isInteger(type)) {
      std::optional<Int> number = is(Json::Kind::kNumber) ? exactInteger(value.text) : std::nullopt;
      if (!number || *number < leastOf(type) || *number > greatestOf(type)) wrong(path, "is no such integer");
      return ofInt(*number, widthOf(type));
    }
    if (isFloat(type)) {
      std::optional<double> number = is(Json::Kind::kNumber) ? parseFloat(value.text, type.isF32()) : std::nullopt;
      if (!number || std::isinf(*number)) wrong(path, "is no such number");
      return *number;
    }
    if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
      bool is_number = is(Json::Kind::kNumber) || (is(Json::Kind::kText) && value.is_text_good);
      std::optional<Int> units = is_number ? parseDecimal(value.text, decimal) : std::nullopt;
      if (!units) wrong(path, "is no such decimal");
      return ofInt(*units, widthOf(type));
    }
    if (mlir::isa<stream::DateType>(type)) {
      std::optional<Int> day = is(Json::Kind::kText) ? parseDate(value.text) : std::nullopt;
      if (!day) wrong(path, "is no date");
      return ofInt(*day, 32);
    }
    if (mlir::isa<stream::BytesType>(type)) {
      std::vector<char> bytes;
      if (!is(Json::Kind::kText) || !value.is_text_good) wrong(path, "is no base64");
      if (llvm::Error error = llvm::decodeBase64(value.text, bytes)) {
        llvm::consumeError(std::move(error));
        wrong(path, "is no base64");
      }
      std::string made(bytes.begin(), bytes.end());
      if (llvm::encodeBase64(made) != value.text) wrong(path, "is no base64");
      return made;
    }
    if (isText(type)) {
      if (!is(Json::Kind::kText) || !value.is_text_good) wrong(path, "is no text");
      return value.text;
    }
    if (auto symbols = mlir::dyn_cast<stream::EnumType>(type)) {
      auto found = llvm::find_if(symbols.getSymbols(), [&](mlir::StringAttr symbol) { return symbol == value.text; });
      if (!is(Json::Kind::kText) || found == symbols.getSymbols().end()) wrong(path, "is no such symbol");
      return ofInt(found - symbols.getSymbols().begin(), 16);
    }
    if (mlir::isa<stream::TimestampType>(type)) return instant(value, path);
    if (mlir::isa<stream::DurationType>(type)) {
      std::optional<Int> micros = is(Json::Kind::kText) ? parseDuration(value.text) : std::nullopt;
      if (!micros) wrong(path, "is no duration");
      return ofInt(*micros, 64);
    }
    if (auto list = mlir::dyn_cast<stream::ListType>(type)) return listOf(value, list, path);
    std::string name;
    llvm::raw_string_ostream(name) << type;
    throw Stuck("the referee decodes no " + name);
  }

  Value instant(const Json& value, std::vector<std::string>& path) {
    if (timestamps_ == Timestamps::kText) {
      std::optional<Int> micros = value.kind == Json::Kind::kText ? parseTimestamp(value.text) : std::nullopt;
      if (!micros) wrong(path, "is no timestamp");
      return ofInt(*micros, 64);
    }
    std::optional<Int> count = value.kind == Json::Kind::kNumber ? exactInteger(value.text) : std::nullopt;
    Int unit = microsOf(timestamps_);
    if (!count || *count > INT64_MAX || *count < INT64_MIN || *count * unit > INT64_MAX || *count * unit < INT64_MIN)
      wrong(path, "is no timestamp");
    return ofInt(*count * unit, 64);
  }

  Value listOf(const Json& value, stream::ListType type, std::vector<std::string>& path) {
    if (value.kind != Json::Kind::kList) wrong(path, "is no list");
    stream::RowAttr columns = type.getElement();
    auto made = std::make_shared<std::vector<Leaves>>();
    Field tree = treeOf(columns);
    bool is_scalar = columns.size() == 1 && tree.column >= 0;
    for (auto [index, item] : llvm::enumerate(value.items)) {
      path.push_back("[" + std::to_string(index) + "]");
      Leaves leaves(columns.size(), Value(Unspecified{}));
      if (tree.variant >= 0) {
        bool is_null = item.kind == Json::Kind::kNull;
        oneof(tree, is_null ? nullptr : &item, columns, leaves, path);
      } else if (is_scalar) {
        leaves[0] = leaf(item.kind == Json::Kind::kNull ? nullptr : &item, columns.getColumns()[0].type, path);
      } else if (!columns.size() || columns.getColumns()[0].name.empty()) {
        // An element that is an optional record: its presence has the empty name.
        bool is_null = item.kind == Json::Kind::kNull;
        leaves[0] = ofBool(!is_null);
        if (!is_null) recordItem(tree, item, columns, leaves, path);
      } else {
        if (item.kind == Json::Kind::kNull) wrong(path, "is null");
        recordItem(tree, item, columns, leaves, path);
      }
      made->push_back(std::move(leaves));
      path.pop_back();
    }
    return List(std::move(made));
  }

  void recordItem(const Field& tree, const Json& item, stream::RowAttr columns, Leaves& leaves,
                  std::vector<std::string>& path) {
    if (item.kind != Json::Kind::kObject) wrong(path, "is no object");
    Field fields = tree;
    std::erase_if(fields.fields, [](const Field& field) { return field.name.empty(); });
    record(fields, item, columns, leaves, path);
  }

  Timestamps timestamps_;
};

}  // namespace

std::vector<Value> decodeRow(std::string_view record, stream::RowAttr columns, Timestamps timestamps) {
  Json tree = parseJson(record);
  if (tree.kind != Json::Kind::kObject) throw JsonFailure{"no object"};
  std::vector<Value> values(columns.size(), Value(Unspecified{}));
  std::vector<std::string> path;
  Decoder::Field root = Decoder::treeOf(columns);
  if (root.variant >= 0) {
    Decoder(timestamps).oneof(root, &tree, columns, values, path);
  } else {
    Decoder(timestamps).record(root, tree, columns, values, path);
  }
  return values;
}

// ---------------------------------------------------------------- row → text

namespace {

std::string quoted(std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    if (size_t found = kEscaped.find(c); found != std::string_view::npos) {
      out += '\\';
      out += kNames[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string objectText(const Decoder::Field& tree, const std::vector<Value>& values, stream::RowAttr columns,
                       Timestamps timestamps);

std::string elementText(const Leaves& leaves, stream::RowAttr columns, Timestamps timestamps);

std::string oneofText(const Decoder::Field& tree, const std::vector<Value>& values, stream::RowAttr columns,
                      Timestamps timestamps);

std::string leafText(const Value& value, mlir::Type type, Timestamps timestamps) {
  if (value.is<Unspecified>()) return std::string(kUnspecifiedText);
  if (value.is<Null>()) return "null";
  type = unwrapped(type);
  if (mlir::isa<stream::BytesType>(type)) return quoted(llvm::encodeBase64(asText(value)));
  if (mlir::isa<stream::DateType>(type)) {
    if (!hasPlainYear(numberOf(value, type) * kMicrosPerDay)) throw JsonFailure{"no RFC 3339 for that year"};
    return quoted(textOf(value, type));
  }
  if (isText(type)) return quoted(asText(value));
  if (isFloat(type)) {
    double number = asFloat(value);
    if (std::isnan(number) || std::isinf(number)) throw JsonFailure{"no JSON for NaN and infinities"};
    return floatText(number, type.isF32());
  }
  if (mlir::isa<stream::TimestampType>(type)) {
    Int micros = numberOf(value, type);
    if (timestamps != Timestamps::kText) return textOf(floorDivided(micros, microsOf(timestamps)));
    if (!hasPlainYear(micros)) throw JsonFailure{"no RFC 3339 for that year"};
    return quoted(timestampText(micros));
  }
  if (mlir::isa<stream::DurationType, stream::EnumType>(type)) return quoted(textOf(value, type));
  if (auto list = mlir::dyn_cast<stream::ListType>(type)) {
    std::string text = "[";
    for (const Leaves& leaves : asList(value))
      text += (text.size() > 1 ? "," : "") + elementText(leaves, list.getElement(), timestamps);
    return text + "]";
  }
  return textOf(value, type);
}

std::string elementText(const Leaves& leaves, stream::RowAttr columns, Timestamps timestamps) {
  Decoder::Field tree = Decoder::treeOf(columns);
  if (tree.variant >= 0) return oneofText(tree, leaves, columns, timestamps);
  bool is_scalar = columns.size() == 1 && columns.getColumns()[0].name.empty();
  if (is_scalar) return leafText(leaves[0], columns.getColumns()[0].type, timestamps);
  if (columns.size() > 0 && columns.getColumns()[0].name.empty()) {
    if (!isTrue(leaves[0])) return "null";
    std::erase_if(tree.fields, [](const Decoder::Field& field) { return field.name.empty(); });
  }
  return objectText(tree, leaves, columns, timestamps);
}

std::string fieldText(const Decoder::Field& field, const std::vector<Value>& values, stream::RowAttr columns,
                      Timestamps timestamps) {
  if (field.column >= 0) return leafText(values[field.column], columns.getColumns()[field.column].type, timestamps);
  if (field.variant >= 0) return oneofText(field, values, columns, timestamps);
  if (field.presence >= 0 && !isTrue(values[field.presence])) return "null";
  return objectText(field, values, columns, timestamps);
}

std::string objectText(const Decoder::Field& tree, const std::vector<Value>& values, stream::RowAttr columns,
                       Timestamps timestamps) {
  std::string text = "{";
  for (const Decoder::Field& field : tree.fields) {
    if (text.size() > 1) text += ",";
    text += quoted(field.name) + ":" + fieldText(field, values, columns, timestamps);
  }
  return text + "}";
}

std::string oneofText(const Decoder::Field& tree, const std::vector<Value>& values, stream::RowAttr columns,
                      Timestamps timestamps) {
  const Value& variant = values[tree.variant];
  if (variant.is<Unspecified>()) return std::string(kUnspecifiedText);
  if (variant.is<Null>()) return "null";
  auto variants = mlir::cast<stream::VariantType>(unwrapped(columns.getColumns()[tree.variant].type));
  auto index = static_cast<size_t>(asUnsigned(variant));
  std::string name = variants.getSymbols()[index].str();
  std::string payload = variants.getHasPayload()[index] ? "{}" : "null";
  for (const Decoder::Field& field : tree.fields)
    if (field.name == name) payload = fieldText(field, values, columns, timestamps);
  return "{" + quoted(name) + ":" + payload + "}";
}

}  // namespace

std::string encodeRow(const std::vector<Value>& values, stream::RowAttr columns, Timestamps timestamps) {
  Decoder::Field root = Decoder::treeOf(columns);
  return root.variant >= 0 ? oneofText(root, values, columns, timestamps)
                           : objectText(root, values, columns, timestamps);
}

}  // namespace streamc::referee
