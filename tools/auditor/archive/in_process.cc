#include "tools/auditor/archive/in_process.h"

#include <limits>

#include "grpcpp/server_builder.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::auditor {

InProcess::InProcess(const std::vector<rpc::Endpoint*>& endpoints) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  for (rpc::Endpoint* endpoint : endpoints) builder.RegisterService(&endpoint->service());
  queues_.emplace(builder);
  server_ = builder.BuildAndStart();
  arrivals_.emplace(rpc::Arrivals{*queues_, capacity_, in_flight_, unsent_, absl::InfiniteDuration()});
  for (rpc::Endpoint* endpoint : endpoints) endpoint->Accept(*arrivals_);
  queues_->Start();
}

InProcess::~InProcess() {
  queues_->PollAnswers();
  server_->Shutdown(std::chrono::system_clock::now());
  in_flight_.WaitForNone(absl::InfiniteFuture());
  queues_->Stop();
}

}  // namespace seisaku::auditor
