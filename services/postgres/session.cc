#include "services/postgres/session.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <optional>
#include <pqxx/binarystring>
#include <pqxx/except>
#include <pqxx/result>
#include <pqxx/row>
#include <pqxx/transaction_base>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/postgres/failure.h"
#include "services/postgres/libpq/copy.h"
#include "services/postgres/libpq/pipeline.h"

namespace seisaku::postgres {
namespace {

// The text protocol would cut the value at the NUL.
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

// libpqxx 6 fixes the C++ type of each argument at compile time. But it takes a range as any number of arguments
// of one type, also none. So each parameter is passed as two ranges, one of binary values and one of texts (a null
// pointer is NULL), and one of the two is empty.
class Argument {
 public:
  void Set(const Parameter& parameter) {
    if (const auto* binary = std::get_if<Binary>(&parameter.value())) {
      binary_.emplace_back(binary->bytes.data(), binary->bytes.size());
    } else if (const auto* text = std::get_if<std::string_view>(&parameter.value())) {
      text_storage_ = std::string(*text);
      text_.push_back(text_storage_.c_str());
    } else if (const auto* number = std::get_if<int64_t>(&parameter.value())) {
      text_storage_ = fmt::format_int(*number).str();
      text_.push_back(text_storage_.c_str());
    } else {
      text_.push_back(nullptr);
    }
  }

  auto binary() const { return pqxx::prepare::make_dynamic_params(binary_.begin(), binary_.end()); }
  auto text() const { return pqxx::prepare::make_dynamic_params(text_.begin(), text_.end()); }

 private:
  std::vector<pqxx::binarystring> binary_;
  std::vector<const char*> text_;
  std::string text_storage_;
};

using Arguments = std::array<Argument, kMaxParameters>;

template <size_t... I>
pqxx::result Expand(pqxx::transaction_base& transaction, const std::string& name, const Arguments& arguments,
                    std::index_sequence<I...>) {
  // One range of pairs would need one type; so: binary of 0, text of 0, binary of 1, …
  return std::apply([&](const auto&... ranges) { return transaction.exec_prepared(name, ranges...); },
                    std::tuple_cat(std::make_tuple(arguments[I].binary(), arguments[I].text())...));
}

// Executes the prepared statement `name`, with at most kMaxParameters. Throws what libpqxx throws.
pqxx::result ExecutePrepared(pqxx::transaction_base& transaction, const std::string& name,
                             Parameters parameters) {
  if (parameters.empty()) return transaction.exec_prepared(name);
  Arguments arguments;
  for (size_t i = 0; i < parameters.size(); ++i) arguments[i].Set(parameters[i]);
  return Expand(transaction, name, arguments, std::make_index_sequence<kMaxParameters>());
}

// libpqxx 6 reconnects by itself, also between transactions. The new session silently lacks prepared statements
// and locks. The call is deprecated because version 7 never reconnects.
void DisableReconnect(pqxx::connection_base& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

// pgbouncer's error for settings that it neither knows nor was told to ignore.
constexpr std::string_view kRefusedSettings = "unsupported startup parameter";
constexpr std::string_view kReadOnlyTransaction = "25006";

std::string SqlStateOf(const absl::Status& status) {
  const auto info = GetErrorInfo(status);
  return info && info->metadata().contains("sqlstate") ? info->metadata().at("sqlstate") : "";
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

Session::Session(const ConnectionParams& params, size_t first, Watchdog& watchdog)
    : watchdog_(watchdog),
      connection_(params.StartingAt(first)),
      socket_(connection_.sock()),
      host_(params.IndexOf(ConnectedHost(connection_.handle()))),
      server_{socket_.get(), connection_.backendpid(), params.ForHost(ConnectedHost(connection_.handle()))},
      warnings_(connection_) {
  DisableReconnect(connection_);
  connection_.set_verbosity(pqxx::connection_base::verbose);
}

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const ConnectionParams& params, size_t first,
                                                          Watchdog& watchdog) {
  try {
    auto session = std::unique_ptr<Session>(new Session(params, first, watchdog));
    if (session->socket_.get() < 0) return StorageError("no file descriptor is left for a connection", "");
    RETURN_IF_ERROR(session->CheckSettings(params));
    return session;
  } catch (...) {
    const absl::Status status = CurrentFailure("connect").status;
    const std::string why(status.message());
    return why.find(kRefusedSettings) == why.npos ? status : SettingsIgnored("options", "accepted", why);
  }
}

// A pooler may accept settings and drop them, or hand out a session of another server. PostgreSQL compares the
// values, for a setting can be written in several ways.
absl::Status Session::CheckSettings(const ConnectionParams& params) {
  std::string sql = "SELECT '', '', current_setting('transaction_read_only')";
  std::vector<std::string> wanted;
  for (const auto& [name, value] : params.settings) {
    wanted.push_back(fmt::format("({}, {})", connection_.quote(name), connection_.quote(value)));
  }
  if (!wanted.empty()) {
    sql = fmt::format(
        "WITH had AS MATERIALIZED (SELECT name, value, current_setting(name, true) AS actual"
        " FROM (VALUES {}) AS wanted (name, value)) {} UNION ALL SELECT name, value, actual"
        " FROM had WHERE actual IS DISTINCT FROM set_config(name, value, true)",
        fmt::join(wanted, ", "), sql);
  }
  Watchdog::Wait wait(watchdog_, server_);
  const pqxx::result rows = pqxx::nontransaction(connection_).exec(sql);
  for (const pqxx::row& row : rows) {
    const auto text = [&row](int column) {
      return std::string(row[column].is_null() ? "" : row[column].c_str());
    };
    if (!text(0).empty()) return SettingsIgnored(text(0), text(1), text(2));
    if (params.writes && text(2) != "off") {
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
  result_.reset();
  try {
    transaction_ = std::make_unique<pqxx::nontransaction>(connection_);
    return absl::OkStatus();
  } catch (...) {
    return OnError("begin");
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

// Sends the PREPARE unless it was sent before.
void Session::PrepareNow(const Statement& statement) {
  Prepare(statement);
  connection_.prepare_now(std::string(statement.name));
}

absl::StatusOr<Rows> Session::Execute(const Statement& statement, Parameters parameters) {
  RETURN_IF_ERROR(CheckParameters(statement.name, parameters));
  if (result_) return StorageError(fmt::format("{}: the transaction has ended", statement.name), "");
  Watchdog::Wait wait(watchdog_, server_);
  try {
    SendBegin();
    Prepare(statement);
    std::string name(statement.name);
    return Rows(std::make_shared<const pqxx::result>(ExecutePrepared(*transaction_, name, parameters)));
  } catch (...) {
    return OnError(statement.name);
  }
}

absl::StatusOr<Rows> Session::ExecuteBatch(absl::Span<const TextCall> calls) {
  std::string sql(begun_ ? "" : begin_);
  Watchdog::Wait wait(watchdog_, server_);
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
    return OnError(calls.back().statement.name);
  }
}

absl::Status Session::CopyOut(std::string_view select, OnCopiedRow each) {
  // COPY bypasses libpqxx, so the BEGIN is sent with it.
  std::string sql = fmt::format("{}{}COPY ({}) TO STDOUT (FORMAT binary)", begun_ ? "" : begin_,
                                begun_ ? "" : "; ", select);
  std::optional<Watchdog::Wait> wait(std::in_place, watchdog_, server_);
  try {
    if (lost_ || !connection_.is_open()) throw pqxx::broken_connection("the connection was lost before");
    begun_ = true;
    ReadCopy(connection_.handle(), sql, each, [&] { wait.emplace(watchdog_, server_); });
    return absl::OkStatus();
  } catch (...) {
    return OnError("copy");
  }
}

absl::Status Session::ExecuteScript(std::string_view sql) {
  Watchdog::Wait wait(watchdog_, server_);
  try {
    SendBegin();
    transaction_->exec(std::string(sql));
    return absl::OkStatus();
  } catch (...) {
    return OnError("script");
  }
}

TransactionResult Session::Commit() {
  warnings_.Clear();
  Watchdog::Wait wait(watchdog_, server_);
  try {
    if (begun_) transaction_->exec("COMMIT");
    transaction_->commit();
  } catch (...) {
    return AfterFailedCommit();
  }
  return AfterCommit();
}

TransactionResult Session::ExecuteAndCommit(const Statement& statement, Parameters parameters,
                                            std::optional<std::string>* value) {
  static constexpr Statement kCommit = {"COMMIT", "COMMIT"};
  if (result_) return {Outcome::kUnknown, StorageError("the transaction has ended already", "")};
  result_ = {Outcome::kRolledBack, CheckParameters(statement.name, parameters)};
  if (!result_->status.ok()) {
    RollBack();
    return *result_;
  }
  warnings_.Clear();
  Watchdog::Wait wait(watchdog_, server_);
  const bool alone = !begun_;  // outside a transaction block the statement is a transaction by itself
  bool sent = false;
  try {
    PrepareNow(statement);
    if (!alone) PrepareNow(kCommit);
    Pipeline pipeline(connection_.handle());
    sent = true;
    pipeline.Send(std::string(statement.name), parameters);
    if (!alone) pipeline.Send(std::string(kCommit.name), {});
    *value = pipeline.Receive();  // where this throws, COMMIT rolls back
    if (!alone) pipeline.Receive();
    transaction_->commit();
  } catch (...) {
    if (sent) return *(result_ = AfterFailedCommit());
    result_->status = OnError(statement.name);
    RollBack();
    return *result_;
  }
  return *(result_ = AfterCommit());
}

// In a catch block after COMMIT was sent: whether the exception proves that nothing was committed.
TransactionResult Session::AfterFailedCommit() {
  Failure failure = ToFailure("commit");
  const bool known = failure.known_rolled_back && connection_.is_open();
  lost_ = !known || failure.connection_lost;
  if (known) {
    RollBack();
    return {Outcome::kRolledBack, failure.status};
  }
  transaction_.reset();
  if (ReasonOf(failure.status) == "STORAGE_UNAVAILABLE") return {Outcome::kUnknown, failure.status};
  return {Outcome::kUnknown, errors::StorageUnavailable(std::string(failure.status.message()))};
}

TransactionResult Session::AfterCommit() {
  transaction_.reset();
  // PostgreSQL answers COMMIT with a warning where it stopped waiting for its standby. The commit is then on this
  // server, and perhaps on no other.
  if (!warnings_.last().empty()) {
    lost_ = true;
    return {Outcome::kUnknown,
            errors::StorageUnavailable(fmt::format("{}: commit: {}", what_, warnings_.last()))};
  }
  return {Outcome::kCommitted, absl::OkStatus()};
}

void Session::RollBack() {
  Watchdog::Wait wait(watchdog_, server_);
  try {
    if (transaction_ && begun_) transaction_->exec("ROLLBACK");
    transaction_.reset();
  } catch (...) {
    lost_ = true;
    transaction_.reset();
  }
}

Failure Session::ToFailure(std::string_view doing) const {
  Failure failure = CurrentFailure(fmt::format("{}: {}", what_, doing));
  // A server that no longer takes writes has become a standby, or is about to: reconnect to find the primary.
  if (mode_ == Mode::kReadWrite && SqlStateOf(failure.status) == kReadOnlyTransaction) {
    failure.status = errors::StorageUnavailable(std::string(failure.status.message()));
    failure.connection_lost = true;
  }
  return failure;
}

absl::Status Session::OnError(std::string_view doing) {
  const Failure failure = ToFailure(doing);
  if (failure.connection_lost || !connection_.is_open()) lost_ = true;
  // The lost connection matters more than the error that came with it.
  if (lost_ && ReasonOf(failure.status) == "STORAGE_ERROR" && !connection_.is_open()) {
    return errors::StorageUnavailable(std::string(failure.status.message()));
  }
  return failure.status;
}

}  // namespace seisaku::postgres
