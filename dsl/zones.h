// The time zones that a program may name. Immutable, thread safe.
#pragma once

#include <span>
#include <string_view>

namespace streamc {

// All names, sorted.
std::span<const std::string_view> zoneNames();

bool isZoneName(std::string_view name);

}  // namespace streamc
