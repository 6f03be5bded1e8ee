#include "tools/auditor/verify/previous_log.h"

#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::auditor {
namespace {

using ledger::Checkpoint;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOrigin[] = "city.example/progress";
constexpr uint64_t kSaved = 5, kLost = 8;

// The log before had eight entries; five were saved.
class PreviousLogTest : public testing::Test {
 protected:
  PreviousLogTest() {
    for (uint64_t i = 0; i < kLost; ++i) leaves_.push_back(ledger::LeafHash(absl::StrCat("entry ", i)));
    continued_.set_previous_origin(kOrigin);
    continued_.set_lost_checkpoint(ledger::Format(At(kLost)) + "\n— signed by somebody\n");
    continued_.set_saved_size(kSaved);
    continued_.set_saved_root(ledger::ToBytes(At(kSaved).root));
    continued_.mutable_reason()->set_index(0);
  }

  // As the log before signed it.
  Checkpoint At(uint64_t size) const {
    ledger::Frontier frontier;
    for (uint64_t i = 0; i < size; ++i) frontier.Append(leaves_[i]);
    return {kOrigin, size, frontier.Root()};
  }

  // Reads the new log: what is saved behind the entry that says so, and one more.
  void Read(uint64_t saved = kSaved) {
    log::v1::LogEvent event;
    *event.mutable_log_continued() = continued_;
    log::v1::Entry entry;
    entry.set_type("seisaku.log.v1.LogEvent/log_continued");
    entry.set_payload(event.SerializeAsString());
    log::v1::StoredEntry stored;
    stored.add_texts()->set_salt("0123456789abcdef");
    stored.mutable_texts(0)->set_text(text_);
    entry.add_texts()->set_salted_sha256(
        ledger::ToBytes(ledger::TextCommitment("0123456789abcdef", "ディスク故障")));
    for (uint64_t size = 0; size <= kLost + 1; ++size) previous_.Want(size);
    previous_.Begin(stored, entry, report_);
    for (uint64_t i = 0; i < saved; ++i) previous_.Append(leaves_[i]);
    if (saved == kSaved) previous_.Append(ledger::LeafHash("what came afterwards"));
    previous_.Finish(report_);
  }
  Relation Compare(const Checkpoint& kept) const { return previous_.Compare(kept, "kept.note", report_); }
  static Checkpoint Spoilt(Checkpoint checkpoint) {
    checkpoint.root[0] ^= 1;
    return checkpoint;
  }

  std::string text_ = "ディスク故障";  // beside the first entry
  log::v1::LogContinued continued_;
  std::vector<ledger::Hash> leaves_;
  PreviousLog previous_;
  std::vector<std::string> violations_;
  const std::function<void(Violation)> report_ = [this](const Violation& violation) {
    violations_.push_back(absl::StrCat(violation.code, " at ", violation.position.value_or(99)));
  };
};

TEST_F(PreviousLogTest, ItsCheckpointsUpToWhatWasSavedAreProven) {
  Read();
  for (uint64_t size = 0; size <= kSaved; ++size) EXPECT_EQ(Compare(At(size)), Relation::kSaved) << size;
  EXPECT_THAT(violations_, IsEmpty());
  EXPECT_EQ(Compare(Spoilt(At(kSaved))), Relation::kDiffers);
  EXPECT_EQ(Compare(Spoilt(At(1))), Relation::kDiffers);
  EXPECT_THAT(violations_, ElementsAre("PREVIOUS_DIFFERS at 99", "PREVIOUS_DIFFERS at 99"));
}

TEST_F(PreviousLogTest, TheLostOneIsTheOneThatIsNamed) {
  Read();
  EXPECT_EQ(Compare(At(kLost)), Relation::kNamed);
  EXPECT_THAT(violations_, IsEmpty());
  EXPECT_EQ(Compare(Spoilt(At(kLost))), Relation::kDiffers);
  EXPECT_THAT(violations_, ElementsAre("PREVIOUS_DIFFERS at 0"));
}

TEST_F(PreviousLogTest, WhatIsLostIsNotProven) {
  Read();
  for (uint64_t size = kSaved + 1; size < kLost; ++size)
    EXPECT_EQ(Compare(At(size)), Relation::kLost) << size;
  EXPECT_EQ(Compare({kOrigin, kLost + 1, {}}), Relation::kBeyond);
  EXPECT_THAT(violations_, IsEmpty());
}

TEST_F(PreviousLogTest, SaysWhatTheFirstEntrySays) {
  Read();
  ASSERT_TRUE(previous_.continued());
  EXPECT_EQ(previous_.continued()->lost, At(kLost));
  EXPECT_EQ(previous_.continued()->saved_size, kSaved);
  EXPECT_EQ(previous_.continued()->reason, "ディスク故障");
}

TEST_F(PreviousLogTest, ShowsNoReasonThatTheFirstEntryDoesNotCommitTo) {
  text_ = "計画停止";
  Read();
  ASSERT_TRUE(previous_.continued());
  EXPECT_EQ(previous_.continued()->reason, std::nullopt);
}

TEST_F(PreviousLogTest, WhatWasSavedIsWhatTheFirstEntrySays) {
  continued_.set_saved_root(ledger::ToBytes(At(kSaved - 1).root));
  Read();
  EXPECT_THAT(violations_, ElementsAre("PREVIOUS_DIFFERS at 99"));
}

TEST_F(PreviousLogTest, ALogThatEndsBeforeWhatWasSavedIsNot) {
  Read(kSaved - 1);
  EXPECT_THAT(violations_, ElementsAre("PREVIOUS_DIFFERS at 99"));
}

TEST_F(PreviousLogTest, ACheckpointOfAnotherLogIsNoLostOne) {
  continued_.set_previous_origin("city.example/catalog");
  Read();
  EXPECT_THAT(violations_, ElementsAre("PREVIOUS_DIFFERS at 0"));
  EXPECT_FALSE(previous_.continued());
}

TEST_F(PreviousLogTest, AnyOtherFirstEntryTakesNoPlace) {
  log::v1::Entry entry;
  entry.set_type("test/written");
  previous_.Begin({}, entry, report_);
  previous_.Finish(report_);
  EXPECT_FALSE(previous_.continued());
  EXPECT_THAT(violations_, IsEmpty());
}

}  // namespace
}  // namespace seisaku::auditor
