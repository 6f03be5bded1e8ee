// What stands between a service and PostgreSQL, and does not keep what a session was opened with.
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/integration/postgres/database_fixture.h"
#include "tests/support/child_process.h"

namespace seisaku::postgres {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kInstalled[] = "/usr/sbin/pgbouncer";
constexpr char kUnpacked[] = "/usr/local/lib/seisaku-tests/pgbouncer";  // by deploy/packages
constexpr absl::Duration kPatience = absl::Seconds(30);

// A pgbouncer in transaction mode before the shared cluster, while it lives.
class Pooler {
 public:
  explicit Pooler(const std::string& more) {
    std::string directory = "/tmp/seisaku-pool-XXXXXX";
    directory_ = mkdtemp(directory.data());
    std::ofstream(directory_ + "/users") << "\"postgres\" \"\"\n";
    std::ofstream(directory_ + "/ini") << "[databases]\n* = host=" << SharedCluster().directory()
                                       << " port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
                                       << "unix_socket_dir = " << directory_ << "\nauth_type = trust\n"
                                       << "auth_file = " << directory_ << "/users\npool_mode = transaction\n"
                                       << more;
    EXPECT_THAT(GiveToServerUser(directory_), IsOk());
    const std::string program = std::filesystem::exists(kInstalled) ? kInstalled : kUnpacked;
    auto child = StartChild({program, directory_ + "/ini"}, directory_ + "/log", SIGKILL);
    EXPECT_THAT(child, IsOk()) << "no pgbouncer: run deploy/packages test";
    child_ = child.value_or(-1);
  }
  ~Pooler() {
    if (child_ > 0) {
      EXPECT_THAT(KillWithChildren(child_, kPatience), IsOk());
    }
    std::filesystem::remove_all(directory_);
  }

  std::string Dsn(const std::string& database) const {
    return absl::StrCat("host=", directory_, " port=6432 user=postgres dbname=", database);
  }

 private:
  std::string directory_;
  pid_t child_ = -1;
};

class PoolerTest : public DatabaseFixture {
 protected:
  // What a service is told by it, once it is there.
  absl::Status AnswerOf(const Pooler& pooler) {
    auto database = Open({.dsn = pooler.Dsn(name_)});
    absl::Status status;
    for (absl::Time end = absl::Now() + kPatience; absl::Now() < end;) {
      status = Query(*database, kOne).status();
      if (ReasonOf(status) != "STORAGE_UNAVAILABLE") break;
    }
    return status;
  }
};

TEST_F(PoolerTest, APoolerThatIgnoresTheSettingsOfASessionIsRefused) {
  const Pooler pooler("ignore_startup_parameters = options,extra_float_digits\n");
  const absl::Status refused = AnswerOf(pooler);
  EXPECT_THAT(refused, StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(refused, HasReason("SETTINGS_IGNORED"));
  EXPECT_THAT(refused.message(), AllOf(HasSubstr("pgbouncer"), HasSubstr(MetadataOf(refused, "setting"))));
  EXPECT_NE(MetadataOf(refused, "expected"), MetadataOf(refused, "actual"));
}

TEST_F(PoolerTest, APoolerThatKnowsNoSettingsIsRefusedAsThat) {
  const Pooler pooler("");
  const absl::Status refused = AnswerOf(pooler);
  EXPECT_THAT(refused, HasReason("SETTINGS_IGNORED"));
  EXPECT_EQ(MetadataOf(refused, "setting"), "options");
}

TEST_F(PoolerTest, WhatTheDsnSaysItselfOrInAnotherUnitIsNotMissed) {
  for (const char* theirs : {"-c idle_in_transaction_session_timeout=7s", "-cbytea_output=escape",
                             "--default-transaction-isolation=serializable"}) {
    auto database = Open({.dsn = Dsn() + " options='" + theirs + " -c jit=on'",
                          .settings = {{"jit", "off"}, {"work_mem", "64kB"}, {"enable_seqscan", "false"}}});
    EXPECT_THAT(Query(*database, kOne), IsOk()) << theirs;
  }
}

// By what the role has, a session may show them by accident; by what it was opened with, it always does.
TEST_F(PoolerTest, WhatTheRoleHasDoesNotOverrideWhatASessionIsOpenedWith) {
  const char* settings[][3] = {{"synchronous_commit", "off", "on"},
                               {"client_min_messages", "error", "warning"},
                               {"statement_timeout", "1000", "0"},
                               {"lock_timeout", "1000", "0"}};
  for (const auto& [name, theirs, ours] : settings) {
    ASSERT_THAT(Sql(absl::StrCat("ALTER DATABASE ", name_, " SET ", name, " = ", theirs)), IsOk());
  }
  for (const auto& [name, theirs, ours] : settings) {
    ASSERT_OK_AND_ASSIGN(Rows rows, Query(*database_, {name, absl::StrCat("SHOW ", name)}));
    EXPECT_EQ(rows.GetText(0, 0), ours) << name;
  }
  EXPECT_THAT(CheckDurability(*database_), IsOk());
}

}  // namespace
}  // namespace seisaku::postgres
