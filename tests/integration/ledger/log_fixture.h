// A log of its own for each test, in a PostgreSQL that the program started.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/clock.h"
#include "services/base/ids.h"
#include "services/ledger/ledger.h"
#include "services/ledger/schema.h"
#include "tests/integration/ledger/notebook.h"
#include "tests/support/matchers.h"
#include "tests/support/postgres_cluster.h"

namespace seisaku::ledger {

inline constexpr char kOrigin[] = "test.example/notebook";

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

  std::string ServiceDsn() { return cluster().Dsn(database_, "log_service"); }

  absl::StatusOr<std::unique_ptr<Replica>> Open(Ledger::Options options = {},
                                                const Clock& clock = kSystemClock) {
    auto replica = std::make_unique<Replica>();
    if (options.origin.empty()) options.origin = kOrigin;
    if (options.dsn.empty()) options.dsn = ServiceDsn();
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
