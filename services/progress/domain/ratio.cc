#include "services/progress/domain/ratio.h"

#include <algorithm>

namespace seisaku::progress {
namespace {

bool SameSideOfAll(const Decimal& shown, const Ratio& ratio, const Edges& edges, bool just_below) {
  return std::all_of(edges.begin(), edges.end(), [&](const Decimal& edge) {
    const auto of_edge = ComparePercent(ratio, edge);
    return (shown >= edge) == (just_below ? of_edge > 0 : of_edge >= 0);
  });
}

// 10^-decimals.
Decimal Step(int decimals) {
  static constexpr std::array<const char*, 7> kSteps = {"1",      "0.1",     "0.01",    "0.001",
                                                        "0.0001", "0.00001", "0.000001"};
  return *Decimal::Parse(kSteps[static_cast<size_t>(decimals)]);
}

}  // namespace

std::strong_ordering Compare(const Ratio& a, const Ratio& b) {
  return Decimal::CompareProducts(a.numerator, b.denominator, b.numerator, a.denominator);
}

std::strong_ordering ComparePercent(const Ratio& ratio, const Decimal& percent) {
  return Decimal::CompareProducts(ratio.numerator, Decimal(100), percent, ratio.denominator);
}

std::optional<Decimal> DisplayPercent(const Ratio& ratio, const Edges& edges, bool just_below) {
  Decimal shown;
  if (!Decimal::Percentage(ratio.numerator, ratio.denominator, 1).IsStorable()) return std::nullopt;
  for (int decimals = 1; decimals <= Decimal::kMaxScale; ++decimals) {
    shown = Decimal::Percentage(ratio.numerator, ratio.denominator, decimals);
    if (SameSideOfAll(shown, ratio, edges, just_below)) return shown;
    const auto of_shown = ComparePercent(ratio, shown);
    const bool rounded_up = just_below ? of_shown <= 0 : of_shown < 0;
    shown = rounded_up ? shown - Step(decimals) : shown + Step(decimals);
    if (SameSideOfAll(shown, ratio, edges, just_below)) return shown;
  }
  // Not reached with edges of at most kMaxScale decimals: the ratio cut off there has no edge to cross.
  return shown;
}

}  // namespace seisaku::progress
