#include "tools/auditor/evidence/evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "services/catalog/domain/records.h"
#include "services/ledger/tree/errors.h"
#include "services/progress/domain/names.h"
#include "services/progress/domain/view.h"
#include "tools/auditor/evidence/tlog_proof.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using progress::v1::JudgementEvidence;
using progress::v1::Provenance;
using progress::v1::ProvenEntry;

constexpr char kFormat[] = "seisaku-evidence/1";

absl::Status Invalid(uint64_t position, std::string_view expected, std::string_view actual) {
  return MakeError(absl::StatusCode::kDataLoss, "EVIDENCE_INVALID",
                   fmt::format("entry {}: expected {}, found {}", position, expected, actual),
                   {{"position", std::to_string(position)},
                    {"expected", std::string(expected)},
                    {"actual", std::string(actual)}});
}

absl::StatusOr<ProvenEntry> Prove(ArchivedLog& log, std::string_view name, Position position) {
  ProvenEntry proven;
  proven.set_log(std::string(name));
  ASSIGN_OR_RETURN(*proven.mutable_stored(), log.EntryAt(position));
  TlogProof proof{.index = position, .hashes = {}, .checkpoint = log.note()};
  ASSIGN_OR_RETURN(proof.hashes, ledger::InclusionProof(position, log.checkpoint().size, *log.Tree()));
  proven.set_proof(Format(proof));
  return proven;
}

// The values of a KPI, where the entry has them all.
const catalog::v1::Kpi* KpiIn(const catalog::v1::Event& event) {
  if (event.has_kpi_created()) return &event.kpi_created();
  return event.has_kpi_updated() ? &event.kpi_updated() : nullptr;
}

// The last entry at or before `position` that has all values of the KPI: its end changes only one of them.
absl::StatusOr<Position> LastValues(ArchivedLog& catalog, Position position, const std::string& kpi) {
  for (Position at = position + 1; at-- > 0;) {
    ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, catalog.EntryAt(at));
    log::v1::Entry entry;
    catalog::v1::Event event;
    if (!entry.ParseFromString(stored.entry()) || entry.resource() != kpi) continue;
    if (event.ParseFromString(entry.payload()) && KpiIn(event) != nullptr) return at;
  }
  return position;
}

// The evidence's entries, proven and parsed.
class Proven {
 public:
  static absl::StatusOr<Proven> Of(const JudgementEvidence& evidence, const bundle::Trust& trust) {
    Proven proven;
    for (const ProvenEntry& entry : evidence.entries()) RETURN_IF_ERROR(proven.Take(entry, trust));
    return proven;
  }

  absl::StatusOr<const log::v1::Entry*> At(std::string_view log, Position position) const {
    auto found = entries_.find({std::string(log), position});
    if (found != entries_.end()) return &found->second;
    return Invalid(position, fmt::format("an entry of {}", log), "none in the file");
  }
  template <typename Event>
  absl::StatusOr<Event> EventAt(std::string_view log, Position position) const {
    ASSIGN_OR_RETURN(const log::v1::Entry* entry, At(log, position));
    Event event;
    if (event.ParseFromString(entry->payload())) return event;
    return Invalid(position, "an event", "other bytes");
  }
  const std::map<std::pair<std::string, Position>, log::v1::Entry>& entries() const { return entries_; }

 private:
  absl::Status Take(const ProvenEntry& proven, const bundle::Trust& trust) {
    const Position position = proven.stored().position();
    ASSIGN_OR_RETURN(const TlogProof proof, ParseTlogProof(proven.proof()));
    ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, trust.Open(proof.checkpoint));
    if (proof.index != position) {
      return Invalid(position, "a proof of this position", fmt::format("one of {}", proof.index));
    }
    // Which of the city's logs it is, is known from the key that signed it.
    auto [known, added] = origins_.emplace(proven.log(), checkpoint.origin);
    if (known->second != checkpoint.origin) return Invalid(position, known->second, checkpoint.origin);
    RETURN_IF_ERROR(ledger::VerifyInclusion(ledger::LeafHash(proven.stored().entry()), position,
                                            checkpoint.size, proof.hashes, checkpoint.root));
    log::v1::Entry entry;
    if (!entry.ParseFromString(proven.stored().entry())) return Invalid(position, "an entry", "other bytes");
    const std::string package = fmt::format("seisaku.{}.v1.Event/", proven.log());
    if (!entry.type().starts_with(package)) return Invalid(position, package, entry.type());
    RETURN_IF_ERROR(CheckTexts(proven.stored(), entry));
    entries_[{proven.log(), position}] = std::move(entry);
    return absl::OkStatus();
  }

  static absl::Status CheckTexts(const log::v1::StoredEntry& stored, const log::v1::Entry& entry) {
    if (stored.texts_size() > entry.texts_size()) {
      return Invalid(stored.position(), fmt::format("{} texts", entry.texts_size()),
                     fmt::to_string(stored.texts_size()));
    }
    for (int i = 0; i < stored.texts_size(); ++i) {
      const log::v1::StoredText& text = stored.texts(i);
      if (text.salt().empty()) continue;  // withdrawn
      if (ledger::ToBytes(ledger::Sha256(text.salt() + text.text())) != entry.texts(i).salted_sha256()) {
        return Invalid(stored.position(), "the text that it commits to", text.text());
      }
    }
    return absl::OkStatus();
  }

  std::map<std::string, std::string> origins_;  // by log
  std::map<std::pair<std::string, Position>, log::v1::Entry> entries_;
};

absl::Status CheckProvenance(const Proven& proven, const Provenance& provenance) {
  ASSIGN_OR_RETURN(const log::v1::Entry* entry, proven.At(provenance.log(), provenance.position()));
  const auto differs = [&](std::string_view what, const auto& told, const auto& there) {
    return Invalid(provenance.position(), fmt::format("{} {}", what, there), told);
  };
  if (provenance.actor() != entry->actor()) return differs("actor", provenance.actor(), entry->actor());
  if (provenance.recorded_at().SerializeAsString() != entry->recorded_at().SerializeAsString()) {
    return differs("recorded_at", provenance.recorded_at().ShortDebugString(),
                   entry->recorded_at().ShortDebugString());
  }
  if (provenance.source().SerializeAsString() != entry->source().SerializeAsString()) {
    return differs("source", provenance.source().ShortDebugString(), entry->source().ShortDebugString());
  }
  return absl::OkStatus();
}

// The inputs of a judgement, read from the entries that its provenance names.
class Inputs {
 public:
  static absl::StatusOr<Inputs> Of(const Proven& proven,
                                   const progress::v1::GetEvaluationResponse& judgement) {
    Inputs inputs;
    RETURN_IF_ERROR(inputs.ReadKpi(proven, judgement.kpi().name()));
    for (const Provenance& provenance : judgement.provenance()) {
      RETURN_IF_ERROR(CheckProvenance(proven, provenance));
      if (provenance.log() == "catalog") {
        RETURN_IF_ERROR(inputs.ReadCatalog(proven, provenance));
      } else if (provenance.input() == "actual") {
        RETURN_IF_ERROR(inputs.ReadActual(proven, provenance, judgement));
      }
    }
    return inputs;
  }

  progress::Evaluation Judge(int reporting_year) const {
    std::vector<const progress::ActualRecord*> actuals;
    for (const std::string& component : progress::ComponentsOf(kpi_)) {
      auto found = actuals_.find(component);
      actuals.push_back(found == actuals_.end() ? nullptr : &found->second);
    }
    return progress::Evaluate(progress::InputOf(kpi_, rule_ ? &*rule_ : nullptr,
                                                target_ ? &*target_ : nullptr, reporting_year, actuals));
  }

 private:
  absl::Status ReadKpi(const Proven& proven, const std::string& name) {
    for (const auto& [place, entry] : proven.entries()) {  // ascending: the last one counts
      catalog::v1::Event event;
      if (place.first != "catalog" || entry.resource() != name || !event.ParseFromString(entry.payload()))
        continue;
      if (KpiIn(event) == nullptr) continue;
      ASSIGN_OR_RETURN(kpi_, catalog::FromProto("kpi", *KpiIn(event)));
      found_ = true;
    }
    return found_ ? absl::OkStatus()
                  : Invalid(0, fmt::format("the values of {}", name), "no entry with them");
  }

  absl::Status ReadCatalog(const Proven& proven, const Provenance& provenance) {
    ASSIGN_OR_RETURN(const auto event, proven.EventAt<catalog::v1::Event>("catalog", provenance.position()));
    if (provenance.input() == "target") {
      ASSIGN_OR_RETURN(target_, catalog::FromProto("target", event.target_set().target()));
    } else if (provenance.input() == "rule") {
      ASSIGN_OR_RETURN(rule_, catalog::FromProto("rule", event.has_rule_set() ? event.rule_set().rule()
                                                                              : event.plan_created().rule()));
    }
    return absl::OkStatus();
  }

  absl::Status ReadActual(const Proven& proven, const Provenance& provenance,
                          const progress::v1::GetEvaluationResponse& judgement) {
    ASSIGN_OR_RETURN(const auto event,
                     proven.EventAt<progress::v1::Event>("progress", provenance.position()));
    const progress::v1::Actual& actual =
        event.has_actual_corrected() ? event.actual_corrected() : event.actual_recorded();
    const std::string evaluation = fmt::format("{}/evaluations/{}", actual.kpi(), actual.reporting_year());
    if (evaluation != judgement.evaluation().name() || actual.component() != provenance.component()) {
      return Invalid(provenance.position(), judgement.evaluation().name(), evaluation);
    }
    ASSIGN_OR_RETURN(actuals_[actual.component()], progress::FromProto("actual", actual));
    return absl::OkStatus();
  }

  bool found_ = false;
  catalog::KpiRecord kpi_;
  std::optional<catalog::RuleRecord> rule_;
  std::optional<catalog::TargetRecord> target_;
  std::map<std::string, progress::ActualRecord> actuals_;
};

absl::Status CheckJudgement(const progress::Evaluation& derived, const progress::v1::Evaluation& told) {
  const auto name = [](int judgement) {
    return type::v1::Judgement_Name(static_cast<type::v1::Judgement>(judgement));
  };
  if (derived.judgement != told.judgement()) {
    return Invalid(0, fmt::format("the judgement {}", name(derived.judgement)), name(told.judgement()));
  }
  const std::string rate = derived.rate_percent ? derived.rate_percent->ToString() : "";
  if (rate != told.rate_percent().value())
    return Invalid(0, fmt::format("the rate {}", rate), told.rate_percent().value());
  const bool same_codes =
      std::equal(derived.codes.begin(), derived.codes.end(), told.codes().begin(), told.codes().end(),
                 [](auto a, int b) { return static_cast<int>(a) == b; });
  return same_codes ? absl::OkStatus() : Invalid(0, "the notes that follow from the entries", "others");
}

}  // namespace

absl::StatusOr<std::string> MakeEvidence(ArchivedCity& city,
                                         const progress::v1::GetEvaluationResponse& judgement) {
  JudgementEvidence evidence;
  evidence.set_format(kFormat);
  *evidence.mutable_judgement() = judgement;
  std::set<std::pair<std::string, Position>> named;
  for (const Provenance& provenance : judgement.provenance()) {
    named.emplace(provenance.log(), provenance.position());
    if (provenance.input() != "direction") continue;
    ASSIGN_OR_RETURN(const Position values,
                     LastValues(city.catalog(), provenance.position(), judgement.kpi().name()));
    named.emplace("catalog", values);
  }
  for (const auto& [log, position] : named) {
    ASSIGN_OR_RETURN(*evidence.add_entries(),
                     Prove(log == "catalog" ? city.catalog() : city.progress(), log, position));
  }
  return policyctl::ToJson(evidence);
}

absl::StatusOr<JudgementEvidence> VerifyEvidence(std::string_view json, const bundle::Trust& trust) {
  JudgementEvidence evidence;
  if (!google::protobuf::util::JsonStringToMessage(std::string(json), &evidence).ok() ||
      evidence.format() != kFormat) {
    return errors::Malformed("evidence", fmt::format("not a file of {}", kFormat));
  }
  ASSIGN_OR_RETURN(const Proven proven, Proven::Of(evidence, trust));
  const progress::v1::GetEvaluationResponse& judgement = evidence.judgement();
  ASSIGN_OR_RETURN(const Inputs inputs, Inputs::Of(proven, judgement));
  ASSIGN_OR_RETURN(const auto name,
                   progress::ParseEvaluationReference("name", judgement.evaluation().name()));
  RETURN_IF_ERROR(CheckJudgement(inputs.Judge(name.reporting_year), judgement.evaluation()));
  return evidence;
}

}  // namespace seisaku::auditor
