// From a mutation's request to a command of the ledger, and from its outcome to a receipt.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/ledger/ledger.h"
#include "services/rpc/transport/adapter.h"
#include "services/rpc/transport/call.h"

namespace seisaku::rpc {

inline constexpr size_t kMaxCorrelationBytes = 128;

using Steps = std::vector<std::shared_ptr<const google::protobuf::Message>>;

// A step for each of a request's changes.
template <typename Change>
Steps ToSteps(google::protobuf::RepeatedPtrField<Change> changes) {
  Steps steps;
  steps.reserve(changes.size());
  for (Change& change : changes) steps.push_back(std::make_shared<const Change>(std::move(change)));
  return steps;
}

// The name of a field in the change as it was sent ("create_kpi.unit"), for the name that the decision uses
// ("kpi.unit"). `change` is a Change of catalog or progress.
std::string FieldOfChange(const google::protobuf::Message& change, std::string_view field);
// An error, the fields that it speaks of named as `name` says.
absl::Status WithFieldsNamed(const absl::Status& status,
                             absl::FunctionRef<std::string(std::string_view)> name);
// For Command::as_sent, where the request has a list of changes.
absl::Status OfChanges(const absl::Status& refused, const google::protobuf::Message& change, size_t index);
// The same of a request that is one change, whose `field` holds what the change does: "update.node.title". Of
// what is created the name is made of `id_field` and the field `parent`.
absl::Status OfOneChange(const absl::Status& refused, const google::protobuf::Message& change,
                         std::string_view field, std::string_view id_field = {});

// SHA-256 over the method and the request's deterministic bytes without request_id and the min_… fields,
// which say how to ask and not what. Equal for equal requests.
ledger::Hash RequestDigest(std::string_view method, const google::protobuf::Message& request);

// The parts of a request that ToCommand takes.
struct RequestParts {
  std::string_view request_id;
  bool validate_only;
  std::string_view correlation_id;
};
absl::StatusOr<ledger::Command> MakeCommand(const CallContext& call, const google::protobuf::Message& request,
                                            const RequestParts& parts, Steps steps);

// The command that `request`, of any mutation, asks for. An empty request_id gets a new UUID; one that is
// given is taken in lower case. INVALID_ARGUMENT INVALID_FIELD: request_id is not a UUID; correlation_id is
// longer than 128 bytes.
template <typename Request>
absl::StatusOr<ledger::Command> ToCommand(const CallContext& call, const Request& request, Steps steps) {
  return MakeCommand(call, request, {request.request_id(), request.validate_only(), request.correlation_id()},
                     std::move(steps));
}

// What a response says of the outcome: position is its end, or where it was decided if nothing was added.
void FillReceipt(const ledger::Outcome& outcome, type::v1::Receipt* receipt);

// The response that `describe` makes of an outcome, with its receipt.
template <typename Response>
absl::StatusOr<Response> ToResponse(
    const std::function<absl::Status(const ledger::Outcome&, Response&)>& describe,
    const absl::StatusOr<ledger::Outcome>& outcome) {
  RETURN_IF_ERROR(outcome.status());
  Response response;
  absl::Status described;
  RETURN_IF_ERROR(WithoutExceptions([&] { described = describe(*outcome, response); }));
  RETURN_IF_ERROR(described);
  FillReceipt(*outcome, response.mutable_receipt());
  return response;
}

// Submits what a handler made of a request, and replies when it is durable or refused.
template <typename Response, typename Reply>
void Submit(ledger::Ledger& ledger, absl::Time deadline, absl::StatusOr<Mutation<Response>> made,
            Reply reply) {
  if (!made.ok()) return std::move(reply)(made.status());
  auto done = [describe = std::move(made->describe),
               reply = std::move(reply)](absl::StatusOr<ledger::Outcome> outcome) mutable {
    std::move(reply)(ToResponse<Response>(describe, outcome));
  };
  ledger.Submit(std::move(made->command), deadline, std::move(done));
}

// The same for a handler that waits for the response, because it has something to add. CANCELLED where its
// caller goes first: what is queued is carried out, and the same request finds what it came to.
template <typename Response>
absl::StatusOr<Response> Apply(ledger::Ledger& ledger, const CallContext& call, Mutation<Response> mutation) {
  struct Awaited {
    Mutex mutex;
    CondVar told;
    bool left ABSL_GUARDED_BY(mutex) = false;  // then what `describe` refers to is gone
    std::optional<absl::StatusOr<Response>> response ABSL_GUARDED_BY(mutex);
  };
  auto awaited = std::make_shared<Awaited>();
  auto done = [awaited, describe = std::move(mutation.describe)](absl::StatusOr<ledger::Outcome> outcome) {
    MutexLock lock(awaited->mutex);
    if (awaited->left) return;
    awaited->response = ToResponse<Response>(describe, outcome);
    awaited->told.Notify();
  };
  ledger.Submit(std::move(mutation.command), call.deadline, std::move(done));
  MutexLock lock(awaited->mutex);
  while (!awaited->response) {
    const auto until = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(kWaitCheck);
    if (awaited->told.WaitUntil(awaited->mutex, until) || awaited->response) continue;
    absl::Status alive = call.Alive();
    if (!absl::IsCancelled(alive)) continue;  // a server that stops waits for what is queued
    awaited->left = true;
    return alive;
  }
  return *std::move(awaited->response);
}

}  // namespace seisaku::rpc
