#include "runtime-lib/core/options.h"

#include <fmt/format.h>

#include <charconv>

namespace streamrt {
namespace {

using Lookup = std::function<std::optional<std::string>(const std::string&)>;

Result<Literal> valueOf(const OptionValue& option, const std::vector<Literal>& params, const Lookup& variable) {
  switch (option.kind) {
    case OptionValue::Kind::kLiteral:
      return option.literal;
    case OptionValue::Kind::kParam:
      return params[option.param];
    case OptionValue::Kind::kEnv:
      if (auto value = variable(option.variable)) return *value;
      if (option.variable_default) return *option.variable_default;
      return failure(ErrorCode::kMissingVariable,
                     fmt::format("environment variable {} is not set and has no default", option.variable));
    case OptionValue::Kind::kConcat:
      break;
  }
  std::string text;
  for (const OptionValue& part : option.parts) {
    Result<Literal> value = valueOf(part, params, variable);
    if (!value) return value;
    text += literalText(*value);
  }
  return text;
}

}  // namespace

std::string literalText(const Literal& literal) {
  struct Printer {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::string& value) const { return value; }
  };
  return std::visit(Printer{}, literal);
}

Result<Options> Options::resolve(const OptionMap& map, const std::vector<Literal>& params, const Lookup& variable,
                                 std::string_view owner) {
  Options options;
  options.owner_ = owner;
  for (const auto& [name, option] : map) {
    Result<Literal> value = valueOf(option, params, variable);
    if (!value) {
      return failure(value.error().code, fmt::format("option {} of {}: {}", name, owner, value.error().text));
    }
    options.values_.emplace(name, std::move(*value));
  }
  return options;
}

const Literal* Options::find(std::string_view name) const {
  auto found = values_.find(name);
  return found == values_.end() || std::holds_alternative<std::monostate>(found->second) ? nullptr : &found->second;
}

std::unexpected<Error> Options::bad(std::string_view name, std::string_view what) const {
  return failure(ErrorCode::kBadOption, fmt::format("option {} of {} {}", name, owner_, what));
}

bool Options::has(std::string_view name) const { return find(name) != nullptr; }

Result<std::string> Options::text(std::string_view name) const {
  const Literal* value = find(name);
  if (value == nullptr) return bad(name, "is missing");
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  return bad(name, "is not a text");
}

Result<int64_t> Options::integer(std::string_view name, std::optional<int64_t> otherwise) const {
  const Literal* value = find(name);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) return bad(name, "is missing");
  if (const auto* integer = std::get_if<int64_t>(value)) return *integer;
  if (const auto* text = std::get_if<std::string>(value)) {  // from the environment
    int64_t parsed = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), parsed);
    if (error == std::errc{} && end == text->data() + text->size()) return parsed;
  }
  return bad(name, "is not an integer");
}

Result<double> Options::number(std::string_view name, std::optional<double> otherwise) const {
  const Literal* value = find(name);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) return bad(name, "is missing");
  if (const auto* number = std::get_if<double>(value)) return *number;
  Result<int64_t> integral = integer(name);
  if (integral) return static_cast<double>(*integral);
  return bad(name, "is not a number");
}

Result<bool> Options::truth(std::string_view name, bool otherwise) const {
  const Literal* value = find(name);
  if (value == nullptr) return otherwise;
  if (const auto* truth = std::get_if<bool>(value)) return *truth;
  if (const auto* text = std::get_if<std::string>(value); text != nullptr && (*text == "true" || *text == "false")) {
    return *text == "true";
  }
  return bad(name, "is not true or false");
}

}  // namespace streamrt
