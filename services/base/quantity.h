// A number with its unit, as printed, and what it is in the unit's base.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/decimal.h"

namespace seisaku {

struct Quantity {
  Decimal value;
  std::string unit;  // as printed, scale word included: "人", "万人", "億円", "%", "" for none
  bool operator==(const Quantity&) const = default;
};

// 33万人 -> 330000 人. The scale words 十百千万億兆 at the head of a unit are taken off (千 alone and
// 百万, 千万, 十億 and the like count as one scale); a unit that is nothing but a scale word has base "".
Quantity ToBaseUnit(const Quantity& quantity);

// Reads "12,025億円", "82.0%", "70件", "-3": optional sign, digits with or without correct comma groups,
// optional decimals, then the unit (no white space inside; may be empty). Full-width digits, signs,
// commas, points and ％ are accepted, and − ▲ △ as minus. The unit begins with a letter, a symbol or %, so
// that "3~5人", "1/2" and "2023-06-01" are not quantities. nullopt: not of that form. INVALID_ARGUMENT
// INVALID_DECIMAL: of that form, but a number out of Decimal's bounds or with misplaced commas.
absl::StatusOr<std::optional<Quantity>> ParseQuantity(std::string_view text);

// "244,765人": grouped digits and unit.
std::string Format(const Quantity& quantity);

}  // namespace seisaku
