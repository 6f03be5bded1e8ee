#include "services/rpc/server.h"

#include <exception>
#include <utility>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "prometheus/exposer.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/rpc/adapter.h"
#include "services/rpc/credentials.h"
#include "services/rpc/files.h"
#include "services/rpc/limits.h"
#include "services/rpc/metrics.h"
#include "services/rpc/readiness.h"

namespace seisaku::rpc {
namespace {

// Each running call takes a thread, a stream as long as it lasts. Beyond this gRPC refuses calls itself with
// RESOURCE_EXHAUSTED.
constexpr int kMaxThreads = 256;
constexpr int kMaxCallsPerConnection = 128;

absl::Status CannotListen(const std::string& address, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CANNOT_LISTEN",
                   fmt::format("cannot listen on {}: {}", address, why),
                   {{"address", address}, {"why", std::string(why)}});
}

std::string WithPort(const std::string& listen, int port) {
  return fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), port);
}

std::shared_ptr<grpc::ServerCredentials> MutualTls(TlsContents tls) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = std::move(tls.ca);
  options.pem_key_cert_pairs.push_back({std::move(tls.key), std::move(tls.certificate)});
  return grpc::SslServerCredentials(options);
}

void Limit(grpc::ServerBuilder& builder) {
  builder.SetResourceQuota(grpc::ResourceQuota("seisaku").SetMaxThreads(kMaxThreads));
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxHeaderBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxCallsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMillis / 2);
  // Two replicas on one port by mistake shall not share it silently.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// gRPC takes these from global state, read when a server is built.
void TurnOnHealthAndReflection() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

class SyncServer final : public Server {
 public:
  explicit SyncServer(Adapter& adapter) : adapter_(adapter) {}
  ~SyncServer() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(const Options& options, const Served& served) {
    ASSIGN_OR_RETURN(TlsContents tls,
                     ReadTlsFiles({options.certificate_file, options.key_file, options.ca_file}));
    if (!options.metrics_listen.empty()) RETURN_IF_ERROR(Expose(options.metrics_listen, served.metrics));
    TurnOnHealthAndReflection();
    grpc::ServerBuilder builder;
    Limit(builder);
    int port = 0;
    builder.AddListeningPort(options.listen, MutualTls(std::move(tls)), &port);
    for (Endpoint* endpoint : served.endpoints) builder.RegisterService(&endpoint->service());
    server_ = builder.BuildAndStart();
    if (!server_ || port == 0) return CannotListen(options.listen, "gRPC refuses it; is it in use?");
    address_ = WithPort(options.listen, port);
    return absl::OkStatus();
  }

  void TellHealth(const Served& served) {
    std::vector<std::string> names;
    for (const Endpoint* endpoint : served.endpoints) names.emplace_back(endpoint->full_name());
    readiness_ =
        std::make_unique<Readiness>(*server_->GetHealthCheckService(), std::move(names), served.ready);
  }

  const std::string& address() const override { return address_; }
  const std::string& metrics_address() const override { return metrics_address_; }

  void Shutdown(absl::Duration grace) override {
    MutexLock lock(shutdown_);
    readiness_.reset();
    adapter_.EndStreams();
    if (server_) {
      server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
      server_->Wait();
    }
    exposer_.reset();
  }

 private:
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
  std::string address_;
  std::string metrics_address_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Readiness> readiness_;
  Mutex shutdown_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options, Served served) {
  auto server = std::make_unique<SyncServer>(served.adapter);
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
