#include "test/random/verdict.h"

#include <algorithm>

#include "test/interpreter/json.h"

namespace streamc::random_programs {
namespace {

using Lines = std::vector<std::string>;

// Whether the line is the wanted one but for values that the referee leaves open.
bool fits(std::string_view wanted, std::string_view line) {
  size_t at = 0;
  while (true) {
    size_t open = wanted.find(referee::kUnspecifiedText);
    std::string_view text = wanted.substr(0, open);
    if (line.substr(at, text.size()) != text) return false;
    at += text.size();
    if (open == std::string_view::npos) return at == line.size();
    try {
      at = referee::endOfJsonValue(line, at);
    } catch (const referee::JsonFailure&) {
      return false;
    }
    wanted.remove_prefix(open + referee::kUnspecifiedText.size());
  }
}

// Takes lines that belong together out of both.
void match(Lines& wanted, Lines& got) {
  std::sort(wanted.begin(), wanted.end());
  std::sort(got.begin(), got.end());
  Lines missing, surplus;
  std::set_difference(wanted.begin(), wanted.end(), got.begin(), got.end(), std::back_inserter(missing));
  std::set_difference(got.begin(), got.end(), wanted.begin(), wanted.end(), std::back_inserter(surplus));
  std::erase_if(missing, [&](const std::string& line) {
    if (line.find(referee::kUnspecifiedText) == std::string::npos) return false;
    auto found =
        std::find_if(surplus.begin(), surplus.end(), [&](const std::string& other) { return fits(line, other); });
    if (found == surplus.end()) return false;
    surplus.erase(found);
    return true;
  });
  wanted = std::move(missing);
  got = std::move(surplus);
}

std::string shown(const std::string& what, const Lines& lines) {
  constexpr size_t kLines = 3, kBytes = 600;
  std::string text;
  for (size_t i = 0; i < std::min(lines.size(), kLines); ++i)
    text += "  " + what + " " + lines[i].substr(0, kBytes) + (lines[i].size() > kBytes ? "…" : "") + "\n";
  return text;
}

}  // namespace

std::string difference(const referee::Outcome& wanted, const referee::Outcome& got) {
  if (wanted.exit_code != got.exit_code)
    return "exit code " + std::to_string(got.exit_code) + ", the referee says " + std::to_string(wanted.exit_code) +
           "\n";
  if (wanted.exit_code != 0) return "";
  std::string text;
  auto compare = [&](const std::string& target, Lines wanted_lines, Lines got_lines) {
    match(wanted_lines, got_lines);
    if (wanted_lines.empty() && got_lines.empty()) return;
    text += target + ": " + std::to_string(wanted_lines.size()) + " lines missing, " +
            std::to_string(got_lines.size()) + " too many\n" + shown("missing ", wanted_lines) +
            shown("too many", got_lines);
  };
  for (const auto& [target, lines] : wanted.lines) {
    auto found = got.lines.find(target);
    bool is_file = !target.starts_with('<');
    if (found == got.lines.end() && is_file) text += target + " was not written\n";
    compare(target, lines, found == got.lines.end() ? Lines() : found->second);
  }
  for (const auto& [target, lines] : got.lines)
    if (!wanted.lines.contains(target)) compare(target, {}, lines);
  return text;
}

}  // namespace streamc::random_programs
