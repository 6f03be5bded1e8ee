// The methods that change something. What a request asks for, what its errors are called and what its
// response holds follow from the contract: from the option `change` (proto/seisaku/options/v1) and the
// messages' fields.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/ledger/ledger.h"
#include "services/rpc/command.h"
#include "services/rpc/security/authz.h"
#include "services/rpc/transport/call.h"
#include "services/rpc/transport/unary.h"

namespace seisaku::rpc {

// How a service's domain takes part in the methods that change something. Called by many threads at once.
struct Changing {
  const google::protobuf::Message& change;  // an empty Change of the service
  // Completes a command, or waits for what it needs (WouldWait() where the call may not wait). May be empty.
  std::function<absl::Status(const CallContext& call, const google::protobuf::Message& request,
                             ledger::Command& command)>
      prepare = {};
  // Puts what `change` was about into `resource`, a message of the response, as it is after `size` entries.
  std::function<void(Position size, const google::protobuf::Message& change,
                     google::protobuf::Message& resource)>
      show;
  // Fills in the response to a request with a list of changes, except its receipt.
  std::function<absl::Status(const ledger::Outcome& outcome, google::protobuf::Message& response)> describe =
      {};
};

// What `change` is about: the name in its field 1, or in the field 1 of the message there. Refers to
// `change`.
const std::string& SubjectOf(const google::protobuf::Message& change);

// One method. Thread-safe; outlives its calls.
class ChangeMethod {
 public:
  // INTERNAL, which names the method: the request or response does not fit the change that the contract
  // names.
  static absl::StatusOr<std::unique_ptr<ChangeMethod>> Of(const Method& method,
                                                          std::shared_ptr<const Changing> changing);

  // The changes that `request` asks for. INVALID_ARGUMENT REQUIRED_FIELD, COMMAND_TOO_LARGE: a list is empty,
  // or longer than a command may be; INVALID_FIELD: the parent's name or the new id.
  absl::StatusOr<Steps> ToChanges(const google::protobuf::Message& request) const;

  // The response to the outcome of a request that asked for `changes`.
  absl::Status Respond(const ledger::Outcome& outcome, const Steps& changes,
                       google::protobuf::Message& response) const;

  // A UnaryMethod::Handle: makes a command of the request, and replies when it is durable or refused.
  bool Submit(ledger::Ledger& ledger, const CallContext& call, const google::protobuf::Message& request,
              UnaryMethod::Reply& reply) const;

 private:
  using Field = google::protobuf::FieldDescriptor;

  explicit ChangeMethod(std::shared_ptr<const Changing> changing) : changing_(std::move(changing)) {}

  absl::Status BindRequest(const google::protobuf::Descriptor& request, const Field* change);
  absl::Status BindResponse(const google::protobuf::Descriptor& response);
  absl::StatusOr<ledger::Command> ToCommand(const CallContext& call,
                                            const google::protobuf::Message& request) const;
  // "plans/p/nodes/n", of what is created.
  absl::StatusOr<std::string> NewName(const google::protobuf::Message& request) const;
  absl::Status AsSent(const absl::Status& refused, const google::protobuf::Message& change,
                      size_t index) const;

  const std::shared_ptr<const Changing> changing_;
  // Of the request. `asked_` is what the change holds, or a list of that; where change_ is nullptr, of
  // changes.
  const Field* asked_ = nullptr;
  const Field* reason_ = nullptr;
  const Field* new_id_ = nullptr;  // nullptr: nothing is created
  const Field* parent_ = nullptr;
  const Field* request_id_ = nullptr;
  const Field* validate_only_ = nullptr;
  const Field* correlation_id_ = nullptr;
  // Of the change.
  const Field* change_ = nullptr;
  const Field* change_reason_ = nullptr;
  std::string pattern_;  // of the name of what is created
  // Of the response; nullptr: it has none.
  const google::protobuf::Message* response_ = nullptr;
  const Field* shown_ = nullptr;
  const Field* receipt_ = nullptr;
};

}  // namespace seisaku::rpc
