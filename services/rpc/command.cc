#include "services/rpc/command.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/rpc/digest.h"

namespace seisaku::rpc {
namespace {

// The field of the oneof that is set; nullptr where none is.
const google::protobuf::FieldDescriptor* WhatIsDone(const google::protobuf::Message& change) {
  const auto* kinds = change.GetDescriptor()->FindOneofByName("change");
  return kinds == nullptr ? nullptr : change.GetReflection()->GetOneofFieldDescriptor(change, kinds);
}

}  // namespace

std::string FieldOfChange(const google::protobuf::Message& change, std::string_view field) {
  const google::protobuf::FieldDescriptor* done = WhatIsDone(change);
  const std::string first(field.substr(0, field.find_first_of(".[")));
  if (done == nullptr || change.GetDescriptor()->FindFieldByName(first) != nullptr) return std::string(field);
  if (first == "change") return done->name();
  // A decision names fields of the change, or of the resource by its kind.
  if (done->message_type()->FindFieldByName(first) != nullptr)
    return fmt::format("{}.{}", done->name(), field);
  return done->name() + std::string(field.substr(first.size()));
}

absl::Status WithFieldsNamed(const absl::Status& status,
                             absl::FunctionRef<std::string(std::string_view)> name) {
  const std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  const std::optional<google::rpc::BadRequest> bad_request = GetBadRequest(status);
  if (!info || !bad_request) return status;
  Metadata metadata(info->metadata().begin(), info->metadata().end());
  for (auto& [key, value] : metadata) {
    if (key == "field") value = name(value);
  }
  std::string message(status.message());
  std::vector<FieldViolation> violations;
  for (const auto& violation : bad_request->field_violations()) {
    std::string named = name(violation.field());
    // Most messages begin with the field that they are about.
    const std::string& field = violation.field();
    if (message.starts_with(field + ": ") || message.starts_with(field + " ")) {
      message.replace(0, field.size(), named);
    }
    violations.push_back({std::move(named), violation.description()});
  }
  // An error that names a field has no RetryInfo to keep: repeating the request would not help.
  return MakeError(status.code(), info->reason(), message, std::move(metadata), std::move(violations));
}

absl::Status OfChanges(const absl::Status& refused, const google::protobuf::Message& change, size_t index) {
  return WithFieldsNamed(refused, [&](std::string_view field) {
    return fmt::format("changes[{}].{}", index, FieldOfChange(change, field));
  });
}

absl::Status OfOneChange(const absl::Status& refused, const google::protobuf::Message& change,
                         std::string_view field, std::string_view id_field) {
  const google::protobuf::FieldDescriptor* done = WhatIsDone(change);
  if (done == nullptr) return refused;
  return WithFieldsNamed(refused, [&](std::string_view named) {
    std::string of_change = FieldOfChange(change, named);
    if (!of_change.starts_with(done->name())) return of_change;
    const std::string_view rest = std::string_view(of_change).substr(done->name().size());
    if (rest == ".name" && !id_field.empty()) {
      return std::string(absl::IsNotFound(refused) ? "parent" : id_field);
    }
    return std::string(field).append(rest);
  });
}

ledger::Hash RequestDigest(std::string_view method, const google::protobuf::Message& request) {
  return DigestOf(method, request, {"request_id"});
}

absl::StatusOr<ledger::Command> MakeCommand(const CallContext& call, const google::protobuf::Message& request,
                                            const RequestParts& parts, Steps steps) {
  if (!parts.request_id.empty() && !IsUuid(parts.request_id)) {
    return errors::InvalidField("request_id", expected::UUID, {{"actual", parts.request_id}});
  }
  if (parts.correlation_id.size() > kMaxCorrelationBytes) {
    return errors::InvalidField("correlation_id", expected::AT_MOST_BYTES,
                                {{"max", kMaxCorrelationBytes}, {"actual", parts.correlation_id.size()}});
  }
  ledger::Command command;
  command.caller = call.caller;
  command.request_id =
      parts.request_id.empty() ? NewUuid() : absl::AsciiStrToLower(std::string(parts.request_id));
  command.request_digest = RequestDigest(call.method, request);
  command.correlation_id = std::string(parts.correlation_id);
  command.steps = std::move(steps);
  command.validate_only = parts.validate_only;
  return command;
}

void FillReceipt(const ledger::Outcome& outcome, type::v1::Receipt* receipt) {
  receipt->set_position(outcome.tentative ? outcome.begin : outcome.end);
  if (outcome.tentative || outcome.begin == outcome.end) return;
  receipt->set_entries(static_cast<uint32_t>(outcome.end - outcome.begin));
  receipt->set_repeated(outcome.repeated);
  SetMicros(absl::ToUnixMicros(outcome.recorded_at), *receipt->mutable_recorded_at());
}

}  // namespace seisaku::rpc
