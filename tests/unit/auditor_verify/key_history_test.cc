// What the entries of a log say of its keys and of its seal.
#include "tools/auditor/verify/key_history.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"

namespace seisaku::auditor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class KeyHistoryTest : public testing::Test {
 protected:
  void Take(const log::v1::Entry& entry) {
    history_.Take(
        position_++, entry, [this] { return root_; },
        [this](const Violation& violation) { codes_.push_back(violation.code); });
  }
  static log::v1::Entry By(const std::string& producer) {
    log::v1::Entry entry;
    entry.set_producer(producer);
    return entry;
  }
  // That the log was sealed with so many entries of this root.
  static log::v1::Entry Sealed(uint64_t size, const ledger::Hash& root) {
    log::v1::LogEvent event;
    event.mutable_log_sealed()->set_size(size);
    event.mutable_log_sealed()->set_root(ledger::ToBytes(root));
    log::v1::Entry entry;
    entry.set_type("seisaku.log.v1.LogEvent/log_sealed");
    entry.set_payload(event.SerializeAsString());
    return entry;
  }

  const std::optional<ledger::Hash> root_ = ledger::Sha256("the tree");
  KeyHistory history_;
  uint64_t position_ = 0;
  std::vector<std::string> codes_;
};

TEST_F(KeyHistoryTest, ALogIsSealedSinceTheFirstEntryThatNamesItsProducer) {
  Take(By(""));
  EXPECT_FALSE(history_.is_sealed());
  Take(By("seisaku-catalog/0.1.0"));
  EXPECT_TRUE(history_.is_sealed());
  Take(By(""));
  EXPECT_TRUE(history_.is_sealed()) << "whoever appends without the key leaves its producer out";
}

TEST_F(KeyHistoryTest, OnlyASealingThatIsSoIsToldOf) {
  Take(By(""));
  Take(Sealed(1, ledger::Sha256("another tree")));
  EXPECT_THAT(codes_, ElementsAre("SEALING_DIFFERS"));
  EXPECT_THAT(history_.sealings(), IsEmpty());
  EXPECT_TRUE(history_.is_sealed());
  Take(Sealed(2, *root_));
  ASSERT_EQ(history_.sealings().size(), 1u);
  EXPECT_EQ(history_.sealings()[0].position, 2u);
}

}  // namespace
}  // namespace seisaku::auditor
