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
#include "services/postgres/answer_timer.h"
#include "services/postgres/transaction.h"

namespace seisaku::postgres {

struct Options {
  // A libpq connection string, key words or URI; may name several hosts, of which the one that takes writes
  // is used. What it says wins over what is below.
  std::string dsn;
  // Whether a server that takes no writes, such as a standby, is none. Who only reads may be given one.
  bool writes = true;
  int pool_size = 4;
  absl::Duration connect_timeout = absl::Seconds(3);  // of each host; whole seconds, at least 2 (libpq)
  // How long a statement may go without its whole answer and without a server that says, asked by another
  // connection, that it is at work on it; then its connection counts as lost. So short that a half-open
  // connection is given up, and another one made, within five seconds. A COMMIT that takes longer is
  // Outcome::kUnknown.
  absl::Duration answer_timeout = absl::Seconds(4);
  // How long Run waits for a connection while all are in use.
  absl::Duration acquire_timeout = absl::Seconds(10);
  // A client that hangs inside a transaction loses it after this long: it cannot hold locks for ever. Others
  // that wait for them go on within five seconds.
  absl::Duration idle_in_transaction_timeout = absl::Seconds(3);
  // More session settings, name and value, set with the connection itself so that none is ever without them.
  std::vector<std::pair<std::string, std::string>> settings;
};

enum class Mode { kReadWrite, kReadOnly };

struct Connecting;

// What became of a transaction.
enum class Outcome {
  kCommitted,
  kRolledBack,
  // COMMIT was sent and its answer was lost, or says that the commit is not yet where it has to be. Whoever
  // must know looks for the transaction's traces in a new transaction.
  kUnknown,
};

struct Finished {
  Outcome outcome;
  absl::Status status;  // OK exactly when kCommitted
};

// Thread-safe. Every error is one of
//   UNAVAILABLE STORAGE_UNAVAILABLE: no connection, a lost one, a server that shuts down or takes no writes,
//   all connections in use FAILED_PRECONDITION SETTINGS_IGNORED: a session has not the settings that it was
//   opened with, metadata `setting`, `expected`, `actual` ABORTED STORAGE_CONFLICT: a serialization failure
//   or deadlock; the same transaction may succeed if repeated ALREADY_EXISTS STORAGE_UNIQUE_VIOLATION:
//   metadata `constraint` INTERNAL STORAGE_DENIED: the role lacks a privilege INTERNAL STORAGE_ERROR:
//   anything else; metadata `sqlstate` where PostgreSQL gave one
// or what the body of a transaction returned.
class Database {
 public:
  // Connects to nothing yet: the server may be down. INTERNAL STORAGE_ERROR: the dsn cannot be read.
  static absl::StatusOr<std::unique_ptr<Database>> Create(Options options);

  // No transaction may be running.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `body` once, in one READ COMMITTED transaction, and commits it where the body returns OK, else rolls
  // it back and returns the body's error. Never retries. `what` names the transaction in messages ("append").
  // An unknown outcome is STORAGE_UNAVAILABLE.
  absl::Status Run(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                   Mode mode = Mode::kReadWrite);

  // The same for a caller that must tell "rolled back" from "unknown".
  Finished RunToOutcome(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                        Mode mode = Mode::kReadWrite);

  struct Figures {
    int max_connections = 0;
    int open_connections = 0;
    int used_connections = 0;
    // Failed transactions by reason; not those that a unique index refused, which is an answer.
    std::map<std::string, uint64_t> errors;
  };
  Figures figures();

  // What `read` returns, an absl::StatusOr, in a read-only transaction of its own.
  template <typename Reading>
  auto Read(std::string_view what, Reading read) -> std::invoke_result_t<Reading, Transaction&> {
    std::invoke_result_t<Reading, Transaction&> result;
    const auto body = [&](Transaction& transaction) { return (result = read(transaction)).status(); };
    if (absl::Status done = Run(what, body, Mode::kReadOnly); !done.ok()) return done;
    return result;
  }

 private:
  Database(Options options, Connecting connecting);

  absl::StatusOr<std::unique_ptr<Session>> Acquire();
  void Release(std::unique_ptr<Session> session);
  void Count(const absl::Status& status);

  const Options options_;
  const std::unique_ptr<const Connecting> connecting_;
  AnswerTimer timer_;             // outlives the sessions
  std::atomic<size_t> host_ = 0;  // that was last connected to, and is tried first
  Mutex mutex_;
  CondVar released_;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
  int in_use_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t losses_ ABSL_GUARDED_BY(mutex_) = 0;  // of connections
  std::map<std::string, uint64_t> errors_ ABSL_GUARDED_BY(mutex_);
};

// FAILED_PRECONDITION DURABILITY_OFF, metadata `setting` and `value`, where the server (or this role in this
// database) does not make a commit durable before it answers: fsync, full_page_writes, synchronous_commit.
absl::Status CheckDurability(Database& database);

}  // namespace seisaku::postgres
