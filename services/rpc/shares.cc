#include "services/rpc/shares.h"

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
  if (limits_.bytes == 0 || bytes <= 0) return absl::OkStatus();
  if (one.bytes + bytes > limits_.bytes_of_one) return too_many("bytes", limits_.bytes_of_one, "caller");
  if (all_.bytes + bytes > limits_.bytes) return too_many("bytes", limits_.bytes, "replica");
  return absl::OkStatus();
}

absl::StatusOr<Shares::Share> Shares::Take(const std::string& caller, int64_t bytes) {
  MutexLock lock(mutex_);
  auto [found, added] = callers_.try_emplace(caller);
  Held& one = found->second;
  if (absl::Status full = Check(one, 1, bytes); !full.ok()) {
    ++refused_;
    if (added) callers_.erase(found);
    return full;
  }
  for (Held* held : {&one, &all_}) {
    ++held->calls;
    held->bytes += bytes;
  }
  Share share;
  share.shares_ = this;
  share.caller_ = &*found;  // stays there while it holds something
  share.bytes_ = bytes;
  return share;
}

absl::Status Shares::Share::Grow(int64_t bytes) {
  if (shares_ == nullptr) return absl::OkStatus();
  MutexLock lock(shares_->mutex_);
  if (absl::Status full = shares_->Check(caller_->second, 0, bytes); !full.ok()) {
    ++shares_->refused_;
    return full;
  }
  caller_->second.bytes += bytes;
  shares_->all_.bytes += bytes;
  bytes_ += bytes;
  return absl::OkStatus();
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
