#include "tools/auditor/evidence/evidence.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "tools/auditor/evidence/derivation.h"
#include "tools/auditor/evidence/tlog_proof.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using progress::v1::GetEvaluationResponse;
using progress::v1::JudgementEvidence;
using progress::v1::Provenance;
using progress::v1::ProvenEntry;

constexpr char kFormat[] = "seisaku-evidence/2";
constexpr char kFormerFormat[] = "seisaku-evidence/1";  // with the judgement as its writer saw it

absl::StatusOr<ProvenEntry> WithProof(ArchivedLog& log, std::string_view name, Position position) {
  ProvenEntry proven;
  proven.set_log(std::string(name));
  ASSIGN_OR_RETURN(*proven.mutable_stored(), log.EntryAt(position));
  TlogProof proof{.index = position, .hashes = {}, .checkpoint = log.note()};
  ASSIGN_OR_RETURN(proof.hashes, ledger::InclusionProof(position, log.checkpoint().size, *log.Tree()));
  proven.set_proof(Format(proof));
  return proven;
}

// The KPI's definition below `size`: the last entry that has all of its values and, where it has ended since,
// the one that says so.
absl::StatusOr<std::vector<Position>> Definition(ArchivedLog& catalog, Position size,
                                                 const std::string& kpi) {
  std::vector<Position> positions;
  for (Position at = size; at-- > 0;) {
    ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, catalog.EntryAt(at));
    log::v1::Entry entry;
    catalog::v1::Event event;
    if (!entry.ParseFromString(stored.entry()) || entry.resource() != kpi) continue;
    if (!event.ParseFromString(entry.payload())) continue;
    if (event.has_kpi_retired()) positions.push_back(at);
    if (!event.has_kpi_created() && !event.has_kpi_updated()) continue;
    positions.push_back(at);
    break;
  }
  return positions;
}

// The entries do give what they are written down for.
absl::Status CheckEntries(const JudgementEvidence& evidence, GetEvaluationResponse judgement) {
  std::vector<OpenedEntry> opened;
  for (const ProvenEntry& entry : evidence.entries()) {
    ASSIGN_OR_RETURN(opened.emplace_back(), OpenEntry(entry.log(), entry.stored()));
  }
  ASSIGN_OR_RETURN(GetEvaluationResponse derived, Derive(evidence.evaluation(), opened));
  derived.clear_provenance();  // entries it is; the answer may have more to say of them
  judgement.clear_provenance();
  return CompareTold(derived, std::move(judgement));
}

// The name of what a file of either format is about.
absl::StatusOr<std::string> EvaluationOf(const JudgementEvidence& evidence) {
  if (evidence.format() == kFormerFormat) {
    if (evidence.evaluation().empty()) return evidence.judgement().evaluation().name();
    return EvidenceInvalid("evaluation", "nothing in " + evidence.format(), evidence.evaluation());
  }
  if (!evidence.has_judgement()) return evidence.evaluation();
  return EvidenceInvalid("judgement", "nothing in " + evidence.format(), "a judgement");
}

}  // namespace

absl::StatusOr<std::string> MakeEvidence(ArchivedCity& city, const GetEvaluationResponse& judgement) {
  JudgementEvidence evidence;
  evidence.set_format(kFormat);
  evidence.set_evaluation(judgement.evaluation().name());
  std::set<std::pair<std::string, Position>> places;  // catalog's first
  for (const Provenance& provenance : judgement.provenance()) {
    places.emplace(provenance.log(), provenance.position());
    if (provenance.input() != "direction") continue;
    ASSIGN_OR_RETURN(
        const std::vector<Position> positions,
        Definition(city.catalog(), judgement.evaluation().catalog_position(), judgement.kpi().name()));
    for (const Position position : positions) places.emplace("catalog", position);
  }
  for (const auto& [log, position] : places) {
    ASSIGN_OR_RETURN(*evidence.add_entries(),
                     WithProof(log == "catalog" ? city.catalog() : city.progress(), log, position));
  }
  RETURN_IF_ERROR(CheckEntries(evidence, judgement));
  return policyctl::ToJson(evidence);
}

absl::StatusOr<VerifiedEvidence> VerifyEvidence(std::string_view json, const bundle::Trust& trust) {
  JudgementEvidence evidence;
  if (!google::protobuf::util::JsonStringToMessage(std::string(json), &evidence).ok() ||
      (evidence.format() != kFormat && evidence.format() != kFormerFormat)) {
    return errors::Malformed("evidence", fmt::format("not a file of {} or {}", kFormat, kFormerFormat));
  }
  ASSIGN_OR_RETURN(const std::string evaluation, EvaluationOf(evidence));
  VerifiedEvidence verified;
  ASSIGN_OR_RETURN(verified.proven, Prove(evidence, trust));
  ASSIGN_OR_RETURN(verified.follows, Derive(evaluation, verified.proven.entries));
  if (evidence.has_judgement()) {
    RETURN_IF_ERROR(CompareTold(verified.follows, std::move(*evidence.mutable_judgement())));
  }
  // That a text is not here does not show that it was withdrawn.
  for (Provenance& one : *verified.follows.mutable_provenance()) one.clear_reason_withdrawn();
  if (verified.follows.evaluation().has_official()) {
    verified.follows.mutable_evaluation()->mutable_official()->clear_difference_reason_withdrawn();
  }
  return verified;
}

std::vector<Claim> ClaimsOf(const VerifiedEvidence& evidence) {
  using Kind = Claim::Kind;
  std::vector<Claim> claims;
  const auto input = [&](const std::string& name, const std::string& component) {
    const auto& provenance = evidence.follows.provenance();
    const auto from = std::find_if(provenance.begin(), provenance.end(), [&](const Provenance& one) {
      return one.input() == name && (name != "actual" || one.component() == component);
    });
    if (from == provenance.end()) {
      claims.push_back({.kind = Kind::kNone, .input = name, .component = component, .log = {}});
    } else {
      claims.push_back({.kind = Kind::kNotReplaced,
                        .input = name,
                        .component = component,
                        .log = from->log(),
                        .position = from->position()});
    }
  };
  input("direction", "");
  input("rule", "");
  input("target", "");
  for (const auto& component : evidence.follows.evaluation().components()) {
    input("actual", component.component());
  }
  input("official", "");
  claims.push_back({.kind = Kind::kCatalogCopied, .input = {}, .component = {}, .log = "progress"});
  for (const OpenedEntry& entry : evidence.proven.entries) {
    for (size_t i = 0; i < entry.texts.size(); ++i) {
      if (entry.texts[i]) continue;
      claims.push_back({.kind = Kind::kTextWithdrawn,
                        .input = {},
                        .component = {},
                        .log = entry.log,
                        .position = entry.position,
                        .text = static_cast<uint32_t>(i)});
    }
  }
  return claims;
}

}  // namespace seisaku::auditor
