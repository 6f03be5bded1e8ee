#include "services/ledger/work_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/base/errors.h"

namespace seisaku::ledger {
namespace {

constexpr size_t kMaxBatchCommands = 1000;
// How long at most a batch waits until it has as many commands as the last one had. Where they come one by
// one it does not; where many do, each batch costs as much as a dozen commands.
constexpr std::chrono::microseconds kGather(300);

}  // namespace

absl::Status WorkQueue::Push(PendingPtr pending) {
  bool enough = false;
  {
    MutexLock lock(mutex_);
    if (closed_) return errors::ShuttingDown();
    if (commands_.size() >= max_commands_) return errors::QueueFull();
    commands_.push_back(std::move(pending));
    enough = commands_.size() >= enough_;
  }
  if (enough) changed_.Notify();  // outside the lock, which whoever wakes wants
  return absl::OkStatus();
}

void WorkQueue::Await() {
  while (commands_.empty() && size_ == 0 && !interrupted_ && !closed_) changed_.Wait(mutex_);
  if (commands_.empty() || interrupted_) return;
  const auto until = std::chrono::steady_clock::now() + kGather;
  enough_ = last_taken_;
  while (commands_.size() < enough_ && !interrupted_ && !closed_ && changed_.WaitUntil(mutex_, until)) {
  }
  enough_ = 1;
}

bool WorkQueue::Take(Work* work, Position* size) {
  MutexLock lock(mutex_);
  Await();
  if (closed_) return false;
  interrupted_ = false;
  *size = std::exchange(size_, 0);
  work->clear();
  size_t steps = 0;
  int64_t bytes = 0;
  while (!commands_.empty() && work->size() < kMaxBatchCommands) {
    const Pending& next = *commands_.front();
    steps += next.command().steps.size();
    bytes += next.bytes();
    // One command may be as large as it may be; several together no larger, so that no transaction takes
    // long.
    if (!work->empty() && (steps > kMaxCommandEvents || bytes > kMaxCommandBytes)) break;
    work->push_back(std::move(commands_.front()));
    commands_.pop_front();
  }
  last_taken_ = work->size();
  return true;
}

void WorkQueue::Interrupt() {
  MutexLock lock(mutex_);
  interrupted_ = true;
  changed_.Notify();
}

void WorkQueue::Wake(Position size) {
  MutexLock lock(mutex_);
  size_ = std::max(size_, size);
  changed_.Notify();
}

void WorkQueue::Close() {
  std::deque<PendingPtr> never_begun;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    never_begun.swap(commands_);
    changed_.NotifyAll();
  }
  for (const PendingPtr& pending : never_begun) pending->Tell(errors::ShuttingDown());
}

bool WorkQueue::WaitFor(absl::Duration duration) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(duration);
  MutexLock lock(mutex_);
  while (!closed_ && changed_.WaitUntil(mutex_, until)) {
  }
  return !closed_;
}

}  // namespace seisaku::ledger
