// The kinds of diagnostics that several files of this room raise. Each is declared in the file named here.
#pragma once

#include "dsl/diagnostic.h"

namespace streamc::sema {

extern const DiagnosticKind kUnknownName;   // E0202 names.cpp
extern const DiagnosticKind kNoTime;        // E0301 steps_window.cpp
extern const DiagnosticKind kEndlessState;  // E0501 steps_aggregate.cpp

}  // namespace streamc::sema
