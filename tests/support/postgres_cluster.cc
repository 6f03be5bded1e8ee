#include "tests/support/postgres_cluster.h"

#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "tests/support/child_process.h"

namespace seisaku {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Seconds(60);

// The newest of Debian's installations, else the PATH.
absl::StatusOr<std::string> FindBinaries() {
  std::vector<std::string> candidates;
  std::error_code ignored;
  int newest = -1;
  std::string found;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    int number = std::atoi(version.path().filename().c_str());
    if (number > newest && fs::exists(version.path() / "bin/initdb")) {
      newest = number;
      found = version.path() / "bin";
    }
  }
  if (!found.empty()) return found;
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (fs::exists(fs::path(directory) / "initdb")) return directory;
  }
  return absl::NotFoundError(
      "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or the PATH");
}

std::string LogOf(const std::string& directory) {
  std::ostringstream text;
  text << std::ifstream(directory + "/log").rdbuf();
  return text.str();
}

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string Printed(const PGresult* result) {
  std::string text;
  for (int row = 0; row < PQntuples(result); ++row) {
    if (row > 0) text += "\n";
    for (int column = 0; column < PQnfields(result); ++column) {
      if (column > 0) text += "|";
      text += PQgetvalue(result, row, column);
    }
  }
  return text;
}

}  // namespace

PostgresCluster::PostgresCluster(std::string binaries, std::string directory)
    : binaries_(std::move(binaries)), directory_(std::move(directory)) {}

PostgresCluster::~PostgresCluster() {
  Kill().IgnoreError();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

absl::StatusOr<std::unique_ptr<PostgresCluster>> PostgresCluster::Make() {
  ASSIGN_OR_RETURN(std::string binaries, FindBinaries());
  std::string directory = "/tmp/seisaku-pg-XXXXXX";  // short: a socket's path has at most 107 bytes
  if (mkdtemp(directory.data()) == nullptr) return absl::ErrnoToStatus(errno, "mkdtemp");
  std::unique_ptr<PostgresCluster> cluster(new PostgresCluster(std::move(binaries), std::move(directory)));
  RETURN_IF_ERROR(GiveToServerUser(cluster->directory_));
  return cluster;
}

absl::StatusOr<std::unique_ptr<PostgresCluster>> PostgresCluster::Start() {
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresCluster> cluster, Make());
  RETURN_IF_ERROR(cluster->Initialize());
  RETURN_IF_ERROR(cluster->StartServer());
  return cluster;
}

absl::StatusOr<std::unique_ptr<PostgresCluster>> PostgresCluster::StartStandby(
    const PostgresCluster& primary) {
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresCluster> cluster, Make());
  RETURN_IF_ERROR(cluster->Follow(primary));
  return cluster;
}

absl::Status PostgresCluster::RunTool(const std::vector<std::string>& command) {
  ASSIGN_OR_RETURN(pid_t child, StartChild(command, directory_ + "/log", SIGKILL));
  ASSIGN_OR_RETURN(int exit_status, WaitForEnd(child, kPatience));
  if (exit_status == 0) return absl::OkStatus();
  return absl::InternalError(command.front() + " failed: " + LogOf(directory_));
}

absl::Status PostgresCluster::Initialize() {
  return RunTool({binaries_ + "/initdb", "--pgdata=" + directory_ + "/data", "--username=postgres",
                  "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"});
}

absl::Status PostgresCluster::Follow(const PostgresCluster& primary) {
  std::error_code error;
  fs::remove_all(directory_ + "/data", error);
  RETURN_IF_ERROR(RunTool({binaries_ + "/pg_basebackup", "--pgdata=" + directory_ + "/data",
                           "--host=" + primary.directory_, "--username=postgres", "--checkpoint=fast",
                           "--wal-method=stream", "--write-recovery-conf", "--no-sync"}));
  return StartServer();
}

absl::Status PostgresCluster::Promote() { return Sql("postgres", "SELECT pg_promote()").status(); }

absl::Status PostgresCluster::Configure(std::string_view setting, std::string_view value) {
  RETURN_IF_ERROR(Sql("postgres", fmt::format("ALTER SYSTEM SET {} = {}", setting, value)).status());
  ASSIGN_OR_RETURN(const std::string before, Sql("postgres", "SELECT pg_conf_load_time()"));
  RETURN_IF_ERROR(Sql("postgres", "SELECT pg_reload_conf()").status());
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    ASSIGN_OR_RETURN(const std::string loaded, Sql("postgres", "SELECT pg_conf_load_time()"));
    if (loaded != before) return absl::OkStatus();
  }
  return absl::DeadlineExceededError("PostgreSQL does not read its configuration");
}

absl::Status PostgresCluster::SaveData() {
  return RunTool({"/bin/cp", "--archive", directory_ + "/data", directory_ + "/saved"});
}

absl::Status PostgresCluster::RestoreData() {
  std::error_code error;
  fs::remove_all(directory_ + "/data", error);
  fs::rename(directory_ + "/saved", directory_ + "/data", error);
  return error ? absl::InternalError(error.message()) : absl::OkStatus();
}

absl::Status PostgresCluster::StartServer() {
  // SIGQUIT is PostgreSQL's "stop now": should this program die, the server does not outlive it.
  ASSIGN_OR_RETURN(server_,
                   StartChild({binaries_ + "/postgres", "-D", directory_ + "/data", "-c",
                               "listen_addresses=", "-c", "unix_socket_directories=" + directory_, "-c",
                               "port=5432", "-c", "max_connections=50", "-c", "shared_buffers=16MB",
                               // after a kill one syncfs, instead of opening and syncing every file
                               "-c", "recovery_init_sync_method=syncfs"},
                              directory_ + "/log", SIGQUIT));
  return WaitUntilReady();
}

absl::Status PostgresCluster::WaitUntilReady() {
  const absl::Time deadline = absl::Now() + kPatience;
  while (PQping(Dsn("postgres").c_str()) != PQPING_OK) {
    absl::StatusOr<int> ended = WaitForEnd(server_, absl::Milliseconds(10));
    if (ended.ok()) {
      server_ = -1;
      return absl::InternalError("PostgreSQL did not start: " + LogOf(directory_));
    }
    if (absl::Now() > deadline) return absl::DeadlineExceededError("PostgreSQL: " + LogOf(directory_));
  }
  return absl::OkStatus();
}

std::string PostgresCluster::Dsn(std::string_view database, std::string_view role) const {
  return fmt::format("host={} port=5432 dbname={} user={}", directory_, database, role);
}

absl::Status PostgresCluster::CreateDatabase(std::string_view name) {
  return Sql("postgres", fmt::format("CREATE DATABASE \"{}\"", name)).status();
}

absl::StatusOr<std::string> PostgresCluster::Sql(std::string_view database, std::string_view statements) {
  Connection connection(PQconnectdb(Dsn(database).c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return absl::UnavailableError(PQerrorMessage(connection.get()));
  }
  Result result(PQexec(connection.get(), std::string(statements).c_str()), &PQclear);
  ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return absl::InternalError(PQerrorMessage(connection.get()));
  }
  return Printed(result.get());
}

absl::Status PostgresCluster::Stop() {
  if (server_ < 0) return absl::OkStatus();
  kill(server_, SIGINT);
  RETURN_IF_ERROR(WaitForEnd(server_, kPatience).status());
  server_ = -1;
  return absl::OkStatus();
}

absl::Status PostgresCluster::Kill() {
  if (server_ < 0) return absl::OkStatus();
  RETURN_IF_ERROR(KillWithChildren(server_, kPatience));
  server_ = -1;
  return absl::OkStatus();
}

absl::Status PostgresCluster::Restart() {
  RETURN_IF_ERROR(Stop());
  return StartServer();
}

absl::Status PostgresCluster::EnsureRunning() { return server_ < 0 ? StartServer() : absl::OkStatus(); }

PostgresCluster& SharedCluster() {
  static const std::unique_ptr<PostgresCluster> cluster = [] {
    absl::StatusOr<std::unique_ptr<PostgresCluster>> started = PostgresCluster::Start();
    if (!started.ok()) {
      std::cerr << started.status() << std::endl;
      std::exit(1);
    }
    return *std::move(started);
  }();
  return *cluster;
}

std::string NewDatabase() {
  static int made = 0;
  std::string name = fmt::format("test_{}", ++made);
  if (absl::Status status = SharedCluster().CreateDatabase(name); !status.ok()) {
    std::cerr << status << std::endl;
    std::exit(1);
  }
  return name;
}

}  // namespace seisaku
