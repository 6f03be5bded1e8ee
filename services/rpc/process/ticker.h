// Repeated work on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "services/base/mutex.h"

namespace seisaku::rpc {

// Thread-safe.
class Ticker {
 public:
  // Runs `work` now, then whenever `interval` of steady time has passed since its last run or Hurry was called, until
  // the ticker is destroyed. `work` is told whether Hurry was called.
  Ticker(std::chrono::milliseconds interval, std::function<void(bool hurried)> work)
      : interval_(interval), work_(std::move(work)), thread_([this] { Run(); }) {}
  // Waits for a running `work`.
  ~Ticker() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.Notify();
    }
    thread_.join();
  }

  void Hurry() {
    MutexLock lock(mutex_);
    hurried_ = true;
    changed_.Notify();
  }

 private:
  void Run() {
    bool hurried = false;
    while (true) {
      work_(hurried);
      MutexLock lock(mutex_);
      const auto next = std::chrono::steady_clock::now() + interval_;
      while (!stopping_ && !hurried_ && changed_.WaitUntil(mutex_, next)) {
      }
      if (stopping_) return;
      hurried = std::exchange(hurried_, false);
    }
  }

  const std::chrono::milliseconds interval_;
  const std::function<void(bool)> work_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool hurried_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace seisaku::rpc
