#include "tools/auditor/archive/in_process.h"

#include <limits>

#include "grpcpp/server_builder.h"
#include "services/rpc/limits.h"

namespace seisaku::auditor {

InProcess::InProcess(const std::vector<rpc::Endpoint*>& endpoints) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  for (rpc::Endpoint* endpoint : endpoints) builder.RegisterService(&endpoint->service());
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  for (rpc::Endpoint* endpoint : endpoints) {
    endpoint->Accept({*queue_, executor_, streams_, in_flight_, absl::InfiniteDuration()});
  }
  poller_ = std::thread([this] {
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) static_cast<rpc::Event*>(tag)->Happened(ok);
  });
}

InProcess::~InProcess() {
  server_->Shutdown(std::chrono::system_clock::now());
  in_flight_.WaitForNone(absl::InfiniteFuture());
  queue_->Shutdown();
  poller_.join();
}

}  // namespace seisaku::auditor
