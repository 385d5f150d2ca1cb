// The tree as text, for --emit=ast and for goldens: one node a line, indented under its parent, with its line and
// column.
//
//     source orders @1:1
//       type: Order @1:16
//       from: call @1:27
//         callee: name kafka @1:27
//
// A word with a colon says which part of its parent a node is. Pure and stable: the same tree gives the same text.
#pragma once

#include <string>

#include "dsl/source_file.h"
#include "frontend/ast/ast.h"

namespace streamc::ast {

// REQUIRES: `module` was parsed from `file`.
std::string dumpAst(const Module& module, const SourceFile& file);

}  // namespace streamc::ast
