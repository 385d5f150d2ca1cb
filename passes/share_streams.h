// Equal sources are read once, equal steps over the same rows are computed once, whoever wrote them down twice.
//
//     %0 = stream.source "a" connector "nexmark" {…}          %0 = stream.source "a" connector "nexmark" {…}
//     %1 = stream.source "b" connector "nexmark" {…}     →    %2 = stream.where %0 … step "where" id "x/where"
//     %2 = stream.where %0 … step "where" id "x/where"        … %2 … %2 …
//     %3 = stream.where %1 … step "where" id "y/where"
//
// Steps are equal but for their names. So those that may reject stay apart: a rejected row says which step it was, and
// goes where that step's errors go. For the same reason sources are shared that make their rows themselves; one that
// decodes what others wrote may fail, once for each name that was given to it. (Flows that name one source always share
// its scan.) Of shared sources the union of columns is read.
//
// Nothing is shared whose rows are told apart by where they come from (`sample`, ties of `first` and `last`), nor what
// has state: the table of a step is found again by the step's name.
#pragma once

#include <memory>

#include "mlir/Pass/Pass.h"
#include "passes/notes.h"

namespace streamc::passes {

// `notes` may be null; else it lives as long as the pass.
std::unique_ptr<mlir::Pass> createShareStreamsPass(Notes* notes = nullptr);

}  // namespace streamc::passes
