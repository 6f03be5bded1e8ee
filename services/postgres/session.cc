#include "services/postgres/session.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include <iterator>
#include <optional>
#include <pqxx/except>
#include <pqxx/result>
#include <pqxx/row>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/postgres/copy.h"
#include "services/postgres/failure.h"
#include "services/postgres/parameters.h"
#include "services/postgres/pipeline.h"

namespace seisaku::postgres {
namespace {

// The text protocol would cut such a value short without a word.
bool HasNul(Parameters parameters) {
  for (const Parameter& parameter : parameters) {
    const auto* text = std::get_if<std::string_view>(&parameter.value());
    if (text != nullptr && text->find('\0') != std::string_view::npos) return true;
  }
  return false;
}

absl::Status CheckParameters(std::string_view doing, Parameters parameters) {
  if (parameters.size() > kMaxParameters)
    return StorageError(fmt::format("{}: too many parameters", doing), "");
  // 22021 is what PostgreSQL says to a character that its encoding does not have.
  if (HasNul(parameters)) return StorageError(fmt::format("{}: text with a NUL byte", doing), "22021");
  return absl::OkStatus();
}

// libpqxx 6 reconnects by itself, also between transactions; a session that is new without anyone knowing has
// lost its prepared statements and locks. Deprecated there because version 7 never does it.
void NeverReconnect(pqxx::connection_base& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

// What pgbouncer says to settings that it neither knows nor was told to ignore.
constexpr std::string_view kRefusedSettings = "unsupported startup parameter";
constexpr std::string_view kReadOnlyTransaction = "25006";

std::string SqlStateOf(const absl::Status& status) {
  const auto info = GetErrorInfo(status);
  return info && info->metadata().contains("sqlstate") ? info->metadata().at("sqlstate") : "";
}

// To which a connection goes, by its address where it has one: a name may stand for several.
Host HostOf(const PGconn* connection) {
  return {PQhost(connection), PQhostaddr(connection), PQport(connection)};
}

}  // namespace

bool WarningRecorder::operator()(const char message[]) noexcept {
  try {
    // Sessions are verbose: severity (which may be translated), then SQLSTATE. Class 01 is a warning; a
    // notice, say of IF NOT EXISTS, is 00000 and means nothing to anyone here.
    std::string_view text = message;
    if (text.substr(0, text.find('\n')).find(":  01") != std::string_view::npos) last_ = message;
  } catch (...) {
    last_.clear();
  }
  return false;
}

SocketCopy::SocketCopy(int socket) : descriptor_(fcntl(socket, F_DUPFD_CLOEXEC, 0)) {}

SocketCopy::~SocketCopy() {
  if (descriptor_ >= 0) close(descriptor_);
}

Session::Session(const Connecting& connecting, size_t first, AnswerTimer& timer)
    : timer_(timer),
      connection_(connecting.From(first)),
      socket_(connection_.sock()),
      host_(connecting.Find(HostOf(connection_.handle()))),
      server_{socket_.get(), connection_.backendpid(), connecting.To(HostOf(connection_.handle()))},
      warnings_(connection_) {
  NeverReconnect(connection_);
  connection_.set_verbosity(pqxx::connection_base::verbose);
}

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const Connecting& connecting, size_t first,
                                                          AnswerTimer& timer) {
  try {
    auto session = std::unique_ptr<Session>(new Session(connecting, first, timer));
    if (session->socket_.get() < 0) return StorageError("no file descriptor is left for a connection", "");
    RETURN_IF_ERROR(session->CheckOpened(connecting));
    return session;
  } catch (...) {
    const absl::Status status = CurrentFailure("connect").status;
    const std::string why(status.message());
    return why.find(kRefusedSettings) == why.npos ? status : SettingsIgnored("options", "accepted", why);
  }
}

// What stands between here and PostgreSQL may take settings and pass none of them on, or another server's
// session than the one that was opened. A setting is written in several ways: so PostgreSQL compares.
absl::Status Session::CheckOpened(const Connecting& connecting) {
  std::string sql = "SELECT '', '', current_setting('transaction_read_only')";
  std::vector<std::string> wanted;
  for (const auto& [name, value] : connecting.settings) {
    wanted.push_back(fmt::format("({}, {})", connection_.quote(name), connection_.quote(value)));
  }
  if (!wanted.empty()) {
    sql = fmt::format(
        "WITH had AS MATERIALIZED (SELECT name, value, current_setting(name, true) AS actual"
        " FROM (VALUES {}) AS wanted (name, value)) {} UNION ALL SELECT name, value, actual"
        " FROM had WHERE actual IS DISTINCT FROM set_config(name, value, true)",
        fmt::join(wanted, ", "), sql);
  }
  AnswerTimer::Wait wait(timer_, server_);
  const pqxx::result rows = pqxx::nontransaction(connection_).exec(sql);
  for (const pqxx::row& row : rows) {
    const auto text = [&row](int column) {
      return std::string(row[column].is_null() ? "" : row[column].c_str());
    };
    if (!text(0).empty()) return SettingsIgnored(text(0), text(1), text(2));
    if (connecting.writes && text(2) != "off") {
      return errors::StorageUnavailable("connect: the server takes no writes: it is a standby, or read-only");
    }
  }
  return absl::OkStatus();
}

bool Session::LooksAlive() const {
  if (lost_ || !connection_.is_open()) return false;
  pollfd socket = {.fd = connection_.sock(), .events = POLLIN, .revents = 0};
  return poll(&socket, 1, 0) == 0;
}

absl::Status Session::Begin(std::string_view what, Mode mode) {
  what_ = what;
  mode_ = mode;
  begin_ = mode == Mode::kReadOnly ? "BEGIN READ ONLY" : "BEGIN";
  begun_ = false;
  finished_.reset();
  try {
    transaction_ = std::make_unique<pqxx::nontransaction>(connection_);
    return absl::OkStatus();
  } catch (...) {
    return Fail("begin");
  }
}

void Session::SendBegin() {
  if (!begun_) transaction_->exec(std::string(begin_));
  begun_ = true;
}

void Session::Prepare(const Statement& statement) {
  auto [known, added] = prepared_.try_emplace(std::string(statement.name), statement.sql);
  if (added) {
    connection_.prepare(known->first, known->second);
  } else if (known->second != statement.sql) {
    throw pqxx::usage_error(fmt::format("two statements are named {}", statement.name));
  }
}

// Unless it was already.
void Session::PrepareNow(const Statement& statement) {
  Prepare(statement);
  connection_.prepare_now(std::string(statement.name));
}

absl::StatusOr<Rows> Session::Execute(const Statement& statement, Parameters parameters) {
  RETURN_IF_ERROR(CheckParameters(statement.name, parameters));
  if (finished_) return StorageError(fmt::format("{}: the transaction has ended", statement.name), "");
  AnswerTimer::Wait wait(timer_, server_);
  try {
    SendBegin();
    Prepare(statement);
    std::string name(statement.name);
    return Rows(std::make_shared<const pqxx::result>(ExecutePrepared(*transaction_, name, parameters)));
  } catch (...) {
    return Fail(statement.name);
  }
}

absl::StatusOr<Rows> Session::ExecuteInTurn(absl::Span<const TextCall> calls) {
  std::string sql(begun_ ? "" : begin_);
  AnswerTimer::Wait wait(timer_, server_);
  try {
    for (const auto& [statement, arguments] : calls) {
      PrepareNow(statement);
      std::vector<std::string> quoted;
      for (const std::string& argument : arguments) quoted.push_back(connection_.quote(argument));
      fmt::format_to(std::back_inserter(sql), "{}EXECUTE {}", sql.empty() ? "" : "; ", statement.name);
      if (!quoted.empty()) fmt::format_to(std::back_inserter(sql), "({})", fmt::join(quoted, ", "));
    }
    begun_ = true;
    return Rows(std::make_shared<const pqxx::result>(transaction_->exec(sql)));
  } catch (...) {
    return Fail(calls.back().statement.name);
  }
}

absl::Status Session::CopyOut(std::string_view select, EachCopied each) {
  // The rows' way is in no transaction of libpqxx's, so what begins this one goes with them.
  std::string sql = fmt::format("{}{}COPY ({}) TO STDOUT (FORMAT binary)", begun_ ? "" : begin_,
                                begun_ ? "" : "; ", select);
  std::optional<AnswerTimer::Wait> wait(std::in_place, timer_, server_);
  try {
    if (lost_ || !connection_.is_open()) throw pqxx::broken_connection("the connection was lost before");
    begun_ = true;
    ReadCopied(connection_.handle(), sql, each, [&] { wait.emplace(timer_, server_); });
    return absl::OkStatus();
  } catch (...) {
    return Fail("copy");
  }
}

absl::Status Session::ExecuteScript(std::string_view sql) {
  AnswerTimer::Wait wait(timer_, server_);
  try {
    SendBegin();
    transaction_->exec(std::string(sql));
    return absl::OkStatus();
  } catch (...) {
    return Fail("script");
  }
}

Finished Session::Commit() {
  warnings_.Clear();
  AnswerTimer::Wait wait(timer_, server_);
  try {
    if (begun_) transaction_->exec("COMMIT");
    transaction_->commit();
  } catch (...) {
    return NotCommitted();
  }
  return Committed();
}

Finished Session::ExecuteAndCommit(const Statement& statement, Parameters parameters,
                                   std::optional<std::string>* value) {
  static constexpr Statement kCommit = {"COMMIT", "COMMIT"};
  if (finished_) return {Outcome::kUnknown, StorageError("the transaction has ended already", "")};
  finished_ = {Outcome::kRolledBack, CheckParameters(statement.name, parameters)};
  if (!finished_->status.ok()) {
    RollBack();
    return *finished_;
  }
  warnings_.Clear();
  AnswerTimer::Wait wait(timer_, server_);
  const bool alone = !begun_;  // a statement outside a transaction is one by itself
  bool sent = false;
  try {
    PrepareNow(statement);
    if (!alone) PrepareNow(kCommit);
    Pipeline pipeline(connection_.handle());
    sent = true;
    pipeline.Send(std::string(statement.name), parameters);
    if (!alone) pipeline.Send(std::string(kCommit.name), {});
    *value = pipeline.Take();  // where this fails, COMMIT rolls back
    if (!alone) pipeline.Take();
    transaction_->commit();
  } catch (...) {
    if (sent) return *(finished_ = NotCommitted());
    finished_->status = Fail(statement.name);
    RollBack();
    return *finished_;
  }
  return *(finished_ = Committed());
}

// After an exception: what it says of the transaction.
Finished Session::NotCommitted() {
  Failure failure = Failed("commit");
  const bool known = failure.surely_rolled_back && connection_.is_open();
  lost_ = !known || failure.connection_lost;
  if (known) {
    RollBack();
    return {Outcome::kRolledBack, failure.status};
  }
  transaction_.reset();
  if (ReasonOf(failure.status) == "STORAGE_UNAVAILABLE") return {Outcome::kUnknown, failure.status};
  return {Outcome::kUnknown, errors::StorageUnavailable(std::string(failure.status.message()))};
}

Finished Session::Committed() {
  transaction_.reset();
  // PostgreSQL answers COMMIT with a warning where it stopped waiting for its standby: committed here, and
  // perhaps nowhere else.
  if (!warnings_.last().empty()) {
    lost_ = true;
    return {Outcome::kUnknown,
            errors::StorageUnavailable(fmt::format("{}: commit: {}", what_, warnings_.last()))};
  }
  return {Outcome::kCommitted, absl::OkStatus()};
}

void Session::RollBack() {
  AnswerTimer::Wait wait(timer_, server_);
  try {
    if (transaction_ && begun_) transaction_->exec("ROLLBACK");
    transaction_.reset();
  } catch (...) {
    lost_ = true;
    transaction_.reset();
  }
}

Failure Session::Failed(std::string_view doing) const {
  Failure failure = CurrentFailure(fmt::format("{}: {}", what_, doing));
  // A server that takes no writes where they are wanted has become a standby, or is about to: another one
  // takes them.
  if (mode_ == Mode::kReadWrite && SqlStateOf(failure.status) == kReadOnlyTransaction) {
    failure.status = errors::StorageUnavailable(std::string(failure.status.message()));
    failure.connection_lost = true;
  }
  return failure;
}

absl::Status Session::Fail(std::string_view doing) {
  const Failure failure = Failed(doing);
  if (failure.connection_lost || !connection_.is_open()) lost_ = true;
  // A connection that went down with another error is the news.
  if (lost_ && ReasonOf(failure.status) == "STORAGE_ERROR" && !connection_.is_open()) {
    return errors::StorageUnavailable(std::string(failure.status.message()));
  }
  return failure.status;
}

}  // namespace seisaku::postgres
