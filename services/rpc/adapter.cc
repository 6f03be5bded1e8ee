#include "services/rpc/adapter.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>

#include "absl/time/clock.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/rpc/limits.h"
#include "services/rpc/log.h"
#include "services/rpc/status.h"

namespace seisaku::rpc {
namespace {

// A little before the caller's own deadline, so that what was waited for in vain can still be said.
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

void LogFailure(const CallContext& call, const absl::Status& status, const grpc::Status& answered,
                absl::Duration took) {
  auto log = IsOurFault(answered.error_code()) ? LogError : LogInfo;
  log("call failed",
      {{"method", std::string(call.method)},
       {"subject", call.caller.subject},
       {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(answered.error_code()))},
       {"reason", ReasonOf(FromGrpcStatus(answered))},  // "INTERNAL" where the caller is not told more
       {"error", std::string(status.message())},
       {"took", absl::FormatDuration(took)}},
      absl::OkStatus());
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

absl::Status Adapter::Begin(const grpc::ServerContext& context, std::string_view method,
                            absl::Duration default_deadline, absl::Duration max_deadline,
                            CallContext* call) const {
  call->began = absl::Now();
  call->deadline = DeadlineOf(context, call->began, default_deadline, max_deadline);
  call->method = method;
  ASSIGN_OR_RETURN(call->caller, admission_(*context.auth_context(), method));
  return CheckHeaders(context);
}

grpc::Status Adapter::End(const CallContext& call, const absl::Status& status) const {
  grpc::Status answer = ToGrpcStatus(status);
  const absl::Duration took = absl::Now() - call.began;
  metrics_.CountCall(call.method, static_cast<absl::StatusCode>(answer.error_code()), took);
  if (!status.ok()) LogFailure(call, status, answer, took);
  return answer;
}

absl::Status Adapter::Serving() const { return ending_ ? errors::ShuttingDown() : absl::OkStatus(); }

absl::Status Adapter::StreamAlive(absl::Time deadline) const {
  RETURN_IF_ERROR(Serving());
  if (absl::Now() >= deadline) return absl::DeadlineExceededError("the stream has lasted as long as it may");
  return absl::OkStatus();
}

}  // namespace seisaku::rpc
