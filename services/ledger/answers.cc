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

void Answers::Expire(SteadyTime now) {
  std::vector<PendingPtr> expired;
  {
    MutexLock lock(mutex_);
    next_deadline_ = SteadyTime::max();
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
  }
  for (const PendingPtr& pending : expired) {
    pending->Tell(errors::OutcomeUnknown(pending->command().request_id));
  }
}

void Answers::Loop() {
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

}  // namespace seisaku::ledger
