// seisaku-progress: serves figures, words, declarations and derived judgements over its log, and follows
// catalog.
#include <memory>

#include "CLI/CLI.hpp"
#include "services/base/status.h"
#include "services/ledger/tree/key_files.h"
#include "services/progress/domain/machine.h"
#include "services/progress/rpc/catalog_follower.h"
#include "services/progress/rpc/service.h"
#include "services/rpc/channel.h"
#include "services/rpc/credentials.h"
#include "services/rpc/flags.h"
#include "services/rpc/run.h"

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

absl::StatusOr<CatalogFollower::Options> ToFollowerOptions(const rpc::Flags& flags,
                                                           const CatalogFlags& catalog) {
  const rpc::Server::Options& server = flags.server;
  rpc::TlsFiles files{server.certificate_file, server.key_file, server.ca_file};
  ASSIGN_OR_RETURN(rpc::TlsContents tls, rpc::ReadTlsFiles(files));
  ASSIGN_OR_RETURN(Caller self, CallerOfCertificate(tls.certificate));
  ASSIGN_OR_RETURN(ledger::VerifierKey verifier, ledger::ReadVerifierKey(catalog.vkey_file));
  ASSIGN_OR_RETURN(auto channel, rpc::OpenChannel(catalog.address, files));
  return CatalogFollower::Options{std::move(channel), std::move(verifier), catalog.origin, std::move(self)};
}

absl::StatusOr<rpc::Endpoints> MakeEndpoints(const rpc::Flags& flags, const CatalogFlags& catalog,
                                             const Machine& machine, ledger::Ledger& ledger,
                                             rpc::Adapter& adapter) {
  ASSIGN_OR_RETURN(CatalogFollower::Options options, ToFollowerOptions(flags, catalog));
  rpc::Endpoints endpoints;
  endpoints.services.push_back(std::make_unique<ProgressRpc>(adapter, ledger, machine.state()));
  endpoints.companion = [options = std::move(options), &ledger, &machine](grpc::CompletionQueue& queue) {
    return std::make_unique<CatalogFollower>(options, ledger, machine.state(), queue);
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
      [&](const progress::Machine& machine, ledger::Ledger& ledger, rpc::Adapter& adapter) {
        return progress::MakeEndpoints(flags, catalog, machine, ledger, adapter);
      });
}
