#include "services/rpc/transport/server.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "services/base/errors.h"
#include "services/base/files.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/rpc/process/health_service.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/process/readiness.h"
#include "services/rpc/process/reflection.h"
#include "services/rpc/process/ticker.h"
#include "services/rpc/security/transport_security.h"
#include "services/rpc/service.h"
#include "services/rpc/transport/capacity.h"
#include "services/rpc/transport/edge.h"
#include "services/rpc/transport/limits.h"
#include "services/rpc/transport/queues.h"
#include "services/rpc/transport/unknown_methods.h"

namespace seisaku::rpc {
namespace {

constexpr int kMaxCallsPerConnection = 128;
// The memory for requests that have not arrived completely; beyond it gRPC cancels some of their calls.
constexpr size_t kMaxGrpcBytes = 256 << 20;
// Extra time after a shutdown's grace, so that calls that are ended then can say why.
constexpr absl::Duration kLastWords = absl::Seconds(2);
// How often unsent answers are checked.
constexpr std::chrono::seconds kBetweenLooks{1};

void Limit(grpc::ServerBuilder& builder) {
  builder.SetResourceQuota(grpc::ResourceQuota("seisaku").Resize(kMaxGrpcBytes));
  builder.SetMaxReceiveMessageSize(kGrpcMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kGrpcHeaderBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  // Also without calls: otherwise a dead peer would keep its place for ever.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMillis / 2);
}

std::vector<std::string> NamesOf(const std::vector<Endpoint*>& endpoints) {
  std::vector<std::string> names;
  for (const Endpoint* endpoint : endpoints) names.emplace_back(endpoint->full_name());
  return names;
}

void Sample(const EdgeCounts& counts, Samples& samples) {
  samples.Gauge("seisaku_connections_open", "Connections of callers.", static_cast<double>(counts.open));
  samples.Gauge("seisaku_connections_max", "How many may be open.", static_cast<double>(counts.most));
  samples.Counter("seisaku_connections_accepted_total", "Connections that were accepted.",
                  static_cast<double>(counts.accepted));
  for (const auto& [reason, count] :
       {std::pair("full", counts.refused_full), std::pair("address", counts.refused_address),
        std::pair("descriptors", counts.refused_descriptors)}) {
    samples.Counter(
        "seisaku_connections_refused_total",
        "Connections that were refused: as many as may be were open, in all or of an address, or no "
        "descriptor was left.",
        static_cast<double>(count), {{"reason", reason}});
  }
  for (const auto& [reason, count] :
       {std::pair("handshake", counts.cut_handshakes), std::pair("resets", counts.cut_resets),
        std::pair("calls", counts.cut_calls), std::pair("bytes", counts.cut_bytes),
        std::pair("barred", counts.cut_barred)}) {
    samples.Counter("seisaku_connections_cut_total",
                    "Connections that were cut off: without a certificate while others wanted the room, or "
                    "because they flooded.",
                    static_cast<double>(count), {{"reason", reason}});
  }
}

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(const Served& served)
      : adapter_(served.adapter),
        give_up_(served.give_up),
        health_(served.adapter),
        unknown_(served.adapter) {}
  ~GrpcServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const Options& options, const Served& served) {
    for (const Endpoint* endpoint : served.endpoints) RETURN_IF_ERROR(endpoint->Complete());
    grpc::ServerBuilder builder;
    Limit(builder);
    ASSIGN_OR_RETURN(edge_, Edge::Listen(options.listen, options.limits));
    sampled_ = served.metrics.Subscribe([this](Samples& samples) { Sample(edge_->counts(), samples); });
    edge_->AddTo(builder, SecureServer(served.certificates));
    std::vector<Endpoint*> endpoints = served.endpoints;
    endpoints.push_back(&health_);
    reflection_.emplace(adapter_, NamesOf(endpoints));
    endpoints.push_back(&*reflection_);
    for (Endpoint* endpoint : endpoints) builder.RegisterService(&endpoint->service());
    builder.RegisterAsyncGenericService(&unknown_.service());
    queues_.emplace(builder);
    server_ = builder.BuildAndStart();
    if (!server_) return CannotListen(options.listen, "gRPC does not start");
    arrivals_.emplace(Arrivals{*queues_, *capacity_, in_flight_, unsent_, options.patience});
    for (Endpoint* endpoint : endpoints) endpoint->Accept(*arrivals_);
    unknown_.Accept(*arrivals_);
    capacity_->calls.OnFull([this] { queues_->TakeAnswers(); });
    queues_->Start();
    unsent_looks_.emplace(kBetweenLooks, [this](bool) {
      queues_->LookForGone();
      unsent_.GiveUpLate(absl::Now());
    });
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
    for (std::string& name : NamesOf(served.endpoints)) all.names.push_back(std::move(name));
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
    adapter_.EndWaits();
    health_.EndWatches();
    if (reflection_) reflection_->EndStreams();
    if (std::exchange(serving_, false)) StopServing(absl::Now() + grace);
  }

 private:
  // Those calls that the ledger or a handler still holds at the deadline are made to end, and say why. gRPC's
  // Shutdown returns when all calls have ended, or cancels the last of them.
  void StopServing(absl::Time deadline) {
    TakeWhatArrived();
    std::thread give_up([&] {
      if (!in_flight_.WaitForNone(deadline) && give_up_) give_up_();
    });
    queues_->PollAnswers();
    edge_->StopAccepting();
    server_->Shutdown(absl::ToChronoTime(deadline + kLastWords));
    give_up.join();
    in_flight_.WaitForNone(absl::InfiniteFuture());
    unsent_looks_.reset();
    capacity_.reset();
    companion_.reset();
    queues_->Stop();
    server_->Wait();
  }

  // gRPC cuts off, without a word, calls that have arrived and were not taken when it shuts down. Those that
  // still come are taken too, for a while.
  void TakeWhatArrived() {
    constexpr int kMaxPasses = 1000;
    int64_t taken = -1;
    for (int i = 0; i < kMaxPasses && taken != in_flight_.begun(); ++i) {
      taken = in_flight_.begun();
      queues_->Pass();
    }
  }

  Adapter& adapter_;
  std::function<void()> give_up_;
  HealthService health_;
  UnknownMethods unknown_;
  InFlight in_flight_;
  Unsent unsent_;
  std::unique_ptr<Edge> edge_;
  std::unique_ptr<Metrics::Subscription> sampled_;  // of the edge
  std::optional<ReflectionService> reflection_;
  std::unique_ptr<Capacity> capacity_ = std::make_unique<Capacity>();
  std::optional<Arrivals> arrivals_;
  std::optional<Queues> queues_;
  std::optional<Ticker> unsent_looks_;
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
