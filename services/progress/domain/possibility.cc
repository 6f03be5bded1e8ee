#include "services/progress/domain/possibility.h"

namespace seisaku::progress {
namespace {

using enum type::v1::Judgement;

// The ratio of a possibility, and on which side of the fraction it lies.
class Rating {
 public:
  Rating(bool decreasing, const Possibility& one) : decreasing_(decreasing), one_(one) {}

  void Rate(Outcome& outcome) const {
    if (!one_.target.is_finite() || !one_.actual.is_finite()) return;
    outcome.ratio = one_.baseline ? OfTheWay() : OfTheTarget();
    outcome.side = Side();
  }

 private:
  std::optional<Ratio> OfTheTarget() const {
    const Decimal& target = one_.target.value;
    const Decimal& actual = one_.actual.value;
    if (target.sign() <= 0 || actual.sign() <= 0) return std::nullopt;
    return decreasing_ ? Ratio{target, actual} : Ratio{actual, target};
  }

  std::optional<Ratio> OfTheWay() const {
    const Point& baseline = *one_.baseline;
    if (!baseline.is_finite()) {
      // As the baseline goes to infinity behind the target, the ratio tends to 1.
      if (IsAhead(baseline)) return std::nullopt;
      return Ratio{Decimal(1), Decimal(1)};
    }
    const Decimal& target = one_.target.value;
    const Decimal& actual = one_.actual.value;
    const Ratio way = decreasing_ ? Ratio{baseline.value - actual, baseline.value - target}
                                  : Ratio{actual - baseline.value, target - baseline.value};
    if (way.denominator.sign() > 0) return way;
    const bool just_behind = decreasing_ ? baseline > one_.actual : baseline < one_.actual;
    if (IsAtTheNumber() && just_behind) return Ratio{Decimal(1), Decimal(1)};
    return std::nullopt;
  }

  // Then the ratio is 1, whatever the baseline.
  bool IsAtTheNumber() const { return one_.actual.value == one_.target.value; }

  bool IsAhead(const Point& infinite) const { return (infinite.beyond > 0) != decreasing_; }

  // A target just above a number is nearer to it than any figure that is just above one.
  int Side() const {
    const int better = decreasing_ ? -1 : 1;
    if (one_.baseline && !one_.baseline->is_finite()) return -1;
    if (one_.actual.side != 0) return better * one_.actual.side;
    if (one_.baseline && one_.baseline->side != 0 && !IsAtTheNumber()) return -better * one_.baseline->side;
    return -better * one_.target.side;
  }

  const bool decreasing_;
  const Possibility& one_;
};

}  // namespace

bool IsMet(type::v1::Direction direction, const Possibility& one) {
  return direction == type::v1::DIRECTION_DECREASE ? one.actual <= one.target : one.actual >= one.target;
}

Outcome JudgeOne(const Rule& rule, type::v1::Direction direction, const Possibility& one) {
  Outcome outcome;
  outcome.met = IsMet(direction, one);
  Rating(direction == type::v1::DIRECTION_DECREASE, one).Rate(outcome);
  const auto reaches = [&](const Decimal& percent) {
    if (!outcome.ratio) return false;
    const auto order = ComparePercent(*outcome.ratio, percent);
    return order > 0 || (order == 0 && outcome.side >= 0);
  };
  if (outcome.met || reaches(rule.on_track_percent)) {
    outcome.judgement = JUDGEMENT_ON_TRACK;
  } else if (reaches(rule.mostly_on_track_percent)) {
    outcome.judgement = JUDGEMENT_MOSTLY_ON_TRACK;
  }
  return outcome;
}

}  // namespace seisaku::progress
