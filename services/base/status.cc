#include "services/base/status.h"

#include "absl/strings/cord.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace seisaku {
namespace {

template <typename Detail>
std::string TypeUrl() {
  return "type.googleapis.com/" + Detail::descriptor()->full_name();
}

// Deterministic bytes (maps are otherwise written in any order), so that equal errors compare equal.
std::string Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(Serialize(detail)));
}

template <typename Detail>
std::optional<Detail> Detached(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       Metadata metadata, std::vector<FieldViolation> violations) {
  absl::Status status(code, std::string(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  for (auto& fact : metadata) (*info.mutable_metadata())[std::move(fact.first)] = std::move(fact.second);
  Attach(status, info);
  if (violations.empty()) return status;

  google::rpc::BadRequest bad_request;
  for (FieldViolation& violation : violations) {
    auto* added = bad_request.add_field_violations();
    added->set_field(std::move(violation.field));
    added->set_description(std::move(violation.description));
  }
  Attach(status, bad_request);
  return status;
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo retry;
  absl::Duration rest;
  retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &rest));
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  Attach(status, retry);
  return status;
}

absl::Status WithField(const absl::Status& status, std::string_view field) {
  if (!GetErrorInfo(status) || GetBadRequest(status)) return status;
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(status.message()));
  absl::Status named = status;
  Attach(named, bad_request);
  return named;
}

absl::Status WithMetadata(const absl::Status& status, const Metadata& more) {
  std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  if (!info) return status;
  for (const auto& [key, value] : more) (*info->mutable_metadata())[key] = value;
  absl::Status richer = status;
  Attach(richer, *info);
  return richer;
}

absl::Status WithFieldPrefix(const absl::Status& status, std::string_view field_prefix) {
  std::optional<google::rpc::BadRequest> bad_request = GetBadRequest(status);
  if (!bad_request) return status;
  for (auto& violation : *bad_request->mutable_field_violations()) {
    violation.set_field(std::string(field_prefix) + violation.field());
  }
  absl::Status prefixed = status;
  Attach(prefixed, *bad_request);
  if (std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
      info && info->metadata().contains("field")) {
    std::string& field = (*info->mutable_metadata())["field"];
    field.insert(0, field_prefix);
    Attach(prefixed, *info);
  }
  return prefixed;
}

std::optional<google::rpc::ErrorInfo> GetErrorInfo(const absl::Status& status) {
  return Detached<google::rpc::ErrorInfo>(status);
}

std::optional<google::rpc::BadRequest> GetBadRequest(const absl::Status& status) {
  return Detached<google::rpc::BadRequest>(status);
}

std::optional<google::rpc::RetryInfo> GetRetryInfo(const absl::Status& status) {
  return Detached<google::rpc::RetryInfo>(status);
}

std::string ReasonOf(const absl::Status& status) {
  std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  return info ? info->reason() : "";
}

}  // namespace seisaku
