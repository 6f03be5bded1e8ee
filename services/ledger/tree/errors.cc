#include "services/ledger/tree/errors.h"

#include <fmt/format.h>

#include <string>

namespace seisaku::errors {

absl::Status Malformed(std::string_view what, std::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED",
                   fmt::format("malformed {}: {}", what, why),
                   {{"what", std::string(what)}, {"why", std::string(why)}});
}

absl::Status ProofInvalid(std::string_view proof, std::string_view why) {
  return MakeError(absl::StatusCode::kDataLoss, "PROOF_INVALID",
                   fmt::format("the {} proof does not hold: {}", proof, why),
                   {{"proof", std::string(proof)}, {"why", std::string(why)}});
}

absl::Status TreeRange(uint64_t wanted, uint64_t size) {
  return MakeError(absl::StatusCode::kOutOfRange, "TREE_RANGE",
                   fmt::format("{} lies outside a tree of {} leaves", wanted, size),
                   {{"wanted", fmt::to_string(wanted)}, {"size", fmt::to_string(size)}});
}

absl::Status SignatureInvalid(std::string_view key_name) {
  return MakeError(absl::StatusCode::kUnauthenticated, "SIGNATURE_INVALID",
                   fmt::format("the signature of {} does not fit the note", key_name),
                   {{"key", std::string(key_name)}});
}

absl::Status SignatureMissing() {
  return MakeError(absl::StatusCode::kUnauthenticated, "SIGNATURE_MISSING",
                   "no key that is trusted here has signed the note");
}

absl::Status OriginMismatch(std::string_view expected, std::string_view actual) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "ORIGIN_MISMATCH",
                   fmt::format("the checkpoint is of {}, not of {}", actual, expected),
                   {{"expected", std::string(expected)}, {"actual", std::string(actual)}});
}

absl::Status LogFork(std::string_view origin, uint64_t size, const ledger::Hash& expected,
                     const ledger::Hash& actual) {
  const std::string roots[] = {ledger::ToBase64(ledger::ToBytes(expected)),
                               ledger::ToBase64(ledger::ToBytes(actual))};
  return MakeError(absl::StatusCode::kDataLoss, "LOG_FORK",
                   fmt::format("{} is forked: its first {} entries have the root {} and the root {}", origin,
                               size, roots[0], roots[1]),
                   {{"origin", std::string(origin)},
                    {"size", fmt::to_string(size)},
                    {"expected", roots[0]},
                    {"actual", roots[1]}});
}

absl::Status TextDiffers(std::string_view expected, std::string_view actual) {
  return MakeError(absl::StatusCode::kDataLoss, "TEXT_DIFFERS",
                   "a stored text is not the one that its entry commits to",
                   {{"expected", std::string(expected)}, {"actual", std::string(actual)}});
}

absl::Status CosignatureNotFound() {
  return MakeError(absl::StatusCode::kNotFound, "COSIGNATURE_NOT_FOUND",
                   "no checkpoint of this log has been cosigned");
}

absl::Status LogRolledBack(std::string_view origin, uint64_t kept, const ledger::Hash& kept_root,
                           uint64_t size, const ledger::Hash& root) {
  const std::string roots[] = {ledger::ToBase64(ledger::ToBytes(kept_root)),
                               ledger::ToBase64(ledger::ToBytes(root))};
  return MakeError(absl::StatusCode::kDataLoss, "LOG_ROLLED_BACK",
                   fmt::format("{} has {} entries with the root {}, but {} with the root {} were signed: an "
                               "older copy was restored",
                               origin, size, roots[1], kept, roots[0]),
                   {{"origin", std::string(origin)},
                    {"kept", fmt::to_string(kept)},
                    {"kept_root", roots[0]},
                    {"size", fmt::to_string(size)},
                    {"root", roots[1]}});
}

absl::Status LogKeyNotCurrent(std::string_view origin, std::string_view expected, std::string_view actual) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_NOT_CURRENT",
                   fmt::format("{} is signed by {}, not by {}, which was given", origin, expected, actual),
                   {{"origin", std::string(origin)},
                    {"expected", std::string(expected)},
                    {"actual", std::string(actual)}});
}

absl::Status LogUnsealed(std::string_view origin, uint64_t kept, uint64_t size) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "LOG_UNSEALED",
      fmt::format("{} is not sealed: it has {} entries, and the kept checkpoint vouches for {}", origin, size,
                  kept),
      {{"origin", std::string(origin)}, {"kept", fmt::to_string(kept)}, {"size", fmt::to_string(size)}});
}

absl::Status CheckpointFileUnusable(std::string_view file, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_FILE_UNUSABLE",
                   fmt::format("{}, where checkpoints are kept, cannot be used: {}", file, why),
                   {{"file", std::string(file)}, {"why", std::string(why)}});
}

}  // namespace seisaku::errors
