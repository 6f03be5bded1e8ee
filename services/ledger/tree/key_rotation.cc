#include "services/ledger/tree/key_rotation.h"

#include <fmt/format.h>

#include <utility>

#include "services/base/status.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {

std::string RotationStatement(std::string_view previous_key, std::string_view next_key) {
  return fmt::format("seisaku key rotation v1\n{}\n{}\n", previous_key, next_key);
}

absl::StatusOr<KeyRotation> OpenKeyRotation(std::string_view previous_key, std::string_view next_key,
                                            std::string_view next_key_signature) {
  ASSIGN_OR_RETURN(VerifierKey previous, VerifierKey::Parse(previous_key));
  ASSIGN_OR_RETURN(VerifierKey next, VerifierKey::Parse(next_key));
  if (previous.type() != KeyType::kLog || next.type() != KeyType::kLog) {
    return errors::Malformed("key rotation", "a cosigner's key, not a log's");
  }
  if (previous.name() != next.name()) return errors::Malformed("key rotation", "keys of different logs");
  if (previous.ToString() == next.ToString()) return errors::Malformed("key rotation", "twice the same key");
  if (!next.Verify(RotationStatement(previous_key, next_key), next_key_signature)) {
    return errors::SignatureInvalid(next.name());
  }
  return KeyRotation{std::move(previous), std::move(next)};
}

}  // namespace seisaku::ledger
