#include "frontend/lex/string_literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "dsl/unicode.h"

namespace streamc::lex {

STREAMC_DIAGNOSTIC(kBadEscape, "E0114", Severity::kError, "an escape that does not exist");

namespace {

// The character of a one-letter escape; '\0' is asked for apart.
char simpleEscape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '\\':
    case '"':
    case '\'':
      return c;
    default:
      return '\0';
  }
}

// {1F600} → its code point and its length with the braces; length 0 if it is none.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};
CodePoint bracedCodePoint(std::string_view text) {
  const std::size_t close = text.find('}');
  if (!text.starts_with('{') || close == std::string_view::npos || close < 2 || close > 7) return {};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + close, value, 16);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (error != std::errc() || end != text.data() + close || value > 0x10FFFF || surrogate) return {};
  return {value, close + 1};
}

// Reports the escape at `at` (the backslash) and returns how much text it takes.
std::size_t reportBadEscape(const SourceFile& file, Span content, std::size_t at, DiagnosticSink& sink) {
  const std::string_view text = file.text(content).substr(at);
  const auto where = [&](std::size_t length) {
    const auto begin = content.begin + static_cast<std::uint32_t>(at);
    return file.span(begin, begin + static_cast<std::uint32_t>(length));
  };
  const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  if (text.size() >= 6 && text[1] == 'u' && std::all_of(text.begin() + 2, text.begin() + 6, isHex)) {
    sink.report(Diagnostic(kBadEscape, where(6), "a code point stands in braces")
                    .fix(Fix::replace(where(6), fmt::format("\\u{{{}}}", text.substr(2, 4)), "write",
                                      Applicability::kMachineApplicable)));
    return 6;
  }
  if (text.size() >= 2 && text[1] == 'u') {
    sink.report(Diagnostic(kBadEscape, where(2), "`\\u` needs the number of a code point in braces, as in \\u{1F600}"));
    return 2;
  }
  const std::size_t length = text.size() < 2 ? 1 : 1 + unicode::decode(text.substr(1)).bytes;
  Diagnostic bad(kBadEscape, where(length), fmt::format("there is no escape `{}`", text.substr(0, length)));
  bad.note("the escapes are \\n \\t \\r \\0 \\\\ \\\" \\' and \\u{…}");
  bad.fix(Fix::insertBefore(where(length), "\\", "for a backslash, double it"));
  if (length == 2 && (text[1] == '{' || text[1] == '}')) {
    bad.fix(Fix::replace(where(length), std::string(2, text[1]), "for a brace in an f-string, double that"));
  }
  sink.report(std::move(bad));
  return length;
}

}  // namespace

std::string decodeEscapes(const SourceFile& file, Span content, EscapeMode mode, DiagnosticSink& sink) {
  const std::string_view text = file.text(content);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (mode == EscapeMode::kFString && (c == '{' || c == '}') && next == c) {
      out += c;
      i += 2;
    } else if (c != '\\') {
      out += c;
      ++i;
    } else if (next == '0' && i + 1 < text.size()) {
      out += '\0';
      i += 2;
    } else if (const char simple = simpleEscape(next); simple != '\0') {
      out += simple;
      i += 2;
    } else if (const CodePoint code = next == 'u' ? bracedCodePoint(text.substr(i + 2)) : CodePoint{};
               code.length != 0) {
      unicode::append(out, code.value);
      i += 2 + code.length;
    } else {
      const std::size_t length = reportBadEscape(file, content, i, sink);
      out += text.substr(i, length);
      i += length;
    }
  }
  return out;
}

std::string decodeBlock(std::string_view content) {
  std::string out;
  out.reserve(content.size());
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\r' && i + 1 < content.size() && content[i + 1] == '\n') continue;
    out += content[i];
  }
  return out;
}

}  // namespace streamc::lex
