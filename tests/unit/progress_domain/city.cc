#include "tests/unit/progress_domain/city.h"

#include <sstream>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "services/base/quantity.h"
#include "services/catalog/domain/machine.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::progress {
namespace {

log::v1::Entry ToEntry(const NewEvent& event, std::string_view actor) {
  log::v1::Entry entry;
  entry.set_type(event.type);
  entry.set_resource(event.resource);
  entry.set_payload(event.payload);
  entry.set_actor(std::string(actor));
  for (const std::string& text : event.texts) {
    entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::Sha256(text)));
  }
  entry.set_command_size(1);
  return entry;
}

type::v1::Value ToValue(std::string_view text) {
  type::v1::Value value;
  auto number = ParseQuantity(text);
  if (number.ok() && *number) {
    value.mutable_number()->mutable_value()->set_value((*number)->value.ToString());
    value.mutable_number()->set_unit((*number)->unit);
  } else {
    value.set_text(std::string(text));
  }
  return value;
}

catalog::v1::Change CreateKpi(std::string_view name, std::string_view title, std::string_view unit,
                              type::v1::Direction direction, std::initializer_list<const char*> components) {
  catalog::v1::Change change;
  catalog::v1::Kpi& kpi = *change.mutable_create_kpi();
  kpi.set_name(std::string(name));
  kpi.set_title(std::string(title));
  kpi.set_node("plans/strategy/nodes/goal-1");
  kpi.set_unit(std::string(unit));
  kpi.set_direction(direction);
  kpi.add_departments("departments/industry");
  for (const char* component : components) kpi.add_components(component);
  return change;
}

}  // namespace

Caller Planner() { return {"seisaku://city/planner/sato", Role::kPlanner, ""}; }
Caller Reporter(std::string_view department) {
  return {"seisaku://city/reporter/x/ito", Role::kReporter, fmt::format("departments/{}", department)};
}
Caller Peer() { return {"seisaku://city/peer/progress", Role::kPeer, ""}; }

void CatalogLog::Apply(const catalog::v1::Change& change) {
  auto events = catalog::Decide(machine_.state(), change, Planner(), absl::UnixEpoch());
  ASSERT_TRUE(events.ok()) << events.status();
  for (const NewEvent& event : *events) {
    log::v1::Entry entry = ToEntry(event, Planner().subject);
    absl::Status folded = machine_.Evolve(size(), entry);
    ASSERT_TRUE(folded.ok()) << folded;
    entries_.push_back(entry.SerializeAsString());
  }
}

void CatalogLog::SetTarget(std::string_view kpi, int year, std::string_view component_values,
                           std::string_view reason) {
  catalog::v1::Change change;
  change.set_reason(std::string(reason));
  change.mutable_set_target()->set_kpi(std::string(kpi));
  catalog::v1::Target& target = *change.mutable_set_target()->mutable_target();
  target.set_reporting_year(year);
  std::istringstream stream{std::string(component_values)};
  for (std::string part; stream >> part;) {
    size_t equals = part.find('=');
    auto& value = *target.add_values();
    if (equals != std::string::npos) value.set_component(part.substr(0, equals));
    *value.mutable_value() = ToValue(part.substr(equals == std::string::npos ? 0 : equals + 1));
  }
  Apply(change);
}

void CatalogLog::SetRule(std::string_view method) {
  catalog::v1::Change change;
  change.set_reason("表から推定した");
  change.mutable_set_rule()->set_plan("plans/strategy");
  auto& rule = *change.mutable_set_rule()->mutable_rule();
  rule.set_method(std::string(method));
  rule.mutable_on_track_percent()->set_value("100");
  rule.mutable_mostly_on_track_percent()->set_value("97");
  Apply(change);
}

void CatalogLog::Retire(std::string_view department, int from_year) {
  catalog::v1::Change change;
  change.set_reason("改組");
  change.mutable_retire_department()->set_name(std::string(department));
  change.mutable_retire_department()->set_from_year(from_year);
  Apply(change);
}

void CatalogLog::PutInCharge(std::string_view kpi, const std::vector<std::string>& departments) {
  catalog::View view(machine_.state(), machine_.state().size());
  catalog::v1::Change change;
  catalog::v1::UpdateKpi update;
  update.mutable_kpi()->set_name(std::string(kpi));
  update.mutable_update_mask()->add_paths("departments");
  for (const std::string& name : departments) {
    update.mutable_kpi()->add_departments(name);
    if (view.FindDepartment(name.substr(name.find('/') + 1))) continue;
    change.mutable_create_department()->set_name(name);
    change.mutable_create_department()->set_title(name);
    Apply(change);
  }
  *change.mutable_update_kpi() = update;
  Apply(change);
}

void CatalogLog::BuildCity() {
  catalog::v1::Change change;
  change.mutable_create_department()->set_name("departments/industry");
  change.mutable_create_department()->set_title("商工労働課");
  Apply(change);
  change.mutable_create_plan()->set_name("plans/strategy");
  change.mutable_create_plan()->set_title("総合戦略");
  change.mutable_create_plan()->add_levels("大基本目標");
  Apply(change);
  SetRule("ratio/1");
  for (const char* goal : {"goal-1", "goal-2"}) {
    change.mutable_create_node()->set_name(fmt::format("plans/strategy/nodes/{}", goal));
    change.mutable_create_node()->set_title(goal);
    Apply(change);
  }
  Apply(CreateKpi(kKpi, "新規就労者数", "人", type::v1::DIRECTION_INCREASE, {}));
  Apply(CreateKpi(kSchools, "満足度", "%", type::v1::DIRECTION_INCREASE, {"小学校", "中学校"}));
  Apply(CreateKpi(kAccidents, "交通事故発生件数", "件", type::v1::DIRECTION_DECREASE, {}));
  Apply(CreateKpi(kWaiting, "待機児童", "", type::v1::DIRECTION_QUALITATIVE, {}));
  Apply(CreateKpi(kRetired, "廃止", "人", type::v1::DIRECTION_INCREASE, {}));
  SetTarget(kKpi, 2022, "23人", "");
  SetTarget(kSchools, 2022, "小学校=93.5% 中学校=85.0%", "");
  SetTarget(kAccidents, 2022, "1,220件", "");
  SetTarget(kWaiting, 2022, "待機児童なし", "");
  change.set_reason("事業終了");
  change.mutable_retire_kpi()->set_name(kRetired);
  change.mutable_retire_kpi()->set_from_year(2022);
  Apply(change);
}

v1::CatalogAdvanced CatalogLog::Stretch(Position begin, Position end) const {
  v1::CatalogAdvanced advance;
  advance.set_start(begin);
  ledger::Frontier frontier;
  for (Position i = 0; i < end; ++i) {
    frontier.Append(ledger::LeafHash(entries_[i]));
    if (i >= begin) advance.add_entries(entries_[i]);
  }
  advance.set_checkpoint(*ledger::SignCheckpoint({key_.name(), end, frontier.Root()}, key_));
  return advance;
}

City::City() {
  catalog.BuildCity();
  Follow();
}

absl::StatusOr<std::vector<NewEvent>> City::DoTentatively(const google::protobuf::Message& step,
                                                          const Caller& caller) {
  auto events = machine.Decide(step, caller, absl::UnixEpoch());
  if (!events.ok()) return events;
  for (const NewEvent& event : *events) {
    log::v1::Entry entry = ToEntry(event, caller.subject);
    absl::Status folded = machine.Evolve(size(), entry);
    if (!folded.ok()) return folded;
    entries.push_back(entry);
  }
  return events;
}

absl::StatusOr<std::vector<NewEvent>> City::Do(const google::protobuf::Message& step, const Caller& caller) {
  auto events = DoTentatively(step, caller);
  if (events.ok()) machine.Publish(size());
  return events;
}

void City::Follow() {
  auto events = Do(catalog.Stretch(machine.state().catalog().size(), catalog.size()), Peer());
  ASSERT_TRUE(events.ok()) << events.status();
}

KpiEvaluation City::Evaluation(std::string_view kpi, int year) const {
  View view = Now();
  return view.Evaluate(*view.ResolveKpi("kpi", kpi), year);
}

v1::Actual Figure(std::string_view kpi, std::string_view value, std::string_view component) {
  v1::Actual actual;
  actual.set_kpi(std::string(kpi));
  actual.set_reporting_year(2022);
  actual.set_component(std::string(component));
  *actual.mutable_value() = ToValue(value);
  return actual;
}

v1::Change Record(const v1::Actual& actual) {
  v1::Change change;
  *change.mutable_record_actual() = actual;
  return change;
}

v1::Change Correct(const v1::Actual& actual, std::string_view reason, std::string_view etag) {
  v1::Change change;
  change.set_reason(std::string(reason));
  *change.mutable_correct_actual()->mutable_actual() = actual;
  change.mutable_correct_actual()->set_etag(std::string(etag));
  return change;
}

v1::Change Retract(const v1::Actual& actual, std::string_view reason, std::string_view etag) {
  v1::Change change;
  change.set_reason(std::string(reason));
  change.mutable_retract_actual()->set_kpi(actual.kpi());
  change.mutable_retract_actual()->set_reporting_year(actual.reporting_year());
  change.mutable_retract_actual()->set_component(actual.component());
  change.mutable_retract_actual()->set_etag(std::string(etag));
  return change;
}

v1::Change Say(std::string_view kpi, v1::NarrativeKind kind, std::string_view text) {
  v1::Change change;
  change.mutable_record_narrative()->set_kpi(std::string(kpi));
  change.mutable_record_narrative()->set_reporting_year(2022);
  change.mutable_record_narrative()->set_kind(kind);
  change.mutable_record_narrative()->set_text(std::string(text));
  return change;
}

v1::Change Declare(std::string_view kpi, type::v1::Judgement judgement,
                   std::initializer_list<type::v1::Cause> causes) {
  v1::Change change;
  change.mutable_record_assessment()->set_kpi(std::string(kpi));
  change.mutable_record_assessment()->set_reporting_year(2022);
  change.mutable_record_assessment()->set_judgement(judgement);
  for (type::v1::Cause cause : causes) change.mutable_record_assessment()->add_causes(cause);
  return change;
}

std::vector<std::string> Records(const Machine& machine, Position size) {
  std::vector<std::string> lines;
  machine.VisitRecords(size, [&](const StateMachine::Record& record) {
    lines.push_back(fmt::format("{} {} {} {}", record.resource, record.revision, record.position,
                                ledger::ToHex(ledger::Sha256(record.content))));
  });
  return lines;
}

}  // namespace seisaku::progress
