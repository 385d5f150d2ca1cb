#include "frontend/lex/encoding.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "dsl/unicode.h"

namespace streamc::lex {

STREAMC_DIAGNOSTIC(kBadEncoding, "E0111", Severity::kError, "the text is not UTF-8");

namespace {

// More runs than this are one fact: the file is not text.
constexpr int kRunsReported = 4;

enum class Byte : std::uint8_t { kFine, kNul, kInvalid };

}  // namespace

bool reportBadEncoding(const SourceFile& file, DiagnosticSink& sink) {
  const std::string_view text = file.text();
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    sink.report(Diagnostic(kBadEncoding, file.span(0, 2), "this file is in UTF-16")
                    .note("source files are UTF-8; save it again in that encoding"));
    return false;
  }
  int runs = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (const auto byte = static_cast<unsigned char>(text[at]); byte != 0 && byte < 0x80) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const auto classify = [&](std::uint32_t& bytes) {
      const unicode::Decoded c = unicode::decode(text.substr(at));
      bytes = c.bytes;
      return !c.valid ? Byte::kInvalid : c.code_point == 0 ? Byte::kNul : Byte::kFine;
    };
    std::uint32_t bytes = 1;
    const Byte kind = classify(bytes);
    at += bytes;
    if (kind == Byte::kFine) continue;
    while (at < text.size() && classify(bytes) == kind) at += bytes;
    if (++runs > kRunsReported) {
      sink.report(Diagnostic(kBadEncoding, file.span(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)),
                             "and more such bytes; is this a text file?"));
      return true;
    }
    const Span where = file.span(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at));
    const auto byte = static_cast<unsigned char>(text[begin]);
    sink.report(kind == Byte::kNul
                    ? Diagnostic(kBadEncoding, where, where.size() == 1 ? "a NUL byte" : "NUL bytes").label("no text")
                    : Diagnostic(kBadEncoding, where, "these bytes are not UTF-8")
                          .label(fmt::format("the first is 0x{:02X}", byte)));
  }
  return true;
}

}  // namespace streamc::lex
