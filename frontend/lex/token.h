// Tokens: what the lexer makes of a text, and what the parser reads.
//
// A word is always kName; whether it is a keyword depends on its place, so the parser decides. A quoted `name` never is
// one. A text that could not be read is kError and has been reported: the parser takes it for anything and stays
// silent.
//
// An f-string is a bracketed run of tokens, so that its expressions have their own places:
//     f"a{b + 1}c"   →   kFStringBegin kFStringText("a") kFStringOpen b + 1 kFStringClose kFStringText("c") kFStringEnd
//
// A TokenStream refers to the SourceFile it was made from, which must outlive it. Immutable, hence thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/source_file.h"

namespace streamc::lex {

enum class TokenKind : std::uint8_t {
  kEnd,
  kError,
  kName,
  kInt,
  kFloat,
  kDuration,
  kSize,
  kRate,
  kTimestamp,
  kString,       // "…"
  kRawString,    // r"…"
  kBlockString,  // """…"""
  kFStringBegin,
  kFStringText,
  kFStringOpen,
  kFStringClose,
  kFStringEnd,
  kPipe,              // |
  kLeftParen,         // (
  kRightParen,        // )
  kLeftBracket,       // [
  kRightBracket,      // ]
  kLeftBrace,         // {
  kRightBrace,        // }
  kComma,             // ,
  kColon,             // :
  kDot,               // .
  kQuestionDot,       // ?.
  kEllipsis,          // ...
  kQuestion,          // ?
  kQuestionQuestion,  // ??
  kBang,              // !
  kAssign,            // =
  kArrow,             // ->
  kFatArrow,          // =>
  kEqual,             // ==
  kNotEqual,          // !=
  kLess,              // <
  kLessEqual,         // <=
  kGreater,           // >
  kGreaterEqual,      // >=
  kPlus,              // +
  kMinus,             // -
  kStar,              // *
  kSlash,             // /
  kPercent,           // %
  kAmpersands,        // &&, which is `and` elsewhere: the parser says so
  kPipes,             // ||, which is `or` elsewhere
};

// The value of a kInt (value), kDuration (us, and ns_rest of 0 … 999 on top), kSize (value, bytes), kRate (value in
// per_us) or kTimestamp (us, since 1970 UTC).
struct NumberValue {
  unsigned __int128 value = 0;
  std::uint64_t per_us = 1;
  std::int64_t us = 0;
  std::uint32_t ns_rest = 0;
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  bool is_quoted = false;    // kName: written in back-quotes
  bool after_break = false;  // first token of its line
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t payload = 0;  // index into strings or numbers, by kind
};

// A comment, for the formatter and for doc comments.
struct Comment {
  std::uint32_t begin = 0;  // of the `#`
  std::uint32_t end = 0;    // before the line end
};

struct TokenStream {
  const SourceFile* file = nullptr;
  std::vector<Token> tokens;  // ends with one kEnd
  std::vector<std::string> strings;
  std::vector<NumberValue> numbers;
  std::vector<Comment> comments;  // in the order of the text

  Span span(const Token& token) const { return file->span(token.begin, token.end); }
  std::string_view text(const Token& token) const { return file->text(span(token)); }
  // A name without its back-quotes; also right for a name that had none. REQUIRES: kName.
  std::string_view name(const Token& token) const;
  // The decoded text. REQUIRES: a string or a kFStringText.
  const std::string& string(const Token& token) const { return strings[token.payload]; }
  // REQUIRES: kInt, kDuration, kSize, kRate or kTimestamp.
  const NumberValue& number(const Token& token) const { return numbers[token.payload]; }
};

// How a message speaks of the kind: "a name", "a string", "`|`", …
std::string_view describe(TokenKind kind);

// One token a line: `line:column  kind  text`, with the value where it is not the text. For --emit=tokens and goldens.
std::string dumpTokens(const TokenStream& tokens);

}  // namespace streamc::lex
