// The command line that both services have.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/key.h"
#include "services/rpc/server.h"

namespace CLI {
class App;
}

namespace seisaku::rpc {

struct Flags {
  Server::Options server;
  std::string dsn;
  std::string origin;
  std::string log_key_file;

  // Adds --listen, --address-file, --metrics-listen, --dsn (or SEISAKU_DSN), --certificate, --key, --ca,
  // --origin, --log-key, --config and --version to `app`, which fills this object; it outlives the parsing.
  void AddTo(CLI::App& app);
};

// Parses the command line into what AddTo bound. Returns the exit code to leave main with when there is one
// (2 for a wrong command line; 0 after --help and --version), else -1.
int Parse(CLI::App& app, int argc, char** argv);

// What the ledger needs of the flags; reads the log's key. FAILED_PRECONDITION LOG_KEY_UNREADABLE.
absl::StatusOr<ledger::Ledger::Options> ToLedgerOptions(const Flags& flags);

// The key that checkpoints of another log are verified with. FAILED_PRECONDITION LOG_KEY_UNREADABLE.
absl::StatusOr<ledger::VerifierKey> ReadVerifierKey(const std::string& file);

}  // namespace seisaku::rpc
