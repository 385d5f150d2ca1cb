// window: which records belong together in time.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/diagnostics.h"
#include "frontend/sema/steps.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNoTime, "E0301", Severity::kError, "a step needs event time, and the stream has none");
STREAMC_DIAGNOSTIC(kWindowOverTable, "E0412", Severity::kError, "a window over a table");
STREAMC_DIAGNOSTIC(kUtcDay, "W0305", Severity::kWarning, "a window of whole days starts at midnight UTC");
STREAMC_DIAGNOSTIC(kWindowShape, "E0313", Severity::kError, "the lengths of a window do not go together");
STREAMC_DIAGNOSTIC(kCalendarUnit, "E0314", Severity::kError, "`window calendar` of an unknown unit");
STREAMC_DIAGNOSTIC(kNeverCloses, "W0310", Severity::kWarning,
                   "windows of an endless source without `wait` never close");

namespace {

constexpr int64_t kDayUs = 86'400'000'000;

const char* kindName(ast::WindowStep::Kind kind) {
  switch (kind) {
    case ast::WindowStep::Kind::kTumble:
      return "tumble";
    case ast::WindowStep::Kind::kHop:
      return "hop";
    case ast::WindowStep::Kind::kCumulate:
      return "cumulate";
    case ast::WindowStep::Kind::kSession:
      return "session";
    case ast::WindowStep::Kind::kCalendar:
      return "calendar";
    case ast::WindowStep::Kind::kRows:
      return "rows";
  }
  return "";
}

bool calendar(Graph& graph, const ast::WindowStep& step, const Place& place, WindowUse& use) {
  static const std::vector<std::string> kUnits = {"day", "week", "month"};
  if (std::find(kUnits.begin(), kUnits.end(), step.unit.text) == kUnits.end()) {
    Diagnostic diagnostic(kCalendarUnit, step.unit.span, "there is no calendar window of a `" + step.unit.text + "`");
    suggest(diagnostic, step.unit.span, step.unit.text, kUnits, "units");
    graph.context.sink.report(std::move(diagnostic));
    return false;
  }
  if (step.zone == nullptr) return false;
  ExprChecker checker(graph.job, place.names, {.allows_env = true, .place = "here"});
  ExprRef zone = checker.checkAs(*step.zone, graph.context.types.string(), "the time zone");
  if (zone->type->isError()) return false;
  auto constant = constantOf(*zone);
  if (const auto* text = constant ? std::get_if<std::string>(&constant->value) : nullptr) use.zone = *text;
  use.window.size_us = step.unit.text == "day" ? kDayUs : step.unit.text == "week" ? 7 * kDayUs : 31 * kDayUs;
  return true;
}

// The lengths of the window; false after a report.
bool lengths(Graph& graph, const ast::WindowStep& step, const Place& place, WindowUse& use) {
  using Kind = ast::WindowStep::Kind;
  Window& window = use.window;
  auto length = [&](const ast::ExprPtr& text, const char* role, int64_t& out) {
    if (text == nullptr) return true;
    auto us = graph.duration(*text, place.names, role);
    if (us) out = *us;
    return us.has_value();
  };
  if (step.kind == Kind::kCalendar) return calendar(graph, step, place, use);
  if (step.kind == Kind::kRows) {
    auto rows = step.size == nullptr ? std::nullopt : graph.count(*step.size, place.names, "the number of rows");
    if (step.step != nullptr) graph.count(*step.step, place.names, "`every`");
    use.rows = rows.value_or(0);
    return rows.has_value();
  }
  int64_t max_us = 0;
  if (!length(step.size, step.kind == Kind::kSession ? "the gap of a session" : "the length of a window",
              window.size_us) ||
      !length(step.step, "`every`", window.every_us) || !length(step.max, "`max`", max_us)) {
    return false;
  }
  if (step.max != nullptr) use.max_us = max_us;
  if (step.offset != nullptr) {
    auto offset = graph.duration(*step.offset, place.names, "`offset`", true);
    if (!offset) return false;
    window.offset_us = *offset % window.size_us;
  }
  auto wrong = [&](Span span, const std::string& message) {
    graph.context.sink.report(Diagnostic(kWindowShape, span, message));
    return false;
  };
  if (step.kind == Kind::kHop && window.every_us > window.size_us) {
    return wrong(step.step->span, "a window of " + durationText(window.size_us) + " every " +
                                      durationText(window.every_us) + " would leave records between the windows");
  }
  if (step.kind == Kind::kCumulate && window.size_us % window.every_us != 0) {
    return wrong(step.step->span,
                 durationText(window.size_us) + " is not a whole number of steps of " + durationText(window.every_us));
  }
  if (use.max_us && *use.max_us < window.size_us)
    return wrong(step.max->span, "a session lasts at least as long as its gap");
  return true;
}

}  // namespace

void Graph::needsTime(const StreamInfo& in, Span span, const std::string& message, const std::string& label) {
  Diagnostic diagnostic(kNoTime, span, message);
  diagnostic.label(label);
  if (!in.source_connector.empty()) {
    diagnostic.because(in.source_connector, "no `time` on this source");
    for (const std::string& field : in.time_fields) {
      diagnostic.fix(Fix::insertAfter(in.source_connector, " time " + field + " wait 10s",
                                      "use `" + field + "`, and wait 10 s for stragglers"));
    }
    if (in.time_fields.empty()) {
      diagnostic.fix(Fix::insertAfter(in.source_connector, " time … wait 10s", "say which field is its time",
                                      Applicability::kHasPlaceholders));
    }
    if (in.meta != nullptr && in.meta->field("timestamp") != nullptr) {
      diagnostic.fix(Fix::insertAfter(in.source_connector, " time meta.timestamp wait 1s",
                                      "or use the time that the connector gave the record"));
    }
  }
  context.sink.report(std::move(diagnostic));
}

StreamInfo windowStep(Graph& graph, StreamInfo in, const ast::WindowStep& step, const Place& place) {
  using Kind = ast::WindowStep::Kind;
  Context& context = graph.context;
  Span span = place.step.span;
  if (in.is_table) {
    context.sink.report(Diagnostic(kWindowOverTable, span, "a window groups events, and a table has rows that change")
                            .because(in.table_span, in.table_reason.empty() ? "a table from here on" : in.table_reason)
                            .fix(Fix::insertBefore(place.step.span, "changes | ", "make each change an event"))
                            .fix(Fix::advice("or aggregate the table without a window")));
    return graph.failed();
  }
  if (step.kind != Kind::kRows && !in.time) {
    graph.needsTime(in, span, "a window needs event time, and this stream has none", "when would it close?");
    return graph.failed();
  }
  auto use = std::make_shared<WindowUse>();
  use->span = span;
  use->window.kind = static_cast<Window::Kind>(step.kind);
  use->window.span = span;
  if (!lengths(graph, step, place, *use)) return graph.failed();
  use->window.late_drop = step.late == ast::WindowStep::Late::kDrop;
  if (step.late == ast::WindowStep::Late::kAllow && step.late_allow != nullptr) {
    auto allow = graph.duration(*step.late_allow, place.names, "`late allow`");
    if (!allow) return graph.failed();
    use->window.late_allow_us = allow;
    use->late_span = step.late_span;
    graph.job.notBuilt("`late allow`", step.late_span);
  }
  if (step.kind != Kind::kTumble) graph.job.notBuilt("`window " + std::string(kindName(step.kind)) + "`", span);
  if ((step.kind == Kind::kTumble || step.kind == Kind::kHop) && use->window.size_us % kDayUs == 0 &&
      step.offset == nullptr) {
    Diagnostic diagnostic(kUtcDay, step.size->span, "a window of whole days starts at midnight UTC");
    if (step.kind == Kind::kTumble && use->window.size_us == kDayUs) {
      diagnostic.fix(Fix::replace({span.file, place.keyword().begin, step.size->span.end},
                                  "window calendar day in \"…\"", "days of a place", Applicability::kHasPlaceholders));
    }
    diagnostic.fix(Fix::insertAfter(step.size->span, " offset 0s", "or say that UTC is meant"));
    context.sink.report(std::move(diagnostic));
  }
  if (in.time && !in.time->wait_us && !in.time->from_writer && !in.bounded && step.kind != Kind::kRows) {
    context.sink.report(
        Diagnostic(kNeverCloses, span,
                   "these windows never close: the source is endless, and nothing says how long to wait")
            .because(in.time->span, "no `wait` here")
            .fix(Fix::insertAfter(in.time->span, " wait 10s", "wait 10 s for stragglers")));
  }
  in.window = use;
  in.windowed = false;
  graph.windows.push_back(std::move(use));
  return in;
}

}  // namespace streamc::sema
