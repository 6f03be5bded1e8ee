// Statements, their parameters and their rows, without the client library that carries them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace pqxx {
class result;
}

namespace seisaku::postgres {

class Session;

// A statement that is prepared once per connection, on first use there. One name has one SQL text: statements
// are constants of the code that uses them.
struct Statement {
  std::string_view name;
  std::string_view sql;
};

// The bytes of a bytea, sent in binary format. Also carries any other value in its type's binary format (see
// BinaryArray and Int64Array): the SQL then casts the parameter, as in `unnest($2::bytea[])`.
struct Binary {
  std::string_view bytes;
};

// One parameter of a statement. It only refers to text and bytes: they outlive the call that takes it.
// nullopt is NULL. Text is UTF-8 without NUL. Times are int64 microseconds since the epoch, converted in SQL.
class Parameter {
 public:
  Parameter(int64_t value) : value_(value) {}         // NOLINT(google-explicit-constructor)
  Parameter(int value) : value_(int64_t{value}) {}    // NOLINT(google-explicit-constructor)
  Parameter(std::string_view text) : value_(text) {}  // NOLINT(google-explicit-constructor)
  Parameter(const std::string& text)
      : value_(std::string_view(text)) {}                          // NOLINT(google-explicit-constructor)
  Parameter(const char* text) : value_(std::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  Parameter(Binary bytes) : value_(bytes) {}                       // NOLINT(google-explicit-constructor)
  Parameter(std::nullopt_t) : value_(std::nullopt) {}              // NOLINT(google-explicit-constructor)

  const std::variant<int64_t, std::string_view, Binary, std::nullopt_t>& value() const { return value_; }

 private:
  std::variant<int64_t, std::string_view, Binary, std::nullopt_t> value_;
};

// A statement whose parameters are given as text; see Transaction::ExecuteInTurn.
struct TextCall {
  Statement statement;
  std::vector<std::string> arguments;
};

// Elements as PostgreSQL writes an array of text, to be passed for a parameter of type text[] or uuid[].
std::string TextArray(absl::Span<const std::string_view> elements);

// The most parameters that one statement takes; many rows travel as arrays.
inline constexpr size_t kMaxParameters = 20;

using Parameters = absl::Span<const Parameter>;

// Arrays in PostgreSQL's binary format, to be passed as Binary{array} for a parameter of type bytea[] or
// bigint[]: how many rows are inserted by one statement (`INSERT … SELECT … FROM unnest($1::bigint[], …)`).
std::string BinaryArray(absl::Span<const std::string_view> elements);
std::string BinaryArray(absl::Span<const std::string> elements);
std::string Int64Array(absl::Span<const int64_t> elements);

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

// Is given a row's columns in PostgreSQL's binary format, which are valid during the call; NULL is empty.
using EachCopied = absl::FunctionRef<bool(absl::Span<const std::string_view> columns)>;
// Such a column of type bigint; 0 where it is not one. A bytea is its bytes.
int64_t Int64FromBinary(std::string_view column);

// What the body of Database::Run sees: one open transaction. Not thread-safe, and not kept after the body.
// After the first statement that fails every further one returns that same error, and the transaction is
// rolled back even where the body returns OK. The errors are those that Database describes.
class Transaction {
 public:
  explicit Transaction(Session& session) : session_(session) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // One round trip; one more the first time that the connection meets the statement.
  absl::StatusOr<Rows> Execute(const Statement& statement, Parameters parameters = {});

  // Several statements in one round trip, which begins the transaction too where they are its first; each
  // sees what was committed before it began. Returns the rows of the last.
  absl::StatusOr<Rows> ExecuteInTurn(absl::Span<const TextCall> calls);

  // Executes the last statement of the transaction, or its only one, and commits, in one round trip: nothing
  // follows. OK: it is committed, and the first column of its first row is returned, as text (nullopt: no
  // row, or NULL); what an error came to, the Database knows.
  absl::StatusOr<std::optional<std::string>> ExecuteAndCommit(const Statement& statement,
                                                              Parameters parameters);

  // Executes and hands each row to `each`, in order, until it returns an error; that error is returned (and
  // does not of itself roll back). All rows of one call are in memory at once: page by key.
  absl::Status ForEachRow(const Statement& statement, Parameters parameters,
                          absl::FunctionRef<absl::Status(const Row&)> each);

  // Hands each row of `select`, which has no parameters, to `each` as it comes (COPY in binary format): a
  // third of the work of ForEachRow, and only one row in memory. `each` is quick, for the connection waits;
  // when it returns false no more rows are wanted, and those that come all the same are passed over.
  absl::Status CopyOut(std::string_view select, EachCopied each);

  // Sends `sql`, which may be several statements, as it stands: for migrations. No transaction control in it.
  absl::Status ExecuteScript(std::string_view sql);

  // OK, or the first error that a statement of this transaction met.
  const absl::Status& failure() const { return failure_; }

 private:
  absl::Status Remember(absl::Status status);

  Session& session_;
  absl::Status failure_;
};

}  // namespace seisaku::postgres
