// What a handler knows of a call, whatever API carries it.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/base/caller.h"
#include "services/ledger/ledger.h"

namespace grpc {
class ServerContext;
}

namespace seisaku::rpc {

struct CallContext {
  Caller caller;
  absl::Time deadline;      // always finite
  std::string_view method;  // "/seisaku.catalog.v1.CatalogService/CreatePlan"
  absl::Time began;
  bool is_stream = false;
  // For logging a failure; nullptr: not known. Both belong to the call.
  const grpc::ServerContext* transport = nullptr;
  const google::protobuf::Message* request = nullptr;
  // False on the threads that take the calls. A handler that would have to wait there, for PostgreSQL or for a
  // position, returns WouldWait() instead, and is called again on a thread that may wait.
  bool may_wait = true;
  // See Alive.
  std::function<absl::Status()> alive = {};

  // OK while the caller waits for the answer. CANCELLED: the caller has gone; UNAVAILABLE SHUTTING_DOWN: the
  // server is about to stop. A handler that waits asks every kWaitCheck.
  absl::Status Alive() const { return alive ? alive() : absl::OkStatus(); }
};

// How often a waiting unary call checks that it is still alive.
inline constexpr absl::Duration kWaitCheck = absl::Milliseconds(100);

// Waits until the log has at least `size` entries, or until the call's deadline. Returns the size that it has then.
// Errors: Alive's.
absl::StatusOr<Position> AwaitSize(ledger::LogReader& ledger, Position size, const CallContext& call);

// Not an answer: see CallContext::may_wait.
absl::Status WouldWait();
bool IsWouldWait(const absl::Status& status);

// RESOURCE_EXHAUSTED SLOW_CONSUMER: see ResponseStream::Write.
absl::Status SlowConsumer();

// What a handler makes of a request that changes something: the command, and how to describe its outcome in the
// response. `describe` runs at most once, on another thread, while the state as of outcome.end can be read. It must
// be quick, and must not call the ledger. The receipt is filled in elsewhere.
template <typename Response>
struct Mutation {
  ledger::Command command;
  std::function<absl::Status(const ledger::Outcome&, Response&)> describe;
};

// The responses of a server-streaming call. Used by one thread, the handler's.
template <typename Response>
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;

  // OK while the caller listens. CANCELLED: the caller has gone; UNAVAILABLE SHUTTING_DOWN: the server is about to
  // stop; DEADLINE_EXCEEDED: the deadline has passed. A handler that waits asks at least once a second.
  virtual absl::Status Alive() const = 0;

  // Sends a response when the previous one has been taken. RESOURCE_EXHAUSTED SLOW_CONSUMER: the caller takes too
  // long, and this response is not sent; the handler adds to the metadata where the caller can resume. Else Alive's
  // errors.
  virtual absl::Status Write(const Response& response) = 0;
};

}  // namespace seisaku::rpc
