// Statements and their rows, independent of the client library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/postgres/libpq/values.h"

namespace pqxx {
class result;
}

namespace seisaku::postgres {

class Session;

// A statement that each connection prepares on first use. A name has one SQL text: statements are constants.
struct Statement {
  std::string_view name;
  std::string_view sql;
};

// A statement with its arguments as text; see Transaction::ExecuteBatch.
struct TextCall {
  Statement statement;
  std::vector<std::string> arguments;
};

// The limit for one statement. Many rows travel as arrays.
inline constexpr size_t kMaxParameters = 20;

// The rows that a statement returned, or how many it changed. Cheap to copy; owns its data, so it may outlive
// the transaction. A row or column out of range, and a value that is not of the type asked for, end the
// process: both are errors in the SQL constant beside the call, never in data.
class Rows {
 public:
  explicit Rows(std::shared_ptr<const pqxx::result> result);

  int size() const;
  bool empty() const { return size() == 0; }
  // Rows inserted, updated or deleted by the statement.
  int64_t affected() const;

  bool IsNull(int row, int column) const noexcept;
  int64_t GetInt64(int row, int column) const noexcept;  // any integer type
  bool GetBool(int row, int column) const noexcept;
  // Valid as long as any copy of these Rows.
  std::string_view GetText(int row, int column) const noexcept;
  // The decoded bytes of a bytea.
  std::string GetBytes(int row, int column) const noexcept;

 private:
  std::shared_ptr<const pqxx::result> result_;
};

// One row of a Rows, which it refers to.
class Row {
 public:
  Row(const Rows& rows, int row) : rows_(rows), row_(row) {}

  bool IsNull(int column) const { return rows_.IsNull(row_, column); }
  int64_t GetInt64(int column) const { return rows_.GetInt64(row_, column); }
  bool GetBool(int column) const { return rows_.GetBool(row_, column); }
  std::string_view GetText(int column) const { return rows_.GetText(row_, column); }
  std::string GetBytes(int column) const { return rows_.GetBytes(row_, column); }

 private:
  const Rows& rows_;
  int row_;
};

// The open transaction that the body of Database::Run works on. Not thread-safe; invalid after the body. After the
// first statement that fails, all others return the same error, and the transaction is rolled back even where the
// body returns OK. Errors: Database's.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // One round trip; one more the first time that the connection meets the statement.
  absl::StatusOr<Rows> Execute(const Statement& statement, Parameters parameters = {});

  // Several statements in one round trip, with the BEGIN where they are the transaction's first. Each sees what
  // was committed before it began. Returns the rows of the last.
  absl::StatusOr<Rows> ExecuteBatch(absl::Span<const TextCall> calls);

  // Executes the last or only statement of the transaction and commits, in one round trip. Nothing may follow.
  // OK: it is committed. Returns the first column of the first row, as text; nullopt: no row, or NULL. After an
  // error RunToOutcome says whether it was committed.
  absl::StatusOr<std::optional<std::string>> ExecuteAndCommit(const Statement& statement,
                                                              Parameters parameters);

  // Executes and calls `each` with each row, in order, until it returns an error, which is returned and does not
  // roll back by itself. All rows are in memory at once: page by key.
  absl::Status ForEachRow(const Statement& statement, Parameters parameters,
                          absl::FunctionRef<absl::Status(const Row&)> each);

  // Calls `each` with each row of `select`, which has no parameters, as it arrives (COPY in binary format). Costs
  // a third of ForEachRow, and holds one row in memory. `each` must be quick, for the connection waits. When it
  // returns false the remaining rows are skipped.
  absl::Status CopyOut(std::string_view select, OnCopiedRow each);

  // Executes `sql`, which may be several statements without transaction control: for migrations.
  absl::Status ExecuteScript(std::string_view sql);

  // OK, or the error of the first statement that failed.
  const absl::Status& failure() const { return failure_; }

 private:
  absl::Status Remember(absl::Status status);

  Session& session_;
  absl::Status failure_;
};

}  // namespace seisaku::postgres
