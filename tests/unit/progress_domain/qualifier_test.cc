// Figures that say how they bound what they stand for: what each may be, and what is judged of that.
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <set>

#include "absl/numeric/int128.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/progress/domain/evaluation.h"
#include "services/progress/domain/extent.h"

namespace seisaku::progress {
namespace {

using enum type::v1::Direction;
using enum type::v1::Judgement;
using enum type::v1::Qualifier;
using type::v1::Qualifier;

// In the order of the tables below: n, n以上, n以下, n超, n未満, 約n, n台.
constexpr std::array kQualifiers = {QUALIFIER_UNSPECIFIED, QUALIFIER_AT_LEAST,  QUALIFIER_AT_MOST,
                                    QUALIFIER_MORE_THAN,   QUALIFIER_LESS_THAN, QUALIFIER_ABOUT,
                                    QUALIFIER_RANGE_FROM};

Decimal D(const std::string& text) { return *Decimal::Parse(text); }

std::string Text(const Point& point) {
  if (!point.is_finite()) return point.beyond > 0 ? "∞" : "-∞";
  return point.value.ToString() + (point.side > 0 ? "+" : point.side < 0 ? "-" : "");
}
std::string ExtentText(const char* number, const char* unit, Qualifier qualifier) {
  const Extent extent = ExtentOf({D(number), unit}, qualifier);
  return Text(extent.low) + " … " + Text(extent.high);
}

TEST(ExtentTest, EndsWhereTheQualifierSays) {
  EXPECT_EQ(ExtentText("60", "人", QUALIFIER_UNSPECIFIED), "60 … 60");
  EXPECT_EQ(ExtentText("60", "人", QUALIFIER_AT_LEAST), "60 … ∞");
  EXPECT_EQ(ExtentText("60", "万人", QUALIFIER_AT_MOST), "-∞ … 600000");
  EXPECT_EQ(ExtentText("60", "人", QUALIFIER_MORE_THAN), "60+ … ∞");
  EXPECT_EQ(ExtentText("60", "人", QUALIFIER_LESS_THAN), "-∞ … 60-");
}

TEST(ExtentTest, NearIsHalfOfOneInTheLastDigitThatIsNotZero) {
  EXPECT_EQ(ExtentText("500", "人", QUALIFIER_ABOUT), "450 … 550");
  EXPECT_EQ(ExtentText("510", "人", QUALIFIER_ABOUT), "505 … 515");
  EXPECT_EQ(ExtentText("25", "人", QUALIFIER_ABOUT), "24.5 … 25.5");
  EXPECT_EQ(ExtentText("82.50", "%", QUALIFIER_ABOUT), "82.45 … 82.55");
  EXPECT_EQ(ExtentText("80.0", "%", QUALIFIER_ABOUT), "75.0 … 85.0");
  EXPECT_EQ(ExtentText("3", "万人", QUALIFIER_ABOUT), "25000 … 35000");
  EXPECT_EQ(ExtentText("-500", "人", QUALIFIER_ABOUT), "-550 … -450");
  EXPECT_EQ(ExtentText("0", "人", QUALIFIER_ABOUT), "-0.5 … 0.5");
  EXPECT_EQ(ExtentText("0.00", "%", QUALIFIER_ABOUT), "-0.005 … 0.005");
  EXPECT_EQ(ExtentText("0.000001", "%", QUALIFIER_ABOUT), "0.0000005 … 0.0000015");
  EXPECT_EQ(ExtentText("100000000000000000", "人", QUALIFIER_ABOUT),
            "50000000000000000 … 150000000000000000");
}

TEST(ExtentTest, ARangeEndsBeforeTheNextOne) {
  EXPECT_EQ(ExtentText("30", "万人", QUALIFIER_RANGE_FROM), "300000 … 400000-");
  EXPECT_EQ(ExtentText("25", "人", QUALIFIER_RANGE_FROM), "25 … 26-");
  EXPECT_EQ(ExtentText("2.5", "%", QUALIFIER_RANGE_FROM), "2.5 … 2.6-");
  EXPECT_EQ(ExtentText("-30", "人", QUALIFIER_RANGE_FROM), "-40+ … -30");
  EXPECT_EQ(ExtentText("0", "人", QUALIFIER_RANGE_FROM), "0 … 1-");
}

Figure FigureOf(const Decimal& number, Qualifier qualifier) {
  return {Quantity{number, "人"}, {ObservedPeriod::Kind::kFiscalYear, 2022}, qualifier};
}

EvaluationInput InputOf(Direction direction, const Figure& target, const Figure& actual) {
  Rule rule{Rule::Method::kRatio1, Decimal(100), Decimal(97)};
  return {direction, Decimal(2), rule, {{"", target, actual, std::nullopt}}};
}

bool IsOpen(const Evaluation& evaluation) {
  return testing::Matches(testing::Contains(v1::EVALUATION_CODE_QUALIFIER_LEAVES_OPEN))(evaluation.codes);
}

std::string JudgementText(const Evaluation& evaluation) {
  EXPECT_EQ(evaluation.judgement == JUDGEMENT_NOT_EVALUABLE, IsOpen(evaluation));
  switch (evaluation.judgement) {
    case JUDGEMENT_ON_TRACK:
      return "順";
    case JUDGEMENT_MOSTLY_ON_TRACK:
      return "概";
    case JUDGEMENT_DELAYED:
      return "遅";
    default:
      return "否";
  }
}

// Every qualifier of a target of 60 (a row each) beside every one of an actual (a character each), by ratio/1
// with 100 % and 97 %, or within 2. 否: left open.
struct Grid {
  Direction direction;
  int actual;
  std::array<const char*, kQualifiers.size()> judgements;
};

// clang-format off
const Grid kGrids[] = {
    {DIRECTION_INCREASE, 50, {"遅否遅否遅遅否", "遅否遅否遅遅否", "否否否否否否否", "遅否遅否遅遅否", "否否否否否否否", "遅否遅否遅否否", "遅否遅否遅遅否"}},
    {DIRECTION_INCREASE, 60, {"順順否順否否順", "順順否順否否順", "順順否順否否順", "概否否順否否否", "順順否順否否順", "否否否否否否否", "順順否順否否順"}},
    {DIRECTION_INCREASE, 70, {"順順否順否順順", "順順否順否順順", "順順否順否順順", "順順否順否順順", "順順否順否順順", "順順否順否順順", "順順否順否順順"}},
    {DIRECTION_DECREASE, 50, {"順否順否順順順", "順否順否順順順", "順否順否順順順", "順否順否順順順", "順否順否順順順", "順否順否順順否", "順否順否順順順"}},
    {DIRECTION_DECREASE, 60, {"順否順否順否否", "順否順否順否否", "順否順否順否否", "順否順否順否否", "概否否否順否否", "否否否否否否否", "順否順否順順順"}},
    {DIRECTION_DECREASE, 70, {"遅遅否遅否遅遅", "否否否否否否否", "遅遅否遅否遅遅", "否否否否否否否", "遅遅否遅否遅遅", "遅遅否遅否否遅", "概否否否順否否"}},
    {DIRECTION_KEEP_WITHIN, 50, {"遅否遅否遅遅否", "遅否遅否遅遅否", "順否順否順順順", "遅否遅否遅遅否", "順否順否順順順", "遅否遅否遅否否", "遅否遅否遅遅否"}},
    {DIRECTION_KEEP_WITHIN, 60, {"順否否否否否否", "順順否順否否順", "順否順否順否否", "順順否順否否順", "順否順否順否否", "否否否否否否否", "順否否否否否順"}},
    {DIRECTION_KEEP_WITHIN, 70, {"遅遅否遅否遅遅", "順順否順否順順", "遅遅否遅否遅遅", "順順否順否順順", "遅遅否遅否遅遅", "遅遅否遅否否遅", "順否否否否否否"}},
};
// clang-format on

TEST(QualifierTest, JudgesEveryPairOfQualifiers) {
  for (const Grid& grid : kGrids) {
    for (size_t i = 0; i < kQualifiers.size(); ++i) {
      std::string judged;
      for (const Qualifier qualifier : kQualifiers) {
        judged += JudgementText(Evaluate(InputOf(grid.direction, FigureOf(Decimal(60), kQualifiers[i]),
                                                 FigureOf(Decimal(grid.actual), qualifier))));
      }
      EXPECT_EQ(judged, grid.judgements[i])
          << Direction_Name(grid.direction) << " " << grid.actual << " " << Qualifier_Name(kQualifiers[i]);
    }
  }
}

// What follows judges possibility by possibility, in integers, and shares nothing with what it tests.

constexpr int64_t kUnit = 10'000;  // the test's numbers are counted in this part of one
constexpr int64_t kFar = int64_t{1'000'000'000} * kUnit;  // as far away as any bound of nothing

struct Figured {
  int64_t number;  // whole
  Qualifier qualifier;
};

int64_t StepOf(int64_t number) {
  int64_t step = 1;
  while (number != 0 && number % (step * 10) == 0) step *= 10;
  return step;
}

struct Bounds {
  int64_t low, high;
  bool Holds(int64_t value) const { return low <= value && value <= high; }
};

// An end that is not included lies one part inside.
Bounds BoundsOf(const Figured& figure) {
  const int64_t at = figure.number * kUnit;
  const int64_t step = StepOf(figure.number) * kUnit;
  switch (figure.qualifier) {
    case QUALIFIER_AT_LEAST:
      return {at, kFar};
    case QUALIFIER_AT_MOST:
      return {-kFar, at};
    case QUALIFIER_MORE_THAN:
      return {at + 1, kFar};
    case QUALIFIER_LESS_THAN:
      return {-kFar, at - 1};
    case QUALIFIER_ABOUT:
      return {at - step / 2, at + step / 2};
    case QUALIFIER_RANGE_FROM:
      return at < 0 ? Bounds{at - step + 1, at} : Bounds{at, at + step - 1};
    default:
      return {at, at};
  }
}

// Possible values of a figure: its ends and the nearest beside them, and some between.
std::vector<int64_t> PossibleOf(const Figured& figure, std::mt19937_64& random) {
  const Bounds bounds = BoundsOf(figure);
  if (bounds.low == bounds.high) return {bounds.low};
  std::vector<int64_t> possible = {bounds.low, bounds.low + 1, bounds.high - 1, bounds.high};
  for (int64_t near = -60; near <= 60; near += 5) possible.push_back(near * kUnit);
  const auto width = static_cast<uint64_t>(bounds.high - bounds.low);
  for (int i = 0; i < 10; ++i) possible.push_back(bounds.low + static_cast<int64_t>(random() % width));
  std::erase_if(possible, [&](int64_t value) { return !bounds.Holds(value); });
  return possible;
}

struct Case {
  Direction direction;
  bool against_baseline;
  int64_t on_track, mostly_on_track, tolerance;
  Figured target, actual, baseline;
};

// A target that asks for more (or less) than its number, by whatever little.
struct Asked {
  int64_t number;
  bool or_as_much = true;
};

// What the target asks for, in each possibility.
std::vector<Asked> AskedBy(const Case& one, std::mt19937_64& random) {
  const bool increasing = one.direction == DIRECTION_INCREASE;
  const int64_t at = one.target.number * kUnit;
  const int64_t step = StepOf(one.target.number) * kUnit;
  const Qualifier qualifier = one.target.qualifier;
  if (qualifier == (increasing ? QUALIFIER_AT_LEAST : QUALIFIER_AT_MOST)) return {{at}};
  if (qualifier == (increasing ? QUALIFIER_MORE_THAN : QUALIFIER_LESS_THAN)) return {{at, false}};
  if (qualifier == QUALIFIER_RANGE_FROM) {
    if (increasing) return {at < 0 ? Asked{at - step, false} : Asked{at}};
    return {at < 0 ? Asked{at} : Asked{at + step, false}};
  }
  std::vector<Asked> asked;
  for (const int64_t number : PossibleOf(one.target, random)) asked.push_back({number});
  return asked;
}

Judgement JudgementOf(const Case& one, const Asked& asked, int64_t actual, int64_t baseline, bool& met) {
  const bool increasing = one.direction == DIRECTION_INCREASE;
  const int64_t target = asked.number;
  met = increasing ? actual > target : actual < target;
  met = met || (asked.or_as_much && actual == target);
  if (met) return JUDGEMENT_ON_TRACK;
  absl::int128 numerator = increasing ? actual : target, denominator = increasing ? target : actual;
  if (one.against_baseline) {
    numerator = increasing ? actual - baseline : baseline - actual;
    denominator = increasing ? target - baseline : baseline - target;
  } else if (numerator <= 0) {
    return JUDGEMENT_DELAYED;
  }
  if (denominator <= 0) return JUDGEMENT_DELAYED;
  const auto reaches = [&](int64_t percent) {
    const absl::int128 more = numerator * 100 - percent * denominator;
    return more > 0 || (more == 0 && asked.or_as_much);
  };
  return reaches(one.on_track)          ? JUDGEMENT_ON_TRACK
         : reaches(one.mostly_on_track) ? JUDGEMENT_MOSTLY_ON_TRACK
                                        : JUDGEMENT_DELAYED;
}

// Within: a target is what is to be kept; of one that is about a number every possibility is.
bool IsKept(const Case& one, int64_t target, int64_t actual) {
  const int64_t tolerance = one.tolerance * kUnit;
  const int64_t at = one.target.number * kUnit;
  const int64_t step = StepOf(one.target.number) * kUnit;
  switch (one.target.qualifier) {
    case QUALIFIER_AT_LEAST:
      return actual >= at - tolerance;
    case QUALIFIER_AT_MOST:
      return actual <= at + tolerance;
    case QUALIFIER_MORE_THAN:
      return actual > at - tolerance;
    case QUALIFIER_LESS_THAN:
      return actual < at + tolerance;
    case QUALIFIER_RANGE_FROM:
      if (at < 0) return actual > at - step - tolerance && actual <= at + tolerance;
      return actual >= at - tolerance && actual < at + step + tolerance;
    default:
      return actual >= target - tolerance && actual <= target + tolerance;
  }
}

// All pairs, and those that are just as far from each other as may be.
std::vector<std::pair<int64_t, int64_t>> PairsToKeep(const Case& one, const std::vector<int64_t>& targets,
                                                     const std::vector<int64_t>& actuals) {
  std::vector<std::pair<int64_t, int64_t>> pairs;
  const Bounds of_targets = BoundsOf(one.target), of_actuals = BoundsOf(one.actual);
  const int64_t tolerance = one.tolerance * kUnit;
  for (const int64_t target : targets) {
    for (const int64_t actual : actuals) {
      pairs.emplace_back(target, actual);
      for (const int64_t distance : {-tolerance, tolerance}) {
        if (of_targets.Holds(actual + distance)) pairs.emplace_back(actual + distance, actual);
        if (of_actuals.Holds(target + distance)) pairs.emplace_back(target, target + distance);
      }
    }
  }
  return pairs;
}

// All judgements that are possible, and whether all meet the target.
struct Possible {
  std::set<Judgement> judgements;
  bool all_meet = true;
};

Possible PossibleJudgements(const Case& one, std::mt19937_64& random) {
  Possible possible;
  const std::vector<int64_t> actuals = PossibleOf(one.actual, random);
  if (one.direction == DIRECTION_KEEP_WITHIN) {
    const std::vector<int64_t> targets = PossibleOf(one.target, random);
    for (const auto& [target, actual] : PairsToKeep(one, targets, actuals)) {
      const bool kept = IsKept(one, target, actual);
      possible.judgements.insert(kept ? JUDGEMENT_ON_TRACK : JUDGEMENT_DELAYED);
      possible.all_meet &= kept;
    }
    return possible;
  }
  const std::vector<int64_t> baselines =
      one.against_baseline ? PossibleOf(one.baseline, random) : std::vector<int64_t>{0};
  for (const Asked& asked : AskedBy(one, random)) {
    for (const int64_t actual : actuals) {
      for (const int64_t baseline : baselines) {
        bool met = false;
        possible.judgements.insert(JudgementOf(one, asked, actual, baseline, met));
        possible.all_meet &= met;
      }
    }
  }
  return possible;
}

Case AnyCase(std::mt19937_64& random) {
  constexpr std::array kDirections = {DIRECTION_INCREASE, DIRECTION_DECREASE, DIRECTION_KEEP_WITHIN};
  constexpr int64_t kNumbers[] = {0, 1, 5, 10, 20, 25, 30, 31, 40, 48, 49, 50, 51, 60, 100};
  const auto figure = [&]() -> Figured {
    const int64_t number = kNumbers[random() % std::size(kNumbers)];
    return {random() % 4 == 0 ? -number : number, kQualifiers[random() % kQualifiers.size()]};
  };
  const bool lower_bands = random() % 3 == 0;
  return {.direction = kDirections[random() % kDirections.size()],
          .against_baseline = random() % 2 == 0,
          .on_track = lower_bands ? 80 : 100,
          .mostly_on_track = lower_bands ? 50 : 97,
          .tolerance = static_cast<int64_t>(random() % 3) * 5,
          .target = figure(),
          .actual = figure(),
          .baseline = figure()};
}

Evaluation Evaluated(const Case& one) {
  const auto method = one.against_baseline ? Rule::Method::kBaseline1 : Rule::Method::kRatio1;
  const auto figure = [](const Figured& figured) {
    return FigureOf(Decimal(figured.number), figured.qualifier);
  };
  return Evaluate({one.direction,
                   Decimal(one.tolerance),
                   Rule{method, Decimal(one.on_track), Decimal(one.mostly_on_track)},
                   {{"", figure(one.target), figure(one.actual), figure(one.baseline)}}});
}

std::string Text(const Case& one) {
  const auto text = [](const Figured& figure) {
    return fmt::format("{} {}", figure.number, Qualifier_Name(figure.qualifier));
  };
  return fmt::format("{}{}, bands {} {}, tolerance {}: target {}, actual {}, baseline {}",
                     Direction_Name(one.direction), one.against_baseline ? " against the baseline" : "",
                     one.on_track, one.mostly_on_track, one.tolerance, text(one.target), text(one.actual),
                     text(one.baseline));
}

TEST(QualifierTest, JudgesAsEveryPossibilityDoes) {
  const char* scale = std::getenv("SEISAKU_SCALE");
  const bool full = scale != nullptr && std::string_view(scale) == "full";
  const uint64_t seed = full ? std::random_device()() : 17;
  std::mt19937_64 random(seed);
  const int count = full ? 50'000 : 5'000;
  int open = 0;
  for (int i = 0; i < count && !HasFailure(); ++i) {
    const Case one = AnyCase(random);
    const Possible possible = PossibleJudgements(one, random);
    const Evaluation evaluation = Evaluated(one);
    const bool is_open = possible.judgements.size() > 1;
    open += is_open;
    EXPECT_EQ(IsOpen(evaluation), is_open) << Text(one) << ", seed " << seed;
    EXPECT_EQ(evaluation.judgement, is_open ? JUDGEMENT_NOT_EVALUABLE : *possible.judgements.begin())
        << Text(one) << ", seed " << seed;
    EXPECT_EQ(evaluation.components[0].met, !is_open && possible.all_meet) << Text(one) << ", seed " << seed;
  }
  std::cout << fmt::format("{} cases (seed {}), {} left open\n", count, seed, open);
}

}  // namespace
}  // namespace seisaku::progress
