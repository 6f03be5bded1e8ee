#include "services/ledger/tree/free_text.h"

#include <algorithm>

#include "services/base/status.h"
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

absl::StatusOr<std::optional<std::string>> OpenText(const log::v1::StoredEntry& stored,
                                                    const log::v1::Entry& entry, uint32_t index) {
  if (index >= static_cast<uint32_t>(std::min(stored.texts_size(), entry.texts_size()))) return std::nullopt;
  const auto at = static_cast<int>(index);
  auto opened = OpenText(entry.texts(at).salted_sha256(), stored.texts(at).salt(), stored.texts(at).text());
  if (opened.ok()) return opened;
  return WithMetadata(opened.status(),
                      {{"position", std::to_string(stored.position())}, {"index", std::to_string(index)}});
}

}  // namespace seisaku::ledger
