// Rows that stream out of PostgreSQL in binary format.
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/integration/postgres/database_fixture.h"

namespace seisaku::postgres {
namespace {

using Columns = absl::Span<const std::string_view>;

class CopyTest : public DatabaseFixture {
 protected:
  // The first column of each row as a number, at most `wanted` of them.
  absl::StatusOr<std::vector<int64_t>> Numbers(Database& database, std::string_view select,
                                               size_t wanted = 1'000'000) {
    std::vector<int64_t> numbers;
    absl::Status status = database.Run(
        "numbers",
        [&](Transaction& transaction) {
          return transaction.CopyOut(select, [&](Columns columns) {
            numbers.push_back(Int64FromBinary(columns[0]));
            return numbers.size() < wanted;
          });
        },
        Mode::kReadOnly);
    if (!status.ok()) return status;
    return numbers;
  }
};

TEST_F(CopyTest, RowsComeInOrderAndByteForByte) {
  std::vector<std::string> seen;
  ASSERT_THAT(database_->Run("copy",
                             [&](Transaction& transaction) {
                               return transaction.CopyOut(
                                   "SELECT n, decode('00ff0a5c', 'hex'), NULL::bytea, ''::bytea, 'あ'::text "
                                   "FROM unnest('{-2,9223372036854775807}'::bigint[]) AS n",
                                   [&](Columns columns) {
                                     seen.push_back(absl::StrCat(Int64FromBinary(columns[0])));
                                     for (std::string_view column : columns.subspan(1))
                                       seen.emplace_back(column);
                                     return true;
                                   });
                             }),
              IsOk());
  const std::string bytes("\x00\xff\x0a\x5c", 4);
  EXPECT_THAT(seen,
              testing::ElementsAre("-2", bytes, "", "", "あ", "9223372036854775807", bytes, "", "", "あ"));
}

TEST_F(CopyTest, ASelectWithoutRowsGivesNone) {
  EXPECT_THAT(Numbers(*database_, "SELECT 1::bigint WHERE false"), IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(CopyTest, RowsBeyondThoseThatAreWantedAreNotHandedOverAndTheConnectionServesOn) {
  ASSERT_THAT(
      database_->Run("copy and go on",
                     [&](Transaction& transaction) -> absl::Status {
                       int64_t rows = 0;
                       RETURN_IF_ERROR(transaction.CopyOut("SELECT generate_series(1, 100000)::bigint",
                                                           [&](Columns) { return ++rows < 3; }));
                       EXPECT_EQ(rows, 3);
                       return transaction.Execute(kOne).status();
                     }),
      IsOk());
}

TEST_F(CopyTest, ItSeesWhatItsTransactionDid) {
  ASSERT_THAT(Sql("CREATE TABLE t (n bigint)"), IsOk());
  ASSERT_THAT(database_->Run("write and copy",
                             [&](Transaction& transaction) -> absl::Status {
                               RETURN_IF_ERROR(transaction.ExecuteScript("INSERT INTO t VALUES (7)"));
                               int64_t seen = 0;
                               RETURN_IF_ERROR(transaction.CopyOut("SELECT n FROM t", [&](Columns columns) {
                                 seen = Int64FromBinary(columns[0]);
                                 return true;
                               }));
                               EXPECT_EQ(seen, 7);
                               return absl::OkStatus();
                             }),
              IsOk());
}

TEST_F(CopyTest, AReadOnlyTransactionStaysOne) {
  ASSERT_THAT(Sql("CREATE TABLE t (n bigint)"), IsOk());
  absl::Status written = database_->Run(
      "copy and write",
      [&](Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.CopyOut("SELECT n FROM t", [](Columns) { return true; }));
        return transaction.ExecuteScript("INSERT INTO t VALUES (7)");
      },
      Mode::kReadOnly);
  EXPECT_EQ(MetadataOf(written, "sqlstate"), "25006");
}

TEST_F(CopyTest, WhatPostgresqlRefusesIsItsErrorBeforeAndAmongTheRows) {
  absl::Status unknown = Numbers(*database_, "SELECT nothing").status();
  EXPECT_THAT(unknown, HasReason("STORAGE_ERROR"));
  EXPECT_EQ(MetadataOf(unknown, "sqlstate"), "42703");
  absl::Status among =
      Numbers(*database_, "SELECT 1000000 / (5000 - n) FROM generate_series(1, 9000) AS n").status();
  EXPECT_EQ(MetadataOf(among, "sqlstate"), "22012");
  ASSERT_THAT(Sql("CREATE TABLE t (n bigint); CREATE ROLE copy_stranger LOGIN"), IsOk());
  auto stranger = Open({.dsn = Dsn("copy_stranger")});
  EXPECT_THAT(Numbers(*stranger, "SELECT n FROM t"), HasReason("STORAGE_DENIED"));
  EXPECT_THAT(Numbers(*database_, "SELECT 5::bigint"), IsOkAndHolds(testing::ElementsAre(5)));
}

TEST_F(CopyTest, AConnectionThatEndsAmongTheRowsIsUnavailable) {
  EXPECT_THAT(
      Numbers(*database_,
              "SELECT CASE WHEN n = 5000 THEN pg_terminate_backend(pg_backend_pid())::int ELSE n END, "
              "repeat('x', 1000) FROM generate_series(1, 100000) AS n"),
      HasReason("STORAGE_UNAVAILABLE"));
  EXPECT_THAT(Numbers(*database_, "SELECT 5::bigint"), IsOkAndHolds(testing::ElementsAre(5)));
}

TEST_F(CopyTest, RowsThatDoNotComeAreGivenUp) {
  auto database = Open({.answer_timeout = absl::Milliseconds(500)});
  EXPECT_THAT(Numbers(*database, "SELECT pg_sleep(120)"), HasReason("STORAGE_UNAVAILABLE"));
}

TEST_F(CopyTest, RowsThatComeMayTakeLongTogether) {
  auto database = Open({.answer_timeout = absl::Seconds(3)});
  // 40 rows of 1.1 MB, a tenth of a second each.
  EXPECT_THAT(Numbers(*database,
                      "SELECT n::bigint, repeat('x', 1100000), pg_sleep(0.1) FROM generate_series(1, 40) n"),
              IsOkAndHolds(testing::SizeIs(40)));
}

}  // namespace
}  // namespace seisaku::postgres
