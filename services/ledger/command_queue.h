// Commands on their way through the committer: queued for the next batch, and awaited until they are acknowledged.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"

namespace seisaku::ledger {

// A command whose outcome a caller waits for. Thread-safe.
class Pending {
 public:
  // `bytes` is the size of the command's steps.
  Pending(Command command, int64_t bytes, SteadyTime deadline, Done done)
      : command_(std::move(command)), bytes_(bytes), deadline_(deadline), done_(std::move(done)) {}

  const Command& command() const { return command_; }
  int64_t bytes() const { return bytes_; }
  SteadyTime deadline() const { return deadline_; }
  bool completed() const { return completed_; }
  // Calls `done` with the first outcome; later ones are dropped.
  void Complete(absl::StatusOr<Outcome> outcome) {
    if (!completed_.exchange(true)) std::move(done_)(std::move(outcome));
  }

 private:
  const Command command_;
  const int64_t bytes_;
  const SteadyTime deadline_;
  Done done_;
  std::atomic<bool> completed_ = false;
};

using PendingPtr = std::shared_ptr<Pending>;

// The outcome that a batch has for one of its commands.
struct CommandOutcome {
  PendingPtr pending;
  absl::StatusOr<Outcome> outcome;
};

// Tells callers the outcomes of their commands, and enforces their deadlines. Thread-safe.
class Acknowledger {
 public:
  // `image` outlives it. Starts the thread that enforces the deadlines.
  explicit Acknowledger(Image& image);
  ~Acknowledger();

  // Completes `pending` with OUTCOME_UNKNOWN at its deadline.
  void Track(PendingPtr pending);
  // Completes each command with its outcome. The entries of an OK outcome must be published.
  void Acknowledge(std::vector<CommandOutcome> outcomes);
  // Completes every tracked command with OUTCOME_UNKNOWN now.
  void ExpireAll() { Expire(SteadyTime::max()); }

 private:
  void Loop();
  // Completes those whose deadline is at or before `now` with OUTCOME_UNKNOWN.
  void Expire(SteadyTime now);

  Image& image_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<PendingPtr> tracked_ ABSL_GUARDED_BY(mutex_);
  SteadyTime next_deadline_ ABSL_GUARDED_BY(mutex_) = SteadyTime::max();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

using Commands = std::vector<PendingPtr>;

// The queue of the committer, for group commit: commands that arrive while one batch is committed form the next.
// A batch lingers for 0.3 ms at most until it is as large as the last one, for the callers of that one are about to
// send again. Thread-safe; one thread takes.
class CommandQueue {
 public:
  explicit CommandQueue(size_t max_commands) : max_commands_(max_commands) {}

  // RESOURCE_EXHAUSTED QUEUE_FULL, UNAVAILABLE SHUTTING_DOWN.
  absl::Status Push(PendingPtr pending);
  // Waits for commands, Wake or Interrupt. Takes the commands of the next batch and the size of the last Wake (0:
  // none). False: closed.
  bool Take(Commands* commands, Position* size);

  // The number of queued commands.
  size_t size() const {
    MutexLock lock(mutex_);
    return commands_.size();
  }

  // Makes Take return without commands, or without lingering.
  void Interrupt();
  // Makes Take return `size`, at which the log may be by now.
  void Wake(Position size);
  // Take and Push fail from now on. Queued commands fail with SHUTTING_DOWN.
  void Close();
  // False: closed meanwhile.
  bool SleepFor(absl::Duration duration);

 private:
  void WaitForCommands() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_commands_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<PendingPtr> commands_ ABSL_GUARDED_BY(mutex_);
  size_t linger_until_ ABSL_GUARDED_BY(mutex_) = 1;  // this many commands end the wait
  size_t last_taken_ ABSL_GUARDED_BY(mutex_) = 0;
  Position size_ ABSL_GUARDED_BY(mutex_) = 0;
  bool interrupted_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace seisaku::ledger
