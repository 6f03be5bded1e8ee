// Which KPI and which node of the plan a row is about: successors, ambiguous names, values that were unknown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SheetLine kLibrary = {
    .measure = "① 読書", .action = "図書館の充実", .name = "利用者数", .actual = "11件"};
const SheetLine kHall = {.measure = "② 集い", .action = "公民館の充実", .name = "利用者数", .actual = "12件"};

SheetLine With(SheetLine line, const std::string& actual) {
  line.actual = actual;
  return line;
}

catalog::v1::Kpi KpiCalled(const CityServices& city, std::string_view id) {
  for (const catalog::v1::Kpi& kpi : city.Plan().kpis) {
    if (IdOf(kpi.name()) == id) return kpi;
  }
  ADD_FAILURE() << "no KPI " << id;
  return {};
}

// --- a unit that no figure has told yet ---

TEST(SeriesTest, AnUnknownUnitIsTakenFromTheFirstFigureThatHasOne) {
  CityServices city =
      CityWith(YearSheet(4, {{.name = "公開率", .target = "-", .actual = "-", .later = "-"}}));
  EXPECT_EQ(KpiTitled(city, "公開率").unit(), "");
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.name = "公開率", .target = "60%", .actual = "62%", .later = "70%"}}));
  EXPECT_EQ(plan.conflicts, 0);
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_THAT(Findings(plan, "SERIES_TAKEN"), SizeIs(1));
  const catalog::v1::Kpi kpi = KpiTitled(city, "公開率");
  EXPECT_EQ(kpi.unit(), "%");
  ASSERT_EQ(kpi.targets_size(), 2);
  EXPECT_EQ(kpi.targets(0).values(0).value().printed(), "60%");
  EXPECT_EQ(kpi.targets(1).values(0).value().printed(), "70%");
  EXPECT_EQ(FigureIn(city, kpi, 2023), "62%");
}

TEST(SeriesTest, ComponentsAreTakenLikewise) {
  CityServices city = CityWith(YearSheet(4, {{.name = "参加率", .target = "-", .actual = "-"}}));
  const ImportPlan plan = ImportSheet(
      city, YearSheet(5, {{.name = "参加率", .target = "男性 60% 女性 50%", .actual = "男性 62% 女性 51%"}}));
  EXPECT_EQ(plan.conflicts + plan.left_out, 0);
  EXPECT_THAT(KpiTitled(city, "参加率").components(), ElementsAre("男性", "女性"));
}

TEST(SeriesTest, WordsMakeAKpiThatHadNoValueQualitative) {
  CityServices city = CityWith(YearSheet(4, {{.name = "待機児童", .target = "-", .actual = "-"}}));
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.name = "待機児童", .target = "待機なし", .actual = "待機なし"}}));
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(KpiTitled(city, "待機児童").direction(), type::v1::DIRECTION_QUALITATIVE);
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "待機児童"), 2023), "待機なし");
}

TEST(SeriesTest, AFigureWithoutAUnitIsKnownToHaveNone) {
  CityServices city = CityWith(YearSheet(4, {{.name = "指数", .target = "-", .actual = "98"}}));
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.name = "指数", .target = "60%", .actual = "62%"}}));
  EXPECT_EQ(plan.conflicts, 1);
  EXPECT_EQ(KpiTitled(city, "指数").unit(), "");
}

// --- what has ended, and its successor ---

TEST(SuccessorTest, ARowGoesToTheKpiThatIsInForce) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}}));
  const catalog::v1::Kpi ended = KpiTitled(city, "相談件数");
  Retire(city, ended.name(), 2023);
  CreateKpi(city, "kpi-900", ended.node(), "相談件数");
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {{.name = "相談件数", .actual = "13件"}}));
  EXPECT_THAT(Findings(plan, "RETIRED"), IsEmpty());
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-900"), 2023), "13件");
  // The year before is still the old one's.
  const ImportPlan before = ImportSheet(city, YearSheet(4, {{.name = "相談件数"}}));
  EXPECT_EQ(before.left_out, 0);
  EXPECT_EQ(before.conflicts, 0);
  EXPECT_THAT(Kinds(before), IsEmpty());
}

TEST(SuccessorTest, TheSidecarsIdSaysOtherwise) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}}));
  const catalog::v1::Kpi old = KpiTitled(city, "相談件数");
  CreateKpi(city, "kpi-900", old.node(), "相談の件数");
  const SheetOptions options{.confirm = "[kpi.\"相談件数\"]\nid = \"kpi-900\""};
  ImportSheet(city, YearSheet(5, {{.name = "相談件数", .actual = "13件"}}), options);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-900"), 2023), "13件");
  EXPECT_EQ(FigureIn(city, old, 2023), "");
}

TEST(SuccessorTest, WhatIsSaidToBeNewIsNotTheOneThatHasEnded) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}}));
  Retire(city, KpiTitled(city, "相談件数").name(), 2023);
  const std::string sheet = YearSheet(5, {{.name = "相談件数", .actual = "13件"}});
  const ImportPlan refused = ImportSheet(city, sheet);
  EXPECT_THAT(Findings(refused, "RETIRED"), ElementsAre("3:6 kpi-001"));
  EXPECT_EQ(refused.left_out, 1);
  const ImportPlan plan = ImportSheet(city, sheet, {.confirm = "[kpi.\"相談件数\"]\nnew = true"});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-002"), 2023), "13件");
}

TEST(SuccessorTest, RowsGoUnderTheHeadingThatIsInForce) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}}));
  const catalog::v1::Node ended = NodeTitled(city, "誘致");
  const std::string successor = CreateNode(city, "node-900", ended.parent(), 3, "", "誘致");
  Retire(city, ended.name(), 2023);
  CreateKpi(city, "kpi-900", successor, "相談件数");
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.name = "相談件数", .actual = "13件"}, {.name = "融資件数"}}),
                  {.confirm = "[kpi.\"融資件数\"]\nnew = true"});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(plan.conflicts, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-900"), 2023), "13件");
  EXPECT_EQ(KpiTitled(city, "融資件数").node(), successor);
}

TEST(SuccessorTest, ANewRowUnderAHeadingThatHasEndedBeginsItAnew) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}, {.action = "融資", .name = "融資件数"}}));
  Retire(city, NodeTitled(city, "誘致").name(), 2023);
  const std::string sheet =
      YearSheet(5, {{.name = "説明会の回数"}, {.action = "融資", .name = "融資件数", .actual = "13件"}});
  const ImportPlan plan = ImportSheet(city, sheet, {.confirm = "[kpi.\"説明会の回数\"]\nnew = true"});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_THAT(Findings(plan, "BEGUN_ANEW"), ElementsAre("3:4 node-004"));
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "融資件数"), 2023), "13件");
  const catalog::v1::Kpi created = KpiTitled(city, "説明会の回数");
  EXPECT_EQ(FigureIn(city, created, 2023), "12件");
  const ExistingPlan now = city.Plan();
  const catalog::v1::Node& anew = *ExistingTree(now).Find(created.node());
  EXPECT_EQ(anew.title(), "誘致");
  EXPECT_EQ(anew.first_year(), 2023);
  EXPECT_EQ(anew.retired_from_year(), 0);
  EXPECT_EQ(IdOf(KpiTitled(city, "相談件数").node()), "node-004");
  EXPECT_THAT(Kinds(ImportSheet(city, sheet)), IsEmpty());
}

TEST(SuccessorTest, AHeadingThatHasEndedBeginsAnewWithAllBelowIt) {
  CityServices city =
      CityWith(YearSheet(4, {{.name = "相談件数"},
                             {.policy = "2 人材", .measure = "① 育成", .action = "研修", .name = "受講者"}}));
  Retire(city, NodeTitled(city, "人材").name(), 2023);
  const SheetLine course = {
      .policy = "2 人材", .measure = "① 育成", .action = "研修", .name = "受講者", .actual = "13件"};
  const std::string sheet = YearSheet(5, {{.name = "相談件数"}, course});
  const ImportPlan refused = ImportSheet(city, sheet);
  EXPECT_THAT(Findings(refused, "RETIRED"), ElementsAre("4:2 node-005", "4:6 kpi-002"));
  EXPECT_THAT(Findings(refused, "BEGUN_ANEW"), IsEmpty());
  const ImportPlan plan = ImportSheet(city, sheet, {.confirm = "[kpi.\"受講者\"]\nnew = true"});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_THAT(Findings(plan, "BEGUN_ANEW"), ElementsAre("4:2 node-005"));
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-003"), 2023), "13件");
  EXPECT_EQ(city.Sheet(2022).rows_size(), 2);
  EXPECT_EQ(city.Sheet(2023).rows_size(), 2);
  EXPECT_THAT(Kinds(ImportSheet(city, sheet)), IsEmpty());
}

TEST(SuccessorTest, AKpiMovesUnderAHeadingThatHasEndedAsUnderANewOne) {
  const SheetLine stays = {.action = "融資", .name = "貸付件数"};
  CityServices city =
      CityWith(YearSheet(4, {{.name = "相談件数"}, stays, {.action = "融資", .name = "融資件数"}}));
  Retire(city, NodeTitled(city, "誘致").name(), 2023);
  const std::string sheet = YearSheet(5, {{.name = "融資件数", .actual = "13件"}, stays});
  const ImportPlan refused = ImportSheet(city, sheet);
  EXPECT_EQ(refused.conflicts, 1);
  EXPECT_THAT(Findings(refused, "RETIRED"), ElementsAre("3:4 node-004"));
  const ImportPlan plan = ImportSheet(city, sheet, {.overwrite = "組替え"});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_THAT(Findings(plan, "BEGUN_ANEW"), ElementsAre("3:4 node-004"));
  const std::string node = KpiTitled(city, "融資件数").node();
  const ExistingPlan now = city.Plan();
  EXPECT_EQ(ExistingTree(now).Find(node)->title(), "誘致");
  EXPECT_NE(IdOf(node), "node-004");
}

// --- one name, several rows ---

TEST(AmbiguityTest, AnIdThatTwoRowsWouldHaveIsRefusedWithBothAndNoFigureIsTaken) {
  CityServices city = CityWith(YearSheet(4, {kLibrary, kHall}));
  const std::string sheet = YearSheet(5, {With(kLibrary, "21件"), With(kHall, "22件")});
  const ImportPlan plan = ImportSheet(city, sheet, {.confirm = "[kpi.\"利用者数\"]\nid = \"kpi-002\""});
  EXPECT_EQ(plan.left_out, 2);
  const std::vector<std::string> found = Findings(plan, "AMBIGUOUS");
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0],
              AllOf(HasSubstr("3:6"), HasSubstr("4行目"), HasSubstr("kpi-002 利用者数 (公民館の充実)")));
  EXPECT_THAT(found[1], AllOf(HasSubstr("4:6"), HasSubstr("3行目"), HasSubstr("kpi-002")));
  EXPECT_THAT(Kinds(plan), IsEmpty());
  EXPECT_THAT(Findings(plan, "ABSENT"), ElementsAre("0:0 kpi-001"));
}

TEST(AmbiguityTest, ARowIsNamedByItsHeading) {
  CityServices city = CityWith(YearSheet(4, {kLibrary, kHall}));
  // Nothing else tells which is which: both headings are new.
  SheetLine reading = With(kLibrary, "21件");
  reading.action = "読書の推進";
  SheetLine meeting = With(kHall, "22件");
  meeting.action = "集会の場";
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {meeting, reading}),
                  {.confirm = "[[kpi.\"利用者数\"]]\nheading = \"集会の場\"\nid = \"kpi-002\"\n"
                              "[[kpi.\"利用者数\"]]\nheading = \"① 読書\"\nid = \"kpi-001\""});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "21件");
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-002"), 2023), "22件");
}

TEST(AmbiguityTest, OnlyTheRowUnderTheHeadingIsNamed) {
  CityServices city = CityWith(YearSheet(4, {kLibrary, kHall}));
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {With(kLibrary, "21件"), With(kHall, "22件")}),
                  {.confirm = "[[kpi.\"利用者数\"]]\nheading = \"公民館の充実\"\nid = \"kpi-002\""});
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "21件");
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-002"), 2023), "22件");
}

TEST(AmbiguityTest, AHeadingThatTheSheetDoesNotPrintIsTold) {
  const CityServices city = CityWith(YearSheet(4, {kLibrary, kHall}));
  const ImportPlan plan =
      PlanSheet(city, YearSheet(5, {kLibrary, kHall}),
                {.confirm = "[[kpi.\"利用者数\"]]\nheading = \"体育館\"\nid = \"kpi-002\""});
  ASSERT_THAT(Findings(plan, "CONFIRMATION_UNUSED"), SizeIs(1));
}

TEST(AmbiguityTest, TwoKpisOfOneNameBelowOneMeasureAreNotGuessed) {
  CityServices city = CityWith(YearSheet(4, {{.action = "図書館", .name = "利用者数"}}));
  const catalog::v1::Kpi first = KpiTitled(city, "利用者数");
  CreateKpi(city, "kpi-900", CreateNode(city, "node-900", NodeTitled(city, "企業").name(), 3, "", "公民館"),
            "利用者数");
  const std::string sheet = YearSheet(5, {{.action = "体育館", .name = "利用者数", .actual = "13件"}});
  const ImportPlan plan = ImportSheet(city, sheet);
  ASSERT_THAT(Findings(plan, "AMBIGUOUS"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "AMBIGUOUS")[0], AllOf(HasSubstr("kpi-001"), HasSubstr("kpi-900")));
  EXPECT_EQ(FigureIn(city, first, 2023), "");
  // An answer decides.
  EXPECT_EQ(ImportSheet(city, sheet, {.confirm = "[kpi.\"利用者数\"]\nnew = true"}).left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-901"), 2023), "13件");
}

TEST(AmbiguityTest, TwoRowsWithTheAliasOfOneKpiAreRefused) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}, {.action = "融資", .name = "融資件数"}}));
  const std::string sheet = YearSheet(5, {{.name = "窓口の件数"}, {.action = "融資", .name = "受付の件数"}});
  const ImportPlan plan = ImportSheet(city, sheet,
                                      {.confirm = "[kpi.\"窓口の件数\"]\nalias = \"相談件数\"\n"
                                                  "[kpi.\"受付の件数\"]\nalias = \"相談件数\""});
  EXPECT_THAT(Findings(plan, "AMBIGUOUS"), SizeIs(2));
  EXPECT_EQ(FigureIn(city, KpiTitled(city, "相談件数"), 2023), "");
}

TEST(AmbiguityTest, HeadingsThatCannotBeToldApartByWhatIsBelowThemAreNotGuessed) {
  CityServices city = CityWith(YearSheet(4, {{.action = "図書館", .name = "利用者数", .actual = "11件"}}));
  const std::string other = CreateNode(city, "node-900", NodeTitled(city, "企業").name(), 3, "", "公民館");
  CreateKpi(city, "kpi-900", other, "利用者数");
  // Both headings have another text now, above the same name.
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.action = "集会の場", .name = "利用者数", .actual = "22件"}}));
  EXPECT_EQ(plan.left_out, 1);
  EXPECT_THAT(Findings(plan, "CONFLICT"), IsEmpty());
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "");
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-900"), 2023), "");
}

TEST(AmbiguityTest, HeadingsOfOneTextAreToldApartByWhatIsBelowThemThenByTheirNumbers) {
  CityServices city = CityWith(YearSheet(4, {{.measure = "① 企業", .name = "相談件数"}}));
  const std::string policy = NodeTitled(city, "産業").name();
  const std::string one = CreateNode(city, "node-801", policy, 2, "②", "その他");
  const std::string two = CreateNode(city, "node-802", policy, 2, "④", "その他");
  CreateKpi(city, "kpi-901", CreateNode(city, "node-803", one, 3, "", "図書館"), "利用者数");
  CreateKpi(city, "kpi-902", CreateNode(city, "node-804", two, 3, "", "公民館"), "入館者数");
  // ② was dropped, and ④ is ② now.
  const ImportPlan plan = ImportSheet(
      city,
      YearSheet(5, {{.measure = "① 企業", .name = "相談件数"},
                    {.measure = "② その他", .action = "公民館", .name = "入館者数", .actual = "22件"}}));
  EXPECT_EQ(plan.left_out, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-902"), 2023), "22件");
  EXPECT_THAT(Findings(plan, "RENUMBERED"), ElementsAre("4:3 ④ → ②"));
  EXPECT_THAT(Findings(plan, "ENDS"), ElementsAre("0:0 node-801", "0:0 node-803", "0:0 kpi-901"));
}

TEST(NewHeadingTest, WhereAKpiIsSaidToBeNewIsNotTheHeadingThatHadOneOfItsName) {
  CityServices city = CityWith(YearSheet(4, {{.name = "相談件数"}}));
  const ImportPlan plan = ImportSheet(
      city, YearSheet(5, {{.action = "融資", .name = "相談件数", .target = "20社", .actual = "22社"}}),
      {.confirm = "[[kpi.\"相談件数\"]]\nheading = \"融資\"\nnew = true\n"});
  EXPECT_EQ(plan.conflicts, 0);
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "");
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-002"), 2023), "22社");
  EXPECT_EQ(KpiCalled(city, "kpi-001").retired_from_year(), 2023);
}

// --- lost names ---

TEST(LostNameTest, OneNameForTwoLostOnesIsRefusedWithBoth) {
  SheetLine lost = {.name = ""};
  SheetLine other = {.action = "融資", .name = ""};
  const std::string sheet = YearSheet(4, {lost, other});
  CityServices city(documents::ReadProgressSheet(sheet, {}).levels);
  const ImportPlan plan =
      ImportSheet(city, sheet, {.confirm = "[kpi.\"〔指標名欠落〕\"]\nname = \"相談件数\""});
  EXPECT_THAT(Findings(plan, "NAME_NOT_UNIQUE"), SizeIs(2));
  EXPECT_EQ(plan.left_out, 2);
  EXPECT_THAT(city.Plan().kpis, IsEmpty());
  const ImportPlan named =
      ImportSheet(city, sheet,
                  {.confirm = "[[kpi.\"〔指標名欠落〕\"]]\nheading = \"誘致\"\nname = \"相談件数\"\n"
                              "[[kpi.\"〔指標名欠落〕\"]]\nheading = \"融資\"\nname = \"融資件数\""});
  EXPECT_EQ(named.left_out, 0);
  EXPECT_THAT(KpisInOrder(city), ElementsAre("相談件数", "融資件数"));
}

TEST(LostNameTest, TheNameOfAnotherRowIsRefusedToo) {
  const std::string sheet = YearSheet(4, {{.name = "相談件数"}, {.action = "融資", .name = ""}});
  CityServices city(documents::ReadProgressSheet(sheet, {}).levels);
  const ImportPlan plan =
      ImportSheet(city, sheet, {.confirm = "[kpi.\"〔指標名欠落〕\"]\nname = \"相談件数\""});
  ASSERT_THAT(Findings(plan, "NAME_NOT_UNIQUE"), SizeIs(1));
  EXPECT_THAT(Findings(plan, "NAME_NOT_UNIQUE")[0], HasSubstr("3行目"));
  EXPECT_EQ(plan.left_out, 1);
  EXPECT_THAT(KpisInOrder(city), ElementsAre("相談件数"));
}

TEST(LostNameTest, TwoHeadingsMayCountTheSame) {
  const std::string sheet =
      YearSheet(4, {{.name = "相談件数"}, {.action = "融資", .name = "", .actual = "21件"}});
  const std::string confirm = "[[kpi.\"〔指標名欠落〕\"]]\nheading = \"融資\"\nname = \"相談件数\"\n";
  CityServices city = CityWith(sheet, {.confirm = confirm});
  EXPECT_THAT(KpisInOrder(city), ElementsAre("相談件数", "相談件数"));
  ImportSheet(city, YearSheet(5, {{.name = "相談件数", .actual = "31件"},
                                  {.action = "融資", .name = "相談件数", .actual = "32件"}}));
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "31件");
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-002"), 2023), "32件");
}

TEST(LostNameTest, MoreLostNamesThanThePlanHasAreNotGuessed) {
  CityServices city = CityWith(YearSheet(4, {{.name = "", .actual = "11件"}}));
  const ImportPlan plan =
      ImportSheet(city, YearSheet(5, {{.name = "", .actual = "21件"}, {.name = "", .actual = "22件"}}));
  EXPECT_THAT(Findings(plan, "AMBIGUOUS"), SizeIs(2));
  EXPECT_EQ(FigureIn(city, KpiCalled(city, "kpi-001"), 2023), "");
}

}  // namespace
}  // namespace seisaku::policyctl::imports
