#include "frontend/lex/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "dsl/unicode.h"
#include "frontend/lex/encoding.h"
#include "frontend/lex/number.h"
#include "frontend/lex/string_literal.h"

namespace streamc::lex {

STREAMC_DIAGNOSTIC(kUnknownCharacter, "E0112", Severity::kError, "a character that means nothing in this language");
STREAMC_DIAGNOSTIC(kUnterminated, "E0113", Severity::kError, "a string or a quoted name that does not end");
STREAMC_DIAGNOSTIC(kBadNumber, "E0115", Severity::kError, "a number with a unit or form that does not exist");
STREAMC_DIAGNOSTIC(kBadValue, "E0116", Severity::kError,
                   "a number, duration, size or instant that cannot be represented");
STREAMC_DIAGNOSTIC(kWrongQuotes, "E0117", Severity::kError, "a string in other quotes than \"…\"");
STREAMC_DIAGNOSTIC(kForeignComment, "E0118", Severity::kError, "a comment as in another language");
STREAMC_DIAGNOSTIC(kBadFString, "E0119", Severity::kError, "braces of an f-string that do not fit");
STREAMC_DIAGNOSTIC(kSemicolon, "E0121", Severity::kError, "a semicolon, which this language does not have");

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordStart(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isWordChar(char c) { return isWordStart(c) || isDigit(c); }

struct Punctuation {
  std::string_view text;
  TokenKind kind;
};
// Longest first.
constexpr std::array<Punctuation, 33> kPunctuation = {{
    {"...", TokenKind::kEllipsis},   {"?.", TokenKind::kQuestionDot}, {"??", TokenKind::kQuestionQuestion},
    {"->", TokenKind::kArrow},       {"=>", TokenKind::kFatArrow},    {"==", TokenKind::kEqual},
    {"!=", TokenKind::kNotEqual},    {"<=", TokenKind::kLessEqual},   {">=", TokenKind::kGreaterEqual},
    {"&&", TokenKind::kAmpersands},  {"||", TokenKind::kPipes},       {"|", TokenKind::kPipe},
    {"(", TokenKind::kLeftParen},    {")", TokenKind::kRightParen},   {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket}, {"{", TokenKind::kLeftBrace},    {"}", TokenKind::kRightBrace},
    {",", TokenKind::kComma},        {":", TokenKind::kColon},        {".", TokenKind::kDot},
    {"?", TokenKind::kQuestion},     {"!", TokenKind::kBang},         {"=", TokenKind::kAssign},
    {"<", TokenKind::kLess},         {">", TokenKind::kGreater},      {"+", TokenKind::kPlus},
    {"-", TokenKind::kMinus},        {"*", TokenKind::kStar},         {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},
}};

// Characters that word processors and keyboards put in the place of ours.
struct Lookalike {
  char32_t code_point;
  std::string_view meant;
  TokenKind kind;
};
constexpr std::array<Lookalike, 11> kLookalikes = {{
    {0x2212, "-", TokenKind::kMinus},
    {0x2013, "-", TokenKind::kMinus},
    {0x2014, "-", TokenKind::kMinus},
    {0x00D7, "*", TokenKind::kStar},
    {0x00F7, "/", TokenKind::kSlash},
    {0x2260, "!=", TokenKind::kNotEqual},
    {0x2264, "<=", TokenKind::kLessEqual},
    {0x2265, ">=", TokenKind::kGreaterEqual},
    {0x2192, "->", TokenKind::kArrow},
    {0x21D2, "=>", TokenKind::kFatArrow},
    {0x2223, "|", TokenKind::kPipe},
}};

bool isBlank(char32_t c) {
  return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200D) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}
bool isQuotationMark(char32_t c) { return (c >= 0x2018 && c <= 0x201F) || c == 0xAB || c == 0xBB; }

class Lexer {
 public:
  Lexer(const SourceFile& file, DiagnosticSink& sink) : file_(file), sink_(sink), text_(file.text()) {
    out_.file = &file;
  }

  TokenStream run() {
    if (reportBadEncoding(file_, sink_)) {
      if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
      lexUntil(text_.size(), false);
    } else {
      at_ = text_.size();
    }
    push(TokenKind::kEnd, at_, at_);
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  std::string_view rest() const { return text_.substr(at_); }
  Span span(std::size_t begin, std::size_t end) const {
    return file_.span(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
  }

  Token& push(TokenKind kind, std::size_t begin, std::size_t end) {
    Token token;
    token.kind = kind;
    token.begin = static_cast<std::uint32_t>(begin);
    token.end = static_cast<std::uint32_t>(end);
    token.after_break = std::exchange(after_break_, false);
    out_.tokens.push_back(token);
    return out_.tokens.back();
  }
  void pushString(TokenKind kind, std::size_t begin, std::size_t end, std::string value) {
    push(kind, begin, end).payload = static_cast<std::uint32_t>(out_.strings.size());
    out_.strings.push_back(std::move(value));
  }

  // Lexes up to `limit`; in an f-string only up to the brace that closes the expression, which stays unread.
  void lexUntil(std::size_t limit, bool in_fstring) {
    const std::string_view whole = std::exchange(text_, text_.substr(0, limit));
    const bool outer = std::exchange(in_fstring_, in_fstring);
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (in_fstring && c == '}' && depth-- == 0) break;
      if (in_fstring && c == '{') ++depth;
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        after_break_ = after_break_ || c == '\n';
        ++at_;
      } else if (in_fstring && c == '\\' && peek(1) == '"') {
        lexNestedString();
      } else if (in_fstring && c == '#') {
        sink_.report(Diagnostic(kBadFString, span(at_, text_.size()), "no comment can stand inside an f-string"));
        at_ = text_.size();
      } else {
        lexToken(c);
      }
    }
    text_ = whole;
    in_fstring_ = outer;
  }

  void lexToken(char c) {
    if (c == '#') return lexComment();
    if (c == '"') return lexString();
    if ((c == 'f' || c == 'r') && peek(1) == '"') return c == 'f' ? lexFString() : lexRawString();
    if (isWordStart(c)) return lexWord();
    if (isDigit(c)) return lexNumber();
    if (c == '@') return lexTimestamp();
    if (c == '`') return lexQuotedName();
    if (c == '\'') return lexOtherQuotes(1, "'");
    if (c == ';') return lexSemicolon();
    if (c == '/' && (peek(1) == '/' || peek(1) == '*')) return lexForeignComment();
    if (static_cast<unsigned char>(c) >= 0x80) return lexNonAscii();
    for (const auto& [text, kind] : kPunctuation) {
      if (!text.empty() && rest().starts_with(text)) {
        push(kind, at_, at_ + text.size());
        at_ += text.size();
        return;
      }
    }
    lexUnknown();
  }

  void lexComment() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find('\n', at_), text_.size());
    std::size_t end = at_;
    if (end > begin && text_[end - 1] == '\r') --end;
    out_.comments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }

  void lexWord() {
    const std::size_t begin = at_;
    while (isWordChar(peek())) ++at_;
    if (static_cast<unsigned char>(peek()) >= 0x80 && !isBlank(unicode::decode(rest()).code_point)) {
      at_ = begin;
      return lexNonAsciiName();
    }
    push(TokenKind::kName, begin, at_);
  }

  void lexQuotedName() {
    const std::size_t begin = at_;
    const std::size_t close = text_.find_first_of("`\n", at_ + 1);
    if (close == std::string_view::npos || text_[close] == '\n' || close == begin + 1) {
      at_ = close == begin + 1 ? close + 1 : begin + 1;
      while (close != begin + 1 && isWordChar(peek())) ++at_;
      sink_.report(close == begin + 1
                       ? Diagnostic(kUnterminated, span(begin, at_), "there is no name between these back-quotes")
                       : Diagnostic(kUnterminated, span(begin, begin + 1), "this quoted name has no closing back-quote")
                             .label("opened here; a name ends on its line"));
      push(TokenKind::kError, begin, at_);
      return;
    }
    at_ = close + 1;
    push(TokenKind::kName, begin, at_).is_quoted = true;
  }

  void lexNumber() {
    const std::size_t begin = at_;
    const ScannedNumber number = scanNumber(rest());
    at_ += number.length;
    if (number.kind == TokenKind::kError) {
      reportBadNumber(span(begin, at_));
      push(TokenKind::kError, begin, at_);
    } else if (number.kind == TokenKind::kFloat) {
      push(TokenKind::kFloat, begin, at_);
    } else {
      NumberValue value;
      const ValueError error = numberValue(number.kind, text_.substr(begin, number.length), value);
      pushNumber(number.kind, begin, value, error);
    }
  }

  void lexTimestamp() {
    const std::size_t begin = at_;
    const std::size_t length = scanTimestamp(rest());
    if (length == 0) {
      ++at_;
      while (isWordChar(peek()) || peek() == '-' || peek() == ':') ++at_;
      sink_.report(Diagnostic(kBadNumber, span(begin, at_), "`@` begins an instant, and this is not one")
                       .note("instants are written @2024-10-08 or @2024-10-08T17:30:00Z"));
      push(TokenKind::kError, begin, at_);
      return;
    }
    at_ += length;
    NumberValue value;
    const ValueError error = timestampValue(text_.substr(begin, length), value);
    pushNumber(TokenKind::kTimestamp, begin, value, error);
  }

  void pushNumber(TokenKind kind, std::size_t begin, const NumberValue& value, ValueError error) {
    if (error != ValueError::kNone) reportBadValue(kind, span(begin, at_), error);
    push(kind, begin, at_).payload = static_cast<std::uint32_t>(out_.numbers.size());
    out_.numbers.push_back(value);
  }

  void reportBadValue(TokenKind kind, Span where, ValueError error) {
    const std::string text = excerpt(file_.text(where));
    const bool is_time = kind == TokenKind::kDuration || kind == TokenKind::kTimestamp;
    switch (error) {
      case ValueError::kNone:
        return;
      case ValueError::kTooLarge:
        sink_.report(Diagnostic(kBadValue, where, fmt::format("`{}` is too large", text))
                         .note(kind == TokenKind::kInt        ? "integers here have at most 128 bits"
                               : kind == TokenKind::kDuration ? "the longest duration is about 292,000 years"
                                                              : "it must fit into 64 bits"));
        return;
      case ValueError::kNotWhole:
        sink_.report(
            Diagnostic(kBadValue, where,
                       fmt::format("`{}` is not a whole number of {}", text, is_time ? "microseconds" : "bytes"))
                .note(is_time ? "time is counted in microseconds here" : "a size is a number of bytes"));
        return;
      case ValueError::kNoSuchDate:
        sink_.report(Diagnostic(kBadValue, where, fmt::format("there is no day {}", text.substr(1, 10))));
        return;
      case ValueError::kNoSuchTime:
        sink_.report(Diagnostic(kBadValue, where, fmt::format("`{}` names a time that no clock shows", text))
                         .note("hours go to 23, minutes and seconds to 59"));
        return;
      case ValueError::kNoSuchZone:
        sink_.report(Diagnostic(kBadValue, where, fmt::format("`{}` has an offset from UTC that no zone has", text)));
        return;
    }
  }

  // Finds out what the person meant, where that is plain.
  void reportBadNumber(Span where) {
    const std::string_view text = file_.text(where);
    Diagnostic bad(kBadNumber, where, fmt::format("`{}` is not a number", excerpt(text)));
    const std::size_t digits = std::min(text.find_first_not_of("0123456789_"), text.size());
    const std::string_view unit = text.substr(digits);
    const std::string number(text.substr(0, digits));
    const auto replace = [&](std::string replacement, std::string help) {
      bad.fix(Fix::replace(where, std::move(replacement), std::move(help)));
    };
    if (unit == "K") {
      replace(number + "k", "a thousand is a small k");
    } else if (unit == "kB" || unit == "kb" || unit == "KB" || unit == "Kb") {
      replace(number + "KB", "a thousand bytes");
    } else if (unit == "mb" || unit == "MB" || unit == "Mb") {
      replace(number + "MB", "a million bytes");
    } else if (unit == "gb" || unit == "Gb" || unit == "GB") {
      replace(number + "GB", "a thousand million bytes");
    } else if (unit == "b") {
      replace(number + "B", "bytes are a capital B");
    } else if (unit == "sec" || unit == "secs" || unit == "second" || unit == "seconds") {
      replace(number + "s", "seconds are s");
    } else if (unit == "min" || unit == "mins" || unit == "minute" || unit == "minutes") {
      replace(number + "m", "minutes are m");
    } else if (unit == "hr" || unit == "hrs" || unit == "hour" || unit == "hours") {
      replace(number + "h", "hours are h");
    } else if (unit == "day" || unit == "days") {
      replace(number + "d", "days (of 24 h) are d");
    } else if (unit == "w" || unit == "week" || unit == "weeks") {
      bad.note("weeks are written in days: one week is 7d");
    } else if (unit.size() > 1 && (unit[0] == 'e' || unit[0] == 'E') && isDigit(unit[1])) {
      replace(number + ".0" + std::string(unit), "a number with an exponent has a point");
    } else if (number == "0" && (unit[0] == 'x' || unit[0] == 'b' || unit[0] == 'o')) {
      bad.note("numbers are decimal here");
    } else {
      bad.note("durations are 500ms 10s 5m 1h30m 7d, sizes 64KB 4GiB, counts 50k 30M, rates 2000/s");
      if (!unit.empty() && unit[0] != '.') bad.note("a name cannot begin with a digit, except in `back-quotes`");
    }
    sink_.report(std::move(bad));
  }

  void lexString() {
    const std::size_t begin = at_;
    if (rest().starts_with("\"\"\"")) {
      const std::size_t close = text_.find("\"\"\"", at_ + 3);
      const std::size_t end = std::min(close, text_.size());
      at_ = std::min(end + 3, text_.size());
      if (close == std::string_view::npos) {
        sink_.report(Diagnostic(kUnterminated, span(begin, begin + 3), "this string has no closing `\"\"\"`")
                         .label("opened here, and open until the end of the file"));
      }
      return pushString(TokenKind::kBlockString, begin, at_, decodeBlock(text_.substr(begin + 3, end - begin - 3)));
    }
    const std::size_t end = scanQuoted(begin, begin + 1);
    pushString(TokenKind::kString, begin, at_, decodeEscapes(file_, span(begin + 1, end), EscapeMode::kString, sink_));
  }

  void lexRawString() {
    const std::size_t begin = at_;
    const std::size_t end = std::min(text_.find_first_of("\"\n", begin + 2), text_.size());
    at_ = end;
    if (peek() == '"') {
      ++at_;
    } else {
      reportOpenString(begin, 2);
    }
    pushString(TokenKind::kRawString, begin, at_, std::string(text_.substr(begin + 2, end - begin - 2)));
  }

  // Finds the end of "…" whose content starts at `content`, and moves behind it; reports when the line ends first.
  std::size_t scanQuoted(std::size_t begin, std::size_t content) {
    std::size_t i = content;
    while (i < text_.size() && text_[i] != '"' && text_[i] != '\n') {
      const bool escape = text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] != '\n';
      i += escape ? 2 : 1;
    }
    if (i < text_.size() && text_[i] == '"') {
      at_ = i + 1;
      return i;
    }
    if (i > content && text_[i - 1] == '\r') --i;
    at_ = i;
    reportOpenString(begin, content - begin);
    return i;
  }

  void reportOpenString(std::size_t begin, std::size_t opening) {
    sink_.report(Diagnostic(kUnterminated, span(begin, begin + opening), "this string has no closing quote")
                     .label("opened here; a string ends on its line")
                     .fix(Fix::advice("text over several lines is written \"\"\"…\"\"\"")));
  }

  void lexFString() {
    const std::size_t begin = at_;
    const std::size_t content = begin + 2;
    const std::size_t end = scanQuoted(begin, content);
    const std::size_t behind = at_;
    push(TokenKind::kFStringBegin, begin, content);
    at_ = content;
    while (at_ < end) lexFStringPart(end);
    at_ = std::max(at_, behind);
    push(TokenKind::kFStringEnd, std::max(end, at_ - (behind - end)), at_);
  }

  // f"{m["k"]}": the string was cut at a quote inside its braces. Reports and moves behind the real end, if the line
  // shows one; `open` is the brace, `quote` the first inner quote.
  bool skipInnerQuotes(std::size_t open, std::size_t quote) {
    const std::size_t line_end = std::min(text_.find('\n', quote), text_.size());
    const std::size_t second = text_.find('"', quote + 1);
    if (second >= line_end || text_[quote] != '"') return false;
    const std::size_t brace = text_.find('}', second);
    const std::size_t last = text_.find('"', second + 1);
    if (brace >= line_end || last >= line_end || brace > last) return false;
    Diagnostic inner(kBadFString, span(quote, second + 1),
                     "a string inside the braces of an f-string is written \\\"…\\\"");
    inner.because(span(open, open + 1), "inside these braces");
    inner.fixes.push_back(
        {"write", {{span(quote, quote), "\\"}, {span(second, second), "\\"}}, Applicability::kMaybeIncorrect});
    sink_.report(std::move(inner));
    at_ = last + 1;
    return true;
  }

  // A stretch of text, or an expression in braces.
  void lexFStringPart(std::size_t end) {
    const std::size_t begin = at_;
    std::size_t i = begin;
    while (i < end) {
      const char c = text_[i];
      const char next = i + 1 < end ? text_[i + 1] : '\0';
      if (c == '{' && next != '{') break;
      if (c == '}' && next != '}') {
        sink_.report(Diagnostic(kBadFString, span(i, i + 1), "this `}` closes nothing")
                         .fix(Fix::replace(span(i, i + 1), "}}", "a brace as text is doubled")));
      }
      const bool pair = c == '\\' || (c == '{' && next == '{') || (c == '}' && next == '}');
      i += pair ? 2 : 1;
      if (c == '\\' && next == 'u' && i < end && text_[i] == '{') i = std::min(text_.find('}', i), end);
    }
    i = std::min(i, end);
    if (i == begin) return lexFStringExpression(end);
    at_ = i;
    pushString(TokenKind::kFStringText, begin, i, decodeEscapes(file_, span(begin, i), EscapeMode::kFString, sink_));
  }

  void lexFStringExpression(std::size_t end) {
    const std::size_t open = at_++;
    push(TokenKind::kFStringOpen, open, open + 1);
    const std::size_t tokens_before = out_.tokens.size();
    lexUntil(end, true);
    if (at_ < end) {
      push(TokenKind::kFStringClose, at_, at_ + 1);
      ++at_;
    } else {
      // What was read of it makes no sense; one kError stands for it.
      out_.tokens.resize(tokens_before);
      push(TokenKind::kError, open + 1, end);
      push(TokenKind::kFStringClose, end, end);
      if (skipInnerQuotes(open, end)) return;
      sink_.report(Diagnostic(kBadFString, span(open, open + 1), "this `{` is not closed in the string")
                       .fix(Fix::replace(span(open, open + 1), "{{", "a brace as text is doubled")));
      return;
    }
    if (out_.tokens.size() == tokens_before + 1) {
      sink_.report(Diagnostic(kBadFString, span(open, at_), "nothing stands between these braces")
                       .fix(Fix::replace(span(open, at_), "{{}}", "braces as text are doubled")));
      Token close = out_.tokens.back();
      out_.tokens.back().kind = TokenKind::kError;
      out_.tokens.back().end = close.begin;
      out_.tokens.push_back(close);
    }
  }

  // \"…\" inside the braces of an f-string.
  void lexNestedString() {
    const std::size_t begin = at_;
    const std::size_t close = text_.find("\\\"", at_ + 2);
    const std::size_t end = std::min(close, text_.size());
    at_ = std::min(end + 2, text_.size());
    if (close == std::string_view::npos) reportOpenString(begin, 2);
    pushString(TokenKind::kString, begin, at_, decodeEscapes(file_, span(begin + 2, end), EscapeMode::kString, sink_));
  }

  // 'text' and “text”: a string in the wrong quotes, if it closes on its line. `opening` is its length in bytes.
  void lexOtherQuotes(std::size_t opening, std::string_view shown) {
    const std::size_t begin = at_;
    std::size_t i = at_ + opening;
    while (i < text_.size() && text_[i] != '\n') {
      const unicode::Decoded c = unicode::decode(text_.substr(i));
      const bool closes = opening == 1 ? text_[i] == '\'' : isQuotationMark(c.code_point);
      if (closes) {
        const std::string content(text_.substr(begin + opening, i - begin - opening));
        at_ = i + c.bytes;
        const std::string quote = in_fstring_ ? "\\\"" : "\"";  // within the braces of an f-string they are escaped
        std::string quoted = quote;
        for (std::size_t k = 0; k < content.size(); ++k) {
          if (content[k] == '"') quoted += '\\';
          quoted += content[k];
        }
        auto how_sure = in_fstring_ ? Applicability::kMaybeIncorrect : Applicability::kMachineApplicable;
        sink_.report(Diagnostic(kWrongQuotes, span(begin, at_), "strings stand in double quotes")
                         .fix(Fix::replace(span(begin, at_), quoted + quote, "use them", how_sure)));
        return pushString(TokenKind::kString, begin, at_, content);
      }
      i += c.bytes;
    }
    // Most likely the rest of the line was meant as a string.
    at_ = i;
    sink_.report(Diagnostic(kWrongQuotes, span(begin, begin + opening), fmt::format("`{}` means nothing here", shown))
                     .note("strings stand in double quotes"));
    push(TokenKind::kError, begin, at_);
  }

  void lexSemicolon() {
    const std::size_t begin = at_++;
    sink_.report(Diagnostic(kSemicolon, span(begin, at_), "there are no semicolons in this language")
                     .fix(Fix::remove(span(begin, at_), "leave it out", Applicability::kMachineApplicable)));
  }

  void lexForeignComment() {
    const std::size_t begin = at_;
    if (peek(1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      sink_.report(Diagnostic(kForeignComment, span(begin, begin + 2), "comments begin with `#`")
                       .fix(Fix::replace(span(begin, begin + 2), "#", "write", Applicability::kMachineApplicable)));
      return;
    }
    const std::size_t close = text_.find("*/", at_ + 2);
    at_ = close == std::string_view::npos ? begin + 2 : close + 2;
    sink_.report(Diagnostic(kForeignComment, span(begin, begin + 2), "there are no block comments")
                     .note("a comment begins with `#` and ends with its line"));
  }

  void lexNonAscii() {
    const unicode::Decoded c = unicode::decode(rest());
    if (!c.valid) {  // reported with the encoding
      while (at_ < text_.size() && !unicode::decode(rest()).valid) ++at_;
      push(TokenKind::kError, at_, at_);
      return;
    }
    const std::size_t begin = at_;
    const std::size_t end = at_ + c.bytes;
    const std::string_view text = text_.substr(begin, c.bytes);
    if (isBlank(c.code_point)) {
      at_ = end;
      sink_.report(Diagnostic(kUnknownCharacter, span(begin, end),
                              fmt::format("a blank that is none (U+{:04X})", static_cast<std::uint32_t>(c.code_point)))
                       .fix(Fix::replace(span(begin, end), " ", "use a plain one", Applicability::kMachineApplicable)));
      return;
    }
    if (isQuotationMark(c.code_point)) return lexOtherQuotes(c.bytes, text);
    for (const auto& [code_point, meant, kind] : kLookalikes) {
      if (code_point != c.code_point) continue;
      at_ = end;
      sink_.report(
          Diagnostic(kUnknownCharacter, span(begin, end), fmt::format("`{}` is written `{}`", text, meant))
              .fix(Fix::replace(span(begin, end), std::string(meant), "write", Applicability::kMachineApplicable)));
      push(kind, begin, end);
      return;
    }
    if (c.code_point == 0x2026) {
      at_ = end;
      sink_.report(Diagnostic(kUnknownCharacter, span(begin, end), "`…` stands for something that was left out")
                       .note("write it out; the rest of a record is three points, `...`"));
      push(TokenKind::kError, begin, end);
      return;
    }
    lexNonAsciiName();
  }

  // A word with letters from outside ASCII: surely meant as a name, so it is one from here on.
  void lexNonAsciiName() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const unicode::Decoded c = unicode::decode(rest());
      const bool ascii = c.code_point < 0x80;
      if (!c.valid || (ascii && !isWordChar(peek())) ||
          (!ascii && (isBlank(c.code_point) || isQuotationMark(c.code_point)))) {
        break;
      }
      at_ += c.bytes;
    }
    const std::string name(text_.substr(begin, at_ - begin));
    sink_.report(
        Diagnostic(kUnknownCharacter, span(begin, at_), "a name of other characters needs back-quotes")
            .fix(Fix::replace(span(begin, at_), "`" + name + "`", "quote it", Applicability::kMachineApplicable)));
    push(TokenKind::kName, begin, at_);
  }

  // Anything else in ASCII: control characters, $ & ^ ~ \. A run is one mistake.
  void lexUnknown() {
    const std::size_t begin = at_;
    const char c = text_[at_];
    while (at_ < text_.size() && text_[at_] == c) ++at_;
    const auto code = static_cast<unsigned char>(c);
    if (code == 0) {  // reported with the encoding
    } else if (code < 0x20 || code == 0x7F) {
      sink_.report(
          Diagnostic(kUnknownCharacter, span(begin, at_), fmt::format("a control character (U+{:04X})", code)));
    } else {
      Diagnostic unknown(kUnknownCharacter, span(begin, at_), fmt::format("`{}` means nothing here", c));
      if (c == '&') unknown.fix(Fix::replace(span(begin, at_), "and", "for two conditions, write"));
      if (c == '$') unknown.note("text with values in it is written f\"…{name}…\"");
      sink_.report(std::move(unknown));
    }
    push(TokenKind::kError, begin, at_);
  }

  const SourceFile& file_;
  DiagnosticSink& sink_;
  std::string_view text_;  // up to the end of what is being lexed
  std::size_t at_ = 0;
  bool after_break_ = true;
  bool in_fstring_ = false;  // between the braces of one
  TokenStream out_;
};

}  // namespace

TokenStream lex(const SourceFile& file, DiagnosticSink& sink) { return Lexer(file, sink).run(); }

}  // namespace streamc::lex
