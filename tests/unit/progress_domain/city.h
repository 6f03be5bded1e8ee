// A small city for the tests of progress: a catalog's log, and progress's log that follows it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/progress/v1/changes.pb.h"
#include "services/base/caller.h"
#include "services/catalog/domain/machine.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/machine.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

inline constexpr char kKpi[] = "plans/strategy/kpis/jobs";             // 人, increase, departments/industry
inline constexpr char kSchools[] = "plans/strategy/kpis/schools";      // %, increase, 小学校 and 中学校
inline constexpr char kAccidents[] = "plans/strategy/kpis/accidents";  // 件, decrease
inline constexpr char kWaiting[] = "plans/strategy/kpis/waiting";      // qualitative
inline constexpr char kRetired[] = "plans/strategy/kpis/retired";      // 人, ended from 2022 on

Caller Planner();
Caller Reporter(std::string_view department);
Caller Peer();

// What catalog's ledger would hold.
class CatalogLog {
 public:
  // Each decides `change` and appends what it comes to as one command.
  void Apply(const catalog::v1::Change& change);
  // A plan with two goals and the KPIs above, targets for 2022.
  void BuildCity();
  void SetTarget(std::string_view kpi, int year, std::string_view component_values, std::string_view reason);
  void SetRule(std::string_view method);
  void Retire(std::string_view department, int from_year);
  // Departments that are not there are created.
  void PutInCharge(std::string_view kpi, const std::vector<std::string>& departments);

  Position size() const { return entries_.size(); }
  // Entries [begin, end) with a signed checkpoint of size `end`.
  v1::CatalogAdvanced Stretch(Position begin, Position end) const;

 private:
  catalog::Machine machine_;
  std::vector<std::string> entries_;
  ledger::SigningKey key_ = *ledger::SigningKey::Generate("catalog.test/log", ledger::KeyType::kLog);
};

// Progress's log and state, as its ledger would drive them.
class City {
 public:
  // With BuildCity copied.
  City();

  // Decides and folds one command, and publishes it.
  absl::StatusOr<std::vector<NewEvent>> Do(const google::protobuf::Message& step,
                                           const Caller& caller = Planner());
  // The same without publishing; `entries` gets what was appended.
  absl::StatusOr<std::vector<NewEvent>> DoTentatively(const google::protobuf::Message& step,
                                                      const Caller& caller = Planner());
  // Copies the rest of catalog's log.
  void Follow();

  View Now() const { return View(machine.state(), machine.state().size()); }
  View At(Position size) const { return View(machine.state(), size); }
  KpiEvaluation Evaluation(std::string_view kpi, int year = 2022) const;
  Position size() const { return machine.state().size(); }

  CatalogLog catalog;
  Machine machine;
  std::vector<log::v1::Entry> entries;
};

// "18人" as a figure of 2022.
v1::Actual Figure(std::string_view kpi, std::string_view value, std::string_view component = "");
v1::Change Record(const v1::Actual& actual);
v1::Change Correct(const v1::Actual& actual, std::string_view reason = "誤記のため",
                   std::string_view etag = "");
v1::Change Retract(const v1::Actual& actual, std::string_view reason = "取下げ", std::string_view etag = "");
v1::Change Say(std::string_view kpi, v1::NarrativeKind kind, std::string_view text);
v1::Change Declare(std::string_view kpi, type::v1::Judgement judgement,
                   std::initializer_list<type::v1::Cause> causes = {});

// All records as text lines: two states with the same are the same.
std::vector<std::string> Records(const Machine& machine, Position size);

}  // namespace seisaku::progress
