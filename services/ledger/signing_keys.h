// What a service signs its log with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// The key that a KeyRotated entry names as the log's from then on.
struct NamedKey {
  uint64_t position;  // of the entry
  VerifierKey key;
};

// The log's key and, for a while after a rotation, the one before it. All bear the log's origin. A value;
// const use is thread-safe.
class SigningKeys {
 public:
  explicit SigningKeys(SigningKey current, std::optional<SigningKey> previous = std::nullopt);

  const std::string& origin() const { return signers_.front().name(); }
  // It seals heads.
  const SigningKey& current() const { return signers_.front(); }
  // All of them sign checkpoints, the current one first.
  absl::Span<const SigningKey> signers() const { return signers_; }
  // Whose checkpoints are accepted.
  absl::Span<const VerifierKey> verifiers() const { return verifiers_; }
  // Whose seal is accepted of the head of the first `size` entries, of which `named` are the keys that the
  // KeyRotated entries name, in order: the current key's; the previous one's only where the last entry is the
  // one that names the current key, or none does. Whoever stole a key seals nothing after it was changed.
  absl::Span<const VerifierKey> SealersOf(uint64_t size, absl::Span<const NamedKey> named) const;

  // Whether the current key is the one that the log names: the last of `named`. A log that names none has the
  // key before, where one was given, for the new one has to be named first. FAILED_PRECONDITION
  // LOG_KEY_NOT_CURRENT.
  absl::Status CheckNamed(absl::Span<const NamedKey> named) const;

 private:
  // The last of `named` that bears the origin: others are named by entries that a log of a new origin took
  // over. nullptr: none does.
  const NamedKey* LastNamed(absl::Span<const NamedKey> named) const;

  std::vector<SigningKey> signers_;
  std::vector<VerifierKey> verifiers_;
};

}  // namespace seisaku::ledger
