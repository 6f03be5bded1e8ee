// The public keys that an auditor believes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"

namespace seisaku::bundle {

// Copyable; const use is thread-safe.
class Trust {
 public:
  // Reads files of verifier keys, one a line (C2SP signed-note), of logs and of cosigners. Empty lines and
  // those that begin with '#' are passed over. FAILED_PRECONDITION LOG_KEY_UNREADABLE: metadata `file`,
  // `why`.
  static absl::StatusOr<Trust> Read(const std::vector<std::string>& files);

  // The checkpoint in a note that the log has signed which it names, with any of its keys here:
  // OpenCheckpoint's errors and LogKeys'.
  absl::StatusOr<ledger::Checkpoint> Open(std::string_view note) const;
  // The keys of the log named `origin`, in the files' order; several where one took another's place.
  // FAILED_PRECONDITION LOG_KEY_MISSING: none of the files has one.
  absl::StatusOr<std::vector<ledger::VerifierKey>> LogKeys(const std::string& origin) const;
  const std::vector<ledger::VerifierKey>& cosigners() const { return cosigners_; }

 private:
  std::string files_;  // for errors
  std::vector<ledger::VerifierKey> logs_;
  std::vector<ledger::VerifierKey> cosigners_;
};

}  // namespace seisaku::bundle
