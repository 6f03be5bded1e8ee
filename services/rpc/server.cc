#include "services/rpc/server.h"

#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "services/base/files.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/rpc/edge.h"
#include "services/rpc/endpoint.h"
#include "services/rpc/health_service.h"
#include "services/rpc/limits.h"
#include "services/rpc/metrics.h"
#include "services/rpc/queues.h"
#include "services/rpc/readiness.h"
#include "services/rpc/transport.h"

namespace seisaku::rpc {
namespace {

// A stream takes a thread as long as it lasts; beyond these it is refused.
constexpr size_t kMaxStreams = 192;
// Of gRPC's own, for reflection.
constexpr int kMaxGrpcThreads = 8;
// For calls that wait, and for those that wait for such a thread.
constexpr size_t kMaxWaitingThreads = 64;
constexpr size_t kMaxWaitingCalls = 4096;
constexpr int kMaxCallsPerConnection = 128;

void Limit(grpc::ServerBuilder& builder) {
  builder.SetResourceQuota(grpc::ResourceQuota("seisaku").SetMaxThreads(kMaxGrpcThreads));
  // For reflection; the connections are the other calls' to watch.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMillis / 2);
}

// gRPC takes it from global state, read when a server is built.
void TurnOnReflection() { grpc::reflection::InitProtoReflectionServerBuilderPlugin(); }

void Sample(const EdgeCounts& counts, Samples& samples) {
  samples.Gauge("seisaku_connections_open", "Connections of callers.", static_cast<double>(counts.open));
  samples.Gauge("seisaku_connections_max", "How many may be open.", static_cast<double>(counts.most));
  samples.Counter("seisaku_connections_accepted_total", "Connections that were accepted.",
                  static_cast<double>(counts.accepted));
  for (const auto& [reason, count] : {std::pair("full", counts.refused_full),
                                      std::pair("address", counts.refused_address),
                                      std::pair("descriptors", counts.refused_descriptors)}) {
    samples.Counter("seisaku_connections_refused_total",
                    "Connections that were refused: as many as may be were open, in all or of an address, or no "
                    "descriptor was left.",
                    static_cast<double>(count), {{"reason", reason}});
  }
  for (const auto& [reason, count] :
       {std::pair("handshake", counts.cut_handshakes), std::pair("resets", counts.cut_resets),
        std::pair("calls", counts.cut_calls), std::pair("bytes", counts.cut_bytes)}) {
    samples.Counter("seisaku_connections_cut_total",
                    "Connections that were cut off: without a certificate while others wanted the room, or "
                    "because they flooded.",
                    static_cast<double>(count), {{"reason", reason}});
  }
}

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(const Served& served)
      : adapter_(served.adapter), give_up_(served.give_up), health_(served.adapter) {}
  ~GrpcServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const Options& options, const Served& served) {
    TurnOnReflection();
    grpc::ServerBuilder builder;
    Limit(builder);
    ASSIGN_OR_RETURN(edge_, Edge::Listen(options.listen, options.limits));
    sampled_ = served.metrics.Subscribe([this](Samples& samples) { Sample(edge_->counts(), samples); });
    edge_->AddTo(builder, SecureServer(served.certificates));
    std::vector<Endpoint*> endpoints = served.endpoints;
    endpoints.push_back(&health_);
    for (Endpoint* endpoint : endpoints) builder.RegisterService(&endpoint->service());
    queues_.emplace(builder);
    server_ = builder.BuildAndStart();
    if (!server_) return CannotListen(options.listen, "gRPC does not start");
    for (Endpoint* endpoint : endpoints) {
      endpoint->Accept({*queues_, *executor_, *streams_, in_flight_, options.patience});
    }
    queues_->Start();
    serving_ = true;
    if (served.companion) companion_ = served.companion(queues_->calls());
    edge_->Start();
    return absl::OkStatus();
  }

  void TellHealth(const Served& served) {
    Readiness::Part all{
        .what = "server", .names = {""}, .ready = [this, ready = served.ready]() -> absl::Status {
          RETURN_IF_ERROR(ready());
          return companion_ ? companion_->Health() : absl::OkStatus();
        }};
    for (const Endpoint* endpoint : served.endpoints) all.names.emplace_back(endpoint->full_name());
    std::vector<Readiness::Part> parts = {std::move(all)};
    if (companion_ && !companion_->CurrentName().empty()) {
      const std::string name(companion_->CurrentName());
      parts.push_back({.what = name, .names = {name}, .ready = [this] { return companion_->Current(); }});
    }
    readiness_ = std::make_unique<Readiness>(health_, std::move(parts));
  }

  const std::string& address() const override { return edge_->address(); }
  absl::Status ready() const override {
    MutexLock lock(ready_);
    return readiness_ ? readiness_->status() : errors::ShuttingDown();
  }

  void Shutdown(absl::Duration grace) override {
    {
      MutexLock lock(ready_);
      readiness_.reset();
    }
    MutexLock lock(shutdown_);
    adapter_.EndStreams();
    if (std::exchange(serving_, false)) StopServing(absl::Now() + grace);
  }

 private:
  // gRPC's Shutdown returns when all calls have ended, or cancels them at the deadline; those that the ledger
  // or a handler still holds are then made to end.
  void StopServing(absl::Time deadline) {
    std::thread give_up([&] {
      if (!in_flight_.WaitForNone(deadline) && give_up_) give_up_();
    });
    queues_->Hasten();
    edge_->StopAccepting();
    server_->Shutdown(absl::ToChronoTime(deadline));
    give_up.join();
    in_flight_.WaitForNone(absl::InfiniteFuture());
    executor_.reset();
    streams_.reset();
    companion_.reset();
    queues_->Stop();
    server_->Wait();
  }

  Adapter& adapter_;
  std::function<void()> give_up_;
  HealthService health_;
  InFlight in_flight_;
  std::unique_ptr<Executor> executor_ = std::make_unique<Executor>(kMaxWaitingThreads, kMaxWaitingCalls);
  std::unique_ptr<Executor> streams_ = std::make_unique<Executor>(kMaxStreams, /*max_waiting=*/0);
  std::unique_ptr<Edge> edge_;
  std::unique_ptr<Metrics::Subscription> sampled_;  // of the edge
  std::optional<Queues> queues_;
  std::unique_ptr<grpc::Server> server_;
  bool serving_ = false;
  std::unique_ptr<Companion> companion_;
  std::unique_ptr<Readiness> readiness_;
  mutable Mutex ready_;  // of readiness_
  Mutex shutdown_;
};

}  // namespace

absl::Status WriteAddress(const std::string& file, const std::string& address) {
  const absl::Status written = WriteFileAtomically(file, address + "\n");
  if (written.ok()) return written;
  return MakeError(absl::StatusCode::kFailedPrecondition, "ADDRESS_FILE_UNWRITABLE",
                   std::string(written.message()), {{"file", file}});
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options, const Served& served) {
  auto server = std::make_unique<GrpcServer>(served);
  RETURN_IF_ERROR(server->Listen(options, served));
  server->TellHealth(served);
  if (!options.address_file.empty()) {
    RETURN_IF_ERROR(WriteAddress(options.address_file, server->address()));
  }
  return server;
}

}  // namespace seisaku::rpc
