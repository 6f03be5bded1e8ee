#include "services/rpc/server.h"

#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "prometheus/exposer.h"
#include "services/base/files.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/rpc/capacity.h"
#include "services/rpc/credentials.h"
#include "services/rpc/endpoint.h"
#include "services/rpc/health_service.h"
#include "services/rpc/limits.h"
#include "services/rpc/metrics.h"
#include "services/rpc/queues.h"
#include "services/rpc/readiness.h"
#include "services/rpc/reflection.h"
#include "services/rpc/transport.h"

namespace seisaku::rpc {
namespace {

constexpr int kMaxCallsPerConnection = 128;
// What gRPC may hold of requests that have not arrived whole; beyond it, gRPC ends some of their calls.
constexpr size_t kMaxGrpcBytes = 256 << 20;
// After a shutdown's grace: so that calls that are made to end then can say why.
constexpr absl::Duration kLastWords = absl::Seconds(2);

absl::Status CannotListen(const std::string& address, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                   fmt::format("cannot listen on {}: {}", address, why),
                   {{"address", address}, {"why", std::string(why)}});
}

std::string WithPort(const std::string& listen, int port) {
  return fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), port);
}

void Limit(grpc::ServerBuilder& builder) {
  builder.SetResourceQuota(grpc::ResourceQuota("seisaku").Resize(kMaxGrpcBytes));
  builder.SetMaxReceiveMessageSize(kGrpcMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kGrpcHeaderBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMillis / 2);
  // Two replicas on one port by mistake shall not share it silently.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

std::vector<std::string> NamesOf(const std::vector<Endpoint*>& endpoints) {
  std::vector<std::string> names;
  for (const Endpoint* endpoint : endpoints) names.emplace_back(endpoint->full_name());
  return names;
}

class GrpcServer final : public Server {
 public:
  explicit GrpcServer(const Served& served)
      : adapter_(served.adapter), give_up_(served.give_up), health_(served.adapter) {}
  ~GrpcServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const Options& options, const Served& served) {
    ASSIGN_OR_RETURN(TlsContents tls,
                     ReadTlsFiles({options.certificate_file, options.key_file, options.ca_file}));
    if (!options.metrics_listen.empty()) RETURN_IF_ERROR(Expose(options.metrics_listen, served.metrics));
    grpc::ServerBuilder builder;
    Limit(builder);
    int port = 0;
    builder.AddListeningPort(options.listen, SecureServer(std::move(tls)), &port);
    std::vector<Endpoint*> endpoints = served.endpoints;
    endpoints.push_back(&health_);
    reflection_.emplace(adapter_, NamesOf(endpoints));
    endpoints.push_back(&*reflection_);
    for (Endpoint* endpoint : endpoints) builder.RegisterService(&endpoint->service());
    queues_.emplace(builder);
    server_ = builder.BuildAndStart();
    if (!server_ || port == 0) return CannotListen(options.listen, "gRPC refuses it; is it in use?");
    arrivals_.emplace(Arrivals{*queues_, *capacity_, in_flight_, options.patience});
    for (Endpoint* endpoint : endpoints) endpoint->Accept(*arrivals_);
    queues_->Start();
    serving_ = true;
    if (served.companion) companion_ = served.companion(queues_->calls());
    address_ = WithPort(options.listen, port);
    return absl::OkStatus();
  }

  void TellHealth(const Served& served) {
    auto ready = [this, ready = served.ready]() -> absl::Status {
      RETURN_IF_ERROR(ready());
      return companion_ ? companion_->Health() : absl::OkStatus();
    };
    readiness_ = std::make_unique<Readiness>(health_, NamesOf(served.endpoints), std::move(ready));
  }

  const std::string& address() const override { return address_; }
  const std::string& metrics_address() const override { return metrics_address_; }

  void Shutdown(absl::Duration grace) override {
    MutexLock lock(shutdown_);
    readiness_.reset();
    adapter_.EndWaits();
    health_.EndWatches();
    if (reflection_) reflection_->EndStreams();
    if (std::exchange(serving_, false)) StopServing(absl::Now() + grace);
    exposer_.reset();
  }

 private:
  // Those calls that the ledger or a handler still holds at the deadline are made to end, and say why. gRPC's
  // Shutdown returns when all calls have ended, or cancels the last of them.
  void StopServing(absl::Time deadline) {
    TakeWhatArrived();
    std::thread give_up([&] {
      if (!in_flight_.WaitForNone(deadline) && give_up_) give_up_();
    });
    queues_->Hasten();
    server_->Shutdown(absl::ToChronoTime(deadline + kLastWords));
    give_up.join();
    in_flight_.WaitForNone(absl::InfiniteFuture());
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

  absl::Status Expose(const std::string& listen, const Metrics& metrics) {
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(listen, /*num_threads=*/1);
    } catch (const std::exception& exception) {
      return CannotListen(listen, exception.what());
    }
    exposer_->RegisterCollectable(metrics.collectable());
    metrics_address_ = WithPort(listen, exposer_->GetListeningPorts().front());
    return absl::OkStatus();
  }

  Adapter& adapter_;
  std::function<void()> give_up_;
  HealthService health_;
  InFlight in_flight_;
  std::optional<ReflectionService> reflection_;
  std::unique_ptr<Capacity> capacity_ = std::make_unique<Capacity>();
  std::optional<Arrivals> arrivals_;
  std::string address_;
  std::string metrics_address_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::optional<Queues> queues_;
  std::unique_ptr<grpc::Server> server_;
  bool serving_ = false;
  std::unique_ptr<Companion> companion_;
  std::unique_ptr<Readiness> readiness_;
  Mutex shutdown_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options, const Served& served) {
  auto server = std::make_unique<GrpcServer>(served);
  RETURN_IF_ERROR(server->Listen(options, served));
  server->TellHealth(served);
  if (!options.address_file.empty()) {
    absl::Status written = WriteFileAtomically(options.address_file, server->address() + "\n");
    if (!written.ok()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "ADDRESS_FILE_UNWRITABLE",
                       std::string(written.message()), {{"file", options.address_file}});
    }
  }
  return server;
}

}  // namespace seisaku::rpc
