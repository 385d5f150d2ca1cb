#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "dsl/render.h"
#include "dsl/unicode.h"

namespace streamc {

namespace {

// A JSON string; what is not UTF-8 becomes U+FFFD.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const unicode::Decoded c = unicode::decode(text);
    if (c.code_point == '"' || c.code_point == '\\') {
      out += '\\';
      out += static_cast<char>(c.code_point);
    } else if (c.code_point == '\n') {
      out += "\\n";
    } else if (c.code_point == '\t') {
      out += "\\t";
    } else if (c.code_point < 0x20 || c.code_point == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(c.code_point));
    } else if (!c.valid) {
      out += "\\ufffd";
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out + "\"";
}

// "file": …, "line": …, … without braces
std::string place(Span span, const SourceFiles& files) {
  const SourceFile& file = files.get(span);
  const LineColumn begin = file.lineColumn(span.begin);
  const LineColumn end = file.lineColumn(span.end);
  return fmt::format(
      R"("file": {}, "line": {}, "column": {}, "end_line": {}, "end_column": {}, "begin": {}, "end": {})",
      quoted(file.name()), begin.line, begin.column, end.line, end.column, span.begin, span.end);
}

std::string labelJson(const Label& label, bool is_primary, const SourceFiles& files) {
  return fmt::format(R"({{{}, "label": {}, "primary": {}}})", place(label.span, files), quoted(label.text), is_primary);
}

std::string_view nameOf(Applicability applicability) {
  switch (applicability) {
    case Applicability::kMachineApplicable:
      return "machine_applicable";
    case Applicability::kMaybeIncorrect:
      return "maybe_incorrect";
    case Applicability::kHasPlaceholders:
      return "has_placeholders";
  }
  __builtin_unreachable();
}

std::string fixJson(const Fix& fix, const SourceFiles& files) {
  std::string edits;
  for (const Edit& edit : fix.edits) {
    if (!edits.empty()) edits += ", ";
    edits += fmt::format(R"({{{}, "replacement": {}}})", place(edit.span, files), quoted(edit.replacement));
  }
  return fmt::format(R"({{"help": {}, "applicability": "{}", "edits": [{}]}})", quoted(fix.help),
                     nameOf(fix.applicability), edits);
}

}  // namespace

std::string jsonDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files) {
  const SourceFile& file = files.get(diagnostic.primary.span);
  const LineColumn at = file.lineColumn(diagnostic.primary.span.begin);
  std::string spans = labelJson(diagnostic.primary, true, files);
  for (const Label& label : diagnostic.secondary) spans += ", " + labelJson(label, false, files);
  std::string notes;
  for (const std::string& note : diagnostic.notes) notes += (notes.empty() ? "" : ", ") + quoted(note);
  std::string fixes;
  for (const Fix& fix : diagnostic.fixes) fixes += (fixes.empty() ? "" : ", ") + fixJson(fix, files);
  return fmt::format(
      R"({{"code": "{}", "severity": "{}", "message": {}, "file": {}, "line": {}, "column": {}, "spans": [{}], )"
      R"("notes": [{}], "fixes": [{}]}})"
      "\n",
      diagnostic.code(), diagnostic.severity == Severity::kError ? "error" : "warning", quoted(diagnostic.message),
      quoted(file.name()), at.line, at.column, spans, notes, fixes);
}

std::string jsonDiagnostics(const DiagnosticSink& sink, const SourceFiles& files) {
  std::string out;
  for (const Diagnostic& diagnostic : sink.diagnostics()) out += jsonDiagnostic(diagnostic, files);
  return out;
}

}  // namespace streamc
