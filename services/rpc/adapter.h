// Between gRPC and the handlers: every call is authenticated, authorized, bounded in time, counted, and its
// errors mapped and logged here, once.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "grpcpp/support/sync_stream.h"
#include "services/rpc/call.h"
#include "services/rpc/metrics.h"

namespace seisaku::rpc {

// A call without a deadline gets the first; a later deadline than the second is cut to it. Streams last until
// their deadline, at most an hour, and are then taken up again by the caller.
inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
inline constexpr absl::Duration kMaxDeadline = absl::Minutes(5);
inline constexpr absl::Duration kMaxStreamDuration = absl::Hours(1);

// What `handle` throws, as INTERNAL: gRPC would end the process, or tell the caller what() says.
absl::Status WithoutExceptions(absl::FunctionRef<void()> handle);

// Thread-safe. Outlives the services that use it.
class Adapter {
 public:
  // `metrics` outlives the adapter.
  explicit Adapter(Metrics& metrics) : metrics_(metrics) {}

  // Fills in what is known of a unary call of `method`, which outlives it: who calls, and until when.
  // Authenticate's and Authorize's errors; then End is called all the same.
  absl::Status Begin(const grpc::ServerContext& context, std::string_view method, CallContext* call) const {
    return Begin(context, method, kDefaultDeadline, kMaxDeadline, call);
  }

  // The answer that gRPC gives: counts the call, and logs what failed.
  grpc::Status End(const CallContext& call, const absl::Status& status) const;

  // Runs `handle` for a server-streaming call in a thread of its own. `handle` returns when it is done or
  // when the stream is not Alive.
  template <typename Response>
  grpc::Status Streaming(
      const grpc::ServerContext& context, std::string_view method, grpc::ServerWriter<Response>* writer,
      absl::FunctionRef<absl::Status(const CallContext&, ResponseStream<Response>&)> handle) {
    CallContext call;
    absl::Status status = Begin(context, method, kMaxStreamDuration, kMaxStreamDuration, &call);
    if (status.ok()) {
      SyncStream<Response> stream(*this, context, call.deadline, *writer);
      absl::Status thrown = WithoutExceptions([&] { status = handle(call, stream); });
      if (!thrown.ok()) status = thrown;
    }
    return End(call, status);
  }

  // From now on streams are not Alive, so that the server can stop without waiting for their deadlines.
  void EndStreams() { ending_ = true; }

 private:
  template <typename Response>
  class SyncStream final : public ResponseStream<Response> {
   public:
    SyncStream(const Adapter& adapter, const grpc::ServerContext& context, absl::Time deadline,
               grpc::ServerWriter<Response>& writer)
        : adapter_(adapter), context_(context), deadline_(deadline), writer_(writer) {}
    absl::Status Alive() const override { return adapter_.StreamAlive(context_, deadline_); }
    absl::Status Write(const Response& response) override {
      return writer_.Write(response) ? absl::OkStatus() : absl::CancelledError("the caller has gone");
    }

   private:
    const Adapter& adapter_;
    const grpc::ServerContext& context_;
    absl::Time deadline_;
    grpc::ServerWriter<Response>& writer_;
  };

  absl::Status Begin(const grpc::ServerContext& context, std::string_view method,
                     absl::Duration default_deadline, absl::Duration max_deadline, CallContext* call) const;
  absl::Status StreamAlive(const grpc::ServerContext& context, absl::Time deadline) const;

  Metrics& metrics_;
  std::atomic<bool> ending_ = false;
};

}  // namespace seisaku::rpc
