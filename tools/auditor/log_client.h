// A service's log as an auditor reaches it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "services/ledger/tree/proof.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::auditor {

// What a witness asks of a log. Errors are the service's.
class WitnessedLog {
 public:
  virtual ~WitnessedLog() = default;
  // The signed checkpoint of `size`; 0: the newest.
  virtual absl::StatusOr<std::string> GetCheckpoint(uint64_t size) = 0;
  // The proof that the log of `second` entries extends that of `first`. MALFORMED: it holds no hashes.
  virtual absl::StatusOr<ledger::Proof> ProveConsistency(uint64_t first, uint64_t second) = 0;
  // Hands in a checkpoint that was cosigned.
  virtual absl::Status AddCosignature(const std::string& note) = 0;
};

// How to get there.
struct LogAddress {
  std::string address;  // host:port
  rpc::TlsFiles files;
  std::string authority;  // the name in the server's certificate, where it is not the address's
};

// A log behind LogService. Every call has 30 seconds, and is made once. Where nobody answers the error is
// UNAVAILABLE SERVICE_UNREACHABLE, metadata `address` and `why`, or CERTIFICATE_FOREIGN. Thread-compatible.
class LogClient final : public WitnessedLog {
 public:
  // Connects with the first call. CERTIFICATE_UNREADABLE, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID.
  static absl::StatusOr<std::unique_ptr<LogClient>> Open(const LogAddress& address);

  absl::StatusOr<std::string> GetCheckpoint(uint64_t size) override;
  absl::StatusOr<ledger::Proof> ProveConsistency(uint64_t first, uint64_t second) override;
  absl::Status AddCosignature(const std::string& note) override;

  // The digests of the log's state now, and of which size they are.
  absl::StatusOr<log::v1::GetStateDigestResponse> GetStateDigest();
  // The newest that somebody has cosigned. NOT_FOUND COSIGNATURE_NOT_FOUND: nobody has.
  absl::StatusOr<std::string> GetCosignedCheckpoint();

  // Entries from `start` on with their texts, at most `count` and about 4 MiB.
  absl::StatusOr<log::v1::ReadEntriesResponse> ReadEntries(uint64_t start, uint32_t count);

  // FAILED_PRECONDITION ORIGIN_MISMATCH where the first entries are not of `service` ("catalog", "progress")
  // but of the other one; metadata `address`. A log without entries may be either's.
  absl::Status CheckServes(std::string_view service);

 private:
  using Stub = log::v1::LogService::StubInterface;

  LogClient(const LogAddress& address, std::unique_ptr<Stub> stub)
      : address_(address), stub_(std::move(stub)) {}
  absl::Status Diagnosed(absl::Status status) const;

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request);

  const LogAddress address_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace seisaku::auditor
