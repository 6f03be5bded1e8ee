#include "services/postgres/migrations.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "tests/integration/postgres/database_fixture.h"

namespace seisaku::postgres {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

const Migration kFirst = {1, "first", "CREATE TABLE t (a int); INSERT INTO t VALUES (1)"};
const Migration kSecond = {2, "second", "INSERT INTO t VALUES (2)"};
const Migration kThird = {3, "third", "INSERT INTO t VALUES (3)"};

class MigrationsTest : public DatabaseFixture {
 protected:
  absl::StatusOr<int> Apply(const std::vector<Migration>& migrations) {
    return Migrate(Dsn(), "", migrations);
  }

  void ExpectMismatch(const absl::Status& status, std::string_view says, std::string_view number) {
    EXPECT_THAT(status, StatusIs(StatusCode::kFailedPrecondition));
    EXPECT_THAT(status, HasReason("SCHEMA_MISMATCH"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(says)));
    EXPECT_EQ(MetadataOf(status, "number"), number);
  }
};

TEST_F(MigrationsTest, ApplyInOrderAndOnce) {
  EXPECT_THAT(Apply({kFirst, kSecond}), IsOkAndHolds(2));
  EXPECT_THAT(Apply({kFirst, kSecond}), IsOkAndHolds(0));
  EXPECT_THAT(Apply({kFirst, kSecond, kThird}), IsOkAndHolds(1));
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("1\n2\n3"));
  EXPECT_THAT(Sql("SELECT number, name FROM schema_migration ORDER BY 1"),
              IsOkAndHolds("1|first\n2|second\n3|third"));
  EXPECT_THAT(Sql("SELECT checksum = encode(sha256('INSERT INTO t VALUES (2)'), 'hex') FROM schema_migration "
                  "WHERE number = 2"),
              IsOkAndHolds("t"));
}

TEST_F(MigrationsTest, KeepWhatCameBeforeAFailureAndNothingOfTheFailedOne) {
  Migration broken = {2, "broken", "INSERT INTO t VALUES (2); SELECT nothing"};
  EXPECT_THAT(Apply({kFirst, broken, kThird}), HasReason("STORAGE_ERROR"));
  EXPECT_THAT(Sql("SELECT a FROM t"), IsOkAndHolds("1"));
  EXPECT_THAT(Apply({kFirst, kSecond}), IsOkAndHolds(1));
}

TEST_F(MigrationsTest, RefuseOneThatWasAlteredAfterItWasApplied) {
  ASSERT_THAT(Apply({kFirst, kSecond}), IsOk());
  Migration altered = {1, "first", kFirst.sql + " "};
  ExpectMismatch(Apply({altered, kSecond, kThird}).status(), "altered", "1");
  ExpectMismatch(CheckSchema(*database_, {altered, kSecond}), "altered", "1");
  EXPECT_THAT(Sql("SELECT count(*) FROM t"), IsOkAndHolds("2"));
}

TEST_F(MigrationsTest, RefuseAGapBeforeAnythingIsApplied) {
  ExpectMismatch(Apply({kFirst, kThird}).status(), "gap", "2");
  EXPECT_THAT(Sql("SELECT to_regclass('t') IS NULL"), IsOkAndHolds("t"));
}

TEST_F(MigrationsTest, RefuseADatabaseThatIsNewerThanTheProgram) {
  ASSERT_THAT(Apply({kFirst, kSecond}), IsOk());
  ExpectMismatch(Apply({kFirst}).status(), "newer", "2");
  ExpectMismatch(CheckSchema(*database_, {kFirst}), "newer", "2");
}

TEST_F(MigrationsTest, RefuseADatabaseThatHasLostOne) {
  ASSERT_THAT(Apply({kFirst, kSecond}), IsOk());
  ASSERT_THAT(Sql("DELETE FROM schema_migration WHERE number = 1"), IsOk());
  ExpectMismatch(Apply({kFirst, kSecond}).status(), "gap", "1");
  ExpectMismatch(CheckSchema(*database_, {kFirst, kSecond}), "gap", "1");
}

TEST_F(MigrationsTest, AreAllThereWhereTheSchemaIsTheProgramsOwn) {
  ExpectMismatch(CheckSchema(*database_, {kFirst}), "older", "1");
  ASSERT_THAT(Apply({kFirst}), IsOk());
  EXPECT_THAT(CheckSchema(*database_, {kFirst}), IsOk());
  ExpectMismatch(CheckSchema(*database_, {kFirst, kSecond}), "older", "2");
}

TEST_F(MigrationsTest, RunAsTheOwnerRoleWhoCannotLogInAndAServiceRoleMayCheckThem) {
  ASSERT_THAT(Sql("CREATE ROLE \"own\"\"er\" NOLOGIN; CREATE ROLE deployer LOGIN IN ROLE \"own\"\"er\";"
                  "CREATE ROLE service LOGIN;"),
              IsOk());
  ASSERT_THAT(Sql("ALTER DATABASE " + name_ + " OWNER TO \"own\"\"er\""), IsOk());
  EXPECT_THAT(Migrate(Dsn("deployer"), "own\"er", {kFirst}), IsOkAndHolds(1));
  EXPECT_THAT(Sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"),
              IsOkAndHolds("own\"er"));
  EXPECT_THAT(CheckSchema(*Open({.dsn = Dsn("service")}), {kFirst}), IsOk());
}

TEST_F(MigrationsTest, ByTwoProgramsAtOnceAreAppliedOnce) {
  absl::StatusOr<int> there;
  std::thread other([&] { there = Apply({kFirst, kSecond, kThird}); });
  absl::StatusOr<int> here = Apply({kFirst, kSecond, kThird});
  other.join();
  ASSERT_THAT(here, IsOk());
  ASSERT_THAT(there, IsOk());
  EXPECT_EQ(*here + *there, 3);
  EXPECT_THAT(Sql("SELECT a FROM t ORDER BY a"), IsOkAndHolds("1\n2\n3"));
}

class MigrationFilesTest : public testing::Test {
 protected:
  MigrationFilesTest() {
    std::string pattern = testing::TempDir() + "migrations-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~MigrationFilesTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name, std::string_view sql) { std::ofstream(directory_ + "/" + name) << sql; }

  std::string directory_;
};

TEST_F(MigrationFilesTest, AreReadByNumber) {
  Write("0002_more_rows.sql", "SELECT 2;\n");
  Write("0001_first.sql", "-- 政策\nSELECT 1;\n");
  Write("README.md", "not SQL");
  ASSERT_OK_AND_ASSIGN(std::vector<Migration> migrations, LoadMigrations(directory_));
  ASSERT_EQ(migrations.size(), 2u);
  EXPECT_EQ(migrations[0].number, 1);
  EXPECT_EQ(migrations[0].name, "first");
  EXPECT_EQ(migrations[0].sql, "-- 政策\nSELECT 1;\n");
  EXPECT_EQ(migrations[1].number, 2);
  EXPECT_EQ(migrations[1].name, "more_rows");
}

TEST_F(MigrationFilesTest, WithAGapOrANumberTwiceAreRefused) {
  Write("0001_first.sql", "");
  Write("0003_third.sql", "");
  EXPECT_THAT(LoadMigrations(directory_), HasReason("SCHEMA_MISMATCH"));
  Write("0002_second.sql", "");
  EXPECT_THAT(LoadMigrations(directory_), IsOk());
  Write("0002_again.sql", "");
  EXPECT_THAT(LoadMigrations(directory_), HasReason("SCHEMA_MISMATCH"));
}

TEST_F(MigrationFilesTest, OfAnotherFormAreRefused) {
  Write("1_first.sql", "");
  EXPECT_THAT(LoadMigrations(directory_), HasReason("SCHEMA_MISMATCH"));
}

TEST_F(MigrationFilesTest, InADirectoryThatIsNotThereAreRefused) {
  EXPECT_THAT(LoadMigrations(directory_ + "/none"), HasReason("SCHEMA_MISMATCH"));
}

}  // namespace
}  // namespace seisaku::postgres
