// Private to this folder: one connection and the transaction on it.
#pragma once

#include <memory>
#include <optional>
#include <pqxx/errorhandler>
#include <pqxx/nontransaction>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/postgres/answer_timer.h"
#include "services/postgres/connection.h"
#include "services/postgres/connection_string.h"
#include "services/postgres/database.h"
#include "services/postgres/failure.h"
#include "services/postgres/transaction.h"

namespace seisaku::postgres {

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

// A second descriptor of a connection's socket: libpq may close its own while the timer is about to use it.
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

// Not thread-safe. Throws nothing. The order of calls is Begin, any number of executions, then Commit or
// RollBack; a session is discarded once it is lost.
class Session {
 public:
  // `timer` outlives the session; an answer that it does not wait for is a lost connection.
  // FAILED_PRECONDITION SETTINGS_IGNORED.
  // Of several hosts the one at `first` is tried first.
  static absl::StatusOr<std::unique_ptr<Session>> Connect(const Connecting& connecting, size_t first,
                                                          AnswerTimer& timer);

  // Whether this idle session looks alive. A server that shuts down has said so by now or closed the socket,
  // and this sees either without a round trip.
  bool LooksAlive() const;
  bool lost() const { return lost_; }
  // Which of the hosts it is connected to.
  size_t host() const { return host_; }
  // The pool's: how many losses it had seen when it handed this out.
  uint64_t losses = 0;

  absl::Status Begin(std::string_view what, Mode mode);
  absl::StatusOr<Rows> Execute(const Statement& statement, Parameters parameters);
  absl::StatusOr<Rows> ExecuteInTurn(absl::Span<const TextCall> calls);
  absl::Status CopyOut(std::string_view select, EachCopied each);
  absl::Status ExecuteScript(std::string_view sql);
  Finished Commit();
  // Executes the last statement and commits, in one round trip; then there is nothing left to commit. `value`
  // is the first column of its first row.
  Finished ExecuteAndCommit(const Statement& statement, Parameters parameters,
                            std::optional<std::string>* value);
  // What ExecuteAndCommit came to, if it was called.
  const std::optional<Finished>& finished() const { return finished_; }
  void RollBack();

 private:
  Session(const Connecting& connecting, size_t first, AnswerTimer& timer);
  // Whether the session is what it was opened to be.
  absl::Status CheckOpened(const Connecting& connecting);

  void Prepare(const Statement& statement);
  void PrepareNow(const Statement& statement);
  Finished Committed();
  Finished NotCommitted();
  void SendBegin();
  Failure Failed(std::string_view doing) const;
  absl::Status Fail(std::string_view doing);

  AnswerTimer& timer_;
  Connection connection_;
  SocketCopy socket_;
  const size_t host_;
  const AnswerTimer::Server server_;
  WarningRecorder warnings_;
  std::unique_ptr<pqxx::nontransaction> transaction_;  // BEGIN and COMMIT are this class's own
  std::string_view begin_;                             // what begins it
  Mode mode_ = Mode::kReadWrite;
  bool begun_ = false;                                     // whether that was sent: with the first statement
  std::unordered_map<std::string, std::string> prepared_;  // name -> SQL
  std::string what_;
  std::optional<Finished> finished_;
  bool lost_ = false;
};

}  // namespace seisaku::postgres
