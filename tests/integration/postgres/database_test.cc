#include "services/postgres/database.h"

#include "gmock/gmock.h"
#include "tests/integration/postgres/database_fixture.h"

namespace seisaku::postgres {
namespace {

using absl::StatusCode;

class DatabaseTest : public DatabaseFixture {};

TEST_F(DatabaseTest, CommitsWhatItsBodyDidWhereTheBodyReturnsOk) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int)"), IsOk());
  EXPECT_EQ(RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7)").outcome, Outcome::kCommitted);
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("7"));
}

TEST_F(DatabaseTest, RollsBackAndReturnsTheErrorOfItsBody) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int)"), IsOk());
  TransactionResult result = database_->RunToOutcome("refuse", [](Transaction& transaction) {
    RETURN_IF_ERROR(transaction.ExecuteScript("INSERT INTO t VALUES (7)"));
    return absl::NotFoundError("mine");
  });
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_EQ(result.status, absl::NotFoundError("mine"));
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("0"));
}

TEST_F(DatabaseTest, ExecutesStatementsInTurnInOneTransactionAndReturnsTheLastOnesRows) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a text)"), IsOk());
  constexpr Statement kInsert = {"insert_texts", "INSERT INTO t SELECT unnest($1::text[])"};
  constexpr Statement kRead = {"read_texts", "SELECT a FROM t WHERE a LIKE $1 ORDER BY a"};
  const std::vector<std::string_view> texts = {"政策", "it's", R"(a "b" \c{,})"};
  TransactionResult result =
      database_->RunToOutcome("in turn", [&](Transaction& transaction) -> absl::Status {
        const TextCall calls[] = {{kInsert, {TextArray(texts)}}, {kRead, {"%'%"}}};
        ASSIGN_OR_RETURN(Rows rows, transaction.ExecuteBatch(calls));
        EXPECT_EQ(rows.size(), 1);
        EXPECT_EQ(rows.GetText(0, 0), "it's");
        return absl::OkStatus();
      });
  EXPECT_EQ(result.outcome, Outcome::kCommitted);
  EXPECT_THAT(Sql("SELECT string_agg(a, '|' ORDER BY a COLLATE \"C\") FROM t"),
              IsOkAndHolds(R"(a "b" \c{,}|it's|政策)"));
}

constexpr Statement kInsertOne = {"insert_one", "INSERT INTO t VALUES ($1)"};

// Inserts `first` and then `last`, which goes with the COMMIT.
TransactionResult InsertTwo(Database& database, int first, int last) {
  return database.RunToOutcome("two", [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute(kInsertOne, {first}).status());
    return transaction.ExecuteAndCommit(kInsertOne, {last}).status();
  });
}

TEST_F(DatabaseTest, CommitsInOneRoundTripWithTheLastStatement) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int PRIMARY KEY)"), IsOk());
  EXPECT_EQ(InsertTwo(*database_, 1, 2).outcome, Outcome::kCommitted);
  EXPECT_EQ(InsertTwo(*database_, 3, 4).outcome, Outcome::kCommitted);
  EXPECT_THAT(Sql("SELECT string_agg(a::text, ' ' ORDER BY a) FROM t"), IsOkAndHolds("1 2 3 4"));
}

TEST_F(DatabaseTest, CommitsNothingWhereTheLastStatementFails) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int PRIMARY KEY)"), IsOk());
  TransactionResult result = InsertTwo(*database_, 1, 1);
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNIQUE_VIOLATION"));
  EXPECT_EQ(InsertTwo(*database_, 1, 2).outcome, Outcome::kCommitted) << "the session goes on";
}

TEST_F(DatabaseTest, KnowsThatADeferredViolationRolledBackWhatWasSentWithTheCommit) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"), IsOk());
  TransactionResult result = InsertTwo(*database_, 1, 1);
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNIQUE_VIOLATION"));
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("0"));
  EXPECT_EQ(InsertTwo(*database_, 1, 2).outcome, Outcome::kCommitted);
}

TEST_F(DatabaseTest, TheOnlyStatementIsATransactionByItselfAndItsValueIsKnown) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"), IsOk());
  constexpr Statement kInsert = {"insert_returning", "INSERT INTO t VALUES ($1) RETURNING 'No. ' || a"};
  const auto insert = [&](int a, std::optional<std::string>* value) {
    return database_->RunToOutcome("one", [&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(*value, transaction.ExecuteAndCommit(kInsert, {a}));
      return absl::OkStatus();
    });
  };
  std::optional<std::string> value;
  EXPECT_EQ(insert(7, &value).outcome, Outcome::kCommitted);
  EXPECT_EQ(value, "No. 7");
  // Only its commit fails: the row had been returned by then.
  value.reset();
  TransactionResult result = insert(7, &value);
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_UNIQUE_VIOLATION"));
  EXPECT_EQ(value, std::nullopt);
  EXPECT_EQ(insert(8, &value).outcome, Outcome::kCommitted) << "the session goes on";
  EXPECT_THAT(Sql("SELECT string_agg(a::text, ' ' ORDER BY a) FROM t"), IsOkAndHolds("7 8"));
}

TEST_F(DatabaseTest, AStatementThatCouldNotBePreparedIsPreparedTheNextTime) {
  constexpr Statement kRead = {"read_later", "SELECT a FROM later"};
  const TextCall calls[] = {{kOne, {}}, {kRead, {}}};
  auto run = [&] {
    return database_->Run("later",
                          [&](Transaction& transaction) { return transaction.ExecuteBatch(calls).status(); });
  };
  EXPECT_THAT(run(), HasReason("STORAGE_ERROR"));
  EXPECT_THAT(Sql("CREATE TABLE later (a int)"), IsOk());
  EXPECT_THAT(run(), IsOk());
}

TEST_F(DatabaseTest, DoesNotCommitAfterAFailedStatementThatItsBodyPassedOver) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int)"), IsOk());
  TransactionResult result = database_->RunToOutcome("careless", [](Transaction& transaction) {
    transaction.ExecuteScript("INSERT INTO t VALUES (7)").IgnoreError();
    transaction.ExecuteScript("SELECT nothing").IgnoreError();
    EXPECT_THAT(transaction.Execute(kOne), HasReason("STORAGE_ERROR"));
    return absl::OkStatus();
  });
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, HasReason("STORAGE_ERROR"));
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("0"));
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(DatabaseTest, RunsAtReadCommittedWhateverTheServersDefaultIs) {
  ASSERT_THAT(Sql("ALTER DATABASE " + name_ + " SET default_transaction_isolation = 'serializable'"), IsOk());
  ASSERT_OK_AND_ASSIGN(Rows rows, Query(*database_, {"isolation", "SHOW transaction_isolation"}));
  EXPECT_EQ(rows.GetText(0, 0), "read committed");
}

TEST_F(DatabaseTest, WritesNothingInAReadOnlyTransaction) {
  absl::Status status = database_->Run(
      "read", [](Transaction& transaction) { return transaction.ExecuteScript("CREATE TABLE t (a int)"); },
      Mode::kReadOnly);
  EXPECT_THAT(status, HasReason("STORAGE_ERROR"));
  EXPECT_EQ(MetadataOf(status, "sqlstate"), "25006");
}

TEST_F(DatabaseTest, GivesEverySessionItsSettingsAndLetsTheDsnOverrideThem) {
  auto database = Open({.dsn = Dsn() + " options='-c work_mem=128kB'",
                        .settings = {{"work_mem", "64kB"}, {"application_name", "seisaku in\\a test"}}});
  ASSERT_OK_AND_ASSIGN(
      Rows rows,
      Query(*database,
            {"settings", "SELECT current_setting('work_mem'), current_setting('application_name')"}));
  EXPECT_EQ(rows.GetText(0, 0), "128kB");
  EXPECT_EQ(rows.GetText(0, 1), "seisaku in\\a test");
}

TEST_F(DatabaseTest, RefusesADsnThatCannotBeReadWithoutRepeatingIt) {
  absl::Status status = Database::Create({.dsn = "password=secret nonsense"}).status();
  EXPECT_THAT(status, HasReason("STORAGE_ERROR"));
  EXPECT_EQ(status.ToString().find("secret"), std::string::npos);
}

TEST_F(DatabaseTest, ReportsAUniqueViolationWithItsConstraint) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int CONSTRAINT \"一意\" UNIQUE)"), IsOk());
  ASSERT_THAT(RunScript(*database_, "INSERT INTO t VALUES (7)"), IsOk());
  TransactionResult result = RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7)");
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_THAT(result.status, StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(result.status, HasReason("STORAGE_UNIQUE_VIOLATION"));
  EXPECT_EQ(MetadataOf(result.status, "constraint"), "一意");
}

TEST_F(DatabaseTest, KnowsThatADeferredViolationInCommitRolledBack) {
  ASSERT_THAT(
      RunScript(*database_, "CREATE TABLE t (a int CONSTRAINT once UNIQUE DEFERRABLE INITIALLY DEFERRED)"),
      IsOk());
  TransactionResult result = RunScriptToOutcome(*database_, "INSERT INTO t VALUES (7), (7)");
  EXPECT_EQ(result.outcome, Outcome::kRolledBack);
  EXPECT_EQ(MetadataOf(result.status, "constraint"), "once");
  EXPECT_THAT(Query(*database_, kOne), IsOk());
}

TEST_F(DatabaseTest, ReportsASerializationFailureAsAConflict) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a int); INSERT INTO t VALUES (1)"), IsOk());
  absl::Status status = database_->Run("outrun", [&](Transaction& transaction) {
    RETURN_IF_ERROR(
        transaction.ExecuteScript("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT a FROM t"));
    EXPECT_THAT(Sql("UPDATE t SET a = 2"), IsOk());
    return transaction.ExecuteScript("UPDATE t SET a = 3");
  });
  EXPECT_THAT(status, StatusIs(StatusCode::kAborted));
  EXPECT_THAT(status, HasReason("STORAGE_CONFLICT"));
}

TEST_F(DatabaseTest, ReportsADeadlockAsAConflict) {
  absl::Status status = RunScript(*database_, "DO $$ BEGIN RAISE deadlock_detected; END $$");
  EXPECT_THAT(status, StatusIs(StatusCode::kAborted));
  EXPECT_THAT(status, HasReason("STORAGE_CONFLICT"));
}

TEST_F(DatabaseTest, ReportsAMissingPrivilege) {
  ASSERT_THAT(Sql("CREATE TABLE t (a int); CREATE ROLE stranger LOGIN"), IsOk());
  absl::Status status = RunScript(*Open({.dsn = Dsn("stranger")}), "SELECT a FROM t");
  EXPECT_THAT(status, StatusIs(StatusCode::kInternal));
  EXPECT_THAT(status, HasReason("STORAGE_DENIED"));
}

TEST_F(DatabaseTest, ReportsAnythingElseWithItsSqlstateAndWithoutStoredData) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (a text NOT NULL, b text)"), IsOk());
  absl::Status status = RunScript(*database_, "INSERT INTO t VALUES (NULL, 'personal')");
  EXPECT_THAT(status, StatusIs(StatusCode::kInternal));
  EXPECT_THAT(status, HasReason("STORAGE_ERROR"));
  EXPECT_EQ(MetadataOf(status, "sqlstate"), "23502");
  EXPECT_EQ(status.ToString().find("personal"), std::string::npos);
}

TEST_F(DatabaseTest, AcceptsAServerThatKeepsWhatItCommits) {
  EXPECT_THAT(CheckDurability(*database_), IsOk());
}

TEST_F(DatabaseTest, RefusesAServerThatAnswersBeforeACommitIsDurable) {
  for (std::string_view value : {"off", "local"}) {
    auto database = Open({.settings = {{"synchronous_commit", std::string(value)}}});
    absl::Status status = CheckDurability(*database);
    EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition));
    EXPECT_THAT(status, HasReason("DURABILITY_OFF"));
    EXPECT_EQ(MetadataOf(status, "setting"), "synchronous_commit");
    EXPECT_EQ(MetadataOf(status, "value"), value);
  }
}

}  // namespace
}  // namespace seisaku::postgres
