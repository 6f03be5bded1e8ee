// A private PostgreSQL server for tests.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace seisaku {

// A cluster in a fresh directory, reached only by a Unix socket there, durable as by default, every role
// trusted. Where the caller is root it belongs to, and runs as, the system user `postgres`. It dies with the
// thread that started it: start it on the main thread. Not thread-safe.
class PostgresCluster {
 public:
  // A running server. NOT_FOUND where PostgreSQL is not installed: the test then fails; it never skips.
  static absl::StatusOr<std::unique_ptr<PostgresCluster>> Start();

  // A hot standby of `primary`, which runs: asynchronous, unless the primary was told otherwise.
  static absl::StatusOr<std::unique_ptr<PostgresCluster>> StartStandby(const PostgresCluster& primary);

  // Kills the server and removes the directory.
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  std::string Dsn(std::string_view database, std::string_view role = "postgres") const;
  // The directory of the socket.
  const std::string& directory() const { return directory_; }

  absl::Status CreateDatabase(std::string_view name);
  // Executes one or more statements as superuser; the values of the last one, rows joined by "\n", columns by
  // "|".
  absl::StatusOr<std::string> Sql(std::string_view database, std::string_view statements);

  // Ends every session and the server, as an administrator would ("fast"); waits until it has ended.
  absl::Status Stop();
  // SIGKILL to the server and all its processes at once; waits until the last of them has gone.
  absl::Status Kill();
  // Starts the server again after Stop or Kill, and waits until it answers; a running one is stopped first.
  absl::Status Restart();
  // Starts the server where Stop or Kill ended it.
  absl::Status EnsureRunning();

  // Makes a standby of `primary` of it, whatever it held, and starts it. It was stopped or killed.
  absl::Status Follow(const PostgresCluster& primary);
  // Makes a primary of a standby; waits until it takes writes.
  absl::Status Promote();
  // Sets what postgresql.conf sets (`value` as SQL writes it; DEFAULT: as it is without), and waits until
  // every new session has it.
  absl::Status Configure(std::string_view setting, std::string_view value);
  // Copies the data aside, and puts the copy in its place: while the server is stopped.
  absl::Status SaveData();
  absl::Status RestoreData();

 private:
  PostgresCluster(std::string binaries, std::string directory);

  // An empty directory.
  static absl::StatusOr<std::unique_ptr<PostgresCluster>> Make();
  absl::Status Initialize();
  absl::Status StartServer();
  absl::Status WaitUntilReady();
  absl::Status RunTool(const std::vector<std::string>& command);

  const std::string binaries_;
  const std::string directory_;
  pid_t server_ = -1;
};

// The one cluster of this test program, started on first use and removed when the program ends. A failure to
// start ends the program. Every test makes a database of its own in it.
PostgresCluster& SharedCluster();

// Creates a database in the shared cluster under a name that no other test of this program has; returns its
// name.
std::string NewDatabase();

}  // namespace seisaku
