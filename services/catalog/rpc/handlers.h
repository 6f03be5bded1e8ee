// The RPCs of CatalogService, each translated into a command or a read, and back. What may be done is the
// domain's to say, when and where the ledger's.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/ledger.h"
#include "services/rpc/call.h"

// Declares the handler of one method.
#define SEISAKU_CATALOG_HANDLER(Method)                                     \
  absl::StatusOr<v1::Method##Response> Method(const rpc::CallContext& call, \
                                              const v1::Method##Request& request)

namespace seisaku::catalog {

// Thread-safe.
class Handlers {
 public:
  // `ledger` keeps `state`; both outlive the handlers.
  Handlers(ledger::Ledger& ledger, const State& state) : ledger_(ledger), state_(state) {}

  SEISAKU_CATALOG_HANDLER(ApplyCatalog);
  SEISAKU_CATALOG_HANDLER(CreatePlan);
  SEISAKU_CATALOG_HANDLER(UpdatePlan);
  SEISAKU_CATALOG_HANDLER(SetRule);
  SEISAKU_CATALOG_HANDLER(CreateNode);
  SEISAKU_CATALOG_HANDLER(UpdateNode);
  SEISAKU_CATALOG_HANDLER(MoveNode);
  SEISAKU_CATALOG_HANDLER(RetireNode);
  SEISAKU_CATALOG_HANDLER(CreateKpi);
  SEISAKU_CATALOG_HANDLER(UpdateKpi);
  SEISAKU_CATALOG_HANDLER(RetireKpi);
  SEISAKU_CATALOG_HANDLER(SetTarget);
  SEISAKU_CATALOG_HANDLER(CreateDepartment);
  SEISAKU_CATALOG_HANDLER(UpdateDepartment);
  SEISAKU_CATALOG_HANDLER(RetireDepartment);

  SEISAKU_CATALOG_HANDLER(GetPlan);
  SEISAKU_CATALOG_HANDLER(ListPlans);
  SEISAKU_CATALOG_HANDLER(GetNode);
  SEISAKU_CATALOG_HANDLER(ListNodes);
  SEISAKU_CATALOG_HANDLER(GetTree);
  SEISAKU_CATALOG_HANDLER(GetKpi);
  SEISAKU_CATALOG_HANDLER(ListKpis);
  SEISAKU_CATALOG_HANDLER(ListTargetRevisions);
  SEISAKU_CATALOG_HANDLER(GetDepartment);
  SEISAKU_CATALOG_HANDLER(ListDepartments);

 private:
  // mutations.cc: appends `change` and answers with the one resource that it speaks of.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Mutate(const rpc::CallContext& call, const Request& request, v1::Change change,
                                  absl::FunctionRef<void(const View&, Response&)> fill);

  // reads.cc: answers from the state as of where the request looks.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Get(const rpc::CallContext& call, const Request& request,
                               absl::FunctionRef<absl::Status(const View&, Response&)> fill);
  // `find` yields what is listed, a vector; `add` puts one item of the page into the response.
  template <typename Response, typename Request, typename Find, typename Add>
  absl::StatusOr<Response> List(const rpc::CallContext& call, const Request& request, Find find, Add add);

  ledger::Ledger& ledger_;
  const State& state_;
};

}  // namespace seisaku::catalog

#undef SEISAKU_CATALOG_HANDLER
