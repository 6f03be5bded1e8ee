// A figure that a person typed: --value with what goes with it, as an Actual of its KPI and year.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "seisaku/progress/v1/progress_service.pb.h"
#include "seisaku/progress/v1/resources.pb.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

struct TypedFigure {
  std::string value;
  std::string component;
  std::string observed;
  bool provisional = false;
  bool met = false;
  bool not_met = false;
};

// What is there before the figure is: nothing of what could not be read.
struct KnownYear {
  std::optional<progress::v1::GetEvaluationResponse> evaluation;
  std::optional<progress::v1::Actual> replaced;  // by a correction
};

// Whether the KPI's year is judged by what was said of the words: it is qualitative, or the year's target is
// words.
bool IsJudgedByWords(const KnownYear& known, const std::string& component);

// The figure without its KPI and year. A number without a unit is of the KPI's. Where the year is judged by
// words and neither --met nor --not-met is given, words that are the target's are met, which a note says, and
// words that are those replaced stay what they were. INVALID_ARGUMENT MET_MISSING (`actual`, `target`) or
// MET_MISSING_WITHOUT_TARGET (`actual`): any others; NO_FIGURE (`actual`): words that stand for no figure,
// where figures are numbers; ParseFigure's and ParseObserved's.
absl::StatusOr<progress::v1::Actual> ToActual(const Session& session, const TypedFigure& typed,
                                              const KnownYear& known);

}  // namespace seisaku::policyctl
