// What one transaction of the committer decides: each command in turn, against what the ones before it left.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/answers.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"

namespace seisaku::ledger {

// Decides commands and folds their events into the image tentatively. One batch is one transaction.
class Batch {
 public:
  // `producer` is who appends (Entry.producer); it and `image` outlive the batch. `now_micros` is
  // PostgreSQL's clock. `before` is decided and not yet published, and is followed by this.
  Batch(Image& image, const std::string& producer, int64_t now_micros, const Batch* before = nullptr);

  // Decides `pending`; `earlier` is what the request of the same id came to, if the log has one. Its outcome,
  // good or bad, is kept until TakeAnswers; whoever only validates is told at once.
  void Decide(const PendingPtr& pending, const std::optional<EarlierRequest>& earlier);

  // Whether every command that was decided adds something, or is the same as one of the same batch.
  bool AllAdd() const;

  // What the transaction has to add.
  const Addition& addition() const { return addition_; }
  // Seals the head that it leaves.
  void Seal(const SigningKey& key) { addition_.Seal(key); }
  int64_t now_micros() const { return now_micros_; }

  // Makes what was decided visible: it is durable.
  void Publish();
  // What to tell every caller.
  std::vector<Answer> TakeAnswers() { return std::move(answers_); }

 private:
  absl::StatusOr<Outcome> Run(Pending& pending, const std::optional<EarlierRequest>& earlier);
  absl::StatusOr<Outcome> DecideSteps(const Command& command);
  // Folds one more event of the command.
  absl::Status Take(const Command& command, NewEvent event, Outcome& outcome);
  void Keep(const Command& command, Outcome& outcome);

  Image& image_;
  const std::string& producer_;
  const int64_t now_micros_;
  int64_t recorded_at_micros_;
  Addition addition_;
  std::unordered_map<std::string, size_t> requests_;  // that add something, by RequestName, in answers_
  std::vector<CommandEnd> ends_;
  std::vector<Addition::Text> command_texts_;
  size_t command_bytes_ = 0;
  std::vector<Answer> answers_;
};

}  // namespace seisaku::ledger
