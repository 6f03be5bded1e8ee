#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "tests/integration/rpc/rpc_fixture.h"

namespace seisaku {
namespace {

using testing::Not;

class CatalogServiceTest : public RpcTest {};

TEST_F(CatalogServiceTest, ApplyCatalogMakesSeveralChangesAndSaysWhatDiffers) {
  EXPECT_THAT(Call("ApplyCatalog", R"(
      changes { update_plan { plan { name: "plans/p" title: "第2期" } update_mask { paths: "title" } } }
      changes { update_department { department { name: "departments/d1" title: "政策課" }
                                    update_mask { paths: "title" } } })"),
              Shows(R"(
      results { name: "plans/p" action: "plan_updated"
                differences { field: "title" before: "総合戦略" after: "第2期" } }
      results { name: "departments/d1" action: "department_updated"
                differences { field: "title" before: "企画課" after: "政策課" } }
      receipt { entries: 2 })"));
  EXPECT_THAT(Call("GetPlan", R"(name: "plans/p")"), Shows(R"(plan { title: "第2期" })"));
  EXPECT_THAT(Call("GetDepartment", R"(name: "departments/d1")"), Shows(R"(department { title: "政策課" })"));
}

TEST_F(CatalogServiceTest, CreatePlanMakesAPlan) {
  const std::string plan = R"(plan { name: "plans/q" title: "環境計画" levels: "分野" rule_version: 1
      rule { method: "ratio/1" on_track_percent { value: "100" } mostly_on_track_percent { value: "80" } } })";
  EXPECT_THAT(Call("CreatePlan", R"(plan_id: "q" )" + plan), Shows(plan + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetPlan", R"(name: "plans/q")"), Shows(plan));
}

TEST_F(CatalogServiceTest, UpdatePlanChangesItsTitle) {
  EXPECT_THAT(Call("UpdatePlan", R"(update { plan { name: "plans/p" title: "第2期" }
                                             update_mask { paths: "title" } })"),
              Shows(R"(plan { title: "第2期" levels: "政策" levels: "施策" } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetPlan", R"(name: "plans/p")"), Shows(R"(plan { title: "第2期" })"));
}

TEST_F(CatalogServiceTest, SetRuleGivesAPlanItsNextRule) {
  const std::string rule = R"(rule { method: "ratio/1" on_track_percent { value: "100" }
                                     mostly_on_track_percent { value: "75" } })";
  EXPECT_THAT(Call("SetRule", R"(rule { plan: "plans/p" )" + rule + R"(} reason: "基準の改定")"),
              Shows("plan {" + rule + "rule_version: 2 } receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetPlan", R"(name: "plans/p")"), Shows("plan {" + rule + "rule_version: 2 }"));
}

TEST_F(CatalogServiceTest, CreateNodeMakesANodeBehindItsSiblings) {
  const std::string node = R"(node { parent: "plans/p/nodes/n1" level: 1 title: "観光" )";
  EXPECT_THAT(Call("CreateNode", R"(parent: "plans/p" node_id: "n4" )" + node + "}"),
              Shows(node + R"(name: "plans/p/nodes/n4" order: 2 } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n4")"), Shows(node + "order: 2 }"));
}

TEST_F(CatalogServiceTest, UpdateNodeChangesTheFieldsThatItNames) {
  const std::string node =
      R"(node { name: "plans/p/nodes/n1" title: "産業の振興" departments: "departments/d1" )";
  EXPECT_THAT(Call("UpdateNode", "update {" + node + R"( number: "9" }
                                  update_mask { paths: "title" paths: "departments" } })"),
              Shows(node + "} receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n1")"), Shows(node + "}"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n1")"), Not(Shows(R"(node { number: "9" })")));
}

TEST_F(CatalogServiceTest, MoveNodePutsANodeAndWhatIsBelowItUnderAnother) {
  EXPECT_THAT(
      Call("MoveNode", R"(move { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n3" } reason: "組織改正")"),
      Shows(
          R"(node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n3" level: 1 } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetTree", R"(parent: "plans/p/nodes/n3")"), Shows(R"(
      items { node { name: "plans/p/nodes/n3" } }
      items { depth: 1 kpi { name: "plans/p/kpis/k2" } }
      items { depth: 1 node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n3" } }
      items { depth: 2 kpi { name: "plans/p/kpis/k1" } })"));
}

TEST_F(CatalogServiceTest, RetireNodeEndsANodeAndWhatIsBelowItFromAYearOn) {
  EXPECT_THAT(Call("RetireNode", R"(retire { name: "plans/p/nodes/n1" from_year: 2025 } reason: "廃止")"),
              Shows(R"(node { name: "plans/p/nodes/n1" retired_from_year: 2025 })"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n1")"), Shows("node { retired_from_year: 2025 }"));
  EXPECT_THAT(Call("GetTree", R"(parent: "plans/p" reporting_year: 2025)"), Shows(R"(
      items { node { name: "plans/p/nodes/n3" } } items { depth: 1 kpi { name: "plans/p/kpis/k2" } })"));
}

// A manifesto beside the fixture's plan, one of whose nodes is served by n1, and so by k1 below it.
constexpr char kManifesto[] = R"(
    changes { create_plan { name: "plans/m" title: "公約" levels: "政策" levels: "内容" } }
    changes { create_node { name: "plans/m/nodes/a" title: "働く場" } }
    changes { create_node { name: "plans/m/nodes/a1" parent: "plans/m/nodes/a" level: 1 title: "起業" } }
    changes { create_node { name: "plans/m/nodes/b" title: "交通" } })";
constexpr char kLink[] =
    R"(link { name: "plans/m/nodes/a" served_by: "plans/p/nodes/n1" } reason: "起業は産業の施策で進める")";

TEST_F(CatalogServiceTest, LinkNodeSaysWhatServesANode) {
  Call("ApplyCatalog", kManifesto);
  const std::string node = R"(node { name: "plans/m/nodes/a" served_by: "plans/p/nodes/n1" })";
  EXPECT_THAT(Call("LinkNode", kLink), Shows(node + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/m/nodes/a")"), Shows(node));
}

TEST_F(CatalogServiceTest, UnlinkNodeTakesALinkBack) {
  Call("ApplyCatalog", kManifesto);
  Call("LinkNode", kLink);
  EXPECT_THAT(
      Call("UnlinkNode", R"(link { name: "plans/m/nodes/a" served_by: "plans/p/nodes/n1" } reason: "r")"),
      Shows(R"(node { name: "plans/m/nodes/a" } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/m/nodes/a")"),
              Not(Shows(R"(node { served_by: "plans/p/nodes/n1" })")));
}

TEST_F(CatalogServiceTest, ListLinksShowsWhatServesThePlansNodesAndSinceWhen) {
  Call("ApplyCatalog", kManifesto);
  Call("LinkNode", kLink);
  Call("LinkNode", R"(link { name: "plans/m/nodes/a" served_by: "plans/p/kpis/k2" } reason: "r")");
  Call("UpdateNode",
       R"(update { node { name: "plans/m/nodes/a" title: "仕事" } update_mask { paths: "title" } })");
  const std::string first =
      R"(links { node: "plans/m/nodes/a" served_by: "plans/p/nodes/n1" position: 13 } )";
  const std::string second =
      R"(links { node: "plans/m/nodes/a" served_by: "plans/p/kpis/k2" position: 14 } )";
  EXPECT_THAT(Call("ListLinks", R"(parent: "plans/m")"), Shows(first + second + "position: 16"));
  EXPECT_THAT(Call("ListLinks", R"(parent: "plans/-" served_by: "plans/p")"), Shows(first + second));
  EXPECT_THAT(Call("ListLinks", R"(parent: "plans/m" as_of { size: 14 })"), Shows(first));
  using Links = catalog::v1::ListLinksResponse;
  EXPECT_THAT(Call("ListLinks", R"(parent: "plans/m" served_by: "plans/p/kpis/k2")"), Shows(second));
  EXPECT_EQ(CallFor<Links>("ListLinks", R"(parent: "plans/m" served_by: "plans/p/kpis/k2")").links_size(), 1);
  EXPECT_EQ(CallFor<Links>("ListLinks", R"(parent: "plans/p")").links_size(), 0);
  const auto page = CallFor<Links>("ListLinks", R"(parent: "plans/-" page_size: 1)");
  EXPECT_EQ(page.links_size(), 1);
  EXPECT_THAT(
      Call("ListLinks", R"(parent: "plans/-" page_size: 1 page_token: ")" + page.next_page_token() + '"'),
      Shows(second));
  EXPECT_THAT(Refusal("ListLinks", R"(parent: "plans/m" served_by: "kpis/k2")"), HasReason("INVALID_FIELD"));
}

TEST_F(CatalogServiceTest, GetCoverageShowsWhatNeitherSideCovers) {
  Call("ApplyCatalog", kManifesto);
  const std::string asked = R"(parent: "plans/m" serving_plan: "plans/p" )";
  EXPECT_THAT(Call("GetCoverage", asked), Shows(R"(
      node_count: 2 unserved_count: 2 serving_count: 2 unlinked_count: 2
      unserved { name: "plans/m/nodes/a1" } unserved { name: "plans/m/nodes/b" }
      unlinked { depth: 2 kpi { name: "plans/p/kpis/k1" } } unlinked { depth: 1 kpi { name: "plans/p/kpis/k2" } })"));
  Call("LinkNode", kLink);
  EXPECT_THAT(Call("GetCoverage", asked), Shows(R"(
      node_count: 2 unserved_count: 1 serving_count: 2 unlinked_count: 1
      unserved { name: "plans/m/nodes/b" } unlinked { depth: 1 kpi { name: "plans/p/kpis/k2" } } position: 14)"));
  const auto page = CallFor<catalog::v1::GetCoverageResponse>("GetCoverage", asked + "page_size: 1");
  EXPECT_EQ(page.unserved_size(), 1);
  EXPECT_EQ(page.unlinked_size(), 0);
  EXPECT_THAT(Call("GetCoverage", asked + R"(page_size: 1 page_token: ")" + page.next_page_token() + '"'),
              Shows(R"(unlinked_count: 1 unlinked { kpi { name: "plans/p/kpis/k2" } })"));
  // What serves it ends, and serves nothing from then on.
  Call("RetireNode", R"(retire { name: "plans/p/nodes/n1" from_year: 2025 } reason: "廃止")");
  EXPECT_THAT(Call("GetCoverage", asked + "reporting_year: 2024"),
              Shows("unserved_count: 1 unlinked_count: 1"));
  EXPECT_THAT(Call("GetCoverage", asked + "reporting_year: 2025"), Shows(R"(
      node_count: 2 unserved_count: 2 serving_count: 1 unlinked_count: 1)"));
}

TEST_F(CatalogServiceTest, CreateKpiMakesAKpiAtTheEndOfTheSheet) {
  const std::string kpi =
      R"(kpi { node: "plans/p/nodes/n1" title: "起業" unit: "社" direction: DIRECTION_INCREASE )";
  EXPECT_THAT(Call("CreateKpi", R"(parent: "plans/p" kpi_id: "k3" )" + kpi + "}"),
              Shows(kpi + R"(name: "plans/p/kpis/k3" order: 3 } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetKpi", R"(name: "plans/p/kpis/k3")"), Shows(kpi + "order: 3 }"));
}

TEST_F(CatalogServiceTest, UpdateKpiChangesTheFieldsThatItNames) {
  const std::string kpi =
      R"(kpi { name: "plans/p/kpis/k1" title: "新規就労者" departments: "departments/d2" )";
  EXPECT_THAT(Call("UpdateKpi", "update {" + kpi + R"( order: 7 }
                                 update_mask { paths: "title" paths: "departments" } })"),
              Shows(kpi + "order: 1 } receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetKpi", R"(name: "plans/p/kpis/k1")"), Shows(kpi + R"(unit: "人" order: 1 })"));
}

TEST_F(CatalogServiceTest, RetireKpiEndsAKpiFromAYearOn) {
  EXPECT_THAT(Call("RetireKpi", R"(retire { name: "plans/p/kpis/k2" from_year: 2024 } reason: "廃止")"),
              Shows(R"(kpi { name: "plans/p/kpis/k2" retired_from_year: 2024 } receipt { entries: 1 })"));
  EXPECT_THAT(Call("GetKpi", R"(name: "plans/p/kpis/k2")"), Shows("kpi { retired_from_year: 2024 }"));
}

TEST_F(CatalogServiceTest, SetTargetReplacesTheTargetOfAYear) {
  const std::string target = R"(target { reporting_year: 2022
      values { value { number { value { value: "120" } unit: "人" } printed: "120人" } } )";
  EXPECT_THAT(Call("SetTarget", R"(target { kpi: "plans/p/kpis/k1" )" + target + R"(} } reason: "上方修正")"),
              Shows("kpi {"
                    "targets" +
                    target.substr(6) + "revision: 2 position: 9 } } receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetKpi", R"(name: "plans/p/kpis/k1")"),
              Shows("kpi {"
                    "targets" +
                    target.substr(6) + "revision: 2 position: 9 } }"));
}

TEST_F(CatalogServiceTest, CreateDepartmentMakesADepartment) {
  const std::string department = R"(department { name: "departments/d3" title: "観光課" })";
  EXPECT_THAT(Call("CreateDepartment", R"(department_id: "d3" )" + department),
              Shows(department + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetDepartment", R"(name: "departments/d3")"), Shows(department));
}

TEST_F(CatalogServiceTest, UpdateDepartmentChangesItsTitle) {
  const std::string department = R"(department { name: "departments/d1" title: "政策課" })";
  EXPECT_THAT(Call("UpdateDepartment", "update {" + department + R"(update_mask { paths: "title" } })"),
              Shows(department + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetDepartment", R"(name: "departments/d1")"), Shows(department));
}

TEST_F(CatalogServiceTest, RetireDepartmentEndsADepartmentFromAYearOn) {
  const std::string department =
      R"(department { name: "departments/d2" title: "福祉課" retired_from_year: 2025 })";
  EXPECT_THAT(Call("RetireDepartment", R"(retire { name: "departments/d2" from_year: 2025 } reason: "統合")"),
              Shows(department + "receipt { entries: 1 }"));
  EXPECT_THAT(Call("GetDepartment", R"(name: "departments/d2")"), Shows(department));
}

TEST_F(CatalogServiceTest, GetPlanShowsAPlanWithItsRule) {
  EXPECT_THAT(Call("GetPlan", R"(name: "plans/p")"), Shows(R"(
      plan { name: "plans/p" title: "総合戦略" levels: "政策" levels: "施策" rule_version: 1
        rule { method: "ratio/1" on_track_percent { value: "100" } mostly_on_track_percent { value: "90" } } }
      position: 9)"));
}

TEST_F(CatalogServiceTest, ListPlansShowsAllPlansById) {
  Call("CreatePlan", R"(plan_id: "a" plan { title: "環境計画" levels: "分野" })");
  EXPECT_THAT(Call("ListPlans", ""), Shows(R"(
      plans { name: "plans/a" title: "環境計画" } plans { name: "plans/p" title: "総合戦略" } position: 10)"));
}

TEST_F(CatalogServiceTest, GetNodeShowsANodeAsItWasAtASize) {
  Call("MoveNode", R"(move { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n3" } reason: "組織改正")");
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n2" as_of { size: 9 })"), Shows(R"(
      node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" level: 1 title: "企業" order: 1 }
      position: 9)"));
  EXPECT_THAT(Call("GetNode", R"(name: "plans/p/nodes/n2")"), Shows(R"(
      node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n3" level: 1 title: "企業" order: 1 }
      position: 10)"));
}

TEST_F(CatalogServiceTest, ListNodesShowsAPlansNodesPageByPage) {
  const auto first =
      CallFor<catalog::v1::ListNodesResponse>("ListNodes", R"(parent: "plans/p" page_size: 2)");
  EXPECT_EQ(first.nodes_size(), 2);
  EXPECT_EQ(first.nodes(0).title(), "産業");
  EXPECT_EQ(first.nodes(1).title(), "企業");
  EXPECT_THAT(
      Call("ListNodes", R"(parent: "plans/p" page_size: 2 page_token: ")" + first.next_page_token() + '"'),
      Shows(R"(nodes { name: "plans/p/nodes/n3" title: "安全" } position: 9)"));
}

TEST_F(CatalogServiceTest, GetTreeShowsThePlanInTheOrderOfTheDocument) {
  EXPECT_THAT(Call("GetTree", R"(parent: "plans/p")"), Shows(R"(
      items { node { name: "plans/p/nodes/n1" title: "産業" } }
      items { depth: 1 node { name: "plans/p/nodes/n2" title: "企業" } }
      items { depth: 2 kpi { name: "plans/p/kpis/k1" title: "就労者" } }
      items { node { name: "plans/p/nodes/n3" title: "安全" } }
      items { depth: 1 kpi { name: "plans/p/kpis/k2" title: "事故" } }
      position: 9)"));
}

TEST_F(CatalogServiceTest, GetKpiShowsAKpiOfATitleWithItsTargets) {
  EXPECT_THAT(Call("GetKpi", R"(name: "plans/p/kpis/就労者")"), Shows(R"(
      kpi { name: "plans/p/kpis/k1" node: "plans/p/nodes/n2" title: "就労者" unit: "人" order: 1
        direction: DIRECTION_INCREASE
        targets { reporting_year: 2022 revision: 1 position: 8
          values { value { number { value { value: "100" } unit: "人" } printed: "100人" } } } }
      position: 9)"));
}

TEST_F(CatalogServiceTest, ListKpisShowsAPlansKpisInTheOrderOfTheSheet) {
  Call("UpdateKpi", R"(update { kpi { name: "plans/p/kpis/k1" order: 9 } update_mask { paths: "order" } })");
  EXPECT_THAT(Call("ListKpis", R"(parent: "plans/p")"), Shows(R"(
      kpis { name: "plans/p/kpis/k2" title: "事故" direction: DIRECTION_DECREASE }
      kpis { name: "plans/p/kpis/k1" title: "就労者" targets { reporting_year: 2022 } }
      position: 10)"));
}

TEST_F(CatalogServiceTest, ListTargetRevisionsShowsEveryTargetThatThereWas) {
  Call("SetTarget", R"(target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "120" } unit: "人" } printed: "120人" } } } } reason: "上方修正")");
  EXPECT_THAT(Call("ListTargetRevisions", R"(parent: "plans/p/kpis/k1")"), Shows(R"(
      targets { reporting_year: 2022 revision: 1 position: 8 values { value { printed: "100人" } } }
      targets { reporting_year: 2022 revision: 2 position: 9 values { value { printed: "120人" } } }
      position: 10)"));
}

TEST_F(CatalogServiceTest, GetDepartmentShowsADepartment) {
  EXPECT_THAT(Call("GetDepartment", R"(name: "departments/d2")"),
              Shows(R"(department { name: "departments/d2" title: "福祉課" } position: 9)"));
}

TEST_F(CatalogServiceTest, ListDepartmentsShowsAllDepartmentsById) {
  EXPECT_THAT(Call("ListDepartments", ""), Shows(R"(
      departments { name: "departments/d1" title: "企画課" } departments { name: "departments/d2" title: "福祉課" }
      position: 9)"));
}

}  // namespace
}  // namespace seisaku
