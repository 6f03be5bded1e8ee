// CatalogService as gRPC serves it. What may be done is the domain's to say, when and where the ledger's.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "services/catalog/domain/state.h"
#include "services/catalog/domain/view.h"
#include "services/ledger/ledger.h"
#include "services/rpc/service.h"

namespace seisaku::catalog {

class CatalogRpc final : public rpc::ContractService {
 public:
  // `ledger` keeps `state`; all three outlive the service.
  CatalogRpc(rpc::Adapter& adapter, ledger::Ledger& ledger, const State& state);

 private:
  // Answers a read with what `fill` puts into its response.
  template <typename Request, typename Response>
  void Get(absl::Status (*fill)(const View&, const Request&, Response&));
  // Answers a list with a page of what `find` finds, each of which `put` adds to the response.
  template <typename Request, typename Item, typename Response>
  void List(absl::StatusOr<std::vector<Item>> (*find)(const View&, const Request&),
            void (*put)(const View&, const Item&, Response&));

  ledger::Ledger& ledger_;
  const State& state_;
};

}  // namespace seisaku::catalog
