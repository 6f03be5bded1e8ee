#include "tools/loadgen/city.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "grpcpp/client_context.h"
#include "seisaku/catalog/v1/catalog_service.grpc.pb.h"
#include "services/base/ids.h"
#include "services/base/status.h"

namespace seisaku::loadgen {
namespace {

constexpr int64_t kKpisPerCommand = 4000;
constexpr char kPlan[] = "plans/load";
constexpr char kNode[] = "plans/load/nodes/node-1";

void AddFrame(catalog::v1::ApplyCatalogRequest& request) {
  auto* plan = request.add_changes()->mutable_create_plan();
  plan->set_name(kPlan);
  plan->set_title("負荷試験");
  plan->add_levels("施策");
  plan->mutable_rule()->set_method("ratio/1");
  plan->mutable_rule()->mutable_on_track_percent()->set_value("100");
  plan->mutable_rule()->mutable_mostly_on_track_percent()->set_value("97");
  auto* node = request.add_changes()->mutable_create_node();
  node->set_name(kNode);
  node->set_title("施策");
  node->set_order(1);
}

void AddKpi(int64_t index, catalog::v1::ApplyCatalogRequest& request) {
  auto* kpi = request.add_changes()->mutable_create_kpi();
  kpi->set_name(KpiName(index));
  kpi->set_node(kNode);
  kpi->set_title(fmt::format("指標その{}", index));
  kpi->set_order(static_cast<uint32_t>(index % 1000) + 1);
  kpi->set_unit("人");
  kpi->set_direction(type::v1::DIRECTION_INCREASE);
  auto* target = request.add_changes()->mutable_set_target();
  target->set_kpi(KpiName(index));
  target->mutable_target()->set_reporting_year(kTargetYear);
  auto* number = target->mutable_target()->add_values()->mutable_value()->mutable_number();
  number->mutable_value()->set_value("1000");
  number->set_unit("人");
}

}  // namespace

std::string KpiName(int64_t kpi) { return fmt::format("{}/kpis/kpi-{:06}", kPlan, kpi); }

void FillActual(int64_t slot, int64_t kpis, progress::v1::Actual* actual) {
  actual->set_kpi(KpiName(slot % kpis));
  actual->set_reporting_year(kFirstYear + static_cast<int>(slot / kpis));
  auto* number = actual->mutable_value()->mutable_number();
  number->mutable_value()->set_value(fmt::to_string(1000 + slot % 9000));
  number->set_unit("人");
  actual->mutable_value()->set_printed(fmt::format("{}人", 1000 + slot % 9000));
}

absl::Status MakeCity(const Target& target, int64_t kpis) {
  ASSIGN_OR_RETURN(auto channels, Connect(target, 1));
  auto stub = catalog::v1::CatalogService::NewStub(channels[0]);
  for (int64_t begin = 0; begin < kpis; begin += kKpisPerCommand) {
    catalog::v1::ApplyCatalogRequest request;
    if (begin == 0) AddFrame(request);
    for (int64_t i = begin; i < std::min(kpis, begin + kKpisPerCommand); ++i) AddKpi(i, request);
    grpc::ClientContext context;
    catalog::v1::ApplyCatalogResponse response;
    if (grpc::Status status = stub->ApplyCatalog(&context, request, &response); !status.ok()) {
      return absl::InternalError(status.error_message());
    }
  }
  return absl::OkStatus();
}

std::string NewRequestId() { return NewUuid(absl::Now()); }

}  // namespace seisaku::loadgen
