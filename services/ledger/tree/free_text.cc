#include "services/ledger/tree/free_text.h"

#include "services/ledger/tree/errors.h"

namespace seisaku::ledger {
Hash TextCommitment(std::string_view salt, std::string_view text) {
  std::string salted;
  salted.reserve(salt.size() + text.size());
  return Sha256(salted.append(salt).append(text));
}

absl::StatusOr<std::optional<std::string>> OpenText(std::string_view salted_sha256, std::string_view salt,
                                                    std::string_view text) {
  if (salt.empty() && text.empty()) return std::nullopt;
  if (salt.size() != kSaltBytes) {
    return errors::TextDiffers(std::to_string(kSaltBytes) + " bytes of salt", std::to_string(salt.size()));
  }
  const std::string found = ToBytes(TextCommitment(salt, text));
  if (found != salted_sha256) return errors::TextDiffers(ToBase64(salted_sha256), ToBase64(found));
  return std::string(text);
}

}  // namespace seisaku::ledger
