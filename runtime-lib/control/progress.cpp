#include "runtime-lib/control/progress.h"

#include <fmt/format.h>

#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

constexpr int64_t kFirstUs = 300'000;  // a job that is over sooner shows no line
constexpr int64_t kEveryUs = 250'000;
constexpr int64_t kBehindMaxUs = int64_t{2} * 86400 * 1'000'000;  // a replay of older data says where it is instead
constexpr const char* kEraseLine = "\r\x1b[K";

// To the second: more would only flicker.
std::string timeText(int64_t us) {
  int64_t second_us = us - ((us % 1'000'000) + 1'000'000) % 1'000'000;
  char text[kScalarTextBytes];
  return std::string(text, writeTimestamp(text, second_us));
}

}  // namespace

std::string shortCount(double value) {
  static constexpr const char* kUnits[] = {"", " k", " M", " G", " T"};
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f}", value);
  return value < 99.95 ? fmt::format("{:.1f}{}", value, kUnits[unit]) : fmt::format("{:.0f}{}", value, kUnits[unit]);
}

std::string shortDuration(int64_t us) {
  int64_t seconds = us / 1'000'000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h{}m", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{}d{}h", seconds / 86400, seconds % 86400 / 3600);
}

ProgressLine::ProgressLine(Env& env, RunState& state, std::string job, std::function<ProgressNumbers()> read)
    : Actor(env, "progress"), env_(env), state_(state), job_(std::move(job)), read_(std::move(read)) {
  last_us_ = env_.monotonicUs();
  next_us_ = last_us_ + kFirstUs;
}

std::string ProgressLine::line(const ProgressNumbers& numbers, int64_t now_us) const {
  double seconds = static_cast<double>(now_us - last_us_) / 1e6;
  double rate = seconds > 0 ? static_cast<double>(numbers.records_in - last_in_) / seconds : 0;
  std::string text = fmt::format("{}  {} in · {}/s · {} out", job_, shortCount(static_cast<double>(numbers.records_in)),
                                 shortCount(rate), shortCount(static_cast<double>(numbers.records_out)));
  if (numbers.watermark_us != INT64_MIN && numbers.watermark_us != INT64_MAX) {
    int64_t behind_us = std::max<int64_t>(0, env_.wallUs() - numbers.watermark_us);
    text += behind_us < kBehindMaxUs ? fmt::format(" · watermark {} behind", shortDuration(behind_us))
                                     : fmt::format(" · watermark {}", timeText(numbers.watermark_us));
  }
  if (numbers.rejected > 0) text += fmt::format(" · {} rejected", shortCount(static_cast<double>(numbers.rejected)));
  if (numbers.late > 0) text += fmt::format(" · {} late", shortCount(static_cast<double>(numbers.late)));
  if (state_.draining()) text += " · stopping";
  return text;
}

Step ProgressLine::step() {
  ProgressNumbers numbers = read_();
  if (numbers.finished || state_.failed()) {
    if (shown_) env_.tell(kEraseLine);
    return Step::done();
  }
  int64_t now_us = env_.monotonicUs();
  if (now_us < next_us_) return Step::idle(next_us_);
  std::string text = line(numbers, now_us);
  // A line that wraps cannot be erased. "·" and the like are two bytes: cutting by bytes only makes it shorter.
  if (std::optional<unsigned> width = env_.terminalWidth(); width && text.size() > *width) {
    size_t end = *width;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
  }
  env_.tell(kEraseLine + text);
  shown_ = true;
  last_us_ = now_us;
  last_in_ = numbers.records_in;
  next_us_ = now_us + kEveryUs;
  return Step::idle(next_us_);
}

}  // namespace streamrt
