#include "services/ledger/command_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/base/errors.h"

namespace seisaku::ledger {
namespace {

constexpr size_t kMaxBatchCommands = 1000;
// How long a batch waits for as many commands as the last one had. A batch costs as much as a dozen commands, so
// under load larger batches pay; after a single command there is no wait.
constexpr std::chrono::microseconds kMaxLinger(300);

}  // namespace

Acknowledger::Acknowledger(Image& image) : image_(image), thread_([this] { Loop(); }) {}

Acknowledger::~Acknowledger() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.Notify();
  }
  thread_.join();
}

void Acknowledger::Track(PendingPtr pending) {
  MutexLock lock(mutex_);
  while (!tracked_.empty() && tracked_.front()->completed()) tracked_.pop_front();
  if (pending->deadline() < next_deadline_) {
    next_deadline_ = pending->deadline();
    changed_.Notify();
  }
  tracked_.push_back(std::move(pending));
}

void Acknowledger::Acknowledge(std::vector<CommandOutcome> outcomes) {
  for (CommandOutcome& outcome : outcomes) {
    Snapshot readable = image_.ReadNewest();
    outcome.pending->Complete(std::move(outcome.outcome));
  }
}

void Acknowledger::Expire(SteadyTime now) {
  std::vector<PendingPtr> expired;
  {
    MutexLock lock(mutex_);
    next_deadline_ = SteadyTime::max();
    std::deque<PendingPtr> remaining;
    for (PendingPtr& pending : tracked_) {
      if (pending->completed()) continue;
      if (pending->deadline() <= now) {
        expired.push_back(std::move(pending));
      } else {
        next_deadline_ = std::min(next_deadline_, pending->deadline());
        remaining.push_back(std::move(pending));
      }
    }
    tracked_.swap(remaining);
  }
  for (const PendingPtr& pending : expired) {
    pending->Complete(errors::OutcomeUnknown(pending->command().request_id));
  }
}

void Acknowledger::Loop() {
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!stopping_ && SteadyNow() < next_deadline_) {
        changed_.WaitUntil(mutex_, next_deadline_);
      }
      if (stopping_) return;
    }
    Expire(SteadyNow());
  }
}

absl::Status CommandQueue::Push(PendingPtr pending) {
  bool enough = false;
  {
    MutexLock lock(mutex_);
    if (closed_) return errors::ShuttingDown();
    if (commands_.size() >= max_commands_) return errors::QueueFull();
    commands_.push_back(std::move(pending));
    enough = commands_.size() >= linger_until_;
  }
  if (enough) changed_.Notify();  // outside the lock, which the woken thread takes
  return absl::OkStatus();
}

void CommandQueue::WaitForCommands() {
  while (commands_.empty() && size_ == 0 && !interrupted_ && !closed_) changed_.Wait(mutex_);
  if (commands_.empty() || interrupted_) return;
  const auto until = std::chrono::steady_clock::now() + kMaxLinger;
  linger_until_ = last_taken_;
  while (commands_.size() < linger_until_ && !interrupted_ && !closed_ && changed_.WaitUntil(mutex_, until)) {
  }
  linger_until_ = 1;
}

bool CommandQueue::Take(Commands* commands, Position* size) {
  MutexLock lock(mutex_);
  WaitForCommands();
  if (closed_) return false;
  interrupted_ = false;
  *size = std::exchange(size_, 0);
  commands->clear();
  size_t steps = 0;
  int64_t bytes = 0;
  while (!commands_.empty() && commands->size() < kMaxBatchCommands) {
    const Pending& next = *commands_.front();
    steps += next.command().steps.size();
    bytes += next.bytes();
    // Several commands together are at most as large as a single one may be, so that no transaction takes long.
    if (!commands->empty() && (steps > kMaxCommandEvents || bytes > kMaxCommandBytes)) break;
    commands->push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  last_taken_ = commands->size();
  return true;
}

void CommandQueue::Interrupt() {
  MutexLock lock(mutex_);
  interrupted_ = true;
  changed_.Notify();
}

void CommandQueue::Wake(Position size) {
  MutexLock lock(mutex_);
  size_ = std::max(size_, size);
  changed_.Notify();
}

void CommandQueue::Close() {
  std::deque<PendingPtr> refused;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    refused.swap(commands_);
    changed_.NotifyAll();
  }
  for (const PendingPtr& pending : refused) pending->Complete(errors::ShuttingDown());
}

bool CommandQueue::SleepFor(absl::Duration duration) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(duration);
  MutexLock lock(mutex_);
  while (!closed_ && changed_.WaitUntil(mutex_, until)) {
  }
  return !closed_;
}

}  // namespace seisaku::ledger
