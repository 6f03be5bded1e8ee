// What differs from the document is replaced item by item; names are the same in any spelling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SheetLine kLoans = {.name = "貸出数", .actual = "12件"};
const SheetLine kVisits = {.name = "来館者数", .actual = "13件"};

SheetLine With(SheetLine line, const std::string& actual) {
  line.actual = actual;
  return line;
}

void Declare(CityServices& city, const std::string& kpi, type::v1::Judgement judgement) {
  progress::v1::Change change;
  change.mutable_record_assessment()->set_kpi(KpiTitled(city, kpi).name());
  change.mutable_record_assessment()->set_reporting_year(2022);
  change.mutable_record_assessment()->set_judgement(judgement);
  city.Have(change);
}

type::v1::Judgement OfficialOf(const CityServices& city, const std::string& kpi) {
  for (const progress::v1::OfficialAssessment& assessment : city.Figures(2022).assessments) {
    if (assessment.kpi() == KpiTitled(city, kpi).name()) return assessment.judgement();
  }
  return type::v1::JUDGEMENT_UNSPECIFIED;
}

TEST(OverwriteTest, OnlyReplacesWhatBelongsToTheItemsThatItNames) {
  const std::string sheet = YearSheet(4, {With(kLoans, "14件"), With(kVisits, "15件")});
  for (const char* name : {"貸出数", "貸　出数", "kpi-001", "plans/strategy/kpis/kpi-001"}) {
    CityServices city = CityWith(YearSheet(4, {kLoans, kVisits}));
    const ImportPlan plan = ImportSheet(city, sheet, {.overwrite = "訂正", .only = {name}});
    EXPECT_EQ(plan.conflicts, 1) << name;
    EXPECT_EQ(FigureIn(city, KpiTitled(city, "貸出数"), 2022), "14件") << name;
    EXPECT_EQ(FigureIn(city, KpiTitled(city, "来館者数"), 2022), "13件") << name;
  }
  CityServices city = CityWith(YearSheet(4, {kLoans, kVisits}));
  EXPECT_EQ(ImportSheet(city, sheet, {.overwrite = "訂正", .only = {"貸出数", "来館者数"}}).conflicts, 0);
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "来館者数"), 2022), "15件");
}

TEST(OverwriteTest, AHeadingIsAnItemToo) {
  SheetLine renamed = kLoans;
  renamed.action = "図書館の振興";
  CityServices city = CityWith(YearSheet(4, {kLoans}));
  const ImportPlan plan =
      ImportSheet(city, YearSheet(4, {With(renamed, "14件")}), {.overwrite = "改称", .only = {"誘致"}});
  EXPECT_EQ(NodeTitled(city, "図書館の振興").name(), "plans/strategy/nodes/node-004");
  EXPECT_EQ(plan.conflicts, 1);
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "貸出数"), 2022), "12件");
}

TEST(OverwriteTest, ANameThatIsNeitherInTheDocumentNorInThePlanIsTold) {
  const CityServices city = CityWith(YearSheet(4, {kLoans}));
  const ImportPlan plan =
      PlanSheet(city, YearSheet(4, {kLoans}), {.overwrite = "訂正", .only = {"貸出数", "ない指標"}});
  EXPECT_THAT(Findings(plan, "ONLY_UNKNOWN"), SizeIs(1));
  EXPECT_TRUE(documents::HasFatal(plan.findings));
}

TEST(OverwriteTest, ANameThatIsOnlyAPartIsNotTakenAndWhatWasMeantIsTold) {
  const CityServices city = CityWith(YearSheet(4, {kLoans, kVisits}));
  const ImportPlan plan = PlanSheet(city, YearSheet(4, {With(kLoans, "14件"), kVisits}),
                                    {.overwrite = "訂正", .only = {"来館者"}});
  EXPECT_THAT(Findings(plan, "ONLY_UNKNOWN"), ElementsAre(HasSubstr("もしかして: 来館者数")));
  EXPECT_THAT(plan.progress, testing::IsEmpty());
}

TEST(OverwriteTest, AHeadingMayBeNamedWithItsNumber) {
  const CityServices city = CityWith(YearSheet(4, {kLoans}));
  const catalog::v1::Node node = city.Plan().nodes.at(0);
  ASSERT_NE(node.number(), "");
  const ImportPlan plan = PlanSheet(city, YearSheet(4, {kLoans}),
                                    {.overwrite = "訂正", .only = {node.number() + " " + node.title()}});
  EXPECT_THAT(Findings(plan, "ONLY_UNKNOWN"), testing::IsEmpty());
}

TEST(OverwriteTest, AnAssessmentDeclaredByHandIsReplacedOnlyWhereItsKpiIsNamed) {
  CityServices city = CityWith(YearSheet(4, {kLoans, kVisits}));
  Declare(city, "貸出数", type::v1::JUDGEMENT_DELAYED);
  Declare(city, "来館者数", type::v1::JUDGEMENT_DELAYED);
  const std::string sheet = YearSheet(4, {With(kLoans, "14件"), With(kVisits, "15件")});
  EXPECT_EQ(ImportSheet(city, sheet, {.overwrite = "訂正"}).conflicts, 2);
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "貸出数"), 2022), "14件");
  EXPECT_EQ(OfficialOf(city, "貸出数"), type::v1::JUDGEMENT_DELAYED);
  EXPECT_EQ(ImportSheet(city, sheet, {.overwrite = "訂正", .only = {"貸出数"}}).conflicts, 1);
  EXPECT_EQ(OfficialOf(city, "貸出数"), type::v1::JUDGEMENT_ON_TRACK);
  EXPECT_EQ(OfficialOf(city, "来館者数"), type::v1::JUDGEMENT_DELAYED);
}

TEST(OverwriteTest, AWithdrawnTextIsNotSaidToBeReplaceable) {
  SheetLine line = kLoans;
  line.issues = "課題がある。";
  CityServices city = CityWith(YearSheet(4, {line}));
  city.Withdraw(KpiTitled(city, "貸出数").name(), progress::v1::NARRATIVE_KIND_ISSUES);
  const ImportPlan plan = PlanSheet(city, YearSheet(4, {line}), {.overwrite = "再掲", .only = {"貸出数"}});
  EXPECT_THAT(Findings(plan, "WITHDRAWN_KEPT"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "CONFLICT"), IsEmpty());
  EXPECT_EQ(plan.conflicts, 1);
}

TEST(OverwriteTest, ARewordedPledgeCanBeTakenIn) {
  CityServices city({"政策", "施策", "内容"});
  ImportManifesto(city, SampleManifesto());
  const std::string pledge = city.Plan().nodes[2].title();
  const std::string reworded = Replaced(SampleManifesto(), pledge, "まったく新しい約束");
  EXPECT_EQ(PlanManifesto(city, reworded).conflicts, 1);
  EXPECT_EQ(
      PlanManifesto(city, reworded, {.reason = "改訂", .only = {city.Plan().nodes[3].title()}}).conflicts, 1);
  const ImportPlan plan = ImportManifesto(city, reworded, {.reason = "改訂", .only = {"まったく新しい約束"}});
  EXPECT_EQ(plan.conflicts, 0);
  ASSERT_THAT(plan.catalog, SizeIs(1));
  EXPECT_EQ(plan.catalog[0].reason(), "改訂");
  EXPECT_EQ(city.Plan().nodes[2].title(), "まったく新しい約束");
  EXPECT_THAT(Kinds(PlanManifesto(city, reworded)), IsEmpty());
}

// --- spellings ---

TEST(SpellingTest, AKpiIsKnownInAnySpellingOfItsNameUnderTheSameHeading) {
  SheetLine line = kLoans;
  line.name = "ＡＩ～ガイド 1の利用者数";
  for (const char* name : {"ＡＩ〜ガイド 1の利用者数", "ＡＩ～ガイド １の利用者数",
                           "AI～カ\u3099イド1の利用者数", "ＡＩ～ガイド 1 の利用者数"}) {
    CityServices city = CityWith(YearSheet(4, {line}));
    SheetLine variant = line;
    variant.name = name;
    const ImportPlan plan = ImportSheet(city, YearSheet(5, {variant}));
    EXPECT_THAT(Findings(plan, "SPELLING_VARIANT"), ElementsAre("3:6 " + line.name)) << name;
    EXPECT_EQ(plan.left_out, 0) << name;
    ASSERT_THAT(city.Plan().kpis, SizeIs(1)) << name;
    EXPECT_EQ(city.Plan().kpis[0].title(), line.name);
    EXPECT_EQ(FigureIn(city, city.Plan().kpis[0], 2023), "12件");
  }
}

TEST(SpellingTest, TheExactNameGoesBeforeASimilarOneAndNewIsNew) {
  SheetLine wide = kLoans;
  wide.name = "利用者数１";
  SheetLine narrow = kLoans;
  narrow.name = "利用者数1";
  narrow.actual = "14件";
  CityServices city = CityWith(YearSheet(4, {wide, narrow}));
  EXPECT_THAT(Findings(PlanSheet(city, YearSheet(5, {narrow, wide})), "SPELLING_VARIANT"), IsEmpty());
  EXPECT_EQ(PlanSheet(city, YearSheet(5, {narrow, wide})).left_out, 0);

  CityServices other = CityWith(YearSheet(4, {wide}));
  ImportSheet(other, YearSheet(4, {wide, narrow}), {.confirm = "[kpi.\"利用者数1\"]\nnew = true\n"});
  EXPECT_THAT(other.Plan().kpis, SizeIs(2));
}

TEST(SpellingTest, HeadingsAndDepartmentsAreKnownInAnySpelling) {
  SheetLine line = kLoans;
  line.measure = "① ～図書館サービス～";
  line.department = "サービス課";
  CityServices city = CityWith(YearSheet(4, {line}));
  SheetLine variant = line;
  variant.measure = "① 〜図書館サ−ビス〜";
  variant.department = "サ－ビス課";
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {variant}));
  EXPECT_THAT(Findings(plan, "SPELLING_VARIANT"), SizeIs(2));
  EXPECT_EQ(plan.conflicts + plan.left_out, 0);
  EXPECT_THAT(city.Plan().departments, SizeIs(1));
}

TEST(SpellingTest, OfANameThatIsNotKnownTheMostSimilarOnesAreTheFirstCandidates) {
  const auto called = [](const std::string& name) {
    SheetLine line = kLoans;
    line.name = name;
    return line;
  };
  const CityServices city = CityWith(
      YearSheet(4, {called("企業数"), called("創業支援を受けた人の割合"), called("創業相談の件数")}));
  const ImportPlan plan = PlanSheet(city, YearSheet(5, {called("創業相談件数")}));
  ASSERT_THAT(Findings(plan, "NEW_OR_RENAMED"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "NEW_OR_RENAMED")[0], HasSubstr("候補: kpi-003 創業相談の件数"));
}

}  // namespace
}  // namespace seisaku::policyctl::imports
