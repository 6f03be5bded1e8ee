#include "tools/auditor/witness.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/note.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::auditor {
namespace {

using ledger::Checkpoint;

// A checkpoint that the log has signed.
struct Seen {
  std::string note;
  Checkpoint checkpoint;
};

// None of its signatures would be by a key that is known here.
absl::Status CheckOrigin(const Witness& witness, std::string_view note) {
  const std::string_view origin = note.substr(0, note.find('\n'));
  if (note.find("\n\n") == std::string_view::npos || origin == witness.origin()) return absl::OkStatus();
  return errors::OriginMismatch(witness.origin(), origin);
}

absl::StatusOr<Seen> Open(const Witness& witness, std::string note) {
  RETURN_IF_ERROR(CheckOrigin(witness, note));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ledger::OpenCheckpoint(note, witness.origin(), witness.log));
  return Seen{std::move(note), std::move(checkpoint)};
}

absl::StatusOr<Seen> Fetch(const Witness& witness, WitnessedLog& log, uint64_t size) {
  ASSIGN_OR_RETURN(std::string note, log.GetCheckpoint(size));
  return Open(witness, std::move(note));
}

// The checkpoint as the log alone has signed it, with the cosignature of `now`.
absl::StatusOr<std::string> Cosign(const Witness& witness, const std::string& note, absl::Time now) {
  ASSIGN_OR_RETURN(const ledger::Note opened, ledger::OpenNote(note, witness.log));
  std::string lines;
  for (const ledger::VerifiedSignature& signature : opened.signatures) lines += signature.line;
  return ledger::CosignNote(fmt::format("{}\n{}", opened.text, lines), witness.cosigner, now);
}

// When the witness itself cosigned `note`; nullopt: not with the key that it has now.
std::optional<absl::Time> CosignedAt(const Witness& witness, const std::string& note) {
  const auto opened = ledger::OpenNote(note, {&witness.cosigner.verifier(), 1});
  return opened.ok() ? opened->signatures[0].cosigned_at : std::nullopt;
}

absl::StatusOr<std::optional<Seen>> LastAccepted(const Witness& witness, const NoteFolder& folder) {
  ASSIGN_OR_RETURN(std::optional<std::string> note, folder.ReadAccepted());
  if (!note) return std::nullopt;
  absl::StatusOr<Seen> seen = Open(witness, *std::move(note));
  if (ReasonOf(seen.status()) == "MALFORMED") return folder.Unusable(std::string(seen.status().message()));
  if (!seen.ok()) return WithMetadata(seen.status(), {{"file", folder.accepted_path()}});
  return *std::move(seen);
}

// The service's words are about the note; the auditor's key is the only one that it may not know.
absl::Status HandIn(const Witness& witness, WitnessedLog& log, const std::string& cosigned) {
  absl::Status added = log.AddCosignature(cosigned);
  if (ReasonOf(added) != "SIGNATURE_MISSING") return added;
  return MakeError(absl::StatusCode::kPermissionDenied, "COSIGNER_UNKNOWN",
                   fmt::format("the service does not know the key of {}", witness.cosigner.name()),
                   {{"cosigner", witness.cosigner.name()}});
}

absl::Status Shrunken(const Checkpoint& expected, const Checkpoint& actual) {
  return MakeError(
      absl::StatusCode::kDataLoss, "LOG_SHRUNKEN",
      fmt::format("{} had {} entries and has {} now", expected.origin, expected.size, actual.size),
      {{"origin", expected.origin},
       {"expected", fmt::to_string(expected.size)},
       {"actual", fmt::to_string(actual.size)}});
}

// The name under which evidence is kept; the same note has always the same.
std::string NameOf(std::string_view what, const Checkpoint& checkpoint) {
  return fmt::format("{}-{}-{}", what, checkpoint.size, ledger::ToHex(checkpoint.root).substr(0, 16));
}

// `refusal` with the files of the two notes that show it.
absl::Status WithEvidence(const absl::Status& refusal, const Seen& expected, const Seen& found,
                          const NoteFolder& folder) {
  std::vector<std::string> files;
  for (const auto& [what, seen] : {std::pair("accepted", &expected), std::pair("found", &found)}) {
    ASSIGN_OR_RETURN(std::string file, folder.KeepEvidence(NameOf(what, seen->checkpoint), seen->note));
    files.push_back(std::move(file));
  }
  return WithMetadata(refusal, {{"evidence", absl::StrJoin(files, " ")}});
}

// Why `newest`, whose proof failed with `failure`, does not extend `before`: if the log will sign another
// root for the same size, nobody has to believe the witness.
absl::Status Forked(const Witness& witness, WitnessedLog& log, const Seen& before, const Seen& newest,
                    const absl::Status& failure, const NoteFolder& folder) {
  const absl::StatusOr<Seen> same = Fetch(witness, log, before.checkpoint.size);
  const auto& [origin, size, root] = before.checkpoint;
  if (!same.ok() || same->checkpoint.size != size || same->checkpoint.root == root) {
    return WithEvidence(failure, before, newest, folder);
  }
  return WithEvidence(errors::LogFork(origin, size, root, same->checkpoint.root), before, *same, folder);
}

absl::Status CheckExtends(const Witness& witness, WitnessedLog& log, const Seen& before, const Seen& newest,
                          const NoteFolder& folder) {
  ASSIGN_OR_RETURN(const ledger::Proof proof,
                   log.ProveConsistency(before.checkpoint.size, newest.checkpoint.size));
  const absl::Status verified = ledger::VerifyConsistency(
      before.checkpoint.size, before.checkpoint.root, newest.checkpoint.size, newest.checkpoint.root, proof);
  return verified.ok() ? verified : Forked(witness, log, before, newest, verified, folder);
}

// The newest checkpoint, of at least the size that was accepted: a replica that is behind is asked to wait.
absl::StatusOr<Seen> FetchNewest(const Witness& witness, WitnessedLog& log, const std::optional<Seen>& before,
                                 const NoteFolder& folder) {
  ASSIGN_OR_RETURN(Seen newest, Fetch(witness, log, 0));
  if (!before || newest.checkpoint.size >= before->checkpoint.size) return newest;
  absl::StatusOr<Seen> same = Fetch(witness, log, before->checkpoint.size);
  if (ReasonOf(same.status()) != "POSITION_BEYOND_END") return same;
  return WithEvidence(Shrunken(before->checkpoint, newest.checkpoint), *before, newest, folder);
}

}  // namespace

absl::StatusOr<Accepted> AcceptNewest(const Witness& witness, WitnessedLog& log, const NoteFolder& folder,
                                      absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<Seen> before, LastAccepted(witness, folder));
  ASSIGN_OR_RETURN(const Seen newest, FetchNewest(witness, log, before, folder));
  if (before) {
    RETURN_IF_ERROR(CheckExtends(witness, log, *before, newest, folder));
    // A folder from before there was one of each size, or a process that ended between the two writes below.
    RETURN_IF_ERROR(
        folder.KeepDated(before->checkpoint.size, CosignedAt(witness, before->note), before->note));
  }
  ASSIGN_OR_RETURN(std::string cosigned, Cosign(witness, newest.note, now));
  RETURN_IF_ERROR(folder.KeepAccepted(cosigned));
  RETURN_IF_ERROR(folder.KeepDated(newest.checkpoint.size, now, cosigned));
  RETURN_IF_ERROR(HandIn(witness, log, cosigned));
  Accepted accepted{newest.checkpoint, std::nullopt, std::move(cosigned)};
  if (before) accepted.previous_size = before->checkpoint.size;
  return accepted;
}

bool IsContradiction(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "LOG_FORK" || reason == "LOG_SHRUNKEN" || reason == "PROOF_INVALID" ||
         reason == "STATE_DIFFERS" || reason == "EVIDENCE_INVALID" || reason == "LOG_VIOLATED" ||
         reason == "LOG_CORRUPT" || reason == "TEXT_DIFFERS";
}

}  // namespace seisaku::auditor
