// A database of its own for each test.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "services/postgres/database.h"
#include "tests/support/matchers.h"
#include "tests/support/postgres_cluster.h"

namespace seisaku::postgres {

// Executes one statement in a transaction of its own.
inline absl::StatusOr<Rows> Query(Database& database, const Statement& statement,
                                  Parameters parameters = {}) {
  absl::StatusOr<Rows> rows = absl::UnknownError("the body did not run");
  absl::Status status = database.Run("query", [&](Transaction& transaction) {
    rows = transaction.Execute(statement, parameters);
    return rows.status();
  });
  if (!status.ok()) return status;
  return rows;
}

inline absl::Status RunScript(Database& database, std::string_view sql) {
  return database.Run("script", [&](Transaction& transaction) { return transaction.ExecuteScript(sql); });
}

inline TransactionResult RunScriptToOutcome(Database& database, std::string_view sql) {
  return database.RunToOutcome("script",
                               [&](Transaction& transaction) { return transaction.ExecuteScript(sql); });
}

// What the ErrorInfo of `status` says of `key`; "" where it says nothing.
inline std::string MetadataOf(const absl::Status& status, const std::string& key) {
  auto info = GetErrorInfo(status);
  if (!info || !info->metadata().contains(key)) return "";
  return info->metadata().at(key);
}

inline constexpr Statement kOne = {"one", "SELECT 1"};

class DatabaseFixture : public testing::Test {
 protected:
  DatabaseFixture() : name_(NewDatabase()), database_(Open({.pool_size = 2})) {}

  std::string Dsn(std::string_view role = "postgres") const { return SharedCluster().Dsn(name_, role); }
  absl::StatusOr<std::string> Sql(std::string_view sql) { return SharedCluster().Sql(name_, sql); }

  // This test's database with other options.
  std::unique_ptr<Database> Open(Options options) {
    if (options.dsn.empty()) options.dsn = Dsn();
    return *Database::Create(std::move(options));
  }

  const std::string name_;
  std::unique_ptr<Database> database_;
};

}  // namespace seisaku::postgres
