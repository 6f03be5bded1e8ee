// The command line that both services have.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/key.h"
#include "services/rpc/security/credentials.h"
#include "services/rpc/transport/server.h"

namespace CLI {
class App;
}

namespace seisaku::rpc {

struct Flags {
  Server::Options server;
  TlsFiles tls;
  std::string dsn;
  std::string origin;
  std::string log_key_file;
  std::string previous_log_key_file;  // "": none
  std::vector<std::string> cosigner_vkey_files;
  std::string checkpoint_file;
  // host:port of what a monitor asks (StatusPages), plain HTTP without certificates; empty: none.
  std::string metrics_listen = "127.0.0.1:0";
  std::string metrics_address_file;  // gets the address that was chosen; empty: none

  // Adds --listen, --max-connections, --max-connections-per-address, --address-file, --metrics-listen,
  // --metrics-address-file, --dsn (or SEISAKU_DSN), --certificate, --key, --ca, --origin, --log-key,
  // --previous-log-key, --cosigner-vkey, --checkpoint-file, --config and --version to `app`, which fills this
  // object; it outlives the parsing. --version says the name of `app`.
  void AddTo(CLI::App& app);
};

// Parses the command line. Returns the exit code where main should return (2: a wrong command line; 0: --help and
// --version), else -1.
int Parse(CLI::App& app, int argc, char** argv);

// The ledger's options from the flags. Reads the log's keys. FAILED_PRECONDITION LOG_KEY_UNREADABLE.
absl::StatusOr<ledger::Ledger::Options> ToLedgerOptions(const Flags& flags);

// The keys of the cosigners that the service knows. FAILED_PRECONDITION LOG_KEY_UNREADABLE.
absl::StatusOr<std::vector<ledger::VerifierKey>> ReadCosignerKeys(const Flags& flags);

}  // namespace seisaku::rpc
