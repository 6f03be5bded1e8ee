// Limits of what one caller, and all callers together, may have in flight.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"

namespace seisaku::rpc {

// Counts the calls and bytes in flight, by caller. Thread-safe. Outlives its shares.
class Shares {
  struct Held {
    int64_t calls = 0;
    int64_t bytes = 0;
  };
  using ByCaller = std::unordered_map<std::string, Held>;

 public:
  struct Limits {
    int64_t calls;         // of all callers
    int64_t calls_of_one;  // of each
    int64_t bytes = 0;     // of the requests of these calls; 0: they are not counted
    int64_t bytes_of_one = 0;
  };
  enum class Of { kCalls, kStreams };

  // A call's part, given back by the destructor. Used by one thread at a time.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { *this = std::move(other); }
    Share& operator=(Share&& other) noexcept {
      std::swap(shares_, other.shares_);
      std::swap(caller_, other.caller_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Share() {
      if (shares_ != nullptr) shares_->Return(caller_, bytes_);
    }

    // Takes `bytes` more, or gives them back where negative. TOO_MANY_CALLS: the share is unchanged.
    absl::Status Grow(int64_t bytes);
    // Takes `bytes` more even beyond the limit; then the caller cannot begin another call until they are given back.
    void Hold(int64_t bytes);

   private:
    friend class Shares;
    void HoldLocked(int64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shares_->mutex_);

    Shares* shares_ = nullptr;
    ByCaller::value_type* caller_ = nullptr;
    int64_t bytes_ = 0;
  };

  Shares(Of of, const Limits& limits) : of_(of), limits_(limits) {}

  // Called before anything is taken. `look` runs, without a lock held, before something is refused: it may find that
  // other calls are over. `look` is thread-safe.
  void OnFull(std::function<void()> look) { look_ = std::move(look); }

  // A share for one more call of `caller`. RESOURCE_EXHAUSTED TOO_MANY_CALLS or TOO_MANY_STREAMS, with RetryInfo; the
  // metadata say which limit was reached, and whose.
  absl::StatusOr<Share> Take(const std::string& caller, int64_t bytes = 0);

  // For metrics: what is held now, and how many refusals there were.
  struct Counts {
    int64_t calls = 0;
    int64_t bytes = 0;
    int64_t refused = 0;
  };
  Counts counts();

 private:
  absl::Status Check(const Held& one, int64_t calls, int64_t bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Calls `take`; where it fails, calls `look` and then `take` once more.
  absl::Status Try(absl::FunctionRef<absl::Status()> take);
  void Return(ByCaller::value_type* caller, int64_t bytes);

  const Of of_;
  const Limits limits_;
  std::function<void()> look_;
  Mutex mutex_;
  Held all_ ABSL_GUARDED_BY(mutex_);
  int64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
  ByCaller callers_ ABSL_GUARDED_BY(mutex_);  // those that hold something
};

}  // namespace seisaku::rpc
