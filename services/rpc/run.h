// The life of a service's process.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"
#include "services/rpc/adapter.h"
#include "services/rpc/flags.h"

namespace seisaku::rpc {

// What a service brings besides its log.
struct Endpoints {
  std::vector<std::unique_ptr<Endpoint>> services;  // ServiceOver

  std::vector<std::shared_ptr<void>>
      company;                          // what runs beside them; destroyed after the server, in reverse
  std::function<absl::Status()> ready;  // besides Ledger::Health(); may be empty
};

// Called once, when the log is open. An error ends the process.
using MakeEndpoints = std::function<absl::StatusOr<Endpoints>(ledger::Ledger&, Adapter&)>;

// Opens the log over `state` (again and again while PostgreSQL is unavailable), serves LogService and what
// `make` returns, waits for SIGTERM or SIGINT, and shuts down. Returns main's exit code: 0 after a signal, 1
// after an error, which is logged. Between two tries to open the log it calls state.Truncate(0). To be called
// from main before any thread is started.
int RunService(std::string_view name, const Flags& flags, StateMachine& state, const MakeEndpoints& make);

}  // namespace seisaku::rpc
