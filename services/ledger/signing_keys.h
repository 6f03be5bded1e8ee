// What a service signs its log with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/base/revisions.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// A key that a KeyRotated entry names as the next one.
struct NamedKey {
  Position position;  // of the entry
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
  // Whose seals are accepted of a head with `size` entries, of which `named` are named: the current key's,
  // and the previous one's only where the last entry names the current key, for that entry it has sealed.
  absl::Span<const VerifierKey> MaySeal(Position size, absl::Span<const NamedKey> named) const;

  // Whether the current key is the one that the log names: the last of `named`, in the order of the entries.
  // A log that names none has the key before, where one was given, for the new one has to be named first.
  // FAILED_PRECONDITION LOG_KEY_NOT_CURRENT.
  absl::Status CheckNamed(absl::Span<const NamedKey> named) const;

 private:
  std::vector<SigningKey> signers_;
  std::vector<VerifierKey> verifiers_;
};

}  // namespace seisaku::ledger
