#include "runtime-lib/connectors/glob.h"

#include <algorithm>

namespace streamrt {
namespace {

bool isPattern(std::string_view part) { return part.find_first_of("*?[\\") != std::string_view::npos; }

// Whether `c` is in the set that begins at pattern[at] ('['), which then stands behind it. A set that does not close is
// a
// '[' as itself.
bool matchesSet(std::string_view pattern, size_t& at, char c) {
  size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false, ++i) {
    char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    found |= low <= c && c <= high;
  }
  if (i >= pattern.size()) {
    ++at;
    return c == '[';
  }
  at = i + 1;
  return found != negated;
}

// Matches one character that is not '*'; moves `at` behind what it matched with.
bool matchesOne(std::string_view pattern, size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') return matchesSet(pattern, at, c);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

class Expander {
 public:
  explicit Expander(Env& env) : env_(env) {}

  // Adds the files below `directory` ("" or with its slash) that fit the parts from `rest` on.
  Result<void> add(const std::string& directory, std::string_view rest) {
    size_t slash = rest.find('/');
    std::string_view part = rest.substr(0, slash);
    std::string_view behind = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    if (part == "**") return addBelow(directory, slash == std::string_view::npos ? "*" : behind);
    if (!isPattern(part)) return take(directory + std::string(part), slash, behind);
    auto names = env_.listDirectory(directory.empty() ? "." : directory);
    if (!names) {
      // A name that fits `*/` may be a file, and a fixed part behind one may be missing there.
      if (depth_ > 0 && !env_.isSpecial(directory.substr(0, directory.size() - 1))) return {};
      return std::unexpected(names.error());
    }
    ++depth_;
    for (const std::string& name : *names) {
      if ((name.starts_with('.') && !part.starts_with('.')) || !matchesGlob(part, name)) continue;
      if (auto taken = take(directory + name, slash, behind); !taken) return taken;
    }
    --depth_;
    return {};
  }

  std::vector<std::string> files;

 private:
  Result<void> take(const std::string& path, size_t slash, std::string_view behind) {
    if (slash != std::string_view::npos) return add(path + "/", behind);
    if (env_.exists(path) && !env_.isSpecial(path)) files.push_back(path);
    return {};
  }

  // What fits `rest` in this directory and in all below it; links to directories, which may go round, are not followed.
  Result<void> addBelow(const std::string& directory, std::string_view rest) {
    ++depth_;
    if (auto here = add(directory, rest); !here) return here;
    auto names = env_.listDirectory(directory.empty() ? "." : directory);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (name.starts_with('.') || !env_.isDirectory(directory + name)) continue;
      if (auto below = addBelow(directory + name + "/", rest); !below) return below;
    }
    --depth_;
    return {};
  }

  Env& env_;
  int depth_ = 0;
};

}  // namespace

bool matchesGlob(std::string_view pattern, std::string_view name) {
  size_t at = 0, i = 0;
  size_t star = std::string_view::npos, star_i = 0;  // where the last '*' stands, and the name it has taken up to
  while (i < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_i = i;
      continue;
    }
    if (at < pattern.size() && matchesOne(pattern, at, name[i])) {
      ++i;
      continue;
    }
    if (star == std::string_view::npos) return false;
    at = star + 1;
    i = ++star_i;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

Result<std::vector<std::string>> expandGlob(Env& env, const std::string& pattern) {
  Expander expander(env);
  std::string_view rest = pattern;
  std::string root;
  while (rest.starts_with('/')) {
    root = "/";
    rest.remove_prefix(1);
  }
  if (auto added = expander.add(root, rest); !added) return std::unexpected(added.error());
  std::sort(expander.files.begin(), expander.files.end());
  // Two `**` may come to a file in several ways.
  expander.files.erase(std::unique(expander.files.begin(), expander.files.end()), expander.files.end());
  return std::move(expander.files);
}

}  // namespace streamrt
