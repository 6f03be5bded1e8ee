// The values that progress keeps revisions of: plain C++. Free texts are not here but beside the log; a
// record knows their index, and its revision's position the entry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/events.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "services/catalog/domain/names.h"
#include "services/domain/value.h"

namespace seisaku::progress {

using catalog::NameInPlan;

struct ActualRecord {
  Value value;  // meaningless where retracted
  bool provisional = false;
  bool qualitative_met = false;
  bool by_words = false;  // qualitative_met counts where the year's target is words
  bool retracted = false;
};

struct AssessmentRecord {
  type::v1::Judgement judgement = type::v1::JUDGEMENT_UNSPECIFIED;
  std::vector<type::v1::Cause> causes;
  std::string printed;
  std::optional<uint32_t> difference_reason;  // TextRef.index
};

struct NarrativeRecord {
  std::optional<uint32_t> text;  // TextRef.index; nullopt: taken back
};

// From messages, output-only fields ignored; an observed period that is the reporting year is left out, as
// value.proto asks. Errors name the field below `field`.
absl::StatusOr<ActualRecord> FromProto(const FieldPath& field, const v1::Actual& proto);
AssessmentRecord FromProto(const v1::AssessmentRecorded& proto);
NarrativeRecord FromProto(const v1::NarrativeRecorded& proto);

// To messages, output-only fields unset; of a retracted figure only what names it. Serialized, they are the
// canonical content of a record.
v1::Actual ToProto(const NameInPlan& kpi, int reporting_year, std::string_view component,
                   const ActualRecord& record);
// The same in place, into an empty message.
void FillProto(const NameInPlan& kpi, int reporting_year, std::string_view component,
               const ActualRecord& record, v1::Actual& proto);
v1::AssessmentRecorded ToProto(const NameInPlan& kpi, int reporting_year, const AssessmentRecord& record);
v1::NarrativeRecorded ToProto(const NameInPlan& kpi, int reporting_year, v1::NarrativeKind kind,
                              const NarrativeRecord& record);

// Whether a city would call them the same figure: equal in everything but how it was printed.
bool SameFigure(const ActualRecord& a, const ActualRecord& b);
// Whether they are the same in every respect.
bool Identical(const ActualRecord& a, const ActualRecord& b);
bool Identical(const AssessmentRecord& a, const AssessmentRecord& b);

}  // namespace seisaku::progress
