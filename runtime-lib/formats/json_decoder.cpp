#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/excerpt.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "runtime-lib/abi/values.h"
#include "runtime-lib/formats/base64.h"
#include "runtime-lib/formats/json_fast.h"
#include "runtime-lib/formats/json_plan.h"
#include "runtime-lib/formats/json_scan.h"
#include "runtime-lib/formats/json_value.h"
#include "runtime-lib/formats/utf8.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace json {
namespace {

// What reading a value of a wanted type came to. kSyntax ends the record; the others are remembered.
enum class Outcome : uint8_t {
  kOk,
  kSyntax,
  kWrongType,
  kNotIntegral,
  kOutOfRange,
  kTooFine,
  kTooManyDigits,
  kNoBase64,
  kInvalidUtf8,
  kHalfSurrogate,
  kMissing,
  kElementNotRecord,
  kUnknownSymbol,
  kUnknownVariant,
  kNoVariant,
  kTwoVariants,
};

// Which element of each list around a value, outermost first; lists nested deeper than that are not told.
struct Elements {
  static constexpr uint32_t kMax = 4;
  uint32_t depth = 0;
  std::array<uint32_t, kMax> index{};

  void enter() { ++depth; }
  void leave() { --depth; }
  void set(uint32_t i) {
    if (depth <= kMax) index[depth - 1] = i;
  }
};

// A value that does not count. Dropped when a later value of the same key, or of a key around it, replaces it.
struct Failure {
  uint32_t field;
  Outcome outcome;
  std::string_view found;
  Elements elements;
};

Outcome fromParse(ParseOutcome outcome) {
  switch (outcome) {
    case ParseOutcome::kOk:
      return Outcome::kOk;
    case ParseOutcome::kTooFine:
      return Outcome::kTooFine;
    case ParseOutcome::kOutOfRange:
      return Outcome::kOutOfRange;
    case ParseOutcome::kMalformed:
      break;
  }
  return Outcome::kWrongType;
}

// Where the fields of the record go: columns of the batch.
struct RowPlace {
  const RowTarget& target;
  char* ignored;  // for values that are not stored

  char* value(const Field& field) const {
    if (field.slot == Field::kNoSlot) return ignored;
    return static_cast<char*>(target.columns[field.slot]) + uint64_t{target.row} * field.value_bytes;
  }
  uint8_t* validity(const Field& field) const {
    if (field.slot == Field::kNoSlot) return reinterpret_cast<uint8_t*>(ignored);
    return target.validity[field.slot] + target.row;
  }
};

// Where the fields of a list's element go.
struct ElementPlace {
  char* element;
  char* ignored;

  char* value(const Field& field) const { return field.slot == Field::kNoSlot ? ignored : element + field.offset; }
  uint8_t* validity(const Field& field) const { return reinterpret_cast<uint8_t*>(element + field.validity_offset); }
};

// What stood where something else was expected.
std::string described(std::string_view found) { return found.empty() ? "the end of the record" : excerpt(found); }

}  // namespace

class DecodePlan final : public FieldReader {
 public:
  DecodePlan(const std::vector<Column>& columns, JsonOptions options)
      : plan_(makePlan(columns)), options_(options), seen_(plan_.seen_words), fast_(plan_, options, *this) {}

  FastPath& fast() { return fast_; }

  // The general way, and what it teaches the fast one.
  bool decode(std::string_view record, const RowTarget& target, DecodeError& error) {
    const bool ok = decodeAny(record, target, error);
    if (ok) {
      fast_.learn(record);
    } else {
      fast_.refused();
    }
    return ok;
  }

  const char* readField(const Field& field, std::string_view text, uint32_t depth, const RowTarget& target) override {
    begin(text, target);
    return readValue(field, RowPlace{target, ignored_}, depth) && failures_.empty() ? scan_.at : nullptr;
  }

  void writeNullField(const Field& field, const RowTarget& target) override {
    writeNull(field, RowPlace{target, ignored_});
  }

 private:
  void begin(std::string_view text, const RowTarget& target) {
    scan_ = {text.data(), text.data() + text.size(), nullptr};
    arena_ = target.arena;
    failures_.clear();
    forget_from_ = 0;
    elements_.depth = 0;
  }

  bool decodeAny(std::string_view record, const RowTarget& target, DecodeError& error) {
    begin(record, target);
    if (readRecord(RowPlace{target, ignored_})) {
      if (failures_.empty()) [[likely]]
        return true;
      error.detail = describe(failures_.front());
      return false;
    }
    error.detail = fmt::format("byte {}: expected {}, found {}", scan_.at - record.data(), scan_.expected,
                               described({scan_.at, static_cast<size_t>(scan_.end - scan_.at)}));
    return false;
  }

  bool readRecord(const RowPlace& place) {
    scan_.skipBlanks();
    if (scan_.peek() != '{') return scan_.syntax("an object");
    ++scan_.at;
    ObjectPlan& record = plan_.objects[0];
    if (!(record.is_oneof ? readOneof(record.head, record, place, 1) : readObject(record, place, 1))) return false;
    scan_.skipBlanks();
    return scan_.at == scan_.end || scan_.syntax("nothing behind the object");
  }

  // Behind the opening brace of an object that stands at `depth`. Works on a copy of the scanner (see json_scan.h),
  // which is written back before anything else uses it.
  template <class Place>
  bool readObject(ObjectPlan& object, const Place& place, uint32_t depth) {
    uint64_t* const seen = seen_.data() + object.seen_word;
    std::fill_n(seen, object.seen_words, 0);
    uint16_t key = 0;
    Scanner scan = scan_;
    auto stop = [&](const char* expected) {
      scan_ = scan;
      return scan_.syntax(expected);
    };
    scan.skipBlanks();
    if (scan.peek() != '}') {
      for (;;) {
        if (scan.peek() != '"') return stop("a key");
        ++scan.at;
        int32_t field;
        const uint16_t guess = object.known[key].next;
        const KnownKey& known = object.known[guess];
        if (guess != 0 && isNext(scan, known)) [[likely]] {
          scan.at += known.size;
          key = guess;
          field = known.field;
        } else {
          scan_ = scan;
          if (!readKeySlow(object, key, field)) return false;
          scan = scan_;
        }
        scan.skipBlanks();
        if (scan.peek() != ':') return stop("':'");
        ++scan.at;
        scan.skipBlanks();
        if (field >= 0) {
          seen[field / 64] |= uint64_t{1} << (field % 64);
          scan_ = scan;
          if (!readField(object.fields[static_cast<size_t>(field)], place, depth)) return false;
          scan = scan_;
        } else if (!scan.skipPlainScalar()) {
          scan_ = scan;
          if (!scan_.skipValue<JsonDecoder::kDepthMax>(depth)) return false;
          scan = scan_;
        }
        scan.skipBlanks();
        const char c = scan.peek();
        if (c == '}') break;
        if (c != ',') return stop("',' or '}'");
        ++scan.at;
        scan.skipBlanks();
      }
    }
    ++scan.at;
    scan_ = scan;
    return finishObject(object, place, seen);
  }

  // The same of a oneof: the variant's key and its payload. `head` is where its number goes. What other variants have
  // is zero.
  template <class Place>
  bool readOneof(const Field& head, ObjectPlan& object, const Place& place, uint32_t depth) {
    int32_t chosen = -1;
    uint16_t key = 0;
    scan_.skipBlanks();
    if (scan_.peek() == '}') {
      ++scan_.at;
    } else {
      for (;;) {
        if (scan_.peek() != '"') return scan_.syntax("a key");
        const char* const first = scan_.at++;
        int32_t variant = -1;
        if (!readKeySlow(object, key, variant)) return false;
        const std::string_view name(first, static_cast<size_t>(scan_.at - first));
        scan_.skipBlanks();
        if (scan_.peek() != ':') return scan_.syntax("':'");
        ++scan_.at;
        scan_.skipBlanks();
        if (variant < 0) {
          fail(head, Outcome::kUnknownVariant, name);
          if (!scan_.skipValue<JsonDecoder::kDepthMax>(depth)) return false;
        } else {
          if (chosen >= 0 && chosen != variant) fail(head, Outcome::kTwoVariants, name);
          chosen = variant;
          if (!readField(object.fields[static_cast<size_t>(variant)], place, depth)) return false;
        }
        scan_.skipBlanks();
        const char c = scan_.peek();
        ++scan_.at;
        if (c == '}') break;
        if (c != ',') {
          --scan_.at;
          return scan_.syntax("',' or '}'");
        }
        scan_.skipBlanks();
      }
    }
    if (chosen < 0) {
      fail(head, Outcome::kNoVariant, {});
      return true;
    }
    const auto number = static_cast<int16_t>(chosen);
    std::memcpy(place.value(head), &number, sizeof number);
    if (head.optional) *place.validity(head) = 1;
    for (size_t i = 0; i < object.fields.size(); ++i) {
      if (static_cast<int32_t>(i) != chosen) writeNull(object.fields[i], place, /*lenient_is=*/1);
    }
    return true;
  }

  // Whether the known key and its closing quote stand here.
  static bool isNext(const Scanner& scan, const KnownKey& known) {
    const ptrdiff_t rest = scan.end - scan.at;
    if (rest < 32) return rest >= known.size && std::memcmp(scan.at, known.text.data(), known.size) == 0;
    const auto* bytes = reinterpret_cast<const __m128i*>(scan.at);
    const auto* text = reinterpret_cast<const __m128i*>(known.text.data());
    const auto low =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(bytes), _mm_load_si128(text))));
    const auto high =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(bytes + 1), _mm_load_si128(text + 1))));
    const uint64_t wanted = (uint64_t{1} << known.size) - 1;
    return (((uint64_t{high} << 16) | low) & wanted) == wanted;
  }

  // Behind the opening quote of a key that was not predicted: which field it names (-1 = none), and moves behind the
  // closing quote. `key` is the known key before this one, then this one.
  [[gnu::noinline]] bool readKeySlow(ObjectPlan& object, uint16_t& key, int32_t& field) {
    const char* const first = scan_.at;
    bool has_escape = false;
    if (!scan_.skipText(&has_escape)) return false;
    std::string_view text(first, static_cast<size_t>(scan_.at - 1 - first));
    std::string unescaped;
    if (has_escape) {
      unescaped.resize(text.size());
      char* end = unescape(text, unescaped.data());
      if (end == nullptr) {  // half a surrogate pair: no field has such a name
        field = -1;
        return true;
      }
      unescaped.resize(static_cast<size_t>(end - unescaped.data()));
      field = object.findField(unescaped);
      return true;
    }
    const uint16_t known = object.know(text);
    if (known == 0) {
      field = object.findField(text);
      return true;
    }
    object.known[key].next = known;
    key = known;
    field = object.known[known].field;
    return true;
  }

  template <class Place>
  bool finishObject(const ObjectPlan& object, const Place& place, const uint64_t* seen) {
    const size_t count = object.fields.size();
    for (size_t word = 0; word < object.seen_words; ++word) {
      const size_t bits = std::min<size_t>(64, count - word * 64);
      uint64_t missing = ~seen[word] & (bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1);
      for (; missing != 0; missing &= missing - 1) {
        const Field& field = object.fields[word * 64 + static_cast<size_t>(__builtin_ctzll(missing))];
        if (field.optional || field.lenient) {
          writeNull(field, place);
        } else {
          fail(field, Outcome::kMissing, {});
        }
      }
    }
    return true;
  }

  // `lenient_is`: what a lenient leaf that may be null only because it is one becomes. In a variant that is not there
  // it is a zero that nobody looks at, and nothing that is wrong with the record.
  template <class Place>
  void writeNull(const Field& field, const Place& place, uint8_t lenient_is = 0) {
    if (field.kind == FieldKind::kBare || field.kind == FieldKind::kIgnored) return;
    std::memset(place.value(field), 0, field.value_bytes);
    if (field.kind != FieldKind::kObject && field.optional) *place.validity(field) = field.lenient ? lenient_is : 0;
    if (field.kind != FieldKind::kObject && field.kind != FieldKind::kVariant) return;
    for (const Field& inside : plan_.objects[field.object].fields) writeNull(inside, place, lenient_is);
  }

  // A value of a key of the record or of an element: replaces what an earlier value of the key came to.
  template <class Place>
  bool readField(const Field& field, const Place& place, uint32_t depth) {
    if (failures_.size() > forget_from_) [[unlikely]]
      forget(field);
    return readValue(field, place, depth);
  }

  // At the first byte of a value. False: syntax.
  template <class Place>
  bool readValue(const Field& field, const Place& place, uint32_t depth) {
    const char* const first = scan_.at;
    const size_t failures_before = failures_.size();
    if (field.kind == FieldKind::kIgnored) [[unlikely]]
      return scan_.skipValue<JsonDecoder::kDepthMax>(depth);
    if (scan_.peek() == 'n') {
      if (!scan_.skipWord("null")) return false;
      if (field.kind == FieldKind::kBare) return true;
      if (field.optional || field.lenient) {
        writeNull(field, place);
      } else {
        fail(field, Outcome::kWrongType, "null");
      }
      return true;
    }
    Outcome outcome = Outcome::kWrongType;
    switch (field.kind) {
      case FieldKind::kBool:
        outcome = readBool(place.value(field));
        break;
      case FieldKind::kInteger:
        outcome = readInteger(field, place.value(field));
        break;
      case FieldKind::kF64:
        outcome = readFloat<double>(scan_, place.value(field));
        break;
      case FieldKind::kF32:
        outcome = readFloat<float>(scan_, place.value(field));
        break;
      case FieldKind::kString:
        outcome = readString(place.value(field));
        break;
      case FieldKind::kTimestamp:
        outcome = readTimestamp(place.value(field));
        break;
      case FieldKind::kDuration:
        outcome = readDuration(place.value(field));
        break;
      case FieldKind::kEnum:
        outcome = readSymbol(field, place.value(field));
        break;
      case FieldKind::kDate:
        outcome = readDate(place.value(field));
        break;
      case FieldKind::kBytes:
        outcome = readBytes(place.value(field));
        break;
      case FieldKind::kDecimal:
        outcome = readDecimal(field, place.value(field));
        break;
      case FieldKind::kList:
        outcome = readList(field, place.value(field), depth);
        break;
      case FieldKind::kBare:
      case FieldKind::kIgnored:
        break;
      case FieldKind::kVariant: {
        if (scan_.peek() != '{') break;
        if (depth + 1 > JsonDecoder::kDepthMax) return scan_.syntax("no deeper nesting");
        ++scan_.at;
        if (!readOneof(field, plan_.objects[field.object], place, depth + 1)) return false;
        outcome = Outcome::kOk;
        break;
      }
      case FieldKind::kObject: {
        if (scan_.peek() != '{') break;
        if (depth + 1 > JsonDecoder::kDepthMax) return scan_.syntax("no deeper nesting");
        ++scan_.at;
        if (field.slot != Field::kNoSlot) *place.value(field) = 1;
        return readObject(plan_.objects[field.object], place, depth + 1);
      }
    }
    if (field.lenient && failures_.size() > failures_before) {  // in an element of a list
      failures_.resize(failures_before);
      writeNull(field, place);
      return true;
    }
    if (outcome == Outcome::kOk) [[likely]] {
      if (field.optional) *place.validity(field) = 1;
      return true;
    }
    if (outcome == Outcome::kSyntax) return false;
    scan_.at = first;
    if (!scan_.skipValue<JsonDecoder::kDepthMax>(depth)) return false;
    if (field.lenient) {
      writeNull(field, place);
    } else {
      fail(field, outcome, {first, static_cast<size_t>(scan_.at - first)});
    }
    return true;
  }

  Outcome readBool(char* out) {
    const char c = scan_.peek();
    if (c != 't' && c != 'f') return Outcome::kWrongType;
    if (!scan_.skipWord(c == 't' ? "true" : "false")) return Outcome::kSyntax;
    *out = c == 't' ? 1 : 0;
    return Outcome::kOk;
  }

  Outcome readInteger(const Field& field, char* out) {
    Integer value;
    const Outcome outcome = readNumber(value);
    if (outcome != Outcome::kOk) return outcome;
    if (value.negative ? value.magnitude > (field.negative_allowed ? field.magnitude_max + 1 : 0)
                       : value.magnitude > field.magnitude_max) {
      return Outcome::kOutOfRange;
    }
    const uint64_t bits = value.negative ? ~value.magnitude + 1 : value.magnitude;
    switch (field.value_bytes) {
      case 1:
        *out = static_cast<char>(bits);
        break;
      case 2:
        std::memcpy(out, &bits, 2);
        break;
      case 4:
        std::memcpy(out, &bits, 4);
        break;
      default:
        std::memcpy(out, &bits, 8);
    }
    return Outcome::kOk;
  }

  // An integer of at most 64 bits and a sign.
  Outcome readNumber(Integer& value) {
    const char* at = scan_.at;
    value.negative = at < scan_.end && *at == '-';
    if (value.negative) ++at;
    const char* const digits = at;
    uint64_t magnitude = 0;
    while (at < scan_.end && Scanner::isDigit(*at)) magnitude = magnitude * 10 + static_cast<uint64_t>(*at++ - '0');
    const ptrdiff_t count = at - digits;
    const char next = at < scan_.end ? *at : '\0';
    if (count >= 1 && count <= 18 && next != '.' && next != 'e' && next != 'E' && (count == 1 || *digits != '0'))
        [[likely]] {
      value.magnitude = magnitude;
      scan_.at = at;
      return Outcome::kOk;
    }
    if (count == 0 && !value.negative) return Outcome::kWrongType;
    const char* const first = scan_.at;
    if (!scan_.skipNumber()) return Outcome::kSyntax;
    switch (exactInteger({first, static_cast<size_t>(scan_.at - first)}, value)) {
      case Exactness::kExact:
        return Outcome::kOk;
      case Exactness::kFraction:
        return Outcome::kNotIntegral;
      case Exactness::kTooLarge:
        break;
    }
    return Outcome::kOutOfRange;
  }

  template <class Float>
  static Outcome readFloat(Scanner& scan, char* out) {
    const char c = scan.peek();
    if (c != '-' && !Scanner::isDigit(c)) return Outcome::kWrongType;
    Float value;
    switch (scanFloat(scan, value)) {
      case FloatScan::kSyntax:
        return Outcome::kSyntax;
      case FloatScan::kTooLarge:
        return Outcome::kOutOfRange;
      case FloatScan::kOk:
        break;
    }
    std::memcpy(out, &value, sizeof value);
    return Outcome::kOk;
  }

  // At the opening quote: the text, as a view of the record or unescaped in the arena.
  Outcome readText(std::string_view& text) {
    if (scan_.peek() != '"') return Outcome::kWrongType;
    ++scan_.at;
    const char* const first = scan_.at;
    bool not_ascii = scan_.scanText();
    bool has_escape = false;
    if (scan_.peek() == '"') [[likely]] {
      ++scan_.at;
    } else if (!scan_.skipText(&has_escape, &not_ascii)) {
      return Outcome::kSyntax;
    }
    text = {first, static_cast<size_t>(scan_.at - 1 - first)};
    if (not_ascii && !isUtf8(text)) return Outcome::kInvalidUtf8;
    if (!has_escape) return Outcome::kOk;
    char* const copy = static_cast<char*>(arena_->allocate(text.size()));
    const char* const end = unescape(text, copy);
    if (end == nullptr) return Outcome::kHalfSurrogate;
    text = {copy, static_cast<size_t>(end - copy)};
    return Outcome::kOk;
  }

  Outcome readString(char* out) {
    std::string_view text;
    const Outcome outcome = readText(text);
    if (outcome != Outcome::kOk) return outcome;
    const StreamString value{text.data(), static_cast<uint32_t>(text.size()), 0};
    std::memcpy(out, &value, sizeof value);
    return Outcome::kOk;
  }

  Outcome readSymbol(const Field& field, char* out) {
    std::string_view text;
    const Outcome outcome = readText(text);
    if (outcome != Outcome::kOk) return outcome;
    const int32_t number = findSymbol(field, text);
    if (number < 0) return Outcome::kUnknownSymbol;
    const auto narrow = static_cast<int16_t>(number);
    std::memcpy(out, &narrow, sizeof narrow);
    return Outcome::kOk;
  }

  Outcome readTimestamp(char* out) {
    int64_t micros;
    if (options_.timestamps == JsonTimestamps::kRfc3339) {
      std::string_view text;
      Outcome outcome = readText(text);
      if (outcome == Outcome::kOk) outcome = fromParse(parseTimestamp(text, micros));
      if (outcome != Outcome::kOk) return outcome;
    } else {
      Integer value;
      const Outcome outcome = readNumber(value);
      if (outcome != Outcome::kOk) return outcome;
      const auto wide =
          (value.negative ? -static_cast<__int128>(value.magnitude) : static_cast<__int128>(value.magnitude)) *
          microsPerUnit(options_.timestamps);
      if (wide > INT64_MAX || wide < INT64_MIN) return Outcome::kOutOfRange;
      micros = static_cast<int64_t>(wide);
    }
    std::memcpy(out, &micros, sizeof micros);
    return Outcome::kOk;
  }

  Outcome readDuration(char* out) {
    std::string_view text;
    Outcome outcome = readText(text);
    int64_t micros;
    if (outcome == Outcome::kOk) outcome = fromParse(parseDuration(text, micros));
    if (outcome != Outcome::kOk) return outcome;
    std::memcpy(out, &micros, sizeof micros);
    return Outcome::kOk;
  }

  Outcome readDate(char* out) {
    std::string_view text;
    Outcome outcome = readText(text);
    int32_t days;
    if (outcome == Outcome::kOk) outcome = fromParse(parseDate(text, days));
    if (outcome != Outcome::kOk) return outcome;
    std::memcpy(out, &days, sizeof days);
    return Outcome::kOk;
  }

  Outcome readBytes(char* out) {
    std::string_view text;
    const Outcome outcome = readText(text);
    if (outcome != Outcome::kOk) return outcome;
    char* const bytes = static_cast<char*>(arena_->allocate(text.size()));
    const char* const end = readBase64(bytes, text);
    if (end == nullptr) return Outcome::kNoBase64;
    const StreamString value{bytes, static_cast<uint32_t>(end - bytes), 0};
    std::memcpy(out, &value, sizeof value);
    return Outcome::kOk;
  }

  // A number, or the text of one.
  Outcome readDecimal(const Field& field, char* out) {
    std::string_view text;
    const char c = scan_.peek();
    if (c == '"') {
      const Outcome outcome = readText(text);
      if (outcome != Outcome::kOk) return outcome;
    } else {
      if (c != '-' && !Scanner::isDigit(c)) return Outcome::kWrongType;
      const char* const first = scan_.at;
      if (!scan_.skipNumber()) return Outcome::kSyntax;
      text = {first, static_cast<size_t>(scan_.at - first)};
    }
    Int128 value = 0;
    const ParseOutcome outcome = parseDecimal(text, field.precision, field.scale, value);
    if (outcome == ParseOutcome::kTooFine) return Outcome::kTooManyDigits;
    if (outcome != ParseOutcome::kOk) return fromParse(outcome);
    std::memcpy(out, &value, field.value_bytes);
    return Outcome::kOk;
  }

  Outcome readList(const Field& field, char* out, uint32_t depth) {
    if (scan_.peek() != '[') return Outcome::kWrongType;
    if (depth + 1 > JsonDecoder::kDepthMax) {
      scan_.syntax("no deeper nesting");
      return Outcome::kSyntax;
    }
    ++scan_.at;
    const size_t failures_before = failures_.size();
    const size_t forget_before = forget_from_;
    char* data = nullptr;
    uint32_t count = 0;
    uint32_t capacity = 0;
    elements_.enter();
    scan_.skipBlanks();
    bool ok = true;
    if (scan_.peek() == ']') {
      ++scan_.at;
    } else {
      for (;;) {
        if (count == capacity) growList(data, capacity, field.element_bytes);
        char* const element = data + uint64_t{count} * field.element_bytes;
        std::memset(element, 0, field.element_bytes);
        forget_from_ = failures_.size();  // a failure of an earlier element stays
        elements_.set(count);
        ok = readElement(field, {element, ignored_}, depth + 1);
        if (!ok) break;
        if (failures_.size() > failures_before + 1) failures_.resize(failures_before + 1);
        ++count;
        scan_.skipBlanks();
        const char c = scan_.peek();
        if (c == ']') {
          ++scan_.at;
          break;
        }
        ok = c == ',' || scan_.syntax("',' or ']'");
        if (!ok) break;
        ++scan_.at;
        scan_.skipBlanks();
      }
    }
    forget_from_ = forget_before;
    elements_.leave();
    if (!ok) return Outcome::kSyntax;
    const StreamList list{data, count, 0};
    std::memcpy(out, &list, sizeof list);
    return Outcome::kOk;
  }

  bool readElement(const Field& list, const ElementPlace& place, uint32_t depth) {
    if (list.element != UINT32_MAX) return readValue(plan_.elements[list.element], place, depth);
    const char* const first = scan_.at;
    if (scan_.peek() == '{') {
      if (depth + 1 > JsonDecoder::kDepthMax) return scan_.syntax("no deeper nesting");
      ++scan_.at;
      ObjectPlan& element = plan_.objects[list.object];
      if (element.is_oneof) return readOneof(element.head, element, place, depth + 1);
      return readObject(element, place, depth + 1);
    }
    if (!scan_.skipValue<JsonDecoder::kDepthMax>(depth)) return false;
    fail(list, Outcome::kElementNotRecord, {first, static_cast<size_t>(scan_.at - first)});
    return true;
  }

  void growList(char*& data, uint32_t& capacity, uint32_t element_bytes) {
    const uint32_t larger = capacity == 0 ? 8 : capacity * 2;
    auto* copy = static_cast<char*>(arena_->allocate(uint64_t{larger} * element_bytes));
    if (capacity != 0) std::memcpy(copy, data, uint64_t{capacity} * element_bytes);
    data = copy;
    capacity = larger;
  }

  void fail(const Field& field, Outcome outcome, std::string_view found) {
    failures_.push_back({field.id, outcome, found, elements_});
  }

  // Drops the failures of the field and of what is inside it.
  void forget(const Field& field) {
    failures_.erase(std::remove_if(failures_.begin() + static_cast<ptrdiff_t>(forget_from_), failures_.end(),
                                   [&](const Failure& failure) {
                                     return failure.field >= field.id && failure.field < field.subtree_end;
                                   }),
                    failures_.end());
  }

  // The path of a failure: a.b, items[3].price.
  std::string pathOf(const Failure& failure) const {
    std::string path = plan_.field_of_id[failure.field]->path;
    if (failure.outcome == Outcome::kElementNotRecord) path += "[]";
    size_t at = 0;
    for (uint32_t i = 0; i < std::min(failure.elements.depth, Elements::kMax); ++i) {
      at = path.find("[]", at);
      if (at == std::string::npos) break;
      path.insert(at + 1, std::to_string(failure.elements.index[i]));
    }
    return path;
  }

  std::string describe(const Failure& failure) const {
    const Field& field = *plan_.field_of_id[failure.field];
    const std::string path = pathOf(failure);
    const std::string found = described(failure.found);
    const std::string where = path.empty() ? "the record" : fmt::format("field \"{}\"", path);
    const std::string type = field.kind == FieldKind::kObject    ? "a record"
                             : field.kind == FieldKind::kVariant ? "an object of one variant"
                             : field.kind == FieldKind::kEnum    ? "a symbol"
                             : field.kind == FieldKind::kBare    ? "null"
                                                                 : typeText(field.type, field.precision, field.scale);
    switch (failure.outcome) {
      case Outcome::kMissing:
        return fmt::format("field \"{}\" is missing", path);
      case Outcome::kOutOfRange:
        return fmt::format("field \"{}\": {} does not fit into {}", path, found, type);
      case Outcome::kTooFine:
        return fmt::format("field \"{}\": expected at most microseconds, found {}", path, found);
      case Outcome::kTooManyDigits:
        return fmt::format("field \"{}\": {} has more digits behind the point than {}", path, found, type);
      case Outcome::kNoBase64:
        return fmt::format("field \"{}\": expected base64, found {}", path, found);
      case Outcome::kInvalidUtf8:
        return fmt::format("field \"{}\": expected valid UTF-8, found {}", path, found);
      case Outcome::kHalfSurrogate:
        return fmt::format("field \"{}\": expected whole surrogate pairs, found {}", path, found);
      case Outcome::kElementNotRecord:
        return fmt::format("field \"{}\": expected a record, found {}", path, found);
      case Outcome::kUnknownSymbol:
      case Outcome::kUnknownVariant:
        return fmt::format("{}: expected {}, found {}", where, choices(field), found);
      case Outcome::kNoVariant:
        return fmt::format("{}: expected {}, found an object without a key", where, choices(field));
      case Outcome::kTwoVariants:
        return fmt::format("{}: expected one variant, found {} as well", where, found);
      default:
        return fmt::format("field \"{}\": expected {}, found {}", path, type, found);
    }
  }

  // "one of "added", "deleted"", shortened.
  static std::string choices(const Field& field) {
    constexpr size_t kNamedMax = 8;
    std::string text = field.symbols.size() == 1 ? "" : "one of ";
    for (size_t i = 0; i < std::min(kNamedMax, field.symbols.size()); ++i)
      text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", field.symbols[i]);
    return field.symbols.size() > kNamedMax ? text + ", …" : text;
  }

  Plan plan_;
  const JsonOptions options_;
  std::vector<uint64_t> seen_;
  std::vector<Failure> failures_;
  Elements elements_;
  size_t forget_from_ = 0;  // failures before this one belong to earlier elements of a list
  Scanner scan_;
  Arena* arena_ = nullptr;
  alignas(16) char ignored_[16];
  FastPath fast_;
};

}  // namespace json

JsonDecoder::JsonDecoder(const std::vector<Column>& columns, JsonOptions options)
    : plan_(std::make_unique<json::DecodePlan>(columns, options)) {}
JsonDecoder::~JsonDecoder() = default;
JsonDecoder::JsonDecoder(JsonDecoder&&) noexcept = default;
JsonDecoder& JsonDecoder::operator=(JsonDecoder&&) noexcept = default;

bool JsonDecoder::decode(std::string_view record, const RowTarget& target, DecodeError& error) {
  return plan_->fast().takeRecord(record, target) || plan_->decode(record, target, error);
}

void JsonDecoder::usePath(Path path, bool patient) { plan_->fast().usePath(path, patient); }

void JsonDecoder::open(std::string_view text) { plan_->fast().open(text); }

size_t JsonDecoder::decodeLines(size_t position, RowTarget& target, uint32_t row_end, size_t line_bytes_max,
                                JsonLine* lines) {
  return plan_->fast().takeLines(position, target, row_end, line_bytes_max, lines);
}

}  // namespace streamrt
