// What happens to every call around its handler, in one place: it is authenticated, authorized, given a deadline
// and counted, and its error is mapped and logged.
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

// A call without a deadline gets the first; a deadline later than the second is shortened to it. Streams last until
// their deadline, at most an hour; then the caller starts a new one.
inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
inline constexpr absl::Duration kMaxDeadline = absl::Minutes(5);
inline constexpr absl::Duration kMaxStreamDuration = absl::Hours(1);

// Runs `handle`; an exception becomes INTERNAL. (gRPC would end the process, or show what() to the caller.)
absl::Status WithoutExceptions(absl::FunctionRef<void()> handle);

// Thread-safe. Outlives the services that use it.
class Adapter {
 public:
  // Identifies and authorizes the caller: Admit in transport_security.h.
  using Admission = absl::Status (*)(const grpc::AuthContext& context, const Method& method,
                                     std::string_view city, Caller* caller);

  // `metrics` outlives the adapter. Callers of another city than `city` are refused; "": of none.
  // `default_deadline` is that of unary calls.
  explicit Adapter(Metrics& metrics, std::string city = "", Admission admission = Admit,
                   absl::Duration default_deadline = kDefaultDeadline);

  // Fills in a unary call's caller and deadline. `method` outlives the call. Errors: Authenticate's, Authorize's,
  // INVALID_ARGUMENT COMMAND_TOO_LARGE (its headers are too large). End is called even after an error.
  absl::Status Begin(const grpc::ServerContext& context, const Method& method, CallContext* call) const {
    return Begin(context, method, default_deadline_, kMaxDeadline, call);
  }

  // The status for gRPC. Counts the call, and logs it where it failed.
  grpc::Status End(const CallContext& call, const absl::Status& status) const;

  // The same as Begin for a stream, which may last longer.
  absl::Status BeginStream(const grpc::ServerContext& context, const Method& method,
                           CallContext* call) const {
    call->is_stream = true;
    return Begin(context, method, kMaxStreamDuration, kMaxStreamDuration, call);
  }

  // Whether a stream that may last until `deadline` goes on: see ResponseStream::Alive.
  absl::Status StreamAlive(absl::Time deadline) const;

  // OK, or UNAVAILABLE SHUTTING_DOWN: stop waiting.
  absl::Status Serving() const;

  // Ends all streams and all waiting, so that the server can stop without waiting for deadlines.
  void EndWaits() { ending_ = true; }

 private:
  absl::Status Begin(const grpc::ServerContext& context, const Method& method,
                     absl::Duration default_deadline, absl::Duration max_deadline, CallContext* call) const;

  // The calls of one kind that have begun and not ended, and how many were refused.
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
