// Plans and their rules. A rule's versions belong to its plan: setting one changes the plan.
#include <algorithm>
#include <array>
#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/record_walk.h"
#include "services/catalog/domain/records.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/view.h"
#include "services/domain/words.h"

namespace seisaku::catalog {

// Records.

absl::StatusOr<PlanRecord> FromProto(const FieldPath& field, const v1::Plan& proto) {
  RETURN_IF_ERROR(ParsePlanName(FieldPath(field, "name"), proto.name()).status());
  return PlanRecord{proto.title(), {proto.levels().begin(), proto.levels().end()}};
}

absl::StatusOr<RuleRecord> FromProto(const FieldPath& field, const v1::EvaluationRule& proto) {
  RuleRecord record;
  record.method = proto.method();
  ASSIGN_OR_RETURN(record.on_track_percent,
                   DecimalFromProto(FieldPath(field, "on_track_percent"), proto.on_track_percent()));
  ASSIGN_OR_RETURN(
      record.mostly_on_track_percent,
      DecimalFromProto(FieldPath(field, "mostly_on_track_percent"), proto.mostly_on_track_percent()));
  return record;
}

v1::Plan ToProto(std::string_view plan, const PlanRecord& record) {
  v1::Plan proto;
  proto.set_name(PlanName(plan));
  proto.set_title(record.title);
  proto.mutable_levels()->Add(record.levels.begin(), record.levels.end());
  return proto;
}

v1::EvaluationRule ToProto(const RuleRecord& record) {
  v1::EvaluationRule proto;
  proto.set_method(record.method);
  *proto.mutable_on_track_percent() = ToProto(record.on_track_percent);
  *proto.mutable_mostly_on_track_percent() = ToProto(record.mostly_on_track_percent);
  return proto;
}

// Checks.

absl::StatusOr<PlanAt> RequirePlan(const View& view, std::string_view field, std::string_view plan) {
  if (auto found = view.FindPlan(plan)) return *found;
  return WithField(seisaku::errors::NotFound(PlanName(plan)), field);
}

namespace {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

absl::Status CheckPlan(const FieldPath& field, const PlanRecord& plan) {
  constexpr size_t kMaxLevels = 8;
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), plan.title, kMaxShortTitleBytes));
  const FieldPath path(field, "levels");
  if (plan.levels.empty()) return RequiredField(path.ToString());
  if (plan.levels.size() > kMaxLevels)
    return InvalidField(path.ToString(), expected::AT_MOST_ITEMS,
                        {{"max", kMaxLevels}, {"actual", plan.levels.size()}});
  std::set<std::string_view> seen;
  for (size_t i = 0; i < plan.levels.size(); ++i) {
    RETURN_IF_ERROR(CheckTitle(FieldPath(path, i), plan.levels[i], kMaxLabelBytes));
    if (!seen.insert(plan.levels[i]).second)
      return InvalidField(FieldPath(path, i).ToString(), expected::EACH_ONCE, {{"actual", plan.levels[i]}});
  }
  return absl::OkStatus();
}

absl::Status CheckRule(const FieldPath& field, const RuleRecord& rule) {
  const FieldPath method(field, "method");
  if (rule.method.empty()) return RequiredField(method.ToString());
  if (rule.method != "ratio/1" && rule.method != "baseline/1") {
    return InvalidField(method.ToString(), expected::ONE_OF,
                        {{"allowed", "ratio/1, baseline/1"}, {"actual", rule.method}});
  }
  if (rule.mostly_on_track_percent.sign() <= 0) {
    return InvalidField(FieldPath(field, "mostly_on_track_percent").ToString(), expected::MORE_THAN,
                        {{"limit", 0}, {"actual", rule.mostly_on_track_percent.ToString()}});
  }
  if (rule.mostly_on_track_percent <= rule.on_track_percent) return absl::OkStatus();
  return InvalidField(FieldPath(field, "mostly_on_track_percent").ToString(), expected::NOT_ABOVE,
                      {{"limit", rule.on_track_percent.ToString()},
                       {"other", "on_track_percent"},
                       {"actual", rule.mostly_on_track_percent.ToString()}});
}

// Decisions.

// A plan as its creation describes it: with its rule, without what only answers have.
v1::Plan Described(std::string_view id, const PlanRecord& record, const std::optional<RuleRecord>& rule) {
  v1::Plan proto = ToProto(id, record);
  if (rule) *proto.mutable_rule() = ToProto(*rule);
  return proto;
}

Decided<v1::Plan> CreatePlan(const Deciding& in, const v1::Plan& proto) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", proto.name()));
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  RETURN_IF_ERROR(CheckPlan("plan", record));
  std::optional<RuleRecord> rule;
  if (proto.has_rule()) {
    ASSIGN_OR_RETURN(rule, FromProto("plan.rule", proto.rule()));
    RETURN_IF_ERROR(CheckRule("plan.rule", *rule));
  }
  v1::Plan created = Described(id, record, rule);
  auto existing = in.view.FindPlan(id);
  if (!existing) return created;
  std::optional<RuleRecord> existing_rule;
  if (auto in_force = in.view.Rule(*existing)) existing_rule = *in_force->record;
  if (Same(created, Described(id, *existing->record, existing_rule))) return std::nullopt;
  return seisaku::errors::AlreadyExists(proto.name());
}

Decided<v1::Plan> UpdatePlan(const Deciding& in, const v1::UpdatePlan& update) {
  constexpr std::array<std::string_view, 1> kUpdatable = {"title"};
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", update.plan().name()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "plan.name", id));
  RETURN_IF_ERROR(errors::CheckEtag(update.plan().name(), update.plan().etag(), in.view.LastChange(plan)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  v1::Plan updated = ToProto(id, *plan.record);
  TakeFields(update.update_mask(), update.plan(), updated);
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", updated));
  RETURN_IF_ERROR(CheckPlan("plan", record));
  if (Same(updated, ToProto(id, *plan.record))) return std::nullopt;
  return updated;
}

Decided<v1::RuleSet> SetRule(const Deciding& in, const v1::SetRule& set) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan", set.plan()));
  ASSIGN_OR_RETURN(PlanAt plan, RequirePlan(in.view, "plan", id));
  RETURN_IF_ERROR(errors::CheckEtag(set.plan(), set.etag(), in.view.LastChange(plan)));
  ASSIGN_OR_RETURN(RuleRecord rule, FromProto("rule", set.rule()));
  RETURN_IF_ERROR(CheckRule("rule", rule));
  if (!in.has_reason) return RequiredField("reason");
  v1::RuleSet rule_set;
  rule_set.set_plan(set.plan());
  *rule_set.mutable_rule() = ToProto(rule);
  auto in_force = in.view.Rule(plan);
  if (in_force && Same(rule_set.rule(), ToProto(*in_force->record))) return std::nullopt;
  return rule_set;
}

}  // namespace

// Fold.

absl::StatusOr<PlanSlot*> Evolution::Plan(std::string_view name) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan", name));
  auto found = plans().find(id);
  if (found == plans().end()) return CannotBe(fmt::format("{} does not exist", name));
  return &found->second;
}

namespace {

absl::Status PlanCreated(Evolution& state, const v1::Plan& proto) {
  // Far more than a decision allows. Readers of the tree recurse, so a log must not make them go too deep.
  constexpr size_t kMostLevels = 100;
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  ASSIGN_OR_RETURN(std::string id, ParsePlanName("plan.name", proto.name()));
  std::optional<RuleRecord> rule;
  if (proto.has_rule()) {
    ASSIGN_OR_RETURN(rule, FromProto("plan.rule", proto.rule()));
  }
  if (record.levels.size() > kMostLevels)
    return CannotBe(fmt::format("a plan of {} levels", record.levels.size()));
  if (state.before().FindPlan(id)) return CannotBe(fmt::format("{} is created a second time", proto.name()));
  PlanSlot& plan = state.Add(state.plans(), id);
  state.Set(plan.record, std::move(record));
  if (rule) state.Set(plan.rules, *std::move(rule));
  return absl::OkStatus();
}

absl::Status PlanUpdated(Evolution& state, const v1::Plan& proto) {
  ASSIGN_OR_RETURN(PlanRecord record, FromProto("plan", proto));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(proto.name()));
  if (proto.has_rule()) return CannotBe("plan_updated has a rule");
  if (record.levels != state.Now(*plan).levels) return CannotBe("plan_updated has other levels");
  state.Set(plan->record, std::move(record));
  return absl::OkStatus();
}

absl::Status RuleSet(Evolution& state, const v1::RuleSet& set) {
  ASSIGN_OR_RETURN(RuleRecord rule, FromProto("rule", set.rule()));
  ASSIGN_OR_RETURN(PlanSlot * plan, state.Plan(set.plan()));
  state.Set(plan->rules, std::move(rule));
  return absl::OkStatus();
}

}  // namespace

// What is shown.

std::optional<RuleAt> View::Rule(const PlanAt& plan) const {
  const auto* revision = plan.slot->rules.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  auto version = static_cast<uint32_t>(revision - plan.slot->rules.all().data()) + 1;
  return RuleAt{&revision->value, version, revision->position};
}

Position View::LastChange(const PlanAt& plan) const {
  Position last = plan.slot->record.RevisionAt(size_)->position;
  if (auto rule = Rule(plan)) last = std::max(last, rule->position);
  return last;
}

v1::Plan View::Render(const PlanAt& plan) const {
  v1::Plan proto = ToProto(plan.id(), *plan.record);
  if (auto rule = Rule(plan)) {
    *proto.mutable_rule() = ToProto(*rule->record);
    proto.set_rule_version(rule->version);
  }
  proto.set_etag(fmt::format("{}", LastChange(plan)));
  return proto;
}

// The digest.

bool VisitPlans(RecordWalk& walk, const State::Plans& plans) {
  return walk.InOrder(
      plans,
      [&](const PlanSlot& plan) {
        return walk.Resource(PlanName(plan.id), plan.record,
                             [&](const PlanRecord& record) { return ToProto(plan.id, record); });
      },
      [&](const PlanSlot& plan) {
        return VisitKpis(walk, plan) && VisitNodes(walk, plan) &&
               walk.Resource(PlanName(plan.id) + "/rule", plan.rules,
                             [](const RuleRecord& rule) { return ToProto(rule); });
      });
}

// Verbs.

absl::Span<const VerbRow> PlanVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<CreatePlan, PlanCreated>(v1::Change::kCreatePlan, v1::Event::kPlanCreated, "plan.name"),
      Row<UpdatePlan, PlanUpdated>(v1::Change::kUpdatePlan, v1::Event::kPlanUpdated, "plan.name"),
      Row<SetRule, RuleSet>(v1::Change::kSetRule, v1::Event::kRuleSet, "plan"),
  };
  return kRows;
}

}  // namespace seisaku::catalog
