#include "services/rpc/transport/executor.h"

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

bool Executor::Run(const std::string& caller, Work work) {
  MutexLock lock(mutex_);
  const size_t free_threads = idle_ + limits_.threads - threads_.size();
  if (stopping_ || waiting_ >= limits_.waiting + free_threads) return false;
  ByCaller::value_type& one = *callers_.try_emplace(caller).first;
  Queue& queue = one.second;
  if (queue.running + queue.waiting.size() < limits_.threads_of_one) ++may_begin_;
  queue.waiting.push_back(std::move(work));
  ++waiting_;
  Line(one);
  if (may_begin_ > idle_ && threads_.size() < limits_.threads) {
    threads_.emplace_back([this] { Loop(); });
  }
  changed_.Notify();
  return true;
}

void Executor::Line(ByCaller::value_type& caller) {
  Queue& queue = caller.second;
  if (queue.in_turn || queue.waiting.empty() || queue.running >= limits_.threads_of_one) return;
  queue.in_turn = true;
  turn_.push_back(&caller);
}

void Executor::Loop() {
  while (true) {
    Work work;
    ByCaller::value_type* caller = nullptr;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (turn_.empty() && !(stopping_ && waiting_ == 0)) changed_.Wait(mutex_);
      --idle_;
      if (turn_.empty()) return;
      caller = turn_.front();
      turn_.pop_front();
      Queue& queue = caller->second;
      queue.in_turn = false;
      work = std::move(queue.waiting.front());
      queue.waiting.pop_front();
      ++queue.running;
      --waiting_;
      --may_begin_;
      Line(*caller);
    }
    std::move(work)();
    work = nullptr;
    MutexLock lock(mutex_);
    Queue& queue = caller->second;
    // Work that the caller's limit held back may begin now.
    if (queue.waiting.size() + queue.running-- > limits_.threads_of_one) {
      ++may_begin_;
      Line(*caller);
      changed_.Notify();
    }
    if (queue.running == 0 && queue.waiting.empty()) callers_.erase(callers_.find(caller->first));
    if (stopping_ && waiting_ == 0) changed_.NotifyAll();
  }
}

}  // namespace seisaku::rpc
