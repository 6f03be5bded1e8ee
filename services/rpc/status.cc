#include "services/rpc/status.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/status.h"
#include "services/rpc/digest.h"

namespace seisaku::rpc {
namespace {

// Errors travel in HTTP/2 trailers, which clients limit to 8 KiB in all: the message twice, once with every
// byte that is not ASCII as three, and the details in base64.
constexpr size_t kMaxMessageBytes = 512;
constexpr size_t kMaxMetadataBytes = 256;
constexpr size_t kMaxDetailsBytes = 4096;

// At most `limit` bytes, cut between characters.
std::string Clip(std::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return std::string(text.substr(0, limit));
}

google::rpc::ErrorInfo Clipped(google::rpc::ErrorInfo info) {
  for (auto& [key, value] : *info.mutable_metadata()) value = Clip(value, kMaxMetadataBytes);
  return info;
}

// As many of the first violations as `room` bytes hold.
google::rpc::BadRequest Clipped(const google::rpc::BadRequest& all, size_t room) {
  google::rpc::BadRequest some;
  for (const auto& violation : all.field_violations()) {
    *some.add_field_violations() = violation;
    if (some.ByteSizeLong() > room) {
      some.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  return some;
}

// `status` with its one ErrorInfo; without any, what callers may know of it.
absl::Status WithErrorInfo(const absl::Status& status) {
  if (GetErrorInfo(status)) return status;
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return MakeError(status.code(), "CANCELLED", "the call was cancelled");
    case absl::StatusCode::kDeadlineExceeded:
      return MakeError(status.code(), "DEADLINE_EXCEEDED", "the deadline has passed");
    default:
      return MakeError(absl::StatusCode::kInternal, "INTERNAL", "internal error");
  }
}

google::rpc::Status ToProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(Clip(std::string(status.message()), kMaxMessageBytes));
  proto.add_details()->PackFrom(Clipped(*GetErrorInfo(status)));
  if (auto retry = GetRetryInfo(status)) proto.add_details()->PackFrom(*retry);
  if (auto bad = GetBadRequest(status)) {
    const size_t taken = proto.ByteSizeLong();
    proto.add_details()->PackFrom(Clipped(*bad, taken < kMaxDetailsBytes ? kMaxDetailsBytes - taken : 0));
  }
  return proto;
}

template <typename Detail>
bool CopyPayload(const google::protobuf::Any& any, absl::Status* status) {
  if (!any.Is<Detail>()) return false;
  if (Detail detail; any.UnpackTo(&detail)) {
    std::string bytes;
    AppendDeterministically(detail, bytes);  // as MakeError does, so that equal errors compare equal
    status->SetPayload(std::string("type.googleapis.com/").append(Detail::descriptor()->full_name()),
                       absl::Cord(bytes));
  }
  return true;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status proto = ToProto(WithErrorInfo(status));
  return grpc::Status(static_cast<grpc::StatusCode>(proto.code()), proto.message(),
                      proto.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status proto;
  if (!proto.ParseFromString(status.error_details())) return result;
  for (const google::protobuf::Any& any : proto.details()) {
    CopyPayload<google::rpc::ErrorInfo>(any, &result) || CopyPayload<google::rpc::BadRequest>(any, &result) ||
        CopyPayload<google::rpc::RetryInfo>(any, &result);
  }
  return result;
}

}  // namespace seisaku::rpc
