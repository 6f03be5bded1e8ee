// The head of a log as it stands in its database, and whether the log's key sealed it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/log_store.h"
#include "services/postgres/transaction.h"
#include "tools/auditor/verify/log_source.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// The row of log_head, of a database of any migration: those before the fifth have no seals.
struct StoredHead {
  ledger::Head head;
  bool has_seals = false;
  std::optional<int64_t> sealed_size;  // nullopt: NULL, or not has_seals
};
absl::StatusOr<StoredHead> ReadStoredHead(postgres::Transaction& transaction);

// Compares the seal with the keys of `origin` that are trusted, when `verifier` has finished. A seal that
// holds, of the tree that the entries have, is a checkpoint that the log has signed. A log from before there
// were seals has a remark. HEAD_UNSEALED: there is none although entries say that there was; SEAL_INVALID: it
// is not of this head, by a key of which neither the trusted ones nor the entries know, or by one that an
// entry replaced; HEAD_DIFFERS: the sealed size is another. KEY_CHANGED is a doubt: it is by a key that an
// entry names.
void CheckSeal(const StoredHead& stored, const std::string& origin, const bundle::Trust& trust,
               LogVerifier& verifier, Findings& findings);

}  // namespace seisaku::auditor
