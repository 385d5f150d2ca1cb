// The lexer: a text → tokens.
//
// Called by the driver for every file, and by the language server for every keystroke. It never fails: what is not a
// token is reported, skipped, and leaves a kError token or, where the meaning is plain (`&&`, 'single quotes', a
// stray `;`), the token that was meant. Linear in the length of the text, for any bytes.
//
// Tokens are those of the grammar's terminals. The traps are the numbers: `10/s` is a rate and `10 / s` a division;
// `1h30m` is one duration; `10kB` is nothing; `1.5and` is a fraction and a word. The order in which the forms are
// tried, and what may follow them, are in number.h.
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "frontend/lex/token.h"

namespace streamc::lex {

// A number, duration, size or instant that cannot be represented. The parser raises it too: a duration has whole
// microseconds everywhere but in the `cost` of a function.
extern const DiagnosticKind kBadValue;  // E0116

TokenStream lex(const SourceFile& file, DiagnosticSink& sink);

}  // namespace streamc::lex
