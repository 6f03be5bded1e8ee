#include "services/ledger/answers.h"

#include <algorithm>

#include "services/base/errors.h"

namespace seisaku::ledger {

Answers::Answers(Image& image) : image_(image), thread_([this] { Loop(); }) {}

Answers::~Answers() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.Notify();
  }
  thread_.join();
}

void Answers::Expect(PendingPtr pending) {
  MutexLock lock(mutex_);
  while (!expected_.empty() && expected_.front()->told()) expected_.pop_front();
  if (pending->deadline() < next_deadline_) {
    next_deadline_ = pending->deadline();
    changed_.Notify();
  }
  expected_.push_back(std::move(pending));
}

void Answers::Tell(std::vector<Answer> answers) {
  for (Answer& answer : answers) {
    Snapshot readable = image_.ReadNewest();
    answer.pending->Tell(std::move(answer.outcome));
  }
}

void Answers::GiveUp() {
  std::deque<PendingPtr> waiting;
  {
    MutexLock lock(mutex_);
    waiting.swap(expected_);
  }
  for (const PendingPtr& pending : waiting)
    pending->Tell(errors::OutcomeUnknown(pending->command().request_id));
}

std::vector<PendingPtr> Answers::TakeExpired(absl::Time now) {
  std::vector<PendingPtr> expired;
  if (now < next_deadline_) return expired;
  next_deadline_ = absl::InfiniteFuture();
  std::deque<PendingPtr> left;
  for (PendingPtr& pending : expected_) {
    if (pending->told()) continue;
    if (pending->deadline() <= now) {
      expired.push_back(std::move(pending));
    } else {
      next_deadline_ = std::min(next_deadline_, pending->deadline());
      left.push_back(std::move(pending));
    }
  }
  expected_.swap(left);
  return expired;
}

void Answers::Loop() {
  while (true) {
    std::vector<PendingPtr> expired;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && absl::Now() < next_deadline_) {
        changed_.WaitUntil(mutex_, absl::ToChronoTime(next_deadline_));
      }
      if (stopping_) return;
      expired = TakeExpired(absl::Now());
    }
    for (const PendingPtr& pending : expired)
      pending->Tell(errors::OutcomeUnknown(pending->command().request_id));
  }
}

}  // namespace seisaku::ledger
