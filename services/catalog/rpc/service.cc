// CatalogService: what its reads answer, and what is shown of a change.
#include "services/catalog/rpc/service.h"

#include <string>
#include <utility>
#include <vector>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/describe.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/view.h"
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

// Reads: each is given the state as of where its request looks.

absl::Status GetPlan(const View& view, const v1::GetPlanRequest& request, v1::GetPlanResponse& response) {
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "name", request.name()));
  *response.mutable_plan() = view.Render(plan);
  return absl::OkStatus();
}

absl::Status GetNode(const View& view, const v1::GetNodeRequest& request, v1::GetNodeResponse& response) {
  ASSIGN_OR_RETURN(NodeAt node, NodeOf(view, "name", request.name()));
  *response.mutable_node() = view.Render(node);
  return absl::OkStatus();
}

absl::Status GetKpi(const View& view, const v1::GetKpiRequest& request, v1::GetKpiResponse& response) {
  ASSIGN_OR_RETURN(KpiAt kpi, KpiOf(view, "name", request.name()));
  *response.mutable_kpi() = view.Render(kpi);
  return absl::OkStatus();
}

absl::Status GetDepartment(const View& view, const v1::GetDepartmentRequest& request,
                           v1::GetDepartmentResponse& response) {
  ASSIGN_OR_RETURN(std::string id, ParseDepartmentName("name", request.name()));
  auto department = view.FindDepartment(id);
  if (!department) return NotFound(request.name());
  *response.mutable_department() = view.Render(*department);
  return absl::OkStatus();
}

// Lists: all that there is, of which a page is then put into the response.

absl::StatusOr<std::vector<PlanAt>> ListPlans(const View& view, const v1::ListPlansRequest&) {
  return view.Plans();
}
void Put(const View& view, const PlanAt& plan, v1::ListPlansResponse& response) {
  *response.add_plans() = view.Render(plan);
}

absl::StatusOr<std::vector<NodeAt>> ListNodes(const View& view, const v1::ListNodesRequest& request) {
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
  return view.Nodes(plan);
}
void Put(const View& view, const NodeAt& node, v1::ListNodesResponse& response) {
  *response.add_nodes() = view.Render(node);
}

absl::StatusOr<std::vector<TreeLine>> GetTree(const View& view, const v1::GetTreeRequest& request) {
  if (request.reporting_year() != 0) RETURN_IF_ERROR(CheckYear("reporting_year", request.reporting_year()));
  if (request.parent().find("/nodes/") != std::string::npos) {
    ASSIGN_OR_RETURN(NodeAt node, NodeOf(view, "parent", request.parent()));
    return view.Tree(node, request.reporting_year());
  }
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
  return view.Tree(plan, request.reporting_year());
}
void Put(const View& view, const TreeLine& line, v1::GetTreeResponse& response) {
  v1::TreeItem& item = *response.add_items();
  item.set_depth(line.depth);
  if (line.node) *item.mutable_node() = view.Render(*line.node);
  if (line.kpi) *item.mutable_kpi() = view.Render(*line.kpi);
}

absl::StatusOr<std::vector<KpiAt>> ListKpis(const View& view, const v1::ListKpisRequest& request) {
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
  return view.Kpis(plan);
}
void Put(const View& view, const KpiAt& kpi, v1::ListKpisResponse& response) {
  *response.add_kpis() = view.Render(kpi);
}

absl::StatusOr<std::vector<TargetAt>> ListTargetRevisions(const View& view,
                                                          const v1::ListTargetRevisionsRequest& request) {
  ASSIGN_OR_RETURN(KpiAt kpi, KpiOf(view, "parent", request.parent()));
  return view.TargetRevisions(kpi);
}
void Put(const View& view, const TargetAt& target, v1::ListTargetRevisionsResponse& response) {
  *response.add_targets() = view.Render(target);
}

absl::StatusOr<std::vector<DepartmentAt>> ListDepartments(const View& view,
                                                          const v1::ListDepartmentsRequest&) {
  return view.Departments();
}
void Put(const View& view, const DepartmentAt& department, v1::ListDepartmentsResponse& response) {
  *response.add_departments() = view.Render(department);
}

// The resource called `name`, of the message's kind. One that was just decided upon exists, as of a repeated
// request's outcome too.
void Show(const View& view, const std::string& name, google::protobuf::Message& resource) {
  const auto show = [&view](const auto& found, google::protobuf::Message& message) {
    if (found) message.CopyFrom(view.Render(*found));
  };
  if (resource.GetDescriptor() == v1::Kpi::descriptor()) return show(view.FindKpi(name), resource);
  if (auto node = ParseNodeName("name", name); node.ok())
    return show(view.FindNode(node->plan, node->id), resource);
  if (auto plan = ParsePlanName("name", name); plan.ok()) return show(view.FindPlan(*plan), resource);
  if (auto id = ParseDepartmentName("name", name); id.ok()) return show(view.FindDepartment(*id), resource);
}

}  // namespace

template <typename Request, typename Response>
void CatalogRpc::Get(absl::Status (*fill)(const View&, const Request&, Response&)) {
  Answer(std::function<absl::StatusOr<Response>(const rpc::CallContext&, const Request&)>(
      [this, fill](const rpc::CallContext& call, const Request& request) -> absl::StatusOr<Response> {
        ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call));
        Response response;
        RETURN_IF_ERROR(fill(View(state_, snapshot.size()), request, response));
        response.set_position(snapshot.size());
        return response;
      }));
}

template <typename Request, typename Item, typename Response>
void CatalogRpc::List(absl::StatusOr<std::vector<Item>> (*find)(const View&, const Request&),
                      void (*put)(const View&, const Item&, Response&)) {
  Answer(std::function<absl::StatusOr<Response>(const rpc::CallContext&, const Request&)>(
      [this, find, put](const rpc::CallContext& call, const Request& request) -> absl::StatusOr<Response> {
        ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
        ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call, page));
        View view(state_, snapshot.size());
        ASSIGN_OR_RETURN(auto found, find(view, request));
        rpc::Slice slice = rpc::SliceOf(page, found.size(), snapshot.size());
        Response response;
        for (size_t i = slice.begin; i < slice.end; ++i) put(view, found[i], response);
        response.set_next_page_token(slice.next_page_token);
        response.set_position(snapshot.size());
        return response;
      }));
}

CatalogRpc::CatalogRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state)
    : ContractService(*v1::GetPlanRequest::descriptor()->file()->FindServiceByName("CatalogService"), adapter,
                      ledger),
      ledger_(ledger),
      state_(state) {
  Get(GetPlan);
  Get(GetNode);
  Get(GetKpi);
  Get(GetDepartment);
  List<v1::ListPlansRequest, PlanAt, v1::ListPlansResponse>(ListPlans, Put);
  List<v1::ListNodesRequest, NodeAt, v1::ListNodesResponse>(ListNodes, Put);
  List<v1::GetTreeRequest, TreeLine, v1::GetTreeResponse>(GetTree, Put);
  List<v1::ListKpisRequest, KpiAt, v1::ListKpisResponse>(ListKpis, Put);
  List<v1::ListTargetRevisionsRequest, TargetAt, v1::ListTargetRevisionsResponse>(ListTargetRevisions, Put);
  List<v1::ListDepartmentsRequest, DepartmentAt, v1::ListDepartmentsResponse>(ListDepartments, Put);
  Change({.change = v1::Change::default_instance(),
          .show =
              [this](Position size, const google::protobuf::Message& change,
                     google::protobuf::Message& resource) {
                Show(View(state_, size), rpc::SubjectOf(change), resource);
              },
          .describe =
              [this](const ledger::Outcome& outcome, google::protobuf::Message& response) {
                auto& applied = static_cast<v1::ApplyCatalogResponse&>(response);
                for (size_t i = 0; i < outcome.entries.size(); ++i) {
                  *applied.add_results() = DescribeEntry(state_, outcome.begin + i, outcome.entries[i]);
                }
                return absl::OkStatus();
              }});
}

}  // namespace seisaku::catalog
