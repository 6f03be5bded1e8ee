// The RPCs that change something.
#include <string>
#include <utility>

#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/catalog/domain/describe.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/rpc/handlers.h"
#include "services/rpc/command.h"

namespace seisaku::catalog {
namespace {

// A resource that was just decided upon exists; as of a repeated request's outcome too.
void Fill(const View& view, std::string_view plan_name, v1::Plan* plan) {
  auto id = ParsePlanName("name", plan_name);
  if (auto found = id.ok() ? view.FindPlan(*id) : std::nullopt) *plan = view.Render(*found);
}
void Fill(const View& view, std::string_view name, v1::Node* node) {
  auto parsed = ParseNodeName("name", name);
  if (auto found = parsed.ok() ? view.FindNode(parsed->plan, parsed->id) : std::nullopt) {
    *node = view.Render(*found);
  }
}
void Fill(const View& view, std::string_view name, v1::Kpi* kpi) {
  auto parsed = ParseKpiName("name", name);
  if (auto found = parsed.ok() ? view.FindKpi(parsed->plan, parsed->id) : std::nullopt) {
    *kpi = view.Render(*found);
  }
}
void Fill(const View& view, std::string_view name, v1::Department* department) {
  auto id = ParseDepartmentName("name", name);
  if (auto found = id.ok() ? view.FindDepartment(*id) : std::nullopt) *department = view.Render(*found);
}

using google::protobuf::Message;

// Fields of requests: the one that holds what the change holds, and that of the id of what is created.
struct Created {
  std::string_view field;
  std::string_view id_field;
};
constexpr Created kCreatePlan{"plan", "plan_id"};
constexpr Created kCreateNode{"node", "node_id"};
constexpr Created kCreateKpi{"kpi", "kpi_id"};
constexpr Created kCreateDepartment{"department", "department_id"};

template <const Created& created>
absl::Status OfCreated(const absl::Status& refused, const Message& change, size_t) {
  return rpc::OfOneChange(refused, change, created.field, created.id_field);
}

template <typename Request>
v1::Change WithReason(const Request& request) {
  v1::Change change;
  change.set_reason(request.reason());
  return change;
}

}  // namespace

template <typename Response, typename Request>
absl::StatusOr<rpc::Mutation<Response>> Handlers::Mutate(const rpc::CallContext& call, const Request& request,
                                                         v1::Change change, ledger::Command::AsSent as_sent,
                                                         std::function<void(const View&, Response&)> fill) {
  ASSIGN_OR_RETURN(ledger::Command command, rpc::ToCommand(call, request, rpc::ToStep(std::move(change))));
  command.as_sent = as_sent;
  auto describe = [this, fill = std::move(fill)](const ledger::Outcome& outcome, Response& response) {
    fill(View(state_, outcome.end), response);
    return absl::OkStatus();
  };
  return rpc::Mutation<Response>{std::move(command), std::move(describe)};
}

absl::StatusOr<rpc::Mutation<v1::ApplyCatalogResponse>> Handlers::ApplyCatalog(
    const rpc::CallContext& call, const v1::ApplyCatalogRequest& request) {
  if (request.changes().empty()) return errors::RequiredField("changes");
  if (request.changes_size() > ledger::kMaxCommandEvents) {
    return errors::CommandTooLarge("changes", ledger::kMaxCommandEvents, request.changes_size());
  }
  ASSIGN_OR_RETURN(ledger::Command command, rpc::ToCommand(call, request, rpc::ToSteps(request.changes())));
  command.as_sent = rpc::OfChanges;
  auto describe = [this](const ledger::Outcome& outcome, v1::ApplyCatalogResponse& response) {
    for (size_t i = 0; i < outcome.entries.size(); ++i) {
      *response.add_results() = DescribeEntry(state_, outcome.begin + i, outcome.entries[i]);
    }
    return absl::OkStatus();
  };
  return rpc::Mutation<v1::ApplyCatalogResponse>{std::move(command), std::move(describe)};
}

absl::StatusOr<rpc::Mutation<v1::CreatePlanResponse>> Handlers::CreatePlan(
    const rpc::CallContext& call, const v1::CreatePlanRequest& request) {
  RETURN_IF_ERROR(ValidateId("plan_id", request.plan_id()));
  std::string name = PlanName(request.plan_id());
  v1::Change change;
  *change.mutable_create_plan() = request.plan();
  change.mutable_create_plan()->set_name(name);
  return Mutate<v1::CreatePlanResponse>(call, request, std::move(change), OfCreated<kCreatePlan>,
                                        [name](const View& view, v1::CreatePlanResponse& response) {
                                          Fill(view, name, response.mutable_plan());
                                        });
}

absl::StatusOr<rpc::Mutation<v1::CreateNodeResponse>> Handlers::CreateNode(
    const rpc::CallContext& call, const v1::CreateNodeRequest& request) {
  ASSIGN_OR_RETURN(std::string plan, ParsePlanName("parent", request.parent()));
  RETURN_IF_ERROR(ValidateId("node_id", request.node_id()));
  std::string name = NodeName(plan, request.node_id());
  v1::Change change;
  *change.mutable_create_node() = request.node();
  change.mutable_create_node()->set_name(name);
  return Mutate<v1::CreateNodeResponse>(call, request, std::move(change), OfCreated<kCreateNode>,
                                        [name](const View& view, v1::CreateNodeResponse& response) {
                                          Fill(view, name, response.mutable_node());
                                        });
}

absl::StatusOr<rpc::Mutation<v1::CreateKpiResponse>> Handlers::CreateKpi(
    const rpc::CallContext& call, const v1::CreateKpiRequest& request) {
  ASSIGN_OR_RETURN(std::string plan, ParsePlanName("parent", request.parent()));
  RETURN_IF_ERROR(ValidateId("kpi_id", request.kpi_id()));
  std::string name = KpiName(plan, request.kpi_id());
  v1::Change change;
  *change.mutable_create_kpi() = request.kpi();
  change.mutable_create_kpi()->set_name(name);
  return Mutate<v1::CreateKpiResponse>(call, request, std::move(change), OfCreated<kCreateKpi>,
                                       [name](const View& view, v1::CreateKpiResponse& response) {
                                         Fill(view, name, response.mutable_kpi());
                                       });
}

absl::StatusOr<rpc::Mutation<v1::CreateDepartmentResponse>> Handlers::CreateDepartment(
    const rpc::CallContext& call, const v1::CreateDepartmentRequest& request) {
  RETURN_IF_ERROR(ValidateId("department_id", request.department_id()));
  std::string name = DepartmentName(request.department_id());
  v1::Change change;
  *change.mutable_create_department() = request.department();
  change.mutable_create_department()->set_name(name);
  return Mutate<v1::CreateDepartmentResponse>(
      call, request, std::move(change), OfCreated<kCreateDepartment>,
      [name](const View& view, v1::CreateDepartmentResponse& response) {
        Fill(view, name, response.mutable_department());
      });
}

// The other methods carry the very message that a Change has for them: Method, the field of the request, the
// field of the change, where in it the resource is named, and the resource that is answered.
#define SEISAKU_CATALOG_MUTATION(Method, request_field, change_field, name_path, resource)                   \
  absl::StatusOr<rpc::Mutation<v1::Method##Response>> Handlers::Method(const rpc::CallContext& call,         \
                                                                       const v1::Method##Request& request) { \
    v1::Change change = WithReason(request);                                                                 \
    *change.mutable_##change_field() = request.request_field();                                              \
    return Mutate<v1::Method##Response>(                                                                     \
        call, request, std::move(change),                                                                    \
        [](const absl::Status& refused, const Message& sent, size_t) {                                       \
          return rpc::OfOneChange(refused, sent, #request_field);                                            \
        },                                                                                                   \
        [name = request.request_field().name_path](const View& view, v1::Method##Response& response) {       \
          Fill(view, name, response.mutable_##resource());                                                   \
        });                                                                                                  \
  }

SEISAKU_CATALOG_MUTATION(UpdatePlan, update, update_plan, plan().name(), plan)
SEISAKU_CATALOG_MUTATION(SetRule, rule, set_rule, plan(), plan)
SEISAKU_CATALOG_MUTATION(UpdateNode, update, update_node, node().name(), node)
SEISAKU_CATALOG_MUTATION(MoveNode, move, move_node, name(), node)
SEISAKU_CATALOG_MUTATION(RetireNode, retire, retire_node, name(), node)
SEISAKU_CATALOG_MUTATION(UpdateKpi, update, update_kpi, kpi().name(), kpi)
SEISAKU_CATALOG_MUTATION(RetireKpi, retire, retire_kpi, name(), kpi)
SEISAKU_CATALOG_MUTATION(SetTarget, target, set_target, kpi(), kpi)
SEISAKU_CATALOG_MUTATION(UpdateDepartment, update, update_department, department().name(), department)
SEISAKU_CATALOG_MUTATION(RetireDepartment, retire, retire_department, name(), department)

#undef SEISAKU_CATALOG_MUTATION

}  // namespace seisaku::catalog
