#include "dsl/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "dsl/render_line.h"

namespace streamc {

namespace {

// A longer line is shown as a window of this many cells around its first label.
constexpr std::size_t kWindowCells = 140;
constexpr std::size_t kCellsBefore = 50;

enum class Style { kPlain, kError, kWarning, kPrimary, kSecondary, kGutter, kMessage, kHelp };

std::string_view escapeOf(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kError:
      return "\x1b[1;31m";
    case Style::kWarning:
      return "\x1b[1;33m";
    case Style::kPrimary:
      return "\x1b[1;31m";
    case Style::kSecondary:
      return "\x1b[1;34m";
    case Style::kGutter:
      return "\x1b[34m";
    case Style::kMessage:
      return "\x1b[1m";
    case Style::kHelp:
      return "\x1b[1;32m";
  }
  __builtin_unreachable();
}

// A label on one line of source.
struct LineLabel {
  std::size_t begin = 0;  // bytes in the line
  std::size_t end = 0;
  bool is_primary = false;
  std::string text;
};

// A line after an edit: its text and the changed ranges, in bytes.
struct EditedLine {
  std::uint32_t number = 0;  // 0: it is new
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> changes;
};

class Renderer {
 public:
  Renderer(const Diagnostic& diagnostic, const SourceFiles& files, const RenderOptions& options)
      : diagnostic_(diagnostic), files_(files), options_(options) {}

  std::string run() {
    measureGutter();
    const bool is_error = diagnostic_.severity == Severity::kError;
    out_ += paint(is_error ? Style::kError : Style::kWarning,
                  fmt::format("{}[{}]", is_error ? "error" : "warning", diagnostic_.code()));
    out_ += paint(Style::kMessage, ": " + diagnostic_.message) + "\n";
    renderSources();
    for (const std::string& note : diagnostic_.notes) renderNote(note);
    for (std::size_t i = 0; i < diagnostic_.fixes.size(); ++i) renderFix(diagnostic_.fixes[i], i != 0);
    return std::move(out_);
  }

 private:
  std::string paint(Style style, std::string_view text) const {
    if (!options_.use_colour || style == Style::kPlain || text.empty()) return std::string(text);
    return fmt::format("{}{}\x1b[0m", escapeOf(style), text);
  }

  std::uint32_t lineOf(Span span) const { return files_.get(span).lineColumn(span.begin).line; }

  void measureGutter() {
    std::uint32_t greatest = lineOf(diagnostic_.primary.span);
    for (const Label& label : diagnostic_.secondary) greatest = std::max(greatest, lineOf(label.span));
    for (const Fix& fix : diagnostic_.fixes) {
      for (const Edit& edit : fix.edits) greatest = std::max(greatest, lineOf(edit.span));
    }
    gutter_ = std::to_string(greatest).size();
  }

  // "12 | text", or "   | text" without a number, or "+ | ~~~"
  void line(std::string_view margin, std::string_view text) {
    out_ += paint(Style::kGutter, fmt::format("{:>{}} |", margin, gutter_));
    if (!text.empty()) out_ += fmt::format(" {}", text);
    while (out_.ends_with(' ')) out_.pop_back();
    out_ += '\n';
  }

  // ---------- the source with its labels ----------

  LineLabel labelOnLine(const Label& label, bool is_primary) const {
    const SourceFile& file = files_.get(label.span);
    const std::uint32_t number = lineOf(label.span);
    const std::string_view text = file.lineText(number);
    // lineText leaves out a byte order mark.
    const std::size_t line_begin = static_cast<std::size_t>(text.data() - file.text().data());
    const std::size_t begin = std::max<std::size_t>(label.span.begin, line_begin) - line_begin;
    const std::size_t end = std::max<std::size_t>(label.span.end, line_begin) - line_begin;
    return {std::min(begin, text.size()), std::min(end, text.size()), is_primary, label.text};
  }

  void renderSources() {
    // The primary's file first, then the others in the order of their labels.
    std::vector<FileId> order = {diagnostic_.primary.span.file};
    std::map<FileId, std::map<std::uint32_t, std::vector<LineLabel>>> lines;
    lines[order[0]][lineOf(diagnostic_.primary.span)].push_back(labelOnLine(diagnostic_.primary, true));
    for (const Label& label : diagnostic_.secondary) {
      if (lines.find(label.span.file) == lines.end()) order.push_back(label.span.file);
      lines[label.span.file][lineOf(label.span)].push_back(labelOnLine(label, false));
    }
    for (const FileId id : order) {
      const SourceFile& file = files_.get(id);
      const bool is_first = id == order[0];
      const std::uint32_t offset = is_first ? diagnostic_.primary.span.begin : file.lineStart(lines[id].begin()->first);
      const LineColumn at = file.lineColumn(offset);
      out_ += paint(Style::kGutter, fmt::format("{:>{}}{} ", "", gutter_, is_first ? "-->" : ":::"));
      out_ += fmt::format("{}:{}:{}\n", file.name(), at.line, at.column);
      line("", "");
      std::uint32_t last = 0;
      for (const auto& [number, labels] : lines[id]) {
        if (last != 0 && number != last + 1) out_ += paint(Style::kGutter, "...") + "\n";
        renderLine(file, number, labels);
        last = number;
      }
    }
    if (!diagnostic_.notes.empty() || !diagnostic_.fixes.empty()) line("", "");
  }

  void renderLine(const SourceFile& file, std::uint32_t number, const std::vector<LineLabel>& labels) {
    const RenderLine shown(file.lineText(number), labels.front().begin);
    const std::size_t from = windowBegin(shown, shown.cell(labels.front().begin));
    line(std::to_string(number), shown.window(from, kWindowCells));
    for (const LineLabel& label : labels) {
      if (!shown.covers(label.begin)) continue;  // another part of a very long line
      const std::size_t begin = std::max(shown.cell(label.begin), from);
      const std::size_t width = std::max<std::size_t>(shown.cell(label.end), begin + 1) - begin;
      if (begin - from >= kWindowCells) continue;
      const std::size_t marks = std::min(width, from + kWindowCells - begin);
      const std::string text =
          std::string(marks, label.is_primary ? '^' : '-') + (label.text.empty() ? "" : " ") + label.text;
      line("", std::string(begin - from, ' ') + paint(label.is_primary ? Style::kPrimary : Style::kSecondary, text));
    }
  }

  static std::size_t windowBegin(const RenderLine& shown, std::size_t focus) {
    if (shown.width() <= kWindowCells || focus < kWindowCells - kCellsBefore) return 0;
    return std::min(focus - kCellsBefore, shown.width() - kWindowCells);
  }

  // ---------- notes and fixes ----------

  void renderNote(const std::string& note) {
    out_ += paint(Style::kGutter, fmt::format("{:>{}} = ", "", gutter_)) + paint(Style::kMessage, "note") + ": ";
    for (const char c : note) {
      out_ += c;
      if (c == '\n') out_ += std::string(gutter_ + 9, ' ');
    }
    out_ += '\n';
  }

  void renderFix(const Fix& fix, bool is_alternative) {
    const bool says_or = fix.help.starts_with("or ");
    out_ += paint(Style::kHelp, "help") + ": " + (is_alternative && !says_or ? "or " : "") + fix.help + "\n";
    for (const EditedLine& edited : editedLines(fix)) {
      const std::size_t change = edited.changes.empty() ? 0 : edited.changes.front().first;
      const RenderLine shown(edited.text, change);
      const std::size_t from = windowBegin(shown, shown.cell(change));
      line(edited.number == 0 ? "+" : std::to_string(edited.number), shown.window(from, kWindowCells));
      std::string marks;
      for (const auto& [begin, end] : edited.changes) {
        if (!shown.covers(begin)) continue;
        const std::size_t first = std::max(shown.cell(begin), from) - from;
        const std::size_t behind = std::min(std::max(shown.cell(end), from) - from, kWindowCells);
        if (behind <= marks.size() || first >= behind) continue;
        marks.resize(std::max(first, marks.size()), ' ');
        marks.resize(behind, '~');
      }
      if (!marks.empty()) line("+", paint(Style::kHelp, marks));
    }
  }

  // The lines that the edits of a fix touch, as they would be afterwards.
  std::vector<EditedLine> editedLines(const Fix& fix) const {
    std::vector<Edit> edits = fix.edits;
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span < b.span; });
    std::vector<EditedLine> out;
    for (std::size_t i = 0; i < edits.size();) {
      const SourceFile& file = files_.get(edits[i].span);
      std::uint32_t first = lineOf(edits[i].span);
      std::uint32_t last = file.lineColumn(edits[i].span.end).line;
      std::size_t behind = i + 1;
      while (behind < edits.size() && edits[behind].span.file == file.id() && lineOf(edits[behind].span) <= last) {
        last = std::max(last, file.lineColumn(edits[behind].span.end).line);
        ++behind;
      }
      appendEdited(file, first, last, std::span(edits).subspan(i, behind - i), out);
      i = behind;
    }
    return out;
  }

  static void appendEdited(const SourceFile& file, std::uint32_t first, std::uint32_t last, std::span<const Edit> edits,
                           std::vector<EditedLine>& out) {
    std::uint32_t at = file.lineStart(first);
    const std::string_view last_line = file.lineText(last);
    const auto end = static_cast<std::uint32_t>(last_line.data() + last_line.size() - file.text().data());
    EditedLine current;
    current.number = first;
    const auto append = [&](std::string_view text, bool is_change) {
      for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t stop = std::min(text.find('\n', begin), text.size());
        const std::size_t from = current.text.size();
        current.text += text.substr(begin, stop - begin);
        if (is_change && current.text.size() > from) current.changes.emplace_back(from, current.text.size());
        if (stop == text.size()) break;
        out.push_back(std::exchange(current, {}));
        begin = stop + 1;
      }
    };
    for (const Edit& edit : edits) {
      if (edit.span.begin < at) continue;  // overlaps the one before
      append(file.text(file.span(at, edit.span.begin)), false);
      append(edit.replacement, true);
      at = edit.span.end;
    }
    if (end > at) append(file.text(file.span(at, end)), false);
    out.push_back(std::move(current));
  }

  const Diagnostic& diagnostic_;
  const SourceFiles& files_;
  const RenderOptions& options_;
  std::size_t gutter_ = 1;
  std::string out_;
};

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string renderDiagnostic(const Diagnostic& diagnostic, const SourceFiles& files, const RenderOptions& options) {
  return Renderer(diagnostic, files, options).run();
}

std::string renderDiagnostics(const DiagnosticSink& sink, const SourceFiles& files, const RenderOptions& options) {
  std::string out;
  for (const Diagnostic& diagnostic : sink.diagnostics()) out += renderDiagnostic(diagnostic, files, options) + "\n";
  if (sink.droppedCount() != 0) out += fmt::format("and {} more, which are not shown\n\n", sink.droppedCount());
  const std::size_t errors = sink.errorCount();
  const std::size_t warnings = sink.warningCount();
  if (errors != 0 && warnings != 0) {
    out += fmt::format("{}, {}\n", plural(errors, "error"), plural(warnings, "warning"));
  } else if (errors + warnings != 0) {
    out += (errors != 0 ? plural(errors, "error") : plural(warnings, "warning")) + "\n";
  }
  return out;
}

}  // namespace streamc
