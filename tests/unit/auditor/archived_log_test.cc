#include "tools/auditor/archive/archived_log.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku::auditor {
namespace {

namespace fs = std::filesystem;
using log::v1::Entry;
using log::v1::StoredEntry;

constexpr char kOrigin[] = "city.example/log";
// Some of them are in a tile that is complete.
constexpr uint64_t kSize = 300;

// Accepts anything.
class AnyState final : public StateMachine {
 public:
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
  absl::Status Fold(Position, const google::protobuf::Message&) override { return absl::OkStatus(); }
  void Truncate(Position) override {}
  void Publish(Position) override {}
  using StateMachine::VisitRecords;
  void VisitRecords(Position, Visit, Pause) const override {}
};

StoredEntry MakeEntry(uint64_t position, const std::string& actor) {
  Entry entry;
  entry.set_event_id(absl::StrCat("event ", position));
  entry.set_type("test/written");
  entry.set_actor(actor);
  entry.set_command_size(1);
  entry.mutable_recorded_at()->set_seconds(static_cast<int64_t>(position) + 1);
  StoredEntry stored;
  stored.set_position(position);
  stored.set_entry(entry.SerializeAsString());
  return stored;
}

class ArchivedLogTest : public testing::Test {
 protected:
  ArchivedLogTest() {
    std::string name = "/tmp/seisaku-archive-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~ArchivedLogTest() override { fs::remove_all(root_); }

  // A whole bundle of entries of `actor`, which are of the same lengths for every actor of one.
  std::string Write(const std::string& name, const std::string& actor) const {
    const std::string folder = root_ / name;
    auto writer = bundle::Writer::Open(folder, kOrigin);
    ledger::Frontier frontier;
    for (uint64_t position = 0; position < kSize; ++position) {
      const StoredEntry entry = MakeEntry(position, actor);
      frontier.Append(ledger::LeafHash(entry.entry()));
      EXPECT_THAT(writer->Add(entry), IsOk());
    }
    const ledger::Checkpoint checkpoint{kOrigin, kSize, frontier.Root()};
    EXPECT_THAT(writer->Finish(checkpoint, *ledger::SignCheckpoint(checkpoint, key_)), IsOk());
    return folder;
  }

  absl::StatusOr<std::unique_ptr<ArchivedLog>> Open(const std::string& folder) {
    auto reader = bundle::Reader::Open(folder, key_.verifier());
    if (!reader.ok()) return reader.status();
    return ArchivedLog::Open(*std::move(reader), state_, {});
  }

  const ledger::SigningKey key_ =
      *ledger::SigningKey::FromSeed(kOrigin, std::string(32, 'k'), ledger::KeyType::kLog);
  AnyState state_;
  fs::path root_;
};

TEST_F(ArchivedLogTest, WhatIsReadAgainIsWhatWasHashed) {
  const std::string folder = Write("bundle", "mayor");
  const auto log = Open(folder);
  ASSERT_THAT(log.status(), IsOk());
  for (const Position position : {Position{0}, Position{255}, Position{256}, Position{kSize - 1}}) {
    const auto entry = (*log)->EntryAt(position);
    ASSERT_THAT(entry.status(), IsOk());
    EXPECT_EQ(entry->entry(), MakeEntry(position, "mayor").entry());
  }
  EXPECT_THAT((*log)->EntryAt(kSize).status(), HasReason("POSITION_BEYOND_END"));
}

TEST_F(ArchivedLogTest, AFileThatIsSwappedAfterItWasHashedIsNotRead) {
  const std::string folder = Write("bundle", "mayor"), forged = Write("forged", "forge");
  const auto log = Open(folder);
  ASSERT_THAT(log.status(), IsOk());
  fs::rename(forged + "/entries-0.binpb", folder + "/entries-0.binpb");
  for (const Position position : {Position{0}, Position{255}, Position{256}, Position{kSize - 1}}) {
    EXPECT_THAT((*log)->EntryAt(position).status(), HasReason("BUNDLE_INVALID")) << position;
  }
  EXPECT_THAT((*log)->ReadEntries(0, 10, /*with_texts=*/true).status(), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT((*log)->ReadTexts({{.position = 7, .index = 0}}).status(), HasReason("BUNDLE_INVALID"));
}

TEST_F(ArchivedLogTest, EntriesThatDoNotAddUpToTheCheckpointAreNotOpened) {
  const std::string folder = Write("bundle", "mayor"), forged = Write("forged", "forge");
  fs::rename(forged + "/entries-0.binpb", folder + "/entries-0.binpb");
  EXPECT_THAT(Open(folder).status(), HasReason("BUNDLE_INVALID"));
}

}  // namespace
}  // namespace seisaku::auditor
