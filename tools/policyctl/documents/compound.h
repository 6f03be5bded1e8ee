// A number in several units: 2時間30分, 1億2,345万円.
#pragma once

#include <optional>
#include <string_view>

#include "services/base/quantity.h"

namespace seisaku::documents {

// Reads `text` (in ASCII width), the greatest unit first: hours, minutes and seconds (days before them),
// years and months, or scales of one unit; each part is less than one of the unit before it. The result is exact. It is in `unit` where that is one of the
// units and exact, else in the greatest unit in which it has at most six decimals. nullopt: not of that form,
// or too great.
std::optional<Quantity> ReadCompound(std::string_view text, std::string_view unit);

}  // namespace seisaku::documents
