// Whoever waits for the outcome of a command, until the outcome is known or the deadline has passed.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/mutex.h"
#include "services/base/steady.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"

namespace seisaku::ledger {

// A command that somebody waits for. Thread-safe.
class Pending {
 public:
  // `bytes` is how much the command's steps are.
  Pending(Command command, int64_t bytes, SteadyTime deadline, Done done)
      : command_(std::move(command)), bytes_(bytes), deadline_(deadline), done_(std::move(done)) {}

  const Command& command() const { return command_; }
  int64_t bytes() const { return bytes_; }
  SteadyTime deadline() const { return deadline_; }
  bool told() const { return told_; }
  // The first outcome counts; later ones are dropped.
  void Tell(absl::StatusOr<Outcome> outcome) {
    if (!told_.exchange(true)) std::move(done_)(std::move(outcome));
  }

 private:
  const Command command_;
  const int64_t bytes_;
  const SteadyTime deadline_;
  Done done_;
  std::atomic<bool> told_ = false;
};

using PendingPtr = std::shared_ptr<Pending>;

// What a batch came to for one of its commands.
struct Answer {
  PendingPtr pending;
  absl::StatusOr<Outcome> outcome;
};

// Thread-safe.
class Answers {
 public:
  // `image` outlives it. Starts the thread that looks after the deadlines.
  explicit Answers(Image& image);
  ~Answers();

  // Tells OUTCOME_UNKNOWN at the deadline, unless something was told before.
  void Expect(PendingPtr pending);
  // Tells each of these its outcome; the entries of an OK one are published.
  void Tell(std::vector<Answer> answers);
  // Tells OUTCOME_UNKNOWN now to everyone who still waits.
  void GiveUp() { Expire(SteadyTime::max()); }

 private:
  void Loop();
  // Tells OUTCOME_UNKNOWN to those whose deadline has come by `now`.
  void Expire(SteadyTime now);

  Image& image_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<PendingPtr> expected_ ABSL_GUARDED_BY(mutex_);
  SteadyTime next_deadline_ ABSL_GUARDED_BY(mutex_) = SteadyTime::max();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace seisaku::ledger
