#include "tools/auditor/verify/folding.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"

namespace seisaku::auditor {
namespace {

using log::v1::Entry;

// Some batches that are full by number, and then some by size.
constexpr uint64_t kEntries = 5000;

// What a machine was given. The test reads it when the folding has finished.
struct Seen {
  uint64_t entries = 0;
  uint64_t bytes = 0;
  bool in_order = true;
  Position published = 0;
};

// Refuses the entry at `bad`, if any.
class Watched final : public StateMachine {
 public:
  explicit Watched(Seen& seen, uint64_t bad = kEntries) : seen_(seen), bad_(bad) {}

  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message&, const Caller&,
                                               absl::Time) const override {
    return std::vector<NewEvent>{};
  }
  absl::StatusOr<const google::protobuf::Message*> Parse(Position, const Entry& entry,
                                                         google::protobuf::Arena& arena) const override {
    auto* event = google::protobuf::Arena::CreateMessage<Entry>(&arena);
    *event = entry;
    return event;
  }
  absl::Status Fold(Position position, const google::protobuf::Message& event) override {
    if (position == bad_) return errors::LogCorrupt(position, "it is bad");
    const auto& entry = dynamic_cast<const Entry&>(event);
    seen_.in_order &= position == seen_.entries && entry.resource() == absl::StrCat(position);
    seen_.bytes += entry.payload().size();
    ++seen_.entries;
    return absl::OkStatus();
  }
  void Truncate(Position) override {}
  void Publish(Position size) override { seen_.published = size; }
  void VisitRecords(Position, Visit, Pause) const override {}

 private:
  Seen& seen_;
  const uint64_t bad_;
};

// Hands over the entries of [begin, end).
uint64_t Feed(Folding& folding, uint64_t begin, uint64_t end) {
  uint64_t bytes = 0;
  for (uint64_t position = begin; position < end; ++position) {
    Entry& entry = folding.Next();
    entry.set_resource(absl::StrCat(position));
    entry.set_payload(std::string(position > kEntries / 2 && position % 10 == 0 ? 100'000 : 10, 'x'));
    bytes += entry.payload().size();
    folding.Take();
  }
  return bytes;
}

TEST(FoldingTest, FoldsEveryEntryOnceAndInOrder) {
  Seen seen;
  Folding folding(std::make_unique<Watched>(seen));
  const uint64_t bytes = Feed(folding, 0, kEntries);
  const Folding::Outcome outcome = folding.Finish();
  EXPECT_EQ(outcome.folded, kEntries);
  EXPECT_FALSE(outcome.refused);
  EXPECT_TRUE(seen.in_order);
  EXPECT_EQ(seen.entries, kEntries);
  EXPECT_EQ(seen.bytes, bytes);
  EXPECT_EQ(seen.published, kEntries);
}

TEST(FoldingTest, NothingIsFoldedBehindWhatWasRefused) {
  for (const uint64_t bad : {uint64_t{0}, uint64_t{1500}, kEntries - 1}) {
    Seen seen;
    Folding folding(std::make_unique<Watched>(seen, bad));
    Feed(folding, 0, kEntries);
    const Folding::Outcome outcome = folding.Finish();
    EXPECT_EQ(outcome.folded, bad);
    ASSERT_TRUE(outcome.refused);
    EXPECT_EQ(outcome.refused->position, bad);
    EXPECT_EQ(outcome.refused->code, "EVENT_REFUSED");
    EXPECT_EQ(seen.entries, bad);
  }
}

TEST(FoldingTest, NothingIsFoldedBehindAStop) {
  Seen seen;
  Folding folding(std::make_unique<Watched>(seen));
  Feed(folding, 0, 3000);
  folding.Stop();
  Feed(folding, 3000, kEntries);
  EXPECT_EQ(folding.Finish().folded, 3000U);
  EXPECT_EQ(seen.entries, 3000U);
}

TEST(FoldingTest, EndsWithoutAMachineAndWithoutBeingFinished) {
  Folding without(nullptr);
  Feed(without, 0, kEntries);
  EXPECT_EQ(without.Finish().folded, 0U);
  Seen seen;
  {
    Folding folding(std::make_unique<Watched>(seen));
    Feed(folding, 0, kEntries);
  }
  EXPECT_EQ(seen.entries, kEntries);
}

}  // namespace
}  // namespace seisaku::auditor
