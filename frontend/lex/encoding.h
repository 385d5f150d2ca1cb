// The bytes of a text, before any meaning: is it UTF-8, without NUL?
//
// Called once a file by the lexer, so that a byte is complained about wherever it stands, comments and strings
// included.
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"

namespace streamc::lex {

// Reports UTF-16, invalid UTF-8 and NUL bytes, a run at a time and a few runs at most. False if the text is in another
// encoding altogether, so that reading on would only give noise.
bool reportBadEncoding(const SourceFile& file, DiagnosticSink& sink);

}  // namespace streamc::lex
