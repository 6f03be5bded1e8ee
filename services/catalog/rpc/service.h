// CatalogService as gRPC serves it.
#pragma once

#include "seisaku/catalog/v1/catalog_service.grpc.pb.h"
#include "services/catalog/rpc/handlers.h"
#include "services/rpc/adapter.h"

namespace seisaku::catalog {

class CatalogRpc final : public rpc::ServiceOver<v1::CatalogService, Handlers> {
 public:
  using ServiceOver::ServiceOver;
  SEISAKU_UNARY(ApplyCatalog)
  SEISAKU_UNARY(CreatePlan)
  SEISAKU_UNARY(UpdatePlan)
  SEISAKU_UNARY(SetRule)
  SEISAKU_UNARY(CreateNode)
  SEISAKU_UNARY(UpdateNode)
  SEISAKU_UNARY(MoveNode)
  SEISAKU_UNARY(RetireNode)
  SEISAKU_UNARY(CreateKpi)
  SEISAKU_UNARY(UpdateKpi)
  SEISAKU_UNARY(RetireKpi)
  SEISAKU_UNARY(SetTarget)
  SEISAKU_UNARY(CreateDepartment)
  SEISAKU_UNARY(UpdateDepartment)
  SEISAKU_UNARY(RetireDepartment)
  SEISAKU_UNARY(GetPlan)
  SEISAKU_UNARY(ListPlans)
  SEISAKU_UNARY(GetNode)
  SEISAKU_UNARY(ListNodes)
  SEISAKU_UNARY(GetTree)
  SEISAKU_UNARY(GetKpi)
  SEISAKU_UNARY(ListKpis)
  SEISAKU_UNARY(ListTargetRevisions)
  SEISAKU_UNARY(GetDepartment)
  SEISAKU_UNARY(ListDepartments)
};

}  // namespace seisaku::catalog
