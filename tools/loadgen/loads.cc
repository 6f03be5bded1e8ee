#include "tools/loadgen/loads.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "fmt/format.h"
#include "seisaku/progress/v1/progress_service.grpc.pb.h"
#include "services/base/status.h"
#include "tools/loadgen/city.h"
#include "tools/loadgen/echo.grpc.pb.h"

namespace seisaku::loadgen {
namespace {

constexpr std::chrono::seconds kConnectTimeout{10};

template <typename Service>
using Stub = typename Service::Stub;

// Runs lanes over as many stubs as there are connections.
template <typename Service, typename Request, typename Response>
absl::StatusOr<Measured> Run(const Load& load, int items_per_call,
                             std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> (
                                 Stub<Service>::*method)(grpc::ClientContext*, const Request&,
                                                         grpc::CompletionQueue*),
                             typename Lanes<Request, Response>::Next next) {
  ASSIGN_OR_RETURN(auto channels, Connect(load.target, load.connections));
  std::vector<std::unique_ptr<Stub<Service>>> stubs;
  stubs.reserve(channels.size());
  for (const auto& channel : channels) {
    stubs.push_back(std::make_unique<Stub<Service>>(channel));
    channel->WaitForConnected(std::chrono::system_clock::now() + kConnectTimeout);
  }
  absl::SleepFor(absl::Seconds(load.idle));
  auto begin = [&](int lane, grpc::ClientContext* context, const Request& request,
                   grpc::CompletionQueue* queue) {
    return (*stubs[static_cast<size_t>(lane) % stubs.size()].*method)(context, request, queue);
  };
  return Lanes<Request, Response>(load.pace, items_per_call, begin, std::move(next)).Run();
}

}  // namespace

absl::StatusOr<Measured> Record(const Load& load) {
  using Service = progress::v1::ProgressService;
  int64_t slot = load.first_slot;
  return Run<Service, progress::v1::RecordActualRequest, progress::v1::RecordActualResponse>(
      load, 1, &Service::Stub::AsyncRecordActual, [&](progress::v1::RecordActualRequest& request) {
        if (slot >= Slots(load.kpis)) return false;
        FillActual(slot++, load.kpis, request.mutable_actual());
        request.set_request_id(NewRequestId());
        return true;
      });
}

absl::StatusOr<Measured> RecordBatches(const Load& load) {
  using Service = progress::v1::ProgressService;
  int64_t slot = load.first_slot;
  return Run<Service, progress::v1::BatchRecordActualsRequest, progress::v1::BatchRecordActualsResponse>(
      load, load.batch, &Service::Stub::AsyncBatchRecordActuals,
      [&](progress::v1::BatchRecordActualsRequest& request) {
        if (slot + load.batch > Slots(load.kpis)) return false;
        request.clear_actuals();
        for (int i = 0; i < load.batch; ++i) FillActual(slot++, load.kpis, request.add_actuals());
        request.set_request_id(NewRequestId());
        return true;
      });
}

absl::StatusOr<Measured> Evaluate(const Load& load) {
  using Service = progress::v1::ProgressService;
  int64_t kpi = 0;
  return Run<Service, progress::v1::GetEvaluationRequest, progress::v1::GetEvaluationResponse>(
      load, 1, &Service::Stub::AsyncGetEvaluation, [&](progress::v1::GetEvaluationRequest& request) {
        kpi = (kpi + 1) % load.kpis;
        request.set_name(fmt::format("{}/evaluations/{}", KpiName(kpi), kTargetYear));
        return true;
      });
}

absl::StatusOr<Measured> Echo(const Load& load) {
  const std::string content(static_cast<size_t>(load.payload_bytes), 'e');
  return Run<EchoService, Parcel, Parcel>(load, 1, &EchoService::Stub::AsyncEcho, [&](Parcel& request) {
    request.set_content(content);
    return true;
  });
}

}  // namespace seisaku::loadgen
