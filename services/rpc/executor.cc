#include "services/rpc/executor.h"

#include <utility>

namespace seisaku::rpc {

Executor::~Executor() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

bool Executor::Run(Work work) {
  MutexLock lock(mutex_);
  const size_t free_threads = idle_ + max_threads_ - threads_.size();
  if (stopping_ || waiting_.size() >= max_waiting_ + free_threads) return false;
  waiting_.push_back(std::move(work));
  if (waiting_.size() > idle_ && threads_.size() < max_threads_) {
    threads_.emplace_back([this] { Loop(); });
  }
  changed_.Notify();
  return true;
}

void Executor::Loop() {
  while (true) {
    Work work;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (waiting_.empty() && !stopping_) changed_.Wait(mutex_);
      --idle_;
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    std::move(work)();
  }
}

}  // namespace seisaku::rpc
