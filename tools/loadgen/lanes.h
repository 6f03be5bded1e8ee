// Keeps a number of unary calls in flight and measures them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/support/async_unary_call.h"
#include "tools/loadgen/measured.h"

namespace seisaku::loadgen {

struct Pace {
  int in_flight = 1;
  int64_t calls = 0;   // ends after so many, if not 0
  double seconds = 0;  // or after this time
  double warm_up = 0;  // seconds before, which do not count
  double rate = 0;     // begins at most so many a second, evenly; 0: as soon as one is answered
};

// One thread drives all calls; each lane has one in flight. Begins the next when one is answered, or when it
// is due and a lane is free.
template <typename Request, typename Response>
class Lanes {
 public:
  using Begin = std::function<std::unique_ptr<grpc::ClientAsyncResponseReader<Response>>(
      int lane, grpc::ClientContext* context, const Request& request, grpc::CompletionQueue* queue)>;
  // Makes the next request in place; false: there is no more to ask.
  using Next = std::function<bool(Request& request)>;

  Lanes(Pace pace, int items_per_call, Begin begin, Next next)
      : pace_(pace), items_per_call_(items_per_call), begin_(std::move(begin)), next_(std::move(next)) {}

  Measured Run() {
    const Clock::time_point start = Clock::now();
    counting_from_ = start + ToDuration(pace_.warm_up);
    until_ = pace_.seconds > 0 ? counting_from_ + ToDuration(pace_.seconds) : Clock::time_point::max();
    lanes_.resize(static_cast<size_t>(pace_.in_flight));
    for (size_t lane = lanes_.size(); lane > 0; --lane) free_.push_back(lane - 1);
    due_ = start;
    StartWhatIsDue();
    while (running_ > 0 || (!free_.empty() && !over_)) {
      void* tag = nullptr;
      bool ok = false;
      if (queue_.AsyncNext(&tag, &ok, NextLook()) == grpc::CompletionQueue::GOT_EVENT) {
        Finished(static_cast<size_t>(static_cast<Lane*>(tag) - lanes_.data()));
      }
      StartWhatIsDue();
    }
    const Clock::time_point end = std::min(Clock::now(), until_);
    measured_.seconds = std::chrono::duration<double>(end - counting_from_).count();
    return std::move(measured_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Lane {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    Request request;
    Response response;
    grpc::Status status;
    Clock::time_point began;
  };

  static Clock::duration ToDuration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  // When a lane may begin the next call, which somebody has to notice; else when one is answered.
  std::chrono::system_clock::time_point NextLook() const {
    if (free_.empty() || over_) return std::chrono::system_clock::now() + std::chrono::hours(1);
    return std::chrono::system_clock::now() + (due_ - Clock::now());
  }

  void StartWhatIsDue() {
    while (!free_.empty() && !over_ && Clock::now() >= due_) {
      const size_t lane = free_.back();
      free_.pop_back();
      if (Start(lane)) {
        if (pace_.rate > 0) due_ += ToDuration(1 / pace_.rate);
      } else {
        over_ = true;
      }
    }
  }

  // False where there is no more to do.
  bool Start(size_t index) {
    Lane& lane = lanes_[index];
    if (pace_.calls > 0 && measured_.begun >= pace_.calls) return false;
    if (Clock::now() >= until_ || !next_(lane.request)) return false;
    ++measured_.begun;
    ++running_;
    lane.context = std::make_unique<grpc::ClientContext>();
    lane.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    lane.began = Clock::now();
    lane.reader = begin_(static_cast<int>(index), lane.context.get(), lane.request, &queue_);
    lane.reader->Finish(&lane.response, &lane.status, &lane);
    return true;
  }

  void Finished(size_t index) {
    Lane& lane = lanes_[index];
    --running_;
    Count(lane, Clock::now());
    free_.push_back(index);
  }

  void Count(const Lane& lane, Clock::time_point now) {
    if (!lane.status.ok()) {
      ++measured_.failed;
      if (measured_.first_error.empty()) {
        measured_.first_error = fmt::format("{}: {}", lane.status.error_code(), lane.status.error_message());
      }
    } else if (now >= counting_from_ && now <= until_) {
      ++measured_.calls;
      measured_.items += items_per_call_;
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - lane.began).count();
      measured_.latencies_us.push_back(static_cast<uint32_t>(took));
    }
  }

  const Pace pace_;
  const int items_per_call_;
  const Begin begin_;
  const Next next_;
  grpc::CompletionQueue queue_;
  std::vector<Lane> lanes_;
  std::vector<size_t> free_;  // lanes without a call
  Clock::time_point due_;     // of the next call
  bool over_ = false;         // no more calls are begun
  Clock::time_point counting_from_;
  Clock::time_point until_;
  int running_ = 0;
  Measured measured_;
};

}  // namespace seisaku::loadgen
