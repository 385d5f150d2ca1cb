#include "dsl/zones.h"

#include <algorithm>

namespace streamc {
namespace {

constexpr std::string_view kZoneNames[] = {
#define ZONE(name) name,
#include "dsl/zone_names.def"
#undef ZONE
};
static_assert(std::ranges::is_sorted(kZoneNames));

}  // namespace

std::span<const std::string_view> zoneNames() { return kZoneNames; }

bool isZoneName(std::string_view name) { return std::ranges::binary_search(kZoneNames, name); }

}  // namespace streamc
