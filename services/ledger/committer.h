// The one writer of a log in this process: group commit under the head lock.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/ledger/answers.h"
#include "services/ledger/batch.h"
#include "services/ledger/image.h"
#include "services/postgres/database.h"

namespace seisaku::ledger {

// Takes what is queued, and in one transaction: locks the head; reads and folds what other replicas added;
// decides each command; adds all entries; commits; only then publishes and answers. Thread-safe.
class Committer {
 public:
  struct Options {
    absl::Duration clock_tolerance;
    size_t max_queued_commands;
  };

  // `database`, `image` and `clock` outlive the committer. Starts its threads.
  Committer(Options options, postgres::Database& database, Image& image, const Clock& clock);
  // Answers SHUTTING_DOWN to what is still queued, and waits for the batch under way; one whose COMMIT is
  // unknown and cannot be resolved at once is answered OUTCOME_UNKNOWN.
  ~Committer();

  // Queues a command, whose outcome is told. RESOURCE_EXHAUSTED QUEUE_FULL, UNAVAILABLE SHUTTING_DOWN, or
  // Health(): nothing was told.
  absl::Status Enqueue(PendingPtr pending);

  // Answers SHUTTING_DOWN to what is queued and from now on, and OUTCOME_UNKNOWN to what is being committed.
  void Stop();

  // Looks for entries of other replicas soon, unless `size` entries are known already.
  static constexpr Position kUnknownSize = ~Position{0};
  void Wake(Position size = kUnknownSize);

  // OK, or why nothing can be appended: STORAGE_UNAVAILABLE while PostgreSQL is away, LOG_CORRUPT for good.
  absl::Status Health();

 private:
  using Work = std::vector<PendingPtr>;

  void Loop();
  void TakeNoMore();
  // Waits for commands, or for a size to look at. False: the committer stops.
  bool TakeWork(Work* work, Position* size);
  absl::Status CatchUp();
  absl::Status FoldUpTo(postgres::Transaction& transaction, const Head& head);
  void Process(const Work& work);
  absl::Status Attempt(postgres::Transaction& transaction, const Work& work, std::unique_ptr<Batch>* batch);
  absl::Status CheckClock(int64_t now_micros) const;
  // After a COMMIT whose answer was lost: whether it took place; nullopt when the committer is stopped before
  // PostgreSQL can say.
  std::optional<bool> ResolveUnknown(const Batch& batch);
  // Tells every caller `status`: what was decided was decided against a state that never was.
  void FailAll(const Work& work, const absl::Status& status);
  // Answers OUTCOME_UNKNOWN.
  void LeaveOpen(const Work& work);
  void SetHealth(const absl::Status& status);
  bool WaitBeforeRetry(absl::Duration delay);

  const Options options_;
  postgres::Database& database_;
  Image& image_;
  const Clock& clock_;
  Answers answers_;

  Mutex mutex_;
  CondVar work_arrived_;
  std::deque<PendingPtr> queue_ ABSL_GUARDED_BY(mutex_);
  Position wake_ ABSL_GUARDED_BY(mutex_) = 0;  // a size that was heard of; 0: none
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace seisaku::ledger
