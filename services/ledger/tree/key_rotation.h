// A log's change of key, as its entry (log.v1.KeyRotated) names it. Pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/ledger/tree/key.h"

namespace seisaku::ledger {

// What the next key signs, so that nobody names a key that they do not hold:
//   "seisaku key rotation v1\n" previous_key "\n" next_key "\n"
// with both keys as VerifierKey::ToString() writes them. Its first line has spaces, so it is no origin: no
// checkpoint, cosignature or seal can be taken for it, nor it for one of them.
std::string RotationStatement(std::string_view previous_key, std::string_view next_key);

struct KeyRotation {
  VerifierKey previous;
  VerifierKey next;
};

// The keys of a rotation whose fields are given. INVALID_ARGUMENT MALFORMED: one is no key of a log, they
// bear different names, or they are the same key. UNAUTHENTICATED SIGNATURE_INVALID: the next key did not
// sign the statement. That the log was `previous`'s until then is the caller's to see.
absl::StatusOr<KeyRotation> OpenKeyRotation(std::string_view previous_key, std::string_view next_key,
                                            std::string_view next_key_signature);

}  // namespace seisaku::ledger
