#include "frontend/lex/token.h"

#include <fmt/format.h>

#include <iterator>

namespace streamc::lex {

std::string_view TokenStream::name(const Token& token) const {
  const std::string_view all = text(token);
  return token.is_quoted ? all.substr(1, all.size() - 2) : all;
}

std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd:
      return "the end of the file";
    case TokenKind::kError:
      return "something unreadable";
    case TokenKind::kName:
      return "a name";
    case TokenKind::kInt:
      return "an integer";
    case TokenKind::kFloat:
      return "a number";
    case TokenKind::kDuration:
      return "a duration";
    case TokenKind::kSize:
      return "a size";
    case TokenKind::kRate:
      return "a rate";
    case TokenKind::kTimestamp:
      return "an instant";
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kBlockString:
      return "a string";
    case TokenKind::kFStringBegin:
    case TokenKind::kFStringText:
      return "an f-string";
    case TokenKind::kFStringOpen:
      return "`{`";
    case TokenKind::kFStringClose:
      return "the end of the braces";
    case TokenKind::kFStringEnd:
      return "the end of the f-string";
    case TokenKind::kPipe:
      return "`|`";
    case TokenKind::kLeftParen:
      return "`(`";
    case TokenKind::kRightParen:
      return "`)`";
    case TokenKind::kLeftBracket:
      return "`[`";
    case TokenKind::kRightBracket:
      return "`]`";
    case TokenKind::kLeftBrace:
      return "`{`";
    case TokenKind::kRightBrace:
      return "`}`";
    case TokenKind::kComma:
      return "`,`";
    case TokenKind::kColon:
      return "`:`";
    case TokenKind::kDot:
      return "`.`";
    case TokenKind::kQuestionDot:
      return "`?.`";
    case TokenKind::kEllipsis:
      return "`...`";
    case TokenKind::kQuestion:
      return "`?`";
    case TokenKind::kQuestionQuestion:
      return "`??`";
    case TokenKind::kBang:
      return "`!`";
    case TokenKind::kAssign:
      return "`=`";
    case TokenKind::kArrow:
      return "`->`";
    case TokenKind::kFatArrow:
      return "`=>`";
    case TokenKind::kEqual:
      return "`==`";
    case TokenKind::kNotEqual:
      return "`!=`";
    case TokenKind::kLess:
      return "`<`";
    case TokenKind::kLessEqual:
      return "`<=`";
    case TokenKind::kGreater:
      return "`>`";
    case TokenKind::kGreaterEqual:
      return "`>=`";
    case TokenKind::kPlus:
      return "`+`";
    case TokenKind::kMinus:
      return "`-`";
    case TokenKind::kStar:
      return "`*`";
    case TokenKind::kSlash:
      return "`/`";
    case TokenKind::kPercent:
      return "`%`";
    case TokenKind::kAmpersands:
      return "`&&`";
    case TokenKind::kPipes:
      return "`||`";
  }
  __builtin_unreachable();
}

namespace {

std::string_view kindName(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end";
    case TokenKind::kError:
      return "error";
    case TokenKind::kName:
      return token.is_quoted ? "quoted" : "word";
    case TokenKind::kInt:
      return "int";
    case TokenKind::kFloat:
      return "fraction";
    case TokenKind::kDuration:
      return "duration";
    case TokenKind::kSize:
      return "size";
    case TokenKind::kRate:
      return "rate";
    case TokenKind::kTimestamp:
      return "timestamp";
    case TokenKind::kString:
      return "string";
    case TokenKind::kRawString:
      return "raw";
    case TokenKind::kBlockString:
      return "block";
    case TokenKind::kFStringBegin:
      return "f-begin";
    case TokenKind::kFStringText:
      return "f-text";
    case TokenKind::kFStringOpen:
      return "f-open";
    case TokenKind::kFStringClose:
      return "f-close";
    case TokenKind::kFStringEnd:
      return "f-end";
    default:
      return "mark";
  }
}

std::string decimal(unsigned __int128 value) {
  if (value == 0) return "0";
  std::string digits;
  for (; value != 0; value /= 10) digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return digits;
}

// Source text and decoded strings on one line, whatever they contain.
std::string oneLine(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string valueOf(const TokenStream& stream, const Token& token) {
  switch (token.kind) {
    case TokenKind::kInt:
      return decimal(stream.number(token).value);
    case TokenKind::kSize:
      return decimal(stream.number(token).value) + " B";
    case TokenKind::kDuration:
      return fmt::format("{} us", stream.number(token).us);
    case TokenKind::kTimestamp:
      return fmt::format("{} us since 1970", stream.number(token).us);
    case TokenKind::kRate:
      return fmt::format("{} in {} us", decimal(stream.number(token).value), stream.number(token).per_us);
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kBlockString:
    case TokenKind::kFStringText:
      return oneLine(stream.string(token));
    default:
      return {};
  }
}

}  // namespace

std::string dumpTokens(const TokenStream& stream) {
  std::string out;
  for (const Token& token : stream.tokens) {
    const LineColumn at = stream.file->lineColumn(token.begin);
    std::string line = fmt::format("{}:{}\t{}\t{}", at.line, at.column, kindName(token), oneLine(stream.text(token)));
    if (const std::string value = valueOf(stream, token); !value.empty()) line += "\t= " + value;
    out += line + "\n";
  }
  return out;
}

}  // namespace streamc::lex
