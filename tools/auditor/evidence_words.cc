#include "tools/auditor/evidence_words.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/period.h"
#include "services/base/visible.h"
#include "services/progress/domain/names.h"
#include "tools/auditor/changes/show.h"
#include "tools/auditor/evidence_report.h"
#include "tools/policyctl/commands/arithmetic.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/display.h"

namespace seisaku::auditor {
namespace {

using policyctl::In;
using policyctl::Language;
using policyctl::Say;
using policyctl::Text;
namespace text = policyctl::text;

constexpr Text kProven = {"PROVEN\n", "証明されたこと\n"};
constexpr Text kEntriesOf = {
    "  these entries are among the first {1} of the log of {0} ({2}, signed by its key {3}):\n",
    "  {0} のログの先頭 {1} 件（{2}、鍵 {3} の署名あり）に、次の項目があること\n"};
constexpr Text kCosigned = {"    cosigned by {} at {}: all {} entries existed by then\n",
                            "    連署: {}（{}）。この時点で {} 件すべてが存在していた\n"};
constexpr Text kSame = {"    kept checkpoint {}: the same {} entries\n",
                        "    保存したチェックポイント {}: 同じ {} 件で、内容も一致\n"};
constexpr Text kFollows = {"  if these entries were all there is, this would follow from them:\n",
                           "  関係する項目がこれで全部だとすれば、次の評価になること\n"};
constexpr Text kClaimed = {"CLAIMED, not proven by this file\n",
                           "主張（この証拠だけでは証明されないこと）\n"};
constexpr Text kProvenBy = {" (proven by: auditor replay)\n", "（証明するには auditor replay）\n"};
constexpr Text kNotReplaced = {"  no later entry replaced the {} ({} {})",
                               "  {}（{} {}）が、後の項目で変更されていないこと"};
constexpr Text kNone = {"  there is no {} in force", "  有効な{}の登録がないこと"};
constexpr Text kCatalogCopied = {"  progress had taken over these entries of catalog, and judged by them",
                                 "  progress がこれらの catalog の項目を取り込み、評価に使っていたこと"};
constexpr Text kTextWithdrawn = {"  text {2} of {0} {1}, which is not in this file, was withdrawn",
                                 "  {0} {1} の文（{2} 番）がこの証拠にないのは、削除されたためであること"};
constexpr Text kHow = {
    "To prove what is claimed, take the whole logs (auditor export), verify them and replay them:\n"
    "  auditor verify BUNDLE --trust TRUST --since accepted.note\n  {}\n",
    "主張を証明するには、ログ全体を書き出し（auditor export）、検証して再生します：\n"
    "  auditor verify BUNDLE --trust TRUST --since accepted.note\n  {}\n"};
constexpr Text kOtherSize = {
    "Kept checkpoint {} ({} entries): NOTHING CAN BE CONCLUDED. The evidence is of {} entries of {}; whether "
    "one "
    "extends the other, only the whole log shows (auditor verify BUNDLE --since)\n",
    "保存したチェックポイント {0}（{1} 件）: 何も言えません。この証拠は {3} の {2} 件についてのもので、"
    "一方が他方の続きかどうかは、ログ全体がなければ分かりません（auditor verify BUNDLE --since）\n"};
constexpr Text kOtherLog = {
    "Kept checkpoint {}: of {}, of which this evidence has no entry; compared with nothing\n",
    "保存したチェックポイント {}: {} のものです。この証拠にそのログの項目はないため、"
    "何とも照合していません\n"};
constexpr Text kUnfit = {
    "Remark: a cosignature in the name of {} does not fit the checkpoint of {} entries of {}; it counts for "
    "nothing\n",
    "備考: {0} の名前の連署がありますが、{2} の {1} 件のチェックポイントに合わないため、数えません\n"};
constexpr Text kDefinition = {"KPI's definition", "指標の定義"};
constexpr Text kRule = {"rule", "評価基準"};
constexpr Text kTarget = {"target", "目標値"};
constexpr Text kActual = {"actual", "実績値"};
constexpr Text kActualOf = {"actual of {}", "{}の実績値"};
constexpr Text kOfficial = {"official assessment", "市の評価"};
constexpr Text kNotAmongThese = {"none among these entries", "これらの項目にはない"};
constexpr Text kRuleLine = {"{}: at or above {}% on track, {}% mostly on track, below delayed",
                            "{}: {}%以上は順調に進捗、{}%以上は概ね順調に進捗、それ未満は進捗の遅れ"};
constexpr Text kPeriodMark = {" ({})", "（{}）"};
constexpr Text kQuoted = {"\"{}\"", "「{}」"};
constexpr Text kSeparator = {"; ", "、"};
constexpr Text kLabel = {"{} {}", "{} {}"};

std::string Joined(Language language, const std::vector<std::string>& parts) {
  return absl::StrJoin(parts, std::string(In(language, kSeparator)));
}

std::string Labelled(Language language, const Text& label, const std::string& content) {
  return Say(language, kLabel, In(language, label), content);
}

// "1,300件（令和3年）".
std::string FigureText(Language language, const type::v1::Value& value) {
  std::string words = policyctl::ValueText(value);
  if (value.has_observed_period()) {
    words += Say(language, kPeriodMark, policyctl::PeriodText(language, value.observed_period()));
  }
  return words;
}

std::vector<std::string> FigureTexts(
    Language language, const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& all) {
  std::vector<std::string> texts;
  for (const type::v1::ComponentValue& one : all) {
    const std::string figure = FigureText(language, one.value());
    texts.push_back(one.component().empty() ? figure : one.component() + " " + figure);
  }
  return texts;
}

std::string RuleText(Language language, const catalog::v1::EvaluationRule& rule) {
  return Say(language, kRuleLine, rule.method(), rule.on_track_percent().value(),
             rule.mostly_on_track_percent().value());
}

std::string KpiText(Language language, const catalog::v1::Kpi& kpi) {
  std::vector<std::string> parts = {Say(language, kQuoted, kpi.title()),
                                    Labelled(language, text::kUnit, kpi.unit()),
                                    policyctl::DirectionText(language, kpi)};
  for (const std::string& component : kpi.components()) {
    parts.push_back(Labelled(language, text::kComponent, component));
  }
  for (const std::string& baseline : FigureTexts(language, kpi.baseline())) {
    parts.push_back(Labelled(language, text::kBaseline, baseline));
  }
  if (kpi.has_tolerance()) parts.push_back(Labelled(language, text::kTolerance, kpi.tolerance().value()));
  if (kpi.first_year() != 0) {
    parts.push_back(Labelled(language, text::kFirstYear, policyctl::YearText(language, kpi.first_year())));
  }
  return Joined(language, parts);
}

std::string ActualText(Language language, const progress::v1::Actual& actual) {
  std::vector<std::string> parts = {policyctl::YearText(language, actual.reporting_year())};
  if (!actual.component().empty()) parts.push_back(actual.component());
  parts.push_back(FigureText(language, actual.value()));
  if (actual.provisional()) parts.emplace_back(In(language, text::kProvisional));
  if (!actual.value().has_number() || actual.by_words()) {
    parts.emplace_back(In(language, actual.qualitative_met() ? text::kMet : text::kNotMet));
  }
  return Joined(language, parts);
}

// The values in an entry on which a judgement can rest.
std::string ValuesOf(Language language, const OpenedEntry& opened) {
  if (opened.log == "catalog") {
    catalog::v1::Event event;
    event.ParseFromString(opened.entry.payload());
    if (event.has_kpi_created()) return KpiText(language, event.kpi_created());
    if (event.has_kpi_updated()) return KpiText(language, event.kpi_updated());
    if (event.has_kpi_retired()) {
      return Labelled(language, text::kRetiredFrom,
                      policyctl::YearText(language, event.kpi_retired().from_year()));
    }
    if (event.has_rule_set()) return RuleText(language, event.rule_set().rule());
    if (event.has_plan_created()) return RuleText(language, event.plan_created().rule());
    std::vector<std::string> parts = FigureTexts(language, event.target_set().target().values());
    parts.insert(parts.begin(), policyctl::YearText(language, event.target_set().target().reporting_year()));
    return Joined(language, parts);
  }
  progress::v1::Event event;
  event.ParseFromString(opened.entry.payload());
  if (event.has_actual_recorded()) return ActualText(language, event.actual_recorded());
  if (event.has_actual_corrected()) return ActualText(language, event.actual_corrected());
  if (event.has_actual_retracted()) {
    const progress::v1::ActualRetracted& retracted = event.actual_retracted();
    std::vector<std::string> parts = {policyctl::YearText(language, retracted.reporting_year())};
    if (!retracted.component().empty()) parts.push_back(retracted.component());
    return Joined(language, parts);
  }
  const progress::v1::AssessmentRecorded& declared = event.assessment_recorded();
  progress::v1::OfficialAssessment official;
  official.set_judgement(declared.judgement());
  *official.mutable_causes() = declared.causes();
  std::vector<std::string> parts = {policyctl::YearText(language, declared.reporting_year()),
                                    policyctl::OfficialText(language, official)};
  if (!declared.printed().empty()) parts.push_back(Say(language, kQuoted, declared.printed()));
  return Joined(language, parts);
}

std::string EventText(Language language, const OpenedEntry& opened) {
  return InWords(language, policyctl::EventName(opened.entry));
}

Text InputName(const std::string& input) {
  if (input == "direction") return kDefinition;
  if (input == "rule") return kRule;
  if (input == "target") return kTarget;
  return input == "actual" ? kActual : kOfficial;
}

std::string ClaimText(Language language, const Claim& claim) {
  const std::string input = claim.component.empty() ? std::string(In(language, InputName(claim.input)))
                                                    : Say(language, kActualOf, claim.component);
  switch (claim.kind) {
    case Claim::Kind::kNotReplaced:
      return Say(language, kNotReplaced, input, claim.log, claim.position.value_or(0));
    case Claim::Kind::kNone:
      return Say(language, kNone, input);
    case Claim::Kind::kCatalogCopied:
      return std::string(In(language, kCatalogCopied));
    case Claim::Kind::kTextWithdrawn:
      return Say(language, kTextWithdrawn, claim.log, claim.position.value_or(0), claim.text.value_or(0));
  }
  return "";
}

// The report, section by section.
class Writer {
 public:
  Writer(const EvidenceReport& report, Language language) : report_(report), language_(language) {}

  std::string Write() {
    Plain(kProven);
    for (const EvidenceLog& log : report_.logs) Log(log);
    Plain(kFollows);
    Follows(report_.evidence.follows);
    Plain(kClaimed);
    for (const Claim& claim : ClaimsOf(report_.evidence)) {
      text_ += VisibleLine(ClaimText(language_, claim)) + std::string(In(language_, kProvenBy));
    }
    Line(kHow, ReplayCommand(report_.evidence.follows.evaluation().name()));
    for (const EvidenceLog& log : report_.logs) {
      for (const Evidence& kept : log.other_sizes) {
        Line(kOtherSize, kept.from, kept.checkpoint.size, log.proven.checkpoint.size,
             log.proven.checkpoint.origin);
      }
      for (const std::string& signer : log.signers.unfit) {
        Line(kUnfit, signer, log.proven.checkpoint.size, log.proven.checkpoint.origin);
      }
    }
    for (const Evidence& kept : report_.of_other_logs) {
      Line(kOtherLog, kept.folder.empty() ? kept.from : kept.folder, kept.checkpoint.origin);
    }
    return std::move(text_);
  }

 private:
  void Plain(const Text& text) { text_ += In(language_, text); }
  template <typename... Args>
  void Line(const Text& text, const Args&... args) {
    text_ += Say(language_, text, args...);
  }
  // What somebody wrote in the log makes no line of its own, which would be read as one of ours.
  void OwnLine(int indent, std::string_view content) {
    text_ += std::string(static_cast<size_t>(indent), ' ') + VisibleLine(content) + "\n";
  }
  void Item(int indent, const Text& label, const std::string& content) {
    if (content.empty()) return;
    OwnLine(indent, Labelled(language_, label, content));
  }

  void Log(const EvidenceLog& log) {
    const ledger::Checkpoint& checkpoint = log.proven.checkpoint;
    Line(kEntriesOf, log.proven.log, checkpoint.size, checkpoint.origin, absl::StrJoin(log.proven.keys, " "));
    for (const OpenedEntry& entry : report_.evidence.proven.entries) {
      if (entry.log == log.proven.log) Entry(entry);
    }
    for (const auto& [cosigner, at] : log.signers.cosignatures) {
      Line(kCosigned, cosigner, absl::FormatTime("%Y-%m-%d %H:%M:%S", at, TokyoTime()), checkpoint.size);
    }
    for (const Evidence& kept : log.same) Line(kSame, kept.from, checkpoint.size);
  }

  void Entry(const OpenedEntry& opened) {
    OwnLine(
        4, fmt::format("{}  {}  {}", opened.position, EventText(language_, opened), opened.entry.resource()));
    OwnLine(6, ValuesOf(language_, opened));
    Item(6, text::kRecorded,
         fmt::format("{} {}", policyctl::TimeText(opened.entry.recorded_at()), opened.entry.actor()));
    if (opened.entry.has_source()) {
      const type::v1::SourceCell& source = opened.entry.source();
      Item(6, text::kSource,
           Say(language_, text::kSourceLine, policyctl::SourceText(source), source.printed()));
    }
    for (const auto& words : opened.texts) {
      if (words) Item(6, text::kReason, *words);
    }
  }

  void Follows(const progress::v1::GetEvaluationResponse& follows) {
    const progress::v1::Evaluation& evaluation = follows.evaluation();
    OwnLine(4, fmt::format("{} ({})", follows.kpi().title(), evaluation.name()));
    for (const auto& component : evaluation.components()) Component(follows, component);
    std::string judgement = policyctl::JudgementText(language_, evaluation.judgement());
    if (evaluation.has_rate_percent()) {
      judgement += Say(language_, text::kRateMark, policyctl::RateText(evaluation.rate_percent()));
    }
    Item(4, text::kDerived, judgement);
    if (evaluation.judgement() == type::v1::JUDGEMENT_NOT_EVALUABLE)
      Codes(text::kBecause, evaluation.codes());
    if (!evaluation.has_official())
      return Item(4, text::kOfficial, std::string(In(language_, kNotAmongThese)));
    Item(4, text::kOfficial,
         Say(language_, evaluation.differs() ? text::kDiffersLine : text::kAgreesLine,
             policyctl::OfficialText(language_, evaluation.official())));
  }

  void Component(const progress::v1::GetEvaluationResponse& follows,
                 const progress::v1::ComponentEvaluation& component) {
    const std::string none(In(language_, kNotAmongThese));
    Item(4, text::kComponent, component.component());
    Item(4, text::kTarget, component.has_target() ? FigureText(language_, component.target()) : none);
    Item(4, text::kActual, component.has_actual() ? FigureText(language_, component.actual().value()) : none);
    if (component.has_baseline()) Item(4, text::kBaseline, FigureText(language_, component.baseline()));
    for (const std::string& line :
         policyctl::ArithmeticLines(language_, follows.kpi(), follows.evaluation().rule(), component)) {
      Item(4, text::kArithmetic, line);
    }
    Codes(text::kNote, component.codes());
    if (!component.component().empty()) {
      Item(4, text::kDerived, policyctl::JudgementText(language_, component.judgement()));
    }
  }

  void Codes(const Text& label, const google::protobuf::RepeatedField<int>& codes) {
    for (const int code : codes) {
      Item(6, label, policyctl::CodeText(language_, static_cast<progress::v1::EvaluationCode>(code)));
    }
  }

  const EvidenceReport& report_;
  const Language language_;
  std::string text_;
};

}  // namespace

std::string_view CodeOf(Claim::Kind kind) {
  switch (kind) {
    case Claim::Kind::kNotReplaced:
      return "NOT_REPLACED";
    case Claim::Kind::kNone:
      return "NONE_IN_FORCE";
    case Claim::Kind::kCatalogCopied:
      return "CATALOG_COPIED";
    case Claim::Kind::kTextWithdrawn:
      return "TEXT_WITHDRAWN";
  }
  return "";
}

std::string ReplayCommand(const std::string& evaluation) {
  const auto reference = progress::ParseEvaluationReference("evaluation", evaluation);
  const auto kpi = reference.ok() ? catalog::ParseKpiName("evaluation", reference->kpi) : reference.status();
  if (!kpi.ok()) return "auditor replay BUNDLE --trust TRUST";
  return fmt::format("auditor replay BUNDLE --trust TRUST explain {} --plan {} --fiscal-year {}", kpi->id,
                     kpi->plan, reference->reporting_year);
}

std::string InWords(const EvidenceReport& report, Language language) {
  return Writer(report, language).Write();
}

policyctl::Records ToRecords(const EvidenceReport& report, Language language) {
  const progress::v1::Evaluation& evaluation = report.evidence.follows.evaluation();
  policyctl::Records records = {{"status", "log", "origin", "size", "position", "event", "resource",
                                 "recorded_at", "actor", "content"}};
  for (const EvidenceLog& log : report.logs) {
    const ledger::Checkpoint& checkpoint = log.proven.checkpoint;
    for (const OpenedEntry& opened : report.evidence.proven.entries) {
      if (opened.log != log.proven.log) continue;
      records.push_back({"proven", opened.log, checkpoint.origin, fmt::to_string(checkpoint.size),
                         fmt::to_string(opened.position), policyctl::EventName(opened.entry),
                         opened.entry.resource(), policyctl::TimeText(opened.entry.recorded_at()),
                         opened.entry.actor(), ValuesOf(language, opened)});
    }
  }
  const auto add = [&](const std::string& status, const std::string& content) {
    records.push_back({status, "", "", "", "", "", evaluation.name(), "", "", content});
  };
  add("if these were all", policyctl::JudgementText(language, evaluation.judgement()));
  for (const Claim& claim : ClaimsOf(report.evidence)) {
    add("claimed", ClaimText(language, claim).substr(2));
  }
  return records;
}

}  // namespace seisaku::auditor
