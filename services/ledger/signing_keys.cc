#include "services/ledger/signing_keys.h"

#include <utility>

#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {

SigningKeys::SigningKeys(SigningKey current, std::optional<SigningKey> previous) {
  signers_.push_back(std::move(current));
  if (previous.has_value() && previous->verifier().ToString() != this->current().verifier().ToString())
    signers_.push_back(*std::move(previous));
  for (const SigningKey& key : signers_) verifiers_.push_back(key.verifier());
}

absl::Status SigningKeys::CheckNamed(absl::Span<const VerifierKey> named) const {
  // Keys of another origin are named by entries that a log of a new origin took over.
  std::string wanted = verifiers_.back().ToString();
  for (const VerifierKey& key : named) {
    if (key.name() == origin()) wanted = key.ToString();
  }
  const std::string given = current().verifier().ToString();
  return wanted == given ? absl::OkStatus() : errors::LogKeyNotCurrent(origin(), wanted, given);
}

}  // namespace seisaku::ledger
