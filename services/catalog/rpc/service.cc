// CatalogService: what its reads answer, and what is shown of a change.
#include "services/catalog/rpc/service.h"

#include <algorithm>
#include <set>
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

using seisaku::errors::InvalidField;
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

// Reads: each gets the state as of the size that its request asks for.

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

// Whether `name`, of a KPI or a node, is `wanted` or of the plan `wanted`.
bool IsOf(std::string_view wanted, std::string_view name) {
  return name.starts_with(wanted) && (name.size() == wanted.size() || name[wanted.size()] == '/');
}

// What serves a node, with the entry that linked it.
struct LinkAt {
  NodeAt node;
  std::string served_by;
  Position position;
};

// The position of the entry that linked `node` to `name`, as of the view.
Position LinkedAt(const View& view, const NodeAt& node, const std::string& name) {
  Position linked = view.LastChange(node);
  const auto& revisions = node.slot->record.all();
  for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
    if (revision->position >= view.size()) continue;
    const std::vector<std::string>& served_by = revision->value.served_by;
    if (std::find(served_by.begin(), served_by.end(), name) == served_by.end()) break;
    linked = revision->position;
  }
  return linked;
}

// OK where `name` is empty, or the name of a plan, a node or a KPI.
absl::Status CheckServing(std::string_view name) {
  const std::string_view field = "served_by";
  if (name.empty() || ParsePlanName(field, name).ok() || ParseNodeName(field, name).ok() ||
      ParseKpiName(field, name).ok()) {
    return absl::OkStatus();
  }
  return InvalidField(
      field, expected::RESOURCE_NAME,
      {{"form", "plans/{plan} | plans/{plan}/nodes/{node} | plans/{plan}/kpis/{kpi}"}, {"actual", name}});
}

absl::StatusOr<std::vector<LinkAt>> ListLinks(const View& view, const v1::ListLinksRequest& request) {
  RETURN_IF_ERROR(CheckServing(request.served_by()));
  std::vector<PlanAt> plans;
  if (request.parent() == "plans/-") {
    plans = view.Plans();
  } else {
    ASSIGN_OR_RETURN(plans.emplace_back(), PlanOf(view, "parent", request.parent()));
  }
  std::vector<LinkAt> links;
  for (const PlanAt& plan : plans) {
    for (const NodeAt& node : view.Nodes(plan)) {
      for (const std::string& name : node.record->served_by) {
        if (!request.served_by().empty() && !IsOf(request.served_by(), name)) continue;
        links.push_back({node, name, LinkedAt(view, node, name)});
      }
    }
  }
  return links;
}
void Put(const View&, const LinkAt& link, v1::ListLinksResponse& response) {
  v1::Link& proto = *response.add_links();
  proto.set_node(NodeName(link.node.plan(), link.node.id()));
  proto.set_served_by(link.served_by);
  proto.set_position(link.position);
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
void Put(const View& view, const TreeLine& line, v1::TreeItem& item) {
  item.set_depth(line.depth);
  if (line.node) *item.mutable_node() = view.Render(*line.node);
  if (line.kpi) *item.mutable_kpi() = view.Render(*line.kpi);
}
void Put(const View& view, const TreeLine& line, v1::GetTreeResponse& response) {
  Put(view, line, *response.add_items());
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

// Coverage.

// The last of each branch of a plan's tree: nodes that have neither nodes nor, where `with_kpis`, KPIs below them, and
// the KPIs.
std::vector<TreeLine> Ends(const View& view, const PlanAt& plan, int reporting_year, bool with_kpis) {
  std::vector<TreeLine> ends;
  for (const TreeLine& line : view.Tree(plan, reporting_year)) {
    if (line.kpi && !with_kpis) continue;
    if (!ends.empty() && ends.back().node && ends.back().depth < line.depth) ends.pop_back();
    ends.push_back(line);
  }
  return ends;
}

// The names of a line and of the nodes above it.
std::vector<std::string> NamesUpwards(const View& view, const TreeLine& line) {
  std::vector<std::string> names;
  if (line.kpi) names.push_back(KpiName(line.kpi->plan(), line.kpi->id()));
  for (const NodeAt& node : line.kpi ? view.Path(*line.kpi) : view.Path(*line.node)) {
    names.push_back(NodeName(node.plan(), node.id()));
  }
  return names;
}

bool AnyIn(const std::vector<std::string>& names, const std::set<std::string>& set) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return set.contains(name); });
}

// The links of a plan's nodes to another plan, as far as both ends are part of their plans in a year.
struct Linked {
  std::set<std::string> nodes;
  std::set<std::string> serving;
};

Linked LinksBetween(const View& view, const PlanAt& plan, const PlanAt& serving_plan, int reporting_year) {
  std::set<std::string> there;
  for (const TreeLine& line : view.Tree(serving_plan, reporting_year)) {
    there.insert(line.kpi ? KpiName(line.kpi->plan(), line.kpi->id())
                          : NodeName(line.node->plan(), line.node->id()));
  }
  Linked linked;
  for (const TreeLine& line : view.Tree(plan, reporting_year)) {
    if (!line.node) continue;
    for (const std::string& name : line.node->record->served_by) {
      if (!there.contains(name)) continue;
      linked.nodes.insert(NodeName(line.node->plan(), line.node->id()));
      linked.serving.insert(name);
    }
  }
  return linked;
}

// The items that are shown, and the counts.
absl::StatusOr<std::vector<TreeLine>> GetCoverage(const View& view, const v1::GetCoverageRequest& request,
                                                  v1::GetCoverageResponse& response) {
  ASSIGN_OR_RETURN(PlanAt plan, PlanOf(view, "parent", request.parent()));
  ASSIGN_OR_RETURN(PlanAt serving_plan, PlanOf(view, "serving_plan", request.serving_plan()));
  if (request.parent() == request.serving_plan()) {
    return InvalidField("serving_plan", expected::OTHER_THAN, {{"actual", request.serving_plan()}});
  }
  const int year = request.reporting_year();
  if (year != 0) RETURN_IF_ERROR(CheckYear("reporting_year", year));
  const Linked linked = LinksBetween(view, plan, serving_plan, year);
  std::vector<TreeLine> open;
  for (const TreeLine& line : Ends(view, plan, year, /*with_kpis=*/false)) {
    response.set_node_count(response.node_count() + 1);
    if (!AnyIn(NamesUpwards(view, line), linked.nodes)) open.push_back(line);
  }
  response.set_unserved_count(static_cast<uint32_t>(open.size()));
  for (const TreeLine& line : Ends(view, serving_plan, year, /*with_kpis=*/true)) {
    response.set_serving_count(response.serving_count() + 1);
    if (!AnyIn(NamesUpwards(view, line), linked.serving)) open.push_back(line);
  }
  response.set_unlinked_count(static_cast<uint32_t>(open.size()) - response.unserved_count());
  return open;
}
void Put(const View& view, size_t i, const TreeLine& line, v1::GetCoverageResponse& response) {
  if (i < response.unserved_count()) {
    *response.add_unserved() = view.Render(*line.node);
  } else {
    Put(view, line, *response.add_unlinked());
  }
}

// Fills in the resource called `name`. It exists, because a change of it was just decided, or was by an earlier request
// that this one repeats.
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
  List<v1::ListLinksRequest, LinkAt, v1::ListLinksResponse>(ListLinks, Put);
  List<v1::GetTreeRequest, TreeLine, v1::GetTreeResponse>(GetTree, Put);
  List<v1::ListKpisRequest, KpiAt, v1::ListKpisResponse>(ListKpis, Put);
  List<v1::ListTargetRevisionsRequest, TargetAt, v1::ListTargetRevisionsResponse>(ListTargetRevisions, Put);
  List<v1::ListDepartmentsRequest, DepartmentAt, v1::ListDepartmentsResponse>(ListDepartments, Put);
  Answer(std::function<absl::StatusOr<v1::GetCoverageResponse>(const rpc::CallContext&,
                                                               const v1::GetCoverageRequest&)>(
      [this](const rpc::CallContext& call,
             const v1::GetCoverageRequest& request) -> absl::StatusOr<v1::GetCoverageResponse> {
        ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
        ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger_, request, call, page));
        View view(state_, snapshot.size());
        v1::GetCoverageResponse response;
        ASSIGN_OR_RETURN(std::vector<TreeLine> found, GetCoverage(view, request, response));
        rpc::Slice slice = rpc::SliceOf(page, found.size(), snapshot.size());
        for (size_t i = slice.begin; i < slice.end; ++i) Put(view, i, found[i], response);
        response.set_next_page_token(slice.next_page_token);
        response.set_position(snapshot.size());
        return response;
      }));
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
