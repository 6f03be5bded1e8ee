#include "services/postgres/transaction.h"

#include <pqxx/result>

#include "services/base/status.h"
#include "services/postgres/session.h"

namespace seisaku::postgres {
namespace {

pqxx::field Field(const pqxx::result& result, int row, int column) {
  return result.at(static_cast<pqxx::result::size_type>(row)).at(static_cast<pqxx::row::size_type>(column));
}

std::string_view Text(const pqxx::field& field) { return {field.c_str(), field.size()}; }

int Digit(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

// PostgreSQL writes lower-case digits, in pairs.
std::string FromHex(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(Digit(hex[2 * i]) << 4 | Digit(hex[2 * i + 1]));
  }
  return bytes;
}

}  // namespace

Rows::Rows(std::shared_ptr<const pqxx::result> result) : result_(std::move(result)) {}

int Rows::size() const { return static_cast<int>(result_->size()); }

int64_t Rows::affected() const { return static_cast<int64_t>(result_->affected_rows()); }

// noexcept: an exception here is a mistake in the program, and ends it.
bool Rows::IsNull(int row, int column) const noexcept { return Field(*result_, row, column).is_null(); }

int64_t Rows::GetInt64(int row, int column) const noexcept {
  return Field(*result_, row, column).as<int64_t>();
}

bool Rows::GetBool(int row, int column) const noexcept { return Field(*result_, row, column).as<bool>(); }

std::string_view Rows::GetText(int row, int column) const noexcept {
  return Text(Field(*result_, row, column));
}

std::string Rows::GetBytes(int row, int column) const noexcept {
  std::string_view text = Text(Field(*result_, row, column));
  // Sessions ask for bytea_output = hex: "\x" and two digits per byte.
  return FromHex(text.substr(text.starts_with("\\x") ? 2 : 0));
}

absl::Status Transaction::Remember(absl::Status status) {
  if (!status.ok() && failure_.ok()) failure_ = status;
  return status;
}

absl::StatusOr<Rows> Transaction::Execute(const Statement& statement, Parameters parameters) {
  RETURN_IF_ERROR(failure_);
  absl::StatusOr<Rows> rows = session_.Execute(statement, parameters);
  Remember(rows.status()).IgnoreError();
  return rows;
}

absl::StatusOr<Rows> Transaction::ExecuteBatch(absl::Span<const TextCall> calls) {
  RETURN_IF_ERROR(failure_);
  absl::StatusOr<Rows> rows = session_.ExecuteBatch(calls);
  Remember(rows.status()).IgnoreError();
  return rows;
}

absl::StatusOr<std::optional<std::string>> Transaction::ExecuteAndCommit(const Statement& statement,
                                                                         Parameters parameters) {
  RETURN_IF_ERROR(failure_);
  std::optional<std::string> value;
  RETURN_IF_ERROR(Remember(session_.ExecuteAndCommit(statement, parameters, &value).status));
  return value;
}

absl::Status Transaction::ForEachRow(const Statement& statement, Parameters parameters,
                                     absl::FunctionRef<absl::Status(const Row&)> each) {
  ASSIGN_OR_RETURN(Rows rows, Execute(statement, parameters));
  for (int i = 0; i < rows.size(); ++i) RETURN_IF_ERROR(each(Row(rows, i)));
  return absl::OkStatus();
}

absl::Status Transaction::CopyOut(std::string_view select, OnCopiedRow each) {
  RETURN_IF_ERROR(failure_);
  return Remember(session_.CopyOut(select, each));
}

absl::Status Transaction::ExecuteScript(std::string_view sql) {
  RETURN_IF_ERROR(failure_);
  return Remember(session_.ExecuteScript(sql));
}

}  // namespace seisaku::postgres
