// The parser: tokens → the tree of one file.
//
// Called by the driver after lex::lex, and by the language server. It never fails and never stops: what cannot be read
// becomes an Error… node and a diagnostic, and reading goes on at the next step, statement or declaration. One mistake
// is one message. Linear time and bounded recursion for any token stream.
//
// The grammar is the one in the language reference; test/oracle checks that both accept the same texts.
#pragma once

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "frontend/ast/ast.h"
#include "frontend/lex/token.h"

namespace streamc::parse {

// REQUIRES: `tokens` was made from `file`.
ast::Module parse(const SourceFile& file, const lex::TokenStream& tokens, DiagnosticSink& sink);

}  // namespace streamc::parse
