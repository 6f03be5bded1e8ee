#include "services/ledger/tree/head_seal.h"

#include <fmt/format.h>

#include "services/base/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

constexpr size_t kIdBytes = 4;

std::string Sealed(const Checkpoint& head, int64_t recorded_at_micros) {
  return fmt::format("seisaku head seal v1\n{}{}\n", Format(head), recorded_at_micros);
}

}  // namespace

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
