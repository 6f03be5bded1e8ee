#include "tools/auditor/verify/log_verifier.h"

#include <functional>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/errors.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/hash.h"
#include "tests/support/matchers.h"

namespace seisaku::auditor {
namespace {

using log::v1::Entry;
using log::v1::StoredEntry;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kEntries = 600;  // three tiles, of which two are full, and one of level 1 that is not

// Accepts every event but those that say they are bad.
class Obliging final : public StateMachine {
 public:
  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message&, const Caller&,
                                               absl::Time) const override {
    return std::vector<NewEvent>{};
  }
  absl::StatusOr<const google::protobuf::Message*> Parse(Position position, const Entry& entry,
                                                         google::protobuf::Arena&) const override {
    if (entry.payload() == "bad") return errors::LogCorrupt(position, "it is bad");
    return &entry;
  }
  absl::Status Fold(Position, const google::protobuf::Message&) override { return absl::OkStatus(); }
  void Truncate(Position) override {}
  void Publish(Position) override {}
  void VisitRecords(Position, Visit, Pause) const override {}
};

// The tiles of some entries, which a test may change.
class Tiles final : public LogTiles {
 public:
  explicit Tiles(const std::vector<StoredEntry>& entries) {
    ledger::TileBuilder builder;
    std::vector<ledger::Tile> completed;
    for (const StoredEntry& entry : entries) builder.Append(ledger::LeafHash(entry.entry()), &completed);
    for (ledger::Tile& tile : completed) kept[{tile.level, tile.index}] = std::move(tile.hashes);
    for (int level = 0; level < 2; ++level) {
      std::string hashes;
      for (const ledger::Hash& hash : builder.Partial(level)) hashes += ledger::ToBytes(hash);
      kept[{level, (entries.size() >> (8 * level)) / 256}] = hashes;
    }
  }
  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    const auto found = kept.find({level, index});
    if (found == kept.end()) return absl::NotFoundError("there is none");
    return found->second;
  }
  bool has_edge() const override { return true; }

  std::map<std::pair<int, uint64_t>, std::string> kept;
};

class LogVerifierTest : public testing::Test {
 protected:
  LogVerifierTest() {
    // Commands of one and of two entries in turn, each with a text.
    while (entries_.size() < kEntries) {
      const auto commands = static_cast<int64_t>(entries_.size());
      const uint32_t size = commands % 3 == 0 ? 1 : 2;
      for (uint32_t index = 0; index < size; ++index) Append(commands, index, size);
    }
  }

  void Append(int64_t command, uint32_t index, uint32_t size) {
    Entry entry;
    entry.set_type("test/written");
    entry.set_actor("seisaku://city/planner/p");
    entry.set_request_id(absl::StrCat("request ", command));
    entry.set_request_digest(std::string(32, 'd'));
    SetMicros(1'000'000 + command, *entry.mutable_recorded_at());
    entry.set_command_index(index);
    entry.set_command_size(size);
    StoredEntry stored;
    stored.set_position(entries_.size());
    log::v1::StoredText& text = *stored.add_texts();
    text.set_salt("0123456789abcdef");
    text.set_text(absl::StrCat("text ", entries_.size()));
    entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::Sha256(text.salt() + text.text())));
    stored.set_entry(entry.SerializeAsString());
    entries_.push_back(std::move(stored));
  }

  // Changes the entry, whose bytes are then others.
  void Change(uint64_t position, const std::function<void(Entry&)>& change) {
    Entry entry;
    ASSERT_TRUE(entry.ParseFromString(entries_[position].entry()));
    change(entry);
    entries_[position].set_entry(entry.SerializeAsString());
  }

  void Verify(LogTiles* tiles = nullptr, CatalogCopy* copy = nullptr) {
    verifier_ = std::make_unique<LogVerifier>(
        LogVerifier::Options{.machine = std::make_unique<Obliging>(),
                             .tiles = tiles,
                             .copy = copy,
                             .sizes = {0, 300, kEntries},
                             .may_keep_withdrawn = may_keep_withdrawn_,
                             .on_entry = [this](uint64_t position, const Entry& entry) {
                               seen_.push_back(position);
                               if (entry.command_index() == 0) ++commands_;
                             }});
    for (const StoredEntry& entry : entries_) verifier_->Take(entry);
    verifier_->Finish();
  }
  // "CODE at position", of the first violation.
  std::string First() const {
    if (verifier_->violations().empty()) return "none";
    const Violation& first = verifier_->violations().first();
    return first.code + " at " + (first.position ? absl::StrCat(*first.position) : "?");
  }
  uint64_t Count() const { return verifier_->violations().count(); }

  std::vector<StoredEntry> entries_;
  bool may_keep_withdrawn_ = true;
  std::unique_ptr<LogVerifier> verifier_;
  std::vector<uint64_t> seen_;
  uint64_t commands_ = 0;
};

TEST_F(LogVerifierTest, FindsNothingInAWholeLog) {
  Tiles tiles(entries_);
  Verify(&tiles);
  EXPECT_EQ(First(), "none");
  const LogFacts facts = verifier_->facts();
  EXPECT_EQ(facts.size, kEntries);
  EXPECT_EQ(facts.folded, kEntries);
  EXPECT_EQ(facts.commands, commands_);
  EXPECT_EQ(seen_.size(), kEntries);
  EXPECT_EQ(seen_.back(), kEntries - 1);
  ledger::Frontier frontier;
  for (const StoredEntry& entry : entries_) frontier.Append(ledger::LeafHash(entry.entry()));
  EXPECT_EQ(verifier_->RootAt(kEntries), frontier.Root());
  EXPECT_EQ(verifier_->RootAt(0), ledger::EmptyRoot());
  EXPECT_TRUE(verifier_->RootAt(300).has_value());
  EXPECT_FALSE(verifier_->RootAt(301).has_value());
}

TEST_F(LogVerifierTest, NamesAnEntryThatIsNotTheOneOfTheTiles) {
  Tiles tiles(entries_);
  Change(299, [](Entry& entry) { entry.set_correlation_id("other"); });
  Verify(&tiles);
  EXPECT_EQ(First(), "LEAF_DIFFERS at 299");
  EXPECT_EQ(Count(), 1u);  // not what follows from it further up
}

TEST_F(LogVerifierTest, NamesAHashOfTheTilesThatDoesNotFollow) {
  Tiles tiles(entries_);
  tiles.kept[{1, 0}][32] ^= 1;
  Verify(&tiles);
  EXPECT_EQ(First(), "TILE_DIFFERS at 256");
  tiles.kept.erase({0, 1});
  Verify(&tiles);
  EXPECT_EQ(verifier_->violations().by_code().at("TILE_MISSING"), 1u);
}

TEST_F(LogVerifierTest, NamesAnEntryThatIsMissingAndGoesOn) {
  entries_.erase(entries_.begin() + 7);
  Verify();
  EXPECT_EQ(First(), "ENTRY_MISSING at 7");
  EXPECT_EQ(verifier_->size(), kEntries);
  EXPECT_EQ(verifier_->facts().folded, 7u);
  EXPECT_FALSE(verifier_->RootAt(kEntries).has_value());
}

// Behind it no position is left: the next entries are not taken for the first ones.
TEST_F(LogVerifierTest, TheLastPositionThatANumberHasIsNoEntrys) {
  entries_[7].set_position(std::numeric_limits<uint64_t>::max());
  Verify();
  EXPECT_EQ(First(), "ENTRY_MISSING at 7");
  EXPECT_EQ(verifier_->facts().size, kEntries);
}

TEST_F(LogVerifierTest, NamesAnEntryThatComesTwiceOrOutOfOrder) {
  entries_.insert(entries_.begin() + 8, entries_[7]);
  Verify();
  EXPECT_EQ(First(), "ENTRY_REPEATED at 8");
  EXPECT_EQ(Count(), 1u);
  std::swap(entries_[20], entries_[21]);
  Verify();
  EXPECT_GT(Count(), 1u);
}

TEST_F(LogVerifierTest, NamesWhatIsNoEntry) {
  entries_[9].set_entry("\xff\xff");
  Verify();
  EXPECT_EQ(First(), "ENTRY_UNREADABLE at 9");
  EXPECT_EQ(verifier_->size(), kEntries);
}

TEST_F(LogVerifierTest, NothingThatNobodyLooksAtStandsBesideAnEntry) {
  entries_[9].GetReflection()->MutableUnknownFields(&entries_[9])->AddVarint(99, 1);
  Verify();
  EXPECT_EQ(First(), "ENTRY_UNREADABLE at 9");
}

TEST_F(LogVerifierTest, NamesACommandThatIsNotWhole) {
  Change(1, [](Entry& entry) { entry.set_command_size(3); });
  Verify();
  EXPECT_EQ(First(), "COMMAND_BROKEN at 2");
}

TEST_F(LogVerifierTest, NamesTheEndOfALogInsideACommand) {
  while (!Entry().ParseFromString(entries_.back().entry()) || [&] {
    Entry last;
    last.ParseFromString(entries_.back().entry());
    return last.command_index() + 1 == last.command_size();
  }()) {
    entries_.pop_back();
  }
  Verify();
  EXPECT_EQ(First(), absl::StrCat("COMMAND_BROKEN at ", entries_.size()));
}

TEST_F(LogVerifierTest, NamesEntriesOfOneCommandThatSpeakOfAnotherRequest) {
  Change(2, [](Entry& entry) { entry.set_actor("seisaku://city/planner/q"); });
  Verify();
  EXPECT_EQ(First(), "COMMAND_MIXED at 2");
}

TEST_F(LogVerifierTest, NamesARequestThatWasRecordedTwice) {
  Change(3, [](Entry& entry) { entry.set_request_id("request 0"); });
  Verify();
  EXPECT_EQ(First(), "REQUEST_REPEATED at 3");
  EXPECT_EQ(Count(), 1u);
  // Of another caller it is another one.
  Change(3, [](Entry& entry) { entry.set_actor("seisaku://city/planner/q"); });
  Verify();
  EXPECT_EQ(First(), "none");
}

TEST_F(LogVerifierTest, NamesATimeThatDoesNotGrow) {
  Change(3, [](Entry& entry) { SetMicros(1'000'001, *entry.mutable_recorded_at()); });
  Verify();
  EXPECT_EQ(First(), "TIME_NOT_MONOTONIC at 3");
}

TEST_F(LogVerifierTest, NamesATimeThatIsNotItsCommands) {
  Change(2, [](Entry& entry) { SetMicros(1'000'002, *entry.mutable_recorded_at()); });
  Verify();
  EXPECT_EQ(First(), "TIME_NOT_MONOTONIC at 2");
}

TEST_F(LogVerifierTest, NamesATextThatIsNotTheOneCommittedTo) {
  entries_[4].mutable_texts(0)->set_text("other");
  Verify();
  EXPECT_EQ(First(), "TEXT_DIFFERS at 4");
}

TEST_F(LogVerifierTest, WhereTheSaltEndsIsNotForAnybodyToChoose) {
  log::v1::StoredText& text = *entries_[4].mutable_texts(0);
  const std::string whole = text.salt() + text.text();
  text.set_salt(whole.substr(0, 15));
  text.set_text(whole.substr(15));
  Verify();
  EXPECT_EQ(First(), "TEXT_DIFFERS at 4");
}

TEST_F(LogVerifierTest, NamesATextThatIsMissingWithoutAWord) {
  entries_[4].clear_texts();
  Verify();
  EXPECT_EQ(First(), "TEXT_MISSING at 4");
  EXPECT_TRUE(verifier_->misses_texts());
}

TEST_F(LogVerifierTest, NamesATextThatNoEntryCommitsTo) {
  *entries_[4].add_texts() = entries_[4].texts(0);
  Verify();
  EXPECT_EQ(First(), "TEXT_UNCOMMITTED at 4");
}

TEST_F(LogVerifierTest, AWithdrawnTextIsNotMissed) {
  Change(5, [](Entry& entry) {
    log::v1::LogEvent event;
    event.mutable_text_redacted()->set_position(4);
    entry.set_type("seisaku.log.v1.LogEvent/text_redacted");
    entry.set_payload(event.SerializeAsString());
  });
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_EQ(verifier_->facts().texts_left, 1u);
  may_keep_withdrawn_ = false;
  Verify();
  EXPECT_EQ(First(), "TEXT_KEPT at 4");
  entries_[4].clear_texts();
  Verify();
  EXPECT_EQ(First(), "none");
  EXPECT_EQ(verifier_->facts().texts_withdrawn, 1u);
}

TEST_F(LogVerifierTest, AfterARefusedEventAllElseGoesOn) {
  Change(10, [](Entry& entry) { entry.set_payload("bad"); });
  Change(500, [](Entry& entry) { entry.set_payload("bad"); });
  entries_[400].clear_texts();
  Verify();
  EXPECT_EQ(First(), "EVENT_REFUSED at 10");
  EXPECT_EQ(verifier_->violations().by_code().at("EVENT_REFUSED"), 1u);
  EXPECT_EQ(verifier_->violations().by_code().at("TEXT_MISSING"), 1u);
  EXPECT_EQ(verifier_->facts().folded, 10u);
}

}  // namespace
}  // namespace seisaku::auditor
