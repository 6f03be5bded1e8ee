#include "tools/policyctl/commands/explanation.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "services/base/visible.h"
#include "services/ledger/tree/free_text.h"
#include "tools/policyctl/commands/arithmetic.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"

namespace seisaku::policyctl {
namespace {

using progress::v1::ComponentEvaluation;
using progress::v1::Evaluation;
using progress::v1::GetEvaluationResponse;
using progress::v1::Provenance;

constexpr int kLabelWidth = 20;
// A content that is wrapped takes at least so many columns, however narrow the terminal is.
constexpr int kLeastContent = 16;

// Lines of a label and what stands beside it.
class Writer {
 public:
  Writer(Language language, const TableLayout& layout) : language_(language), layout_(layout) {}

  void Title(const std::string& title) { text_ += WrapLine(VisibleLine(title), layout_); }

  // What to do next, and the command that does it on a line of its own.
  void Command(const Text& what, const std::string& command) {
    text_ += fmt::format("  {}\n    {}\n", In(language_, what), command);
  }

  void Line(int indent, const Text& label, const std::string& content) {
    if (content.empty()) return;
    std::string start = std::string(indent, ' ') + std::string(In(language_, label));
    start.append(std::max(2, kLabelWidth - DisplayWidth(start)), ' ');
    // Lines of a content stand below its first: none looks like a label.
    const std::string below(DisplayWidth(start), ' ');
    const std::string lines = absl::StrReplaceAll(content, {{"\r\n", "\n"}});
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(lines, '\n'))) {
      for (const std::string& piece : Wrapped(line, DisplayWidth(start))) {
        text_ += std::exchange(start, below) + piece + "\n";
      }
    }
  }

  // Who recorded an input, where it was read, why.
  void Origin(const Provenance& origin) {
    if (origin.has_source())
      Line(2, text::kSource,
           Say(language_, text::kSourceLine, SourceText(origin.source()), origin.source().printed()));
    Line(2, text::kRecorded,
         Say(language_, text::kRecordedLine, TimeText(origin.recorded_at()), origin.actor(), origin.log(),
             origin.position()));
    Line(2, text::kReason,
         origin.reason_withdrawn() ? std::string(In(language_, text::kTextWithdrawn)) : origin.reason());
  }

  std::string Take() { return std::move(text_); }

 private:
  std::vector<std::string> Wrapped(std::string_view line, int indent) const {
    if (!layout_.terminal_width) return {std::string(line)};
    return WrapToWidth(line, std::max(kLeastContent, *layout_.terminal_width - indent),
                       layout_.ambiguous_width);
  }

  Language language_;
  TableLayout layout_;
  std::string text_;
};

class Explainer {
 public:
  Explainer(Language language, const GetEvaluationResponse& response, const TableLayout& layout)
      : language_(language),
        response_(response),
        evaluation_(response.evaluation()),
        writer_(language, layout) {}

  std::string Explain() {
    const catalog::v1::Kpi& kpi = response_.kpi();
    const std::string& name = evaluation_.name();
    writer_.Title(fmt::format("{} ({})", kpi.title(), kpi.name()));
    // The reporting year is the last part of the evaluation's name.
    writer_.Line(0, text::kReportingYear, YearText(language_, std::atoi(IdOf(name).c_str())));
    Direction(kpi);
    Origins("direction", "");
    Rule();
    for (const ComponentEvaluation& component : evaluation_.components()) Component(component);
    Judgement();
    Official();
    writer_.Line(0, text::kPosition,
                 Say(language_, text::kPositionsLine, response_.position(), evaluation_.catalog_position()));
    return writer_.Take();
  }

 private:
  void Origins(std::string_view input, const std::string& component) {
    for (const Provenance& origin : response_.provenance()) {
      if (origin.input() == input && origin.component() == component) writer_.Origin(origin);
    }
  }

  // With the command that confirms it, where nobody has.
  void Direction(const catalog::v1::Kpi& kpi) {
    const std::string direction = DirectionText(language_, kpi.direction());
    if (!kpi.direction_unconfirmed()) return writer_.Line(0, text::kDirection, direction);
    writer_.Line(0, text::kDirection, Say(language_, text::kUnconfirmedOf, direction));
    writer_.Command(text::kToConfirm, ConfirmCommand(kpi.name()));
  }

  void Rule() {
    if (!evaluation_.has_rule()) return;
    writer_.Line(0, text::kRule, RuleText(language_, evaluation_.rule(), evaluation_.rule_version()));
    Origins("rule", "");
    ReasonInLog("rule", "");
  }

  // Where the reason is in catalog's log: there is one, and who may read no raw entries is not told it here.
  void ReasonInLog(std::string_view input, const std::string& component) {
    for (const Provenance& origin : response_.provenance()) {
      if (origin.input() == input && origin.component() == component && origin.reason().empty() &&
          !origin.reason_withdrawn())
        writer_.Line(2, text::kReason, Say(language_, text::kReasonInLog, origin.position(), origin.log()));
    }
  }

  void Component(const ComponentEvaluation& component) {
    const std::string& name = component.component();
    if (!name.empty()) writer_.Line(0, text::kComponent, name);
    writer_.Line(0, text::kTarget,
                 Figure(component.has_target(), component.target(), text::kTargetMissing,
                        evaluation_.target_revision()));
    Origins("target", name);
    // Only a target that replaces another needs a reason.
    if (evaluation_.target_revision() > 1) ReasonInLog("target", name);
    std::string actual = Figure(component.has_actual(), component.actual().value(), text::kActualMissing,
                                component.actual().revision());
    if (component.actual().provisional()) actual += Say(language_, text::kProvisionalMark);
    writer_.Line(0, text::kActual, actual);
    Origins("actual", name);
    if (component.has_baseline()) writer_.Line(0, text::kBaseline, ValueText(component.baseline()));
    for (const std::string& line : ArithmeticLines(language_, response_.kpi(), evaluation_.rule(), component))
      writer_.Line(0, text::kArithmetic, line);
    for (const int code : component.codes()) {
      // What is missing stands in its own line already.
      if (code != progress::v1::EVALUATION_CODE_TARGET_MISSING &&
          code != progress::v1::EVALUATION_CODE_ACTUAL_MISSING)
        writer_.Line(0, text::kNote, CodeText(language_, static_cast<progress::v1::EvaluationCode>(code)));
    }
    if (!name.empty()) writer_.Line(0, text::kDerived, JudgementText(language_, component.judgement()));
  }

  // "244,765人 (令和3年度; revision 2)".
  std::string Figure(bool is_there, const type::v1::Value& value, const Text& missing,
                     uint32_t revision) const {
    if (!is_there) return std::string(In(language_, missing));
    const std::string period = value.has_observed_period()
                                   ? PeriodText(language_, value.observed_period())
                                   : YearText(language_, std::atoi(IdOf(evaluation_.name()).c_str()));
    return Say(language_, text::kFigureLine, ValueText(value), period, revision);
  }

  // Of the component whose rate it is.
  const Text& RateMark() const {
    for (const ComponentEvaluation& component : evaluation_.components()) {
      if (component.rate_percent().value() != evaluation_.rate_percent().value()) continue;
      const RateShown shown = HowRateIsShown(component);
      if (shown == RateShown::kCutOff) return text::kRateMarkCutOff;
      if (shown == RateShown::kRaised) return text::kRateMarkRaised;
    }
    return text::kRateMark;
  }

  void Judgement() {
    std::string words = JudgementText(language_, evaluation_.judgement());
    if (evaluation_.has_rate_percent())
      words += Say(language_, RateMark(), RateText(evaluation_.rate_percent()));
    writer_.Line(0, text::kDerived, words);
    if (evaluation_.judgement() != type::v1::JUDGEMENT_NOT_EVALUABLE) return;
    for (const int code : evaluation_.codes())
      writer_.Line(2, text::kBecause, CodeText(language_, static_cast<progress::v1::EvaluationCode>(code)));
  }

  void Official() {
    if (!evaluation_.has_official()) {
      writer_.Line(0, text::kOfficial, std::string(In(language_, text::kNotDeclared)));
      return;
    }
    const progress::v1::OfficialAssessment& official = evaluation_.official();
    writer_.Line(0, text::kOfficial,
                 Say(language_, evaluation_.differs() ? text::kDiffersLine : text::kAgreesLine,
                     OfficialText(language_, official)));
    if (evaluation_.differs()) writer_.Line(2, text::kReason, DifferenceReason(official));
    Origins("official", "");
  }

  std::string DifferenceReason(const progress::v1::OfficialAssessment& official) const {
    if (official.difference_reason_withdrawn()) return std::string(In(language_, text::kTextWithdrawn));
    return official.difference_reason().empty() ? std::string(In(language_, text::kNoReasonGiven))
                                                : official.difference_reason();
  }

  Language language_;
  const GetEvaluationResponse& response_;
  const Evaluation& evaluation_;
  Writer writer_;
};

}  // namespace

absl::Status AddReasonsOfCatalog(Client& client, GetEvaluationResponse& response) {
  for (Provenance& origin : *response.mutable_provenance()) {
    if (origin.log() != "catalog" || !origin.reason().empty() || origin.reason_withdrawn()) continue;
    log::v1::ReadEntriesRequest request;
    request.set_start(origin.position());
    request.set_page_size(1);
    request.set_include_texts(true);
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse read,
                     client.Call(client.log("catalog"), &Log::ReadEntries, std::move(request)));
    if (read.entries().empty()) continue;
    ASSIGN_OR_RETURN(const log::v1::Entry entry, DecodeEntry(read.entries(0)));
    ASSIGN_OR_RETURN(const auto event, DecodePayload(entry));
    for (const auto& [index, field] : TextFields(*event)) {
      if (field != "reason") continue;
      ASSIGN_OR_RETURN(std::optional<std::string> reason, ledger::OpenText(read.entries(0), entry, index));
      origin.set_reason_withdrawn(!reason);
      if (reason) origin.set_reason(*std::move(reason));
    }
  }
  return absl::OkStatus();
}

std::string ExplanationText(Language language, const GetEvaluationResponse& response,
                            const TableLayout& layout) {
  return Explainer(language, response, layout).Explain();
}

Records ExplanationRecords(Language language, const GetEvaluationResponse& response) {
  Records records = {{"kpi", "component", "target", "actual", "numerator", "denominator", "rate_percent",
                      "judgement", "arithmetic"}};
  const Evaluation& evaluation = response.evaluation();
  for (const ComponentEvaluation& component : evaluation.components()) {
    std::string arithmetic;
    for (const std::string& line : ArithmeticLines(language, response.kpi(), evaluation.rule(), component))
      arithmetic += (arithmetic.empty() ? "" : "; ") + line;
    records.push_back({response.kpi().name(), component.component(), ValueText(component.target()),
                       ValueText(component.actual().value()), component.numerator().value(),
                       component.denominator().value(), component.rate_percent().value(),
                       JudgementText(language, component.judgement()), arithmetic});
  }
  return records;
}

}  // namespace seisaku::policyctl
