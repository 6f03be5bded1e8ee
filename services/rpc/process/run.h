// The life of a service's process.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"
#include "services/rpc/process/companion.h"
#include "services/rpc/process/flags.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/security/certificates.h"
#include "services/rpc/service.h"

namespace seisaku::rpc {

// What a process serves in addition to its log.
struct Endpoints {
  std::vector<std::unique_ptr<Endpoint>> services;  // ContractService
  MakeCompanion companion;                          // may be empty
};

// What the process provides for its services. Outlives them.
struct Process {
  Adapter& adapter;
  Metrics& metrics;
  Certificates& certificates;
};

// What a process serves. Called from one thread.
struct Service {
  std::string_view name;  // "catalog", for the log of the program
  // Makes an empty state. Called for each attempt to open the log, because a failed fold leaves an unusable state.
  std::function<std::unique_ptr<StateMachine>()> make_state;
  // Called once, when the log is open. The state and the ledger outlive what it returns. An error ends the process.
  std::function<absl::StatusOr<Endpoints>(StateMachine&, ledger::Ledger&, const Process&)> make_endpoints;
};

// Opens the log (again and again while PostgreSQL is unavailable), serves LogService and the service's
// endpoints, waits for SIGTERM or SIGINT, and shuts down. Reads certificates again when they change, and at SIGHUP.
// Returns main's exit code: 0 after a signal, 1 after an error, which is logged. Called by main before any thread is
// started.
int RunService(const Flags& flags, const Service& service);

// The same for a State that is a StateMachine and is made without arguments. A main.cc:
//
//   CLI::App app("Serves catalog.");
//   rpc::Flags flags;
//   flags.AddTo(app);
//   if (int code = rpc::Parse(app, argc, argv); code >= 0) return code;
//   return rpc::RunService<Machine>("catalog", flags,
//                                   [](Machine& machine, Ledger& ledger, const rpc::Process& process) {
//     rpc::Endpoints endpoints;
//     endpoints.services.push_back(std::make_unique<CatalogRpc>(process.adapter, ledger, machine));
//     return endpoints;
//   });
template <typename State, typename MakeEndpoints>
int RunService(std::string_view name, const Flags& flags, MakeEndpoints make) {
  return RunService(flags, {.name = name,
                            .make_state = [] { return std::make_unique<State>(); },
                            .make_endpoints = [&make](StateMachine& state, ledger::Ledger& ledger,
                                                      const Process& process) -> absl::StatusOr<Endpoints> {
                              return make(static_cast<State&>(state), ledger, process);
                            }});
}

}  // namespace seisaku::rpc
