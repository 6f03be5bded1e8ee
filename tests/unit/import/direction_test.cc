// Which way a KPI is meant to go: what is only proposed waits until somebody confirms it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "services/base/text.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/report.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFires[] = "火災発生件数";
const SheetLine kFireLine = {.name = kFires, .target = "25件", .actual = "31件", .later = "25件"};

std::string Confirmed(std::string_view direction, std::string_view kpi = kFires) {
  return fmt::format("[kpi.\"{}\"]\ndirection = \"{}\"\n", kpi, direction);
}

progress::v1::Evaluation EvaluationOf(const CityServices& city, std::string_view title, int year = 2022) {
  const progress::v1::GetProgressSheetResponse sheet = city.Sheet(year);
  for (const progress::v1::SheetRow& row : sheet.rows()) {
    if (row.kpi().title() == title) return row.evaluation();
  }
  ADD_FAILURE() << "no row " << title;
  return {};
}

std::string SampleConfirmations() { return ReadSourceFile("deploy/sample/isesaki/strategy.confirm.toml"); }

TEST(DirectionTest, AProposedDirectionJudgesNothing) {
  CityServices city = CityWith(YearSheet(4, {kFireLine}));
  HaveRule(city);
  EXPECT_TRUE(KpiTitled(city, kFires).direction_unconfirmed());
  const progress::v1::Evaluation evaluation = EvaluationOf(city, kFires);
  EXPECT_EQ(evaluation.judgement(), type::v1::JUDGEMENT_NOT_EVALUABLE);
  EXPECT_THAT(evaluation.codes(), testing::Contains(progress::v1::EVALUATION_CODE_DIRECTION_UNCONFIRMED));
}

TEST(DirectionTest, AConfirmedOneJudgesFromTheFirstImportOn) {
  CityServices city = CityWith(YearSheet(4, {kFireLine}), {.confirm = Confirmed("decrease")});
  HaveRule(city);
  EXPECT_FALSE(KpiTitled(city, kFires).direction_unconfirmed());
  EXPECT_EQ(EvaluationOf(city, kFires).judgement(), type::v1::JUDGEMENT_DELAYED);
}

TEST(DirectionTest, ALaterImportConfirmsWhatWaitsAndOnlyThat) {
  CityServices city = CityWith(YearSheet(4, {kFireLine}));
  const type::v1::Direction proposed = KpiTitled(city, kFires).direction();
  for (const char* direction : {"decrease", "increase"}) {
    CityServices other = CityWith(YearSheet(4, {kFireLine}));
    const ImportPlan plan = ImportSheet(other, YearSheet(4, {kFireLine}), {.confirm = Confirmed(direction)});
    EXPECT_THAT(Kinds(plan), ElementsAre(std::pair("update_kpi", 1)));
    EXPECT_THAT(plan.proposals, IsEmpty());
    EXPECT_FALSE(KpiTitled(other, kFires).direction_unconfirmed());
    EXPECT_EQ(KpiTitled(other, kFires).direction(), direction == std::string("decrease")
                                                        ? type::v1::DIRECTION_DECREASE
                                                        : type::v1::DIRECTION_INCREASE);
    EXPECT_THAT(Kinds(ImportSheet(other, YearSheet(4, {kFireLine}), {.confirm = Confirmed(direction)})),
                IsEmpty());
  }
  EXPECT_THAT(Kinds(ImportSheet(city, YearSheet(4, {kFireLine}))), IsEmpty());
  EXPECT_EQ(KpiTitled(city, kFires).direction(), proposed);
  EXPECT_TRUE(KpiTitled(city, kFires).direction_unconfirmed());
}

TEST(DirectionTest, NoImportTakesAConfirmationBack) {
  CityServices city = CityWith(YearSheet(4, {kFireLine}), {.confirm = Confirmed("decrease")});
  SheetLine rising = kFireLine;
  rising.later = "90件";
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {rising}));
  EXPECT_THAT(plan.proposals, IsEmpty());
  EXPECT_FALSE(KpiTitled(city, kFires).direction_unconfirmed());
  EXPECT_EQ(KpiTitled(city, kFires).direction(), type::v1::DIRECTION_DECREASE);
}

TEST(DirectionTest, TheImportEndsWithATableOfAllProposalsThatWait) {
  const SheetLine shop = {.name = "出店数", .target = "10店", .actual = "12店", .later = "14店"};
  CityServices city = CityWith(YearSheet(4, {shop}));
  ImportReport report = {.document = "sheet.txt", .plan = kPlan, .fiscal_year = 2022, .dry_run = true};
  report.import = PlanSheet(city, YearSheet(4, {kFireLine, {.name = "不明数"}}),
                            {.confirm = "[kpi.\"火災発生件数\"]\nnew = true\n[kpi.\"不明数\"]\nnew = true\n"
                                        "direction = \"increase\"\n"});
  ASSERT_THAT(report.import.proposals, SizeIs(2));
  EXPECT_EQ(report.import.proposals[0].title, kFires);
  EXPECT_EQ(report.import.proposals[0].target, "25件");
  EXPECT_EQ(report.import.proposals[0].later_target, "25件");
  EXPECT_TRUE(report.import.proposals[0].basis.has_value());
  EXPECT_EQ(report.import.proposals[1].title, "出店数");
  EXPECT_FALSE(report.import.proposals[1].basis.has_value());
  for (const bool dry_run : {true, false}) {
    report.dry_run = dry_run;
    const std::string text = ReportText(Language::kJapanese, report);
    EXPECT_THAT(text, HasSubstr("25件 → 25件"));
    const size_t table = text.find("確認するまで評価不可）: 2件");
    ASSERT_NE(table, std::string::npos) << text;
    EXPECT_THAT(text.substr(table), HasSubstr("\n  policyctl kpi confirm --plan strategy --all\n"));
    EXPECT_THAT(text.substr(table), HasSubstr("--direction decrease\n"));
    const std::string narrow = ReportText(Language::kJapanese, report, {.terminal_width = 60});
    EXPECT_THAT(narrow, HasSubstr("\n  policyctl kpi confirm 指標 --plan strategy --direction decrease\n"));
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(narrow, '\n')))
      EXPECT_TRUE(DisplayWidth(line) <= 60 || line.starts_with("  policyctl ")) << line;
    EXPECT_GT(table, text.find("指摘:"));
    const google::protobuf::Struct json = ReportStruct(Language::kJapanese, report);
    EXPECT_EQ(json.fields().at("proposals").list_value().values_size(), 2);
    EXPECT_EQ(json.fields().at("confirmCommand").string_value(),
              "policyctl kpi confirm --plan strategy --all");
  }
}

TEST(DirectionTest, TheSamplesConfirmationsAreOfAllKpisAndLeaveNothingOpen) {
  CityServices city(documents::ReadProgressSheet(SampleSheet(), {}).levels);
  const ImportPlan plan = ImportSheet(city, SampleSheet(), {.confirm = SampleConfirmations()});
  EXPECT_THAT(plan.proposals, IsEmpty());
  EXPECT_THAT(Findings(plan, "CONFIRMATION_UNUSED"), IsEmpty());
  EXPECT_THAT(Findings(plan, "DIRECTION_PROPOSED"), IsEmpty());
  for (const catalog::v1::Kpi& kpi : city.Plan().kpis)
    EXPECT_FALSE(kpi.direction_unconfirmed()) << kpi.title();
  EXPECT_FALSE(KpiTitled(city, "〔指標名欠落〕").direction_unconfirmed());
  HaveRule(city);
  std::map<int, int> judgements;
  int agreeing = 0;
  const progress::v1::GetProgressSheetResponse sheet = city.Sheet(2022);
  for (const progress::v1::SheetRow& row : sheet.rows()) {
    ++judgements[row.evaluation().judgement()];
    agreeing += row.evaluation().judgement() == row.evaluation().official().judgement() ? 1 : 0;
  }
  EXPECT_EQ(agreeing, 39);
  EXPECT_EQ(judgements[type::v1::JUDGEMENT_ON_TRACK], 14);
  EXPECT_EQ(judgements[type::v1::JUDGEMENT_MOSTLY_ON_TRACK], 3);
  EXPECT_EQ(judgements[type::v1::JUDGEMENT_DELAYED], 21);
  EXPECT_EQ(judgements[type::v1::JUDGEMENT_NOT_EVALUABLE], 3);
}

TEST(DirectionTest, WordsOfAKpiThatIsQualitativeNoMoreAreTakenAsSuchWhereTheSheetMayOverwrite) {
  constexpr char kClasses[] = "放課後子供教室";
  const std::string sheet =
      YearSheet(4, {{.name = kClasses, .target = "全校で実施", .actual = "全校で実施", .later = "-"}});
  CityServices city = CityWith(sheet, {.confirm = Confirmed("qualitative", kClasses)});
  HaveRule(city);
  EXPECT_EQ(EvaluationOf(city, kClasses).judgement(), type::v1::JUDGEMENT_ON_TRACK);
  const SheetOptions counted = {.confirm = Confirmed("increase", kClasses)};
  const ImportPlan plan = ImportSheet(city, sheet, counted);
  EXPECT_EQ(plan.conflicts, 1);
  EXPECT_THAT(Findings(plan, "CONFLICT"), ElementsAre("3:8 全校で実施"));
  EXPECT_THAT(EvaluationOf(city, kClasses).codes(),
              testing::Contains(progress::v1::EVALUATION_CODE_KIND_MISMATCH));
  SheetOptions overwriting = counted;
  overwriting.overwrite = "文言で評価する";
  EXPECT_THAT(Kinds(ImportSheet(city, sheet, overwriting)), ElementsAre(std::pair("correct_actual", 1)));
  EXPECT_EQ(EvaluationOf(city, kClasses).judgement(), type::v1::JUDGEMENT_ON_TRACK);
  EXPECT_EQ(ImportSheet(city, sheet, counted).conflicts, 0);
}

}  // namespace
}  // namespace seisaku::policyctl::imports
