#include "services/rpc/transport/adapter.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>

#include "absl/time/clock.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/rpc/process/log.h"
#include "services/rpc/status.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {
namespace {

// A little before the caller's own deadline, so that the error can still say what was waited for.
absl::Time DeadlineOf(const grpc::ServerContext& context, absl::Time now, absl::Duration unless_given,
                      absl::Duration at_most) {
  const auto given = context.deadline();
  if (given == std::chrono::system_clock::time_point::max()) return now + unless_given;
  const absl::Duration left = std::min(absl::FromChrono(given) - now, at_most);
  return now + left - std::min(left / 10, absl::Milliseconds(200));
}

// As HTTP/2 counts them: RFC 9113, section 6.5.2. Names and values that gRPC keeps to itself are few.
absl::Status CheckHeaders(const grpc::ServerContext& context) {
  constexpr size_t kEach = 32;
  size_t bytes = 0;
  for (const auto& [name, value] : context.client_metadata()) bytes += name.size() + value.size() + kEach;
  if (bytes <= size_t{kMaxHeaderBytes}) return absl::OkStatus();
  return errors::CommandTooLarge("header_bytes", kMaxHeaderBytes, static_cast<int64_t>(bytes));
}

bool IsOurFault(grpc::StatusCode code) {
  return code == grpc::StatusCode::INTERNAL || code == grpc::StatusCode::UNKNOWN ||
         code == grpc::StatusCode::DATA_LOSS;
}

// The field of that name where the request has one.
std::string RequestId(const google::protobuf::Message* request) {
  if (request == nullptr) return {};
  const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return {};
  }
  return request->GetReflection()->GetString(*request, field);
}

void LogFailure(const CallContext& call, const absl::Status& status, const grpc::Status& answered,
                absl::Duration took) {
  auto log = IsOurFault(answered.error_code()) ? LogError : LogInfo;
  log("call failed",
      {{"method", std::string(call.method)},
       {"subject", call.caller.subject},
       {"peer", call.transport != nullptr ? call.transport->peer() : ""},
       {"request_id", RequestId(call.request)},
       {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(answered.error_code()))},
       {"reason", ReasonOf(FromGrpcStatus(answered))},  // "INTERNAL" where the caller is not told more
       {"error", std::string(status.message())},
       {"took", absl::FormatDuration(took)}},
      absl::OkStatus());
}

// Refused because of the state of the service, not because of the request.
bool IsRefusal(absl::StatusCode code) {
  return code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kUnauthenticated ||
         code == absl::StatusCode::kPermissionDenied;
}

}  // namespace

absl::Status WithoutExceptions(absl::FunctionRef<void()> handle) {
  try {
    handle();
    return absl::OkStatus();
  } catch (const std::exception& exception) {
    return absl::InternalError(std::string("exception: ").append(exception.what()));
  } catch (...) {
    return absl::InternalError("an exception that is not a std::exception");
  }
}

Adapter::Adapter(Metrics& metrics, std::string city, Admission admission, absl::Duration default_deadline)
    : metrics_(metrics),
      city_(std::move(city)),
      admission_(admission),
      default_deadline_(default_deadline),
      sampled_(metrics.Subscribe([this](Samples& samples) { Sample(samples); })) {}

void Adapter::Sample(Samples& samples) const {
  samples.Gauge("seisaku_rpc_open", "Calls that were begun and have not ended.",
                static_cast<double>(unary_.open), {{"kind", "unary"}});
  samples.Gauge("seisaku_rpc_open", "", static_cast<double>(streams_.open), {{"kind", "stream"}});
  for (const auto& [kind, traffic] : {std::pair("unary", &unary_), std::pair("stream", &streams_)}) {
    MutexLock lock(traffic->mutex);
    for (const auto& [reason, count] : traffic->refused) {
      samples.Counter("seisaku_rpc_refused_total",
                      "Calls that were turned away for want of room, of a usable certificate or of a role.",
                      static_cast<double>(count), {{"kind", kind}, {"reason", reason}});
    }
  }
}

absl::Status Adapter::Begin(const grpc::ServerContext& context, const Method& method,
                            absl::Duration default_deadline, absl::Duration max_deadline,
                            CallContext* call) const {
  call->began = absl::Now();
  call->deadline = DeadlineOf(context, call->began, default_deadline, max_deadline);
  call->method = method.path;
  call->transport = &context;
  ++(call->is_stream ? streams_ : unary_).open;
  RETURN_IF_ERROR(admission_(*context.auth_context(), method, city_, &call->caller));
  return CheckHeaders(context);
}

grpc::Status Adapter::End(const CallContext& call, const absl::Status& status) const {
  grpc::Status answer = ToGrpcStatus(status);
  Traffic& traffic = call.is_stream ? streams_ : unary_;
  --traffic.open;
  const absl::Duration took = absl::Now() - call.began;
  metrics_.CountCall(call.method, static_cast<absl::StatusCode>(answer.error_code()), took);
  if (!status.ok()) LogFailure(call, status, answer, took);
  if (IsRefusal(status.code())) {
    MutexLock lock(traffic.mutex);
    ++traffic.refused[ReasonOf(FromGrpcStatus(answer))];
  }
  return answer;
}

absl::Status Adapter::Serving() const { return ending_ ? errors::ShuttingDown() : absl::OkStatus(); }

absl::Status Adapter::StreamAlive(absl::Time deadline) const {
  RETURN_IF_ERROR(Serving());
  if (absl::Now() >= deadline) return absl::DeadlineExceededError("the stream has lasted as long as it may");
  return absl::OkStatus();
}

}  // namespace seisaku::rpc
