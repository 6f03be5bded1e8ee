// C2SP tlog-proof: that an entry is in a log, as a text that needs nothing else but the log's public key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/ledger/tree/proof.h"

namespace seisaku::auditor {

struct TlogProof {
  uint64_t index = 0;
  ledger::Proof hashes;
  std::string checkpoint;  // the signed note
};

std::string Format(const TlogProof& proof);

// Reads what Format writes; a line "extra …" is passed over. INVALID_ARGUMENT MALFORMED: another form.
absl::StatusOr<TlogProof> ParseTlogProof(std::string_view text);

}  // namespace seisaku::auditor
