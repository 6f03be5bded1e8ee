#include "tests/unit/catalog_domain/catalog.h"

#include "fmt/format.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace seisaku::catalog {

v1::Change ChangeOf(const std::string& text) {
  v1::Change change;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &change)) << text;
  return change;
}

log::v1::Entry ToEntry(const NewEvent& event) {
  log::v1::Entry entry;
  entry.set_type(event.type);
  entry.set_resource(event.resource);
  entry.set_payload(event.payload);
  return entry;
}

absl::StatusOr<std::vector<NewEvent>> Catalog::Decide(const std::string& text) const {
  return machine_.Decide(ChangeOf(text), Caller(), now);
}

absl::StatusOr<int> Catalog::Apply(const v1::Change& change) {
  ASSIGN_OR_RETURN(auto events, machine_.Decide(change, Caller(), now));
  for (const NewEvent& event : events) {
    log::v1::Entry entry = ToEntry(event);
    RETURN_IF_ERROR(machine_.Evolve(state().size(), entry));
    entries_.push_back(std::move(entry));
  }
  return static_cast<int>(events.size());
}

void Catalog::Have(const std::string& text) {
  absl::StatusOr<int> made = Apply(text);
  ASSERT_THAT(made, IsOkAndHolds(1)) << text;
}

void HavePlan(Catalog& catalog) {
  catalog.Have(R"(create_department { name: "departments/d1" title: "企画課" })");
  catalog.Have(R"(create_department { name: "departments/d2" title: "福祉課" })");
  catalog.Have(R"(create_plan { name: "plans/p" title: "総合戦略" levels: "政策" levels: "施策"
      rule { method: "ratio/1" on_track_percent { value: "100" } mostly_on_track_percent { value: "97" } } })");
  catalog.Have(R"(create_node { name: "plans/p/nodes/n1" title: "産業" number: "1" })");
  catalog.Have(R"(create_node { name: "plans/p/nodes/n2" parent: "plans/p/nodes/n1" level: 1 title: "企業"
      departments: "departments/d1" })");
  catalog.Have(R"(create_kpi { name: "plans/p/kpis/k1" node: "plans/p/nodes/n2" title: "人口" unit: "人"
      direction: DIRECTION_INCREASE departments: "departments/d2"
      baseline { value { number { value { value: "30" } unit: "万人" } printed: "30万人" } } })");
  catalog.Have(R"(create_kpi { name: "plans/p/kpis/k2" node: "plans/p/nodes/n1" title: "就業率" unit: "%"
      direction: DIRECTION_INCREASE components: "男性" components: "女性" })");
  catalog.Have(R"(set_target { kpi: "plans/p/kpis/k1" target { reporting_year: 2022
      values { value { number { value { value: "33" } unit: "万人" } printed: "33万人" } } } })");
}

std::vector<std::string> Records(const Machine& machine, Position size) {
  std::vector<std::string> records;
  machine.VisitRecords(size, [&](const StateMachine::Record& record) {
    records.push_back(
        fmt::format("{}#{}@{}={}", record.resource, record.revision, record.position, record.content));
  });
  return records;
}

}  // namespace seisaku::catalog
