// Declarations that are checked on their own: tests, services, processes and pipes that nobody has called.
#pragma once

#include "frontend/sema/graph.h"

namespace streamc::sema {

// test "…" { given … expect … }   (tests.cpp)
void checkTest(Graph& graph, const ast::TestDecl& test, Scope& scope);
// Settings and signatures of a service. (services.cpp)
void checkService(Graph& graph, Entity& entity);
// Handlers, states and outputs. (processes.cpp)
void checkProcess(Graph& graph, Entity& entity);
// Types of the parameters; the body is checked at each call. (pipes.cpp)
void checkPipe(Graph& graph, Entity& entity);

}  // namespace streamc::sema
