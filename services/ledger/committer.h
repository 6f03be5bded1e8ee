// The one writer of a log in this process: group commit under the head lock.
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
#include "services/ledger/answers.h"
#include "services/ledger/batch.h"
#include "services/ledger/image.h"
#include "services/ledger/signing_keys.h"
#include "services/ledger/work_queue.h"
#include "services/postgres/database.h"

namespace seisaku::ledger {

// Takes what is queued, and in one transaction: locks the head; reads and folds what other replicas added;
// decides each command; adds all entries; commits; only then publishes and answers. While nobody else
// appends, that is one statement, and the next batch is decided while PostgreSQL adds a large one.
// Thread-safe.
class Committer {
 public:
  struct Options {
    SigningKeys keys;
    std::string producer;  // Entry.producer
    absl::Duration clock_tolerance;
    size_t max_queued_commands;
    std::function<void(Position size)> announce;  // is told what was published, and does not wait
  };

  // `database`, `image` and `clock` outlive the committer. Starts its threads.
  Committer(const Options& options, postgres::Database& database, Image& image, const Clock& clock);
  // Answers SHUTTING_DOWN to what is still queued, and waits for the batch under way; one whose COMMIT is
  // unknown and cannot be resolved at once is answered OUTCOME_UNKNOWN. Nothing is announced afterwards.
  void End();
  ~Committer() { End(); }

  // Queues a command, whose outcome is told. RESOURCE_EXHAUSTED QUEUE_FULL, UNAVAILABLE SHUTTING_DOWN, or
  // Health(): nothing was told.
  absl::Status Enqueue(PendingPtr pending);

  // Answers SHUTTING_DOWN to what is queued and from now on, and OUTCOME_UNKNOWN to what is being committed.
  void Stop();

  // Looks for entries of other replicas soon, unless `size` entries are known already.
  static constexpr Position kUnknownSize = ~Position{0};
  void Wake(Position size = kUnknownSize) { queue_.Wake(size); }

  // How much waits, and of each batch how many commands it had and how long it took to be decided and added.
  size_t queued() const { return queue_.size(); }
  Distribution::Reading batch_commands() const { return batch_commands_.Read(); }
  Distribution::Reading batch_seconds() const { return batch_seconds_.Read(); }

  // OK, or why nothing can be appended: STORAGE_UNAVAILABLE while PostgreSQL is away, LOG_CORRUPT for good.
  absl::Status Health();
  // OK while what is published is the whole log, as far as it was seen within `stale`; else Health() where
  // that is for good, or STORAGE_UNAVAILABLE.
  absl::Status Current(absl::Duration stale);

 private:
  void Loop();
  absl::Status CatchUp();
  // Decides without a look at the log before, on top of what is in flight. nullptr: the careful way has to be
  // gone.
  std::unique_ptr<Batch> DecideAtOnce(const Work& work);
  // What adding a batch came to. In vain: the careful way has to be gone.
  struct Tried {
    postgres::TransactionResult finished;
    std::optional<Added> added;
    bool in_vain = false;
  };
  // Seals and adds what was decided at once, if the head is still `head`; on any thread.
  Tried AddAtOnce(Batch& batch, const KnownHead& head);
  // Decides and adds in one transaction that locks the head first.
  Tried AddCarefully(const Work& work, std::unique_ptr<Batch>* batch);
  // Adds it at once while the next is decided: it is in flight.
  void Launch(Work work, std::unique_ptr<Batch> batch);
  // Waits for what is in flight. It is returned if it is published and its callers have yet to be told.
  // `next`, which was decided on top of it, is deleted where it can no longer follow.
  std::unique_ptr<Batch> Land(std::unique_ptr<Batch>* next);
  // Adds a batch at once; without one, decides carefully.
  void Process(const Work& work, std::unique_ptr<Batch> batch);
  // Publishes what was added; goes the careful way where that was in vain, with another batch. Whether its
  // callers have yet to be told; else they were told why not.
  bool Settle(const Work& work, std::unique_ptr<Batch>* batch, Tried tried);
  // The careful way, inside its transaction. Returns what the head was left with.
  absl::StatusOr<std::optional<Added>> Attempt(postgres::Transaction& transaction, const Work& work,
                                               std::unique_ptr<Batch>* batch);
  // What the head was left with: the next commands may be added at once.
  void Know(Added left);
  absl::Status CheckClock(int64_t now_micros) const;
  // After a COMMIT whose answer was lost: whether it took place; nullopt when the committer is stopped before
  // PostgreSQL can say, or the log is not what was committed.
  std::optional<bool> ResolveUnknown(const Batch& batch);
  void SetHealth(const absl::Status& status);

  // PostgreSQL's clock as it was last read, carried on by this host's: not ahead of it, for the answer took
  // its time to come.
  class CarriedClock {
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
  Answers answers_;
  // Of the thread's: the head, where nobody else had appended when it was last looked at.
  std::optional<KnownHead> known_head_;
  CarriedClock postgres_clock_;
  // A batch that PostgreSQL adds while the next is decided.
  struct Flight {
    Work work;
    std::unique_ptr<Batch> batch;
    std::chrono::steady_clock::time_point began;
    std::future<Tried> tried;
  };
  std::optional<Flight> flight_;

  // Notes a batch of `work`, which was taken at `began` and has been added, or will not be.
  void Count(const Work& work, std::chrono::steady_clock::time_point began);
  Distribution batch_commands_{{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}};
  Distribution batch_seconds_{
      {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}};
  std::chrono::steady_clock::time_point taken_at_;  // of the thread's: when it took what it works on

  WorkQueue queue_;
  Mutex mutex_;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  SteadyTime looked_at_ ABSL_GUARDED_BY(mutex_) = SteadyNow();  // at the log's end

  std::thread thread_;
};

}  // namespace seisaku::ledger
