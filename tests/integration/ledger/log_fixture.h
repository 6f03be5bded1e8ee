// A log of its own for each test, in a PostgreSQL that the program started.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/clock.h"
#include "services/base/ids.h"
#include "services/ledger/ledger.h"
#include "services/ledger/schema.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "tests/integration/ledger/notebook.h"
#include "tests/support/matchers.h"
#include "tests/support/postgres_cluster.h"

namespace seisaku::ledger {

inline constexpr char kOrigin[] = "test.example/notebook";

// The key of every log in these tests, unless a test brings its own.
inline SigningKey LogKey(const std::string& origin = kOrigin, char seed = 'k') {
  return *SigningKey::FromSeed(origin, std::string(32, seed), KeyType::kLog);
}

// `bytes` as SQL writes a bytea.
inline std::string Hex(std::string_view bytes) {
  std::string hex = "'\\x";
  for (unsigned char byte : bytes) absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
  return hex + "'";
}

// An entry behind a log, and the head that follows, as whoever may write to the database can put them there.
struct Forgery {
  Forgery(Frontier before, log::v1::Entry entry) : position(before.size()), after(std::move(before)) {
    if (entry.type().empty()) entry.set_type("test/written");
    if (entry.resource().empty()) entry.set_resource("mayor");
    entry.set_actor("seisaku://test/planner/mayor");
    entry.set_command_size(1);
    if (!entry.has_recorded_at()) entry.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    recorded_at = entry.recorded_at().seconds() * 1'000'000;
    bytes = entry.SerializeAsString();
    after.Append(LeafHash(bytes));
  }
  // The seal that `key` gives that head, in SQL.
  std::string SealBy(const SigningKey& key) const {
    return Hex(SealHead({key.name(), after.size(), after.Root()}, recorded_at, key));
  }
  // `seal` is an SQL expression; "seal" leaves the one that is there.
  std::string Sql(const std::string& seal) const {
    return absl::StrCat("INSERT INTO entry VALUES (", position, ", ", Hex(bytes),
                        "); UPDATE log_head SET size = ", after.size(), ", sealed_size = ", after.size(),
                        ", frontier = ", Hex(after.ToBytes()), ", recorded_at = ", recorded_at,
                        ", seal = ", seal);
  }

  Position position;
  Frontier after;
  int64_t recorded_at = 0;
  std::string bytes;
};

// A running replica: its state and its ledger.
struct Replica {
  Notebook notebook;
  std::unique_ptr<Ledger> ledger;
};

class LogTest : public testing::Test {
 protected:
  // The cluster of this test: the shared one, unless a test harms it and overrides this.
  virtual PostgresCluster& cluster() { return SharedCluster(); }

  void SetUp() override { MakeDatabase(Schema()); }

  // From now on database_ is a new one, as a build with these migrations made it.
  void MakeDatabase(absl::Span<const postgres::Migration> migrations) {
    database_ = "log_" + NewUuid().substr(24);
    ASSERT_THAT(cluster().Sql("postgres", R"(DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'log_owner') THEN
          CREATE ROLE log_owner NOLOGIN; CREATE ROLE log_service LOGIN; END IF; END $$)"),
                IsOk());
    ASSERT_THAT(cluster().CreateDatabase(database_), IsOk());
    ASSERT_THAT(cluster().Sql(database_, "GRANT CREATE, USAGE ON SCHEMA public TO log_owner"), IsOk());
    Migrate(migrations);
  }

  void Migrate(absl::Span<const postgres::Migration> migrations) {
    std::string dsn = cluster().Dsn(database_) + " options='-c seisaku.service_role=log_service'";
    ASSERT_THAT(postgres::Migrate(dsn, "log_owner", migrations), IsOk());
  }

  // As the service's own role, which whoever has its password is.
  absl::StatusOr<std::string> SqlAsService(const std::string& sql) {
    return cluster().Sql(database_, "SET ROLE log_service; " + sql);
  }
  // Without the triggers, as a superuser can.
  absl::StatusOr<std::string> SqlUnprotected(const std::string& table, const std::string& sql) {
    return cluster().Sql(database_,
                         absl::StrCat("ALTER TABLE ", table, " DISABLE TRIGGER append_only; ", sql,
                                      "; ALTER TABLE ", table, " ENABLE ALWAYS TRIGGER append_only"));
  }

  std::string ServiceDsn() { return cluster().Dsn(database_, "log_service"); }

  absl::StatusOr<std::unique_ptr<Replica>> Open(Ledger::Options options = {},
                                                const Clock& clock = kSystemClock) {
    auto replica = std::make_unique<Replica>();
    if (options.origin.empty()) options.origin = kOrigin;
    if (options.dsn.empty()) options.dsn = ServiceDsn();
    if (!options.key.has_value()) options.key = LogKey(options.origin);
    auto ledger = Ledger::Open(std::move(options), replica->notebook, clock);
    if (!ledger.ok()) return ledger.status();
    replica->ledger = *std::move(ledger);
    return replica;
  }

  static Command MakeCommand(std::vector<std::string> steps, std::string request_id = NewUuid()) {
    Command command{
        .caller = {.subject = "seisaku://test/planner/p1", .role = Role::kPlanner, .department = {}},
        .request_id = std::move(request_id),
        .request_digest = {},
        .correlation_id = {},
        .steps = {}};
    std::string body;
    for (const std::string& step : steps) {
      command.steps.push_back(Step(step));
      body += step + "\n";
    }
    command.request_digest = Sha256(body);
    return command;
  }

  static absl::StatusOr<Outcome> Append(Ledger& ledger, Command command,
                                        absl::Duration patience = absl::Seconds(20)) {
    return ledger.Append(std::move(command), absl::Now() + patience, [](const Outcome&) {});
  }
  static absl::StatusOr<Outcome> Write(Ledger& ledger, std::vector<std::string> steps) {
    return Append(ledger, MakeCommand(std::move(steps)));
  }

  static inline const SystemClock kSystemClock;
  std::string database_;
};

}  // namespace seisaku::ledger
