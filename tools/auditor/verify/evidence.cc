#include "tools/auditor/verify/evidence.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/note.h"
#include "services/progress/domain/catalog_copy.h"

namespace seisaku::auditor {

namespace {

// Hands on each signature line of a note with the note as it would be with that line alone.
void ForEachLine(const std::string& note,
                 absl::FunctionRef<void(const std::string& line, const std::string& alone)> each) {
  const size_t end = note.find("\n\n");
  if (end == std::string::npos) return;
  const std::string text = note.substr(0, end + 2);
  for (size_t at = end + 2; at < note.size();) {
    const size_t next = std::min(note.find('\n', at), note.size() - 1) + 1;
    const std::string line = note.substr(at, next - at);
    each(line, text + line);
    at = next;
  }
}

// Whether `key`, a short name, is of that name.
bool IsOf(const std::string& key, const std::string& name) {
  return key.size() == name.size() + 9 && key.starts_with(name) && key[name.size()] == '+';
}

}  // namespace

absl::StatusOr<Evidence> ReadEvidence(std::string from, const std::string& note, const bundle::Trust& trust) {
  Evidence evidence;
  evidence.from = std::move(from);
  ASSIGN_OR_RETURN(evidence.checkpoint, progress::CheckpointOfNote(note));
  const std::string& origin = evidence.checkpoint.origin;
  if (trust.LogKeys(origin).ok()) {
    const absl::Status opened = trust.Open(note).status();
    evidence.is_signed = opened.ok();
    if (ReasonOf(opened) == "SIGNATURE_MISSING") {
      ForEachLine(note, [&](const std::string& line, const std::string&) {
        const auto signer = ledger::SignerOf(line);
        if (signer && IsOf(*signer, origin)) evidence.other_keys.push_back(*signer);
      });
    }
    if (evidence.other_keys.empty()) RETURN_IF_ERROR(opened);
  }
  ReadCosignatures(note, trust, evidence);
  return evidence;
}

void ReadCosignatures(const std::string& note, const bundle::Trust& trust, Evidence& evidence) {
  std::set<std::string> seen;
  ForEachLine(note, [&](const std::string& line, const std::string& alone) {
    const auto signer = ledger::SignerOf(line);
    if (!signer) return;
    const absl::StatusOr<ledger::Note> opened = ledger::OpenNote(alone, trust.cosigners());
    if (ReasonOf(opened.status()) == "SIGNATURE_MISSING" || !seen.insert(*signer).second) return;
    if (!opened.ok()) {
      evidence.unfit.push_back(*signer);
    } else if (opened->signatures[0].cosigned_at) {
      evidence.cosignatures.push_back({opened->signatures[0].key_name, *opened->signatures[0].cosigned_at});
    }
  });
}

Quorum QuorumOf(const bundle::Trust& trust, size_t wanted,
                absl::Span<const Evidence::Cosignature> cosignatures) {
  Quorum quorum{wanted, {}, {}};
  for (const ledger::VerifierKey& key : trust.cosigners()) quorum.missing.insert(key.name());
  for (const Evidence::Cosignature& cosignature : cosignatures) {
    quorum.cosigners.insert(cosignature.cosigner);
    quorum.missing.erase(cosignature.cosigner);
  }
  return quorum;
}

absl::Status NoQuorum(const std::string& log, const Quorum& quorum) {
  const std::string missing = absl::StrJoin(quorum.missing, ", ");
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "NOT_PROVEN_NO_QUORUM",
      fmt::format("{}: {} of {} cosigners, without {}", log, quorum.cosigners.size(), quorum.wanted, missing),
      {{"log", log},
       {"found", std::to_string(quorum.cosigners.size())},
       {"wanted", std::to_string(quorum.wanted)},
       {"missing", missing}});
}

uint64_t ProvenSize(const std::vector<Evidence>& evidences, uint64_t first_bad) {
  uint64_t proven = 0;
  for (const Evidence& evidence : evidences) {
    const uint64_t size = evidence.checkpoint.size;
    if (evidence.holds && evidence.is_trusted() && size <= first_bad) proven = std::max(proven, size);
  }
  return proven;
}

}  // namespace seisaku::auditor
