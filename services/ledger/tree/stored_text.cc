#include "services/ledger/tree/stored_text.h"

#include <algorithm>

#include "services/base/status.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::ledger {

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
