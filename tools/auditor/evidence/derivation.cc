#include "tools/auditor/evidence/derivation.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/records.h"
#include "services/progress/domain/event.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/render.h"
#include "services/progress/domain/view.h"
#include "tools/auditor/changes/field_changes.h"

namespace seisaku::auditor {
namespace {

using progress::v1::GetEvaluationResponse;
using progress::v1::Provenance;

// The services' own records of one KPI in one year, filled from entries in their order. Their machines cannot
// fold these: an entry stands here without those that it rests on (the KPI's node, the figure corrected).
class Derivation {
 public:
  Derivation(progress::NameInPlan name, int year)
      : name_(std::move(name)), kpi_name_(catalog::KpiName(name_.plan, name_.id)), year_(year) {
    plan_.id = name_.plan;
    kpi_.id = name_.id;
    kpi_.plan = &plan_;
  }
  Derivation(const Derivation&) = delete;
  Derivation& operator=(const Derivation&) = delete;

  absl::Status Take(const OpenedEntry& opened) {
    google::protobuf::Arena arena;
    entries_[{opened.log, opened.position}] = &opened;
    const bool of_catalog = opened.log == "catalog";
    const auto event = of_catalog ? catalog::ParseEvent(opened.position, opened.entry, arena)
                                  : progress::ParseEvent(opened.position, opened.entry, arena);
    if (!event.ok()) {
      return EvidenceInvalid(opened.where(), "an event that this build knows",
                             std::string(event.status().message()));
    }
    const absl::Status taken = of_catalog
                                   ? TakeCatalog(opened, static_cast<const catalog::v1::Event&>(**event))
                                   : TakeProgress(opened, static_cast<const progress::v1::Event&>(**event));
    if (taken.ok() || ReasonOf(taken) == "EVIDENCE_INVALID") return taken;
    return EvidenceInvalid(opened.where(), "values of their form", std::string(taken.message()));
  }

  absl::StatusOr<GetEvaluationResponse> Conclude() const {
    const catalog::KpiRecord* record = kpi_.record.At(kAll);
    if (record == nullptr) return NoValues("entries");
    const progress::KpiEvaluation judged = Judge(*record);
    GetEvaluationResponse response;
    progress::v1::Evaluation& evaluation = *response.mutable_evaluation();
    evaluation = progress::Render(progress::View(Nothing(), 0), judged);
    ClearUntold(evaluation);
    if (judged.official) FillReason(*judged.official, *evaluation.mutable_official());
    *response.mutable_kpi() = catalog::ToProto(name_.plan, name_.id, *record);
    if (judged.target) {
      catalog::v1::Target& target = *response.mutable_kpi()->add_targets();
      target = catalog::ToProto(year_, *judged.target->record);
      target.set_position(judged.target->position);
    }
    AddProvenance(judged, response);
    return response;
  }

  // What told answers know and entries alone do not.
  static void ClearUntold(progress::v1::Evaluation& evaluation) {
    evaluation.clear_rule_version();
    evaluation.clear_target_revision();
    evaluation.clear_catalog_position();
    for (auto& component : *evaluation.mutable_components()) {
      if (component.has_actual()) component.mutable_actual()->clear_revision();
    }
  }

 private:
  static constexpr Position kAll = UINT64_MAX;

  static const progress::State& Nothing() {
    static const auto& nothing = *new progress::State;
    return nothing;
  }

  absl::Status NoValues(std::string_view where) const {
    return EvidenceInvalid(where, "an entry with the values of " + kpi_name_, "none");
  }

  absl::Status DoesNotBear(const OpenedEntry& opened) const {
    return EvidenceInvalid(opened.where(), "an entry that bears on " + progress::EvaluationName(name_, year_),
                           fmt::format("{} of {}", opened.entry.type(), opened.entry.resource()));
  }

  absl::Status TakeCatalog(const OpenedEntry& opened, const catalog::v1::Event& event) {
    const std::string plan = catalog::PlanName(name_.plan);
    if (event.has_plan_created() && event.plan_created().name() == plan && event.plan_created().has_rule()) {
      return TakeRule(opened, event.plan_created().rule());
    }
    if (event.has_rule_set() && event.rule_set().plan() == plan) {
      return TakeRule(opened, event.rule_set().rule());
    }
    if (event.has_kpi_created() && event.kpi_created().name() == kpi_name_) {
      return TakeKpi(opened, event.kpi_created());
    }
    if (event.has_kpi_updated() && event.kpi_updated().name() == kpi_name_) {
      return TakeKpi(opened, event.kpi_updated());
    }
    if (event.has_kpi_retired() && event.kpi_retired().name() == kpi_name_) {
      if (kpi_.record.all().empty()) return NoValues(opened.where());
      catalog::KpiRecord record = kpi_.record.all().back().value;
      record.retired_from_year = event.kpi_retired().from_year();
      kpi_.record.Set(opened.position, std::move(record));
      return absl::OkStatus();
    }
    if (event.has_target_set() && event.target_set().kpi() == kpi_name_ &&
        event.target_set().target().reporting_year() == year_) {
      ASSIGN_OR_RETURN(auto target, catalog::FromProto("target", event.target_set().target()));
      targets_.Set(opened.position, std::move(target));
      return absl::OkStatus();
    }
    return DoesNotBear(opened);
  }

  absl::Status TakeRule(const OpenedEntry& opened, const catalog::v1::EvaluationRule& proto) {
    ASSIGN_OR_RETURN(auto rule, catalog::FromProto("rule", proto));
    plan_.rules.Set(opened.position, std::move(rule));
    return absl::OkStatus();
  }

  absl::Status TakeKpi(const OpenedEntry& opened, const catalog::v1::Kpi& proto) {
    ASSIGN_OR_RETURN(catalog::KpiRecord record, catalog::FromProto("kpi", proto));
    // An update keeps the end.
    if (!kpi_.record.all().empty()) {
      record.retired_from_year = kpi_.record.all().back().value.retired_from_year;
    }
    kpi_.record.Set(opened.position, std::move(record));
    return absl::OkStatus();
  }

  absl::Status TakeProgress(const OpenedEntry& opened, const progress::v1::Event& event) {
    const auto is_ours = [this](const auto& proto) {
      return proto.kpi() == kpi_name_ && proto.reporting_year() == year_;
    };
    if (event.has_assessment_recorded() && is_ours(event.assessment_recorded()) &&
        opened.entry.resource() == progress::AssessmentName(name_, year_)) {
      if (!type::v1::Judgement_IsValid(event.assessment_recorded().judgement())) return DoesNotBear(opened);
      assessments_.Set(opened.position, progress::FromProto(event.assessment_recorded()));
      return absl::OkStatus();
    }
    if (event.has_actual_retracted() && is_ours(event.actual_retracted())) {
      progress::ActualRecord record;
      record.retracted = true;
      return TakeActual(opened, event.actual_retracted().component(), std::move(record));
    }
    if (event.has_actual_recorded() || event.has_actual_corrected()) {
      const progress::v1::Actual& actual =
          event.has_actual_recorded() ? event.actual_recorded() : event.actual_corrected();
      if (!is_ours(actual)) return DoesNotBear(opened);
      ASSIGN_OR_RETURN(auto record, progress::FromProto("actual", actual));
      return TakeActual(opened, actual.component(), std::move(record));
    }
    return DoesNotBear(opened);
  }

  absl::Status TakeActual(const OpenedEntry& opened, const std::string& component,
                          progress::ActualRecord record) {
    const catalog::KpiRecord* kpi = kpi_.record.At(kAll);  // catalog's entries came first
    if (kpi == nullptr) return NoValues(opened.where());
    const std::vector<std::string>& components = progress::ComponentsOf(*kpi);
    if (std::find(components.begin(), components.end(), component) == components.end() ||
        opened.entry.resource() != progress::ActualName(name_, year_, component)) {
      return DoesNotBear(opened);
    }
    actuals_[component].Set(opened.position, std::move(record));
    return absl::OkStatus();
  }

  // As progress::View::Evaluate does from a whole state.
  progress::KpiEvaluation Judge(const catalog::KpiRecord& record) const {
    progress::KpiEvaluation judged{{&kpi_, &record}, year_, {}, {}, {}, {}, {}, {}};
    if (const auto* rule = plan_.rules.RevisionAt(kAll)) {
      judged.rule = catalog::RuleAt{&rule->value, 0, rule->position};
    }
    if (const auto* target = targets_.RevisionAt(kAll)) {
      judged.target = catalog::TargetAt{year_, &target->value, 0, target->position};
    }
    if (const auto* official = assessments_.RevisionAt(kAll)) {
      judged.official = progress::AssessmentAt{&official->value, official->position};
    }
    std::vector<const progress::ActualRecord*> records;
    for (const std::string& component : progress::ComponentsOf(record)) {
      const auto found = actuals_.find(component);
      const auto* actual = found == actuals_.end() ? nullptr : found->second.RevisionAt(kAll);
      if (actual != nullptr && actual->value.retracted) actual = nullptr;
      records.push_back(actual == nullptr ? nullptr : &actual->value);
      auto& at = judged.actuals.emplace_back();
      if (actual != nullptr) {
        at = progress::ActualAt{year_, found->first, &actual->value, 0, actual->position};
      }
    }
    judged.input = InputOf(record, judged.rule ? judged.rule->record : nullptr,
                           judged.target ? judged.target->record : nullptr, year_, records);
    judged.evaluation = progress::Evaluate(judged.input);
    judged.differs = judged.official && judged.official->record->judgement != judged.evaluation.judgement;
    return judged;
  }

  void FillReason(const progress::AssessmentAt& assessment,
                  progress::v1::OfficialAssessment& official) const {
    if (!assessment.record->difference_reason) return;
    const auto& text =
        entries_.at({"progress", assessment.position})->texts[*assessment.record->difference_reason];
    official.set_difference_reason_withdrawn(!text);
    official.set_difference_reason(text.value_or(""));
  }

  // In the order of progress's own answer.
  void AddProvenance(const progress::KpiEvaluation& judged, GetEvaluationResponse& response) const {
    const auto add = [&](std::string_view input, std::string_view component, std::string_view log,
                         Position position) {
      const OpenedEntry& from = *entries_.at({std::string(log), position});
      Provenance& one = *response.add_provenance();
      one.set_input(std::string(input));
      one.set_component(std::string(component));
      one.set_log(std::string(log));
      one.set_position(position);
      *one.mutable_recorded_at() = from.entry.recorded_at();
      one.set_actor(from.entry.actor());
      if (from.entry.has_source()) *one.mutable_source() = from.entry.source();
      progress::v1::Event event;
      if (log != "progress" || !event.ParseFromString(from.entry.payload()) || !event.has_reason()) return;
      const auto& reason = from.texts[event.reason().index()];
      one.set_reason_withdrawn(!reason);
      one.set_reason(reason.value_or(""));
    };
    for (const progress::ComponentInput& component : judged.input.components) {
      if (component.target) add("target", component.component, "catalog", judged.target->position);
    }
    for (const auto& actual : judged.actuals) {
      if (actual) add("actual", actual->component, "progress", actual->position);
    }
    if (judged.rule) add("rule", "", "catalog", judged.rule->position);
    add("direction", "", "catalog", kpi_.record.all().back().position);
    if (judged.official) add("official", "", "progress", judged.official->position);
  }

  const progress::NameInPlan name_;
  const std::string kpi_name_;
  const int year_;
  catalog::PlanSlot plan_;
  catalog::KpiSlot kpi_;
  Revisions<catalog::TargetRecord> targets_;
  std::map<std::string, Revisions<progress::ActualRecord>> actuals_;  // by component
  Revisions<progress::AssessmentRecord> assessments_;
  std::map<std::pair<std::string, Position>, const OpenedEntry*> entries_;
};

}  // namespace

absl::StatusOr<GetEvaluationResponse> Derive(const std::string& evaluation,
                                             const std::vector<OpenedEntry>& entries) {
  const auto reference = progress::ParseEvaluationReference("evaluation", evaluation);
  const auto name = reference.ok() ? catalog::ParseKpiName("evaluation", reference->kpi)
                                   : absl::StatusOr<catalog::NameInPlan>(reference.status());
  if (!name.ok() || progress::EvaluationName(*name, reference->reporting_year) != evaluation) {
    return EvidenceInvalid("evaluation", "plans/{plan}/kpis/{kpi}/evaluations/{reporting_year}", evaluation);
  }
  Derivation derivation(*name, reference->reporting_year);
  for (const OpenedEntry& entry : entries) RETURN_IF_ERROR(derivation.Take(entry));
  return derivation.Conclude();
}

absl::Status CompareTold(const GetEvaluationResponse& derived, GetEvaluationResponse told) {
  told.clear_position();
  Derivation::ClearUntold(*told.mutable_evaluation());
  catalog::v1::Kpi& kpi = *told.mutable_kpi();
  kpi.clear_etag();
  // The end is known from the entry that set it; whoever has only a later update does not have that.
  if (derived.kpi().retired_from_year() == 0) kpi.clear_retired_from_year();
  const int year = progress::ParseEvaluationReference("name", derived.evaluation().name())->reporting_year;
  google::protobuf::RepeatedPtrField<catalog::v1::Target> targets;
  for (catalog::v1::Target& target : *kpi.mutable_targets()) {
    if (target.reporting_year() != year) continue;
    target.clear_revision();
    *targets.Add() = std::move(target);
  }
  kpi.mutable_targets()->Swap(&targets);
  const std::vector<FieldChange> differing = FieldChanges(derived, told);
  if (differing.empty()) return absl::OkStatus();
  const FieldChange& first = differing.front();
  return EvidenceInvalid("judgement." + first.field, first.before.empty() ? "nothing" : first.before,
                         first.after.empty() ? "nothing" : first.after);
}

}  // namespace seisaku::auditor
