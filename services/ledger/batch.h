// What one transaction of the committer decides: each command in turn, against what the ones before it left.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/log_store.h"

namespace seisaku::ledger {

// A command that somebody waits for.
class Pending {
 public:
  Pending(Command command, Describe describe) : command_(std::move(command)), describe_(describe) {}

  const Command& command() const { return command_; }

  // Waits for Finish until `deadline`; afterwards the committer no longer touches what the caller owns.
  // DEADLINE_EXCEEDED OUTCOME_UNKNOWN.
  absl::StatusOr<Outcome> Wait(absl::Time deadline);
  // Whether the caller has gone: nothing was decided yet, so the command can be dropped.
  bool abandoned();
  // Calls describe, if the caller still waits.
  void DescribeTentative(const Outcome& outcome);
  void Finish(absl::StatusOr<Outcome> outcome);

 private:
  const Command command_;
  const Describe describe_;
  Mutex mutex_;
  CondVar finished_;
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::StatusOr<Outcome>> outcome_ ABSL_GUARDED_BY(mutex_);
};

// Decides commands and folds their events into the image tentatively. One batch is one transaction.
class Batch {
 public:
  // `now_micros` is PostgreSQL's clock.
  Batch(Image& image, int64_t now_micros);

  // Decides `pending`; `earlier` is the request of the same id found in the log. Its outcome, good or bad, is
  // kept until Answer.
  void Decide(const std::shared_ptr<Pending>& pending, const std::optional<RequestRow>& earlier);

  // What the transaction has to add, and the head that follows.
  const Addition& addition() const { return addition_; }
  Head HeadAfter(const Head& before) const;

  // Makes what was decided visible: it is durable.
  void Publish();
  // Tells every caller its outcome.
  void Answer();

 private:
  struct Decided {
    std::shared_ptr<Pending> pending;
    absl::StatusOr<Outcome> outcome;
  };

  absl::StatusOr<Outcome> Run(Pending& pending, const std::optional<RequestRow>& earlier);
  absl::StatusOr<Outcome> DecideSteps(const Command& command);
  absl::StatusOr<Outcome> Repeat(const Command& command, const RequestRow& row) const;
  std::optional<RequestRow> RequestInBatch(const Command& command) const;
  void Keep(const Command& command, Outcome& outcome);

  Image& image_;
  int64_t recorded_at_micros_;
  TileBuilder edge_;
  Addition addition_;
  std::vector<CommandEnd> ends_;
  std::vector<Addition::Text> command_texts_;
  std::vector<Decided> decided_;
};

}  // namespace seisaku::ledger
