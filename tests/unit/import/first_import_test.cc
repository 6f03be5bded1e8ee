// The city's two documents into an empty plan, and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/manifesto_import.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> SheetLevels() { return documents::ReadProgressSheet(SampleSheet(), {}).levels; }

CityServices CityWithManifesto() {
  CityServices city({"政策", "施策", "内容"});
  ImportManifesto(city, SampleManifesto());
  return city;
}

TEST(FirstImportTest, TheSheetBringsEveryNodeKpiTargetFigureAndWord) {
  const CityServices city(SheetLevels());
  const ImportPlan plan = PlanSheet(city, SampleSheet());
  std::map<std::string, int> kinds = Kinds(plan);
  EXPECT_EQ(kinds["create_node"], 63);
  EXPECT_EQ(kinds["create_kpi"], 41);
  EXPECT_EQ(kinds["record_assessment"], 41);
  EXPECT_EQ(plan.conflicts, 0);
  EXPECT_THAT(Findings(plan, "VALUE_LEFT_OUT"), IsEmpty());
  const documents::ProgressSheet sheet = documents::ReadProgressSheet(SampleSheet(), {});
  int actuals = 0;
  int targets = 0;
  int narratives = 0;
  std::set<std::string> departments;
  for (const documents::KpiRow& row : sheet.rows) {
    for (const documents::YearFigures& year : row.years) {
      if (year.target) targets += year.target->kind == documents::CellValue::Kind::kMissing ? 0 : 1;
      if (!year.actual) continue;
      actuals += static_cast<int>(year.actual->numbers.size()) + (year.actual->text.empty() ? 0 : 1);
    }
    for (const documents::Narrative* narrative :
         {&row.implementation_status, &row.reason_for_delay, &row.issues, &row.next_steps}) {
      narratives += narrative->text.empty() ? 0 : 1;
    }
    departments.insert(row.departments.begin(), row.departments.end());
  }
  EXPECT_EQ(kinds["record_actual"], actuals);
  EXPECT_EQ(actuals, 43 - 4);  // 14, 15 and both components of 40 are not printed
  EXPECT_EQ(kinds["set_target"], targets);
  EXPECT_EQ(kinds["record_narrative"], narratives);
  EXPECT_EQ(kinds["create_department"], static_cast<int>(departments.size()));
}

TEST(FirstImportTest, IdsAreGivenInTheOrderOfTheDocument) {
  const CityServices city = CityWith(SampleSheet());
  EXPECT_EQ(KpiTitled(city, "製造品出荷額等").name(), "plans/strategy/kpis/kpi-001");
  EXPECT_EQ(KpiTitled(city, "新技術・新製品等の開発数").name(), "plans/strategy/kpis/kpi-002");
  const ExistingPlan plan = city.Plan();
  EXPECT_EQ(plan.nodes[0].name(), "plans/strategy/nodes/node-001");
  EXPECT_EQ(plan.nodes[0].title(), "しごとの創生");
  EXPECT_EQ(plan.departments[0].name(), "departments/dept-001");
  EXPECT_EQ(plan.departments[0].title(), "企業誘致課");
}

TEST(FirstImportTest, EveryChangeNamesTheCellThatItWasReadFrom) {
  const ImportPlan plan = PlanSheet(CityServices(SheetLevels()), SampleSheet());
  for (const catalog::v1::Change& change : plan.catalog) {
    EXPECT_EQ(change.source().document(), "sheet.txt");
    EXPECT_EQ(change.source().document_sha256().size(), 32U);
    EXPECT_GE(change.source().line(), 5U);
  }
  for (const progress::v1::Change& change : plan.progress) {
    EXPECT_GE(change.source().line(), 5U);
    if (change.has_record_actual()) {
      EXPECT_FALSE(change.source().printed().empty());
    }
  }
}

// FIPS 180-4's example.
TEST(FirstImportTest, ADocumentIsKnownByItsNameWithoutFoldersAndItsDigest) {
  const SourceDocument document = MakeDocument("a/folder/abc.txt", "abc");
  EXPECT_EQ(document.name, "abc.txt");
  EXPECT_EQ(document.sha256.substr(0, 4), "\xba\x78\x16\xbf");
  EXPECT_EQ(document.sha256.size(), 32U);
}

// What is in an entry cannot be withdrawn; a narrative may have to be.
TEST(FirstImportTest, NarrativesAreNotCopiedIntoTheirSource) {
  const ImportPlan plan = PlanSheet(CityServices(SheetLevels()), SampleSheet());
  for (const progress::v1::Change& change : plan.progress) {
    if (change.has_record_narrative()) {
      EXPECT_EQ(change.source().printed(), "");
    }
  }
}

TEST(FirstImportTest, ComponentsHaveAFigureEach) {
  const CityServices city = CityWith(SampleSheet());
  std::vector<std::string> components;
  for (const progress::v1::Actual& actual : city.Figures(2022).actuals) {
    if (!actual.component().empty()) components.push_back(actual.component());
  }
  // The other KPI with components, 健康寿命, awaits its figures.
  EXPECT_THAT(components, ElementsAre("小学校", "中学校"));
  EXPECT_EQ(KpiTitled(city, "健康寿命").targets(0).values_size(), 2);
}

TEST(FirstImportTest, TheSameSheetAgainChangesNothing) {
  CityServices city = CityWith(SampleSheet());
  const ImportPlan again = ImportSheet(city, SampleSheet());
  EXPECT_THAT(Kinds(again), IsEmpty());
  EXPECT_EQ(again.conflicts, 0);
  EXPECT_THAT(Findings(again, "ABSENT"), IsEmpty());
  EXPECT_THAT(Findings(again, "NEW_OR_RENAMED"), IsEmpty());
  EXPECT_THAT(city.calls, IsEmpty());
}

TEST(FirstImportTest, BothPartsAreValidatedBeforeOneIsWritten) {
  CityServices city(SheetLevels());
  const ImportPlan plan = ImportSheet(city, SampleSheet());
  EXPECT_THAT(city.calls, ElementsAre(fmt::format("catalog validate {}", plan.catalog.size()),
                                      fmt::format("catalog write {}", plan.catalog.size()),
                                      fmt::format("progress write {}", plan.progress.size())));
}

TEST(FirstImportTest, ADryRunOnlyValidates) {
  CityServices city(SheetLevels());
  const ImportPlan plan = PlanSheet(city, SampleSheet());
  ASSERT_TRUE(ApplyImport(city, plan, Applied(city, /*dry_run=*/true)).ok());
  EXPECT_THAT(city.calls, ElementsAre(fmt::format("catalog validate {}", plan.catalog.size())));
  EXPECT_THAT(city.Plan().kpis, IsEmpty());
}

TEST(FirstImportTest, TheSameCommandFinishesWhatProgressCouldNotTake) {
  CityServices city(SheetLevels());
  const ImportPlan plan = PlanSheet(city, SampleSheet());
  city.progress_fails = true;
  std::optional<ImportPart> told;
  ApplyOptions options = Applied(city);
  options.cut_off = [&told](const ImportPart& recorded, const absl::Status&) { told = recorded; };
  EXPECT_FALSE(ApplyImport(city, plan, options).ok());
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(CorrelationOf(*told), "import 0123456789abcdef 1/2");

  const ImportPlan rest = ImportSheet(city, SampleSheet());
  EXPECT_THAT(rest.catalog, IsEmpty());
  EXPECT_EQ(rest.progress.size(), plan.progress.size());
  EXPECT_THAT(Kinds(PlanSheet(city, SampleSheet())), IsEmpty());
}

TEST(FirstImportTest, ASheetOfOtherLevelsIsRefused) {
  const ImportPlan plan = PlanSheet(CityServices({"政策", "施策"}), SampleSheet());
  EXPECT_EQ(Findings(plan, "LEVELS_DIFFER").size(), 1U);
  EXPECT_THAT(plan.catalog, IsEmpty());
  EXPECT_THAT(plan.progress, IsEmpty());
}

TEST(FirstImportTest, TheManifestoBringsItsItemsOnce) {
  CityServices city = CityWithManifesto();
  EXPECT_EQ(city.Plan().nodes.size(), 8U + 33U + 143U);
  const ImportPlan again = PlanManifesto(city, SampleManifesto());
  EXPECT_THAT(again.catalog, IsEmpty());
  EXPECT_EQ(again.conflicts, 0);
}

TEST(FirstImportTest, AManifestoItemThatWasRetitledByHandIsLeftAlone) {
  CityServices city = CityWithManifesto();
  catalog::v1::Change change;
  change.mutable_update_node()->mutable_node()->set_name("plans/strategy/nodes/node-003");
  change.mutable_update_node()->mutable_node()->set_title("市民とともに");
  change.mutable_update_node()->mutable_update_mask()->add_paths("title");
  city.Have(change);
  const ImportPlan again = PlanManifesto(city, SampleManifesto());
  EXPECT_THAT(again.catalog, IsEmpty());
  EXPECT_EQ(again.conflicts, 1);
}

}  // namespace
}  // namespace seisaku::policyctl::imports
