#include "tools/policyctl/commands/typed_figure.h"

#include "services/base/status.h"
#include "services/domain/value.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/display.h"

namespace seisaku::policyctl {
namespace {

using documents::FigureText;

bool IsQualitative(const KnownYear& known) {
  return known.evaluation && known.evaluation->kpi().direction() == type::v1::DIRECTION_QUALITATIVE;
}

// Unset where there is none.
type::v1::Value TargetOf(const KnownYear& known, const std::string& component) {
  if (!known.evaluation) return {};
  for (const auto& one : known.evaluation->evaluation().components()) {
    if (one.component() == component) return one.target();
  }
  return {};
}

absl::Status MetMissing(const std::string& words, const type::v1::Value& target) {
  const std::string shown = ValueText(target);
  if (shown.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "MET_MISSING_WITHOUT_TARGET",
                     "whether the words are a success is not said, and there is no target",
                     {{"actual", words}});
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "MET_MISSING",
                   "whether the words meet the target is not said", {{"actual", words}, {"target", shown}});
}

// Whether the figure meets the target of a year that is judged by words.
absl::StatusOr<bool> IsMet(const Session& session, const TypedFigure& typed, const KnownYear& known,
                           const type::v1::Value& value) {
  if (typed.met || typed.not_met) return typed.met;
  const type::v1::Value target = TargetOf(known, typed.component);
  if (value.has_text() && target.has_text() && value.text() == target.text()) {
    session.Note(session.In(text::kMetBecauseEqual));
    return true;
  }
  if (value.has_text() && known.replaced && known.replaced->value().text() == value.text()) {
    return known.replaced->qualitative_met();
  }
  return MetMissing(ValueText(value), target);
}

}  // namespace

bool IsJudgedByWords(const KnownYear& known, const std::string& component) {
  return IsQualitative(known) || TargetOf(known, component).has_text();
}

absl::StatusOr<progress::v1::Actual> ToActual(const Session& session, const TypedFigure& typed,
                                              const KnownYear& known) {
  const std::string unit = known.evaluation ? known.evaluation->kpi().unit() : "";
  ASSIGN_OR_RETURN(const FigureText figure, ParseFigure(typed.value, unit));
  const bool by_words = IsJudgedByWords(known, typed.component);
  if (figure.kind == FigureText::Kind::kNoFigure && !by_words) {
    return MakeError(absl::StatusCode::kInvalidArgument, "NO_FIGURE", "these words stand for no figure",
                     {{"actual", typed.value}});
  }
  progress::v1::Actual actual;
  *actual.mutable_value() = ToProto(figure.value);
  if (!typed.observed.empty()) {
    ASSIGN_OR_RETURN(*actual.mutable_value()->mutable_observed_period(), ParseObserved(typed.observed));
  }
  actual.set_component(typed.component);
  actual.set_provisional(typed.provisional || figure.provisional);
  actual.set_qualitative_met(typed.met);
  // That a qualitative KPI's figure is a number progress refuses.
  if (!by_words || (IsQualitative(known) && actual.value().has_number())) return actual;
  ASSIGN_OR_RETURN(const bool met, IsMet(session, typed, known, actual.value()));
  actual.set_qualitative_met(met);
  actual.set_by_words(!IsQualitative(known));
  return actual;
}

}  // namespace seisaku::policyctl
