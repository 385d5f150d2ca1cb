#include "frontend/sema/suggest.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace streamc::sema {

namespace {

constexpr std::size_t kNamesShown = 8;
constexpr std::size_t kNameLengthMax = 64;  // longer names are compared by their beginning

// Optimal string alignment distance (Damerau-Levenshtein without repeated edits), three rows.
std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kNameLengthMax);
  b = b.substr(0, kNameLengthMax);
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      char x = static_cast<char>(std::tolower(a[i - 1])), y = static_cast<char>(std::tolower(b[j - 1]));
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == std::tolower(b[j - 2]) && std::tolower(a[i - 2]) == y) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view wanted, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    std::size_t difference =
        candidate.size() > wanted.size() ? candidate.size() - wanted.size() : wanted.size() - candidate.size();
    if (difference >= best_distance) continue;
    std::size_t d = distance(wanted, candidate);
    if (d < best_distance && d < std::max(wanted.size(), candidate.size())) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

void suggest(Diagnostic& diagnostic, Span span, std::string_view wanted, const std::vector<std::string>& candidates,
             std::string_view what) {
  std::string best = nearest(wanted, candidates);
  if (!best.empty()) {
    diagnostic.label("did you mean `" + best + "`?");
    diagnostic.fix(Fix::replace(span, best, "replace it"));
  }
  if (candidates.empty()) return;
  std::vector<std::string> shown;
  if (!best.empty()) shown.push_back(best);
  for (const std::string& candidate : candidates) {
    if (shown.size() == kNamesShown) break;
    if (candidate != best) shown.push_back(candidate);
  }
  std::string note = std::string(what) + " here: ";
  for (std::size_t i = 0; i < shown.size(); ++i) note += (i ? ", `" : "`") + shown[i] + "`";
  if (shown.size() < candidates.size()) note += ", … (" + std::to_string(candidates.size()) + " in all)";
  diagnostic.note(std::move(note));
}

}  // namespace streamc::sema
