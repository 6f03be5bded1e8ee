#include "services/base/decimal.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

Decimal D(std::string_view text) {
  absl::StatusOr<Decimal> parsed = Decimal::Parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.value_or(Decimal());
}

const char kGreatest[] = "999999999999999999.999999";
const char kLeast[] = "-999999999999999999.999999";

TEST(DecimalTest, KeepsTheScaleItWasWrittenWith) {
  for (const char* text : {"85.0", "0", "0.0", "-3", "0.000001", "244765", "-0.50", kGreatest, kLeast}) {
    EXPECT_EQ(D(text).ToString(), text);
  }
  EXPECT_EQ(D("85.0").scale(), 1);
  EXPECT_EQ(D("85").scale(), 0);
}

TEST(DecimalTest, WritesOneCanonicalFormOfWhatItReads) {
  EXPECT_EQ(D("007").ToString(), "7");
  EXPECT_EQ(D("-00.10").ToString(), "-0.10");
  EXPECT_EQ(D("-0").ToString(), "0");
  EXPECT_EQ(D("-0.00").ToString(), "0.00");
  EXPECT_EQ(D("0000000000000000000000000001").ToString(), "1");
}

TEST(DecimalTest, ZeroAndIntegersNeedNoParsing) {
  EXPECT_EQ(Decimal().ToString(), "0");
  EXPECT_EQ(Decimal(-42).ToString(), "-42");
  EXPECT_EQ(Decimal(std::numeric_limits<int64_t>::min()).ToString(), "-9223372036854775808");
}

TEST(DecimalTest, RefusesWhatIsNotOfTheForm) {
  for (const char* text : {"", "-", "+1", "1.", ".5", "-.5", "1,000", "1e3", " 1", "1 ", "１", "0x10",
                           "1.2.3", "--1", "1-", "NaN", "-"}) {
    absl::StatusOr<Decimal> parsed = Decimal::Parse(text);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(parsed.status()), "INVALID_DECIMAL") << text;
  }
}

TEST(DecimalTest, RefusesWhatIsOutOfBounds) {
  EXPECT_EQ(ReasonOf(Decimal::Parse("1000000000000000000").status()), "INVALID_DECIMAL");
  EXPECT_EQ(ReasonOf(Decimal::Parse("0.0000001").status()), "INVALID_DECIMAL");
  EXPECT_EQ(ReasonOf(Decimal::Parse(std::string(10'000, '9')).status()), "INVALID_DECIMAL");
}

TEST(DecimalTest, GroupsTheDigitsBeforeThePointByThree) {
  EXPECT_EQ(D("244765").ToGroupedString(), "244,765");
  EXPECT_EQ(D("-1234.50").ToGroupedString(), "-1,234.50");
  EXPECT_EQ(D("999").ToGroupedString(), "999");
  EXPECT_EQ(D("-999").ToGroupedString(), "-999");
  EXPECT_EQ(D("1000").ToGroupedString(), "1,000");
  EXPECT_EQ(D("0.123456").ToGroupedString(), "0.123456");
  EXPECT_EQ(D(kGreatest).ToGroupedString(), "999,999,999,999,999,999.999999");
}

TEST(DecimalTest, ComparesByValueAndNotByScale) {
  EXPECT_EQ(D("85.0"), D("85"));
  EXPECT_EQ(D("0.000"), D("-0"));
  EXPECT_LT(D("84.999999"), D("85"));
  EXPECT_GT(D("85.000001"), D("85"));
  EXPECT_LT(D("-85.1"), D("-85"));
  EXPECT_LT(D("-1"), D("0.000001"));
  EXPECT_NE(D("999999999999999999"), D(kGreatest));
  EXPECT_LT(D(kLeast), D(kGreatest));
}

TEST(DecimalTest, KnowsItsSign) {
  EXPECT_EQ(D("0.00").sign(), 0);
  EXPECT_EQ(D("-0.01").sign(), -1);
  EXPECT_EQ(D("3").sign(), 1);
}

TEST(DecimalTest, AddsAndSubtractsAtTheGreaterScale) {
  EXPECT_EQ((D("1.5") + D("2.25")).ToString(), "3.75");
  EXPECT_EQ((D("1") - D("0.01")).ToString(), "0.99");
  EXPECT_EQ((D("0.1") + D("0.2")).ToString(), "0.3");
  EXPECT_EQ((D("5.0") - D("5")).ToString(), "0.0");
  EXPECT_EQ((D(kLeast) - D(kGreatest)).ToString(), "-1999999999999999999.999998");
}

TEST(DecimalTest, ScalingUpIsExact) {
  EXPECT_EQ(D("33").ScaledUp(4).ToString(), "330000");
  EXPECT_EQ(D("491.5").ScaledUp(4).ToString(), "4915000");
  EXPECT_EQ(D("1.234567").ScaledUp(3).ToString(), "1234.567");
  EXPECT_EQ(D("-2.5").ScaledUp(0).ToString(), "-2.5");
  EXPECT_EQ(D(kGreatest).ScaledUp(16).ToString(), "9999999999999999999999990000000000");
}

TEST(DecimalTest, ScalesDownExactly) {
  EXPECT_EQ(D("500").ScaledDown(1).ToString(), "50.0");
  EXPECT_EQ(D("-0.000001").ScaledDown(1), D("-1").ScaledDown(7));
  EXPECT_FALSE(D("0.000001").ScaledDown(1).IsStorable());
  EXPECT_EQ(D(kGreatest).ScaledDown(16).ScaledUp(16), D(kGreatest));
}

TEST(DecimalTest, SumsOfStoredValuesScaledUpBy13AreExact) {
  Decimal huge = D("999999999999999999").ScaledUp(13);
  EXPECT_EQ((huge + D("0.000001")).ToString(), "9999999999999999990000000000000.000001");
  EXPECT_EQ((huge + huge + D("0.000000")).ToString(), "19999999999999999980000000000000.000000");
}

TEST(DecimalTest, SumsBeyond128BitsStopAtTheLimitAndNeverWrapAround) {
  Decimal huge = D(kGreatest).ScaledUp(16);
  Decimal sum = huge + D("0.000001");
  EXPECT_EQ(sum.ToString(), "170141183460469231731687303715884.105727");
  EXPECT_EQ((sum + sum).ToString(), sum.ToString());
  EXPECT_EQ((D("-0.000001") - huge).ToString(), "-170141183460469231731687303715884.105727");
  EXPECT_EQ(((D("0.000001") - huge) - sum).sign(), -1);
  EXPECT_EQ(huge.ScaledUp(16).ToString(), "170141183460469231731687303715884105727");
}

TEST(DecimalTest, ComparesAcrossScalesBeyond128Bits) {
  Decimal huge = D(kGreatest).ScaledUp(16);
  EXPECT_GT(huge, D(kGreatest));
  EXPECT_LT(D(kLeast).ScaledUp(16), D("0.000001"));
  EXPECT_EQ(D("1.000000").ScaledUp(16), D("10").ScaledUp(15));
}

TEST(DecimalTest, ProductsAreComparedExactly) {
  auto compare = [](const char* a, const char* b, const char* c, const char* d) {
    return Decimal::CompareProducts(D(a), D(b), D(c), D(d));
  };
  EXPECT_EQ(compare("18", "100", "23", "97"), std::strong_ordering::less);
  EXPECT_EQ(compare("16856", "100", "17000", "97"), std::strong_ordering::greater);
  EXPECT_EQ(compare("97.00", "1", "100", "0.97"), std::strong_ordering::equal);
  EXPECT_EQ(compare("0.1", "0.1", "0.01", "1.000000"), std::strong_ordering::equal);
  EXPECT_EQ(compare("0.000001", "0.000001", "0", "5"), std::strong_ordering::greater);
  EXPECT_EQ(compare("0", "-3", "5", "0.0"), std::strong_ordering::equal);
  EXPECT_EQ(compare("-2", "3", "2", "3"), std::strong_ordering::less);
  EXPECT_EQ(compare("-2", "3", "-2", "4"), std::strong_ordering::greater);
  EXPECT_EQ(compare("-2", "-3", "3", "2"), std::strong_ordering::equal);
  // (g)(g) against (g + ε)(g − ε) = g² − ε²: the difference is in the 48th digit.
  EXPECT_EQ(compare("999999999999999998", "999999999999999998", "999999999999999999", "999999999999999997"),
            std::strong_ordering::greater);
  EXPECT_EQ(compare(kGreatest, kGreatest, kGreatest, "999999999999999999.999998"),
            std::strong_ordering::greater);
}

TEST(DecimalTest, ProductsOfTheGreatestScaledValuesAreComparedExactly) {
  Decimal huge = D(kGreatest).ScaledUp(16);
  Decimal less = D("999999999999999999.999998").ScaledUp(16);
  EXPECT_EQ(Decimal::CompareProducts(huge, less, less, huge), std::strong_ordering::equal);
  EXPECT_EQ(Decimal::CompareProducts(huge, huge, less, huge), std::strong_ordering::greater);
  EXPECT_EQ(Decimal::CompareProducts(huge, huge, D("0.000001"), D("0.000001")),
            std::strong_ordering::greater);
}

TEST(DecimalTest, PercentagesRoundHalfAwayFromZero) {
  auto percentage = [](const char* n, const char* d, int decimals) {
    return Decimal::Percentage(D(n), D(d), decimals).ToString();
  };
  EXPECT_EQ(percentage("18", "23", 1), "78.3");
  EXPECT_EQ(percentage("16856", "17000", 1), "99.2");
  EXPECT_EQ(percentage("1", "3", 0), "33");
  EXPECT_EQ(percentage("2", "3", 6), "66.666667");
  EXPECT_EQ(percentage("0.0005", "1", 1), "0.1");    // 0.05 -> 0.1
  EXPECT_EQ(percentage("0.00049", "1", 1), "0.0");   // 0.049 -> 0.0
  EXPECT_EQ(percentage("-0.0005", "1", 1), "-0.1");  // away from zero
  EXPECT_EQ(percentage("-0.00049", "1", 1), "0.0");  // and never "-0.0"
  EXPECT_EQ(percentage("1", "-8", 1), "-12.5");
  EXPECT_EQ(percentage("-1", "-8", 1), "12.5");
  EXPECT_EQ(percentage("1", "8", 0), "13");  // 12.5 -> 13, not to even
  EXPECT_EQ(percentage("0", "7", 1), "0.0");
  EXPECT_EQ(percentage("1.000000", "8", 0), "13");  // more scale above than the answer wants
  EXPECT_EQ(percentage("8", "0.000001", 0), "800000000");
  EXPECT_EQ(percentage(kGreatest, kGreatest, 6), "100.000000");
}

TEST(DecimalTest, SaysWhetherAStoredValueMayBeWhatWasComputed) {
  for (const char* text : {"0", "-0.000001", "999999999999999999.999999", "-999999999999999999"}) {
    EXPECT_TRUE(D(text).IsStorable()) << text;
    EXPECT_TRUE(Decimal::Parse(D(text).ToString()).ok()) << text;
  }
  const Decimal most = D("999999999999999999");
  EXPECT_FALSE((most + Decimal(1)).IsStorable());
  EXPECT_FALSE((D("-999999999999999999.999999") - D("0.000001")).IsStorable());
  EXPECT_FALSE(most.ScaledUp(4).IsStorable());
  EXPECT_FALSE(Decimal::Percentage(most, D("0.000001"), 1).IsStorable());
  EXPECT_FALSE(Decimal::Percentage(most.ScaledUp(16), D("0.000001"), 1).IsStorable());
}

TEST(DecimalTest, APercentageTooGreatToHoldStopsAtTheLimit) {
  Decimal huge = D(kGreatest).ScaledUp(16);
  EXPECT_EQ(Decimal::Percentage(huge, D("0.000001"), 1).ToString(),
            "17014118346046923173168730371588410572.7");
  EXPECT_EQ(Decimal::Percentage(huge, D("-0.000001"), 1).sign(), -1);
}

// A second way to the same answers, in the machine's own integers.
TEST(DecimalTest, AgreesWithIntegerArithmeticOnRandomValues) {
  std::mt19937_64 random(20230601);
  std::uniform_int_distribution<int64_t> draw(-1'000'000, 1'000'000);
  for (int i = 0; i < 2000; ++i) {
    int64_t a = draw(random), b = draw(random), c = draw(random), d = draw(random);
    EXPECT_EQ(Decimal::CompareProducts(Decimal(a), Decimal(b), Decimal(c), Decimal(d)), a * b <=> c * d);
    EXPECT_EQ(Decimal(a) <=> Decimal(b), a <=> b);
    EXPECT_EQ((Decimal(a) - Decimal(b)).ToString(), std::to_string(a - b));
    if (b == 0) continue;
    int64_t twice = 2 * std::abs(a) * 1000, divisor = std::abs(b);
    int64_t rounded = (twice + divisor) / (2 * divisor) * ((a < 0) != (b < 0) ? -1 : 1);
    EXPECT_EQ(Decimal::Percentage(Decimal(a), Decimal(b), 1).ScaledUp(1), Decimal(rounded));
  }
}

}  // namespace
}  // namespace seisaku
