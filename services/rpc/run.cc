#include "services/rpc/run.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/clock.h"
#include "services/base/status.h"
#include "services/rpc/log.h"
#include "services/rpc/log_service.h"
#include "services/rpc/metrics.h"
#include "services/rpc/server.h"
#include "services/rpc/signals.h"

namespace seisaku::rpc {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(500);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);
// Longer than a command waits for PostgreSQL to fail over is left to its caller, who repeats it.
constexpr absl::Duration kGrace = absl::Seconds(10);

// nullptr: told to stop before PostgreSQL was there.
absl::StatusOr<std::unique_ptr<ledger::Ledger>> OpenLedger(const ledger::Ledger::Options& options,
                                                           StateMachine& state, const Clock& clock,
                                                           StopSignals& signals) {
  for (absl::Duration pause = kFirstRetry;; pause = std::min(2 * pause, kLongestRetry)) {
    auto opened = ledger::Ledger::Open(options, state, clock);
    if (opened.ok() || !absl::IsUnavailable(opened.status())) return opened;
    LogWarning("cannot open the log yet", {{"origin", options.origin},
                                           {"error", std::string(opened.status().message())},
                                           {"next_try_in", absl::FormatDuration(pause)}});
    if (signals.WaitFor(pause)) return nullptr;
    state.Truncate(0);
  }
}

Server::Served ToServe(Adapter& adapter, Metrics& metrics, ledger::Ledger& ledger, LogRpc& log_service,
                       const Endpoints& endpoints) {
  std::vector<Endpoint*> all = {&log_service};
  for (const std::unique_ptr<Endpoint>& service : endpoints.services) all.push_back(service.get());
  auto ready = [&ledger, more = endpoints.ready]() -> absl::Status {
    RETURN_IF_ERROR(ledger.Health());
    return more ? more() : absl::OkStatus();
  };
  return {.adapter = adapter, .metrics = metrics, .endpoints = std::move(all), .ready = std::move(ready)};
}

// Serves until a signal comes.
absl::Status Serve(std::string_view name, const Flags& flags, ledger::Ledger& ledger,
                   const MakeEndpoints& make, StopSignals& signals) {
  Metrics metrics;
  metrics.WatchLogSize([&ledger] { return ledger.WaitForSize(0, absl::InfinitePast()); });
  Adapter adapter(metrics);
  LogRpc log_service(adapter, ledger);
  ASSIGN_OR_RETURN(Endpoints endpoints, make(ledger, adapter));
  ASSIGN_OR_RETURN(std::unique_ptr<Server> server,
                   Server::Start(flags.server, ToServe(adapter, metrics, ledger, log_service, endpoints)));
  LogInfo("serving", {{"service", name},
                      {"version", SEISAKU_VERSION},
                      {"address", server->address()},
                      {"metrics", server->metrics_address()},
                      {"log_size", fmt::to_string(ledger.WaitForSize(0, absl::InfinitePast()))}});
  signals.Wait();
  LogInfo("stopping", {{"service", name}});
  server->Shutdown(kGrace);
  return absl::OkStatus();
}

absl::Status Run(std::string_view name, const Flags& flags, StateMachine& state, const MakeEndpoints& make) {
  StopSignals signals;
  SystemClock clock;
  ASSIGN_OR_RETURN(ledger::Ledger::Options options, ToLedgerOptions(flags));
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Ledger> ledger, OpenLedger(options, state, clock, signals));
  if (!ledger) return absl::OkStatus();
  return Serve(name, flags, *ledger, make, signals);
}

}  // namespace

int RunService(std::string_view name, const Flags& flags, StateMachine& state, const MakeEndpoints& make) {
  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error of its call, not of the process
  absl::Status status = Run(name, flags, state, make);
  if (!status.ok()) {
    LogError("cannot serve",
             {{"service", name}, {"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
  }
  return status.ok() ? 0 : 1;
}

}  // namespace seisaku::rpc
