// "Did you mean": the names in scope that are nearest to a name that is not.
//
// Distance is the optimal string alignment distance (Damerau–Levenshtein without overlapping edits), where a change of
// case costs half. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace streamc {

// In halves: 2 per inserted, deleted, replaced or swapped character, 1 per character that differs in case only. Gives
// up and returns limit + 1 as soon as the distance must exceed `limit`.
std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit);

// The candidates that a person could have meant by `name`, nearest first, equally near ones in the order given, at most
// `count`. Near means: within a third of the name's length (at least one edit), or one is the beginning of the other.
std::vector<std::string> suggest(std::string_view name, std::span<const std::string_view> candidates,
                                 std::size_t count = 3);
std::vector<std::string> suggest(std::string_view name, std::span<const std::string> candidates, std::size_t count = 3);

// "`a`", "`a` or `b`", "`a`, `b` or `c`"
std::string orList(std::span<const std::string> names);

}  // namespace streamc
