// What a printed figure may stand for, and where between two such a judgement turns.
#pragma once

#include <compare>

#include "seisaku/type/v1/judgement.pb.h"
#include "seisaku/type/v1/value.pb.h"
#include "services/base/decimal.h"
#include "services/base/quantity.h"

namespace seisaku::progress {

// A place on the number line that may lie beside a number by less than any difference, or beyond all numbers:
// the ends of "more than 60" are just above 60, and above all numbers.
struct Point {
  Decimal value;   // of a finite one
  int side = 0;    // -1: just below the value, +1: just above it
  int beyond = 0;  // -1: below all numbers, +1: above all numbers
  bool is_finite() const { return beyond == 0; }
  friend std::strong_ordering operator<=>(const Point& a, const Point& b);
  friend bool operator==(const Point& a, const Point& b) { return (a <=> b) == 0; }
};

// All that a figure may stand for: one number, or all between two points.
struct Extent {
  Point low;
  Point high;
  bool is_exact() const { return low == high; }
};

// In the base unit of `quantity`. See type.v1.Qualifier. "Near" has both its ends, "from" only the one that
// is printed; the last digit of 0 is the last one that is printed.
Extent ExtentOf(const Quantity& quantity, type::v1::Qualifier qualifier);

// What has to be reached of a target: `easiest` and `hardest` are the same where the target says it exactly.
struct Threshold {
  Point easiest;
  Point hardest;
  bool is_exact() const { return easiest == hardest; }
};

// For INCREASE and DECREASE; the figure has to be at the threshold or beyond it.
// - A number is the threshold itself; so is one that is bounded on the side that the direction goes away
//   from (60以上 where more is better, 60以下 where less is).
// - 60超 where more is better is a threshold just above 60, 60未満 where less is better just below.
// - 30台 is reached where the direction first meets it: at 30 where more is better, just below 40 where less
//   is.
// - A target that does not say where it is reached may ask for any number in its extent: 約60, and what is
//   bounded on the other side (60以下 where more is better).
Threshold ThresholdOf(const Quantity& quantity, type::v1::Qualifier qualifier, type::v1::Direction direction);

}  // namespace seisaku::progress
