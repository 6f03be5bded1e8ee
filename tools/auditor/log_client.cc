#include "tools/auditor/log_client.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "services/base/status.h"
#include "services/rpc/channel.h"
#include "services/rpc/status.h"

namespace seisaku::auditor {
namespace {

namespace v1 = log::v1;

constexpr absl::Duration kDeadline = absl::Seconds(30);

}  // namespace

absl::StatusOr<std::unique_ptr<LogClient>> LogClient::Open(const LogAddress& address) {
  ASSIGN_OR_RETURN(auto channel, rpc::OpenChannel(address.address, address.files, address.authority));
  return std::unique_ptr<LogClient>(new LogClient(v1::LogService::NewStub(std::move(channel))));
}

template <typename Request, typename Response>
absl::StatusOr<Response> LogClient::Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Response*),
                                         const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kDeadline));
  Response response;
  RETURN_IF_ERROR(rpc::FromGrpcStatus(((*stub_).*method)(&context, request, &response)));
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

absl::StatusOr<v1::GetStateDigestResponse> LogClient::GetStateDigest() {
  return Call(&Stub::GetStateDigest, v1::GetStateDigestRequest());
}

absl::Status LogClient::AddCosignature(const std::string& note) {
  v1::AddCosignatureRequest request;
  request.set_checkpoint(note);
  return Call(&Stub::AddCosignature, request).status();
}

}  // namespace seisaku::auditor
