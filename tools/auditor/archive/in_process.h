// gRPC services inside this process: no port, no certificate, no other caller.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/server.h"
#include "services/rpc/service.h"

namespace seisaku::auditor {

// Serves until it is destroyed. Thread-safe.
class InProcess {
 public:
  // The endpoints outlive this.
  explicit InProcess(const std::vector<rpc::Endpoint*>& endpoints);
  ~InProcess();
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  std::shared_ptr<grpc::Channel> channel() { return server_->InProcessChannel({}); }

 private:
  rpc::InFlight in_flight_;
  rpc::Unsent unsent_;
  rpc::Capacity capacity_;
  std::optional<rpc::Queues> queues_;
  std::optional<rpc::Arrivals> arrivals_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace seisaku::auditor
