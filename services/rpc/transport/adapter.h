// Between gRPC and the handlers: every call is authenticated, authorized, bounded in time, counted, and its
// errors mapped and logged here, once.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "services/base/mutex.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/security/authz.h"
#include "services/rpc/security/transport_security.h"
#include "services/rpc/transport/call.h"

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
  // Who calls, and whether they may: transport.h's Admit.
  using Admission = absl::Status (*)(const grpc::AuthContext& context, const Method& method,
                                     std::string_view city, Caller* caller);

  // `metrics` outlives the adapter. Callers of another city than `city` are refused; "": of none.
  // `default_deadline` is that of unary calls.
  explicit Adapter(Metrics& metrics, std::string city = "", Admission admission = Admit,
                   absl::Duration default_deadline = kDefaultDeadline);

  // Fills in what is known of a unary call of `method`, which outlives it: who calls, and until when.
  // Authenticate's and Authorize's errors; INVALID_ARGUMENT COMMAND_TOO_LARGE: its headers are; then End is
  // called all the same.
  absl::Status Begin(const grpc::ServerContext& context, const Method& method, CallContext* call) const {
    return Begin(context, method, default_deadline_, kMaxDeadline, call);
  }

  // The answer that gRPC gives: counts the call, and logs what failed.
  grpc::Status End(const CallContext& call, const absl::Status& status) const;

  // The same as Begin for a stream, which may last longer.
  absl::Status BeginStream(const grpc::ServerContext& context, const Method& method,
                           CallContext* call) const {
    call->is_stream = true;
    return Begin(context, method, kMaxStreamDuration, kMaxStreamDuration, call);
  }

  // OK, or why a stream that may last until `deadline` is over: as ResponseStream::Alive says.
  absl::Status StreamAlive(absl::Time deadline) const;

  // OK, or UNAVAILABLE SHUTTING_DOWN: who waits for something is to wait no longer.
  absl::Status Serving() const;

  // From now on streams are not Alive and nothing is waited for, so that the server can stop without waiting
  // for deadlines.
  void EndWaits() { ending_ = true; }

 private:
  absl::Status Begin(const grpc::ServerContext& context, const Method& method,
                     absl::Duration default_deadline, absl::Duration max_deadline, CallContext* call) const;

  // Those of one kind that were begun and have not ended, and why others were not begun.
  struct Traffic {
    std::atomic<int64_t> open = 0;
    Mutex mutex;
    std::map<std::string, uint64_t> refused ABSL_GUARDED_BY(mutex);  // by reason
  };
  void Sample(Samples& samples) const;

  Metrics& metrics_;
  mutable Traffic unary_, streams_;
  const std::string city_;
  const Admission admission_;
  const absl::Duration default_deadline_;
  std::atomic<bool> ending_ = false;
  const std::unique_ptr<Metrics::Subscription> sampled_;
};

}  // namespace seisaku::rpc
