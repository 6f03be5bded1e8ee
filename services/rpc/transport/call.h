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
  // What a failure is logged with; nullptr: not known. The call's own.
  const grpc::ServerContext* transport = nullptr;
  const google::protobuf::Message* request = nullptr;
  // False on the threads that take the calls: a handler that would have to wait, for PostgreSQL or for a
  // position, returns WouldWait() instead, and is called again where it may.
  bool may_wait = true;
  // See Alive.
  std::function<absl::Status()> alive = {};

  // OK while somebody waits for the answer. CANCELLED: the caller has gone; UNAVAILABLE SHUTTING_DOWN: this
  // server is about to stop. A handler that waits asks every kWaitCheck.
  absl::Status Alive() const { return alive ? alive() : absl::OkStatus(); }
};

// How long a unary call that waits may not notice that it is over.
inline constexpr absl::Duration kWaitCheck = absl::Milliseconds(100);

// Waits, until the call's deadline, for the log to have at least `size` entries; the size that it has then.
// Alive's errors.
absl::StatusOr<Position> AwaitSize(ledger::LogReader& ledger, Position size, const CallContext& call);

// Not an answer: see CallContext::may_wait.
absl::Status WouldWait();
bool IsWouldWait(const absl::Status& status);

// RESOURCE_EXHAUSTED SLOW_CONSUMER: see ResponseStream::Write.
absl::Status SlowConsumer();

// What a handler makes of a request that changes something: the command, and what its outcome looks like in
// the response. `describe` runs at most once, on another thread, while the state as of outcome.end can be
// read; it is short and does not call the ledger. The receipt is filled in by whoever calls it.
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

  // OK while the caller listens. CANCELLED: it does not any more; UNAVAILABLE SHUTTING_DOWN: this server is
  // about to stop; DEADLINE_EXCEEDED: the deadline has passed. To be asked at least once a second by a
  // handler that waits.
  virtual absl::Status Alive() const = 0;

  // Sends one response once the one before it is taken. RESOURCE_EXHAUSTED SLOW_CONSUMER: that lasts too
  // long, and this one is not sent; where the caller can resume, the handler adds that to the metadata.
  // Otherwise what Alive says.
  virtual absl::Status Write(const Response& response) = 0;
};

}  // namespace seisaku::rpc
