// seisaku-catalog: serves the policy hierarchy over its log.
#include <memory>

#include "CLI/CLI.hpp"
#include "services/catalog/domain/machine.h"
#include "services/catalog/rpc/service.h"
#include "services/rpc/process/flags.h"
#include "services/rpc/process/run.h"

namespace seisaku::catalog {
namespace {

rpc::Endpoints MakeEndpoints(const Machine& machine, ledger::Ledger& ledger, const rpc::Process& process) {
  rpc::Endpoints endpoints;
  endpoints.services.push_back(std::make_unique<CatalogRpc>(process.adapter, ledger, machine.state()));
  return endpoints;
}

}  // namespace
}  // namespace seisaku::catalog

int main(int argc, char** argv) {
  CLI::App app("Serves plans, nodes, KPIs, targets and departments (CatalogService).", "seisaku-catalog");
  seisaku::rpc::Flags flags;
  flags.AddTo(app);
  if (int code = seisaku::rpc::Parse(app, argc, argv); code >= 0) return code;
  return seisaku::rpc::RunService<seisaku::catalog::Machine>("catalog", flags,
                                                             seisaku::catalog::MakeEndpoints);
}
