#include "runtime-lib/main/params.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "runtime-lib/core/options.h"
#include "runtime-lib/formats/base64.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

struct IntegerRange {
  int64_t least;
  int64_t greatest;
};

std::optional<IntegerRange> rangeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kI8:
      return IntegerRange{INT8_MIN, INT8_MAX};
    case ColumnType::kI16:
      return IntegerRange{INT16_MIN, INT16_MAX};
    case ColumnType::kI32:
      return IntegerRange{INT32_MIN, INT32_MAX};
    case ColumnType::kI64:
      return IntegerRange{INT64_MIN, INT64_MAX};
    case ColumnType::kU8:
      return IntegerRange{0, UINT8_MAX};
    case ColumnType::kU16:
      return IntegerRange{0, UINT16_MAX};
    case ColumnType::kU32:
      return IntegerRange{0, UINT32_MAX};
    default:
      return std::nullopt;
  }
}

const char* exampleOf(ColumnType type) {
  switch (type) {
    case ColumnType::kBool:
      return "true or false";
    case ColumnType::kTimestamp:
      return "RFC 3339, for example 2024-10-08T12:00:00Z";
    case ColumnType::kDuration:
      return "for example 1h30m or 250ms";
    case ColumnType::kF32:
    case ColumnType::kF64:
      return "a number, for example 2.5";
    case ColumnType::kString:
      return "UTF-8 text";
    case ColumnType::kDate:
      return "for example 2024-10-08";
    case ColumnType::kBytes:
      return "base64";
    case ColumnType::kDecimal64:
    case ColumnType::kDecimal128:
      return "a number without surplus digits, for example 2.5";
    default:
      return "a whole number in its range";
  }
}

// Constants of the manifest have their type's shape already, but for whole numbers where a float is meant.
Literal shaped(ColumnType type, const Literal& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  if (integer != nullptr && (type == ColumnType::kF32 || type == ColumnType::kF64))
    return static_cast<double>(*integer);
  return value;
}

Result<Literal> fromText(const ParamPlan& param, std::string_view text, std::string_view where) {
  if (param.type == ColumnType::kEnum) {
    if (std::find(param.symbols.begin(), param.symbols.end(), text) != param.symbols.end()) return std::string(text);
    return failure(ErrorCode::kBadParameter, fmt::format("parameter {}{}: \"{}\" is none of {}", param.name, where,
                                                         text, fmt::join(param.symbols, ", ")));
  }
  if (auto value = parseLiteral(param.type, text, param.precision, param.scale)) return *value;
  return failure(ErrorCode::kBadParameter,
                 fmt::format("parameter {}{}: \"{}\" is not a {} ({})", param.name, where, text,
                             typeText(param.type, param.precision, param.scale), exampleOf(param.type)));
}

}  // namespace

std::optional<Literal> parseLiteral(ColumnType type, std::string_view text, uint8_t precision, uint8_t scale) {
  if (type == ColumnType::kString) return std::string(text);
  if (type == ColumnType::kBool) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
  }
  int64_t integer = 0;
  if (auto range = rangeOf(type)) {
    if (parseI64(text, integer) != ParseOutcome::kOk || integer < range->least || integer > range->greatest) {
      return std::nullopt;
    }
    return integer;
  }
  switch (type) {
    case ColumnType::kU64: {
      uint64_t value = 0;
      if (parseU64(text, value) != ParseOutcome::kOk) return std::nullopt;
      return static_cast<int64_t>(value);
    }
    case ColumnType::kF32:
    case ColumnType::kF64: {
      double value = 0;
      if (parseF64(text, value) != ParseOutcome::kOk) return std::nullopt;
      return value;
    }
    case ColumnType::kTimestamp:
      if (parseTimestamp(text, integer) != ParseOutcome::kOk) return std::nullopt;
      return integer;
    case ColumnType::kDuration:
      if (parseDuration(text, integer) != ParseOutcome::kOk) return std::nullopt;
      return integer;
    case ColumnType::kDate: {
      int32_t days = 0;
      if (parseDate(text, days) != ParseOutcome::kOk) return std::nullopt;
      return int64_t{days};
    }
    case ColumnType::kDecimal64:
    case ColumnType::kDecimal128: {
      Int128 value = 0;
      if (parseDecimal(text, precision, scale, value) != ParseOutcome::kOk) return std::nullopt;
      return std::string(text);
    }
    case ColumnType::kBytes: {
      std::string bytes(text.size(), '\0');
      const char* const end = readBase64(bytes.data(), text);
      if (end == nullptr) return std::nullopt;
      bytes.resize(static_cast<size_t>(end - bytes.data()));
      return bytes;
    }
    default:
      return std::nullopt;
  }
}

std::string literalAsArgument(ColumnType type, const Literal& value) {
  char text[kScalarTextBytes];
  const auto* integer = std::get_if<int64_t>(&value);
  if (integer != nullptr && type == ColumnType::kDuration) return std::string(text, writeDuration(text, *integer));
  if (integer != nullptr && type == ColumnType::kDate) {
    return std::string(text, writeDate(text, static_cast<int32_t>(*integer)));
  }
  if (integer != nullptr && type == ColumnType::kTimestamp) return std::string(text, writeTimestamp(text, *integer));
  if (integer != nullptr && type == ColumnType::kU64) {
    return std::string(text, writeU64(text, static_cast<uint64_t>(*integer)));
  }
  return literalText(value);
}

Result<std::vector<Literal>> paramValues(
    const JobPlan& plan, const std::vector<std::string>& given,
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  std::vector<std::optional<std::string>> texts(plan.params.size());
  for (const std::string& text : given) {
    size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return failure(ErrorCode::kUsage, fmt::format("--param {}: expected NAME=VALUE", text));
    }
    std::string name = text.substr(0, equals);
    auto found = std::find_if(plan.params.begin(), plan.params.end(), [&](const auto& p) { return p.name == name; });
    if (found == plan.params.end()) {
      std::string names;
      for (const ParamPlan& param : plan.params) names += (names.empty() ? "" : ", ") + param.name;
      return failure(ErrorCode::kUsage,
                     fmt::format("this job has no parameter {}; it has {}", name, names.empty() ? "none" : names));
    }
    texts[static_cast<size_t>(found - plan.params.begin())] = text.substr(equals + 1);
  }
  std::vector<Literal> values;
  for (size_t i = 0; i < plan.params.size(); ++i) {
    const ParamPlan& param = plan.params[i];
    std::string where;
    if (!texts[i] && param.env) {
      texts[i] = variable(*param.env);
      where = fmt::format(" (from {})", *param.env);
    }
    if (texts[i]) {
      Result<Literal> value = fromText(param, *texts[i], where);
      if (!value) return std::unexpected(value.error());
      values.push_back(std::move(*value));
    } else if (param.default_value) {
      values.push_back(shaped(param.type, *param.default_value));
    } else if (param.optional) {
      values.push_back(std::monostate{});
    } else {
      return failure(ErrorCode::kMissingParameter,
                     fmt::format("parameter {} has no value: give --param {}=…{}", param.name, param.name,
                                 param.env ? fmt::format(" or set {}", *param.env) : ""));
    }
  }
  return values;
}

}  // namespace streamrt
