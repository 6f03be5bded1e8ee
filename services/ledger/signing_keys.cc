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

absl::Span<const VerifierKey> SigningKeys::MaySeal(Position size, absl::Span<const NamedKey> named) const {
  const bool is_named_last =
      !named.empty() && named.back().position + 1 == size && named.back().key.name() == origin();
  return is_named_last ? verifiers() : verifiers().first(1);
}

absl::Status SigningKeys::CheckNamed(absl::Span<const NamedKey> named) const {
  // Keys of another origin are named by entries that a log of a new origin took over.
  std::string wanted = verifiers_.back().ToString();
  for (const auto& [position, key] : named) {
    if (key.name() == origin()) wanted = key.ToString();
  }
  const std::string given = current().verifier().ToString();
  return wanted == given ? absl::OkStatus() : errors::LogKeyNotCurrent(origin(), wanted, given);
}

}  // namespace seisaku::ledger
