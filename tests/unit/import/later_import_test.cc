// A sheet into a plan that people have worked on, or that an earlier year's sheet has filled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kAccidents[] = "交通事故発生件数";
constexpr char kConsultations[] = "創業相談件数";  // 12件, 28件, 14件

// The figure of a KPI without components, in force.
progress::v1::Actual FigureOf(const CityServices& city, const std::string& kpi) {
  progress::v1::Actual last;
  for (const progress::v1::Actual& actual : city.Figures(2022).actuals) {
    if (actual.kpi() == kpi && actual.position() >= last.position()) last = actual;
  }
  return last;
}

std::string Correct(CityServices& city, std::string_view title, const std::string& value) {
  const std::string kpi = KpiTitled(city, title).name();
  progress::v1::Change change;
  change.set_reason("誤記");
  progress::v1::Actual& actual = *change.mutable_correct_actual()->mutable_actual();
  actual = FigureOf(city, kpi);
  actual.mutable_value()->mutable_number()->mutable_value()->set_value(value);
  actual.mutable_value()->clear_printed();
  city.Have(change);
  return kpi;
}

void Retitle(CityServices& city, const catalog::v1::Kpi& kpi, const std::string& title) {
  catalog::v1::Change change;
  change.mutable_update_kpi()->mutable_kpi()->set_name(kpi.name());
  change.mutable_update_kpi()->mutable_kpi()->set_title(title);
  change.mutable_update_kpi()->mutable_update_mask()->add_paths("title");
  change.mutable_update_kpi()->mutable_update_mask()->add_paths("provisional_title");
  city.Have(change);
}

TEST(LaterImportTest, AFigureCorrectedByHandIsAConflictAndStands) {
  CityServices city = CityWith(SampleSheet());
  const std::string kpi = Correct(city, kConsultations, "27");
  const ImportPlan again = ImportSheet(city, SampleSheet());
  EXPECT_EQ(again.conflicts, 1);
  EXPECT_THAT(Findings(again, "CONFLICT"), ElementsAre("7:7 27件"));
  EXPECT_THAT(Kinds(again), IsEmpty());
  EXPECT_EQ(FigureOf(city, kpi).value().number().value().value(), "27");
}

TEST(LaterImportTest, OverwriteCorrectsItWithTheReason) {
  CityServices city = CityWith(SampleSheet());
  const std::string kpi = Correct(city, kConsultations, "27");
  const ImportPlan again = ImportSheet(city, SampleSheet(), {.overwrite = "印刷物が正しい"});
  EXPECT_EQ(again.conflicts, 0);
  ASSERT_THAT(again.progress, SizeIs(1));
  EXPECT_EQ(again.progress[0].reason(), "印刷物が正しい");
  EXPECT_TRUE(again.progress[0].has_correct_actual());
  EXPECT_EQ(FigureOf(city, kpi).value().number().value().value(), "28");
  EXPECT_EQ(FigureOf(city, kpi).revision(), 3U);
}

TEST(LaterImportTest, AFigureTakenBackByHandStaysTakenBack) {
  CityServices city = CityWith(SampleSheet());
  progress::v1::Change change;
  change.set_reason("取下げ");
  change.mutable_retract_actual()->set_kpi(KpiTitled(city, kConsultations).name());
  change.mutable_retract_actual()->set_reporting_year(2022);
  city.Have(change);
  EXPECT_EQ(ImportSheet(city, SampleSheet()).conflicts, 1);
  EXPECT_THAT(Kinds(ImportSheet(city, SampleSheet(), {.overwrite = "再掲"})),
              ElementsAre(std::pair("record_actual", 1)));
}

TEST(LaterImportTest, AConflictWithAFigureTakenBackNamesTheFigure) {
  CityServices city = CityWith(SampleSheet());
  progress::v1::Change change;
  change.set_reason("取下げ");
  change.mutable_retract_actual()->set_kpi(KpiTitled(city, kConsultations).name());
  change.mutable_retract_actual()->set_reporting_year(2022);
  city.Have(change);
  EXPECT_THAT(Findings(ImportSheet(city, SampleSheet()), "CONFLICT"), ElementsAre("7:7 28件（取消し済み）"));
}

TEST(LaterImportTest, WordsTakenBackAreAConflictAndStayTakenBack) {
  CityServices city = CityWith(SampleSheet());
  progress::v1::Change change;
  progress::v1::Narrative& narrative = *change.mutable_record_narrative();
  narrative.set_kpi(KpiTitled(city, kConsultations).name());
  narrative.set_reporting_year(2022);
  narrative.set_kind(progress::v1::NARRATIVE_KIND_ISSUES);
  city.Have(change);
  const ImportPlan again = ImportSheet(city, SampleSheet());
  EXPECT_EQ(again.conflicts, 1);
  ASSERT_THAT(Findings(again, "CONFLICT"), SizeIs(1));
  EXPECT_THAT(Findings(again, "CONFLICT")[0], HasSubstr("（取消し済み）"));
  EXPECT_THAT(Kinds(again), IsEmpty());
  const ImportPlan overwritten = ImportSheet(city, SampleSheet(), {.overwrite = "再掲"});
  EXPECT_THAT(Kinds(overwritten), ElementsAre(std::pair("record_narrative", 1)));
  EXPECT_EQ(overwritten.progress[0].reason(), "再掲");
  EXPECT_EQ(ImportSheet(city, SampleSheet()).conflicts, 0);
}

TEST(LaterImportTest, AWithdrawnNarrativeIsNeverBroughtBack) {
  CityServices city = CityWith(SampleSheet());
  city.Withdraw(KpiTitled(city, kConsultations).name(), progress::v1::NARRATIVE_KIND_ISSUES);
  const ImportPlan again = ImportSheet(city, SampleSheet(), {.overwrite = "差替え"});
  EXPECT_THAT(Kinds(again), IsEmpty());
  EXPECT_EQ(again.conflicts, 1);
}

TEST(LaterImportTest, AnotherFigureInTheFileIsAConflictToo) {
  CityServices city = CityWith(SampleSheet());
  const ImportPlan again = ImportSheet(city, Replaced(SampleSheet(), "\t28件\t", "\t29件\t"));
  EXPECT_THAT(Findings(again, "CONFLICT"), ElementsAre("7:7 28件"));
  EXPECT_THAT(Kinds(again), IsEmpty());
}

TEST(LaterImportTest, ATargetChangedInMidTermStandsUnlessItIsOverwritten) {
  CityServices city = CityWith(SampleSheet());
  const std::string sheet = Replaced(SampleSheet(), "\t12件\t28件\t", "\t13件\t28件\t");
  EXPECT_THAT(Findings(ImportSheet(city, sheet), "CONFLICT"), ElementsAre("7:6 12件"));
  EXPECT_THAT(Kinds(ImportSheet(city, sheet, {.overwrite = "目標の見直し"})),
              ElementsAre(std::pair("set_target", 1)));
  EXPECT_EQ(KpiTitled(city, kConsultations).targets(0).revision(), 2U);
}

TEST(LaterImportTest, AnotherOfficialJudgementIsAConflict) {
  CityServices city = CityWith(SampleSheet());
  progress::v1::Change change;
  change.mutable_record_assessment()->set_kpi(KpiTitled(city, kConsultations).name());
  change.mutable_record_assessment()->set_reporting_year(2022);
  change.mutable_record_assessment()->set_judgement(type::v1::JUDGEMENT_DELAYED);
  city.Have(change);
  const ImportPlan plan = ImportSheet(city, SampleSheet());
  EXPECT_EQ(plan.conflicts, 1);
  EXPECT_THAT(Findings(plan, "CONFLICT"), ElementsAre(HasSubstr("進捗の遅れ")));
}

TEST(LaterImportTest, ARenamedKpiWaitsForAnAnswer) {
  CityServices city = CityWith(SampleSheet());
  const std::string sheet = Replaced(SampleSheet(), kConsultations, "創業の相談件数");
  const ImportPlan plan = PlanSheet(city, sheet);
  ASSERT_THAT(Findings(plan, "NEW_OR_RENAMED"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "NEW_OR_RENAMED")[0], HasSubstr("kpi-003 創業相談件数"));
  EXPECT_THAT(Kinds(plan), IsEmpty());
  EXPECT_THAT(Findings(plan, "ABSENT"), SizeIs(1));
  EXPECT_EQ(plan.conflicts, 0);
}

TEST(LaterImportTest, AnAliasOrAnIdSaysWhichKpiItIs) {
  CityServices city = CityWith(SampleSheet());
  const std::string sheet = Replaced(SampleSheet(), kConsultations, "創業の相談件数");
  for (const char* answer : {"alias = \"創業相談件数\"", "id = \"kpi-003\""}) {
    const ImportPlan plan =
        PlanSheet(city, sheet, {.confirm = fmt::format("[kpi.\"創業の相談件数\"]\n{}", answer)});
    EXPECT_THAT(Findings(plan, "ANSWERED"), SizeIs(1)) << answer;
    EXPECT_THAT(Findings(plan, "NEW_OR_RENAMED"), IsEmpty());
    EXPECT_THAT(Kinds(plan), IsEmpty());
  }
}

TEST(LaterImportTest, AnAnswerThatNamesNothingIsToldAndTheRowWaits) {
  const CityServices city = CityWith(SampleSheet());
  const std::string sheet = Replaced(SampleSheet(), kConsultations, "創業の相談件数");
  const ImportPlan plan =
      PlanSheet(city, sheet, {.confirm = "[kpi.\"創業の相談件数\"]\nalias = \"そんな指標\""});
  EXPECT_THAT(Findings(plan, "ANSWER_UNUSABLE"), ElementsAre("7:5 そんな指標"));
  EXPECT_THAT(Kinds(plan), IsEmpty());
}

TEST(LaterImportTest, AKpiThatIsSaidToBeNewIsCreatedAfterTheHighestId) {
  CityServices city = CityWith(SampleSheet());
  const std::string sheet = Replaced(SampleSheet(), kConsultations, "創業の相談件数");
  ImportSheet(city, sheet, {.confirm = "[kpi.\"創業の相談件数\"]\nnew = true"});
  EXPECT_EQ(KpiTitled(city, "創業の相談件数").name(), "plans/strategy/kpis/kpi-042");
  EXPECT_EQ(KpiTitled(city, kConsultations).name(), "plans/strategy/kpis/kpi-003");
}

TEST(LaterImportTest, AConfirmedDirectionIsFollowedAndAProposalIsNot) {
  CityServices city = CityWith(SampleSheet());
  EXPECT_EQ(KpiTitled(city, kAccidents).direction(), type::v1::DIRECTION_DECREASE);
  const ImportPlan plan = ImportSheet(
      city, SampleSheet(), {.confirm = fmt::format("[kpi.\"{}\"]\ndirection = \"increase\"", kAccidents)});
  EXPECT_THAT(Kinds(plan), ElementsAre(std::pair("update_kpi", 1)));
  EXPECT_EQ(KpiTitled(city, kAccidents).direction(), type::v1::DIRECTION_INCREASE);
  EXPECT_THAT(Kinds(ImportSheet(city, SampleSheet())), IsEmpty());
  EXPECT_EQ(KpiTitled(city, kAccidents).direction(), type::v1::DIRECTION_INCREASE);
}

TEST(LaterImportTest, ACorrectedNameIsTakenAndKnownAgain) {
  CityServices city = CityWith(SampleSheet());
  const SheetOptions options{.confirm = "[kpi.\"心るさと納税寄付件数\"]\nname = \"ふるさと納税寄付件数\""};
  EXPECT_THAT(Kinds(ImportSheet(city, SampleSheet(), options)), ElementsAre(std::pair("update_kpi", 1)));
  KpiTitled(city, "ふるさと納税寄付件数");
  EXPECT_THAT(Kinds(ImportSheet(city, SampleSheet(), options)), IsEmpty());
}

TEST(LaterImportTest, ALostKpiNameIsKnownByItsPlaceEvenAfterItWasFilledIn) {
  CityServices city = CityWith(SampleSheet());
  Retitle(city, KpiTitled(city, "〔指標名欠落〕"), "製造業の従業者数");
  const ImportPlan again = ImportSheet(city, SampleSheet());
  EXPECT_THAT(Findings(again, "MATCHED_BY_PLACE"), ElementsAre("15:5 製造業の従業者数"));
  EXPECT_THAT(Findings(again, "NEW_OR_RENAMED"), IsEmpty());
  EXPECT_THAT(Kinds(again), IsEmpty());
  EXPECT_EQ(again.conflicts, 0);
}

TEST(LaterImportTest, ALostNodeNameIsKnownByWhatStandsBelowIt) {
  CityServices city = CityWith(SampleSheet());
  for (const catalog::v1::Node& node : city.Plan().nodes) {
    if (!node.provisional_title()) continue;
    catalog::v1::Change change;
    change.mutable_update_node()->mutable_node()->set_name(node.name());
    change.mutable_update_node()->mutable_node()->set_title("名前 " + node.name());
    change.mutable_update_node()->mutable_update_mask()->add_paths("title");
    change.mutable_update_node()->mutable_update_mask()->add_paths("provisional_title");
    city.Have(change);
  }
  const ImportPlan again = ImportSheet(city, SampleSheet());
  EXPECT_THAT(Findings(again, "MATCHED_BY_PLACE"), SizeIs(3));
  EXPECT_THAT(Kinds(again), IsEmpty());
}

TEST(LaterImportTest, WhatTheSheetNoLongerHasIsListedAndStays) {
  CityServices city = CityWith(SampleSheet());
  std::string sheet = SampleSheet();
  const size_t row = sheet.rfind("\n", sheet.find(kAccidents));
  sheet.erase(row, sheet.find('\n', row + 1) - row);
  const ImportPlan plan = ImportSheet(city, sheet);
  EXPECT_THAT(Findings(plan, "ABSENT"), Not(IsEmpty()));
  EXPECT_EQ(KpiTitled(city, kAccidents).retired_from_year(), 0);
}

TEST(LaterImportTest, ARetiredKpiIsToldAndNotImported) {
  CityServices city = CityWith(SampleSheet());
  catalog::v1::Change earlier;
  earlier.mutable_update_kpi()->mutable_kpi()->set_name(KpiTitled(city, kConsultations).name());
  earlier.mutable_update_kpi()->mutable_kpi()->set_first_year(2021);
  earlier.mutable_update_kpi()->mutable_update_mask()->add_paths("first_year");
  city.Have(earlier);
  catalog::v1::Change change;
  change.set_reason("事業終了");
  change.mutable_retire_kpi()->set_name(KpiTitled(city, kConsultations).name());
  change.mutable_retire_kpi()->set_from_year(2022);
  city.Have(change);
  const ImportPlan plan = ImportSheet(city, Replaced(SampleSheet(), "\t28件\t", "\t29件\t"));
  EXPECT_THAT(Findings(plan, "RETIRED"), ElementsAre("7:5 kpi-003"));
  EXPECT_THAT(Kinds(plan), IsEmpty());
}

TEST(LaterImportTest, ANodeSpeltInAnotherWayIsTheSameNode) {
  CityServices city = CityWith(SampleSheet());
  const ImportPlan plan = ImportSheet(city, Replaced(SampleSheet(), "販路拡大への支援", "販路 拡大への支援"));
  EXPECT_THAT(Kinds(plan), IsEmpty());
  EXPECT_THAT(Findings(plan, "CONFLICT"), IsEmpty());
}

TEST(LaterImportTest, ADepartmentThatChangedIsAConflictUnlessItIsOverwritten) {
  CityServices city = CityWith(SampleSheet());
  const size_t row = SampleSheet().find(kConsultations);
  std::string sheet = SampleSheet();
  sheet.replace(sheet.find("商工労働課", row), std::string_view("商工労働課").size(), "産業創生課");
  EXPECT_THAT(Findings(ImportSheet(city, sheet), "CONFLICT"), ElementsAre("7:13 商工労働課"));
  const ImportPlan plan = ImportSheet(city, sheet, {.overwrite = "組織改正"});
  EXPECT_THAT(Kinds(plan), ElementsAre(std::pair("create_department", 1), std::pair("update_kpi", 1)));
  EXPECT_THAT(Kinds(ImportSheet(city, sheet)), IsEmpty());
}

TEST(LaterImportTest, DepartmentsAndComponentsInAnotherOrderAreTheSame) {
  const SheetLine line = {.name = "健康寿命",
                          .target = "男性 79歳 女性 84歳",
                          .actual = "男性 78歳 女性 83歳",
                          .department = "健康課 保険課"};
  SheetLine turned = line;
  turned.target = "女性 84歳 男性 79歳";
  turned.actual = "女性 83歳 男性 78歳";
  turned.department = "保険課 健康課";
  CityServices city = CityWith(YearSheet(4, {line}));
  for (const char* overwrite : {"", "差替え"}) {
    const ImportPlan plan = ImportSheet(city, YearSheet(4, {turned}), {.overwrite = overwrite});
    EXPECT_EQ(plan.conflicts, 0);
    EXPECT_THAT(Findings(plan, "OVERWRITTEN"), IsEmpty());
    EXPECT_THAT(Kinds(plan), IsEmpty());
  }
}

// Logs of earlier versions may have two: the title could be taken before the other one had ended.
TEST(LaterImportTest, OfTwoDepartmentsWithOneTitleTheOneThatEndsFirstIsInCharge) {
  const CityServices city = CityWith(YearSheet(4, {{.name = "企業数"}}));
  ExistingPlan plan = city.Plan();
  ASSERT_THAT(plan.departments, SizeIs(1));
  plan.departments[0].set_retired_from_year(2024);
  plan.departments.emplace_back(plan.departments[0]).set_name("departments/dept-900");
  plan.departments[1].clear_retired_from_year();
  const Sidecar sidecar = *ParseSidecar("s.toml", "[kpi.\"融資件数\"]\nnew = true");
  for (const auto& [reiwa, department] :
       {std::pair(5, "departments/dept-001"), std::pair(6, "departments/dept-900")}) {
    const std::string text = YearSheet(reiwa, {{.name = "企業数"}, {.name = "融資件数"}});
    const documents::ProgressSheet sheet = documents::ReadProgressSheet(text, sidecar.confirmations);
    const SourceDocument document = MakeDocument("sheet.txt", text);
    const ExistingFigures figures = city.Figures(sheet.fiscal_year);
    const ImportPlan import = PlanSheetImport({sheet, sidecar, document, plan, figures, {}});
    const auto created = std::find_if(import.catalog.begin(), import.catalog.end(),
                                      [](const auto& change) { return change.has_create_kpi(); });
    ASSERT_NE(created, import.catalog.end());
    EXPECT_THAT(created->create_kpi().departments(), ElementsAre(department));
  }
}

TEST(LaterImportTest, WordsInAnotherSpellingAreTheSame) {
  // NFC, half width and 〜; then NFD, full width and ～.
  const SheetLine first = {.name = "企業数", .later = "ガイド〜随時", .issues = "ガイド10人〜が足りない"};
  const SheetLine again = {
      .name = "企業数", .later = "カ\u3099イド～随時", .issues = "カ\u3099イド１０人～が足りない"};
  CityServices city = CityWith(YearSheet(4, {first}));
  for (const char* overwrite : {"", "訂正"}) {
    const ImportPlan plan = PlanSheet(city, YearSheet(4, {again}), {.overwrite = overwrite});
    EXPECT_EQ(plan.conflicts, 0);
    EXPECT_THAT(plan.progress, testing::IsEmpty());
    EXPECT_THAT(plan.catalog, testing::IsEmpty());
    EXPECT_FALSE(Findings(plan, "SPELLING_VARIANT").empty());
  }
  // Who wants the document's spelling names the KPI.
  EXPECT_EQ(PlanSheet(city, YearSheet(4, {again}), {.overwrite = "訂正", .only = {"企業数"}}).progress.size(),
            1U);
}

// Earlier builds kept the reporting year as an observed period.
TEST(LaterImportTest, AValueThatNamesItsOwnYearIsTheSameWithoutIt) {
  type::v1::Value value;
  value.mutable_number()->mutable_value()->set_value("12");
  type::v1::Value named = value;
  named.mutable_observed_period()->set_fiscal_year(2022);
  EXPECT_TRUE(SameValue(named, value, 2022));
  EXPECT_TRUE(SameValue(value, named, 2022));
  EXPECT_FALSE(SameValue(named, value, 2023));
  named.mutable_observed_period()->set_calendar_year(2022);
  EXPECT_FALSE(SameValue(named, value, 2022));
}

}  // namespace
}  // namespace seisaku::policyctl::imports
