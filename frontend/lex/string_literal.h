// What the text of a string literal stands for.
//
// Escapes: \n \t \r \0 \\ \" \' and \u{1F600}. In an f-string {{ and }} are braces. A block string """…""" has no
// escapes: it is the text as it stands, except that \r\n counts as \n, so that a checkout cannot change a program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"

namespace streamc::lex {

enum class EscapeMode : std::uint8_t { kString, kFString };

// Decodes the text of `content` (without its quotes). A bad escape is reported and stands for itself.
std::string decodeEscapes(const SourceFile& file, Span content, EscapeMode mode, DiagnosticSink& sink);

std::string decodeBlock(std::string_view content);

}  // namespace streamc::lex
