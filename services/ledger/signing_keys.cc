#include "services/ledger/signing_keys.h"

#include <algorithm>
#include <utility>

#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {

SigningKeys::SigningKeys(SigningKey current, std::optional<SigningKey> previous) {
  signers_.push_back(std::move(current));
  if (previous.has_value() && previous->verifier().ToString() != this->current().verifier().ToString())
    signers_.push_back(*std::move(previous));
  for (const SigningKey& key : signers_) verifiers_.push_back(key.verifier());
}

const NamedKey* SigningKeys::LastNamed(absl::Span<const NamedKey> named) const {
  const auto last = std::find_if(named.rbegin(), named.rend(),
                                 [this](const NamedKey& one) { return one.key.name() == origin(); });
  return last == named.rend() ? nullptr : &*last;
}

absl::Span<const VerifierKey> SigningKeys::SealersOf(uint64_t size, absl::Span<const NamedKey> named) const {
  const NamedKey* last = LastNamed(named);
  return last == nullptr || last->position + 1 == size ? verifiers() : verifiers().first(1);
}

absl::Status SigningKeys::CheckNamed(absl::Span<const NamedKey> named) const {
  const NamedKey* last = LastNamed(named);
  const std::string wanted = last == nullptr ? verifiers_.back().ToString() : last->key.ToString();
  const std::string given = current().verifier().ToString();
  return wanted == given ? absl::OkStatus() : errors::LogKeyNotCurrent(origin(), wanted, given);
}

}  // namespace seisaku::ledger
