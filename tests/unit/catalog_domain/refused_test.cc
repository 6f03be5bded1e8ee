// Every change that Decide refuses, and the field that it blames.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

using absl::StatusCode;

struct Refusal {
  std::string change;
  std::string reason;
  std::string field;
};

std::string Node(const std::string& rest) {
  return R"(create_node { name: "plans/p/nodes/new" title: "新" )" + rest + "}";
}
std::string Kpi(const std::string& rest) {
  return R"(create_kpi { name: "plans/p/kpis/new" node: "plans/p/nodes/n2" title: "新" unit: "人" )" + rest +
         "}";
}
std::string Plan(const std::string& rest) {
  return R"(create_plan { name: "plans/new" title: "新" )" + rest + "}";
}
std::string Rule(const std::string& method, const std::string& high, const std::string& low) {
  return "reason: \"r\" set_rule { plan: \"plans/p\" rule { method: \"" + method +
         "\" on_track_percent { value: \"" + high + "\" } mostly_on_track_percent { value: \"" + low +
         "\" } } }";
}
std::string Target(const std::string& kpi, const std::string& rest) {
  return "set_target { kpi: \"plans/p/kpis/" + kpi + "\" target { reporting_year: 2023 " + rest + "} }";
}
std::string FirstYear(const std::string& kind, const std::string& name, int year) {
  return "update_" + kind + " { " + kind + " { name: \"plans/p/" + name +
         "\" first_year: " + std::to_string(year) + " } update_mask { paths: \"first_year\" } }";
}

class RefusedTest : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedTest, NamesTheReasonAndTheField) {
  Catalog catalog;
  HavePlan(catalog);
  catalog.Have(R"(reason: "r" retire_node { name: "plans/p/nodes/n2" from_year: 2030 })");
  catalog.Have(R"(reason: "r" retire_kpi { name: "plans/p/kpis/k2" from_year: 2024 })");
  catalog.Have(R"(create_node { name: "plans/p/nodes/n3" parent: "plans/p/nodes/n1" level: 1 title: "観光"
      first_year: 2023 })");
  catalog.Have(R"(create_node { name: "plans/p/nodes/m" title: "来年度" first_year: 2023 })");
  catalog.Have(R"(create_kpi { name: "plans/p/kpis/k3" node: "plans/p/nodes/n3" title: "宿泊者数" unit: "人"
      direction: DIRECTION_INCREASE first_year: 2024 })");
  auto decided = catalog.Decide(GetParam().change);
  ASSERT_THAT(decided, HasReason(GetParam().reason)) << GetParam().change;
  EXPECT_THAT(decided, HasItsFacts());
  auto bad_request = GetBadRequest(decided.status());
  ASSERT_TRUE(bad_request.has_value());
  EXPECT_EQ(bad_request->field_violations(0).field(), GetParam().field);
}

const std::string kNumber = "number { value { value: \"5\" } unit: \"人\" }";

INSTANTIATE_TEST_SUITE_P(
    Changes, RefusedTest,
    testing::Values(Refusal{"", "REQUIRED_FIELD", "change"},
                    Refusal{"source { document: \"a/b\" line: 1 }" + Plan("levels: \"a\""), "INVALID_FIELD",
                            "source.document"},
                    Refusal{"source { document: \"b\" line: 1 }" + Plan("levels: \"a\""), "INVALID_FIELD",
                            "source.document_sha256"},
                    Refusal{"reason: \"\\001\"" + Plan("levels: \"a\""), "INVALID_FIELD", "reason"}));

INSTANTIATE_TEST_SUITE_P(
    Plans, RefusedTest,
    testing::Values(
        Refusal{"create_plan { title: \"t\" levels: \"a\" }", "REQUIRED_FIELD", "plan.name"},
        Refusal{"create_plan { name: \"plans/A\" title: \"t\" levels: \"a\" }", "INVALID_FIELD", "plan.name"},
        Refusal{"create_plan { name: \"plan/a\" title: \"t\" levels: \"a\" }", "INVALID_FIELD", "plan.name"},
        Refusal{"create_plan { name: \"plans/a\" levels: \"a\" }", "REQUIRED_FIELD", "plan.title"},
        Refusal{"create_plan { name: \"plans/a\" levels: \"a\" title: \"" + std::string(1025, 'x') + "\" }",
                "INVALID_FIELD", "plan.title"},
        Refusal{"create_plan { name: \"plans/a\" levels: \"a\" title: \"a\\nb\" }", "INVALID_FIELD",
                "plan.title"},
        Refusal{"create_plan { name: \"plans/a\" levels: \"a\" title: \"\\302\\205\" }", "INVALID_FIELD",
                "plan.title"},
        Refusal{Plan(""), "REQUIRED_FIELD", "plan.levels"},
        Refusal{Plan("levels: \"a\" levels: \"a\""), "INVALID_FIELD", "plan.levels[1]"},
        Refusal{Plan("levels: \"a\" levels: \"\""), "REQUIRED_FIELD", "plan.levels[1]"},
        Refusal{Plan("levels: ['1','2','3','4','5','6','7','8','9']"), "INVALID_FIELD", "plan.levels"},
        Refusal{Plan("levels: \"a\" rule { method: \"x\" }"), "REQUIRED_FIELD",
                "plan.rule.on_track_percent.value"},
        Refusal{"create_plan { name: \"plans/p\" title: \"別\" levels: \"政策\" }", "RESOURCE_EXISTS",
                "plan.name"},
        Refusal{"update_plan { plan { name: \"plans/p\" } }", "REQUIRED_FIELD", "update_mask"},
        Refusal{"update_plan { plan { name: \"plans/p\" } update_mask { paths: \"levels\" } }",
                "INVALID_FIELD", "update_mask"},
        Refusal{"update_plan { plan { name: \"plans/x\" title: \"t\" } update_mask { paths: \"title\" } }",
                "RESOURCE_NOT_FOUND", "plan.name"},
        Refusal{"update_plan { plan { name: \"plans/p\" title: \"t\" etag: \"0\" } update_mask { paths: "
                "\"title\" } }",
                "ETAG_MISMATCH", "plan.etag"},
        Refusal{Rule("ratio/2", "100", "97"), "INVALID_FIELD", "rule.method"},
        Refusal{Rule("", "100", "97"), "REQUIRED_FIELD", "rule.method"},
        Refusal{Rule("ratio/1", "97", "100"), "INVALID_FIELD", "rule.mostly_on_track_percent"},
        Refusal{Rule("ratio/1", "97", "0"), "INVALID_FIELD", "rule.mostly_on_track_percent"},
        Refusal{Rule("ratio/1", "1e2", "97"), "INVALID_DECIMAL", "rule.on_track_percent.value"},
        Refusal{Rule("ratio/1", "100", "97").substr(12), "REQUIRED_FIELD", "reason"}));

INSTANTIATE_TEST_SUITE_P(
    Nodes, RefusedTest,
    testing::Values(
        Refusal{Node("level: 2 parent: \"plans/p/nodes/n2\""), "INVALID_FIELD", "node.level"},
        Refusal{Node("level: 1"), "INVALID_FIELD", "node.parent"},
        Refusal{Node("level: 0 parent: \"plans/p/nodes/n1\""), "INVALID_FIELD", "node.parent"},
        Refusal{Node("level: 1 parent: \"plans/p/nodes/n2\""), "INVALID_FIELD", "node.parent"},
        Refusal{Node("level: 1 parent: \"plans/p/nodes/none\""), "INVALID_FIELD", "node.parent"},
        Refusal{Node("level: 1 parent: \"plans/q/nodes/n1\""), "INVALID_FIELD", "node.parent"},
        Refusal{Node("departments: \"departments/none\""), "INVALID_FIELD", "node.departments[0]"},
        Refusal{Node("departments: [\"departments/d1\", \"departments/d1\"]"), "INVALID_FIELD",
                "node.departments[1]"},
        Refusal{Node("order: 4000000000"), "INVALID_FIELD", "node.order"},
        Refusal{Node("retired_from_year: 2024"), "INVALID_FIELD", "node.retired_from_year"},
        Refusal{"create_node { name: \"plans/q/nodes/new\" title: \"t\" }", "RESOURCE_NOT_FOUND",
                "node.name"},
        Refusal{"create_node { name: \"plans/p/nodes/n1\" title: \"別\" }", "RESOURCE_EXISTS", "node.name"},
        Refusal{"update_node { node { name: \"plans/p/nodes/n1\" } update_mask { paths: \"title\" } }",
                "REQUIRED_FIELD", "node.title"},
        Refusal{"update_node { node { name: \"plans/p/nodes/n1\" } update_mask { paths: \"parent\" } }",
                "INVALID_FIELD", "update_mask"},
        Refusal{"update_node { node { name: \"plans/p/nodes/n1\" } update_mask { paths: \"order\" } }",
                "INVALID_FIELD", "node.order"},
        Refusal{"move_node { name: \"plans/p/nodes/n2\" parent: \"plans/p/nodes/n2\" }", "INVALID_FIELD",
                "move.parent"},
        Refusal{"move_node { name: \"plans/p/nodes/n1\" parent: \"plans/p/nodes/n2\" }", "INVALID_FIELD",
                "move.parent"},
        Refusal{"move_node { name: \"plans/p/nodes/n2\" }", "INVALID_FIELD", "move.parent"},
        Refusal{"move_node { name: \"plans/p/nodes/none\" }", "RESOURCE_NOT_FOUND", "name"},
        Refusal{"move_node { name: \"plans/p/nodes/n2\" parent: \"plans/p/nodes/n1\" etag: \"0\" }",
                "ETAG_MISMATCH", "etag"},
        Refusal{"retire_node { name: \"plans/p/nodes/n1\" from_year: 2024 }", "REQUIRED_FIELD", "reason"},
        Refusal{"reason: \"r\" retire_node { name: \"plans/p/nodes/n1\" from_year: 24 }", "INVALID_FIELD",
                "from_year"},
        Refusal{"reason: \"r\" retire_node { name: \"plans/p/nodes/n2\" from_year: 2031 }", "RETIRED",
                "from_year"},
        Refusal{Node("first_year: 23"), "INVALID_FIELD", "node.first_year"},
        Refusal{Node("first_year: -1"), "INVALID_FIELD", "node.first_year"},
        Refusal{FirstYear("node", "nodes/n2", 2200), "INVALID_FIELD", "node.first_year"},
        Refusal{FirstYear("node", "nodes/n2", 2031), "INVALID_FIELD", "node.first_year"},
        Refusal{FirstYear("node", "nodes/n2", 2023), "INVALID_FIELD", "node.first_year"},  // k1's target
        Refusal{FirstYear("node", "nodes/n1", 2023), "INVALID_FIELD", "node.first_year"},  // further below
        Refusal{"move_node { name: \"plans/p/nodes/n2\" parent: \"plans/p/nodes/m\" }", "INVALID_FIELD",
                "move.parent"},
        Refusal{"reason: \"r\" retire_node { name: \"plans/p/nodes/n3\" from_year: 2022 }", "INVALID_FIELD",
                "from_year"}));

INSTANTIATE_TEST_SUITE_P(
    Kpis, RefusedTest,
    testing::Values(
        Refusal{Kpi(""), "REQUIRED_FIELD", "kpi.direction"},
        Refusal{Kpi("direction: 9"), "INVALID_FIELD", "kpi.direction"},
        Refusal{Kpi("direction_unconfirmed: true"), "REQUIRED_FIELD", "kpi.direction"},
        Refusal{Kpi("direction: DIRECTION_INCREASE baseline { value { " + kNumber + " qualifier: -1 } }"),
                "INVALID_FIELD", "kpi.baseline[0].value.qualifier"},
        Refusal{Kpi("direction: DIRECTION_INCREASE baseline { value { text: \"a\" note: \"※\" } }"),
                "INVALID_FIELD", "kpi.baseline[0].value.note"},
        Refusal{Kpi("direction: DIRECTION_KEEP_WITHIN"), "REQUIRED_FIELD", "kpi.tolerance"},
        Refusal{Kpi("direction: DIRECTION_KEEP_WITHIN tolerance { value: \"-1\" }"), "INVALID_FIELD",
                "kpi.tolerance"},
        Refusal{Kpi("direction: DIRECTION_INCREASE tolerance { value: \"1\" }"), "INVALID_FIELD",
                "kpi.tolerance"},
        Refusal{Kpi("direction: DIRECTION_INCREASE components: [\"a\", \"a\"]"), "INVALID_FIELD",
                "kpi.components[1]"},
        Refusal{Kpi("direction: DIRECTION_INCREASE components: \"a\" baseline { value {" + kNumber + "} }"),
                "INVALID_FIELD", "kpi.baseline[0].component"},
        Refusal{Kpi("direction: DIRECTION_INCREASE baseline { value { } }"), "REQUIRED_FIELD",
                "kpi.baseline[0].value"},
        Refusal{
            Kpi("direction: DIRECTION_INCREASE baseline { value { number { value { value: \"1.\" } } } }"),
            "INVALID_DECIMAL", "kpi.baseline[0].value.number.value.value"},
        Refusal{
            "create_kpi { name: \"plans/p/kpis/n\" node: \"plans/p/nodes/n2\" title: \"t\" unit: \"万人\" "
            "direction: DIRECTION_INCREASE }",
            "INVALID_FIELD", "kpi.unit"},
        Refusal{"create_kpi { name: \"plans/p/kpis/n\" node: \"plans/p/nodes/none\" title: \"t\" "
                "direction: DIRECTION_INCREASE }",
                "INVALID_FIELD", "kpi.node"},
        Refusal{"create_kpi { name: \"plans/p/kpis/n\" title: \"t\" direction: DIRECTION_INCREASE }",
                "REQUIRED_FIELD", "kpi.node"},
        Refusal{"update_kpi { kpi { name: \"plans/p/kpis/none\" } update_mask { paths: \"title\" } }",
                "RESOURCE_NOT_FOUND", "kpi.name"},
        Refusal{"update_kpi { kpi { name: \"plans/p/kpis/k1\" } update_mask { paths: \"targets\" } }",
                "INVALID_FIELD", "update_mask"},
        Refusal{Kpi("direction: DIRECTION_INCREASE first_year: 4"), "INVALID_FIELD", "kpi.first_year"},
        Refusal{FirstYear("kpi", "kpis/k2", 2025), "INVALID_FIELD", "kpi.first_year"},  // when it ends
        Refusal{FirstYear("kpi", "kpis/k1", 2023), "INVALID_FIELD", "kpi.first_year"},  // it has a target
        Refusal{"update_kpi { kpi { name: \"plans/p/kpis/k1\" node: \"plans/p/nodes/n3\" } update_mask { "
                "paths: \"node\" } }",
                "INVALID_FIELD", "kpi.node"},
        Refusal{"reason: \"r\" retire_kpi { name: \"plans/p/kpis/k3\" from_year: 2023 }", "INVALID_FIELD",
                "from_year"}));

INSTANTIATE_TEST_SUITE_P(
    Targets, RefusedTest,
    testing::Values(
        Refusal{Target("none", ""), "RESOURCE_NOT_FOUND", "kpi"},
        Refusal{Target("k1", ""), "REQUIRED_FIELD", "target.values"},
        Refusal{Target("k1", "values { component: \"a\" value {" + kNumber + "} }"), "INVALID_FIELD",
                "target.values[0].component"},
        Refusal{Target("k1", "values { value {" + kNumber + "} } values { value {" + kNumber + "} }"),
                "INVALID_FIELD", "target.values[1].component"},
        Refusal{Target("k1", "values { value { number { value { value: \"5\" } unit: \"件\" } } }"),
                "INVALID_FIELD", "target.values[0].value.number.unit"},
        Refusal{Target("k1", "values { value { text: \"\" } }"), "REQUIRED_FIELD",
                "target.values[0].value.text"},
        Refusal{Target("k1", "values { value { text: \"a\" printed: \"\\001\" } }"), "INVALID_FIELD",
                "target.values[0].value.printed"},
        Refusal{Target("k1", "values { value { " + kNumber + " printed: \"3人\" } }"), "INVALID_FIELD",
                "target.values[0].value.printed"},
        Refusal{Target("k1", "values { value { " + kNumber +
                                 " printed: \"3人以上\" qualifier: QUALIFIER_AT_LEAST } }"),
                "INVALID_FIELD", "target.values[0].value.printed"},
        Refusal{Target("k1", "values { value { " + kNumber + " qualifier: 7 } }"), "INVALID_FIELD",
                "target.values[0].value.qualifier"},
        Refusal{Target("k1", "values { value { text: \"a\" qualifier: QUALIFIER_ABOUT } }"), "INVALID_FIELD",
                "target.values[0].value.qualifier"},
        Refusal{Target("k1", "values { value { text: \"a\" note: \"累計\" } }"), "INVALID_FIELD",
                "target.values[0].value.note"},
        Refusal{Target("k1", "values { value { " + kNumber + " note: \"a\\nb\" } }"), "INVALID_FIELD",
                "target.values[0].value.note"},
        Refusal{Target("k1", "values { value { " + kNumber + " note: \"" + std::string(1025, 'x') + "\" } }"),
                "INVALID_FIELD", "target.values[0].value.note"},
        Refusal{Target("k1", "values { value { text: \"a\" observed_period { fiscal_year: 1 } } }"),
                "INVALID_FIELD", "target.values[0].value.observed_period.fiscal_year"},
        Refusal{Target("k2", "values { component: \"男性\" value { text: \"a\" } }"), "INVALID_FIELD",
                "target.values"},
        Refusal{"set_target { kpi: \"plans/p/kpis/k1\" target { reporting_year: 1925 } }", "INVALID_FIELD",
                "target.reporting_year"},
        Refusal{"set_target { kpi: \"plans/p/kpis/k1\" target { reporting_year: 2022 values { value {" +
                    kNumber + "} } } }",
                "REQUIRED_FIELD", "reason"},
        Refusal{"set_target { kpi: \"plans/p/kpis/k2\" target { reporting_year: 2024 values { component: "
                "\"女性\" "
                "value { text: \"a\" } } values { component: \"男性\" value { text: \"a\" } } } }",
                "RETIRED", "target.reporting_year"},
        Refusal{"set_target { kpi: \"plans/p/kpis/k1\" target { reporting_year: 2030 values { value {" +
                    kNumber + "} } } }",
                "RETIRED", "target.reporting_year"},
        Refusal{Target("k3", "values { value {" + kNumber + "} }"), "NOT_YET_IN_FORCE",
                "target.reporting_year"}));

INSTANTIATE_TEST_SUITE_P(
    Departments, RefusedTest,
    testing::Values(
        Refusal{"create_department { name: \"departments/d3\" title: \"企画課\" }", "TITLE_TAKEN",
                "department.title"},
        Refusal{"create_department { name: \"departments/d1\" title: \"別\" }", "RESOURCE_EXISTS",
                "department.name"},
        Refusal{"create_department { name: \"d\" title: \"別\" }", "INVALID_FIELD", "department.name"},
        Refusal{"update_department { department { name: \"departments/d1\" title: \"福祉課\" } "
                "update_mask { paths: \"title\" } }",
                "TITLE_TAKEN", "department.title"},
        Refusal{"retire_department { name: \"departments/d1\" from_year: 2024 }", "REQUIRED_FIELD", "reason"},
        Refusal{"reason: \"r\" retire_department { name: \"departments/d9\" from_year: 2024 }",
                "RESOURCE_NOT_FOUND", "name"}));

}  // namespace
}  // namespace seisaku::catalog
