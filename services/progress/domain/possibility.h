// What one possibility of a target, an actual and a baseline comes to.
#pragma once

#include <optional>

#include "seisaku/type/v1/judgement.pb.h"
#include "services/progress/domain/evaluation.h"
#include "services/progress/domain/extent.h"
#include "services/progress/domain/ratio.h"

namespace seisaku::progress {

// In one base unit.
struct Possibility {
  Point target;
  Point actual;
  std::optional<Point> baseline;  // set for a method that uses it
};

struct Outcome {
  type::v1::Judgement judgement = type::v1::JUDGEMENT_DELAYED;
  bool met = false;
  std::optional<Ratio> ratio;
  int side = 0;  // of the ratio: -1: just below the fraction, +1: just above it
};

// Whether the actual stands to the target as INCREASE or DECREASE asks.
bool IsMet(type::v1::Direction direction, const Possibility& one);

// The judgement in that direction by the rule's bands. With everything else the same it never gets worse with
// a better actual, with a target nearer to it, or with a baseline further behind.
Outcome JudgeOne(const Rule& rule, type::v1::Direction direction, const Possibility& one);

}  // namespace seisaku::progress
