// The values of a job's parameters: from the command line, then the environment, then the default of the declaration.
#ifndef RUNTIME_LIB_MAIN_PARAMS_H
#define RUNTIME_LIB_MAIN_PARAMS_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/core/job_plan.h"

namespace streamrt {

// `given` are texts "name=value", later ones win. `variable` looks up the environment. The result is indexed by slot.
// kUsage: a text without "=", a name that does not exist · kBadParameter · kMissingParameter.
Result<std::vector<Literal>> paramValues(const JobPlan& plan, const std::vector<std::string>& given,
                                         const std::function<std::optional<std::string>(const std::string&)>& variable);

// A text as a value of a type, as it is written in the language (durations: 1h30m, timestamps: RFC 3339). Of a decimal,
// which needs the digits of its type, the value is the text itself, and of bytes what the base64 stands for.
std::optional<Literal> parseLiteral(ColumnType type, std::string_view text, uint8_t precision = 0, uint8_t scale = 0);

// The other way: how a value is written on the command line.
std::string literalAsArgument(ColumnType type, const Literal& value);

}  // namespace streamrt

#endif
