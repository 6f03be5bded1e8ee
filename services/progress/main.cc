// seisaku-progress: serves figures, words, declarations and derived judgements over its log, and follows
// catalog.
#include <memory>

#include "CLI/CLI.hpp"
#include "services/base/status.h"
#include "services/ledger/tree/key.h"
#include "services/progress/domain/machine.h"
#include "services/progress/rpc/catalog_follower.h"
#include "services/progress/rpc/service.h"
#include "services/rpc/process/flags.h"
#include "services/rpc/process/run.h"
#include "services/rpc/security/authn.h"
#include "services/rpc/transport/channel.h"

namespace seisaku::progress {
namespace {

struct CatalogFlags {
  std::string address;
  std::string vkey_file;
  std::string origin;

  void AddTo(CLI::App& app) {
    app.add_option("--catalog", address, "Address of the catalog service, host:port")->required();
    app.add_option("--catalog-vkey", vkey_file, "File with the verifier key of catalog's checkpoints")
        ->required();
    app.add_option("--catalog-origin", origin, "Origin of catalog's log, as in its checkpoints")->required();
  }
};

absl::StatusOr<CatalogFollower::Options> ToFollowerOptions(const CatalogFlags& catalog,
                                                           rpc::Certificates& certificates) {
  ASSIGN_OR_RETURN(Caller self, rpc::CallerOfUris(certificates.current()->own.uris));
  ASSIGN_OR_RETURN(ledger::VerifierKey verifier, ledger::ReadVerifierKey(catalog.vkey_file));
  return CatalogFollower::Options{rpc::RenewedChannels(catalog.address, certificates), std::move(verifier),
                                  catalog.origin, std::move(self)};
}

absl::StatusOr<rpc::Endpoints> MakeEndpoints(const CatalogFlags& catalog, const Machine& machine,
                                             ledger::Ledger& ledger, const rpc::Process& process) {
  ASSIGN_OR_RETURN(CatalogFollower::Options options, ToFollowerOptions(catalog, process.certificates));
  rpc::Endpoints endpoints;
  endpoints.services.push_back(std::make_unique<ProgressRpc>(process.adapter, ledger, machine.state()));
  endpoints.companion = [options = std::move(options), &ledger, &machine,
                         &metrics = process.metrics](grpc::CompletionQueue& queue) {
    return std::make_unique<CatalogFollower>(options, ledger, machine.state(), queue, metrics);
  };
  return endpoints;
}

}  // namespace
}  // namespace seisaku::progress

int main(int argc, char** argv) {
  using namespace seisaku;
  CLI::App app("Serves figures, narratives, assessments and evaluations (ProgressService).",
               "seisaku-progress");
  rpc::Flags flags;
  progress::CatalogFlags catalog;
  flags.AddTo(app);
  catalog.AddTo(app);
  if (int code = rpc::Parse(app, argc, argv); code >= 0) return code;
  return rpc::RunService<progress::Machine>(
      "progress", flags,
      [&](const progress::Machine& machine, ledger::Ledger& ledger, const rpc::Process& process) {
        return progress::MakeEndpoints(catalog, machine, ledger, process);
      });
}
