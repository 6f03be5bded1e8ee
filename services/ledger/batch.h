// One transaction of the committer: commands are decided in turn, each on top of the ones before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/state_machine.h"
#include "services/ledger/command_queue.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"

namespace seisaku::ledger {

struct NewEntry {
  log::v1::Entry entry;           // without command_size, which is known when the command is complete
  std::vector<StoredText> texts;  // by TextRef.index
};

// The entry for `event`, which is event `index` of `command`. `producer` is Entry.producer. Each text gets
// kSaltBytes random bytes of salt; the entry holds its TextCommitment.
NewEntry MakeEntry(NewEvent event, const Command& command, int64_t recorded_at_micros, uint32_t index,
                   const std::string& producer);

// Decides commands and folds their events into the image tentatively. Not thread-safe.
class Batch {
 public:
  // `image` and `producer` (Entry.producer) outlive the batch. `now_micros` is PostgreSQL's clock. `before` is the
  // batch in flight that this one follows; nullptr: none.
  Batch(Image& image, const std::string& producer, int64_t now_micros, const Batch* before = nullptr);

  // Decides `pending`. `earlier` is the request with the same id, where the log has it. The outcome is kept until
  // TakeOutcomes; a validate_only command is completed at once.
  void Decide(const PendingPtr& pending, const std::optional<EarlierRequest>& earlier);

  // Whether every command appends entries, or repeats a command of this batch.
  bool AllAppend() const;

  // What the transaction writes.
  const WriteBatch& write_batch() const { return write_batch_; }
  // Seals the head that follows the batch.
  void Seal(const SigningKey& key) { write_batch_.Seal(key); }
  int64_t now_micros() const { return now_micros_; }

  // Makes the batch visible to readers. It must be durable.
  void Publish();
  // The outcome of each command.
  std::vector<CommandOutcome> TakeOutcomes() { return std::move(outcomes_); }

 private:
  absl::StatusOr<Outcome> DecideCommand(Pending& pending, const std::optional<EarlierRequest>& earlier);
  absl::StatusOr<Outcome> DecideSteps(const Command& command);
  // Folds one more event of the command.
  absl::Status FoldEvent(const Command& command, NewEvent event, Outcome& outcome);
  // Adds the entries of a command that was accepted to the write batch.
  void AddCommand(const Command& command, Outcome& outcome);

  Image& image_;
  const std::string& producer_;
  const int64_t now_micros_;
  int64_t recorded_at_micros_;
  WriteBatch write_batch_;
  // RequestName -> index in outcomes_, of the commands that append.
  std::unordered_map<std::string, size_t> requests_;
  std::vector<CommandEnd> command_ends_;
  std::vector<WriteBatch::Text> command_texts_;
  size_t command_bytes_ = 0;
  std::vector<CommandOutcome> outcomes_;
};

}  // namespace seisaku::ledger
