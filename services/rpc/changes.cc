#include "services/rpc/changes.h"

#include <utility>

#include "fmt/format.h"
#include "seisaku/options/v1/options.pb.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/resource_name.h"
#include "services/base/status.h"
#include "services/rpc/transport/received.h"

namespace seisaku::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status DoesNotFit(const Method& method, std::string_view why) {
  return absl::InternalError(fmt::format("{}: {}", method.path, why));
}

std::string_view Text(const Message& message, const FieldDescriptor* field) {
  static const std::string none;
  if (field == nullptr) return none;
  return message.GetReflection()->GetStringReference(message, field, /*scratch=*/nullptr);
}

}  // namespace

const std::string& SubjectOf(const Message& change) {
  const Message* at = &change;
  if (const auto* kinds = change.GetDescriptor()->FindOneofByName("change")) {
    const FieldDescriptor* kind = change.GetReflection()->GetOneofFieldDescriptor(change, kinds);
    if (kind != nullptr) at = &change.GetReflection()->GetMessage(change, kind);
  }
  while (true) {
    const FieldDescriptor* first = at->GetDescriptor()->FindFieldByNumber(1);
    if (first->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return at->GetReflection()->GetStringReference(*at, first, nullptr);
    }
    at = &at->GetReflection()->GetMessage(*at, first);
  }
}

absl::StatusOr<std::unique_ptr<ChangeMethod>> ChangeMethod::Of(const Method& method,
                                                               std::shared_ptr<const Changing> changing) {
  const Descriptor& change = *changing->change.GetDescriptor();
  std::unique_ptr<ChangeMethod> made(new ChangeMethod(std::move(changing)));
  made->change_reason_ = change.FindFieldByName("reason");
  if (method.change != "*") {
    made->change_ = change.FindFieldByName(method.change);
    if (made->change_ == nullptr || made->change_->containing_oneof() == nullptr) {
      return DoesNotFit(method, fmt::format("{} has no change {}", change.full_name(), method.change));
    }
  }
  absl::Status bound = made->BindRequest(*method.descriptor->input_type(), made->change_);
  if (bound.ok()) bound = made->BindResponse(*method.descriptor->output_type());
  if (!bound.ok()) return DoesNotFit(method, std::string(bound.message()));
  return made;
}

absl::Status ChangeMethod::BindRequest(const Descriptor& request, const Field* change) {
  const Descriptor* asked = change == nullptr ? changing_->change.GetDescriptor() : change->message_type();
  for (int i = 0; i < request.field_count(); ++i) {
    if (request.field(i)->message_type() != asked) continue;
    if (asked_ != nullptr) return absl::InternalError("two fields of the request hold a change");
    asked_ = request.field(i);
  }
  if (asked_ == nullptr) return absl::InternalError("no field of the request holds the change");
  if (change == nullptr && !asked_->is_repeated()) return absl::InternalError("its changes are no list");
  request_id_ = request.FindFieldByName("request_id");
  validate_only_ = request.FindFieldByName("validate_only");
  correlation_id_ = request.FindFieldByName("correlation_id");
  if (request_id_ == nullptr || validate_only_ == nullptr || correlation_id_ == nullptr) {
    return absl::InternalError("the request lacks request_id, validate_only or correlation_id");
  }
  reason_ = request.FindFieldByName("reason");
  new_id_ = request.FindFieldByName(asked_->name() + "_id");
  if (new_id_ == nullptr) return absl::OkStatus();
  pattern_ = asked->options().GetExtension(options::v1::resource).pattern();
  parent_ = request.FindFieldByName("parent");
  const bool below = pattern_.find('{') != pattern_.rfind('{');
  if (pattern_.empty() || below != (parent_ != nullptr)) {
    return absl::InternalError(
        "what is created has no pattern of its name, or one that does not fit the parent");
  }
  return absl::OkStatus();
}

absl::Status ChangeMethod::BindResponse(const Descriptor& response) {
  response_ = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&response);
  receipt_ = response.FindFieldByName("receipt");
  if (receipt_ == nullptr || receipt_->message_type() != type::v1::Receipt::descriptor()) {
    return absl::InternalError("the response has no receipt");
  }
  if (change_ == nullptr) return absl::OkStatus();
  for (int i = 0; i < response.field_count(); ++i) {
    if (response.field(i) == receipt_) continue;
    if (shown_ != nullptr || response.field(i)->message_type() == nullptr) {
      return absl::InternalError("the response has more than a resource and a receipt");
    }
    shown_ = response.field(i);
  }
  if (shown_ != nullptr && shown_->is_repeated() != asked_->is_repeated()) {
    return absl::InternalError("one of request and response has a list, the other has not");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ChangeMethod::NewName(const Message& request) const {
  std::string name;
  const size_t last = pattern_.rfind('{');
  if (parent_ != nullptr) {
    const size_t collection =
        pattern_.rfind('/', last - 2);  // of "plans/{plan}/nodes/{node}", before "nodes"
    const std::string_view parent = Text(request, parent_);
    RETURN_IF_ERROR(
        ParseResourceName("parent", parent, std::string_view(pattern_).substr(0, collection)).status());
    name.append(parent).append(pattern_, collection, last - collection);
  } else {
    name.append(pattern_, 0, last);
  }
  const std::string_view id = Text(request, new_id_);
  RETURN_IF_ERROR(ValidateId(new_id_->name(), id));
  return name.append(id);
}

absl::StatusOr<Steps> ChangeMethod::ToChanges(const Message& request) const {
  const google::protobuf::Reflection& read = *request.GetReflection();
  size_t count = 1;
  if (asked_->is_repeated()) {
    count = static_cast<size_t>(read.FieldSize(request, asked_));
    if (count == 0) return errors::RequiredField(asked_->name());
    if (count > static_cast<size_t>(ledger::kMaxCommandEvents)) {
      return errors::CommandTooLarge(asked_->name(), ledger::kMaxCommandEvents, static_cast<int64_t>(count));
    }
  }
  std::string name;
  if (new_id_ != nullptr) {
    ASSIGN_OR_RETURN(name, NewName(request));
  }
  Steps changes;
  changes.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const Message& asked = asked_->is_repeated()
                               ? read.GetRepeatedMessage(request, asked_, static_cast<int>(i))
                               : read.GetMessage(request, asked_);
    std::shared_ptr<Message> change(changing_->change.New());
    const google::protobuf::Reflection& write = *change->GetReflection();
    if (change_ == nullptr) {
      change->CopyFrom(asked);
    } else {
      Message& held = *write.MutableMessage(change.get(), change_);
      held.CopyFrom(asked);
      if (new_id_ != nullptr) {
        held.GetReflection()->SetString(&held, held.GetDescriptor()->FindFieldByNumber(1), name);
      }
      if (reason_ != nullptr)
        write.SetString(change.get(), change_reason_, std::string(Text(request, reason_)));
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

absl::Status ChangeMethod::AsSent(const absl::Status& refused, const Message& change, size_t index) const {
  if (change_ == nullptr) return OfChanges(refused, change, index);
  if (asked_->is_repeated())
    return OfOneChange(refused, change, fmt::format("{}[{}]", asked_->name(), index));
  return OfOneChange(refused, change, asked_->name(), new_id_ == nullptr ? "" : new_id_->name());
}

absl::StatusOr<ledger::Command> ChangeMethod::ToCommand(const CallContext& call,
                                                        const Message& request) const {
  ASSIGN_OR_RETURN(Steps changes, ToChanges(request));
  ASSIGN_OR_RETURN(ledger::Command command,
                   MakeCommand(call, request,
                               {.request_id = Text(request, request_id_),
                                .validate_only = request.GetReflection()->GetBool(request, validate_only_),
                                .correlation_id = Text(request, correlation_id_)},
                               std::move(changes)));
  command.as_sent = [this](const absl::Status& refused, const Message& change, size_t index) {
    return AsSent(refused, change, index);
  };
  if (changing_->prepare) RETURN_IF_ERROR(changing_->prepare(call, request, command));
  return command;
}

absl::Status ChangeMethod::Respond(const ledger::Outcome& outcome, const Steps& changes,
                                   Message& response) const {
  const google::protobuf::Reflection& write = *response.GetReflection();
  if (change_ == nullptr) {
    if (changing_->describe) RETURN_IF_ERROR(changing_->describe(outcome, response));
  } else if (shown_ != nullptr) {
    for (const auto& change : changes) {
      changing_->show(outcome.end, *change,
                      shown_->is_repeated() ? *write.AddMessage(&response, shown_)
                                            : *write.MutableMessage(&response, shown_));
    }
  }
  FillReceipt(outcome, static_cast<type::v1::Receipt*>(write.MutableMessage(&response, receipt_)));
  return absl::OkStatus();
}

bool ChangeMethod::Submit(ledger::Ledger& ledger, const CallContext& call, const Message& request,
                          UnaryMethod::Reply& reply) const {
  absl::StatusOr<ledger::Command> command = ToCommand(call, request);
  if (IsWouldWait(command.status())) return false;
  if (!command.ok()) {
    std::move(reply)(command.status());
    return true;
  }
  auto done = [this, changes = shown_ == nullptr ? Steps() : command->steps,
               reply = std::move(reply)](absl::StatusOr<ledger::Outcome> outcome) mutable {
    if (!outcome.ok()) return std::move(reply)(outcome.status());
    std::unique_ptr<Message> response(response_->New());
    absl::Status responded;
    absl::Status thrown = WithoutExceptions([&] { responded = Respond(*outcome, changes, *response); });
    if (!thrown.ok()) responded = thrown;
    if (!responded.ok()) return std::move(reply)(responded);
    std::move(reply)(ToBuffer(*response));
  };
  ledger.Submit(*std::move(command), call.deadline, std::move(done));
  return true;
}

}  // namespace seisaku::rpc
