// From a mutation's request to a command of the ledger, and from its outcome to a receipt.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/ledger/ledger.h"
#include "services/rpc/call.h"

namespace seisaku::rpc {

inline constexpr size_t kMaxCorrelationBytes = 128;

using Steps = std::vector<std::shared_ptr<const google::protobuf::Message>>;

// One step, or one for each of a request's changes.
template <typename Change>
Steps ToStep(Change change) {
  return {std::make_shared<const Change>(std::move(change))};
}
template <typename Change>
Steps ToSteps(const google::protobuf::RepeatedPtrField<Change>& changes) {
  Steps steps;
  steps.reserve(changes.size());
  for (const Change& change : changes) steps.push_back(std::make_shared<const Change>(change));
  return steps;
}

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

}  // namespace seisaku::rpc
