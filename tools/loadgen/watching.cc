// Loads that read a log.
#include <algorithm>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.grpc.pb.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "tools/loadgen/loads.h"

namespace seisaku::loadgen {
namespace {

using log::v1::LogService;
using log::v1::WatchEntriesResponse;

// A log's stream over a connection of its own.
class Watcher {
 public:
  static absl::StatusOr<std::unique_ptr<Watcher>> Open(const Target& target) {
    ASSIGN_OR_RETURN(auto channels, Connect(target, 1));
    return std::make_unique<Watcher>(LogService::NewStub(channels[0]));
  }
  explicit Watcher(std::unique_ptr<LogService::Stub> stub) : stub_(std::move(stub)) {}

  absl::StatusOr<uint64_t> LogSize() {
    grpc::ClientContext context;
    log::v1::GetCheckpointResponse response;
    grpc::Status status = stub_->GetCheckpoint(&context, {}, &response);
    if (!status.ok()) return absl::InternalError(status.error_message());
    return response.position();
  }

  void Start(uint64_t from, absl::Time until) {
    log::v1::WatchEntriesRequest request;
    request.set_start(from);
    context_.set_deadline(absl::ToChronoTime(until));
    reader_ = stub_->WatchEntries(&context_, request);
  }
  bool Read(WatchEntriesResponse* response) { return reader_->Read(response); }
  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  std::unique_ptr<LogService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<WatchEntriesResponse>> reader_;
};

}  // namespace

absl::StatusOr<Measured> Replay(const Load& load) {
  ASSIGN_OR_RETURN(auto watcher, Watcher::Open(load.target));
  const absl::Time start = absl::Now();
  watcher->Start(load.from, absl::Now() + absl::Minutes(30));
  Measured measured;
  WatchEntriesResponse response;
  while (!response.caught_up() && watcher->Read(&response)) {
    ++measured.calls;
    measured.items += response.entries_size();
  }
  measured.seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const bool complete = response.caught_up();
  watcher->Cancel();
  if (grpc::Status status = watcher->Finish(); !complete) return absl::InternalError(status.error_message());
  return measured;
}

absl::StatusOr<Measured> Follow(const Load& load) {
  ASSIGN_OR_RETURN(auto watcher, Watcher::Open(load.target));
  ASSIGN_OR_RETURN(uint64_t from, watcher->LogSize());
  const absl::Time counting_from = absl::Now() + absl::Seconds(load.pace.warm_up);
  const absl::Time until = counting_from + absl::Seconds(load.pace.seconds);
  watcher->Start(from, until);
  Measured measured;
  log::v1::Entry entry;
  for (WatchEntriesResponse response; watcher->Read(&response);) {
    const absl::Time now = absl::Now();
    if (now < counting_from) continue;
    ++measured.calls;
    for (const std::string& bytes : response.entries()) {
      if (!entry.ParseFromString(bytes)) return absl::DataLossError("an entry cannot be parsed");
      const absl::Time recorded = absl::FromUnixMicros(ToMicros(entry.recorded_at()));
      const int64_t took = absl::ToInt64Microseconds(now - recorded);
      measured.latencies_us.push_back(static_cast<uint32_t>(std::max<int64_t>(0, took)));
    }
  }
  measured.items = static_cast<int64_t>(measured.latencies_us.size());
  measured.seconds = load.pace.seconds;
  if (grpc::Status status = watcher->Finish(); status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) {
    return absl::InternalError(status.error_message());
  }
  return measured;
}

}  // namespace seisaku::loadgen
