#include "tools/auditor/log_client.h"

#include <utility>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "grpcpp/client_context.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/rpc/status.h"
#include "services/rpc/transport/channel.h"
#include "tools/policyctl/certificate_check.h"

namespace seisaku::auditor {
namespace {

namespace v1 = log::v1;

constexpr absl::Duration kDeadline = absl::Seconds(30);
// A log that was begun anew has entries in front that are no service's own.
constexpr uint32_t kTelling = 16;

}  // namespace

absl::StatusOr<std::unique_ptr<LogClient>> LogClient::Open(const LogAddress& address) {
  RETURN_IF_ERROR(policyctl::CheckValidity(address.files, absl::Now()));
  ASSIGN_OR_RETURN(auto channel, rpc::OpenChannel(address.address, address.files, address.authority));
  return std::unique_ptr<LogClient>(new LogClient(address, v1::LogService::NewStub(std::move(channel))));
}

// What a service says itself has facts.
absl::Status LogClient::Diagnosed(absl::Status status) const {
  if (!absl::IsUnavailable(status) || GetErrorInfo(status)) return status;
  RETURN_IF_ERROR(policyctl::CheckIssuer(address_.files));
  return MakeError(absl::StatusCode::kUnavailable, "SERVICE_UNREACHABLE", std::string(status.message()),
                   {{"address", address_.address}, {"why", std::string(status.message())}});
}

template <typename Request, typename Response>
absl::StatusOr<Response> LogClient::Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Response*),
                                         const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kDeadline));
  Response response;
  RETURN_IF_ERROR(Diagnosed(rpc::FromGrpcStatus(((*stub_).*method)(&context, request, &response))));
  return response;
}

absl::StatusOr<std::string> LogClient::GetCheckpoint(uint64_t size) {
  v1::GetCheckpointRequest request;
  request.set_size(size);
  ASSIGN_OR_RETURN(v1::GetCheckpointResponse response, Call(&Stub::GetCheckpoint, request));
  return std::move(*response.mutable_checkpoint());
}

absl::StatusOr<std::string> LogClient::GetCosignedCheckpoint() {
  v1::GetCheckpointRequest request;
  request.set_cosigned(true);
  ASSIGN_OR_RETURN(v1::GetCheckpointResponse response, Call(&Stub::GetCheckpoint, request));
  return std::move(*response.mutable_checkpoint());
}

absl::StatusOr<ledger::Proof> LogClient::ProveConsistency(uint64_t first, uint64_t second) {
  v1::GetConsistencyProofRequest request;
  request.set_first_size(first);
  request.set_second_size(second);
  ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse response, Call(&Stub::GetConsistencyProof, request));
  ledger::Proof proof;
  for (const std::string& bytes : response.hashes()) {
    ASSIGN_OR_RETURN(const ledger::Hash hash, ledger::HashFromBytes(bytes));
    proof.push_back(hash);
  }
  return proof;
}

absl::StatusOr<v1::ReadEntriesResponse> LogClient::ReadEntries(uint64_t start, uint32_t count) {
  v1::ReadEntriesRequest request;
  request.set_start(start);
  request.set_page_size(count);
  request.set_include_texts(true);
  return Call(&Stub::ReadEntries, request);
}

absl::Status LogClient::CheckServes(std::string_view service) {
  const absl::StatusOr<v1::ReadEntriesResponse> first = ReadEntries(0, kTelling);
  if (ReasonOf(first.status()) == "POSITION_BEYOND_END") return absl::OkStatus();
  RETURN_IF_ERROR(first.status());
  for (const v1::StoredEntry& stored : first->entries()) {
    v1::Entry entry;
    if (!entry.ParseFromString(stored.entry())) continue;
    for (const std::string_view other : {"catalog", "progress"}) {
      if (other == service || !entry.type().starts_with(fmt::format("seisaku.{}.v1.", other))) continue;
      return WithMetadata(errors::OriginMismatch(service, other), {{"address", address_.address}});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetStateDigestResponse> LogClient::GetStateDigest() {
  return Call(&Stub::GetStateDigest, v1::GetStateDigestRequest());
}

absl::Status LogClient::AddCosignature(const std::string& note) {
  v1::AddCosignatureRequest request;
  request.set_checkpoint(note);
  return Call(&Stub::AddCosignature, request).status();
}

}  // namespace seisaku::auditor
