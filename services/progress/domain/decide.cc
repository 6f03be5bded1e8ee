#include "services/progress/domain/decide.h"

#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"

namespace seisaku::progress {
namespace {

constexpr size_t kMaxTextBytes = 65'536;

absl::Status CheckRole(const Caller& caller, bool reporters_too) {
  if (caller.role == Role::kPlanner) return absl::OkStatus();
  if (caller.role == Role::kReporter && reporters_too) return absl::OkStatus();
  return errors::RoleRequired(caller.subject, reporters_too ? "planner, reporter" : "planner");
}

// A reporter's department is one of the KPI's, and in force in the year.
absl::Status CheckScope(const Caller& caller, const catalog::View& catalog, const catalog::KpiAt& kpi,
                        int reporting_year) {
  if (caller.role != Role::kReporter) return absl::OkStatus();
  std::vector<std::string> in_charge;
  for (const std::string& id : kpi.record->departments) {
    auto department = catalog.FindDepartment(id);
    if (department && catalog.InForce(*department, reporting_year)) {
      in_charge.push_back(catalog::DepartmentName(id));
    }
  }
  if (std::find(in_charge.begin(), in_charge.end(), caller.department) != in_charge.end()) {
    return absl::OkStatus();
  }
  // Nobody reports any more for departments that have all ended.
  if (in_charge.empty() && !kpi.record->departments.empty()) {
    return errors::RoleRequired(caller.subject, "planner");
  }
  return errors::DepartmentScope(caller.subject, catalog::KpiName(kpi.plan(), kpi.id()),
                                 fmt::format("{}", fmt::join(in_charge, ", ")));
}

// The KPI that a change is about, if the caller may change it in that year. `field` is the message around
// `kpi` and `reporting_year`, with its dot.
absl::StatusOr<catalog::KpiAt> RequireKpi(const View& view, const Caller& caller, std::string_view field,
                                          std::string_view name, int reporting_year) {
  auto of_field = [field](const absl::Status& status, std::string_view last) {
    return status.ok() ? status : WithField(status, fmt::format("{}{}", field, last));
  };
  auto kpi = view.catalog().FindKpi(name);
  if (!kpi) {
    RETURN_IF_ERROR(catalog::ParseKpiName(fmt::format("{}kpi", field), name).status());
    return of_field(errors::NotFound(name), "kpi");
  }
  RETURN_IF_ERROR(WithFieldPrefix(catalog::CheckYear("reporting_year", reporting_year), field));
  RETURN_IF_ERROR(of_field(CheckScope(caller, view.catalog(), *kpi, reporting_year), "kpi"));
  RETURN_IF_ERROR(of_field(catalog::CheckInForce(view.catalog(), *kpi, reporting_year), "reporting_year"));
  return *kpi;
}

NewEvent MakeEvent(v1::Event event, std::string resource, const v1::Change& change,
                   std::vector<std::string> texts) {
  NewEvent made;
  if (!change.reason().empty()) {
    event.mutable_reason()->set_index(static_cast<uint32_t>(texts.size()));
    texts.push_back(change.reason());
  }
  made.type = EventType(event);
  made.resource = std::move(resource);
  made.payload = event.SerializeAsString();
  made.texts = std::move(texts);
  if (change.has_source()) made.source = change.source();
  return made;
}

using Events = absl::StatusOr<std::vector<NewEvent>>;

// A list in braces would be of copies.
std::vector<NewEvent> OneEvent(NewEvent event) {
  std::vector<NewEvent> events;
  events.push_back(std::move(event));
  return events;
}

Events RecordNarrative(const View& view, const Caller& caller, const v1::Change& change) {
  const v1::Narrative& narrative = change.record_narrative();
  ASSIGN_OR_RETURN(catalog::KpiAt kpi,
                   RequireKpi(view, caller, "narrative.", narrative.kpi(), narrative.reporting_year()));
  if (narrative.kind() == v1::NARRATIVE_KIND_UNSPECIFIED) return errors::RequiredField("narrative.kind");
  if (!v1::NarrativeKind_IsValid(narrative.kind())) {
    return errors::InvalidField("narrative.kind", expected::ENUM_VALUE,
                                {{"enum", v1::NarrativeKind_descriptor()->full_name()},
                                 {"actual", static_cast<int>(narrative.kind())}});
  }
  RETURN_IF_ERROR(catalog::CheckText("narrative.text", narrative.text(), kMaxTextBytes));
  NameInPlan name = NameOf(kpi);
  bool there = view.Narrative(kpi, narrative.reporting_year(), narrative.kind()).has_value();
  if (narrative.text().empty() && !there) return std::vector<NewEvent>{};

  NarrativeRecord record;
  std::vector<std::string> texts;
  if (!narrative.text().empty()) {
    record.text = 0;
    texts.push_back(narrative.text());
  }
  v1::Event event;
  *event.mutable_narrative_recorded() = ToProto(name, narrative.reporting_year(), narrative.kind(), record);
  return OneEvent(MakeEvent(std::move(event),
                            NarrativeName(name, narrative.reporting_year(), narrative.kind()), change,
                            std::move(texts)));
}

absl::Status CheckAssessment(const v1::OfficialAssessment& assessment) {
  if (assessment.judgement() == type::v1::JUDGEMENT_UNSPECIFIED) {
    return errors::RequiredField("assessment.judgement");
  }
  if (!type::v1::Judgement_IsValid(assessment.judgement())) {
    return errors::InvalidField("assessment.judgement", expected::ENUM_VALUE,
                                {{"enum", type::v1::Judgement_descriptor()->full_name()},
                                 {"actual", static_cast<int>(assessment.judgement())}});
  }
  std::set<int> seen;
  for (int i = 0; i < assessment.causes_size(); ++i) {
    int cause = assessment.causes(i);
    const std::string field = fmt::format("assessment.causes[{}]", i);
    if (!type::v1::Cause_IsValid(cause) || cause == type::v1::CAUSE_UNSPECIFIED) {
      return errors::InvalidField(field, expected::ENUM_VALUE,
                                  {{"enum", type::v1::Cause_descriptor()->full_name()}, {"actual", cause}});
    }
    if (!seen.insert(cause).second) {
      return errors::InvalidField(field, expected::EACH_ONCE,
                                  {{"actual", type::v1::Cause_Name(static_cast<type::v1::Cause>(cause))}});
    }
  }
  RETURN_IF_ERROR(catalog::CheckText("assessment.printed", assessment.printed(), catalog::kMaxPrintedBytes));
  return catalog::CheckText("assessment.difference_reason", assessment.difference_reason(), kMaxTextBytes);
}

Events RecordAssessment(const View& view, const Caller& caller, const v1::Change& change) {
  const v1::OfficialAssessment& assessment = change.record_assessment();
  ASSIGN_OR_RETURN(catalog::KpiAt kpi,
                   RequireKpi(view, caller, "assessment.", assessment.kpi(), assessment.reporting_year()));
  RETURN_IF_ERROR(CheckAssessment(assessment));

  AssessmentRecord record{assessment.judgement(), {}, assessment.printed(), std::nullopt};
  for (int cause : assessment.causes()) record.causes.push_back(static_cast<type::v1::Cause>(cause));
  std::vector<std::string> texts;
  if (!assessment.difference_reason().empty()) {
    record.difference_reason = 0;
    texts.push_back(assessment.difference_reason());
  }
  NameInPlan name = NameOf(kpi);
  auto present = view.Assessment(kpi, assessment.reporting_year());
  if (present && texts.empty() && Identical(*present->record, record)) return std::vector<NewEvent>{};
  v1::Event event;
  *event.mutable_assessment_recorded() = ToProto(name, assessment.reporting_year(), record);
  return OneEvent(MakeEvent(std::move(event), AssessmentName(name, assessment.reporting_year()), change,
                            std::move(texts)));
}

Events DecideActual(const View& view, const Caller& caller, const v1::Change& change) {
  absl::StatusOr<std::optional<FigureEvent>> decided = std::nullopt;
  bool has_reason = !change.reason().empty();
  auto require = [&](std::string_view field, std::string_view name, int year) {
    return RequireKpi(view, caller, field, name, year);
  };
  if (change.has_record_actual()) {
    const v1::Actual& actual = change.record_actual();
    ASSIGN_OR_RETURN(auto kpi, require("actual.", actual.kpi(), actual.reporting_year()));
    decided = RecordActual(view, kpi, actual);
  } else if (change.has_correct_actual()) {
    const v1::Actual& actual = change.correct_actual().actual();
    ASSIGN_OR_RETURN(auto kpi, require("actual.", actual.kpi(), actual.reporting_year()));
    decided = CorrectActual(view, kpi, change.correct_actual(), has_reason);
  } else {
    const v1::RetractActual& retract = change.retract_actual();
    ASSIGN_OR_RETURN(auto kpi, require("", retract.kpi(), retract.reporting_year()));
    decided = RetractActual(view, kpi, retract, has_reason);
  }
  if (!decided.ok()) return decided.status();
  if (!*decided) return std::vector<NewEvent>{};
  FigureEvent& figure = **decided;
  return OneEvent(MakeEvent(std::move(figure.event), std::move(figure.resource), change, {}));
}

}  // namespace

absl::StatusOr<std::vector<NewEvent>> Decide(const State& state, const v1::Change& change,
                                             const Caller& caller) {
  RETURN_IF_ERROR(WithField(CheckRole(caller, !change.has_record_assessment()), "change"));
  RETURN_IF_ERROR(catalog::CheckText("reason", change.reason(), catalog::kMaxReasonBytes));
  if (change.has_source()) RETURN_IF_ERROR(catalog::CheckSource("source", change.source()));
  View view(state, state.size());
  switch (change.change_case()) {
    case v1::Change::kRecordActual:
    case v1::Change::kCorrectActual:
    case v1::Change::kRetractActual:
      return DecideActual(view, caller, change);
    case v1::Change::kRecordNarrative:
      return RecordNarrative(view, caller, change);
    case v1::Change::kRecordAssessment:
      return RecordAssessment(view, caller, change);
    case v1::Change::CHANGE_NOT_SET:
      break;
  }
  return errors::RequiredField("change");
}

}  // namespace seisaku::progress
