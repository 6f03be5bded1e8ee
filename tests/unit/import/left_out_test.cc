// What an import leaves out: it is told first, and an import that left something out is not done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "services/base/status.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/exit_code.h"
#include "tools/policyctl/import/report.h"
#include "tools/policyctl/unlikely.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr int kThisYear = 2023;
const SheetLine kVisitors = {.name = "来館者数", .target = "100人", .actual = "110人", .later = "120人"};

SheetLine With(const std::string& target, const std::string& actual) {
  SheetLine line = kVisitors;
  line.target = target;
  line.actual = actual;
  return line;
}

ImportReport ReportOf(const ImportPlan& plan, bool dry_run = false) {
  return {.document = "sheet.txt", .plan = kPlan, .fiscal_year = 2022, .dry_run = dry_run, .import = plan};
}

TEST(UnlikelyTest, AYearThatHasNotBegunOrIsLongPastIsUnlikely) {
  EXPECT_FALSE(IsUnlikelyYear(2023, 2023));
  EXPECT_FALSE(IsUnlikelyYear(2024, 2023));
  EXPECT_TRUE(IsUnlikelyYear(2025, 2023));
  EXPECT_FALSE(IsUnlikelyYear(1993, 2023));
  EXPECT_TRUE(IsUnlikelyYear(1988, 2023));  // S63
  EXPECT_FALSE(IsUnlikelyYear(2117, 0));
  EXPECT_FALSE(IsUnlikelyTargetYear(2040, 2023));
  EXPECT_TRUE(IsUnlikelyTargetYear(2117, 2023));  // R99
  EXPECT_FALSE(IsUnlikelyTargetYear(2117, 0));
}

type::v1::Value Number(const std::string& number, const std::string& unit) {
  type::v1::Value value;
  value.mutable_number()->mutable_value()->set_value(number);
  value.mutable_number()->set_unit(unit);
  return value;
}

TEST(UnlikelyTest, AFigureIsFarFromWhatIsAHundredTimesAsLargeOrSmallInTheBaseOfTheUnits) {
  const type::v1::Value last = Number("30", "万人");
  const type::v1::Value target = Number("320000", "人");
  const std::vector<const type::v1::Value*> known = {&last, &target};
  EXPECT_EQ(FindFarFrom(Number("310000", "人"), known), nullptr);
  EXPECT_EQ(FindFarFrom(Number("29999999", "人"), known), nullptr);
  EXPECT_EQ(FindFarFrom(Number("31", "人"), known), &last);
  EXPECT_EQ(FindFarFrom(Number("310000", "万人"), known), &last);
  EXPECT_EQ(FindFarFrom(Number("-31", "人"), known), &last);
  EXPECT_EQ(FindFarFrom(Number("0", "人"), known), nullptr);
  EXPECT_EQ(FindFarFrom(Number("31", "件"), known), nullptr);
  EXPECT_EQ(FindFarFrom(Number("31", "人"), {}), nullptr);
  type::v1::Value words;
  words.set_text("待機児童なし");
  EXPECT_EQ(FindFarFrom(words, known), nullptr);
}

TEST(UnlikelyTest, OneKnownValueOfItsSizeIsEnough) {
  const type::v1::Value last = Number("1", "件");
  const type::v1::Value target = Number("200", "件");
  EXPECT_EQ(FindFarFrom(Number("150", "件"), {&last, &target}), nullptr);
  EXPECT_EQ(FindFarFrom(Number("150", "件"), {&last}), &last);
}

TEST(LeftOutTest, AFigureTenThousandTimesTheLastOneIsAskedAboutFirst) {
  CityServices city = CityWith(YearSheet(4, {kVisitors}));
  const std::string sheet = YearSheet(5, {With("100人", "110万人")});
  const ImportPlan plan = PlanSheet(city, sheet, {.this_year = kThisYear});
  EXPECT_EQ(plan.left_out, 1);
  EXPECT_THAT(Findings(plan, "UNLIKELY_FIGURE"), ElementsAre("3:8 110人"));
  ImportSheet(city, sheet, {.this_year = kThisYear});
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "来館者数"), 2023), "");
  const ImportPlan forced = ImportSheet(city, sheet, {.this_year = kThisYear, .force = true});
  EXPECT_EQ(forced.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "来館者数"), 2023), "110万人");
  // What is recorded is no question any more.
  EXPECT_EQ(PlanSheet(city, sheet, {.this_year = kThisYear}).left_out, 0);
}

TEST(LeftOutTest, SoIsATargetAndAFigureOfOneComponent) {
  const SheetLine line = {
      .name = "健康寿命", .target = "男性 79歳 女性 84歳", .actual = "男性 78歳 女性 83歳"};
  CityServices city = CityWith(YearSheet(4, {line}));
  SheetLine wrong = line;
  wrong.target = "男性 7900歳 女性 84歳";
  wrong.actual = "男性 78歳 女性 0.83歳";
  const ImportPlan plan = PlanSheet(city, YearSheet(5, {wrong}), {.this_year = kThisYear});
  EXPECT_THAT(Findings(plan, "UNLIKELY_FIGURE"), SizeIs(2));
  EXPECT_EQ(plan.left_out, 2);
}

TEST(LeftOutTest, NothingIsTakenOfASheetOfAYearThatHasNotBegun) {
  CityServices city = CityWith(YearSheet(4, {kVisitors, {.name = "貸出数"}}));
  const std::string sheet = YearSheet(12, {kVisitors});  // the other one would be retired from then on
  const ImportPlan plan = PlanSheet(city, sheet, {.this_year = kThisYear});
  EXPECT_THAT(Findings(plan, "SHEET_YEAR_UNLIKELY"), ElementsAre("0:0 令和12年度"));
  EXPECT_TRUE(documents::HasFatal(plan.findings));
  EXPECT_THAT(plan.catalog, IsEmpty());
  EXPECT_THAT(plan.progress, IsEmpty());
  const ImportPlan forced = PlanSheet(city, sheet, {.this_year = kThisYear, .force = true});
  EXPECT_THAT(Findings(forced, "SHEET_YEAR_UNLIKELY"), IsEmpty());
  EXPECT_FALSE(forced.progress.empty());
}

TEST(LeftOutTest, ItIsToldBeforeEverythingElse) {
  CityServices city = CityWith(YearSheet(4, {kVisitors}));
  const ImportPlan plan =
      PlanSheet(city, YearSheet(5, {With("200人", "110万人"), {.name = "貸出数"}}), {.this_year = kThisYear});
  ASSERT_EQ(plan.left_out, 2);
  for (const bool dry_run : {false, true}) {
    const std::string text = ReportText(Language::kJapanese, ReportOf(plan, dry_run));
    EXPECT_THAT(text, StartsWith(dry_run ? "取り込めない行と値: 2件\nsheet.txt:3行8列: 誤り:"
                                         : "取り込んでいない行と値: 2件\nsheet.txt:3行8列: 誤り:"));
    EXPECT_EQ(text.find("UNLIKELY_FIGURE"), text.rfind("UNLIKELY_FIGURE")) << "told once";
  }
  const google::protobuf::Struct json = ReportStruct(Language::kEnglish, ReportOf(plan));
  EXPECT_TRUE(json.fields().at("incomplete").bool_value());
  EXPECT_EQ(json.fields().at("leftOut").number_value(), 2);
  EXPECT_EQ(json.fields().at("missing").list_value().values_size(), 2);
}

TEST(LeftOutTest, AnImportThatTookEverythingSaysNothingOfIt) {
  const CityServices city = CityWith(YearSheet(4, {kVisitors}));
  const ImportPlan plan = PlanSheet(city, YearSheet(5, {kVisitors}), {.this_year = kThisYear});
  EXPECT_THAT(ReportText(Language::kJapanese, ReportOf(plan)), testing::Not(HasSubstr("取り込んでいない")));
  const google::protobuf::Struct json = ReportStruct(Language::kEnglish, ReportOf(plan));
  EXPECT_FALSE(json.fields().at("incomplete").bool_value());
  EXPECT_EQ(json.fields().at("missing").list_value().values_size(), 0);
}

TEST(LeftOutTest, HasAnExitCodeOfItsOwn) {
  for (const char* reason : {"IMPORT_INCOMPLETE", "IMPORT_WOULD_BE_INCOMPLETE"})
    EXPECT_EQ(ExitCodeOf(MakeError(absl::StatusCode::kAborted, reason, "")), 9);
  for (const char* reason : {"IMPORT_CONFLICT", "IMPORT_WOULD_CONFLICT", "ETAG_MISMATCH"})
    EXPECT_EQ(ExitCodeOf(MakeError(absl::StatusCode::kAborted, reason, "")), kConflict);
}

TEST(LeftOutTest, WhatTheSheetNoLongerHasIsShown) {
  CityServices city = CityWith(YearSheet(4, {kVisitors, {.name = "貸出数"}}));
  const ImportPlan plan = PlanSheet(city, YearSheet(4, {kVisitors}));
  const std::string text = ReportText(Language::kJapanese, ReportOf(plan));
  EXPECT_THAT(text, HasSubstr("この文書にないもの（そのまま残す）: 1件\n"));
  EXPECT_THAT(text, HasSubstr("計画の「貸出数」"));
}

// The reader could not read the row: its KPI is in the document all the same.
TEST(LeftOutTest, AKpiWhoseRowCouldNotBeReadIsNotAbsent) {
  const CityServices city = CityWith(YearSheet(4, {kVisitors, {.name = "貸出数"}}));
  const std::string text = YearSheet(5, {kVisitors});
  documents::ProgressSheet sheet = documents::ReadProgressSheet(text, {});
  const SourceDocument document = MakeDocument("sheet.txt", text);
  const ExistingPlan plan = city.Plan();
  const ExistingFigures figures = city.Figures(2023);
  const auto planned = [&] { return PlanSheetImport({sheet, {}, document, plan, figures}); };
  EXPECT_THAT(Findings(planned(), "ENDS"), SizeIs(1));
  for (const char* name : {"貸出数", "貸 出数", "知らない指標"}) {
    sheet.left_out = {name};
    EXPECT_THAT(Findings(planned(), "ENDS"), IsEmpty()) << name;
  }
  sheet.left_out = {"貸出数"};
  EXPECT_THAT(Findings(planned(), "ABSENT"), IsEmpty());
}

}  // namespace
}  // namespace seisaku::policyctl::imports
