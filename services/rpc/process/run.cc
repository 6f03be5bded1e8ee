#include "services/rpc/process/run.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
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
#include "services/base/errors.h"
#include "services/base/mutex.h"
#include "services/base/status.h"
#include "services/base/version.h"
#include "services/rpc/log/log_figures.h"
#include "services/rpc/log/log_service.h"
#include "services/rpc/process/log.h"
#include "services/rpc/process/metrics.h"
#include "services/rpc/process/signals.h"
#include "services/rpc/process/status_pages.h"
#include "services/rpc/process/ticker.h"
#include "services/rpc/security/certificates.h"
#include "services/rpc/transport/server.h"

extern "C" {
// Read by jemalloc when the process starts: what a burst of large requests took is given back to the system
// though the threads that freed it have nothing more to do.
const char* malloc_conf = "background_thread:true";
}

namespace seisaku::rpc {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(500);
constexpr absl::Duration kLongestRetry = absl::Seconds(5);
// How long commands may wait for PostgreSQL; after that the caller repeats them.
constexpr absl::Duration kGrace = absl::Seconds(10);
// How often the files of certificates are checked.
constexpr std::chrono::seconds kCertificateInterval(1);

// gRPC's own lines (failed handshakes, most of them) in the form of ours.
void TakeGrpcLog(gpr_log_func_args* line) {
  auto log = line->severity == GPR_LOG_SEVERITY_ERROR ? LogWarning : LogInfo;
  log("gRPC", {{"error", line->message}}, absl::OkStatus());
}

// The log and the state that is folded from it.
struct Opened {
  std::unique_ptr<StateMachine> state;
  std::unique_ptr<ledger::Ledger> ledger;  // nullptr: told to stop before PostgreSQL was there
};

// What /readyz says: why the log is not open yet, then what the server says. Thread-safe.
class Ready {
 public:
  using Ask = std::function<absl::Status()>;

  void Set(Ask ask) {
    MutexLock lock(mutex_);
    ask_ = std::move(ask);
  }
  absl::Status Get() {
    MutexLock lock(mutex_);
    return ask_ ? ask_() : absl::UnavailableError("starting");
  }

 private:
  Mutex mutex_;
  Ask ask_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<Opened> Open(const ledger::Ledger::Options& options, const Service& service,
                            const Clock& clock, Signals& signals, Ready& ready) {
  for (absl::Duration pause = kFirstRetry;; pause = std::min(2 * pause, kLongestRetry)) {
    std::unique_ptr<StateMachine> state = service.make_state();
    auto ledger = ledger::Ledger::Open(options, *state, clock);
    if (ledger.ok()) return Opened{std::move(state), *std::move(ledger)};
    if (!absl::IsUnavailable(ledger.status())) return ledger.status();
    ready.Set([why = ledger.status()] { return why; });
    LogWarning("cannot open the log yet",
               {{"service", service.name}, {"next_try_in", absl::FormatDuration(pause)}}, ledger.status());
    if (signals.WaitFor(pause)) return Opened{};
  }
}

Server::Served ToServe(const Process& process, ledger::Ledger& ledger, LogRpc& log_service,
                       const Endpoints& endpoints) {
  std::vector<Endpoint*> all = {&log_service};
  for (const std::unique_ptr<Endpoint>& service : endpoints.services) all.push_back(service.get());
  return {.adapter = process.adapter,
          .metrics = process.metrics,
          .certificates = process.certificates,
          .endpoints = std::move(all),
          .ready = [&ledger] { return ledger.Health(); },
          .give_up = [&ledger] { ledger.Stop(); },
          .companion = endpoints.companion};
}

void Sample(const Certificates& certificates, Samples& samples) {
  const Certificates::Contents used = certificates.current();
  const auto end = [&](std::string_view file, const CertificateFacts& facts) {
    samples.Gauge("seisaku_certificate_expiry_timestamp_seconds",
                  "When the first certificate of a file that is used ends, in seconds since 1970.",
                  absl::ToDoubleSeconds(facts.not_after - absl::UnixEpoch()), {{"file", file}});
  };
  end("certificate", used->own);
  end("ca", used->authority);
}

// Serves until a signal comes.
absl::Status Serve(const Flags& flags, LogKeys keys, const Process& process, const Service& service,
                   const Opened& opened, Signals& signals, Ready& ready) {
  ledger::Ledger& ledger = *opened.ledger;
  CosignatureWatch cosignatures(ledger, keys);
  const auto sampled = process.metrics.Subscribe([&](Samples& samples) {
    SampleLog(ledger, samples);
    cosignatures.Sample(samples);
  });
  LogRpc log_service(process.adapter, ledger, std::move(keys));
  ASSIGN_OR_RETURN(Endpoints endpoints, service.make_endpoints(*opened.state, ledger, process));
  ASSIGN_OR_RETURN(std::unique_ptr<Server> server,
                   Server::Start(flags.server, ToServe(process, ledger, log_service, endpoints)));
  ready.Set([&server] { return server->ready(); });
  LogInfo("serving", {{"service", service.name},
                      {"version", kVersion},
                      {"address", server->address()},
                      {"log_size", fmt::to_string(ledger.WaitForSize(0, absl::InfinitePast()))}});
  CertificateWatch watch(process.certificates);
  {
    Ticker ticker(kCertificateInterval, [&](bool hurried) {
      watch.Look(absl::Now(), hurried);
      cosignatures.Look(absl::Now());
    });
    signals.WaitForStop([&] { ticker.Hurry(); });
  }
  LogInfo("stopping", {{"service", service.name}});
  ready.Set([] { return errors::ShuttingDown(); });
  server->Shutdown(kGrace);
  return absl::OkStatus();
}

// The pages for a monitor; nullptr: not wanted.
absl::StatusOr<std::unique_ptr<StatusPages>> ShowStatus(const Flags& flags, Metrics& metrics, Ready& ready) {
  if (flags.metrics_listen.empty()) return nullptr;
  ASSIGN_OR_RETURN(auto pages,
                   StatusPages::Start(flags.metrics_listen, {.metrics = [&metrics] { return metrics.Page(); },
                                                             .ready = [&ready] { return ready.Get(); }}));
  if (!flags.metrics_address_file.empty()) {
    RETURN_IF_ERROR(WriteAddress(flags.metrics_address_file, pages->address()));
  }
  LogInfo("metrics are shown", {{"address", pages->address()}});
  return pages;
}

absl::Status Run(const Flags& flags, const Service& service) {
  Signals signals;
  SystemClock clock;
  Metrics metrics;
  Ready ready;
  const auto sampled = metrics.Subscribe([&ready](Samples& samples) {
    samples.Gauge("seisaku_ready", "1 while the server says SERVING, else 0.", ready.Get().ok());
    SampleProcess(samples);
  });
  ASSIGN_OR_RETURN(const auto pages, ShowStatus(flags, metrics, ready));
  ASSIGN_OR_RETURN(ledger::Ledger::Options options, ToLedgerOptions(flags));
  ASSIGN_OR_RETURN(std::vector<ledger::VerifierKey> cosigners, ReadCosignerKeys(flags));
  options.producer = fmt::format("seisaku-{}/{}", service.name, kVersion);
  LogKeys keys{{options.key->verifier()}, std::move(cosigners)};
  if (options.previous_key) keys.log.push_back(options.previous_key->verifier());
  if (std::error_code error; !std::filesystem::exists(options.checkpoint_file, error) && !error) {
    LogWarning("no checkpoint is kept yet, so the log is taken as it is",
               {{"file", options.checkpoint_file}});
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Certificates> certificates, Certificates::Read(flags.tls));
  if (certificates->city().empty()) {
    LogWarning("the certificate names no city, so callers of every city that its authority knows are taken",
               {{"file", flags.tls.certificate}});
  }
  const auto ends = metrics.Subscribe([&certificates](Samples& samples) { Sample(*certificates, samples); });
  Adapter adapter(metrics, certificates->city());
  ASSIGN_OR_RETURN(Opened opened, Open(options, service, clock, signals, ready));
  if (!opened.ledger) return absl::OkStatus();
  return Serve(flags, std::move(keys), {adapter, metrics, *certificates}, service, opened, signals, ready);
}

// Called before gRPC starts. Debian builds abseil with a deadlock detector that checks every lock that gRPC takes.
void ConfigureGrpc() {
  gpr_set_log_function(TakeGrpcLog);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

// A woken thread does not preempt a running one, so several calls are taken, and several answers given, for one thread
// switch. An optimization: nothing depends on it.
void ConfigureThreads() {
  const sched_param none = {};
  (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

// Advice to the operator where the log cannot be served; empty where the error is enough.
std::string_view RunbookFor(std::string_view reason) {
  if (reason == "LOG_ROLLED_BACK" || reason == "LOG_FORK") return "deploy/runbooks/restored-log.md";
  if (reason == "LOG_UNSEALED" || reason == "LOG_CORRUPT") return "deploy/runbooks/sealed-head.md";
  if (reason == "LOG_KEY_NOT_CURRENT") return "deploy/runbooks/log-key.md";
  return {};
}

}  // namespace

int RunService(const Flags& flags, const Service& service) {
  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error of its call, not of the process
  ConfigureGrpc();
  ConfigureThreads();  // before there are any: they inherit it
  absl::Status status = Run(flags, service);
  if (!status.ok()) LogError("cannot serve", {{"service", service.name}}, status);
  if (const std::string_view runbook = RunbookFor(ReasonOf(status)); !runbook.empty()) {
    LogError("change nothing, and read the runbook", {{"runbook", std::string(runbook)}});
  }
  return status.ok() ? 0 : 1;
}

}  // namespace seisaku::rpc
