// A rate of achievement, kept as a fraction: compared exactly, divided only for display.
#pragma once

#include <array>
#include <compare>
#include <optional>

#include "services/base/decimal.h"

namespace seisaku::progress {

// numerator ÷ denominator, both in the base unit. The denominator is positive.
struct Ratio {
  Decimal numerator;
  Decimal denominator;
};

// Exact.
std::strong_ordering Compare(const Ratio& a, const Ratio& b);
std::strong_ordering ComparePercent(const Ratio& ratio, const Decimal& percent);

// The edges that a displayed rate must not cross: the bands', and the 100 % at which a target is met.
using Edges = std::array<Decimal, 3>;

// The ratio in percent, rounded 四捨五入 to one decimal. Where that would stand on the other side of one of
// `edges` than the ratio does, the nearest one-decimal number on the right side; where two edges leave no
// room for one, as few more decimals as it takes. 99.96 % with an edge at 100 shows 99.9. nullopt: it has
// more digits than a stored Decimal may have.
// `just_below`: the ratio is less than the fraction by less than any difference, as where more than 60 is
// asked for and there are 60: at an edge it stands below it, and 100 % shows 99.9.
std::optional<Decimal> DisplayPercent(const Ratio& ratio, const Edges& edges, bool just_below = false);

}  // namespace seisaku::progress
