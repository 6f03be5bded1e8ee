#include "tools/policyctl/commands/sheet_notes.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "tools/policyctl/commands/arithmetic.h"
#include "tools/policyctl/display.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::EvaluationCode;

// "目標値は令和6年度、実績値は令和2年": the periods that the cells themselves name.
std::string NamedPeriods(Language language, const progress::v1::ComponentEvaluation& component) {
  const auto period = [language](const type::v1::Value& value) {
    return value.has_observed_period() ? PeriodText(language, value.observed_period()) : std::string();
  };
  const std::string target = period(component.target());
  const std::string actual = period(component.actual().value());
  if (target == actual) return target.empty() ? "" : Say(language, text::kBothAreOf, target);
  std::vector<std::string> named;
  if (!target.empty()) named.push_back(Say(language, text::kTargetIsOf, target));
  if (!actual.empty()) named.push_back(Say(language, text::kActualIsOf, actual));
  return absl::StrJoin(named, language == Language::kJapanese ? "、" : ", ");
}

std::string Joined(const std::vector<std::string>& marks) {
  std::vector<std::string> distinct;
  for (const std::string& mark : marks) {
    if (std::find(distinct.begin(), distinct.end(), mark) == distinct.end()) distinct.push_back(mark);
  }
  return absl::StrJoin(distinct, " ");
}

bool IsCodeOfAComponent(const progress::v1::Evaluation& evaluation, int code) {
  return std::any_of(
      evaluation.components().begin(), evaluation.components().end(), [&](const auto& component) {
        return std::find(component.codes().begin(), component.codes().end(), code) != component.codes().end();
      });
}

}  // namespace

std::string SheetNotes::MarksOf(const progress::v1::ComponentEvaluation& component) {
  std::vector<std::string> marks;
  const std::string periods = NamedPeriods(language_, component);
  bool differ = false;
  for (const int code : component.codes()) {
    if (code == progress::v1::EVALUATION_CODE_OBSERVED_PERIODS_DIFFER) {
      differ = true;
    } else {
      marks.push_back(Mark(CodeText(language_, static_cast<EvaluationCode>(code))));
    }
  }
  if (!periods.empty()) {
    marks.push_back(Mark(differ ? Say(language_, text::kPeriodsDifferNote, periods) : periods));
  } else if (differ) {
    marks.push_back(Mark(CodeText(language_, progress::v1::EVALUATION_CODE_OBSERVED_PERIODS_DIFFER)));
  }
  const RateShown shown = HowRateIsShown(component);
  if (shown == RateShown::kCutOff) marks.push_back(Mark(std::string(In(language_, text::kRateIsCutOff))));
  if (shown == RateShown::kRaised) marks.push_back(Mark(std::string(In(language_, text::kRateIsRaised))));
  return Joined(marks);
}

std::string SheetNotes::MarksOf(const progress::v1::Evaluation& evaluation) {
  std::vector<std::string> marks;
  for (const int code : evaluation.codes()) {
    if (!IsCodeOfAComponent(evaluation, code))
      marks.push_back(Mark(CodeText(language_, static_cast<EvaluationCode>(code))));
  }
  return Joined(marks);
}

std::vector<std::string> SheetNotes::Lines() const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < notes_.size(); ++i) lines.push_back(fmt::format("*{} {}", i + 1, notes_[i]));
  return lines;
}

std::string SheetNotes::Mark(const std::string& note) {
  auto found = std::find(notes_.begin(), notes_.end(), note);
  if (found == notes_.end()) found = notes_.insert(notes_.end(), note);
  return fmt::format("*{}", found - notes_.begin() + 1);
}

}  // namespace seisaku::policyctl
