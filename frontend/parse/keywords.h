// The words that the grammar gives a meaning, by the place where it does. Everywhere else they are names.
//
// The oracle test compares kContinuationWords with what the LALR grammar says.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace streamc::parse {

// At the start of a top-level flow these win over a stream of that name; back-quotes give the name back.
inline constexpr std::array<std::string_view, 20> kDeclarationWords = {
    "channel", "extern", "fn",     "for", "from",   "job",   "live", "param", "pipe",  "process",
    "service", "sink",   "source", "sql", "stream", "table", "test", "type",  "union", "use"};

// Words that can continue what stands before them: a flow, a statement and a definition of `match` may not begin with
// one, because the text before would swallow it ("Settled" rule 1). The set is closed under every place, so that
// whether a name needs back-quotes does not depend on the line above it.
inline constexpr std::array<std::string_view, 60> kContinuationWords = {
    "after", "agg",     "and",         "as",        "asc",    "assume", "before", "by",     "cancel", "catch",
    "check", "clear",   "contains",    "cost",      "delete", "desc",   "div",    "else",   "emit",   "empty",
    "every", "evolves", "expect",      "fails",     "given",  "idle",   "if",     "in",     "is",     "key",
    "late",  "let",     "match",       "max",       "mod",    "nondet", "not",    "offset", "on",     "or",
    "order", "ordered", "overlapping", "per",       "pure",   "reject", "return", "state",  "then",   "time",
    "timer", "to",      "ttl",         "unbounded", "via",    "wait",   "when",   "where",  "with",   "within"};

// The beginnings of statements: they win over a variable of that name.
inline constexpr std::array<std::string_view, 10> kStatementWords = {"cancel", "clear", "emit",   "for",    "if",
                                                                     "let",    "match", "reject", "return", "timer"};

// At the start of an expression these are not names.
inline constexpr std::array<std::string_view, 7> kExpressionWords = {"false", "if",   "match", "not",
                                                                     "null",  "this", "true"};

template <std::size_t N>
constexpr bool isOneOf(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace streamc::parse
