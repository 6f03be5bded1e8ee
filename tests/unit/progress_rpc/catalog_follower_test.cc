#include "services/progress/rpc/catalog_follower.h"

#include <string>
#include <utility>

#include "services/progress/domain/state.h"
#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::progress {
namespace {

// Progress's server, and catalog's, of which nothing was ever copied.
class FollowerTest : public rpc::ServerTest {
 protected:
  static constexpr char kServing[] = "\x08\x01", kNotServing[] = "\x08\x02";

  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(catalog_, Start(log_rpc_));
    ASSERT_OK_AND_ASSIGN(
        auto channel,
        rpc::OpenChannel(catalog_->address(), authority_.Issue("URI:seisaku://sakai/peer/progress")));
    UseChannel(channel);
    ASSERT_OK_AND_ASSIGN(
        server_, rpc::Server::Start(options_, {.adapter = adapter_,
                                               .metrics = metrics_,
                                               .certificates = *certificates_,
                                               .endpoints = {&probe_},
                                               .ready = [] { return absl::OkStatus(); },
                                               .give_up = {},
                                               .companion =
                                                   [this](grpc::CompletionQueue& queue) {
                                                     return std::make_unique<CatalogFollower>(
                                                         FollowerOptions(), ledger_, state_, queue, metrics_);
                                                   }}));
  }
  // Both use what this test has.
  void TearDown() override {
    server_.reset();
    catalog_.reset();
  }

  CatalogFollower::Options FollowerOptions() {
    return {.catalog =
                [this] {
                  MutexLock lock(mutex_);
                  return channel_;
                },
            .verifier = rpc::FakeLedger::key().verifier(),
            .origin = rpc::FakeLedger::key().name(),
            .self = {.subject = "seisaku://sakai/peer/progress", .role = Role::kPeer, .department = {}},
            .first_retry = absl::Milliseconds(10),
            .longest_retry = absl::Milliseconds(50),
            .max_lag = absl::Seconds(1)};
  }

  // To catalog, from the next time that it connects.
  void UseChannel(std::shared_ptr<grpc::Channel> channel) {
    MutexLock lock(mutex_);
    channel_ = std::move(channel);
  }

  // What the health service says of `name`.
  std::string HealthOf(const std::string& name) {
    const std::string request =
        name.empty() ? "" : "\x0A" + std::string(1, static_cast<char>(name.size())) + name;
    return rpc::Ask(ChannelAs(rpc::kAuditor), "/grpc.health.v1.Health/Check", request).bytes;
  }
  // Within the test's patience.
  bool HealthBecomes(const std::string& name, const std::string& wanted) {
    for (const absl::Time end = absl::Now() + absl::Seconds(60); absl::Now() < end;) {
      if (HealthOf(name) == wanted) return true;
    }
    return false;
  }

  rpc::FakeLedger catalog_ledger_;
  // Says often that nothing happens.
  rpc::LogRpc log_rpc_{
      adapter_, catalog_ledger_, {{rpc::FakeLedger::key().verifier()}, {}}, absl::Milliseconds(50)};
  std::unique_ptr<rpc::Server> catalog_;
  Mutex mutex_;
  std::shared_ptr<grpc::Channel> channel_ ABSL_GUARDED_BY(mutex_);
  State state_;
};

TEST_F(FollowerTest, HealthOfTheCopyFollowsItsLagAndNothingElseDoes) {
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kServing));
  catalog_ledger_.SetHealth(errors::StorageUnavailable("away"));
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kNotServing));
  EXPECT_EQ(HealthOf(""), kServing);
  EXPECT_THAT(server_->ready(), IsOk());
  catalog_ledger_.SetHealth(absl::OkStatus());
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kServing));
}

// Which a renewal may bring, and the next one mends.
TEST_F(FollowerTest, ACertificateOfAnotherRoleEndsNothingForGood) {
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kServing));
  ASSERT_OK_AND_ASSIGN(auto planners, rpc::OpenChannel(catalog_->address(), authority_.Issue(rpc::kPlanner)));
  ASSERT_OK_AND_ASSIGN(auto peers, rpc::OpenChannel(catalog_->address(),
                                                    authority_.Issue("URI:seisaku://sakai/peer/progress")));
  UseChannel(planners);
  catalog_ledger_.SetHealth(errors::StorageUnavailable("away"));  // the stream ends
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kNotServing));
  catalog_ledger_.SetHealth(absl::OkStatus());
  UseChannel(peers);
  EXPECT_TRUE(HealthBecomes("seisaku.progress.catalog", kServing));
}

}  // namespace
}  // namespace seisaku::progress
