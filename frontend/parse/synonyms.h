// Words of SQL and of other stream languages, and what is written here instead. One row a word.
#pragma once

#include <string_view>

namespace streamc::parse {

struct Synonym {
  std::string_view word;         // in small letters
  std::string_view advice;       // continues "there is no step `having`: "
  std::string_view replacement;  // of the word alone, where that is all it takes
};

// The row of a word in small letters, or null.
const Synonym* findSynonym(std::string_view word);

}  // namespace streamc::parse
