// Reads another server's stream through this server's completion queue. A thread that blocked inside gRPC would share
// the polling of all connections with the server's thread, and each would wake for the other's events.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "grpcpp/support/async_stream.h"
#include "grpcpp/support/status.h"
#include "services/base/mutex.h"
#include "services/rpc/transport/queues.h"

namespace seisaku::rpc {

// The constructor starts the call. Used by one thread, not the queue's. Finish is called before the destructor.
template <typename Response>
class StreamReader {
 public:
  // Makes gRPC's reader for a tag, on a queue whose tags are Events.
  using Start = std::function<std::unique_ptr<grpc::ClientAsyncReader<Response>>(void* tag)>;

  explicit StreamReader(const Start& start) : reader_(start(done_.tag())) { done_.Wait(); }

  // Waits for the next response. False: there are no more.
  bool Read(Response* response) {
    reader_->Read(response, done_.tag());
    return done_.Wait();
  }

  // How the stream ended. Called once, after Read returned false or the call was cancelled.
  grpc::Status Finish() {
    grpc::Status status;
    reader_->Finish(&status, done_.tag());
    done_.Wait();
    return status;
  }

 private:
  // The event that the pending operation is done.
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
