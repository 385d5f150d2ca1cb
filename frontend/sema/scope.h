// Names of declarations: what a file, a job in it, a turn of `for` or a call of `pipe` declares, one inside the other.
//
// Types have a name space of their own, everything else shares one. A Scope is filled once (declarations.h), then only
// read; entities are owned by the Declarations that made them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/source_file.h"
#include "dsl/type.h"
#include "frontend/ast/ast.h"
#include "frontend/sema/program.h"

namespace streamc::sema {

struct Scope;
struct StreamInfo;

enum class Progress : uint8_t { kUnvisited, kActive, kDone };

// A declared name. What it means is worked out when it is first asked for; `progress` finds cycles.
struct Entity {
  const ast::Decl* decl = nullptr;
  const ast::ExternFn* extern_fn = nullptr;  // of an `extern` block
  const ast::Name* name = nullptr;
  Scope* home = nullptr;
  Progress progress = Progress::kUnvisited;
  TypeRef type = nullptr;  // of a type, once resolved
};

// A parsed function body, typed once and used by every call.
struct CheckedFunction {
  Progress progress = Progress::kUnvisited;
  std::vector<TypeRef> params;
  TypeRef result = nullptr;
  ExprRef body;  // over kLocal names of the parameters; null for what has no text (live, extern)
};

struct Scope {
  Scope* parent = nullptr;
  const ast::Module* module = nullptr;
  std::map<std::string, Entity*, std::less<>> types;
  std::map<std::string, Entity*, std::less<>> values;
  std::map<std::string, Scope*, std::less<>> modules;             // `use … as m`; null: could not be read, reported
  std::map<std::string, ExprRef, std::less<>> constants;          // variable of `for`, arguments of a `pipe`
  std::map<std::string, const StreamInfo*, std::less<>> streams;  // stream arguments of a `pipe`
  std::map<std::string, TypeRef, std::less<>> type_arguments;     // row variables of a `pipe`

  const Entity* findType(std::string_view name) const;
  Entity* findValue(std::string_view name) const;
  // Whether `name` is a module here; `*found` is null when it could not be read.
  bool findModule(std::string_view name, Scope** found) const;
  const ExprRef* findConstant(std::string_view name) const;
  const StreamInfo* findStream(std::string_view name) const;

  std::vector<std::string> typeNames() const;
  // Names of the values whose declaration passes `keep`, innermost first.
  template <typename Keep>
  std::vector<std::string> valueNames(Keep keep) const {
    std::vector<std::string> names;
    for (const Scope* scope = this; scope != nullptr; scope = scope->parent) {
      for (const auto& [name, entity] : scope->values) {
        if (keep(*entity->decl)) names.push_back(name);
      }
    }
    return names;
  }
};

}  // namespace streamc::sema
