// The log folded into memory: the state, the right edge of the Merkle tree, and where commands end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/base/mutex.h"
#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"
#include "services/ledger/signing.h"
#include "services/ledger/tree/tiles.h"

namespace seisaku::ledger {

// Where a command ends and when it was recorded.
struct CommandEnd {
  Position end;
  int64_t recorded_at_micros;
};

// A committed entry, ready to fold.
struct CommittedEntry {
  const google::protobuf::Message* event = nullptr;  // nullptr: the state machine cannot parse it
  Hash leaf_hash;
  int64_t recorded_at_micros = 0;
  uint32_t command_index = 0;
  uint32_t command_size = 0;
};

// Committed entries, parsed and hashed. Needs no state, so any thread can do it.
struct CommittedEntries {
  // `begin` is the position of the first entry. The first event that `machine` cannot parse is no error here: its
  // status is kept in `refused`, until it is folded. DATA_LOSS LOG_CORRUPT: one is no Entry.
  static absl::StatusOr<CommittedEntries> Parse(const StateMachine& machine, Position begin,
                                                absl::Span<const std::string> bytes);

  std::unique_ptr<google::protobuf::Arena> events;  // owns the events
  std::vector<CommittedEntry> entries;
  absl::Status refused;
  std::vector<NamedKey> named_keys;  // in order
};

// The size of a page that is folded at once, during which readers wait.
inline constexpr Position kFoldPage = 2000;
inline constexpr int64_t kFoldPageBytes = 4 << 20;

// Any thread may call Read, ReadNewest, DigestState, WaitForSize, StopWaiting, published and edge. Everything else
// is for the one thread that folds: the committer's, and before it starts the one that opens the log.
class Image {
 public:
  explicit Image(StateMachine& state) : state_(state) {}

  // Folds the next entries. After an error only published entries stay. DATA_LOSS LOG_CORRUPT, with the position.
  absl::Status FoldUnpublished(const CommittedEntries& committed);
  // Publishes the folded entries, unless they end inside a command.
  void PublishFolded();
  // FoldUnpublished, then PublishFolded.
  absl::Status FoldCommitted(const CommittedEntries& committed);

  // The newest state, with tentative revisions.
  const StateMachine& state() const { return state_; }
  // The position of the next entry, after tentative ones.
  Position next() const { return next_; }
  // The tree of all entries folded from the log, also of a command that is not complete.
  const Frontier& folded() const { return folding_edge_.frontier(); }
  // Whether they end with a complete command.
  bool folded_whole_commands() const {
    return folding_ends_.empty() ? folded().size() == published_
                                 : folding_ends_.back().end == folded().size();
  }
  // When the last of them was recorded; 0: there is none.
  int64_t folded_recorded_at_micros() const {
    return folding_ends_.empty() ? last_recorded_at_micros() : folding_ends_.back().recorded_at_micros;
  }
  // The keys that KeyRotated entries name, in order, as far as the log was folded.
  absl::Span<const NamedKey> named_keys() const { return named_keys_; }
  // Folds an entry that is not committed yet.
  absl::Status FoldTentative(const log::v1::Entry& entry);
  // Drops tentative entries at or above `size`.
  void Truncate(Position size);
  // Makes the tentative entries visible to readers. They must be durable.
  void Publish(TileBuilder edge, absl::Span<const CommandEnd> commands);
  // A snapshot with the tentative entries, for the folding thread.
  Snapshot ReadTentative() { return Snapshot(mutex_, next_); }
  // A snapshot of the published entries.
  Snapshot ReadNewest() { return Snapshot(mutex_, published()); }

  Position published();
  int64_t last_recorded_at_micros() const {
    return commands_.empty() ? 0 : commands_.back().recorded_at_micros;
  }
  TileBuilder edge();

  // See LogReader.
  absl::StatusOr<Snapshot> Read(const ReadOptions& options);
  absl::StatusOr<Digests> DigestState(Position size, absl::Time deadline);
  Position WaitForSize(Position size, absl::Time deadline);
  // Ends all waits, now and later.
  void StopWaiting();

 private:
  absl::Status Fold(const CommittedEntries& committed);
  absl::StatusOr<Position> Resolve(const type::v1::AsOf& as_of) const;

  StateMachine& state_;
  Position next_ = 0;
  TileBuilder folding_edge_;  // of entries folded from the log, published or not
  std::vector<CommandEnd> folding_ends_;
  std::vector<NamedKey> named_keys_;  // the first published_keys_ are published
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

// Reads the bytes of entries [begin, end), or of the first of them, at least one. One call at a time.
using ReadPage = absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(Position begin, Position end)>;

// Folds the entries up to `end` and publishes them page by page. For a start, when nobody reads before the log is
// verified. DATA_LOSS LOG_CORRUPT; the errors of `read`.
absl::Status FoldTo(Image& image, Position end, ReadPage read);

// OK where the folded entries have the tree and the time of `head`; else DATA_LOSS LOG_CORRUPT.
absl::Status CheckTree(const Image& image, const Head& head);

// Folds the entries up to `head`. Publishes them where they have its tree, and one of `keys` that may seal it did;
// else drops them. DATA_LOSS LOG_CORRUPT: also where the log became shorter. FAILED_PRECONDITION
// LOG_KEY_NOT_CURRENT: another key signs the log by now. The errors of `read`.
absl::Status FoldTo(Image& image, const Head& head, const SigningKeys& keys, ReadPage read);

}  // namespace seisaku::ledger
