// The options of a connector or format with their values: parameters filled in, environment variables read, texts put
// together. Typed getters say in words what is wrong with a value. Made once at start.
#ifndef RUNTIME_LIB_CORE_OPTIONS_H
#define RUNTIME_LIB_CORE_OPTIONS_H

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/job_plan.h"

namespace streamrt {

class Options {
 public:
  // `params[slot]` is the value of a parameter; `variable` looks up the environment.
  static Result<Options> resolve(const OptionMap& map, const std::vector<Literal>& params,
                                 const std::function<std::optional<std::string>(const std::string&)>& variable,
                                 std::string_view owner);

  bool has(std::string_view name) const;
  Result<std::string> text(std::string_view name) const;
  Result<int64_t> integer(std::string_view name, std::optional<int64_t> otherwise = std::nullopt) const;
  Result<double> number(std::string_view name, std::optional<double> otherwise = std::nullopt) const;
  Result<bool> truth(std::string_view name, bool otherwise) const;
  const std::string& owner() const { return owner_; }

 private:
  const Literal* find(std::string_view name) const;
  std::unexpected<Error> bad(std::string_view name, std::string_view what) const;

  std::string owner_;  // "source quakes": how messages name whose options they are
  std::map<std::string, Literal, std::less<>> values_;
};

// How a literal reads as text: integers and numbers as written, true, false, nothing for null.
std::string literalText(const Literal& literal);

}  // namespace streamrt

#endif
