// A state reads as of any size, and truncated it is what it was.
#include <random>
#include <string>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

using testing::IsEmpty;

// One of many changes over few names, so that they meet; some are refused or change nothing.
std::string RandomChange(std::mt19937& random) {
  auto pick = [&](int n) { return static_cast<int>(random() % n); };
  int node = pick(6), kpi = pick(5), word = pick(4);
  std::string node_name = fmt::format("plans/p/nodes/r{}", node);
  std::string parent = node < 3 ? "" : fmt::format("parent: \"plans/p/nodes/r{}\"", pick(3));
  switch (pick(12)) {
    case 0:
      return fmt::format("create_node {{ name: \"{}\" {} level: {} title: \"t{}\" }}", node_name, parent,
                         node < 3 ? 0 : 1, word);
    case 1:
      return fmt::format(
          "update_node {{ node {{ name: \"{}\" title: \"t{}\" order: {} }} update_mask {{ paths: \"title\" "
          "paths: \"order\" }} }}",
          node_name, word, pick(9) + 1);
    case 2:
      return fmt::format("move_node {{ name: \"{}\" {} order: {} }}", node_name, parent, pick(9));
    case 3:
      return fmt::format("reason: \"r\" retire_node {{ name: \"{}\" from_year: {} }}", node_name,
                         2024 + pick(3));
    case 4:
      return fmt::format(
          "create_kpi {{ name: \"plans/p/kpis/r{}\" node: \"{}\" title: \"t{}\" direction: "
          "DIRECTION_QUALITATIVE }}",
          kpi, node_name, word);
    case 5:
      return fmt::format(
          "update_kpi {{ kpi {{ name: \"plans/p/kpis/r{}\" node: \"{}\" title: \"t{}\" }} update_mask {{ "
          "paths: \"node\" paths: \"title\" }} }}",
          kpi, node_name, word);
    case 6:
      return fmt::format(
          "update_department {{ department {{ name: \"departments/d{}\" title: \"t{}\" }} "
          "update_mask {{ paths: \"title\" }} }}",
          pick(2) + 1, word);
    case 7:
      return fmt::format(
          "update_plan {{ plan {{ name: \"plans/p\" title: \"t{}\" }} update_mask {{ paths: "
          "\"title\" }} }}",
          word);
    case 8:
      return fmt::format(
          "reason: \"r\" set_rule {{ plan: \"plans/p\" rule {{ method: \"ratio/1\" on_track_percent {{ "
          "value: "
          "\"{}\" }} mostly_on_track_percent {{ value: \"90\" }} }} }}",
          95 + word);
    case 9:
      return fmt::format("reason: \"r\" link_node {{ name: \"plans/m/nodes/a\" served_by: \"{}\" }}",
                         node_name);
    case 10:
      return fmt::format("reason: \"r\" unlink_node {{ name: \"plans/m/nodes/a\" served_by: \"{}\" }}",
                         node_name);
    default:
      return fmt::format(
          "reason: \"r\" set_target {{ kpi: \"plans/p/kpis/r{}\" target {{ reporting_year: {} values {{ "
          "value "
          "{{ text: \"t{}\" }} }} }} }}",
          kpi, 2020 + pick(3), word);
  }
}

// HavePlan's, and a manifesto with one node.
void HavePlans(Catalog& catalog) {
  HavePlan(catalog);
  catalog.Have(R"(create_plan { name: "plans/m" title: "公約" levels: "政策" })");
  catalog.Have(R"(create_node { name: "plans/m/nodes/a" title: "働く場" })");
}

// What View's secondary indexes say, for comparing two states.
std::string Indexes(const View& view) {
  std::string text;
  auto plan = view.FindPlan("p");
  if (!plan) return text;
  for (const TreeLine& line : view.Tree(*plan)) {
    text += fmt::format("{}{} ", line.depth, line.node ? line.node->id() : line.kpi->id());
  }
  for (int word = 0; word < 4; ++word) {
    std::string title = fmt::format("t{}", word);
    for (const KpiAt& kpi : view.KpisByTitle(*plan, title)) text += fmt::format("{}={} ", title, kpi.id());
    for (const auto& department : view.DepartmentsByTitle(title))
      text += fmt::format("{}:{} ", title, department.id());
  }
  return text;
}

class HistoryTest : public testing::TestWithParam<unsigned> {};

TEST_P(HistoryTest, TruncatedAndAsOfAgreeWithAFoldThatStoppedThere) {
  std::mt19937 random(GetParam());
  Catalog catalog;
  HavePlans(catalog);
  for (int i = 0; i < 120; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
  Position size = catalog.state().size();
  ASSERT_GT(size, 25u);
  for (Position stop = size; stop > 0; stop -= std::min<Position>(stop, 1 + random() % 6)) {
    Machine folded;
    for (Position at = 0; at < stop; ++at) ASSERT_THAT(folded.Evolve(at, catalog.entries()[at]), IsOk());
    EXPECT_EQ(Records(catalog.machine(), stop), Records(folded, stop));
    EXPECT_EQ(Indexes(catalog.At(stop)), Indexes(View(folded.state(), stop)));
    catalog.machine().Truncate(stop);
    ASSERT_EQ(catalog.state().size(), stop);
    EXPECT_EQ(Records(catalog.machine(), size), Records(folded, stop));
    EXPECT_EQ(Indexes(catalog.At(size)), Indexes(View(folded.state(), stop)));
  }
  catalog.machine().Truncate(0);
  EXPECT_THAT(Records(catalog.machine(), size), IsEmpty());
}

TEST_P(HistoryTest, DecidesTheSameAfterATruncationAsIfNothingHadHappened) {
  std::mt19937 random(GetParam());
  Catalog catalog;
  HavePlans(catalog);
  for (int i = 0; i < 20; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
  Position kept = catalog.state().size();
  Catalog again;
  for (Position at = 0; at < kept; ++at)
    ASSERT_THAT(again.machine().Evolve(at, catalog.entries()[at]), IsOk());
  catalog.machine().Publish(kept);
  for (int i = 0; i < 20; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
  catalog.machine().Truncate(kept);
  for (int i = 0; i < 40; ++i) {
    std::string change = RandomChange(random);
    auto a = catalog.Apply(change), b = again.Apply(change);
    ASSERT_EQ(a.status(), b.status()) << change;
  }
  EXPECT_EQ(Records(catalog.machine(), catalog.state().size()),
            Records(again.machine(), again.state().size()));
}

TEST_P(HistoryTest, RecordsOfASizeStayWhileTheStateChangesAboveIt) {
  std::mt19937 random(GetParam());
  Catalog catalog;
  HavePlans(catalog);
  for (int i = 0; i < 20; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
  const Position size = catalog.state().size();
  catalog.machine().Publish(size);
  for (int i = 0; i < 20; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
  const std::vector<std::string> expected = Records(catalog.machine(), size);
  std::vector<std::string> seen;
  catalog.machine().VisitRecords(
      size,
      [&](const StateMachine::Record& record) {
        seen.push_back(
            fmt::format("{}#{}@{}={}", record.resource, record.revision, record.position, record.content));
      },
      [&] {
        if (random() % 3 == 0) catalog.machine().Truncate(size);
        for (int i = 0; i < 3; ++i) catalog.Apply(RandomChange(random)).IgnoreError();
        return true;
      });
  EXPECT_EQ(seen, expected);
}

TEST(RecordsTest, TheVisitEndsWhereThePauseSaysSo) {
  Catalog catalog;
  HavePlans(catalog);
  std::vector<std::string> seen;
  catalog.machine().VisitRecords(
      catalog.state().size(), [&](const StateMachine::Record& record) { seen.emplace_back(record.resource); },
      [] { return false; });
  EXPECT_THAT(seen, testing::ElementsAre("departments/d1"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoryTest, testing::Range(1u, 9u));

TEST(RecordsTest, AscendByNameAndRevision) {
  Catalog catalog;
  HavePlan(catalog);
  catalog.Have(R"(create_plan { name: "plans/p-2" title: "別" levels: "a" })");
  catalog.Have(R"(update_plan { plan { name: "plans/p" title: "改" } update_mask { paths: "title" } })");
  // "-" comes before "/".
  catalog.Have(R"(create_kpi { name: "plans/p/kpis/k1-2" node: "plans/p/nodes/n1" title: "率" unit: "%"
      direction: DIRECTION_INCREASE })");
  catalog.Have(R"(set_target { kpi: "plans/p/kpis/k1-2" target { reporting_year: 2022
      values { value { number { value { value: "33" } unit: "%" } printed: "33%" } } } })");
  std::vector<std::string> seen;
  catalog.machine().VisitRecords(catalog.state().size(), [&](const StateMachine::Record& record) {
    seen.push_back(fmt::format("{}#{}@{}", record.resource, record.revision, record.position));
  });
  EXPECT_THAT(seen, testing::ElementsAre("departments/d1#1@0", "departments/d2#1@1", "plans/p#1@2",
                                         "plans/p#2@9", "plans/p-2#1@8", "plans/p/kpis/k1#1@5",
                                         "plans/p/kpis/k1-2#1@10", "plans/p/kpis/k1-2/targets/2022#1@11",
                                         "plans/p/kpis/k1/targets/2022#1@7", "plans/p/kpis/k2#1@6",
                                         "plans/p/nodes/n1#1@3", "plans/p/nodes/n2#1@4", "plans/p/rule#1@2"));
}

}  // namespace
}  // namespace seisaku::catalog
