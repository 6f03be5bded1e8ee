// The RPCs that read.
#include <string>
#include <utility>
#include <vector>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/rpc/handlers.h"
#include "services/rpc/paging.h"

namespace seisaku::catalog {
namespace {

using seisaku::errors::NotFound;

absl::StatusOr<PlanAt> PlanOf(const View& view, std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(std::string id, ParsePlanName(field, name));
  if (auto plan = view.FindPlan(id)) return *plan;
  return NotFound(name);
}

absl::StatusOr<NodeAt> NodeOf(const View& view, std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan node, ParseNodeName(field, name));
  if (auto found = view.FindNode(node.plan, node.id)) return *found;
  return NotFound(name);
}

// By id, else by exact title.
absl::StatusOr<KpiAt> KpiOf(const View& view, std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(NameInPlan kpi, ParseKpiReference(field, name));
  if (auto found = view.FindKpi(kpi.plan, kpi.id)) return *found;
  auto plan = view.FindPlan(kpi.plan);
  if (!plan) return NotFound(PlanName(kpi.plan));
  std::vector<KpiAt> called = view.KpisByTitle(*plan, kpi.id);
  if (called.size() == 1) return called.front();
  if (called.empty()) return NotFound(name);
  std::vector<std::string> names;
  for (const KpiAt& one : called) names.push_back(KpiName(one.plan(), one.id()));
  return errors::TitleNotUnique(kpi.id, names);
}

absl::StatusOr<std::vector<TreeLine>> TreeOf(const View& view, const v1::GetTreeRequest& request) {
  if (request.reporting_year() != 0) RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  if (request.parent().find("/nodes/") != std::string::npos) {
    ASSIGN_OR_RETURN(NodeAt node, NodeOf(view, "parent", request.parent()));
    return view.Tree(node, request.reporting_year());
  }
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
  return view.Tree(plan, request.reporting_year());
}

}  // namespace

template <typename Response, typename Request>
absl::StatusOr<Response> Handlers::Get(const rpc::CallContext& call, const Request& request,
                                       absl::FunctionRef<absl::Status(const View&, Response&)> fill) {
  ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call));
  Response response;
  RETURN_IF_ERROR(fill(View(state_, snapshot.size()), response));
  response.set_position(snapshot.size());
  return response;
}

template <typename Response, typename Request, typename Find, typename Add>
absl::StatusOr<Response> Handlers::List(const rpc::CallContext& call, const Request& request, Find find,
                                        Add add) {
  ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
  ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call, page));
  View view(state_, snapshot.size());
  ASSIGN_OR_RETURN(auto found, find(view));
  rpc::Slice slice = rpc::SliceOf(page, found.size(), snapshot.size());
  Response response;
  for (size_t i = slice.begin; i < slice.end; ++i) add(view, found[i], response);
  response.set_next_page_token(slice.next_page_token);
  response.set_position(snapshot.size());
  return response;
}

absl::StatusOr<v1::GetPlanResponse> Handlers::GetPlan(const rpc::CallContext& call,
                                                      const v1::GetPlanRequest& request) {
  auto fill = [&](const View& view, v1::GetPlanResponse& response) -> absl::Status {
    ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "name", request.name()));
    *response.mutable_plan() = view.Render(plan);
    return absl::OkStatus();
  };
  return Get<v1::GetPlanResponse>(call, request, fill);
}

absl::StatusOr<v1::GetNodeResponse> Handlers::GetNode(const rpc::CallContext& call,
                                                      const v1::GetNodeRequest& request) {
  auto fill = [&](const View& view, v1::GetNodeResponse& response) -> absl::Status {
    ASSIGN_OR_RETURN(NodeAt node, NodeOf(view, "name", request.name()));
    *response.mutable_node() = view.Render(node);
    return absl::OkStatus();
  };
  return Get<v1::GetNodeResponse>(call, request, fill);
}

absl::StatusOr<v1::GetKpiResponse> Handlers::GetKpi(const rpc::CallContext& call,
                                                    const v1::GetKpiRequest& request) {
  auto fill = [&](const View& view, v1::GetKpiResponse& response) -> absl::Status {
    ASSIGN_OR_RETURN(KpiAt kpi, KpiOf(view, "name", request.name()));
    *response.mutable_kpi() = view.Render(kpi);
    return absl::OkStatus();
  };
  return Get<v1::GetKpiResponse>(call, request, fill);
}

absl::StatusOr<v1::GetDepartmentResponse> Handlers::GetDepartment(const rpc::CallContext& call,
                                                                  const v1::GetDepartmentRequest& request) {
  auto fill = [&](const View& view, v1::GetDepartmentResponse& response) -> absl::Status {
    ASSIGN_OR_RETURN(std::string id, ParseDepartmentName("name", request.name()));
    auto department = view.FindDepartment(id);
    if (!department) return NotFound(request.name());
    *response.mutable_department() = view.Render(*department);
    return absl::OkStatus();
  };
  return Get<v1::GetDepartmentResponse>(call, request, fill);
}

absl::StatusOr<v1::ListPlansResponse> Handlers::ListPlans(const rpc::CallContext& call,
                                                          const v1::ListPlansRequest& request) {
  return List<v1::ListPlansResponse>(
      call, request, [](const View& view) { return absl::StatusOr<std::vector<PlanAt>>(view.Plans()); },
      [](const View& view, const PlanAt& plan, v1::ListPlansResponse& response) {
        *response.add_plans() = view.Render(plan);
      });
}

absl::StatusOr<v1::ListNodesResponse> Handlers::ListNodes(const rpc::CallContext& call,
                                                          const v1::ListNodesRequest& request) {
  auto find = [&](const View& view) -> absl::StatusOr<std::vector<NodeAt>> {
    ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
    return view.Nodes(plan);
  };
  return List<v1::ListNodesResponse>(
      call, request, find, [](const View& view, const NodeAt& node, v1::ListNodesResponse& response) {
        *response.add_nodes() = view.Render(node);
      });
}

absl::StatusOr<v1::GetTreeResponse> Handlers::GetTree(const rpc::CallContext& call,
                                                      const v1::GetTreeRequest& request) {
  return List<v1::GetTreeResponse>(
      call, request, [&](const View& view) { return TreeOf(view, request); },
      [](const View& view, const TreeLine& line, v1::GetTreeResponse& response) {
        v1::TreeItem& item = *response.add_items();
        item.set_depth(line.depth);
        if (line.node) *item.mutable_node() = view.Render(*line.node);
        if (line.kpi) *item.mutable_kpi() = view.Render(*line.kpi);
      });
}

absl::StatusOr<v1::ListKpisResponse> Handlers::ListKpis(const rpc::CallContext& call,
                                                        const v1::ListKpisRequest& request) {
  auto find = [&](const View& view) -> absl::StatusOr<std::vector<KpiAt>> {
    ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
    return view.Kpis(plan);
  };
  return List<v1::ListKpisResponse>(call, request, find,
                                    [](const View& view, const KpiAt& kpi, v1::ListKpisResponse& response) {
                                      *response.add_kpis() = view.Render(kpi);
                                    });
}

absl::StatusOr<v1::ListTargetRevisionsResponse> Handlers::ListTargetRevisions(
    const rpc::CallContext& call, const v1::ListTargetRevisionsRequest& request) {
  auto find = [&](const View& view) -> absl::StatusOr<std::vector<TargetAt>> {
    ASSIGN_OR_RETURN(KpiAt kpi, KpiOf(view, "parent", request.parent()));
    return view.TargetRevisions(kpi);
  };
  return List<v1::ListTargetRevisionsResponse>(
      call, request, find,
      [](const View& view, const TargetAt& target, v1::ListTargetRevisionsResponse& response) {
        *response.add_targets() = view.Render(target);
      });
}

absl::StatusOr<v1::ListDepartmentsResponse> Handlers::ListDepartments(
    const rpc::CallContext& call, const v1::ListDepartmentsRequest& request) {
  return List<v1::ListDepartmentsResponse>(
      call, request,
      [](const View& view) { return absl::StatusOr<std::vector<DepartmentAt>>(view.Departments()); },
      [](const View& view, const DepartmentAt& department, v1::ListDepartmentsResponse& response) {
        *response.add_departments() = view.Render(department);
      });
}

}  // namespace seisaku::catalog
