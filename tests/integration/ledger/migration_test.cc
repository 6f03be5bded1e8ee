// A log that an earlier build made goes on in this one.
#include <cstdlib>
#include <filesystem>

#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

namespace fs = std::filesystem;

class MigrationTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    std::string name = "/tmp/seisaku-migration-XXXXXX";
    folder_ = mkdtemp(name.data());
    file_ = folder_ + "/kept";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string folder_;
  std::string file_;
};

// SQL that puts the rows of the present tables into those of migration 3.
constexpr char kAsBefore[] = R"(
    SELECT (SELECT format('INSERT INTO log_head VALUES (true, %L, %s, %L, %s);', origin, size, frontier, recorded_at)
              FROM log_head)
        || (SELECT string_agg(format('INSERT INTO entry VALUES (%s, %L);', position, bytes), '') FROM entry)
        || (SELECT string_agg(format('INSERT INTO request VALUES (%L, %L, %L, %s, 1);',
                                     caller, request_id, 'digest', position), '')
              FROM entry WHERE request_id IS NOT NULL))";

TEST_F(MigrationTest, RequestsMoveBesideTheirEntries) {
  const Command first = MakeCommand({"write a 1", "write b 1"});
  const Command second = MakeCommand({"write a 2"});
  {
    ASSERT_OK_AND_ASSIGN(auto replica, Open({.checkpoint_file = file_}));
    ASSERT_THAT(Append(*replica->ledger, first), IsOk());
    ASSERT_THAT(Append(*replica->ledger, second), IsOk());
  }
  fs::remove(file_ + ".sealed");  // an earlier build kept only the checkpoint
  ASSERT_OK_AND_ASSIGN(const std::string rows, cluster().Sql(database_, kAsBefore));

  MakeDatabase(absl::MakeConstSpan(Schema()).first(3));
  ASSERT_THAT(cluster().Sql(database_, rows), IsOk());
  EXPECT_THAT(Open(), HasReason("SCHEMA_MISMATCH"));
  Migrate(Schema());
  EXPECT_THAT(SqlAsService("UPDATE log_head SET size = size WHERE one"), testing::Not(IsOk()))
      << "as a build from before appends, which still runs";
  EXPECT_THAT(Open(), HasReason("LOG_UNSEALED"));
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.checkpoint_file = file_}));
  ASSERT_OK_AND_ASSIGN(const Outcome again, Append(*replica->ledger, first));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.begin, 0u);
  EXPECT_EQ(again.end, 2u);
  EXPECT_THAT(Append(*replica->ledger, MakeCommand({"write c 1"}, second.request_id)),
              HasReason("REQUEST_ID_REUSED"));
  ASSERT_OK_AND_ASSIGN(const Outcome next, Write(*replica->ledger, {"write a 3"}));
  EXPECT_EQ(next.begin, 3u);
}

}  // namespace
}  // namespace seisaku::ledger
