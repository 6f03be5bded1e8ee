// A text that is withdrawn: gone for good, on record, and no proof the worse for it.
#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/checkpoint.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Optional;
using testing::SizeIs;

class RedactionTest : public LogTest {
 protected:
  void SetUp() override {
    LogTest::SetUp();
    ASSERT_OK_AND_ASSIGN(replica_, Open());
    ASSERT_THAT(Write(ledger(), {"write a 1|secret", "write b 2|harmless"}), IsOk());
  }
  Ledger& ledger() { return *replica_->ledger; }

  // Withdraws text 0 of the entry at `position`.
  absl::StatusOr<Command> Withdrawal(Position position, std::string request_id = NewUuid()) {
    Command command = MakeCommand({}, std::move(request_id));
    auto redaction = ToRedaction(ledger(), position, 0, "a name");
    if (!redaction.ok()) return redaction.status();
    command.redaction = *std::move(redaction);
    return command;
  }
  absl::StatusOr<Outcome> Withdraw(Position position, std::string request_id = NewUuid()) {
    auto command = Withdrawal(position, std::move(request_id));
    if (!command.ok()) return command.status();
    return Append(ledger(), *std::move(command));
  }
  std::optional<std::string> TextOf(Position position) {
    auto texts = ledger().ReadTexts({{position, 0}});
    EXPECT_THAT(texts, IsOk());
    return texts.ok() ? texts->at(0) : std::nullopt;
  }

  std::unique_ptr<Replica> replica_;
};

TEST_F(RedactionTest, TheTextIsGoneAndTheLogSaysWhoDidItAndWhy) {
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Withdraw(0));
  EXPECT_EQ(outcome.begin, 2u);
  ASSERT_THAT(outcome.entries, SizeIs(1));
  EXPECT_EQ(TextOf(0), std::nullopt);
  EXPECT_THAT(TextOf(1), Optional(std::string("harmless")));
  EXPECT_THAT(TextOf(2), Optional(std::string("a name")));

  ASSERT_OK_AND_ASSIGN(auto stored, ledger().ReadEntries(2, 1, true));
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(stored[0].bytes));
  EXPECT_EQ(entry.type(), "seisaku.log.v1.LogEvent/text_redacted");
  EXPECT_EQ(entry.resource(), "a");
  log::v1::LogEvent event;
  ASSERT_TRUE(event.ParseFromString(entry.payload()));
  EXPECT_EQ(event.text_redacted().position(), 0u);
  EXPECT_EQ(event.text_redacted().index(), 0u);
  EXPECT_EQ(entry.texts_size(), 1);
}

TEST_F(RedactionTest, EntriesRootsAndTheFoldStayAsTheyWere) {
  ASSERT_OK_AND_ASSIGN(Frontier before, ledger().FrontierAt(2));
  ASSERT_OK_AND_ASSIGN(auto entries, ledger().ReadEntries(0, 2, false));
  ASSERT_THAT(Withdraw(0), IsOk());
  ASSERT_OK_AND_ASSIGN(auto again, Open());
  ASSERT_OK_AND_ASSIGN(Frontier after, again->ledger->FrontierAt(2));
  EXPECT_EQ(after.Root(), before.Root());
  ASSERT_OK_AND_ASSIGN(auto reread, again->ledger->ReadEntries(0, 2, false));
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(reread[i].bytes, entries[i].bytes);
  ASSERT_OK_AND_ASSIGN(Snapshot now, again->ledger->Read({}));
  EXPECT_EQ(now.size(), 3u);
  EXPECT_THAT(again->notebook.Find("a", now.size()), testing::Pointee(std::string("1")));
}

TEST_F(RedactionTest, ARepeatIsTheSameOneAndAnotherOneComesToNothing) {
  const std::string id = NewUuid();
  ASSERT_OK_AND_ASSIGN(Outcome first, Withdraw(0, id));
  ASSERT_OK_AND_ASSIGN(Outcome repeat, Withdraw(0, id));
  EXPECT_TRUE(repeat.repeated);
  EXPECT_EQ(repeat.begin, first.begin);
  ASSERT_OK_AND_ASSIGN(Outcome another, Withdraw(0));
  EXPECT_EQ(another.begin, another.end);
}

TEST_F(RedactionTest, TwoAtTheSameTimeDoNotHinderEachOther) {
  ASSERT_OK_AND_ASSIGN(Command first, Withdrawal(0));
  ASSERT_OK_AND_ASSIGN(Command second, Withdrawal(0));
  EXPECT_THAT(Append(ledger(), first), IsOk());
  EXPECT_THAT(Append(ledger(), second), IsOk());
  EXPECT_EQ(TextOf(0), std::nullopt);
}

TEST_F(RedactionTest, OnlyCheckingDeletesNothing) {
  ASSERT_OK_AND_ASSIGN(Command command, Withdrawal(0));
  command.validate_only = true;
  ASSERT_OK_AND_ASSIGN(Outcome outcome, Append(ledger(), command));
  EXPECT_TRUE(outcome.tentative);
  EXPECT_EQ(outcome.entries[0].type(), "seisaku.log.v1.LogEvent/text_redacted");
  EXPECT_THAT(TextOf(0), Optional(std::string("secret")));
}

TEST_F(RedactionTest, WhatNeverWasThereIsNotFound) {
  EXPECT_THAT(ToRedaction(ledger(), 0, 1, "why"), HasReason("TEXT_NOT_FOUND"));
  EXPECT_THAT(ToRedaction(ledger(), 2, 0, "why"), HasReason("TEXT_NOT_FOUND"));
}

// What the database lets whom do. The texts are there to the end.
class DeletionTest : public RedactionTest {
 protected:
  void ExpectRefused(const std::string& role, const std::string& sql) {
    const std::string command = absl::StrCat(role.empty() ? "" : absl::StrCat("SET ROLE ", role, "; "), sql);
    EXPECT_THAT(cluster().Sql(database_, command), Not(IsOk())) << command;
    EXPECT_THAT(TextOf(0), Optional(std::string("secret"))) << command;
  }
};

TEST_F(DeletionTest, TheServiceCannotDeleteATextWithoutAnEntryThatSaysSo) {
  ExpectRefused("log_service", "DELETE FROM entry_text");
  ExpectRefused("log_service", "SET seisaku.redacting = '0/0'; DELETE FROM entry_text WHERE position = 0");
  ExpectRefused("log_service", "SELECT redact_text(0, 0, 0)");
  ASSERT_THAT(Withdraw(1), IsOk());
  ExpectRefused("log_service", "SELECT redact_text(0, 0, 2)");  // an entry that says so, but of long ago
  ExpectRefused("log_service",
                "CREATE FUNCTION pg_temp.take() RETURNS void LANGUAGE sql SECURITY DEFINER AS "
                "'DELETE FROM entry_text'; SELECT pg_temp.take()");
}

TEST_F(DeletionTest, NobodyElseDeletesOneByMistake) {
  for (const char* who : {"", "log_owner"}) {
    ExpectRefused(who, "DELETE FROM entry_text");
    ExpectRefused(who, "SELECT redact_text(0, 0, 0)");
    ExpectRefused(who, "SET seisaku.redacting = '0/0'; DELETE FROM entry_text WHERE position = 1");
  }
  ExpectRefused("", "SET seisaku.redacting = '0/0'; DELETE FROM entry_text WHERE position = 0");
  absl::Status refused =
      cluster().Sql(database_, "SET session_replication_role = replica; DELETE FROM entry_text").status();
  EXPECT_THAT(refused.message(), HasSubstr("append-only"));
}

}  // namespace
}  // namespace seisaku::ledger
