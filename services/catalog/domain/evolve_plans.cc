// Evolution: plans, rules and departments.
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"

namespace seisaku::catalog {
namespace {

// Far more than a plan may ever be given: whoever reads goes down the whole tree, and must come back.
constexpr size_t kMostLevels = 100;

}  // namespace

absl::Status Evolution::PlanCreated(const v1::Plan& proto) {
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", proto.name()));
  std::optional<RuleRecord> rule;
  if (proto.has_rule()) {
    ASSIGN_OR_RETURN(rule, FromProto("plan.rule", proto.rule()));
  }
  if (record.levels.size() > kMostLevels)
    return CannotBe(fmt::format("a plan of {} levels", record.levels.size()));
  if (before_.FindPlan(id)) return CannotBe(fmt::format("{} is created a second time", proto.name()));
  PlanSlot& plan = Add(state_.plans_, id);
  Set(plan.record, std::move(record));
  if (rule) Set(plan.rules, *std::move(rule));
  return absl::OkStatus();
}

absl::Status Evolution::PlanUpdated(const v1::Plan& proto) {
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(proto.name()));
  if (proto.has_rule()) return CannotBe("plan_updated has a rule");
  if (record.levels != Now(*plan).levels) return CannotBe("plan_updated has other levels");
  Set(plan->record, std::move(record));
  return absl::OkStatus();
}

absl::Status Evolution::RuleSet(const v1::RuleSet& set) {
  ASSIGN_OR_RETURN(RuleRecord rule, FromProto("rule", set.rule()));
  ASSIGN_OR_RETURN(PlanSlot * plan, Plan(set.plan()));
  Set(plan->rules, std::move(rule));
  return absl::OkStatus();
}

}  // namespace seisaku::catalog
