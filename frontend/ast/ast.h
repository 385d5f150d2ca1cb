// The abstract syntax tree: a file as written, before anything is known about names and types.
//
// Made by parse::parse, read by sema and by the formatter; nobody changes it afterwards. It covers the whole grammar of
// the language, a node for each production, in four headers:
//
//     expr.h  names, literals, expressions          step.h  pipelines and their steps
//     type.h  types and parameters                  decl.h  declarations, processes, tests
//
// A node is a plain struct; where a place may hold several kinds there is a std::variant called `node` (ask with
// `as<T>()`, or std::visit to be told by the compiler when a kind is added). The tree owns its children by unique_ptr.
//
// Invariants
//  1. Every node has the Span of its source text, names have their own. Spans of children lie within their parent's.
//  2. A pointer whose comment does not say "may be null" is set, unless the Decl around it is_broken; even then it is
//  an
//     Error… node wherever one exists. An Error… node means: reported already, stay silent.
//  3. Expression trees are at most kMaxExprDepth deep and blocks at most kMaxNesting, so recursive walks are safe.
//  4. ExprIds are dense: 0 … expr_count − 1, children before parents.
//
// Copying is not possible; moving is cheap. Thread safe as long as nobody writes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/ast/decl.h"

namespace streamc::ast {

// One file.
struct Module {
  FileId file = 0;
  Span span;
  std::vector<DeclPtr> decls;  // in the order of the text
  std::uint32_t expr_count = 0;
};

// Nesting of parentheses, brackets, braces, blocks, types and pipelines that the parser follows; E0110 beyond it.
inline constexpr std::uint32_t kMaxNesting = 256;

}  // namespace streamc::ast
