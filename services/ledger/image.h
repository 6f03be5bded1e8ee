// The log folded into memory: the state, the right edge of the Merkle tree, and where commands end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/base/mutex.h"
#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"
#include "services/ledger/signing_keys.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::ledger {

// Where a command ends and when it was recorded.
struct CommandEnd {
  Position end;
  int64_t recorded_at_micros;
};

// What folding needs of a committed entry.
struct CommittedEntry {
  const google::protobuf::Message* event = nullptr;  // nullptr: the machine refused it
  Hash leaf_hash;
  int64_t recorded_at_micros = 0;
  uint32_t command_index = 0;
  uint32_t command_size = 0;
};

// Committed entries, and all of folding them that needs no state, so that any thread can do it.
struct CommittedEntries {
  // Keeps why `machine` refused the first event that it did, for whoever folds so far. DATA_LOSS LOG_CORRUPT:
  // one of them, `begin` being the position of the first, is no Entry.
  static absl::StatusOr<CommittedEntries> Parse(const StateMachine& machine, Position begin,
                                                absl::Span<const std::string> bytes);

  std::unique_ptr<google::protobuf::Arena> events;  // where they are
  std::vector<CommittedEntry> entries;
  absl::Status refused;
  std::vector<NamedKey> named_keys;  // in order
};

// How much is folded at a time: readers wait meanwhile.
inline constexpr Position kFoldPage = 2000;
inline constexpr int64_t kFoldPageBytes = 4 << 20;

// Readers may call Read, ReadNewest, DigestState, WaitForSize, StopWaiting, published and edge from any
// thread. Everything else is for the one thread that folds (the committer; before it starts, the one that
// opens the log).
class Image {
 public:
  explicit Image(StateMachine& state) : state_(state) {}

  // Folds entries that follow the ones folded so far. On an error nothing of them stays that was not
  // published: DATA_LOSS LOG_CORRUPT, with the position.
  absl::Status FoldUnpublished(const CommittedEntries& committed);
  // Publishes what was folded, where it ends with a whole command.
  void PublishFolded();
  // Both, one after the other.
  absl::Status FoldCommitted(const CommittedEntries& committed);

  // The newest state, tentative revisions included.
  const StateMachine& state() const { return state_; }
  // Where the next entry goes, tentative ones counted.
  Position next() const { return next_; }
  // The tree of all entries that were folded from the log, of whole commands or not.
  const Frontier& folded() const { return folding_edge_.frontier(); }
  // Whether these end with a whole command.
  bool folded_whole_commands() const {
    return folding_ends_.empty() ? folded().size() == published_
                                 : folding_ends_.back().end == folded().size();
  }
  // When the last of these commands was recorded; 0: there is none.
  int64_t folded_recorded_at_micros() const {
    return folding_ends_.empty() ? last_recorded_at_micros() : folding_ends_.back().recorded_at_micros;
  }
  // The keys that the log's KeyRotated entries name, in order, as far as they were folded from the log.
  absl::Span<const NamedKey> named_keys() const { return named_keys_; }
  // Folds an entry that is not committed yet.
  absl::Status FoldTentative(const log::v1::Entry& entry);
  // Forgets tentative entries at or above `size`.
  void Truncate(Position size);
  // The tentative entries are durable now: lets readers see them.
  void Publish(TileBuilder edge, absl::Span<const CommandEnd> commands);
  // Lets the caller's thread look at the state up to next(), as readers do.
  Snapshot ReadTentative() { return Snapshot(mutex_, next_); }
  // The same up to what is published, from any thread.
  Snapshot ReadNewest() { return Snapshot(mutex_, published()); }

  Position published();
  int64_t last_recorded_at_micros() const {
    return commands_.empty() ? 0 : commands_.back().recorded_at_micros;
  }
  TileBuilder edge();

  // As Ledger says of its functions of these names.
  absl::StatusOr<Snapshot> Read(const ReadOptions& options);
  absl::StatusOr<Digests> DigestState(Position size, absl::Time deadline);
  Position WaitForSize(Position size, absl::Time deadline);
  // From now on nobody waits any longer.
  void StopWaiting();

 private:
  absl::Status Fold(const CommittedEntries& committed);
  absl::StatusOr<Position> Resolve(const type::v1::AsOf& as_of) const;

  StateMachine& state_;
  Position next_ = 0;
  TileBuilder folding_edge_;  // of entries folded from the log, whole commands or not
  std::vector<CommandEnd> folding_ends_;
  std::vector<NamedKey> named_keys_;  // those of published entries first
  size_t published_keys_ = 0;

  SharedMutex mutex_;  // also guards what state_ holds below next_
  Position published_ = 0;
  TileBuilder edge_;
  std::vector<CommandEnd> commands_;

  Mutex wait_mutex_;
  CondVar grown_;
  Position announced_ ABSL_GUARDED_BY(wait_mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(wait_mutex_) = false;
};

}  // namespace seisaku::ledger
