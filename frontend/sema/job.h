// What the checkers of one job share: the program that is being made, its parameters and functions.
//
// A Job is filled by graph.h (streams and steps); the expression checker only adds parameters, functions and notes
// about what is not executed yet.
#pragma once

#include <map>
#include <string>

#include "frontend/sema/context.h"
#include "frontend/sema/declarations.h"
#include "frontend/sema/program.h"
#include "frontend/sema/scope.h"

namespace streamc::sema {

class Job {
 public:
  Job(Context& context, Declarations& declarations) : context(context), declarations(declarations) {}

  Context& context;
  Declarations& declarations;
  Program program;

  // Index of a `param` in the program; the first use adds it. (params.cpp)
  uint32_t param(Entity& entity);
  // The typed body of a `fn`, checked at its first use. (functions.cpp)
  const CheckedFunction& function(Entity& entity);
  // Notes something that is checked and not executed, once per `what`.
  void notBuilt(const std::string& what, Span span);

 private:
  CheckedFunction makeFunction(Entity& entity);

  std::map<const Entity*, uint32_t> params_;
  std::map<const Entity*, CheckedFunction> functions_;
};

}  // namespace streamc::sema
