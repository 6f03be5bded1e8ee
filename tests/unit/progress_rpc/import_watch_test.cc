#include "services/progress/rpc/import_watch.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/errors.h"
#include "tests/unit/rpc/fake_ledger.h"

namespace seisaku::progress {
namespace {

constexpr char kPlan[] = "plans/strategy";

class ImportWatchTest : public testing::Test {
 protected:
  log::v1::Entry Of(const std::string& resource, const std::string& correlation_id) {
    log::v1::Entry entry;
    entry.set_resource(resource);
    entry.set_correlation_id(correlation_id);
    entry.mutable_recorded_at()->set_seconds(++second_);
    return entry;
  }
  void Add(const std::string& resource, const std::string& correlation_id) {
    Add(Of(resource, correlation_id));
  }
  void Add(const log::v1::Entry& entry) {
    log_.AddEntry(entry);
    ++size_;
  }
  std::optional<ImportPart> UnderWay() { return watch_.UnderWay(kPlan, size_); }

  rpc::FakeLedger log_;
  ImportWatch watch_{log_};
  Position size_ = 0;
  int64_t second_ = 0;
};

TEST_F(ImportWatchTest, OnlyTheNewestImportOfThePlanCounts) {
  EXPECT_EQ(UnderWay(), std::nullopt);
  Add("plans/strategy/kpis/kpi-001", "");
  Add("plans/strategy/kpis/kpi-001", "import aa 1/3");
  Add("plans/strategy-2/kpis/kpi-001", "import bb 2/3");
  Add("departments/dept-001", "import cc 1/9");
  Add("plans/strategy/kpis/kpi-001", "form 7");
  EXPECT_EQ(UnderWay(), (ImportPart{"aa", 1, 3}));
  Add("plans/strategy/nodes/node-001", "import dd 1/1");
  EXPECT_EQ(UnderWay(), std::nullopt);
}

TEST_F(ImportWatchTest, WhatCatalogRecordedIsInProgresssCopyOfIt) {
  v1::Event event;
  event.mutable_catalog_advanced()->add_entries(
      Of("plans/strategy/kpis/kpi-001", "import aa 2/4").SerializeAsString());
  log::v1::Entry copy = Of("catalog", "");
  copy.set_type("seisaku.progress.v1.Event/catalog_advanced");
  copy.set_payload(event.SerializeAsString());
  Add(copy);
  EXPECT_EQ(UnderWay(), (ImportPart{"aa", 2, 4}));
  Add("plans/strategy/kpis/kpi-001/actuals/2022", "import aa 4/4");
  EXPECT_EQ(UnderWay(), std::nullopt);
}

TEST_F(ImportWatchTest, OfALongLogTheNewestEntriesAreReadAndEachOnce) {
  Add("plans/strategy/kpis/kpi-001", "import aa 1/3");
  log_.AddCommand(10'000);
  size_ += 10'000;
  EXPECT_EQ(UnderWay(), std::nullopt);
  Add("plans/strategy/kpis/kpi-001", "import bb 1/3");
  log_.LimitReads(1);
  EXPECT_EQ(UnderWay(), (ImportPart{"bb", 1, 3}));
}

// Storage that answers when it is let go on, and counts who asks.
class SilentLog final : public rpc::FakeLedger {
 public:
  absl::StatusOr<std::vector<ledger::StoredEntry>> ReadEntries(Position, int, bool) override {
    ++asked;
    asked_.Notify();
    go_on.WaitForNotification();
    return errors::StorageUnavailable("away");
  }
  std::atomic<int> asked = 0;
  absl::Notification asked_, go_on;
};

TEST(ImportWatchWithoutStorageTest, NobodyWaitsForSomebodyElsesAnswerNorAsksAgainAtOnce) {
  SilentLog log;
  ImportWatch watch(log);
  std::thread first([&watch] { EXPECT_EQ(watch.UnderWay(kPlan, 5), std::nullopt); });
  log.asked_.WaitForNotification();
  EXPECT_EQ(watch.UnderWay(kPlan, 5), std::nullopt);  // while the first one waits
  log.go_on.Notify();
  first.join();
  EXPECT_EQ(watch.UnderWay(kPlan, 5), std::nullopt);
  EXPECT_EQ(log.asked, 1);
}

}  // namespace
}  // namespace seisaku::progress
