// Assessments: the judgement of a KPI that the city declares for a reporting year, with its coded causes and
// the reason why it differs from the derived judgement.
#include <set>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/domain/words.h"
#include "services/progress/domain/decision.h"
#include "services/progress/domain/errors.h"
#include "services/progress/domain/evolution.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/record_walk.h"
#include "services/progress/domain/records.h"
#include "services/progress/domain/render.h"
#include "services/progress/domain/verb.h"
#include "services/progress/domain/view.h"

namespace seisaku::progress {

// Records.

AssessmentRecord FromProto(const v1::AssessmentRecorded& proto) {
  AssessmentRecord record{proto.judgement(), {}, proto.printed(), std::nullopt};
  for (int cause : proto.causes()) record.causes.push_back(static_cast<type::v1::Cause>(cause));
  if (proto.has_difference_reason()) record.difference_reason = proto.difference_reason().index();
  return record;
}

v1::AssessmentRecorded ToProto(const NameInPlan& kpi, int reporting_year, const AssessmentRecord& record) {
  v1::AssessmentRecorded proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_judgement(record.judgement);
  for (type::v1::Cause cause : record.causes) proto.add_causes(cause);
  proto.set_printed(record.printed);
  if (record.difference_reason) proto.mutable_difference_reason()->set_index(*record.difference_reason);
  return proto;
}

bool Identical(const AssessmentRecord& a, const AssessmentRecord& b) {
  return a.judgement == b.judgement && a.causes == b.causes && a.printed == b.printed &&
         a.difference_reason == b.difference_reason;
}

// Checks.

namespace {

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
  RETURN_IF_ERROR(CheckText("assessment.printed", assessment.printed(), kMaxPrintedBytes));
  return CheckText("assessment.difference_reason", assessment.difference_reason(), kMaxTextBytes);
}

// Decisions.

Decided<v1::AssessmentRecorded> RecordAssessment(const Deciding& in,
                                                 const v1::OfficialAssessment& assessment) {
  ASSIGN_OR_RETURN(catalog::KpiAt kpi, RequireKpi(in, assessment.kpi(), assessment.reporting_year()));
  RETURN_IF_ERROR(CheckAssessment(assessment));

  AssessmentRecord record{assessment.judgement(), {}, assessment.printed(), std::nullopt};
  for (int cause : assessment.causes()) record.causes.push_back(static_cast<type::v1::Cause>(cause));
  std::vector<std::string> texts;
  if (!assessment.difference_reason().empty()) {
    record.difference_reason = 0;
    texts.push_back(assessment.difference_reason());
  }
  auto present = in.view.Assessment(kpi, assessment.reporting_year());
  if (present && texts.empty() && Identical(*present->record, record)) return std::nullopt;
  return WithTexts(ToProto(NameOf(kpi), assessment.reporting_year(), record), std::move(texts));
}

// Fold.

absl::Status AssessmentRecorded(Evolution& state, const v1::AssessmentRecorded& proto) {
  RETURN_IF_ERROR(state.FindKpi(proto.kpi(), proto.reporting_year()));
  if (!type::v1::Judgement_IsValid(proto.judgement()) || proto.judgement() == 0) {
    return CannotBe("an unknown judgement");
  }
  for (int cause : proto.causes()) {
    if (!type::v1::Cause_IsValid(cause)) return CannotBe("an unknown cause");
  }
  state.Set(state.SlotToChange().assessments[proto.reporting_year()], FromProto(proto));
  return absl::OkStatus();
}

}  // namespace

// What is shown.

std::optional<AssessmentAt> View::Assessment(const catalog::KpiAt& kpi, int reporting_year) const {
  const KpiSlot* slot = state_->Find(kpi);
  if (slot == nullptr) return std::nullopt;
  auto assessment = slot->assessments.find(reporting_year);
  if (assessment == slot->assessments.end()) return std::nullopt;
  const auto* revision = assessment->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AssessmentAt{&revision->value, revision->position};
}

v1::OfficialAssessment Render(const NameInPlan& kpi, int reporting_year, const AssessmentAt& assessment) {
  const AssessmentRecord& record = *assessment.record;
  v1::OfficialAssessment proto;
  proto.set_kpi(catalog::KpiName(kpi.plan, kpi.id));
  proto.set_reporting_year(reporting_year);
  proto.set_judgement(record.judgement);
  for (type::v1::Cause cause : record.causes) proto.add_causes(cause);
  proto.set_printed(record.printed);
  return proto;
}

// The digest.

void VisitAssessments(const KpiSlot& kpi, Position size, StateMachine::Visit visit) {
  const std::string kpi_name = catalog::KpiName(kpi.name.plan, kpi.name.id);
  for (const auto& [year, revisions] : kpi.assessments) {
    VisitRevisions(
        AssessmentName(kpi_name, year), revisions, size, visit,
        [&, year = year](const AssessmentRecord& record) { return ToProto(kpi.name, year, record); });
  }
}

// Verbs.

namespace {

std::string ResourceOf(const v1::AssessmentRecorded& proto) {
  return AssessmentName(proto.kpi(), proto.reporting_year());
}

}  // namespace

absl::Span<const VerbRow> AssessmentVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<RecordAssessment, AssessmentRecorded, ResourceOf>(
          v1::Change::kRecordAssessment, v1::Event::kAssessmentRecorded, "assessment.kpi", Makers::kPlanners),
  };
  return kRows;
}

}  // namespace seisaku::progress
