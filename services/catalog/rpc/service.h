// CatalogService as gRPC serves it.
#pragma once

#include "seisaku/catalog/v1/catalog_service.grpc.pb.h"
#include "services/catalog/rpc/handlers.h"
#include "services/rpc/endpoint.h"

namespace seisaku::catalog {

class CatalogRpc final : public rpc::ServiceOver<v1::CatalogService, Handlers> {
 public:
  CatalogRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state)
      : ServiceOver(adapter, ledger, state) {
    Unary<&Handlers::ApplyCatalog>("ApplyCatalog");
    Unary<&Handlers::CreatePlan>("CreatePlan");
    Unary<&Handlers::UpdatePlan>("UpdatePlan");
    Unary<&Handlers::SetRule>("SetRule");
    Unary<&Handlers::CreateNode>("CreateNode");
    Unary<&Handlers::UpdateNode>("UpdateNode");
    Unary<&Handlers::MoveNode>("MoveNode");
    Unary<&Handlers::RetireNode>("RetireNode");
    Unary<&Handlers::CreateKpi>("CreateKpi");
    Unary<&Handlers::UpdateKpi>("UpdateKpi");
    Unary<&Handlers::RetireKpi>("RetireKpi");
    Unary<&Handlers::SetTarget>("SetTarget");
    Unary<&Handlers::CreateDepartment>("CreateDepartment");
    Unary<&Handlers::UpdateDepartment>("UpdateDepartment");
    Unary<&Handlers::RetireDepartment>("RetireDepartment");
    Unary<&Handlers::GetPlan>("GetPlan", rpc::Manner::kQuick);
    Unary<&Handlers::ListPlans>("ListPlans");
    Unary<&Handlers::GetNode>("GetNode", rpc::Manner::kQuick);
    Unary<&Handlers::ListNodes>("ListNodes");
    Unary<&Handlers::GetTree>("GetTree");
    Unary<&Handlers::GetKpi>("GetKpi", rpc::Manner::kQuick);
    Unary<&Handlers::ListKpis>("ListKpis");
    Unary<&Handlers::ListTargetRevisions>("ListTargetRevisions");
    Unary<&Handlers::GetDepartment>("GetDepartment", rpc::Manner::kQuick);
    Unary<&Handlers::ListDepartments>("ListDepartments");
  }
};

}  // namespace seisaku::catalog
