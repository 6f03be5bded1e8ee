// loadgen: puts one kind of load on a service for a bounded time and prints what came of it as one line of
// JSON. For tests/bench and for whoever wants to know what an installation can take; it writes figures into a
// plan of its own (plans/load), so never run it against a city's real log.
#include <functional>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "services/base/version.h"
#include "tools/loadgen/city.h"
#include "tools/loadgen/loads.h"

namespace seisaku::loadgen {
namespace {

constexpr double kLongestSeconds = 600;

void AddTarget(CLI::App& app, Target& target) {
  app.add_option("--address", target.address, "host:port of the service (serve-echo: to listen on)")
      ->required();
  app.add_option("--certificate", target.tls.certificate,
                 "Own certificate; without it the connection is plain");
  app.add_option("--key", target.tls.key, "Its private key");
  app.add_option("--ca", target.tls.ca, "Who signs the certificates of the other side");
}

void AddLoad(CLI::App& app, Load& load) {
  app.add_option("--in-flight", load.pace.in_flight, "Calls at a time")->check(CLI::Range(1, 4096));
  app.add_option("--connections", load.connections, "Over so many connections")->check(CLI::Range(1, 64));
  app.add_option("--seconds", load.pace.seconds, "Ends after this time")
      ->check(CLI::Range(0.0, kLongestSeconds));
  app.add_option("--warm-up", load.pace.warm_up, "Seconds before, not counted")->check(CLI::Range(0.0, 60.0));
  app.add_option("--rate", load.pace.rate, "Begins so many calls a second")->check(CLI::Range(0.0, 1e6));
  app.add_option("--calls", load.pace.calls, "Ends after so many calls");
  app.add_option("--kpis", load.kpis, "KPIs of the city")->check(CLI::Range(1, 1'000'000));
  app.add_option("--first-slot", load.first_slot, "The first figure to record");
  app.add_option("--batch", load.batch, "Actuals of one batch")->check(CLI::Range(1, 10'000));
  app.add_option("--bytes", load.payload_bytes, "Bytes of an echo")->check(CLI::Range(0, 1 << 20));
  app.add_option("--idle", load.idle, "Seconds between connecting and the first call")
      ->check(CLI::Range(0.0, kLongestSeconds));
  app.add_option("--from", load.from, "Where a replay begins");
}

int Print(absl::StatusOr<Measured> measured) {
  if (!measured.ok()) {
    std::cerr << "loadgen: " << measured.status() << "\n";
    return 1;
  }
  const bool all_good = measured->failed == 0;
  std::cout << ToJson(*std::move(measured)) << std::endl;
  return all_good ? 0 : 1;
}

int Main(int argc, char** argv) {
  // As the services do (rpc/run.cc).
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Puts load on a service and measures it.", "loadgen");
  app.set_version_flag("--version", fmt::format("{} {}", app.get_name(), kVersion),
                       "Print the version and exit");
  app.require_subcommand(1);
  Load load;
  int code = 0;
  AddTarget(app, load.target);
  AddLoad(app, load);
  auto measure = [&](const char* name, const char* about, absl::StatusOr<Measured> (*run)(const Load&)) {
    app.add_subcommand(name, about)->fallthrough()->callback([&code, &load, run] {
      if (load.pace.calls == 0 && load.pace.seconds == 0) load.pace.seconds = 3;
      code = Print(run(load));
    });
  };
  measure("record", "RecordActual", Record);
  measure("batch", "BatchRecordActuals", RecordBatches);
  measure("evaluate", "GetEvaluation", Evaluate);
  measure("echo", "The echo that serve-echo serves", Echo);
  measure("replay", "WatchEntries until caught up", Replay);
  measure("follow", "WatchEntries of what others append meanwhile", Follow);
  app.add_subcommand("city", "Makes the plan that record and evaluate work on (address: catalog's)")
      ->fallthrough()
      ->callback([&] {
        if (absl::Status status = MakeCity(load.target, load.kpis); !status.ok()) {
          std::cerr << "loadgen: " << status << "\n";
          code = 1;
        }
      });
  app.add_subcommand("serve-echo", "Serves an echo until SIGTERM")->fallthrough()->callback([&] {
    code = ServeEcho(load.target);
  });
  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace seisaku::loadgen

int main(int argc, char** argv) { return seisaku::loadgen::Main(argc, argv); }
