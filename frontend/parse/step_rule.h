// The table of steps: the word, the function that reads what follows it, and the form that messages show.
#pragma once

#include <string_view>

#include "frontend/parse/parser.h"

namespace streamc::parse {

struct Parser::StepRule {
  std::string_view word;
  ast::Step::Node (Parser::*parse)();
  std::string_view form;
};

}  // namespace streamc::parse
