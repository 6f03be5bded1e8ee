// Reads another server's stream on the queue of one's own server. A thread that waited inside gRPC would
// watch all connections in turns with the server's, and each would be woken for what is the other's.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/status.h"
#include "services/base/mutex.h"
#include "services/rpc/transport/queues.h"

namespace seisaku::rpc {

// Begins when it is made. Used by one thread, which is not the queue's; to be finished before it is
// destroyed.
template <typename Response>
class StreamReader {
 public:
  // Makes gRPC's reader with the tag that it is given, on a queue whose tags are Events.
  using Start = std::function<std::unique_ptr<grpc::ClientAsyncReader<Response>>(void* tag)>;

  explicit StreamReader(const Start& start) : reader_(start(done_.tag())) { done_.Wait(); }

  // Waits for the next response; false when there is none any more.
  bool Read(Response* response) {
    reader_->Read(response, done_.tag());
    return done_.Wait();
  }

  // How the stream ended. To be called once, after Read said false or the call was cancelled.
  grpc::Status Finish() {
    grpc::Status status;
    reader_->Finish(&status, done_.tag());
    done_.Wait();
    return status;
  }

 private:
  // That the one operation that runs is done.
  class Done final : public Event {
   public:
    void* tag() { return static_cast<Event*>(this); }

    void Happened(bool ok) override {
      MutexLock lock(mutex_);
      happened_ = true;
      ok_ = ok;
      condition_.Notify();
    }

    bool Wait() {
      MutexLock lock(mutex_);
      while (!happened_) condition_.Wait(mutex_);
      happened_ = false;
      return ok_;
    }

   private:
    Mutex mutex_;
    CondVar condition_;
    bool happened_ ABSL_GUARDED_BY(mutex_) = false;
    bool ok_ ABSL_GUARDED_BY(mutex_) = false;
  };

  Done done_;
  std::unique_ptr<grpc::ClientAsyncReader<Response>> reader_;
};

}  // namespace seisaku::rpc
