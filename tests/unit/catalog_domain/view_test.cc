// What can be asked of a catalog, and what its entries are said to have done.
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/catalog/domain/describe.h"
#include "services/catalog/domain/names.h"
#include "services/domain/value.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ViewTest : public testing::Test {
 protected:
  ViewTest() { HavePlan(catalog_); }

  std::vector<std::string> Tree(Position size, int reporting_year = 0) {
    std::vector<std::string> lines;
    View view = catalog_.At(size);
    for (const TreeLine& line : view.Tree(*view.FindPlan("p"), reporting_year)) {
      lines.push_back(fmt::format("{} {}", line.depth, line.node ? line.node->id() : line.kpi->id()));
    }
    return lines;
  }

  // Of the last entry: "action field:before>after …".
  std::string Last() {
    v1::ChangeResult result =
        DescribeEntry(catalog_.state(), catalog_.state().size() - 1, catalog_.entries().back());
    std::string text = result.action();
    for (const auto& difference : result.differences()) {
      text += fmt::format(" {}:{}>{}", difference.field(), difference.before(), difference.after());
    }
    return text;
  }

  Catalog catalog_;
};

TEST_F(ViewTest, TreeGoesDepthFirstInDocumentOrderWithKpisBelowTheirNodes) {
  catalog_.Have(
      R"(create_node { name: "plans/p/nodes/a" parent: "plans/p/nodes/n1" level: 1 title: "先" order: 1 })");
  EXPECT_THAT(Tree(9), ElementsAre("0 n1", "1 k2", "1 a", "1 n2", "2 k1"));
  EXPECT_THAT(Tree(8), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1"));
}

TEST_F(ViewTest, MovedNodeStandsInOnePlaceAtEachSize) {
  catalog_.Have(R"(create_node { name: "plans/p/nodes/m" title: "別" })");
  catalog_.Have(R"(move_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/m" })");
  EXPECT_THAT(Tree(10), ElementsAre("0 n1", "1 k2", "0 m", "1 n2", "2 k1"));
  EXPECT_EQ(Last(), "node_moved parent:plans/p/nodes/n1>plans/p/nodes/m");
  catalog_.Have(R"(move_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" order: 5 })");
  EXPECT_THAT(Tree(11), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1", "0 m"));
  EXPECT_THAT(Tree(9), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1", "0 m"));
}

TEST_F(ViewTest, ADirectionWasSetByTheEntryThatChangedItLast) {
  const auto set_at = [&] { return catalog_.Now().DirectionSetAt(*catalog_.Now().FindKpi("p", "k1")); };
  const auto update = [&](const std::string& field) {
    catalog_.Have(
        R"(update_kpi { kpi { name: "plans/p/kpis/k1" order: 7 title: "改" direction: DIRECTION_DECREASE }
        update_mask { paths: ")" +
        field + R"(" } })");
  };
  EXPECT_EQ(set_at(), 5u);
  update("order");
  EXPECT_EQ(set_at(), 5u);
  update("direction");
  const Position changed = catalog_.state().size() - 1;
  EXPECT_EQ(set_at(), changed);
  update("title");
  catalog_.Have(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k1" from_year: 2030 })");
  EXPECT_EQ(set_at(), changed);
  EXPECT_EQ(catalog_.At(changed).DirectionSetAt(*catalog_.At(changed).FindKpi("p", "k1")), 5u);
  catalog_.Have(R"(update_kpi { kpi { name: "plans/p/kpis/k1" direction: DIRECTION_INCREASE }
      update_mask { paths: "direction" } })");
  EXPECT_EQ(set_at(), catalog_.state().size() - 1);
}

TEST_F(ViewTest, ADirectionIsSetWhereItIsConfirmed) {
  const auto set_at = [&] { return catalog_.Now().DirectionSetAt(*catalog_.Now().FindKpi("p", "fires")); };
  const auto update = [&](const std::string& field, const std::string& values) {
    catalog_.Have("update_kpi { kpi { name: \"plans/p/kpis/fires\" " + values + " } update_mask { paths: \"" +
                  field + "\" } }");
    return catalog_.state().size() - 1;
  };
  catalog_.Have(R"(create_kpi { name: "plans/p/kpis/fires" node: "plans/p/nodes/n2" title: "火災発生件数"
      unit: "件" direction: DIRECTION_DECREASE direction_unconfirmed: true })");
  EXPECT_EQ(set_at(), catalog_.state().size() - 1);
  const Position confirmed = update("direction", "direction: DIRECTION_DECREASE");
  EXPECT_EQ(Last(), "kpi_updated direction_unconfirmed:true>");
  update("title", "title: \"火災\"");
  EXPECT_EQ(set_at(), confirmed);
  EXPECT_EQ(update("direction_unconfirmed", "direction_unconfirmed: true"), set_at());
}

TEST_F(ViewTest, WhatIsBelowARetiredNodeIsNotInForceFromThatYearOn) {
  catalog_.Have(R"(reason: "r" retire_node { name: "plans/p/nodes/n2" from_year: 2024 })");
  EXPECT_THAT(Tree(9, 2023), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1"));
  EXPECT_THAT(Tree(9, 2024), ElementsAre("0 n1", "1 k2"));
  View view = catalog_.Now();
  EXPECT_TRUE(view.InForce(*view.FindKpi("p", "k1"), 2023));
  EXPECT_FALSE(view.InForce(*view.FindKpi("p", "k1"), 2024));
  EXPECT_TRUE(catalog_.At(8).InForce(*catalog_.At(8).FindKpi("p", "k1"), 2024));
  EXPECT_EQ(Last(), "node_retired retired_from_year:>2024");
}

TEST_F(ViewTest, WhatIsBelowANodeIsNotInForceBeforeItsFirstYear) {
  catalog_.Have(
      R"(create_node { name: "plans/p/nodes/n3" parent: "plans/p/nodes/n1" level: 1 title: "観光" first_year: 2023 })");
  catalog_.Have(R"(create_kpi { name: "plans/p/kpis/k3" node: "plans/p/nodes/n3" title: "宿泊者数" unit: "人"
      direction: DIRECTION_INCREASE })");
  catalog_.Have(R"(update_kpi { kpi { name: "plans/p/kpis/k2" first_year: 2023 }
      update_mask { paths: "first_year" } })");
  EXPECT_EQ(Last(), "kpi_updated first_year:>2023");
  EXPECT_THAT(Tree(11, 2022), ElementsAre("0 n1", "1 n2", "2 k1"));
  EXPECT_THAT(Tree(11, 2023), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1", "1 n3", "2 k3"));
  EXPECT_THAT(Tree(11), ElementsAre("0 n1", "1 k2", "1 n2", "2 k1", "1 n3", "2 k3"));
  View view = catalog_.Now();
  EXPECT_FALSE(view.InForce(*view.FindKpi("p", "k3"), 2022));
  EXPECT_TRUE(view.InForce(*view.FindKpi("p", "k3"), 2023));
  EXPECT_EQ(view.FirstYear(*view.FindNode("p", "n3")), 2023);
  EXPECT_TRUE(catalog_.At(10).InForce(*catalog_.At(10).FindKpi("p", "k2"), 2022));
}

TEST_F(ViewTest, FindsKpisByTheTitleInForce) {
  catalog_.Have(
      R"(update_kpi { kpi { name: "plans/p/kpis/k1" title: "就業率" } update_mask { paths: "title" } })");
  View now = catalog_.Now(), before = catalog_.At(8);
  auto plan = *now.FindPlan("p");
  EXPECT_EQ(now.KpisByTitle(plan, "就業率").size(), 2u);
  EXPECT_THAT(now.KpisByTitle(plan, "人口"), IsEmpty());
  ASSERT_EQ(before.KpisByTitle(plan, "人口").size(), 1u);
  EXPECT_EQ(before.KpisByTitle(plan, "人口")[0].id(), "k1");
  EXPECT_EQ(Last(), "kpi_updated title:人口>就業率");
}

TEST_F(ViewTest, PathGoesFromTheHighestNodeToTheKpisOwn) {
  View view = catalog_.Now();
  std::vector<std::string> ids;
  for (const NodeAt& node : view.Path(*view.FindKpi("p", "k1"))) ids.emplace_back(node.id());
  EXPECT_THAT(ids, ElementsAre("n1", "n2"));
}

TEST_F(ViewTest, NothingExistsBeforeItsCreation) {
  View view = catalog_.At(2);
  EXPECT_FALSE(view.FindPlan("p").has_value());
  EXPECT_FALSE(view.FindKpi("p", "k1").has_value());
  EXPECT_THAT(view.Plans(), IsEmpty());
  EXPECT_EQ(view.Departments().size(), 2u);
}

TEST_F(ViewTest, DescribesTargetsAndRulesByTheirParts) {
  EXPECT_EQ(Last(), "target_set targets[2022]:>33万人");
  catalog_.Have(R"(reason: "r" set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "340000" } unit: "人" } } } } })");
  EXPECT_EQ(Last(), "target_set targets[2022]:33万人>340,000人");
  catalog_.Have(R"(reason: "r" set_rule { plan: "plans/p" rule { method: "baseline/1"
      on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } } })");
  EXPECT_EQ(Last(), "rule_set rule.method:ratio/1>baseline/1 rule_version:1>2");
  catalog_.Have(R"(create_department { name: "departments/d3" title: "新" })");
  EXPECT_EQ(Last(), "department_created");
}

TEST(NamesTest, AKpiMayBeNamedByATitleWithSlashes) {
  ASSERT_OK_AND_ASSIGN(NameInPlan kpi, ParseKpiReference("name", "plans/p/kpis/人口/世帯"));
  EXPECT_EQ(kpi.id, "人口/世帯");
  EXPECT_THAT(ParseKpiReference("name", "plans/p/kpis/"), HasReason("INVALID_FIELD"));
  EXPECT_THAT(ParseKpiName("name", "plans/p/kpis/人口"), HasReason("INVALID_FIELD"));
}

TEST(ValueTest, IsIdenticalOnlyInEveryRespect) {
  Value value{Quantity{*Decimal::Parse("85"), "%"}, std::nullopt, "85%"};
  Value scaled = value;
  scaled.content = Quantity{*Decimal::Parse("85.0"), "%"};
  EXPECT_TRUE(Identical(value, value));
  EXPECT_FALSE(Identical(value, scaled));
}

}  // namespace
}  // namespace seisaku::catalog
