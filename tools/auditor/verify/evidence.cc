#include "tools/auditor/verify/evidence.h"

#include <algorithm>
#include <utility>

#include "services/base/status.h"
#include "services/ledger/tree/note.h"
#include "services/progress/domain/checkpoint_note.h"

namespace seisaku::auditor {

absl::StatusOr<Evidence> ReadEvidence(std::string from, const std::string& note, const bundle::Trust& trust) {
  Evidence evidence;
  evidence.from = std::move(from);
  ASSIGN_OR_RETURN(evidence.checkpoint, progress::CheckpointOfNote(note));
  if (trust.LogKeys(evidence.checkpoint.origin).ok()) {
    RETURN_IF_ERROR(trust.Open(note).status());
    evidence.is_signed = true;
  }
  ASSIGN_OR_RETURN(evidence.cosignatures, ReadCosignatures(note, trust));
  return evidence;
}

absl::StatusOr<std::vector<Evidence::Cosignature>> ReadCosignatures(const std::string& note,
                                                                    const bundle::Trust& trust) {
  std::vector<Evidence::Cosignature> cosignatures;
  const absl::StatusOr<ledger::Note> opened = ledger::OpenNote(note, trust.cosigners());
  if (!opened.ok()) {
    if (ReasonOf(opened.status()) == "SIGNATURE_MISSING") return cosignatures;
    return opened.status();
  }
  for (const ledger::VerifiedSignature& signature : opened->signatures) {
    if (signature.cosigned_at) cosignatures.push_back({signature.key_name, *signature.cosigned_at});
  }
  return cosignatures;
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
