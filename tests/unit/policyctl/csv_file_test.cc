#include "tools/policyctl/csv_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/text.h"
#include "tests/support/matchers.h"

namespace seisaku::policyctl {
namespace {

TEST(FormulaTest, TextThatWouldBecomeAFormulaHasAnApostropheInFront) {
  for (const char* text : {"=1+1", "+81-270", "-5人", "@sum", "\t=1", "\r=1", "-1,2-3", "--5", "+"})
    EXPECT_EQ(WithoutFormula(text), "'" + std::string(text));
}

TEST(FormulaTest, NumbersAndAllOtherTextStayAsTheyAre) {
  for (const char* text : {"", "-", "-5", "+5", "-1,220.50", "-3.5%", "1=1", "244,765人", "健康寿命", "'x"})
    EXPECT_EQ(WithoutFormula(text), text);
}

const Records kSheet = {
    {"ID", "指標"}, {"kpi-001", "急诊の件数"}, {"kpi-002", "健康寿命"}, {"a〜b诊", "x诊诊"}};

TEST(EncodeCsvTest, Utf8IsAsItIs) {
  EXPECT_THAT(EncodeCsv(kSheet, Encoding::kUtf8, Language::kEnglish), IsOkAndHolds(ToCsv(kSheet)));
}

TEST(EncodeCsvTest, Cp932IsTheSameTextInItsBytes) {
  const Records records = {{"指標", "①"}, {"健康寿命", "-5"}};
  ASSERT_OK_AND_ASSIGN(const std::string bytes, EncodeCsv(records, Encoding::kCp932, Language::kEnglish));
  EXPECT_EQ(bytes.substr(0, 6), "\x8Ew\x95W,\x87");
  EXPECT_THAT(Cp932ToUtf8(bytes), IsOkAndHolds(ToCsv(records)));
}

TEST(EncodeCsvTest, WhatLooksTheSameIsTakenForWhatCp932Lacks) {
  Records records = {{"指標", "〜件数−"}, {"健康寿命", "①〜⑤"}, {"か\u3099", "急诊"}};
  EXPECT_EQ(TakeCp932LookAlikes(records), 3u);
  EXPECT_EQ(records, (Records{{"指標", "～件数－"}, {"健康寿命", "①～⑤"}, {"が", "急诊"}}));
  EXPECT_EQ(TakeCp932LookAlikes(records), 0u);
}

TEST(EncodeCsvTest, EveryCellThatCp932CannotHoldIsNamedWithItsCharacters) {
  const auto violations = [](Language language) {
    const absl::StatusOr<std::string> csv = EncodeCsv(kSheet, Encoding::kCp932, language);
    EXPECT_THAT(csv, HasReason("OUTPUT_NOT_IN_CHARSET"));
    const std::optional<google::rpc::BadRequest> bad = GetBadRequest(csv.status());
    std::vector<std::string> lines;
    for (const auto& violation : bad->field_violations())
      lines.push_back(violation.field() + ": " + violation.description());
    return lines;
  };
  EXPECT_THAT(violations(Language::kEnglish),
              testing::ElementsAre("row 2, column 2 (指標): 诊 in \"急诊の件数\"",
                                   "row 4, column 1 (ID): 〜 诊 in \"a〜b诊\"",
                                   "row 4, column 2 (指標): 诊 in \"x诊诊\""));
  EXPECT_THAT(violations(Language::kJapanese), testing::Contains("4行 1列（ID）: 〜 诊（「a〜b诊」の中）"));
}

}  // namespace
}  // namespace seisaku::policyctl
