// Decisions on plans, rules and departments.
#include <array>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/words.h"

namespace seisaku::catalog {
namespace {

constexpr std::array<std::string_view, 1> kUpdatable = {"title"};

// A plan as its creation describes it: with its rule, without what only answers have.
v1::Plan Described(std::string_view id, const PlanRecord& record, const std::optional<RuleRecord>& rule) {
  v1::Plan proto = ToProto(id, record);
  if (rule) *proto.mutable_rule() = ToProto(*rule);
  return proto;
}

}  // namespace

Decision CreatePlan(const View& view, const v1::Plan& proto) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", proto.name()));
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  RETURN_IF_ERROR(CheckPlan("plan", record));
  std::optional<RuleRecord> rule;
  if (proto.has_rule()) {
    ASSIGN_OR_RETURN(rule, FromProto("plan.rule", proto.rule()));
    RETURN_IF_ERROR(CheckRule("plan.rule", *rule));
  }
  v1::Event event;
  *event.mutable_plan_created() = Described(id, record, rule);
  auto existing = view.FindPlan(id);
  if (!existing) return event;
  std::optional<RuleRecord> existing_rule;
  if (auto in_force = view.Rule(*existing)) existing_rule = *in_force->record;
  if (Same(event.plan_created(), Described(id, *existing->record, existing_rule))) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decision UpdatePlan(const View& view, const v1::UpdatePlan& update) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", update.plan().name()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "plan.name", id));
  RETURN_IF_ERROR(errors::CheckEtag(update.plan().name(), update.plan().etag(), view.LastChange(plan)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  v1::Event event;
  v1::Plan& updated = *event.mutable_plan_updated();
  updated = ToProto(id, *plan.record);
  TakeFields(update.update_mask(), update.plan(), updated);
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", updated));
  RETURN_IF_ERROR(CheckPlan("plan", record));
  if (Same(updated, ToProto(id, *plan.record))) return std::nullopt;
  return event;
}

Decision SetRule(const View& view, const v1::SetRule& set, bool has_reason) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan", set.plan()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(view, "plan", id));
  RETURN_IF_ERROR(errors::CheckEtag(set.plan(), set.etag(), view.LastChange(plan)));
  ASSIGN_OR_RETURN(RuleRecord rule, FromProto("rule", set.rule()));
  RETURN_IF_ERROR(CheckRule("rule", rule));
  if (!has_reason) return seisaku::errors::RequiredField("reason");
  v1::Event event;
  event.mutable_rule_set()->set_plan(set.plan());
  *event.mutable_rule_set()->mutable_rule() = ToProto(rule);
  auto in_force = view.Rule(plan);
  if (in_force && Same(event.rule_set().rule(), ToProto(*in_force->record))) return std::nullopt;
  return event;
}

}  // namespace seisaku::catalog
