// What goes into PostgreSQL comes out of it, byte for byte.
#include <limits>

#include "gmock/gmock.h"
#include "tests/integration/postgres/database_fixture.h"

namespace seisaku::postgres {
namespace {

class ValuesTest : public DatabaseFixture {
 protected:
  absl::StatusOr<std::string> BytesBack(std::string_view bytes) {
    ASSIGN_OR_RETURN(Rows rows, Query(*database_, {"bytes", "SELECT $1::bytea"}, {Binary{bytes}}));
    return rows.GetBytes(0, 0);
  }
};

std::string EveryByte() {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
  return bytes;
}

TEST_F(ValuesTest, BytesComeBackAsTheyWereNulIncluded) {
  EXPECT_THAT(BytesBack(EveryByte()), IsOkAndHolds(EveryByte()));
  EXPECT_THAT(BytesBack(std::string(3, '\0')), IsOkAndHolds(std::string(3, '\0')));
}

TEST_F(ValuesTest, NoBytesAreNotNull) {
  ASSERT_OK_AND_ASSIGN(Rows rows,
                       Query(*database_, {"empty", "SELECT $1::bytea, $2::text"}, {Binary{""}, ""}));
  EXPECT_FALSE(rows.IsNull(0, 0));
  EXPECT_EQ(rows.GetBytes(0, 0), "");
  EXPECT_FALSE(rows.IsNull(0, 1));
  EXPECT_EQ(rows.GetText(0, 1), "");
}

TEST_F(ValuesTest, NullIsNull) {
  ASSERT_OK_AND_ASSIGN(
      Rows rows, Query(*database_, {"null", "SELECT $1::bytea, $2::bigint"}, {std::nullopt, std::nullopt}));
  EXPECT_TRUE(rows.IsNull(0, 0));
  EXPECT_TRUE(rows.IsNull(0, 1));
}

TEST_F(ValuesTest, JapaneseTextComesBackByteForByte) {
  // A form that NFC or NFKC would change, a character outside the BMP, full-width and half-width kana.
  const std::string text = "①市民サービス（ガ カ\u3099 ｶﾞ）𠮷野家 92力所 〔名称欠落〕\\x41'\"";
  ASSERT_OK_AND_ASSIGN(Rows rows, Query(*database_, {"text", "SELECT $1::text, length($1::text)"}, {text}));
  EXPECT_EQ(rows.GetText(0, 0), text);
}

TEST_F(ValuesTest, IntegersComeBackOverTheirWholeRange) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
  ASSERT_OK_AND_ASSIGN(Rows rows, Query(*database_, {"integers", "SELECT $1::bigint, $2::bigint, $3::int"},
                                        {kLeast, kGreatest, -5}));
  EXPECT_EQ(rows.GetInt64(0, 0), kLeast);
  EXPECT_EQ(rows.GetInt64(0, 1), kGreatest);
  EXPECT_EQ(rows.GetInt64(0, 2), -5);
}

TEST_F(ValuesTest, ArraysCarryManyRowsInOneStatement) {
  ASSERT_THAT(RunScript(*database_, "CREATE TABLE t (position bigint PRIMARY KEY, bytes bytea)"), IsOk());
  const std::vector<int64_t> positions = {0, 1, int64_t{1} << 40};
  const std::vector<std::string> bytes = {EveryByte(), "", "政策"};
  ASSERT_OK_AND_ASSIGN(
      Rows inserted,
      Query(*database_, {"insert", "INSERT INTO t SELECT * FROM unnest($1::bigint[], $2::bytea[])"},
            {Binary{Int64Array(positions)}, Binary{BinaryArray(bytes)}}));
  EXPECT_EQ(inserted.affected(), 3);

  std::vector<int64_t> positions_read;
  std::vector<std::string> bytes_read;
  ASSERT_THAT(
      database_->Run("read",
                     [&](Transaction& transaction) {
                       return transaction.ForEachRow(
                           {"page", "SELECT position, bytes FROM t WHERE position >= $1 ORDER BY position"},
                           {0}, [&](const Row& row) {
                             positions_read.push_back(row.GetInt64(0));
                             bytes_read.push_back(row.GetBytes(1));
                             return absl::OkStatus();
                           });
                     }),
      IsOk());
  EXPECT_EQ(positions_read, positions);
  EXPECT_EQ(bytes_read, bytes);
}

TEST_F(ValuesTest, AnEmptyArrayIsNoRows) {
  ASSERT_OK_AND_ASSIGN(Rows rows,
                       Query(*database_, {"none", "SELECT unnest($1::bytea[]), unnest($2::bigint[])"},
                             {Binary{BinaryArray(std::vector<std::string>())}, Binary{Int64Array({})}}));
  EXPECT_TRUE(rows.empty());
}

TEST_F(ValuesTest, AReaderThatReturnsAnErrorStopsTheRows) {
  int seen = 0;
  absl::Status status = database_->Run("read", [&](Transaction& transaction) {
    return transaction.ForEachRow({"three", "SELECT generate_series(1, 3)"}, {}, [&](const Row& row) {
      ++seen;
      return row.GetInt64(0) == 2 ? absl::CancelledError("enough") : absl::OkStatus();
    });
  });
  EXPECT_EQ(status, absl::CancelledError("enough"));
  EXPECT_EQ(seen, 2);
}

TEST_F(ValuesTest, AsManyParametersAsThereMayBeOfMixedKindsKeepTheirOrder) {
  ASSERT_OK_AND_ASSIGN(
      Rows rows,
      Query(
          *database_,
          {"most",
           "SELECT $1::int, $2::bytea, $3::text, $4::bytea, $5::int, $6::int, $7::bytea, $8::bytea, $9::int, "
           "$10::int, $11::int, $12::int, $13::int, $14::int, $15::text, $16::bytea, $17::int, $18::int, "
           "$19::bytea, $20::text"},
          {1,  Binary{"b2"}, "c3",  std::nullopt,  5,  6,  Binary{"b7"},  Binary{"b8"}, 9, 10, 11, 12,
           13, 14,           "c15", Binary{"b16"}, 17, 18, Binary{"b19"}, "c20"}));
  EXPECT_EQ(rows.GetBytes(0, 1), "b2");
  EXPECT_EQ(rows.GetText(0, 2), "c3");
  EXPECT_TRUE(rows.IsNull(0, 3));
  EXPECT_EQ(rows.GetInt64(0, 5), 6);
  EXPECT_EQ(rows.GetBytes(0, 6), "b7");
  EXPECT_EQ(rows.GetBytes(0, 7), "b8");
  EXPECT_EQ(rows.GetInt64(0, 13), 14);
  EXPECT_EQ(rows.GetBytes(0, 15), "b16");
  EXPECT_EQ(rows.GetBytes(0, 18), "b19");
  EXPECT_EQ(rows.GetText(0, 19), "c20");
  EXPECT_THAT(Query(*database_, kOne, std::vector<Parameter>(kMaxParameters + 1, Parameter(1))),
              HasReason("STORAGE_ERROR"));
}

TEST_F(ValuesTest, TextWithANulByteIsRefusedInsteadOfCutShort) {
  absl::Status status = Query(*database_, {"nul", "SELECT $1::text"}, {std::string_view("a\0b", 3)}).status();
  EXPECT_THAT(status, HasReason("STORAGE_ERROR"));
  EXPECT_EQ(MetadataOf(status, "sqlstate"), "22021");
}

TEST_F(ValuesTest, TwoStatementsOfOneNameAreRefused) {
  EXPECT_THAT(Query(*database_, {"same", "SELECT 1"}), IsOk());
  EXPECT_THAT(Query(*database_, {"same", "SELECT 2"}), HasReason("STORAGE_ERROR"));
}

TEST_F(ValuesTest, RowsOutliveTheirTransactionAndItsConnection) {
  ASSERT_OK_AND_ASSIGN(Rows rows, Query(*database_, {"kept", "SELECT 'kept', true"}));
  database_.reset();
  EXPECT_EQ(rows.GetText(0, 0), "kept");
  EXPECT_TRUE(rows.GetBool(0, 1));
}

}  // namespace
}  // namespace seisaku::postgres
