#include "runtime-lib/main/report_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace streamrt {
namespace {

uint64_t sum(const std::vector<RunReport::Count>& counts) {
  uint64_t total = 0;
  for (const RunReport::Count& count : counts) total += count.records;
  return total;
}

nlohmann::json object(const std::vector<RunReport::Count>& counts) {
  nlohmann::json result = nlohmann::json::object();
  for (const RunReport::Count& count : counts) result[count.name] = count.records;
  return result;
}

}  // namespace

std::string grouped(uint64_t value) {
  std::string digits = fmt::format("{}", value);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

bool hasLosses(const RunReport& report) {
  return report.late > 0 || !report.rejected.empty() || report.errors_lost > 0;
}

std::string summaryLine(std::string_view job, const RunReport& report) {
  std::string text = fmt::format("{}: {} in, {} out", job, grouped(sum(report.sources)), grouped(sum(report.sinks)));
  if (report.late > 0) text += fmt::format(", {} late", grouped(report.late));
  if (!report.rejected.empty()) {
    std::string causes;
    for (const RunReport::Count& cause : report.rejected) {
      causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", grouped(cause.records), cause.name);
    }
    text += fmt::format(", {} rejected ({})", grouped(sum(report.rejected)), causes);
  }
  text += fmt::format(" in {:.2f} s", report.seconds);
  if (report.stopped) text += ", stopped";
  if (report.windows_open > 0) {
    text += fmt::format("; {} windows were still open and are not in the output", grouped(report.windows_open));
  }
  return text;
}

std::string statisticsJson(std::string_view job, const RunReport& report) {
  nlohmann::json stats = {
      {"job", job},
      {"seconds", report.seconds},
      {"workers", report.workers},
      {"in", object(report.sources)},
      {"out", object(report.sinks)},
      {"rejected", object(report.rejected)},
      {"late", report.late},
      {"windows_open", report.windows_open},
      {"stopped", report.stopped},
  };
  if (report.errors_lost > 0) stats["errors_lost"] = report.errors_lost;
  if (report.error) stats["error"] = {{"code", codeName(report.error->code)}, {"text", report.error->text}};
  return stats.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace streamrt
