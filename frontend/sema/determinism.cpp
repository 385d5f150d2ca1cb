// What may differ on a replay must not decide which row is replaced. Member of Graph.
#include "frontend/sema/graph.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kKeyChanges, "E0702", Severity::kError,
                   "a value that changes on replay is part of a key of a table or keyed sink");
STREAMC_DIAGNOSTIC(kGroupChanges, "W0702", Severity::kWarning, "a value that changes on replay is part of a key");

void Graph::keyChanges(const Nondeterminism& why, Span span, const std::string& key, bool overwrites) {
  Diagnostic diagnostic(overwrites ? kKeyChanges : kGroupChanges, span,
                        "a value that changes on replay is part of a key");
  diagnostic.label("`" + key + "` is a key here");
  if (why.span != span) diagnostic.because(why.span, "not deterministic");
  diagnostic.note(overwrites
                      ? "after a crash the same record would be counted under a second key, and the first would stay"
                      : "a backfill would group the same records in another way");
  if (why.what == "now") diagnostic.fix(Fix::replace(why.span, "event_time", "use the time of the record"));
  context.sink.report(std::move(diagnostic));
}

}  // namespace streamc::sema
