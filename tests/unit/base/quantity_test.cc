#include "services/base/quantity.h"

#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }

// "number|unit" as parsed, "none" where the text is not a quantity, else the error's reason.
std::string Read(std::string_view text) {
  absl::StatusOr<std::optional<Quantity>> parsed = ParseQuantity(text);
  if (!parsed.ok()) return ReasonOf(parsed.status());
  if (!*parsed) return "none";
  return (*parsed)->value.ToString() + "|" + (*parsed)->unit;
}

TEST(QuantityTest, ReadsTheFormsThatTheSheetPrints) {
  EXPECT_EQ(Read("12,025億円"), "12025|億円");
  EXPECT_EQ(Read("244,765人"), "244765|人");
  EXPECT_EQ(Read("33万人"), "33|万人");
  EXPECT_EQ(Read("491.5万人"), "491.5|万人");
  EXPECT_EQ(Read("82.0%"), "82.0|%");
  EXPECT_EQ(Read("3,949ha"), "3949|ha");
  EXPECT_EQ(Read("92力所"), "92|力所");
  EXPECT_EQ(Read("70件"), "70|件");
  EXPECT_EQ(Read("-3"), "-3|");
  EXPECT_EQ(Read("0"), "0|");
  EXPECT_EQ(Read("15㎡"), "15|㎡");
  EXPECT_EQ(Read("36.5℃"), "36.5|℃");
  EXPECT_EQ(Read("5m3"), "5|m3");
}

TEST(QuantityTest, ReadsFullWidthNumbersAndKeepsTheUnitAsPrinted) {
  EXPECT_EQ(Read("１２，０２５億円"), "12025|億円");
  EXPECT_EQ(Read("８２．０％"), "82.0|%");
  EXPECT_EQ(Read("－３件"), "-3|件");
  EXPECT_EQ(Read("５ＭＷ"), "5|ＭＷ");
  EXPECT_EQ(Read("1２.５％ポイント"), "12.5|%ポイント");
}

TEST(QuantityTest, ReadsTheMinusSignsOfJapaneseAccounts) {
  EXPECT_EQ(Read("−1.5%"), "-1.5|%");
  EXPECT_EQ(Read("▲1,234千円"), "-1234|千円");
  EXPECT_EQ(Read("△0.3"), "-0.3|");
  EXPECT_EQ(Read("+5人"), "5|人");
  EXPECT_EQ(Read("＋5人"), "5|人");
}

TEST(QuantityTest, TextThatIsNoQuantityIsNone) {
  for (const char* text :
       {"", "-", "－", "▲", "待機児童なし", "小学校 93.5% 中学校 85.0%", "12,025億円 (令和2年)", "70 件",
        " 70件", "70件 ", "70　件", ".5", ",5", "5.", "5.件", "1.2.3", "--3", "約70件", "人70"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

TEST(QuantityTest, RangesFractionsTimesAndDatesAreNoQuantities) {
  for (const char* text : {"3~5人", "3〜5人", "3～5人", "3-5人", "3−5人", "1/2", "10:30", "2023-06-01",
                           "70(件)", "70※", "3①", "5+3"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

TEST(QuantityTest, BrokenUtf8IsNoQuantity) {
  EXPECT_EQ(Read("70\xff"), "none");
  EXPECT_EQ(Read("70\xef\xbc"), "none");
  EXPECT_EQ(Read("\xef\xbc"), "none");
}

TEST(QuantityTest, MisplacedCommasAreAnError) {
  for (const char* text : {"1,23人", "12,34,567", "1234,567円", "1,2345", "1,234,", "1,,234", "1,234.5,6",
                           "0,1", "1,234,56.7", "１，２３人"}) {
    EXPECT_EQ(Read(text), "INVALID_DECIMAL") << text;
  }
}

TEST(QuantityTest, NumbersOutOfBoundsAreAnError) {
  EXPECT_EQ(Read("1000000000000000000円"), "INVALID_DECIMAL");
  EXPECT_EQ(Read("1,000,000,000,000,000,000円"), "INVALID_DECIMAL");
  EXPECT_EQ(Read("0.1234567%"), "INVALID_DECIMAL");
  EXPECT_EQ(Read("999,999,999,999,999,999.999999円"), "999999999999999999.999999|円");
}

TEST(QuantityTest, ScaleWordsAreTakenIntoTheNumber) {
  struct Case {
    const char *value, *unit, *base_value, *base_unit;
  };
  for (const Case& c :
       std::vector<Case>{{"33", "万人", "330000", "人"},
                         {"491.5", "万人", "4915000", "人"},
                         {"12025", "億円", "1202500000000", "円"},
                         {"1.5", "兆円", "1500000000000", "円"},
                         {"3", "千円", "3000", "円"},
                         {"3", "百万円", "3000000", "円"},
                         {"3", "千万円", "30000000", "円"},
                         {"3", "十億円", "3000000000", "円"},
                         {"2", "百人", "200", "人"},
                         {"33", "万", "330000", ""},
                         {"3", "千", "3000", ""},
                         {"82.0", "%", "82.0", "%"},
                         {"7", "", "7", ""},
                         {"1.2345", "千人", "1234.5", "人"},
                         {"-2", "万人", "-20000", "人"},
                         {"5", "人百", "5", "人百"},
                         {"999999999999999999", "千兆円", "999999999999999999000000000000000", "円"}}) {
    Quantity base = ToBaseUnit({D(c.value), c.unit});
    EXPECT_EQ(base.value.ToString(), c.base_value) << c.value << c.unit;
    EXPECT_EQ(base.unit, c.base_unit) << c.value << c.unit;
  }
}

TEST(QuantityTest, TheSameAmountInTwoUnitsHasOneBase) {
  EXPECT_EQ(ToBaseUnit({D("24.4765"), "万人"}), ToBaseUnit({D("244765"), "人"}));
  EXPECT_NE(ToBaseUnit({D("33"), "万人"}), ToBaseUnit({D("33"), "人"}));
}

TEST(QuantityTest, PrintsGroupedDigitsAndTheUnit) {
  EXPECT_EQ(Format({D("244765"), "人"}), "244,765人");
  EXPECT_EQ(Format({D("82.0"), "%"}), "82.0%");
  EXPECT_EQ(Format({D("-3"), ""}), "-3");
}

TEST(QuantityTest, ReadsBackWhatItPrints) {
  for (const char* text : {"12,025億円", "82.0%", "-1,234,567.890件", "7"}) {
    EXPECT_EQ(Format(ParseQuantity(text).value().value()), text);
  }
}

}  // namespace
}  // namespace seisaku
