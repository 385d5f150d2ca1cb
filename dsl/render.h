// Diagnostics as text for a person, and as JSON lines for a program. The same structure in both.
//
//     error[E0203]: `price` may be null, so `>` has no answer for it
//      --> bids.stream:9:9
//       |
//     3 | type Bid = { id: i64, price: f64? }
//       |                              ---- declared optional here
//     ...
//     9 | | where price > 5
//       |         ^^^^^ f64?
//       |
//       = note: SQL would drop these records without a word
//     help: leave bids without a price out, and price is an f64 from here on
//     9 | | where price != null and price > 5
//     + |               ~~~~~~~~~~~~~~~~~~
//
// Called by the driver only. Carets stand under what they mean in terminal cells: tabs go to the next multiple of four,
// wide characters take two cells, control characters and invalid bytes are shown as stand-ins. A line that is too long
// is shown around what matters. Pure; output ends with a line end.
#pragma once

#include <string>
#include <vector>

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"

namespace streamc {

struct RenderOptions {
  bool use_colour = false;  // the caller decides: a terminal, and no NO_COLOR
};

std::string renderDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files, const RenderOptions& options = {});

// All of a sink in its order, an empty line between two, and the count at the end ("2 errors, 1 warning").
std::string renderDiagnostics(const DiagnosticSink& sink, const SourceFiles& files, const RenderOptions& options = {});

// One JSON object on one line: code, severity, message, file, line, column (of the primary span, 1-based, in code
// points), spans, notes, fixes. Spans and edits carry line, column, end_line, end_column and the byte offsets begin,
// end.
std::string jsonDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files);
std::string jsonDiagnostics(const DiagnosticSink& sink, const SourceFiles& files);

}  // namespace streamc
