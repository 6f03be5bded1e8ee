#include "services/ledger/tree/checkpoint.h"

#include <fmt/format.h>

#include <charconv>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
namespace {

// Takes the first line off `text`; without a newline the line is empty.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

constexpr size_t kIdBytes = 4;

std::string Sealed(const Checkpoint& head, int64_t recorded_at_micros) {
  return fmt::format("seisaku head seal v1\n{}{}\n", Format(head), recorded_at_micros);
}

}  // namespace

std::string Format(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, ToBase64(ToBytes(checkpoint.root)));
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  std::string_view rest = text;
  Checkpoint checkpoint;
  checkpoint.origin = TakeLine(rest);
  if (!IsKeyName(checkpoint.origin)) return errors::Malformed("checkpoint", "the origin is no log's name");
  const std::string_view size = TakeLine(rest);
  std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  ASSIGN_OR_RETURN(std::string root, FromBase64(TakeLine(rest)));
  ASSIGN_OR_RETURN(checkpoint.root, HashFromBytes(root));
  // A size with leading zeros or beyond 64 bits, and further lines, would all be written otherwise.
  if (Format(checkpoint) != text) return errors::Malformed("checkpoint", "not origin, size and root");
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  return SignCheckpoint(checkpoint, absl::MakeConstSpan(&key, 1));
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, absl::Span<const SigningKey> keys) {
  for (const SigningKey& key : keys) {
    if (checkpoint.origin != key.name()) return errors::Malformed("checkpoint", "the key bears another name");
  }
  return SignNote(Format(checkpoint), keys);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const VerifierKey& verifier) {
  return OpenCheckpoint(note, origin, absl::MakeConstSpan(&verifier, 1));
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          absl::Span<const VerifierKey> verifiers) {
  ASSIGN_OR_RETURN(Note opened, OpenNote(note, verifiers));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(opened.text));
  if (checkpoint.origin != origin) return errors::OriginMismatch(origin, checkpoint.origin);
  return checkpoint;
}

absl::StatusOr<CosignedCheckpoint> OpenCosignedCheckpoint(std::string_view note, std::string_view origin,
                                                          const VerifierKey& verifier,
                                                          absl::Span<const VerifierKey> cosigners) {
  ASSIGN_OR_RETURN(Checkpoint checkpoint, OpenCheckpoint(note, origin, verifier));
  ASSIGN_OR_RETURN(Note opened, OpenNote(note, cosigners));
  return CosignedCheckpoint{std::move(checkpoint), std::move(opened.signatures)};
}

std::string SealHead(const Checkpoint& head, int64_t recorded_at_micros, const SigningKey& key) {
  return BigEndian(key.verifier().id(), kIdBytes) + key.Sign(Sealed(head, recorded_at_micros));
}

absl::Status CheckSeal(const Checkpoint& head, int64_t recorded_at_micros, std::string_view seal,
                       absl::Span<const VerifierKey> keys) {
  if (seal.size() != kSealBytes) return errors::LogCorrupt(head.size, "the head has no seal");
  for (const VerifierKey& key : keys) {
    if (key.type() != KeyType::kLog || key.name() != head.origin) continue;
    if (seal.substr(0, kIdBytes) != BigEndian(key.id(), kIdBytes)) continue;
    if (key.Verify(Sealed(head, recorded_at_micros), seal.substr(kIdBytes))) return absl::OkStatus();
  }
  return errors::LogCorrupt(head.size, "the head's seal is not of this head by a key of this log");
}

}  // namespace seisaku::ledger
