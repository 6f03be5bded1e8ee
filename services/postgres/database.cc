#include "services/postgres/database.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/steady.h"
#include "services/postgres/libpq/active_backends.h"
#include "services/postgres/libpq/connection_params.h"
#include "services/postgres/session.h"

namespace seisaku::postgres {
namespace {

Settings SessionSettings(const Options& options) {
  Settings settings = {
      // Overrides a weaker default of the role or the database.
      {"synchronous_commit", "on"},
      // A warning says that a commit did not reach its standby.
      {"client_min_messages", "warning"},
      // The watchdog decides how long to wait. A statement that the server cuts off would be retried for ever.
      {"statement_timeout", "0"},
      {"lock_timeout", "0"},
      {"default_transaction_isolation", "read committed"},
      {"bytea_output", "hex"},
      {"idle_in_transaction_session_timeout",
       fmt::format("{}", absl::ToInt64Milliseconds(options.idle_in_transaction_timeout))},
      // A statement whose client has gone stops waiting for a lock.
      {"client_connection_check_interval", "1000"},
      // The host of a client may vanish in the middle of a request. Its transaction is then not idle, and keeps
      // its locks until TCP notices, by default after two hours.
      {"tcp_keepalives_idle", "2"},
      {"tcp_keepalives_interval", "1"},
      {"tcp_keepalives_count", "2"},
      {"tcp_user_timeout", "4000"},
  };
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

absl::Status RunBody(Session& session, absl::FunctionRef<absl::Status(Transaction&)> body) {
  Transaction transaction(session);
  RETURN_IF_ERROR(body(transaction));
  // After a failed statement PostgreSQL answers COMMIT with a ROLLBACK that looks like success.
  return transaction.failure();
}

// As this session has them: synchronous_commit may differ per role and database.
constexpr Statement kSettings = {"durability-settings",
                                 "SELECT name, setting FROM pg_catalog.pg_settings "
                                 "WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"};

// "local" does not wait for the standby that takes over when this server is lost.
bool IsDurable(std::string_view value) {
  return value == "on" || value == "remote_write" || value == "remote_apply";
}

absl::Status CheckSetting(const Row& row) {
  std::string name(row.GetText(0));
  std::string value(row.GetText(1));
  if (IsDurable(value)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "DURABILITY_OFF",
                   fmt::format("PostgreSQL does not make commits durable: {} is {}", name, value),
                   {{"setting", name}, {"value", value}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Create(Options options) {
  ASSIGN_OR_RETURN(ConnectionParams params,
                   ParseDsn(options.dsn, options.connect_timeout, SessionSettings(options), options.writes));
  options.pool_size = std::max(1, options.pool_size);
  return std::unique_ptr<Database>(new Database(std::move(options), std::move(params)));
}

Database::Database(Options options, ConnectionParams params)
    : options_(std::move(options)),
      params_(std::make_unique<ConnectionParams>(std::move(params))),
      watchdog_(options_.answer_timeout, ReadActiveBackends) {}

Database::~Database() = default;

absl::Status Database::Run(std::string_view what, absl::FunctionRef<absl::Status(Transaction&)> body,
                           Mode mode) {
  return RunToOutcome(what, body, mode).status;
}

TransactionResult Database::RunToOutcome(std::string_view what,
                                         absl::FunctionRef<absl::Status(Transaction&)> body, Mode mode) {
  absl::StatusOr<std::unique_ptr<Session>> session = Acquire();
  if (!session.ok()) {
    Count(session.status());
    return {Outcome::kRolledBack, session.status()};
  }
  absl::Status status = (*session)->Begin(what, mode);
  if (status.ok()) status = RunBody(**session, body);
  TransactionResult result = {Outcome::kRolledBack, status};
  if ((*session)->result().has_value()) {
    result = *(*session)->result();
  } else if (status.ok()) {
    result = (*session)->Commit();
  } else {
    (*session)->RollBack();
  }
  Release(*std::move(session));
  if (!result.status.ok()) Count(result.status);
  return result;
}

void Database::Count(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  // The body's own errors are no failures of PostgreSQL.
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
  uint64_t generation = 0;
  {
    MutexLock lock(mutex_);
    const SteadyTime deadline = SteadyAfter(options_.acquire_timeout);
    while (in_use_ >= options_.pool_size) {
      if (!released_.WaitUntil(mutex_, deadline) && in_use_ >= options_.pool_size) {
        return errors::StorageUnavailable(fmt::format("all {} connections are in use", options_.pool_size));
      }
    }
    ++in_use_;
    generation = generation_;
    while (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      session->generation = generation;
      if (session->LooksAlive()) return session;
    }
  }
  absl::StatusOr<std::unique_ptr<Session>> session = Session::Connect(*params_, host_, watchdog_);
  if (!session.ok()) {
    Release(nullptr);
    return session;
  }
  host_ = (*session)->host();
  (*session)->generation = generation;
  return session;
}

void Database::Release(std::unique_ptr<Session> session) {
  std::vector<std::unique_ptr<Session>> closed;  // destroyed outside the lock
  MutexLock lock(mutex_);
  --in_use_;
  if (session && session->lost()) {
    // What broke one connection has most likely broken the others. Half-open ones would each be waited for in
    // turn. Those in use are closed when they are released.
    ++generation_;
    std::move(idle_.begin(), idle_.end(), std::back_inserter(closed));
    idle_.clear();
  }
  if (session) (session->generation == generation_ ? idle_ : closed).push_back(std::move(session));
  released_.Notify();
}

absl::Status CheckDurability(Database& database) {
  return database.Run(
      "check durability",
      [](Transaction& transaction) { return transaction.ForEachRow(kSettings, {}, CheckSetting); },
      Mode::kReadOnly);
}

}  // namespace seisaku::postgres
