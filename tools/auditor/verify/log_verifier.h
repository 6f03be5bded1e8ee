// Proves one log, entry by entry.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "seisaku/log/v1/log_service.pb.h"
#include "services/base/state_machine.h"
#include "tools/auditor/verify/catalog_copy.h"
#include "tools/auditor/verify/command_check.h"
#include "tools/auditor/verify/folding.h"
#include "tools/auditor/verify/key_history.h"
#include "tools/auditor/verify/previous_log.h"
#include "tools/auditor/verify/tile_check.h"
#include "tools/auditor/verify/violation.h"
#include "tools/bundle/entry_rules.h"

namespace seisaku::auditor {

// What was found in a log, apart from violations.
struct LogFacts {
  uint64_t size = 0;  // entries, from position 0
  uint64_t commands = 0;
  uint64_t folded = 0;           // entries that evolve accepted, where it was asked
  uint64_t texts_withdrawn = 0;  // and missing, as entries say
  uint64_t texts_left = 0;       // withdrawn, as entries say, and there
  int64_t recorded_at = 0;       // of the last command, microseconds
  ledger::Frontier frontier;     // not where has_gap
  bool has_gap = false;          // there is no tree of these entries
};

// Is fed a log's entries with their texts, and knows nothing of where they come from. Holds no entry longer
// than until it was folded; besides, 16 bytes for each command (CommandCheck) and the places of the texts
// that were withdrawn. After an event that evolve refuses nothing is folded, and all else goes on. Not
// thread-safe.
class LogVerifier {
 public:
  struct Options {
    std::unique_ptr<StateMachine> machine;  // nullptr: nothing is folded
    LogTiles* tiles = nullptr;              // to compare with, if set; outlives the verifier
    CatalogCopy* copy = nullptr;            // of progress: sees its entries, if set; outlives the verifier
    std::set<uint64_t> sizes;               // at which the root is wanted
    bool keep_leaves = false;
    bool may_keep_withdrawn = true;  // else a withdrawn text that is there is TEXT_KEPT
    // Is shown each entry, if set.
    std::function<void(uint64_t position, const log::v1::Entry&)> on_entry;
    // Is shown all that is stored, and each violation, if set.
    std::function<void(const log::v1::StoredEntry&)> on_stored;
    std::function<void(const Violation&)> on_violation;
  };
  explicit LogVerifier(Options options);

  // The next entry as it is stored. Codes: EntryRules', CommandCheck's, TileCheck's, CatalogCopy's,
  // PreviousLog's, KeyHistory's, EVENT_REFUSED.
  void Take(const log::v1::StoredEntry& stored);
  // Asks for the root at one more size, which is not below size().
  void Want(uint64_t size) { options_.sizes.insert(size); }
  // Asks for what a checkpoint of so many entries is to the log before, if there is one; before Take.
  void WantOfPrevious(uint64_t size) {
    previous_.Want(size);
    Want(size + 1);  // where they end here, behind the entry that tells of that log
  }
  // Something else that is wrong with the log.
  void Report(Violation violation) {
    if (options_.on_violation) options_.on_violation(violation);
    violations_.Add(std::move(violation));
  }
  // Something else to know of it.
  void Note(Remark remark) { remarks_.Add(std::move(remark)); }
  // After the last entry, once.
  void Finish();

  // Where the next entry stands.
  uint64_t size() const { return rules_.size(); }
  // Whether a text is missing of which no entry so far says that it was withdrawn.
  bool misses_texts() const { return rules_.misses_texts(); }
  // After Finish.
  const Violations& violations() const { return violations_; }
  const Remarks& remarks() const { return remarks_; }
  LogFacts facts() const;
  // The root of the first entries; nullopt: not one of Options.sizes, beyond the log, or behind a gap.
  std::optional<ledger::Hash> RootAt(uint64_t size) const;
  // recorded_at of the last of the first entries, microseconds, of such a size.
  std::optional<int64_t> TimeAt(uint64_t size) const;
  const PreviousLog& previous() const { return previous_; }
  const KeyHistory& keys() const { return keys_; }
  std::vector<ledger::Hash> TakeLeaves() { return std::move(leaves_); }

 private:
  // The root of all that was taken; nullopt: behind a gap, or where the log before is told of.
  std::optional<ledger::Hash> RootHere() const;
  void TakeTree(const log::v1::StoredEntry& stored);
  void CheckWithdrawn();

  struct Mark {
    ledger::Hash root;
    int64_t recorded_at;
  };

  Options options_;
  bundle::EntryRules rules_;
  CommandCheck commands_;
  TileCheck tree_;
  PreviousLog previous_;
  KeyHistory keys_;
  Folding folding_;
  uint64_t folded_ = 0;
  std::map<uint64_t, Mark> marks_;
  std::vector<ledger::Hash> leaves_;
  Violations violations_;
  Remarks remarks_;
};

}  // namespace seisaku::auditor
