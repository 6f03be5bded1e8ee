#include "services/progress/domain/extent.h"

#include <algorithm>
#include <string>

namespace seisaku::progress {
namespace {

using enum type::v1::Qualifier;

Point BelowAll() { return {.value = {}, .side = 0, .beyond = -1}; }
Point AboveAll() { return {.value = {}, .side = 0, .beyond = 1}; }
Point At(const Decimal& value) { return {.value = value, .side = 0, .beyond = 0}; }
Point JustBelow(const Decimal& value) { return {.value = value, .side = -1, .beyond = 0}; }
Point JustAbove(const Decimal& value) { return {.value = value, .side = 1, .beyond = 0}; }

// The power of ten of the last digit that is not 0: 2 of 500, -1 of 82.50; of 0 that of the last one printed.
int PowerOfLastDigit(const Decimal& value) {
  const std::string text = value.ToString();
  const size_t digit = value.sign() == 0 ? text.size() - 1 : text.find_last_not_of("0.");
  const size_t point = std::min(text.find('.'), text.size());
  if (digit > point) return -static_cast<int>(digit - point);
  return static_cast<int>(point - digit) - 1;
}

Decimal TimesPowerOfTen(int number, int power) {
  return power < 0 ? Decimal(number).ScaledDown(-power) : Decimal(number).ScaledUp(power);
}

Decimal InBase(const Decimal& value, const std::string& unit) { return ToBaseUnit({value, unit}).value; }

Extent Near(const Quantity& quantity) {
  const Decimal half = TimesPowerOfTen(5, PowerOfLastDigit(quantity.value) - 1);
  return {At(InBase(quantity.value - half, quantity.unit)), At(InBase(quantity.value + half, quantity.unit))};
}

Extent From(const Quantity& quantity) {
  const Decimal step = TimesPowerOfTen(1, PowerOfLastDigit(quantity.value));
  const Point printed = At(InBase(quantity.value, quantity.unit));
  if (quantity.value.sign() < 0) return {JustAbove(InBase(quantity.value - step, quantity.unit)), printed};
  return {printed, JustBelow(InBase(quantity.value + step, quantity.unit))};
}

}  // namespace

std::strong_ordering operator<=>(const Point& a, const Point& b) {
  if (a.beyond != b.beyond || !a.is_finite()) return a.beyond <=> b.beyond;
  if (a.value != b.value) return a.value <=> b.value;
  return a.side <=> b.side;
}

Extent ExtentOf(const Quantity& quantity, type::v1::Qualifier qualifier) {
  const Decimal number = ToBaseUnit(quantity).value;
  switch (qualifier) {
    case QUALIFIER_AT_LEAST:
      return {At(number), AboveAll()};
    case QUALIFIER_AT_MOST:
      return {BelowAll(), At(number)};
    case QUALIFIER_MORE_THAN:
      return {JustAbove(number), AboveAll()};
    case QUALIFIER_LESS_THAN:
      return {BelowAll(), JustBelow(number)};
    case QUALIFIER_ABOUT:
      return Near(quantity);
    case QUALIFIER_RANGE_FROM:
      return From(quantity);
    default:
      return {At(number), At(number)};
  }
}

Threshold ThresholdOf(const Quantity& quantity, type::v1::Qualifier qualifier,
                      type::v1::Direction direction) {
  const Extent extent = ExtentOf(quantity, qualifier);
  const bool decreasing = direction == type::v1::DIRECTION_DECREASE;
  // The ends of the extent in the direction: the one that is reached first, and the one that is reached last.
  const Point& begins = decreasing ? extent.high : extent.low;
  const Point& ends = decreasing ? extent.low : extent.high;
  const bool says_it = begins.is_finite() && qualifier != QUALIFIER_ABOUT;
  return {begins, says_it ? begins : ends};
}

}  // namespace seisaku::progress
