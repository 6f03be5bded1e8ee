#include "services/rpc/authz.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_join.h"
#include "services/base/errors.h"
#include "services/rpc/authn.h"

namespace seisaku::rpc {
namespace {

std::vector<MethodRoles> MakeTable() {
  const std::vector<Role> plan = {Role::kPlanner};
  const std::vector<Role> report = {Role::kPlanner, Role::kReporter};
  const std::vector<Role> read = {Role::kPlanner, Role::kReporter, Role::kAuditor, Role::kOperator,
                                  Role::kPeer};
  const std::vector<Role> replay = {Role::kAuditor, Role::kPeer};
  const std::vector<Role> audit = {Role::kAuditor};
  const std::vector<Role> operate = {Role::kOperator};
  return {
      {"/seisaku.catalog.v1.CatalogService/ApplyCatalog", plan},
      {"/seisaku.catalog.v1.CatalogService/CreatePlan", plan},
      {"/seisaku.catalog.v1.CatalogService/UpdatePlan", plan},
      {"/seisaku.catalog.v1.CatalogService/SetRule", plan},
      {"/seisaku.catalog.v1.CatalogService/CreateNode", plan},
      {"/seisaku.catalog.v1.CatalogService/UpdateNode", plan},
      {"/seisaku.catalog.v1.CatalogService/MoveNode", plan},
      {"/seisaku.catalog.v1.CatalogService/RetireNode", plan},
      {"/seisaku.catalog.v1.CatalogService/CreateKpi", plan},
      {"/seisaku.catalog.v1.CatalogService/UpdateKpi", plan},
      {"/seisaku.catalog.v1.CatalogService/RetireKpi", plan},
      {"/seisaku.catalog.v1.CatalogService/SetTarget", plan},
      {"/seisaku.catalog.v1.CatalogService/CreateDepartment", plan},
      {"/seisaku.catalog.v1.CatalogService/UpdateDepartment", plan},
      {"/seisaku.catalog.v1.CatalogService/RetireDepartment", plan},
      {"/seisaku.catalog.v1.CatalogService/GetPlan", read},
      {"/seisaku.catalog.v1.CatalogService/ListPlans", read},
      {"/seisaku.catalog.v1.CatalogService/GetNode", read},
      {"/seisaku.catalog.v1.CatalogService/ListNodes", read},
      {"/seisaku.catalog.v1.CatalogService/GetTree", read},
      {"/seisaku.catalog.v1.CatalogService/GetKpi", read},
      {"/seisaku.catalog.v1.CatalogService/ListKpis", read},
      {"/seisaku.catalog.v1.CatalogService/ListTargetRevisions", read},
      {"/seisaku.catalog.v1.CatalogService/GetDepartment", read},
      {"/seisaku.catalog.v1.CatalogService/ListDepartments", read},

      {"/seisaku.progress.v1.ProgressService/ApplyProgress", report},
      {"/seisaku.progress.v1.ProgressService/RecordActual", report},
      {"/seisaku.progress.v1.ProgressService/BatchRecordActuals", report},
      {"/seisaku.progress.v1.ProgressService/CorrectActual", report},
      {"/seisaku.progress.v1.ProgressService/RetractActual", report},
      {"/seisaku.progress.v1.ProgressService/RecordNarrative", report},
      {"/seisaku.progress.v1.ProgressService/RecordAssessment", plan},
      {"/seisaku.progress.v1.ProgressService/ListActuals", read},
      {"/seisaku.progress.v1.ProgressService/ListNarratives", read},
      {"/seisaku.progress.v1.ProgressService/GetEvaluation", read},
      {"/seisaku.progress.v1.ProgressService/GetProgressSheet", read},
      {"/seisaku.progress.v1.ProgressService/GetSummary", read},
      {"/seisaku.progress.v1.ProgressService/GetCatalogPosition", read},

      {"/seisaku.log.v1.LogService/GetCheckpoint", replay},
      {"/seisaku.log.v1.LogService/ReadEntries", replay},
      {"/seisaku.log.v1.LogService/WatchEntries", replay},
      {"/seisaku.log.v1.LogService/GetInclusionProof", replay},
      {"/seisaku.log.v1.LogService/GetConsistencyProof", replay},
      {"/seisaku.log.v1.LogService/AddCosignature", audit},
      {"/seisaku.log.v1.LogService/GetStateDigest", audit},
      {"/seisaku.log.v1.LogService/RedactText", operate},

      {"/grpc.health.v1.Health/Check", read},
      {"/grpc.health.v1.Health/Watch", read},
      {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", read},
      {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", read},
  };
}

std::string NamesOf(const std::vector<Role>& roles) {
  return absl::StrJoin(roles, ", ", [](std::string* out, Role role) { out->append(RoleName(role)); });
}

}  // namespace

absl::Span<const MethodRoles> AuthorizationTable() {
  static const std::vector<MethodRoles>& table = *new std::vector<MethodRoles>(MakeTable());
  return table;
}

absl::Status Authorize(const Caller& caller, std::string_view method) {
  for (const MethodRoles& row : AuthorizationTable()) {
    if (row.method != method) continue;
    if (std::find(row.roles.begin(), row.roles.end(), caller.role) != row.roles.end())
      return absl::OkStatus();
    return errors::RoleRequired(caller.subject, NamesOf(row.roles));
  }
  return errors::RoleRequired(caller.subject, "");
}

}  // namespace seisaku::rpc
