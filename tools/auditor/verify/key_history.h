// What a log's own entries say of its keys and of its seal (KeyRotated and LogSealed of
// seisaku.log.v1.LogEvent).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/ledger/tree/hash.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

// From the entry behind `position` on the log may be signed by `next`.
struct KeyChange {
  uint64_t position;
  ledger::VerifierKey previous;
  ledger::VerifierKey next;
};

// At `position` an operator vouched for the entries from `begin` on up to there, which no seal and no kept
// checkpoint did.
struct Sealing {
  uint64_t position;
  uint64_t begin;
};

// A key as people compare it: its name, "+" and its id in 8 hexadecimal digits.
std::string ShortName(const ledger::VerifierKey& key);

// Sees a log's entries go by, from the first. Not thread-safe.
class KeyHistory {
 public:
  using Report = absl::FunctionRef<void(Violation)>;

  // The entry at `position`; `root` is the root of the tree of those before it (nullopt: there is none, or it
  // is not known here, and what says so is not compared). KEY_CHANGE_INVALID: the next key did not sign, or
  // the previous one is not the one that the log named before; SEALING_DIFFERS: the entry says another size
  // or root of the log than it had.
  void Take(uint64_t position, const log::v1::Entry& entry,
            absl::FunctionRef<std::optional<ledger::Hash>()> root, Report report);

  // Those that are valid.
  const std::vector<KeyChange>& changes() const { return changes_; }
  const std::vector<Sealing>& sealings() const { return sealings_; }
  // The change that names the key with this short name, as the previous or the next one; nullptr: none does.
  const KeyChange* Naming(const std::string& key) const;
  // Whether the head is sealed as the entries say: since a LogSealed or a KeyRotated, or since the first that
  // names its producer, which builds without seals do not; those append no more behind it.
  bool is_sealed() const { return is_sealed_; }
  // The key that has to have sealed the head of the log `origin` with all entries taken: the one that the
  // last of its changes names; nullptr: there was none. Where that change is the last entry, the key before
  // may have sealed it too.
  const KeyChange* LastOf(const std::string& origin) const;

 private:
  void TakeChange(uint64_t position, const log::v1::Entry& entry, Report report);
  void TakeSealing(uint64_t position, const log::v1::Entry& entry,
                   absl::FunctionRef<std::optional<ledger::Hash>()> root, Report report);

  std::vector<KeyChange> changes_;
  std::vector<Sealing> sealings_;
  bool is_sealed_ = false;
};

}  // namespace seisaku::auditor
