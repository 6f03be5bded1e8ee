// What a log adds up to, in three hashes.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/digest.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/archive/archived_log.h"

namespace seisaku::auditor {

// Derived from the entries that the log folded.
struct Digested {
  std::string origin;
  Position size = 0;    // how many entries were folded
  Position of = 0;      // how many there are
  ledger::Hash root{};  // of those that were folded
  ledger::Digests digests;
};
absl::StatusOr<Digested> DigestOf(ArchivedLog& log);

}  // namespace seisaku::auditor
