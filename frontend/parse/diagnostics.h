// The kinds of diagnostics that several files of the parser raise, and that sema raises too.
#pragma once

#include "dsl/diagnostic.h"

namespace streamc::parse {

extern const DiagnosticKind kSyntax;              // E0101 something else was expected here
extern const DiagnosticKind kMissingPipe;         // E0102 a step without `|`
extern const DiagnosticKind kUnknownDeclaration;  // E0103 no such declaration
extern const DiagnosticKind kUnknownStep;         // E0104 no such step (sema: and no pipe of that name)
extern const DiagnosticKind kForeignOperator;     // E0105 `=`, `<>`, `&&` …
extern const DiagnosticKind kSqlWord;             // E0106 `having`, `group by`, `select … from`
extern const DiagnosticKind kReservedStart;       // E0107 a flow begins with a word that can continue a step
extern const DiagnosticKind kFlowWithoutStep;     // E0108 a flow that does nothing
extern const DiagnosticKind kTooDeep;             // E0110 nested too deeply
extern const DiagnosticKind kComparisonChain;     // E0122 a < b < c
extern const DiagnosticKind kUnclosed;            // E0123 a bracket that is not closed

}  // namespace streamc::parse
