// "Did you mean": the known name that is nearest to one that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"

namespace streamc::sema {

// The candidate with the least edit distance (a transposition counts once), if it is near enough to be a slip of the
// fingers; "" otherwise. Of equally near ones the first.
std::string nearest(std::string_view wanted, const std::vector<std::string>& candidates);

// Adds what a person needs after an unknown name: the nearest candidate as an edit, and the names in scope, nearest
// first. `what` is the plural of the kind of name: "fields", "streams".
void suggest(Diagnostic& diagnostic, Span span, std::string_view wanted, const std::vector<std::string>& candidates,
             std::string_view what);

}  // namespace streamc::sema
