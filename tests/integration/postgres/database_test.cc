#include "services/postgres/database.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tests/support/postgres_cluster.h"

namespace seisaku::postgres {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() : name_(NewDatabase()) {
    database_ = *Database::Create({.dsn = SharedCluster().Dsn(name_), .pool_size = 2});
  }

  absl::Status RunScript(std::string_view sql) {
    return database_->Run("script", [&](Transaction& transaction) { return transaction.ExecuteScript(sql); });
  }

  absl::StatusOr<std::string> Sql(std::string_view sql) { return SharedCluster().Sql(name_, sql); }

  absl::StatusOr<Rows> Query(const Statement& statement, Parameters parameters = {}) {
    absl::StatusOr<Rows> rows = absl::UnknownError("the body did not run");
    absl::Status status = database_->Run("query", [&](Transaction& transaction) {
      rows = transaction.Execute(statement, parameters);
      return rows.status();
    });
    if (!status.ok()) return status;
    return rows;
  }

  const std::string name_;
  std::unique_ptr<Database> database_;
};

constexpr Statement kOne = {"one", "SELECT 1"};

TEST_F(DatabaseTest, CommitsWhatItsBodyDidWhereTheBodyReturnsOk) {
  ASSERT_THAT(RunScript("CREATE TABLE t (a int)"), IsOk());
  ASSERT_THAT(RunScript("INSERT INTO t VALUES (7)"), IsOk());
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("7"));
}

TEST_F(DatabaseTest, RollsBackAndReturnsTheErrorOfItsBody) {
  ASSERT_THAT(RunScript("CREATE TABLE t (a int)"), IsOk());
  Finished finished = database_->RunToOutcome("refuse", [](Transaction& transaction) {
    RETURN_IF_ERROR(transaction.ExecuteScript("INSERT INTO t VALUES (7)"));
    return absl::NotFoundError("mine");
  });
  EXPECT_EQ(finished.outcome, Outcome::kRolledBack);
  EXPECT_EQ(finished.status, absl::NotFoundError("mine"));
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("0"));
}

}  // namespace
}  // namespace seisaku::postgres
