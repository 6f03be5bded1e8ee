// A gRPC server with mutual TLS, health and reflection.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/rpc/process/companion.h"
#include "services/rpc/transport/limits.h"

namespace seisaku::rpc {

class Adapter;
class Certificates;
class Endpoint;
class Metrics;

// Thread-safe.
class Server {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";  // host:port or unix:path; port 0: the system chooses
    ConnectionLimits limits;             // of connections
    std::string address_file;  // gets "host:port\n", atomically, once calls are accepted; empty: none
    absl::Duration patience = absl::Seconds(10);  // with a stream's caller that does not read
  };

  // What a server serves. All of it outlives the server.
  struct Served {
    Adapter& adapter;
    Metrics& metrics;
    Certificates& certificates;
    std::vector<Endpoint*> endpoints;
    // Asked once a second: OK makes the health service say SERVING, for the server ("") and for each service
    // by its full name. Thread-safe.
    std::function<absl::Status()> ready;
    // Makes every waiting call end soon. Called when a shutdown's grace period is over. May be empty.
    std::function<void()> give_up = {};
    // Made when the server runs, and destroyed when no call runs any more. Its health is asked for as `ready` is. May
    // be empty.
    MakeCompanion companion = {};
  };

  // Accepts calls when it returns. FAILED_PRECONDITION CANNOT_LISTEN: an address cannot be used;
  // ADDRESS_FILE_UNWRITABLE. INTERNAL: Endpoint::Complete's.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options, const Served& served);

  // Shuts down without grace, unless Shutdown was called.
  virtual ~Server() = default;

  // "host:port", with the port that was chosen.
  virtual const std::string& address() const = 0;

  // OK while the health service says SERVING for the server as a whole; SHUTTING_DOWN after Shutdown.
  virtual absl::Status ready() const = 0;

  // Says NOT_SERVING, ends streams, takes no new calls, and gives running ones `grace` to finish; then
  // cancels them. Returns when the last handler has returned. Later calls do nothing.
  virtual void Shutdown(absl::Duration grace) = 0;
};

// Writes "host:port\n", atomically. FAILED_PRECONDITION ADDRESS_FILE_UNWRITABLE.
absl::Status WriteAddress(const std::string& file, const std::string& address);

}  // namespace seisaku::rpc
