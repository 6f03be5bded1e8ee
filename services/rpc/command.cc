#include "services/rpc/command.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/timestamp.h"
#include "services/rpc/digest.h"

namespace seisaku::rpc {

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
