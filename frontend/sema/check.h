// check: from a parsed file to checked jobs. Everything that a text can get wrong is found here; behind it nothing
// fails.
//
// Called by tools/driver after parse and before lower, by the language server and by `streamc test`. A pure function of
// texts: the modules of `use "file.stream"` come through a callback, so nothing here opens a file. Not thread safe (a
// DiagnosticSink is not); independent calls may run at the same time.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "frontend/ast/ast.h"
#include "frontend/sema/program.h"

namespace streamc::sema {

// What the driver knows about `use "path"`: the parsed module (the same object for the same file, so that a file is one
// module however often it is used), or the reason why there is none.
struct LoadedModule {
  const ast::Module* module = nullptr;
  std::string error;  // "cannot be read: No such file or directory"
};
// `path` as written; `from` is the file that says `use`. The module and its SourceFile must outlive the call of check.
using ModuleLoader = std::function<LoadedModule(std::string_view path, FileId from)>;

struct CheckOptions {
  ModuleLoader load;  // may be empty: then `use "…"` is an error
};

// One Program per job of the file, in the order of the text; a file without `job … { }` blocks is one job, named by its
// `job` line or its file. Reports to `sink`; empty exactly when an error was reported (in this call or before it).
std::vector<Program> check(const ast::Module& module, const SourceFiles& files, DiagnosticSink& sink,
                           const CheckOptions& options = {});

// What a program uses that is checked but not executed yet: as E0109 for `run` and `build`, which must stop then, or as
// W0109 for `check`. Returns whether there was any.
bool reportNotBuilt(const Program& program, Severity severity, DiagnosticSink& sink);

// The stable text behind --emit=program.
std::string dump(const Program& program, const SourceFiles& files);

}  // namespace streamc::sema
