// What keeps the log append-only in the database is there, or a service does not start.
#include "services/ledger/schema.h"

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ProtectionTest : public LogTest {
 protected:
  // As an auditor sees it, one per line.
  absl::StatusOr<std::string> Found() {
    auto database = *postgres::Database::Create({.dsn = cluster().Dsn(database_)});
    auto found = database->Read("find", [](postgres::Transaction& transaction) {
      return FindUnprotected(transaction, Session::kOfAuditor);
    });
    if (!found.ok()) return found.status();
    std::string lines;
    for (const Unprotected& one : *found) absl::StrAppend(&lines, one.code, " ", one.what, "\n");
    return lines;
  }
};

TEST_F(ProtectionTest, ALogAsItWasMigratedLacksNothing) {
  EXPECT_THAT(Found(), IsOkAndHolds(IsEmpty()));
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  EXPECT_THAT(Write(*replica->ledger, {"write a 1|text"}), IsOk());
}

struct Change {
  const char* breaks;
  const char* mends;
  const char* found;
};

TEST_F(ProtectionTest, WhatIsMissingIsNamedAndNothingStarts) {
  ASSERT_THAT(Open(), IsOk());
  for (const Change& change : std::vector<Change>{
           {"DROP TRIGGER append_only ON entry",
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT "
            "EXECUTE "
            "FUNCTION refuse_change(); ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only",
            "TRIGGER_MISSING append_only on entry\n"},
           {"ALTER TABLE tile DISABLE TRIGGER append_only",
            "ALTER TABLE tile ENABLE ALWAYS TRIGGER append_only", "TRIGGER_DISABLED append_only on tile\n"},
           {"ALTER TABLE log_head ENABLE TRIGGER one_head",
            "ALTER TABLE log_head ENABLE ALWAYS TRIGGER one_head", "TRIGGER_DISABLED one_head on log_head\n"},
           {"ALTER TABLE cosignature ENABLE REPLICA TRIGGER append_only",
            "ALTER TABLE cosignature ENABLE ALWAYS TRIGGER append_only",
            "TRIGGER_DISABLED append_only on cosignature\n"},
           {"DROP TRIGGER append_only ON entry; CREATE TRIGGER append_only BEFORE TRUNCATE ON entry FOR EACH "
            "STATEMENT EXECUTE FUNCTION refuse_change(); ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only",
            "DROP TRIGGER append_only ON entry; CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR "
            "TRUNCATE ON "
            "entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change(); ALTER TABLE entry ENABLE ALWAYS "
            "TRIGGER "
            "append_only",
            "TRIGGER_DIFFERS append_only on entry\n"},
           {"ALTER FUNCTION refuse_change() RENAME TO as_it_was; CREATE FUNCTION refuse_change() RETURNS "
            "trigger "
            "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; ALTER FUNCTION refuse_change() OWNER TO "
            "log_owner",
            "DROP FUNCTION refuse_change(); ALTER FUNCTION as_it_was() RENAME TO refuse_change",
            "FUNCTION_DIFFERS refuse_change\nTRIGGER_DIFFERS append_only on cosignature\n"
            "TRIGGER_DIFFERS append_only on entry\nTRIGGER_DIFFERS append_only on entry_text\n"
            "TRIGGER_DIFFERS append_only on tile\nTRIGGER_DIFFERS one_head on log_head\n"},
           {"ALTER FUNCTION redact_text(bigint, bigint, bigint) RESET search_path",
            "ALTER FUNCTION redact_text(bigint, bigint, bigint) SET search_path = public, pg_temp",
            "FUNCTION_DIFFERS redact_text\n"},
           {"ALTER TABLE log_head DROP CONSTRAINT sealed",
            "ALTER TABLE log_head ADD CONSTRAINT sealed CHECK (size = sealed_size)",
            "CONSTRAINT_MISSING sealed on log_head\n"},
           {"GRANT UPDATE ON entry TO log_service", "REVOKE UPDATE ON entry FROM log_service",
            "PRIVILEGE_GRANTED UPDATE on entry to log_service\n"},
           {"GRANT UPDATE (bytes) ON entry TO log_service", "REVOKE UPDATE (bytes) ON entry FROM log_service",
            "PRIVILEGE_GRANTED UPDATE on entry to log_service\n"},
           {"GRANT DELETE, TRUNCATE ON entry_text TO PUBLIC",
            "REVOKE DELETE, TRUNCATE ON entry_text FROM PUBLIC",
            "PRIVILEGE_GRANTED DELETE on entry_text to PUBLIC\nPRIVILEGE_GRANTED TRUNCATE on entry_text to "
            "PUBLIC\n"},
           {"GRANT INSERT ON entry, log_head TO pg_monitor",
            "REVOKE INSERT ON entry, log_head FROM pg_monitor",
            "PRIVILEGE_GRANTED INSERT on entry to pg_monitor\n"
            "PRIVILEGE_GRANTED INSERT on log_head to pg_monitor\n"},
           {"GRANT UPDATE (seal) ON log_head TO pg_monitor",
            "REVOKE UPDATE (seal) ON log_head FROM pg_monitor",
            "PRIVILEGE_GRANTED UPDATE on log_head to pg_monitor\n"},
           {"GRANT EXECUTE ON FUNCTION redact_text TO pg_monitor",
            "REVOKE EXECUTE ON FUNCTION redact_text FROM pg_monitor",
            "PRIVILEGE_GRANTED EXECUTE on redact_text to pg_monitor\n"},
           {"CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE "
            "TRIGGER aside BEFORE DELETE ON entry_text FOR EACH ROW EXECUTE FUNCTION keep()",
            "DROP TRIGGER aside ON entry_text; DROP FUNCTION keep()", "TRIGGER_ADDED aside on entry_text\n"},
           {"CREATE RULE aside AS ON DELETE TO entry_text DO INSTEAD NOTHING",
            "DROP RULE aside ON entry_text", "TABLE_DIFFERS entry_text has rules\n"},
           {"ALTER TABLE entry SET UNLOGGED", "ALTER TABLE entry SET LOGGED",
            "TABLE_DIFFERS entry is not logged\n"},
           {"ALTER TABLE entry_text ENABLE ROW LEVEL SECURITY; CREATE POLICY aside ON entry_text USING "
            "(true)",
            "DROP POLICY aside ON entry_text; ALTER TABLE entry_text DISABLE ROW LEVEL SECURITY",
            "TABLE_DIFFERS entry_text has row security\n"},
           {"CREATE TABLE beside () INHERITS (entry)", "DROP TABLE beside", "TABLE_DIFFERS entry inherits\n"},
           {"DROP INDEX entry_request",
            "CREATE UNIQUE INDEX entry_request ON entry (caller, request_id) WHERE request_id IS NOT NULL",
            "INDEX_MISSING entry_request\n"},
           {"ALTER TABLE entry DROP CONSTRAINT entry_pkey; CREATE INDEX entry_pkey ON entry (position)",
            "DROP INDEX entry_pkey; ALTER TABLE entry ADD PRIMARY KEY (position)",
            "INDEX_MISSING entry_pkey\n"},
           {"GRANT EXECUTE ON FUNCTION redact_text TO PUBLIC",
            "REVOKE EXECUTE ON FUNCTION redact_text FROM PUBLIC",
            "PRIVILEGE_GRANTED EXECUTE on redact_text to PUBLIC\n"}}) {
    SCOPED_TRACE(change.breaks);
    ASSERT_THAT(cluster().Sql(database_, change.breaks), IsOk());
    EXPECT_THAT(Found(), IsOkAndHolds(change.found));
    const absl::Status refused = Open().status();
    EXPECT_THAT(refused, HasReason("PROTECTION_MISSING"));
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(change.found, '\n'))) {
      EXPECT_THAT(refused.message(), HasSubstr(line));
    }
    ASSERT_THAT(cluster().Sql(database_, change.mends), IsOk());
    EXPECT_THAT(Open(), IsOk()) << "mended";
  }
}

// A role's own schema goes before public: tables in it would be taken for the log's.
TEST_F(ProtectionTest, TablesThatHideTheLogsAreFound) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(cluster().Sql(database_,
                            "CREATE SCHEMA log_service; GRANT USAGE ON SCHEMA log_service TO log_service; "
                            "CREATE TABLE log_service.entry AS SELECT * FROM public.entry; "
                            "GRANT ALL ON log_service.entry TO log_service"),
              IsOk());
  const absl::Status refused = Open().status();
  EXPECT_THAT(refused, HasReason("PROTECTION_MISSING"));
  EXPECT_THAT(refused.message(), HasSubstr("TABLE_DIFFERS entry is hidden by another one"));
  ASSERT_THAT(cluster().Sql(database_, "DROP SCHEMA log_service CASCADE"), IsOk());
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(ProtectionTest, OneRoleMayWriteAndWhichOneAnAuditorCannotKnow) {
  ASSERT_THAT(cluster().Sql(database_,
                            "GRANT INSERT ON entry, entry_text, tile, cosignature, log_head TO pg_monitor; "
                            "GRANT UPDATE ON log_head TO pg_monitor; "
                            "GRANT EXECUTE ON FUNCTION redact_text TO pg_monitor"),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string found, Found());
  for (const char* role : {"pg_monitor", "log_service"}) {
    EXPECT_THAT(found, HasSubstr(absl::StrCat("PRIVILEGE_GRANTED UPDATE on log_head to ", role)));
  }
  const absl::Status refused = Open().status();
  EXPECT_THAT(refused, HasReason("PROTECTION_MISSING"));
  EXPECT_THAT(refused.message(), testing::Not(HasSubstr("to log_service"))) << "it knows its own";
}

TEST_F(ProtectionTest, AServiceThatMayDoMoreThanItsRoleDoesNotStart) {
  const std::string role = "too_powerful_" + database_.substr(4);
  ASSERT_THAT(cluster().Sql("postgres", absl::StrCat("CREATE ROLE ", role, " LOGIN IN ROLE log_service")),
              IsOk());
  const auto open = [&] { return Open({.dsn = cluster().Dsn(database_, role)}).status(); };
  EXPECT_THAT(open(), IsOk());
  for (const auto& [grant, what] :
       {std::pair{"GRANT log_owner TO ", "may do what the owner of entry may"},
        {"GRANT pg_write_all_data TO ", "PRIVILEGE_GRANTED DELETE on entry to too_powerful"}}) {
    ASSERT_THAT(cluster().Sql("postgres", grant + role), IsOk());
    const absl::Status refused = open();
    EXPECT_THAT(refused, HasReason("PROTECTION_MISSING"));
    EXPECT_THAT(refused.message(), HasSubstr(what));
    EXPECT_THAT(Found(), IsOkAndHolds(IsEmpty())) << "that is of the service's role";
    ASSERT_THAT(cluster().Sql("postgres",
                              absl::StrReplaceAll(grant, {{"GRANT", "REVOKE"}, {" TO ", " FROM "}}) + role),
                IsOk());
  }
  EXPECT_THAT(open(), IsOk());
  const absl::Status superuser = Open({.dsn = cluster().Dsn(database_)}).status();
  EXPECT_THAT(superuser, HasReason("PROTECTION_MISSING"));
  EXPECT_THAT(superuser.message(), HasSubstr("is a superuser"));
  ASSERT_THAT(cluster().Sql("postgres", "DROP ROLE " + role), IsOk());
}

}  // namespace
}  // namespace seisaku::ledger
