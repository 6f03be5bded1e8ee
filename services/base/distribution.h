// How often values of which size came, for a histogram. Thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "services/base/mutex.h"

namespace seisaku {

class Distribution {
 public:
  // `bounds` ascend: each is the greatest value of its bucket; greater values are counted in one more.
  explicit Distribution(std::vector<double> bounds) : read_{std::move(bounds), {}, 0} {
    read_.counts.resize(read_.bounds.size() + 1);
  }

  void Add(double value) {
    MutexLock lock(mutex_);
    const auto bucket = std::lower_bound(read_.bounds.begin(), read_.bounds.end(), value);
    ++read_.counts[static_cast<size_t>(bucket - read_.bounds.begin())];
    read_.sum += value;
  }

  struct Reading {
    std::vector<double> bounds;
    std::vector<uint64_t> counts;  // one more than bounds
    double sum = 0;
  };
  Reading Read() const {
    MutexLock lock(mutex_);
    return read_;
  }

 private:
  mutable Mutex mutex_;
  Reading read_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace seisaku
