// Private to this folder: one connection and the transaction on it.
#pragma once

#include <memory>
#include <optional>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/nontransaction>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/postgres/database.h"
#include "services/postgres/failure.h"
#include "services/postgres/libpq/connection_params.h"
#include "services/postgres/transaction.h"
#include "services/postgres/watchdog.h"

namespace seisaku::postgres {

// How libpqxx connects. Remembers the PGconn.
class ConnectionPolicy final : public pqxx::connect_direct {
 public:
  using connect_direct::connect_direct;
  handle do_startconnect(handle original) override {
    return connected_ = connect_direct::do_startconnect(original);
  }
  handle connected() const { return connected_; }

 private:
  handle connected_ = nullptr;
};

// A pqxx::connection that gives access to its PGconn, for what libpqxx 6.4 cannot do (see libpq/).
class Connection final : public pqxx::connection_base {
 public:
  // Throws what libpqxx throws.
  explicit Connection(const std::string& options) : connection_base(policy_), policy_(options) { init(); }
  ~Connection() noexcept { close(); }

  // Valid while is_open(). May be used between two calls of libpqxx.
  pqxx::connectionpolicy::handle handle() const { return policy_.connected(); }

 private:
  ConnectionPolicy policy_;
};

// Keeps the last warning that the server sent, instead of printing it.
class WarningRecorder final : public pqxx::errorhandler {
 public:
  explicit WarningRecorder(pqxx::connection_base& connection) : pqxx::errorhandler(connection) {}
  bool operator()(const char message[]) noexcept override;

  void Clear() { last_.clear(); }
  const std::string& last() const { return last_; }

 private:
  std::string last_;
};

// A duplicate of a connection's socket: libpq may close its own while the watchdog is about to use it.
class SocketCopy {
 public:
  explicit SocketCopy(int socket);
  ~SocketCopy();
  SocketCopy(const SocketCopy&) = delete;
  SocketCopy& operator=(const SocketCopy&) = delete;
  int get() const { return descriptor_; }  // -1 where no descriptor was left

 private:
  const int descriptor_;
};

// One transaction after the other: Begin, any number of executions, then Commit or RollBack. A lost session is
// discarded. Not thread-safe. Throws nothing.
class Session {
 public:
  // Tries the host at `first` first. `watchdog` outlives the session. Errors: Database's.
  static absl::StatusOr<std::unique_ptr<Session>> Connect(const ConnectionParams& params, size_t first,
                                                          Watchdog& watchdog);

  // Whether this idle session looks alive. A server that shuts down has sent a message or closed the socket; this
  // sees either without a round trip.
  bool LooksAlive() const;
  bool lost() const { return lost_; }
  // The index of the host that it is connected to.
  size_t host() const { return host_; }
  // The pool's generation when it handed this session out.
  uint64_t generation = 0;

  absl::Status Begin(std::string_view what, Mode mode);
  absl::StatusOr<Rows> Execute(const Statement& statement, Parameters parameters);
  absl::StatusOr<Rows> ExecuteBatch(absl::Span<const TextCall> calls);
  absl::Status CopyOut(std::string_view select, OnCopiedRow each);
  absl::Status ExecuteScript(std::string_view sql);
  TransactionResult Commit();
  // Executes the last statement and commits, in one round trip. `*value` is the first column of the first row.
  TransactionResult ExecuteAndCommit(const Statement& statement, Parameters parameters,
                                     std::optional<std::string>* value);
  // The result of ExecuteAndCommit; nullopt: not called.
  const std::optional<TransactionResult>& result() const { return result_; }
  void RollBack();

 private:
  Session(const ConnectionParams& params, size_t first, Watchdog& watchdog);
  // Checks that the server takes writes and that the session has its settings.
  absl::Status CheckSettings(const ConnectionParams& params);

  void Prepare(const Statement& statement);
  void PrepareNow(const Statement& statement);
  TransactionResult AfterCommit();
  TransactionResult AfterFailedCommit();
  void SendBegin();
  Failure ToFailure(std::string_view doing) const;
  absl::Status OnError(std::string_view doing);

  Watchdog& watchdog_;
  Connection connection_;
  SocketCopy socket_;
  const size_t host_;
  const Watchdog::Server server_;
  WarningRecorder warnings_;
  std::unique_ptr<pqxx::nontransaction> transaction_;  // sends no BEGIN and COMMIT; this class does
  std::string_view begin_;                             // the BEGIN statement
  Mode mode_ = Mode::kReadWrite;
  bool begun_ = false;                                     // whether it was sent: with the first statement
  std::unordered_map<std::string, std::string> prepared_;  // name -> SQL
  std::string what_;
  std::optional<TransactionResult> result_;
  bool lost_ = false;
};

}  // namespace seisaku::postgres
