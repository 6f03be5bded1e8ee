// What stands in the database, and who may change it.
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/tiles.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

using StorageTest = LogTest;

TEST_F(StorageTest, TheRootIsThatOfTheStoredBytes) {
  ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Generate(kOrigin, KeyType::kLog));
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.key = key}));
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Write(*replica->ledger, {absl::StrCat("write a ", i)}), IsOk());
  ASSERT_OK_AND_ASSIGN(auto entries, replica->ledger->ReadEntries(0, 10, false));
  ASSERT_THAT(entries, SizeIs(5));
  Frontier naive;
  for (const StoredEntry& entry : entries) {
    naive.Append(LeafHash(entry.bytes));
    ASSERT_OK_AND_ASSIGN(Frontier there, replica->ledger->FrontierAt(naive.size()));
    EXPECT_EQ(there.Root(), naive.Root());
  }
  ASSERT_OK_AND_ASSIGN(std::string note, replica->ledger->SignCheckpoint(naive));
  EXPECT_THAT(OpenCheckpoint(note, kOrigin, key.verifier()),
              IsOkAndHolds(Checkpoint{.origin = kOrigin, .size = 5, .root = naive.Root()}));
}

TEST_F(StorageTest, FullTilesAreStoredAndGiveEveryEarlierFrontier) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  std::vector<std::string> steps;
  for (int i = 0; i < 600; ++i) steps.push_back(absl::StrCat("write a ", i));
  ASSERT_THAT(Write(*replica->ledger, steps), IsOk());
  EXPECT_THAT(
      cluster().Sql(database_, "SELECT string_agg(level || '/' || index, ' ' ORDER BY index) FROM tile"),
      IsOkAndHolds("0/0 0/1"));
  ASSERT_OK_AND_ASSIGN(auto entries, replica->ledger->ReadEntries(0, 600, false));
  Frontier naive;
  for (const StoredEntry& entry : entries) {
    naive.Append(LeafHash(entry.bytes));
    if (naive.size() % 37 != 0 && naive.size() % 256 > 1) continue;
    ASSERT_OK_AND_ASSIGN(Frontier there, replica->ledger->FrontierAt(naive.size()));
    EXPECT_EQ(there.Root(), naive.Root()) << naive.size();
  }
}

TEST_F(StorageTest, FreeTextLiesBesideItsEntryWhichCommitsToIt) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 値|山田さんから聞いた\t理由"}), IsOk());
  ASSERT_OK_AND_ASSIGN(auto stored, replica->ledger->ReadEntries(0, 1, true));
  EXPECT_THAT(stored[0].bytes, Not(HasSubstr("山田")));
  ASSERT_THAT(stored[0].texts, SizeIs(1));
  const StoredText& text = *stored[0].texts[0];
  EXPECT_EQ(text.text, "山田さんから聞いた\t理由");
  EXPECT_THAT(text.salt, SizeIs(16));
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(stored[0].bytes));
  EXPECT_EQ(entry.texts(0).salted_sha256(), ToBytes(Sha256(text.salt + text.text)));
  ASSERT_OK_AND_ASSIGN(auto texts, replica->ledger->ReadTexts({{0, 1}, {0, 0}}));
  EXPECT_EQ(texts[0], std::nullopt);
  EXPECT_THAT(texts[1], Optional(std::string("山田さんから聞いた\t理由")));
}

TEST_F(StorageTest, ATextThatIsNotWhatItsEntryCommitsToIsNotShown) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1|聞いた理由", "write b 1|別の理由"}), IsOk());
  ASSERT_THAT(cluster().Sql(database_, "CREATE TABLE as_was AS TABLE entry_text"), IsOk());
  for (const char* change :
       {"text = '書き換えた理由'", "salt = decode(repeat('00', 16), 'hex')", "salt = substr(salt, 1, 15)",
        "salt = salt || '\\x00'::bytea", "salt = '', text = ''",
        "(salt, text) = (SELECT salt, text FROM as_was WHERE position = 0)"}) {
    SCOPED_TRACE(change);
    ASSERT_THAT(
        SqlUnprotected("entry_text", absl::StrCat("UPDATE entry_text SET ", change, " WHERE position = 1")),
        IsOk());
    const absl::Status refused = replica->ledger->ReadTexts({{0, 0}, {1, 0}}).status();
    EXPECT_THAT(refused, HasReason("TEXT_DIFFERS"));
    EXPECT_THAT(GetErrorInfo(refused)->metadata(), testing::AllOf(Contains(testing::Pair("position", "1")),
                                                                  Contains(testing::Pair("index", "0"))));
    EXPECT_THAT(refused.message(), Not(HasSubstr("理由")));
    EXPECT_THAT(replica->ledger->ReadTexts({{0, 0}}), IsOk());
    EXPECT_THAT(replica->ledger->ReadEntries(1, 1, true), IsOkAndHolds(SizeIs(1)))
        << "auditors see what there is";
    ASSERT_THAT(SqlUnprotected(
                    "entry_text",
                    "UPDATE entry_text SET (salt, text) = (SELECT salt, text FROM as_was WHERE position = 1) "
                    "WHERE position = 1"),
                IsOk());
  }
  EXPECT_THAT(replica->ledger->ReadTexts({{0, 0}, {1, 0}}), IsOk());
}

TEST_F(StorageTest, AnEntrySaysWhichProgramAppendedIt) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open({.producer = "seisaku-test/1.2.3"}));
  ASSERT_OK_AND_ASSIGN(const Outcome outcome, Write(*replica->ledger, {"write a 1", "write b 1"}));
  for (const log::v1::Entry& entry : outcome.entries) EXPECT_EQ(entry.producer(), "seisaku-test/1.2.3");
  ASSERT_OK_AND_ASSIGN(auto stored, replica->ledger->ReadEntries(0, 1, false));
  EXPECT_EQ(stored[0].bytes, outcome.entries[0].SerializeAsString());
}

TEST_F(StorageTest, TheServiceRoleCanNeitherChangeNorDeleteAnEntry) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(Write(*replica->ledger, {"write a 1|text"}), IsOk());
  ASSERT_OK_AND_ASSIGN(std::string tables, cluster().Sql(database_, R"(
      SELECT string_agg(table_name || '.' || column_name, ' ') FROM information_schema.columns
       WHERE table_schema = 'public' AND ordinal_position = 1)"));
  const std::vector<std::string> columns = absl::StrSplit(tables, ' ');
  for (const std::string& column_of : columns) {
    const auto [table, column] = std::pair<std::string, std::string>(absl::StrSplit(column_of, '.'));
    if (table != "log_head") {
      EXPECT_THAT(SqlAsService(absl::StrCat("UPDATE ", table, " SET ", column, " = ", column)), Not(IsOk()));
    }
    EXPECT_THAT(SqlAsService(absl::StrCat("DELETE FROM ", table)), Not(IsOk()));
    EXPECT_THAT(SqlAsService(absl::StrCat("TRUNCATE ", table)), Not(IsOk()));
    EXPECT_THAT(SqlAsService(absl::StrCat("ALTER TABLE ", table, " DISABLE TRIGGER ALL")), Not(IsOk()));
    EXPECT_THAT(SqlAsService(absl::StrCat("DROP TABLE ", table)), Not(IsOk()));
  }
  EXPECT_THAT(columns, testing::IsSupersetOf({"entry.position", "entry_text.position"}));
}

TEST_F(StorageTest, EvenASuperuserMeetsTheAppendOnlyTrigger) {
  for (const char* sql :
       {"UPDATE entry SET bytes = ''", "UPDATE entry SET request_id = NULL", "DELETE FROM entry",
        "TRUNCATE entry", "UPDATE tile SET hashes = hashes", "TRUNCATE tile",
        "UPDATE entry_text SET text = ''", "TRUNCATE entry_text", "DELETE FROM log_head"}) {
    absl::Status status = cluster().Sql(database_, sql).status();
    EXPECT_THAT(status.message(), HasSubstr("append-only")) << sql;
    // A replica role, as used by replication, does not switch the trigger off.
    status = cluster().Sql(database_, absl::StrCat("SET session_replication_role = replica; ", sql)).status();
    EXPECT_THAT(status.message(), HasSubstr("append-only")) << sql;
  }
}

TEST_F(StorageTest, OpeningFoldsTheWholeLog) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, Open());
    for (int i = 0; i < 40; ++i) {
      ASSERT_THAT(
          Write(*replica->ledger, {absl::StrCat("write k", i % 7, " ", i), "write z " + std::to_string(i)}),
          IsOk());
    }
  }
  ASSERT_OK_AND_ASSIGN(auto again, Open());
  ASSERT_OK_AND_ASSIGN(Snapshot now, again->ledger->Read({}));
  EXPECT_EQ(now.size(), 80u);
  EXPECT_THAT(again->notebook.Find("z", now.size()), testing::Pointee(std::string("39")));
  EXPECT_THAT(again->notebook.Find("z", 2), testing::Pointee(std::string("0")));
}

TEST_F(StorageTest, AnEventTypeThatThisBuildDoesNotKnowStopsIt) {
  log::v1::Entry entry;
  entry.set_type("test/from_the_future");
  const Forgery appended(Frontier(), entry);
  ASSERT_OK_AND_ASSIGN(auto running, Open());
  ASSERT_THAT(cluster().Sql(database_, appended.Sql(appended.SealBy(LogKey()))), IsOk());
  absl::StatusOr<Outcome> refused = Write(*running->ledger, {"write a 1"});
  EXPECT_THAT(refused, HasReason("LOG_CORRUPT"));
  EXPECT_THAT(refused.status().message(), HasSubstr("from_the_future"));
  EXPECT_THAT(running->ledger->Health(), HasReason("LOG_CORRUPT"));
  EXPECT_THAT(Open(), HasReason("LOG_CORRUPT"));
}

TEST_F(StorageTest, ChangedBytesAreFoundWhenTheLogIsOpened) {
  {
    ASSERT_OK_AND_ASSIGN(auto replica, Open());
    ASSERT_THAT(Write(*replica->ledger, {"write a 12345"}), IsOk());
  }
  ASSERT_THAT(cluster().Sql(database_,
                            "ALTER TABLE entry DISABLE TRIGGER append_only;"
                            "UPDATE entry SET bytes = decode(replace(encode(bytes, 'hex'), '3132333435', "
                            "'3132333436'), 'hex')"),
              IsOk());
  EXPECT_THAT(Open(), HasReason("LOG_CORRUPT"));
}

TEST_F(StorageTest, ALogOfAnotherOriginIsNotOpened) {
  ASSERT_THAT(Open(), IsOk());
  EXPECT_THAT(Open({.origin = "other.example/log"}), HasReason("ORIGIN_MISMATCH"));
  EXPECT_THAT(Open({.key = LogKey("other.example/log")}), HasReason("ORIGIN_MISMATCH"));
  EXPECT_THAT(Open({.previous_key = LogKey("other.example/log")}), HasReason("ORIGIN_MISMATCH"));
}

TEST_F(StorageTest, ADatabaseThatIsNotDurableIsNotOpened) {
  EXPECT_THAT(Open({.dsn = ServiceDsn() + " options='-c synchronous_commit=off'"}),
              HasReason("DURABILITY_OFF"));
}

TEST_F(StorageTest, NobodyMakesALogLessDurableByTheDefaultsOfItsRole) {
  ASSERT_THAT(
      cluster().Sql("postgres", absl::StrCat("ALTER DATABASE ", database_, " SET synchronous_commit = off")),
      IsOk());
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(cluster().Sql(database_, R"(
      CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('synchronous_commit') <> 'on' THEN RAISE EXCEPTION 'not durable'; END IF;
        RETURN NULL; END $$;
      CREATE TRIGGER look AFTER INSERT ON entry FOR EACH STATEMENT EXECUTE FUNCTION look())"),
              IsOk());
  EXPECT_THAT(Write(*replica->ledger, {"write a 1"}), IsOk());
}

TEST_F(StorageTest, ASchemaThatThisBuildDoesNotKnowIsNotOpened) {
  ASSERT_THAT(cluster().Sql(database_, "UPDATE schema_migration SET number = number + 1000"), IsOk());
  EXPECT_THAT(Open(), HasReason("SCHEMA_MISMATCH"));
}

}  // namespace
}  // namespace seisaku::ledger
