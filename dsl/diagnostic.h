// Diagnostics: what the compiler tells the person who wrote the text.
//
// A *kind* is declared once, beside the check that raises it:
//
//     STREAMC_DIAGNOSTIC(kMissingPipe, "E0103", Severity::kError, "a step needs `|` in front of it");
//
// at namespace scope of a .cpp file (declare it `extern const DiagnosticKind kMissingPipe;` in a header of the room if
// several files raise it). The declaration registers itself, so registeredDiagnostics() is the list of all kinds of the
// program that is linked; the tests compare it with the golden tests and fail when a code is doubled, unused or
// untested. `summary` is the general case in one line, for the reference; a raised Diagnostic words its own case.
//
//     sink.report(Diagnostic(kMissingPipe, span, "`where` is a step, so it needs `|` in front of it")
//                     .label("add `|` here")
//                     .note("…")
//                     .fix(Fix::insertBefore(span, "| ", "put `|` in front")));
//
// Messages follow three rules: the user's words (no plan nodes, no internal types), one primary span plus the spans
// that caused the fact, and a fix that is an edit wherever one exists. Not thread safe; one sink per compilation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/source_file.h"

namespace streamc {

enum class Severity : std::uint8_t { kError, kWarning };

// One row of the table of diagnostics. `code` is "E" or "W" and four digits: E01 syntax and names of steps, E02 types
// and expressions, E03 time, E04 kinds, windows and sinks, E05 state bounds, E06 evolution, E07 determinism, E08
// delivery and connectors; a warning about the same fact has the same number.
class DiagnosticKind {
 public:
  DiagnosticKind(const char* name, const char* code, Severity severity, const char* summary, const char* declared_in);
  DiagnosticKind(const DiagnosticKind&) = delete;
  DiagnosticKind& operator=(const DiagnosticKind&) = delete;

  std::string_view name() const { return name_; }
  std::string_view code() const { return code_; }
  Severity severity() const { return severity_; }
  std::string_view summary() const { return summary_; }
  std::string_view declaredIn() const { return declared_in_; }

 private:
  friend std::vector<const DiagnosticKind*> registeredDiagnostics();
  const char* name_;
  const char* code_;
  Severity severity_;
  const char* summary_;
  const char* declared_in_;
  const DiagnosticKind* next_;
};

// All kinds of the linked program, by code. REQUIRES: static initialisation is over.
std::vector<const DiagnosticKind*> registeredDiagnostics();

#define STREAMC_DIAGNOSTIC(name, code, severity, summary) \
  const ::streamc::DiagnosticKind name { #name, code, severity, summary, __FILE__ }

// How sure a fix is, as in rustc. `streamc fix` applies the first kind only.
enum class Applicability : std::uint8_t {
  kMachineApplicable,  // what the user meant, beyond reasonable doubt
  kMaybeIncorrect,     // valid text, but one of several that could be meant
  kHasPlaceholders,    // contains `…` to be filled in
};

// Replace the text of `span` by `replacement`; an empty span inserts.
struct Edit {
  Span span;
  std::string replacement;
};

// One way out: what it does, in words, and the edits that do it (none when the advice is only words).
struct Fix {
  std::string help;
  std::vector<Edit> edits;
  Applicability applicability = Applicability::kMaybeIncorrect;

  static Fix replace(Span span, std::string text, std::string help,
                     Applicability applicability = Applicability::kMaybeIncorrect);
  static Fix insertBefore(Span span, std::string text, std::string help,
                          Applicability applicability = Applicability::kMaybeIncorrect);
  static Fix insertAfter(Span span, std::string text, std::string help,
                         Applicability applicability = Applicability::kMaybeIncorrect);
  static Fix remove(Span span, std::string help, Applicability applicability = Applicability::kMaybeIncorrect);
  static Fix advice(std::string help);
};

struct Label {
  Span span;
  std::string text;
};

// One message. Built with the chained setters; plain data otherwise.
struct Diagnostic {
  Diagnostic(const DiagnosticKind& of_kind, Span span, std::string message_text)
      : kind(&of_kind), severity(of_kind.severity()), message(std::move(message_text)), primary{span, {}} {}

  const DiagnosticKind* kind;
  Severity severity;  // may be raised above the kind's (`--release` turns W0402 into an error)
  std::string message;
  Label primary;
  std::vector<Label> secondary;
  std::vector<std::string> notes;
  std::vector<Fix> fixes;

  std::string_view code() const { return kind->code(); }

  // Text under the primary span.
  Diagnostic& label(std::string text) { return primary.text = std::move(text), *this; }
  // Another span that helped to cause this.
  Diagnostic& because(Span span, std::string text) { return secondary.push_back({span, std::move(text)}), *this; }
  Diagnostic& note(std::string text) { return notes.push_back(std::move(text)), *this; }
  Diagnostic& fix(Fix fix) { return fixes.push_back(std::move(fix)), *this; }
};

// Text of the user inside a message: as it is, or its beginning and `…` when it is long.
std::string excerpt(std::string_view text);

// Collects the messages of a compilation, in the order in which they were found.
class DiagnosticSink {
 public:
  // Beyond this many errors a text is noise, not a program; further reports only count.
  static constexpr std::size_t kMaxKept = 200;

  void report(Diagnostic diagnostic);

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  std::size_t errorCount() const { return error_count_; }
  std::size_t warningCount() const { return warning_count_; }
  bool hasErrors() const { return error_count_ != 0; }
  // Reports that were counted and not kept.
  std::size_t droppedCount() const { return dropped_count_; }
  // By file and place, for printing; stable for equal places.
  void sortByPlace();

 private:
  std::vector<Diagnostic> diagnostics_;
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
  std::size_t dropped_count_ = 0;
};

}  // namespace streamc
