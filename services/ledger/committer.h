// The one writer of a log in this process: group commit with optimistic concurrency.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "services/base/clock.h"
#include "services/base/distribution.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/batch.h"
#include "services/ledger/command_queue.h"
#include "services/ledger/image.h"
#include "services/ledger/signing.h"
#include "services/postgres/database.h"

namespace seisaku::ledger {

// Takes the queued commands and, in one transaction, locks the head, folds what other replicas appended, decides
// each command, and appends the entries. After the commit it publishes them and acknowledges the commands. While
// nobody else appends this is one statement, and the next batch is decided while PostgreSQL appends a large one.
// Thread-safe.
class Committer {
 public:
  struct Options {
    SigningKeys keys;
    std::string producer;  // Entry.producer
    absl::Duration clock_tolerance;
    size_t max_queued_commands;
    std::function<void(Position size)> announce;  // called with the published size; must not block
  };

  // `database`, `image` and `clock` outlive the committer. Starts its threads.
  Committer(const Options& options, postgres::Database& database, Image& image, const Clock& clock);
  ~Committer() { Join(); }

  // Queues a command, and completes `pending` with its outcome. RESOURCE_EXHAUSTED QUEUE_FULL, UNAVAILABLE
  // SHUTTING_DOWN, or Health(): it was not queued, and `pending` is not completed.
  absl::Status Enqueue(PendingPtr pending);

  // Fails queued and later commands with SHUTTING_DOWN, and those that are being committed with OUTCOME_UNKNOWN.
  void Stop();
  // Fails queued commands with SHUTTING_DOWN and waits for the batches in flight. A commit whose outcome cannot be
  // resolved at once fails with OUTCOME_UNKNOWN. Announces nothing afterwards.
  void Join();

  // Looks for entries of other replicas soon, unless `size` entries are known already.
  static constexpr Position kUnknownSize = ~Position{0};
  void Wake(Position size = kUnknownSize) { queue_.Wake(size); }

  // The number of queued commands; per batch its commands and the seconds from its start to its commit.
  size_t queued() const { return queue_.size(); }
  Distribution::Reading batch_commands() const { return batch_commands_.Read(); }
  Distribution::Reading batch_seconds() const { return batch_seconds_.Read(); }

  // OK, or why nothing can be appended: STORAGE_UNAVAILABLE while PostgreSQL is away, LOG_CORRUPT for good.
  absl::Status Health();
  // OK where the log's end was seen within the last `stale`. Else Health() where it is final, or
  // STORAGE_UNAVAILABLE.
  absl::Status Current(absl::Duration stale);

 private:
  void Loop();
  // Folds what other replicas appended.
  absl::Status CatchUp();

  // One transaction that was to append a batch.
  struct AppendAttempt {
    postgres::TransactionResult result;
    std::optional<Appended> appended;
    bool conflict =
        false;  // the head moved, or the log has a request: nothing was appended; use AppendWithLock
  };
  // Decides without the head's lock, on top of the batch in flight. nullptr: use AppendWithLock.
  std::unique_ptr<Batch> DecideOptimistically(const Commands& commands);
  // Seals the batch and appends it if the head is still `head`. Runs on any thread.
  AppendAttempt AppendIfHeadUnchanged(Batch& batch, const HeadIdentity& head);
  // Locks the head, decides `commands` into a new `*batch`, and appends it, in one transaction.
  AppendAttempt AppendWithLock(const Commands& commands, std::unique_ptr<Batch>* batch);
  // The body of that transaction. Returns the head that it leaves; nullopt: others have appended.
  absl::StatusOr<std::optional<Appended>> DecideUnderLock(postgres::Transaction& transaction,
                                                          const Commands& commands,
                                                          std::unique_ptr<Batch>* batch);

  // Appends the batch on another thread: it is in flight.
  void StartAppend(Commands commands, std::unique_ptr<Batch> batch);
  // Waits for the batch in flight. Returns it where it is published and its commands are not acknowledged yet.
  // Deletes `*next`, which was decided on top of it, where it can no longer follow.
  std::unique_ptr<Batch> AwaitInFlight(std::unique_ptr<Batch>* next);
  // Appends `batch`, or decides `commands` under the lock where there is none, and acknowledges the commands.
  void CommitCommands(const Commands& commands, std::unique_ptr<Batch> batch);
  // Retries under the lock after a conflict, resolves an unknown commit, and publishes. True: `*batch` is committed
  // and its commands can be acknowledged. False: they have failed.
  bool FinishAppend(const Commands& commands, std::unique_ptr<Batch>* batch, AppendAttempt attempt);
  // Whether `batch` was committed after all, when the answer to its COMMIT was lost. Retries until PostgreSQL
  // can say; nullopt: the committer was stopped first, or the log is corrupt.
  std::optional<bool> ResolveUnknownCommit(const Batch& batch);
  // Remembers the head for the next AppendIfHeadUnchanged.
  void ExpectHead(Appended appended);

  absl::Status CheckClock(int64_t now_micros) const;
  void SetHealth(const absl::Status& status);

  // PostgreSQL's clock as it was last read, extrapolated by the host's steady clock. It is never ahead: the answer
  // took time to arrive.
  class ExtrapolatedClock {
   public:
    void Set(int64_t micros) {
      micros_ = micros;
      at_ = std::chrono::steady_clock::now();
    }
    int64_t Now() const {
      const auto since = std::chrono::steady_clock::now() - at_;
      return micros_ + std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    }

   private:
    int64_t micros_ = 0;
    std::chrono::steady_clock::time_point at_;
  };

  const Options options_;
  postgres::Database& database_;
  Image& image_;
  const Clock& clock_;
  Acknowledger acknowledger_;
  // The head that this replica's last append left; nullopt: in flight, or others have appended. Of the thread.
  std::optional<HeadIdentity> expected_head_;
  ExtrapolatedClock postgres_clock_;
  // A batch that PostgreSQL appends while the next one is decided.
  struct InFlight {
    Commands commands;
    std::unique_ptr<Batch> batch;
    std::chrono::steady_clock::time_point began;
    std::future<AppendAttempt> attempt;
  };
  std::optional<InFlight> in_flight_;

  // Records the metrics of a batch that was taken at `began` and has ended.
  void RecordBatch(const Commands& commands, std::chrono::steady_clock::time_point began);
  Distribution batch_commands_{{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}};
  Distribution batch_seconds_{
      {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}};
  std::chrono::steady_clock::time_point taken_at_;  // when the thread took its commands

  CommandQueue queue_;
  Mutex mutex_;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  SteadyTime end_seen_at_ ABSL_GUARDED_BY(mutex_) = SteadyNow();  // when the log's end was last read

  std::thread thread_;
};

}  // namespace seisaku::ledger
