#include "dsl/diagnostic.h"

#include <algorithm>
#include <numeric>

namespace streamc {

namespace {
// Kinds link themselves into this list before main starts; constant-initialised, so the order of files does not matter.
constinit const DiagnosticKind* first_kind = nullptr;
}  // namespace

DiagnosticKind::DiagnosticKind(const char* name, const char* code, Severity severity, const char* summary,
                               const char* declared_in)
    : name_(name), code_(code), severity_(severity), summary_(summary), declared_in_(declared_in), next_(first_kind) {
  first_kind = this;
}

std::vector<const DiagnosticKind*> registeredDiagnostics() {
  std::vector<const DiagnosticKind*> kinds;
  for (const DiagnosticKind* kind = first_kind; kind != nullptr; kind = kind->next_) kinds.push_back(kind);
  std::sort(kinds.begin(), kinds.end(), [](const DiagnosticKind* a, const DiagnosticKind* b) {
    return std::pair(a->code(), a->name()) < std::pair(b->code(), b->name());
  });
  return kinds;
}

Fix Fix::replace(Span span, std::string text, std::string help, Applicability applicability) {
  return {std::move(help), {{span, std::move(text)}}, applicability};
}
Fix Fix::insertBefore(Span span, std::string text, std::string help, Applicability applicability) {
  return {std::move(help), {{span.atBegin(), std::move(text)}}, applicability};
}
Fix Fix::insertAfter(Span span, std::string text, std::string help, Applicability applicability) {
  return {std::move(help), {{span.atEnd(), std::move(text)}}, applicability};
}
Fix Fix::remove(Span span, std::string help, Applicability applicability) {
  return {std::move(help), {{span, ""}}, applicability};
}
Fix Fix::advice(std::string help) { return {std::move(help), {}, Applicability::kMaybeIncorrect}; }

std::string excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 60;
  if (text.size() <= kBytesMax) return std::string(text);
  std::size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

void DiagnosticSink::report(Diagnostic diagnostic) {
  ++(diagnostic.severity == Severity::kError ? error_count_ : warning_count_);
  if (diagnostics_.size() == kMaxKept) {
    ++dropped_count_;
    return;
  }
  diagnostics_.push_back(std::move(diagnostic));
}

void DiagnosticSink::sortByPlace() {
  std::vector<std::size_t> order(diagnostics_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(diagnostics_[a].primary.span, a) < std::pair(diagnostics_[b].primary.span, b);
  });
  std::vector<Diagnostic> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(std::move(diagnostics_[i]));
  diagnostics_ = std::move(sorted);
}

}  // namespace streamc
