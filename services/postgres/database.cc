#include "services/postgres/database.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/postgres/at_work.h"
#include "services/postgres/connection_string.h"
#include "services/postgres/session.h"

namespace seisaku::postgres {
namespace {

Settings SessionSettings(const Options& options) {
  Settings settings = {
      // Whatever somebody sets for the role or the database later on.
      {"synchronous_commit", "on"},
      // It tells that a commit did not reach its standby.
      {"client_min_messages", "warning"},
      // How long is waited is decided here: what was cut off each time would be begun again for ever.
      {"statement_timeout", "0"},
      {"lock_timeout", "0"},
      {"default_transaction_isolation", "read committed"},
      {"bytea_output", "hex"},
      {"idle_in_transaction_session_timeout",
       fmt::format("{}", absl::ToInt64Milliseconds(options.idle_in_transaction_timeout))},
      // A statement whose client has gone, or gave it up, does not go on waiting for a lock.
      {"client_connection_check_interval", "1000"},
      // A client whose host vanished in the middle of a request is not idle in the transaction that it holds
      // its locks in: only the network can tell the server, which would ask it after two hours.
      {"tcp_keepalives_idle", "2"},
      {"tcp_keepalives_interval", "1"},
      {"tcp_keepalives_count", "2"},
      {"tcp_user_timeout", "4000"},
  };
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

absl::Status WithoutCommit(Session& session, absl::FunctionRef<absl::Status(Transaction&)> body) {
  Transaction transaction(session);
  RETURN_IF_ERROR(body(transaction));
  // PostgreSQL would answer COMMIT after a failed statement with a ROLLBACK that looks like success.
  return transaction.failure();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Create(Options options) {
  ASSIGN_OR_RETURN(Connecting connecting, ToConnecting(options.dsn, options.connect_timeout,
                                                       SessionSettings(options), options.writes));
  options.pool_size = std::max(1, options.pool_size);
  return std::unique_ptr<Database>(new Database(std::move(options), std::move(connecting)));
}

Database::Database(Options options, Connecting connecting)
    : options_(std::move(options)),
      connecting_(std::make_unique<Connecting>(std::move(connecting))),
      timer_(options_.answer_timeout, AtWork) {}

Database::~Database() = default;

absl::Status Database::Run(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                           Mode mode) {
  return RunToOutcome(what, body, mode).status;
}

Finished Database::RunToOutcome(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                                Mode mode) {
  absl::StatusOr<std::unique_ptr<Session>> session = Acquire();
  if (!session.ok()) {
    Count(session.status());
    return {Outcome::kRolledBack, session.status()};
  }
  absl::Status status = (*session)->Begin(what, mode);
  if (status.ok()) status = WithoutCommit(**session, body);
  Finished finished = {Outcome::kRolledBack, status};
  if ((*session)->finished().has_value()) {
    finished = *(*session)->finished();
  } else if (status.ok()) {
    finished = (*session)->Commit();
  } else {
    (*session)->RollBack();
  }
  Release(*std::move(session));
  if (!finished.status.ok()) Count(finished.status);
  return finished;
}

void Database::Count(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  // What the body of a transaction says itself is no failure of PostgreSQL's.
  if (reason.rfind("STORAGE_", 0) != 0 || reason == "STORAGE_UNIQUE_VIOLATION") return;
  MutexLock lock(mutex_);
  ++errors_[reason];
}

Database::Figures Database::figures() {
  MutexLock lock(mutex_);
  return {.max_connections = options_.pool_size,
          .open_connections = in_use_ + static_cast<int>(idle_.size()),
          .used_connections = in_use_,
          .errors = errors_};
}

absl::StatusOr<std::unique_ptr<Session>> Database::Acquire() {
  uint64_t losses = 0;
  {
    MutexLock lock(mutex_);
    const SteadyTime deadline = SteadyAfter(options_.acquire_timeout);
    while (in_use_ >= options_.pool_size) {
      if (!released_.WaitUntil(mutex_, deadline) && in_use_ >= options_.pool_size) {
        return errors::StorageUnavailable(fmt::format("all {} connections are in use", options_.pool_size));
      }
    }
    ++in_use_;
    losses = losses_;
    while (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      session->losses = losses;
      if (session->LooksAlive()) return session;
    }
  }
  absl::StatusOr<std::unique_ptr<Session>> session = Session::Connect(*connecting_, host_, timer_);
  if (!session.ok()) {
    Release(nullptr);
    return session;
  }
  host_ = (*session)->host();
  (*session)->losses = losses;
  return session;
}

void Database::Release(std::unique_ptr<Session> session) {
  std::vector<std::unique_ptr<Session>> closed;  // outside the lock
  MutexLock lock(mutex_);
  --in_use_;
  if (session && session->lost()) {
    // What took one takes the others, too; where that is half-open, each would be waited for in turn. Those
    // that are in use follow when they come back.
    ++losses_;
    std::move(idle_.begin(), idle_.end(), std::back_inserter(closed));
    idle_.clear();
  }
  if (session) (session->losses == losses_ ? idle_ : closed).push_back(std::move(session));
  released_.Notify();
}

}  // namespace seisaku::postgres
