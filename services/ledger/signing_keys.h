// What a service signs its log with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

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
  // Whose seals and checkpoints are accepted.
  absl::Span<const VerifierKey> verifiers() const { return verifiers_; }

  // Whether the current key is the one that the log names: the last of `named`, the keys that its KeyRotated
  // entries name, in order. A log that names none has the key before, where one was given, for the new one
  // has to be named first. FAILED_PRECONDITION LOG_KEY_NOT_CURRENT.
  absl::Status CheckNamed(absl::Span<const VerifierKey> named) const;

 private:
  std::vector<SigningKey> signers_;
  std::vector<VerifierKey> verifiers_;
};

}  // namespace seisaku::ledger
