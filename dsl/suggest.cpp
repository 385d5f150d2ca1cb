#include "dsl/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace streamc {

namespace {

// Longer names are not compared: nobody mistypes them, and the table is quadratic.
constexpr std::size_t kLengthMax = 64;
constexpr std::size_t kEdit = 2;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t replaceCost(char a, char b) {
  if (a == b) return 0;
  return lower(a) == lower(b) ? 1 : kEdit;
}

}  // namespace

std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > kLengthMax || b.size() > kLengthMax) return a == b ? 0 : limit + 1;
  const std::size_t width = b.size() + 1;
  // Three rows of the table: two back (for swaps), the last, the current.
  std::vector<std::size_t> older(width);
  std::vector<std::size_t> last(width);
  std::vector<std::size_t> row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = j * kEdit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i * kEdit;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + kEdit, row[j - 1] + kEdit, last[j - 1] + replaceCost(a[i - 1], b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + kEdit);
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
    std::swap(older, last);
    std::swap(last, row);
  }
  return std::min(last[b.size()], limit + 1);
}

namespace {

template <typename Text>
std::vector<std::string> nearest(std::string_view name, std::span<const Text> candidates, std::size_t count) {
  const std::size_t limit = std::max<std::size_t>(kEdit, name.size() * kEdit / 3);
  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, place in the list
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string_view candidate = candidates[i];
    if (candidate == name || candidate.empty()) continue;
    std::size_t distance = editDistance(name, candidate, limit);
    const bool prefix =
        name.size() >= 3 && candidate.size() >= 3 && (candidate.starts_with(name) || name.starts_with(candidate));
    if (prefix) distance = std::min(distance, limit);
    if (distance <= limit) ranked.emplace_back(distance, i);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  for (const auto& [distance, i] : ranked) {
    if (out.size() == count) break;
    if (std::find(out.begin(), out.end(), candidates[i]) == out.end()) out.emplace_back(candidates[i]);
  }
  return out;
}

}  // namespace

std::vector<std::string> suggest(std::string_view name, std::span<const std::string_view> candidates,
                                 std::size_t count) {
  return nearest(name, candidates, count);
}
std::vector<std::string> suggest(std::string_view name, std::span<const std::string> candidates, std::size_t count) {
  return nearest(name, candidates, count);
}

std::string orList(std::span<const std::string> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += i + 1 == names.size() ? " or " : ", ";
    out += "`" + names[i] + "`";
  }
  return out;
}

}  // namespace streamc
