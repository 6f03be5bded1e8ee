// The RPCs of CatalogService, each translated into a command or a read, and back. What may be done is the
// domain's to say, when and where the ledger's.
#pragma once

#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/ledger.h"
#include "services/rpc/call.h"

// Declares the handler of one method that reads, and of one that changes something.
#define SEISAKU_READ(Method)                                                \
  absl::StatusOr<v1::Method##Response> Method(const rpc::CallContext& call, \
                                              const v1::Method##Request& request)
#define SEISAKU_CHANGE(Method)                                                             \
  absl::StatusOr<rpc::Mutation<v1::Method##Response>> Method(const rpc::CallContext& call, \
                                                             const v1::Method##Request& request)

namespace seisaku::catalog {

// Thread-safe.
class Handlers {
 public:
  // `ledger` keeps `state`; both outlive the handlers.
  Handlers(ledger::Ledger& ledger, const State& state) : ledger_(ledger), state_(state) {}

  SEISAKU_CHANGE(ApplyCatalog);
  SEISAKU_CHANGE(CreatePlan);
  SEISAKU_CHANGE(UpdatePlan);
  SEISAKU_CHANGE(SetRule);
  SEISAKU_CHANGE(CreateNode);
  SEISAKU_CHANGE(UpdateNode);
  SEISAKU_CHANGE(MoveNode);
  SEISAKU_CHANGE(RetireNode);
  SEISAKU_CHANGE(CreateKpi);
  SEISAKU_CHANGE(UpdateKpi);
  SEISAKU_CHANGE(RetireKpi);
  SEISAKU_CHANGE(SetTarget);
  SEISAKU_CHANGE(CreateDepartment);
  SEISAKU_CHANGE(UpdateDepartment);
  SEISAKU_CHANGE(RetireDepartment);

  SEISAKU_READ(GetPlan);
  SEISAKU_READ(ListPlans);
  SEISAKU_READ(GetNode);
  SEISAKU_READ(ListNodes);
  SEISAKU_READ(GetTree);
  SEISAKU_READ(GetKpi);
  SEISAKU_READ(ListKpis);
  SEISAKU_READ(ListTargetRevisions);
  SEISAKU_READ(GetDepartment);
  SEISAKU_READ(ListDepartments);

 private:
  // mutations.cc: a command of one change, whose errors `as_sent` words; `fill` answers with the one resource
  // that it speaks of.
  template <typename Response, typename Request>
  absl::StatusOr<rpc::Mutation<Response>> Mutate(const rpc::CallContext& call, const Request& request,
                                                 v1::Change change, ledger::Command::AsSent as_sent,
                                                 std::function<void(const View&, Response&)> fill);

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

#undef SEISAKU_READ
#undef SEISAKU_CHANGE
