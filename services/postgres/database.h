// Transactions on a small pool of PostgreSQL connections.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/postgres/transaction.h"
#include "services/postgres/watchdog.h"

namespace seisaku::postgres {

struct Options {
  // A libpq connection string, keywords or URI. Of several hosts the one that takes writes is used. What it says
  // wins over the options below.
  std::string dsn;
  // Whether the server has to take writes. A program that only reads may use a standby.
  bool writes = true;
  int pool_size = 4;
  absl::Duration connect_timeout = absl::Seconds(3);  // per host; whole seconds, at least 2 (libpq)
  // A connection counts as lost when a statement has no complete answer for this long, unless the server says that
  // it is active (see Watchdog). Short enough that a half-open connection is replaced within five seconds. A
  // COMMIT that takes longer is Outcome::kUnknown.
  absl::Duration answer_timeout = absl::Seconds(4);
  // How long Run waits for a connection while all are in use.
  absl::Duration acquire_timeout = absl::Seconds(10);
  // PostgreSQL ends a transaction that its client leaves idle for this long, so a client that hangs cannot hold
  // locks for ever. Others that wait for the locks go on within five seconds.
  absl::Duration idle_in_transaction_timeout = absl::Seconds(3);
  // More session settings, name and value. They are part of the connection's startup, so no session lacks them.
  std::vector<std::pair<std::string, std::string>> settings;
};

enum class Mode { kReadWrite, kReadOnly };

struct ConnectionParams;

// How a transaction ended.
enum class Outcome {
  kCommitted,
  kRolledBack,
  // COMMIT was sent, and its answer was lost or says that the standby has not confirmed. A caller who must know
  // looks for the transaction's rows in a new transaction.
  kUnknown,
};

struct TransactionResult {
  Outcome outcome;
  absl::Status status;  // OK exactly when kCommitted
};

// Thread-safe. An error is what the body of a transaction returned, or one of:
//   UNAVAILABLE STORAGE_UNAVAILABLE: no connection, or a lost one; the server shuts down or takes no writes; all
//     connections are in use
//   FAILED_PRECONDITION SETTINGS_IGNORED: the session lacks a setting that it was opened with; metadata
//     `setting`, `expected`, `actual`
//   ABORTED STORAGE_CONFLICT: a serialization failure or deadlock; the same transaction may succeed when repeated
//   ALREADY_EXISTS STORAGE_UNIQUE_VIOLATION: metadata `constraint`
//   RESOURCE_EXHAUSTED STORAGE_FULL: the disk is full
//   INTERNAL STORAGE_DENIED: the role lacks a privilege
//   INTERNAL STORAGE_ERROR: anything else; metadata `sqlstate` where PostgreSQL gave one
class Database {
 public:
  // Does not connect yet: the server may be down. INTERNAL STORAGE_ERROR: the dsn cannot be parsed.
  static absl::StatusOr<std::unique_ptr<Database>> Create(Options options);

  // No transaction may be running.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `body` once, in one READ COMMITTED transaction. Commits where the body returns OK; else rolls back and
  // returns the body's error. Never retries. `what` names the transaction in messages ("append"). An unknown
  // outcome is STORAGE_UNAVAILABLE.
  absl::Status Run(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                   Mode mode = Mode::kReadWrite);

  // The same, for a caller that must tell "rolled back" from "unknown".
  TransactionResult RunToOutcome(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                                 Mode mode = Mode::kReadWrite);

  struct Figures {
    int max_connections = 0;
    int open_connections = 0;
    int used_connections = 0;
    // Failed transactions by reason. A unique violation is an answer, and not counted.
    std::map<std::string, uint64_t> errors;
  };
  Figures figures();

  // Runs `read` in a read-only transaction and returns what it returns, an absl::StatusOr.
  template <typename Reading>
  auto Read(std::string_view what, Reading read) -> std::invoke_result_t<Reading, Transaction&> {
    std::invoke_result_t<Reading, Transaction&> result;
    const auto body = [&](Transaction& transaction) { return (result = read(transaction)).status(); };
    if (absl::Status done = Run(what, body, Mode::kReadOnly); !done.ok()) return done;
    return result;
  }

 private:
  Database(Options options, ConnectionParams params);

  absl::StatusOr<std::unique_ptr<Session>> Acquire();
  void Release(std::unique_ptr<Session> session);
  void Count(const absl::Status& status);

  const Options options_;
  const std::unique_ptr<const ConnectionParams> params_;
  Watchdog watchdog_;             // outlives the sessions
  std::atomic<size_t> host_ = 0;  // the last one connected to; it is tried first
  Mutex mutex_;
  CondVar released_;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
  int in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  // Grows with each lost connection. A session of an older generation is closed instead of reused.
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, uint64_t> errors_ ABSL_GUARDED_BY(mutex_);
};

// FAILED_PRECONDITION DURABILITY_OFF, metadata `setting` and `value`, where the server (or this role in this
// database) does not make a commit durable before it answers: fsync, full_page_writes, synchronous_commit.
absl::Status CheckDurability(Database& database);

}  // namespace seisaku::postgres
