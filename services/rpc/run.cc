#include "services/rpc/run.h"

#include <sched.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "grpc/support/log.h"
#include "services/base/clock.h"
#include "services/base/status.h"
#include "services/base/version.h"
#include "services/rpc/log.h"
#include "services/rpc/log_service.h"
#include "services/rpc/metrics.h"
#include "services/rpc/server.h"
#include "services/rpc/signals.h"

extern "C" {
// Read by jemalloc when the process starts: what a burst of large requests took is given back to the system
// though the threads that freed it have nothing more to do.
const char* malloc_conf = "background_thread:true";
}

namespace seisaku::rpc {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(500);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);
// For commands that wait for PostgreSQL; whoever waits longer repeats the command.
constexpr absl::Duration kGrace = absl::Seconds(10);

// gRPC's own lines (failed handshakes, most of them) in the form of ours.
void TakeGrpcLog(gpr_log_func_args* line) {
  auto log = line->severity == GPR_LOG_SEVERITY_ERROR ? LogWarning : LogInfo;
  log("gRPC", {{"error", line->message}}, absl::OkStatus());
}

// The log and the state that it adds up to.
struct Opened {
  std::unique_ptr<StateMachine> state;
  std::unique_ptr<ledger::Ledger> ledger;  // nullptr: told to stop before PostgreSQL was there
};

absl::StatusOr<Opened> Open(const ledger::Ledger::Options& options, const Service& service,
                            const Clock& clock, StopSignals& signals) {
  for (absl::Duration pause = kFirstRetry;; pause = std::min(2 * pause, kLongestRetry)) {
    std::unique_ptr<StateMachine> state = service.make_state();
    auto ledger = ledger::Ledger::Open(options, *state, clock);
    if (ledger.ok()) return Opened{std::move(state), *std::move(ledger)};
    if (!absl::IsUnavailable(ledger.status())) return ledger.status();
    LogWarning("cannot open the log yet",
               {{"service", service.name}, {"next_try_in", absl::FormatDuration(pause)}}, ledger.status());
    if (signals.WaitFor(pause)) return Opened{};
  }
}

Server::Served ToServe(Adapter& adapter, Metrics& metrics, ledger::Ledger& ledger, LogRpc& log_service,
                       const Endpoints& endpoints) {
  std::vector<Endpoint*> all = {&log_service};
  for (const std::unique_ptr<Endpoint>& service : endpoints.services) all.push_back(service.get());
  return {.adapter = adapter,
          .metrics = metrics,
          .endpoints = std::move(all),
          .ready = [&ledger] { return ledger.Health(); },
          .give_up = [&ledger] { ledger.Stop(); },
          .companion = endpoints.companion};
}

// Serves until a signal comes.
absl::Status Serve(const Flags& flags, LogKeys keys, const Service& service, const Opened& opened,
                   StopSignals& signals) {
  ledger::Ledger& ledger = *opened.ledger;
  Metrics metrics;
  metrics.WatchLogSize([&ledger] { return ledger.WaitForSize(0, absl::InfinitePast()); });
  Adapter adapter(metrics);
  LogRpc log_service(adapter, ledger, std::move(keys));
  ASSIGN_OR_RETURN(Endpoints endpoints, service.make_endpoints(*opened.state, ledger, adapter));
  ASSIGN_OR_RETURN(std::unique_ptr<Server> server,
                   Server::Start(flags.server, ToServe(adapter, metrics, ledger, log_service, endpoints)));
  LogInfo("serving", {{"service", service.name},
                      {"version", kVersion},
                      {"address", server->address()},
                      {"metrics", server->metrics_address()},
                      {"log_size", fmt::to_string(ledger.WaitForSize(0, absl::InfinitePast()))}});
  signals.Wait();
  LogInfo("stopping", {{"service", service.name}});
  server->Shutdown(kGrace);
  return absl::OkStatus();
}

absl::Status Run(const Flags& flags, const Service& service) {
  StopSignals signals;
  SystemClock clock;
  ASSIGN_OR_RETURN(ledger::Ledger::Options options, ToLedgerOptions(flags));
  ASSIGN_OR_RETURN(std::vector<ledger::VerifierKey> cosigners, ReadCosignerKeys(flags));
  options.producer = fmt::format("seisaku-{}/{}", service.name, kVersion);
  LogKeys keys{{options.key->verifier()}, std::move(cosigners)};
  if (options.previous_key) keys.log.push_back(options.previous_key->verifier());
  if (std::error_code error; !std::filesystem::exists(options.checkpoint_file, error) && !error) {
    LogWarning("no checkpoint is kept yet, so the log is taken as it is",
               {{"file", options.checkpoint_file}});
  }
  ASSIGN_OR_RETURN(Opened opened, Open(options, service, clock, signals));
  return opened.ledger ? Serve(flags, std::move(keys), service, opened, signals) : absl::OkStatus();
}

// What has to be said before gRPC starts. Debian builds abseil with a detector of deadlocks that looks at
// every lock that gRPC takes.
void SettleGrpc() {
  gpr_set_log_function(TakeGrpcLog);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

// A thread that is woken does not interrupt another: so several calls are taken, and several answers given,
// for one change of threads. Nothing depends on it.
void SettleThreads() {
  const sched_param none = {};
  (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

// What the operator reads where the log cannot be served as it is; empty where the error says it all.
std::string_view RunbookFor(std::string_view reason) {
  if (reason == "LOG_ROLLED_BACK" || reason == "LOG_FORK") return "deploy/runbooks/restored-log.md";
  if (reason == "LOG_UNSEALED" || reason == "LOG_CORRUPT") return "deploy/runbooks/sealed-head.md";
  if (reason == "LOG_KEY_NOT_CURRENT") return "deploy/runbooks/log-key.md";
  return {};
}

}  // namespace

int RunService(const Flags& flags, const Service& service) {
  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error of its call, not of the process
  SettleGrpc();
  SettleThreads();  // before there are any: they inherit it
  absl::Status status = Run(flags, service);
  if (!status.ok()) LogError("cannot serve", {{"service", service.name}}, status);
  if (const std::string_view runbook = RunbookFor(ReasonOf(status)); !runbook.empty()) {
    LogError("change nothing, and read the runbook", {{"runbook", std::string(runbook)}});
  }
  return status.ok() ? 0 : 1;
}

}  // namespace seisaku::rpc
