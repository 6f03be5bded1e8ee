// LogService's checkpoints and proofs: what shows an auditor that the log only grew.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/proof.h"
#include "services/rpc/log/log_service.h"

namespace seisaku::rpc {
namespace {

namespace v1 = log::v1;

// How far behind another replica this one may be, as a rule.
constexpr absl::Duration kLag = absl::Milliseconds(500);

// How many sizes without a signature of a known cosigner are skipped in search of one that has it.
constexpr int kLooks = 64;

// The error of a proof from stored entries and tiles that does not verify.
constexpr std::string_view kChanged = "a stored entry or tile is not the one that was committed";

template <typename Response>
void SetHashes(const ledger::Proof& proof, Response& response) {
  for (const ledger::Hash& hash : proof) response.add_hashes(ledger::ToBytes(hash));
}

}  // namespace

absl::Status LogHandlers::AwaitSize(const CallContext& call, Position size) {
  const Position reached = ledger_.WaitForSize(size, std::min(call.deadline, absl::Now() + kLag));
  return size <= reached ? absl::OkStatus() : errors::PositionBeyondEnd(size, reached);
}

absl::StatusOr<Position> LogHandlers::SizeOrNewest(const CallContext& call, Position wanted) {
  if (wanted == 0) return ledger_.WaitForSize(0, absl::InfinitePast());
  RETURN_IF_ERROR(AwaitSize(call, wanted));
  return wanted;
}

absl::StatusOr<std::string> LogHandlers::CheckpointOf(const ledger::Frontier& frontier,
                                                      const ledger::Cosignatures& cosignatures) {
  ASSIGN_OR_RETURN(std::string note, ledger_.SignCheckpoint(frontier));
  // The table may hold rows that were never verified.
  return ledger::WithCosignatures(std::move(note), cosignatures.lines, keys_.cosigners);
}

absl::StatusOr<std::string> LogHandlers::NewestCosigned(Position& size) {
  for (int looks = 0; looks < kLooks; ++looks) {
    ASSIGN_OR_RETURN(const ledger::Cosignatures cosignatures, ledger_.ReadCosignatures(0, size));
    if (cosignatures.lines.empty()) break;
    size = cosignatures.size;
    ASSIGN_OR_RETURN(const ledger::Frontier frontier, ledger_.FrontierAt(size));
    ASSIGN_OR_RETURN(std::string note, CheckpointOf(frontier));
    size_t verified = 0;
    note = ledger::WithCosignatures(std::move(note), cosignatures.lines, keys_.cosigners, &verified);
    if (verified > 0) return note;
    if (size == 0) break;
    --size;
  }
  return errors::CosignatureNotFound();
}

absl::StatusOr<v1::GetCheckpointResponse> LogHandlers::GetCheckpoint(
    const CallContext& call, const v1::GetCheckpointRequest& request) {
  if (request.cosigned() && request.size() > 0) {
    return errors::InvalidField("size", expected::ONE_FIELD_OF, {{"allowed", "size, cosigned"}});
  }
  ASSIGN_OR_RETURN(Position size, SizeOrNewest(call, request.size()));
  v1::GetCheckpointResponse response;
  if (request.cosigned()) {
    ASSIGN_OR_RETURN(*response.mutable_checkpoint(), NewestCosigned(size));
  } else {
    ASSIGN_OR_RETURN(const ledger::Cosignatures cosignatures, ledger_.ReadCosignatures(size, size));
    ASSIGN_OR_RETURN(const ledger::Frontier frontier, ledger_.FrontierAt(size));
    ASSIGN_OR_RETURN(*response.mutable_checkpoint(), CheckpointOf(frontier, cosignatures));
  }
  response.set_position(size);
  return response;
}

absl::StatusOr<v1::GetInclusionProofResponse> LogHandlers::GetInclusionProof(
    const CallContext& call, const v1::GetInclusionProofRequest& request) {
  ASSIGN_OR_RETURN(const Position size, SizeOrNewest(call, request.size()));
  if (request.position() >= size) return errors::PositionBeyondEnd(request.position(), size);
  ASSIGN_OR_RETURN(auto entries, ledger_.ReadEntries(request.position(), 1, /*with_texts=*/false));
  const std::unique_ptr<ledger::HashReader> tree = ledger_.Tree();
  ASSIGN_OR_RETURN(ledger::Proof proof, ledger::InclusionProof(request.position(), size, *tree));
  ASSIGN_OR_RETURN(const ledger::Frontier frontier, ledger_.FrontierAt(size));
  const ledger::Hash leaf = ledger::LeafHash(entries.at(0).bytes);
  if (!ledger::VerifyInclusion(leaf, request.position(), size, proof, frontier.Root()).ok()) {
    return errors::LogCorrupt(request.position(), kChanged);
  }
  v1::GetInclusionProofResponse response;
  SetHashes(proof, response);
  response.set_leaf_hash(ledger::ToBytes(leaf));
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), CheckpointOf(frontier));
  return response;
}

absl::StatusOr<v1::GetConsistencyProofResponse> LogHandlers::GetConsistencyProof(
    const CallContext& call, const v1::GetConsistencyProofRequest& request) {
  ASSIGN_OR_RETURN(const Position size, SizeOrNewest(call, request.second_size()));
  if (request.first_size() > size) return errors::PositionBeyondEnd(request.first_size(), size);
  const std::unique_ptr<ledger::HashReader> tree = ledger_.Tree();
  ASSIGN_OR_RETURN(ledger::Proof proof, ledger::ConsistencyProof(request.first_size(), size, *tree));
  ASSIGN_OR_RETURN(const ledger::Frontier first, ledger_.FrontierAt(request.first_size()));
  ASSIGN_OR_RETURN(const ledger::Frontier second, ledger_.FrontierAt(size));
  if (!ledger::VerifyConsistency(first.size(), first.Root(), size, second.Root(), proof).ok()) {
    return errors::LogCorrupt(first.size(), kChanged);
  }
  v1::GetConsistencyProofResponse response;
  SetHashes(proof, response);
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), CheckpointOf(second));
  return response;
}

absl::StatusOr<v1::AddCosignatureResponse> LogHandlers::AddCosignature(
    const CallContext& call, const v1::AddCosignatureRequest& request) {
  ASSIGN_OR_RETURN(const ledger::Checkpoint given,
                   ledger::OpenCheckpoint(request.checkpoint(), keys_.log.front().name(), keys_.log));
  ASSIGN_OR_RETURN(const ledger::Note cosigned, ledger::OpenNote(request.checkpoint(), keys_.cosigners));
  const auto& [origin, size, root] = given;
  RETURN_IF_ERROR(AwaitSize(call, size));
  ASSIGN_OR_RETURN(const ledger::Frontier frontier, ledger_.FrontierAt(size));
  if (root != frontier.Root()) return errors::LogFork(origin, size, frontier.Root(), root);
  std::vector<ledger::Cosignature> added;
  for (const ledger::VerifiedSignature& signature : cosigned.signatures) {
    added.push_back({fmt::format("{}+{:08x}", signature.key_name, signature.key_id), signature.line});
  }
  RETURN_IF_ERROR(ledger_.AddCosignatures(size, added));
  ASSIGN_OR_RETURN(const ledger::Cosignatures kept, ledger_.ReadCosignatures(size, size));
  v1::AddCosignatureResponse response;
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), CheckpointOf(frontier, kept));
  return response;
}

absl::StatusOr<v1::GetStateDigestResponse> LogHandlers::GetStateDigest(
    const CallContext& call, const v1::GetStateDigestRequest& request) {
  ledger::ReadOptions when;
  if (request.has_as_of()) when.as_of = request.as_of();
  Position size = 0;
  {
    ASSIGN_OR_RETURN(const ledger::Snapshot snapshot, ledger_.Read(when));
    size = snapshot.size();
  }
  ASSIGN_OR_RETURN(const ledger::Digests digests, ledger_.DigestState(size, call.deadline));
  v1::GetStateDigestResponse response;
  response.set_state_digest(ledger::ToBytes(digests.state));
  response.set_content_digest(ledger::ToBytes(digests.content));
  response.set_position(size);
  return response;
}

}  // namespace seisaku::rpc
