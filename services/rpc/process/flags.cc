#include "services/rpc/process/flags.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/version.h"
#include "services/ledger/tree/key.h"

namespace seisaku::rpc {
namespace {

constexpr int kGoOn = -1;
constexpr int kWrongCommandLine = 2;

}  // namespace

void Flags::AddTo(CLI::App& app) {
  app.set_version_flag("--version", fmt::format("{} {}", app.get_name(), kVersion),
                       "Print the version and exit");
  app.set_config("--config", "", "Read options from this TOML or INI file; the command line goes before it");
  app.add_option("--listen", server.listen, "Serve gRPC at this host:port; port 0 lets the system choose")
      ->capture_default_str();
  app.add_option(
         "--max-connections", server.limits.all,
         "Take so many connections at a time; fewer where the limit of descriptors has no room for two each")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--max-connections-per-address", server.limits.of_an_address,
                 "Take so many of them from one address; behind a proxy all come from the proxy's")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--address-file", server.address_file,
                 "Write the host:port that was chosen to this file, once calls are accepted");
  app.add_option(
         "--metrics-listen", metrics_listen,
         "Serve GET /metrics (for Prometheus), /healthz and /readyz, plain HTTP without certificates, at "
         "this host:port; \"\" for not at all")
      ->capture_default_str();
  app.add_option("--metrics-address-file", metrics_address_file,
                 "Write the host:port that was chosen for --metrics-listen to this file");
  app.add_option("--dsn", dsn, "Connect to PostgreSQL with this libpq connection string")
      ->envname("SEISAKU_DSN")
      ->required();
  app.add_option(
         "--certificate", tls.certificate,
         "PEM file of the server's certificate chain; this and the next two are read again when they change")
      ->required();
  app.add_option("--key", tls.key, "PEM file of the certificate's private key")->required();
  app.add_option("--ca", tls.ca, "PEM file of the authority that signs clients' certificates")->required();
  app.add_option("--origin", origin, "The log's name in checkpoints, such as example.city.jp/catalog")
      ->required();
  app.add_option("--log-key", log_key_file,
                 "File of the private key that seals the log and signs its checkpoints")
      ->required();
  app.add_option(
      "--previous-log-key", previous_log_key_file,
      "File of the log's private key before `seisaku-admin rotate-key`: it signs checkpoints too, until "
      "everybody trusts the new one");
  app.add_option("--cosigner-vkey", cosigner_vkey_files,
                 "File of the public key of an auditor whose cosignatures are kept; may be repeated");
  app.add_option(
         "--checkpoint-file", checkpoint_file,
         "Keep the newest signed checkpoint in this file, on a disk that no backup of the database is "
         "restored to; a log that does not extend it is not served")
      ->required();
}

int Parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return kGoOn;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongCommandLine;
  }
}

absl::StatusOr<ledger::Ledger::Options> ToLedgerOptions(const Flags& flags) {
  ledger::Ledger::Options options;
  options.origin = flags.origin;
  options.dsn = flags.dsn;
  ASSIGN_OR_RETURN(options.key, ledger::ReadSigningKey(flags.log_key_file, ledger::KeyType::kLog));
  if (!flags.previous_log_key_file.empty()) {
    ASSIGN_OR_RETURN(options.previous_key,
                     ledger::ReadSigningKey(flags.previous_log_key_file, ledger::KeyType::kLog));
  }
  options.checkpoint_file = flags.checkpoint_file;
  return options;
}

absl::StatusOr<std::vector<ledger::VerifierKey>> ReadCosignerKeys(const Flags& flags) {
  std::vector<ledger::VerifierKey> keys;
  for (const std::string& file : flags.cosigner_vkey_files) {
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::ReadVerifierKey(file, ledger::KeyType::kCosigner));
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace seisaku::rpc
