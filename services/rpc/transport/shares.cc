#include "services/rpc/transport/shares.h"

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::rpc {

namespace {

// How long a caller waits before it tries again: calls end soon, streams last.
constexpr absl::Duration kCallRetry = absl::Milliseconds(200);
constexpr absl::Duration kStreamRetry = absl::Seconds(5);

absl::Status TooManyCalls(std::string_view unit, int64_t limit, std::string_view whose) {
  return WithRetryDelay(
      MakeError(
          absl::StatusCode::kResourceExhausted, "TOO_MANY_CALLS",
          fmt::format("the {} has {} {} under way, as many as are accepted", whose, limit, unit),
          {{"unit", std::string(unit)}, {"limit", fmt::to_string(limit)}, {"whose", std::string(whose)}}),
      kCallRetry);
}

absl::Status TooManyStreams(int64_t limit, std::string_view whose) {
  return WithRetryDelay(
      MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                fmt::format("the {} has {} streams open, as many as are accepted", whose, limit),
                {{"limit", fmt::to_string(limit)}, {"whose", std::string(whose)}}),
      kStreamRetry);
}

}  // namespace

absl::Status Shares::Check(const Held& one, int64_t calls, int64_t bytes) const {
  const auto too_many = [this](std::string_view unit, int64_t limit, std::string_view whose) {
    return of_ == Of::kStreams ? TooManyStreams(limit, whose) : TooManyCalls(unit, limit, whose);
  };
  if (one.calls + calls > limits_.calls_of_one) return too_many("calls", limits_.calls_of_one, "caller");
  if (all_.calls + calls > limits_.calls) return too_many("calls", limits_.calls, "replica");
  if (limits_.bytes == 0 || (calls == 0 && bytes <= 0)) return absl::OkStatus();
  if (one.bytes + bytes > limits_.bytes_of_one) return too_many("bytes", limits_.bytes_of_one, "caller");
  if (all_.bytes + bytes > limits_.bytes) return too_many("bytes", limits_.bytes, "replica");
  return absl::OkStatus();
}

absl::Status Shares::Try(absl::FunctionRef<absl::Status()> take) {
  absl::Status taken = take();
  if (!taken.ok() && look_) {
    look_();
    taken = take();
  }
  if (!taken.ok()) {
    MutexLock lock(mutex_);
    ++refused_;
  }
  return taken;
}

absl::StatusOr<Shares::Share> Shares::Take(const std::string& caller, int64_t bytes) {
  Share share;
  RETURN_IF_ERROR(Try([&]() -> absl::Status {
    MutexLock lock(mutex_);
    auto [found, added] = callers_.try_emplace(caller);
    Held& one = found->second;
    if (absl::Status full = Check(one, 1, bytes); !full.ok()) {
      if (added) callers_.erase(found);
      return full;
    }
    for (Held* held : {&one, &all_}) {
      ++held->calls;
      held->bytes += bytes;
    }
    share.shares_ = this;
    share.caller_ = &*found;  // stays there while it holds something
    share.bytes_ = bytes;
    return absl::OkStatus();
  }));
  return share;
}

absl::Status Shares::Share::Grow(int64_t bytes) {
  if (shares_ == nullptr) return absl::OkStatus();
  return shares_->Try([&]() -> absl::Status {
    MutexLock lock(shares_->mutex_);
    RETURN_IF_ERROR(shares_->Check(caller_->second, 0, bytes));
    HoldLocked(bytes);
    return absl::OkStatus();
  });
}

void Shares::Share::Hold(int64_t bytes) {
  if (shares_ == nullptr) return;
  MutexLock lock(shares_->mutex_);
  HoldLocked(bytes);
}

void Shares::Share::HoldLocked(int64_t bytes) {
  caller_->second.bytes += bytes;
  shares_->all_.bytes += bytes;
  bytes_ += bytes;
}

Shares::Counts Shares::counts() {
  MutexLock lock(mutex_);
  return {all_.calls, all_.bytes, refused_};
}

void Shares::Return(ByCaller::value_type* caller, int64_t bytes) {
  MutexLock lock(mutex_);
  for (Held* held : {&caller->second, &all_}) {
    --held->calls;
    held->bytes -= bytes;
  }
  if (caller->second.calls == 0) callers_.erase(callers_.find(caller->first));
}

}  // namespace seisaku::rpc
