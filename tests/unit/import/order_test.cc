// Numbers and order: the newest document's, without a heading that comes twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/unit/import/importing.h"
#include "tools/policyctl/import/document_order.h"

namespace seisaku::policyctl::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SheetLine kFuture = {.goal = "1 みらい", .name = "デジタル化率"};
const SheetLine kWork = {.goal = "1 しごと", .name = "企業数"};
const SheetLine kPeople = {.goal = "2 ひと", .name = "出生数"};

SheetLine Numbered(SheetLine line, const std::string& goal) {
  line.goal = goal;
  return line;
}

std::string OldSheet() { return YearSheet(4, {kWork, kPeople}); }
std::string NewSheet() {
  return YearSheet(5, {kFuture, Numbered(kWork, "2 しごと"), Numbered(kPeople, "3 ひと")});
}
const SheetOptions kNew = {.confirm = "[kpi.\"デジタル化率\"]\nnew = true"};

TEST(RenumberedTest, NumbersAndOrderFollowTheNewestSheetWithAFindingForEach) {
  CityServices city = CityWith(OldSheet());
  const ImportPlan plan = ImportSheet(city, NewSheet(), kNew);
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 みらい", "2 しごと", "3 ひと"));
  EXPECT_THAT(KpisInOrder(city), ElementsAre("デジタル化率", "企業数", "出生数"));
  EXPECT_THAT(Findings(plan, "RENUMBERED"), ElementsAre("4:1 1 → 2", "5:1 2 → 3"));
  EXPECT_THAT(Kinds(ImportSheet(city, NewSheet(), kNew)), IsEmpty());
}

TEST(RenumberedTest, AnOlderSheetAfterANewerOneChangesNoNumberAndNoOrder) {
  const std::string text = NewSheet();
  CityServices city = CityWith(text, kNew);
  const ImportPlan plan =
      ImportSheet(city, YearSheet(4, {Numbered(kPeople, "1 ひと"), Numbered(kWork, "2 しごと")}));
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 みらい", "2 しごと", "3 ひと"));
  EXPECT_THAT(KpisInOrder(city), ElementsAre("デジタル化率", "企業数", "出生数"));
  EXPECT_THAT(Findings(plan, "RENUMBERED"), IsEmpty());
  EXPECT_THAT(Findings(plan, "REORDERED"), IsEmpty());
  // ひと: another number, and before しごと.
  EXPECT_THAT(Findings(plan, "NEWER_KEPT"),
              ElementsAre("3:1 3", "4:1 「みらい」の次", "4:6 「デジタル化率」の次"));
}

TEST(RenumberedTest, HeadingsWithoutANumberTakeTheNewOrderToo) {
  CityServices city = CityWith(YearSheet(4, {{.action = "誘致", .name = "企業数"},
                                             {.action = "融資", .name = "融資件数"},
                                             {.action = "相談", .name = "相談件数"}}));
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {{.action = "相談", .name = "相談件数"},
                                                          {.action = "誘致", .name = "企業数"},
                                                          {.action = "融資", .name = "融資件数"}}));
  EXPECT_THAT(Headings(city, 3), ElementsAre(" 相談", " 誘致", " 融資"));
  EXPECT_THAT(KpisInOrder(city), ElementsAre("相談件数", "企業数", "融資件数"));
  EXPECT_THAT(Findings(plan, "REORDERED"), ElementsAre("3:4 先頭", "3:6 先頭"));
}

TEST(RenumberedTest, ADamagedNumberIsNotTaken) {
  CityServices city = CityWith(YearSheet(4, {kWork, kPeople}));
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {kWork, Numbered(kPeople, "② ひと")}));
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 しごと", "2 ひと"));
  EXPECT_THAT(Findings(plan, "NUMBER_KEPT"), ElementsAre("4:1 2"));
}

TEST(RenumberedTest, AFullWidthDigitIsNoOtherNumber) {
  CityServices city = CityWith(YearSheet(4, {kWork}));
  const ImportPlan plan = ImportSheet(city, YearSheet(5, {Numbered(kWork, "１ しごと")}));
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 しごと"));
  EXPECT_THAT(Findings(plan, "RENUMBERED"), IsEmpty());
}

TEST(NewKpiTest, StandsBehindTheOthersOfItsActionAndNotAtTheEndOfTheSheet) {
  const SheetLine first = {.action = "誘致", .name = "企業数"};
  const SheetLine added = {.action = "誘致", .name = "説明会の回数"};
  const SheetLine last = {.action = "融資", .name = "融資件数"};
  CityServices city = CityWith(YearSheet(4, {first, last}));
  ImportSheet(city, YearSheet(5, {first, added, last}), {.confirm = "[kpi.\"説明会の回数\"]\nnew = true"});
  EXPECT_THAT(KpisInOrder(city), ElementsAre("企業数", "説明会の回数", "融資件数"));
}

TEST(NewKpiTest, StandsBehindSiblingsThatTheSheetNoLongerHas) {
  const SheetLine first = {.action = "誘致", .name = "企業数"};
  const SheetLine dropped = {.action = "誘致", .name = "来訪者数"};
  const SheetLine added = {.action = "誘致", .name = "説明会の回数"};
  const SheetLine last = {.action = "融資", .name = "融資件数"};
  CityServices city = CityWith(YearSheet(4, {first, dropped, last}));
  ImportSheet(city, YearSheet(5, {first, added, last}), {.confirm = "[kpi.\"説明会の回数\"]\nnew = true"});
  EXPECT_THAT(KpisInOrder(city), ElementsAre("企業数", "来訪者数", "説明会の回数", "融資件数"));
}

TEST(NewKpiTest, OfAnOlderSheetStandsThereWithoutMovingTheOthers) {
  const SheetLine first = {.action = "誘致", .name = "企業数"};
  const SheetLine added = {.action = "誘致", .name = "説明会の回数"};
  const SheetLine last = {.action = "融資", .name = "融資件数"};
  CityServices city = CityWith(YearSheet(5, {first, last}));
  const ImportPlan plan = ImportSheet(city, YearSheet(4, {first, added, last}),
                                      {.confirm = "[kpi.\"説明会の回数\"]\nnew = true"});
  EXPECT_THAT(KpisInOrder(city), ElementsAre("企業数", "説明会の回数", "融資件数"));
}

// --- manifestos ---

constexpr char kHeader[] = "政策\t\t施策\t\t内容\t\nNo.\t名称\tNo.\t名称\tNo.\t名称\n";

std::string ManifestoText(const std::vector<std::string>& rows) {
  return kHeader + fmt::format("{}\n", fmt::join(rows, "\n"));
}

CityServices CityWithManifesto(const std::vector<std::string>& rows) {
  CityServices city({"政策", "施策", "内容"});
  ImportManifesto(city, ManifestoText(rows));
  return city;
}

TEST(ManifestoTest, NumbersAndOrderFollowTheManifestoWithAFindingForEach) {
  CityServices city = CityWithManifesto({"1\tしごと\t1\t産業\t1\t誘致", "2\tひと\t1\t子育て\t1\t保育"});
  const ImportPlan plan =
      ImportManifesto(city, ManifestoText({"1\tみらい\t1\tデジタル\t1\t回線", "2\tしごと\t1\t産業\t1\t誘致",
                                           "3\tひと\t1\t子育て\t1\t保育"}));
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 みらい", "2 しごと", "3 ひと"));
  EXPECT_THAT(Findings(plan, "RENUMBERED"), ElementsAre("4:2 1 → 2", "5:2 2 → 3"));
  EXPECT_EQ(plan.conflicts, 0);
}

TEST(ManifestoTest, ARenumberedItemThatIsSpeltInAnotherWayIsNotTheOneThatHadItsNumber) {
  CityServices city = CityWithManifesto({"1\tしごとの創生\t1\t産業\t1\t誘致", "2\tひと\t1\t子育て\t1\t保育"});
  const ImportPlan plan = ImportManifesto(
      city, ManifestoText({"1\tみらい\t1\tデジタル\t1\t回線", "2\tしごと の創生\t1\t産業\t1\t誘致",
                           "3\tひと\t1\t子育て\t1\t保育"}));
  EXPECT_THAT(Headings(city, 0), ElementsAre("1 みらい", "2 しごとの創生", "3 ひと"));
  EXPECT_EQ(plan.conflicts, 0);
}

TEST(ManifestoTest, APledgeThatWasRetiredAndIsStillPrintedIsTold) {
  CityServices city = CityWithManifesto({"1\tしごと\t1\t産業\t1\t誘致", "1\tしごと\t1\t産業\t2\t融資"});
  Retire(city, NodeTitled(city, "融資").name(), 2023);
  const std::string text = ManifestoText({"1\tしごと\t1\t産業\t1\t誘致", "1\tしごと\t1\t産業\t2\t融資"});
  const ImportPlan plan = ImportManifesto(city, text);
  EXPECT_THAT(Findings(plan, "STILL_PRINTED"), ElementsAre("4:6 node-004、令和5年度から"));
  EXPECT_THAT(Kinds(plan), IsEmpty());
}

TEST(ManifestoTest, ASuccessorIsMatchedBeforeWhatItSucceeded) {
  CityServices city = CityWithManifesto({"1\tしごと\t1\t産業\t1\t誘致", "1\tしごと\t1\t産業\t2\t融資"});
  const catalog::v1::Node ended = NodeTitled(city, "融資");
  Retire(city, ended.name(), 2023);
  CreateNode(city, "node-900", ended.parent(), 2, "3", "融資");
  const ImportPlan plan =
      ImportManifesto(city, ManifestoText({"1\tしごと\t1\t産業\t1\t誘致", "1\tしごと\t1\t産業\t2\t融資"}));
  EXPECT_THAT(Findings(plan, "STILL_PRINTED"), IsEmpty());
  EXPECT_THAT(Findings(plan, "RENUMBERED"), ElementsAre("4:6 3 → 2"));
}

TEST(ManifestoTest, WhatIsNewUnderARetiredItemIsLeftOut) {
  CityServices city = CityWithManifesto({"1\tしごと\t1\t産業\t1\t誘致"});
  Retire(city, NodeTitled(city, "産業").name(), 2023);
  const ImportPlan plan =
      ImportManifesto(city, ManifestoText({"1\tしごと\t1\t産業\t1\t誘致", "1\tしごと\t1\t産業\t2\t融資"}));
  EXPECT_THAT(Findings(plan, "UNDER_RETIRED"), ElementsAre("4:6 node-002"));
  EXPECT_EQ(plan.left_out, 1);
  EXPECT_THAT(plan.catalog, IsEmpty());
}

TEST(ManifestoTest, TwoPledgesOfOneTextAreNotGuessed) {
  CityServices city = CityWithManifesto({"1\tしごと\t1\t産業\t1\tその他", "1\tしごと\t1\t産業\t4\tその他"});
  const ImportPlan plan = ImportManifesto(city, ManifestoText({"1\tしごと\t1\t産業\t2\tその他"}));
  EXPECT_THAT(Findings(plan, "AMBIGUOUS_HEADING"), SizeIs(1));
  EXPECT_EQ(plan.left_out, 1);
  EXPECT_THAT(plan.catalog, IsEmpty());
}

// --- the arrangement itself ---

Placed At(const std::string& id, uint32_t order, std::optional<size_t> printed) {
  return {"p/kpis/" + id, order, printed};
}

std::vector<std::string> Shown(const std::vector<Placed>& sequence) {
  std::vector<std::string> shown;
  for (const Placed& one : sequence) shown.push_back(fmt::format("{} {}", IdOf(one.name), one.order));
  return shown;
}

constexpr auto kAllStay = [](const Placed&, const Placed&, const Placed&) { return true; };

TEST(ArrangeTest, WhatStandsInOrderKeepsItsPlaceAndNewThingsGoLast) {
  EXPECT_THAT(Shown(Arrange({At("a", 1, 0), At("b", 2, 1)}, {At("c", 0, 2), At("d", 0, 3)}, true, kAllStay)),
              ElementsAre("a 1", "b 2", "c 0", "d 0"));
  EXPECT_THAT(Shown(Arrange({}, {At("a", 0, 0)}, true, kAllStay)), ElementsAre("a 0"));
}

TEST(ArrangeTest, SomethingNewInBetweenMovesAsLittleAsPossible) {
  EXPECT_THAT(Shown(Arrange({At("a", 1, 0), At("b", 2, 2)}, {At("c", 0, 1)}, true, kAllStay)),
              ElementsAre("a 1", "c 1", "b 2"));
  // An id that comes before the other one's needs a place of its own.
  EXPECT_THAT(Shown(Arrange({At("b", 1, 0), At("c", 2, 2)}, {At("a", 0, 1)}, true, kAllStay)),
              ElementsAre("b 1", "a 2", "c 2"));
  EXPECT_THAT(Shown(Arrange({At("a", 1, 1), At("b", 2, 2)}, {At("c", 0, 0)}, true, kAllStay)),
              ElementsAre("c 1", "a 2", "b 2"));
}

TEST(ArrangeTest, WhatIsNotPrintedStaysBehindTheSame) {
  EXPECT_THAT(Shown(Arrange({At("a", 1, 1), At("x", 2, {}), At("b", 3, 0)}, {}, true, kAllStay)),
              ElementsAre("b 3", "a 4", "x 4"));
}

TEST(ArrangeTest, WithoutFollowingNothingThatIsThereChanges) {
  const std::vector<Placed> arranged =
      Arrange({At("a", 1, 1), At("b", 2, 0)}, {At("c", 0, 2)}, false, kAllStay);
  EXPECT_THAT(Shown(arranged), ElementsAre("a 1", "c 1", "b 2"));
  EXPECT_TRUE(arranged[0].moved != arranged[2].moved);
}

}  // namespace
}  // namespace seisaku::policyctl::imports
