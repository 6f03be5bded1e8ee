#include "tools/bundle/bundle.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "tests/support/matchers.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;
using log::v1::Entry;
using log::v1::LogEvent;
using log::v1::StoredEntry;

// An entry that is a command of its own, with the given free texts beside it.
StoredEntry MakeEntry(uint64_t position, const std::vector<std::string>& texts = {},
                      const LogEvent& event = {}) {
  Entry entry;
  entry.set_event_id(absl::StrCat("event ", position));
  entry.set_type("test/written");
  if (event.event_case() != LogEvent::EVENT_NOT_SET) {
    entry.set_type("seisaku.log.v1.LogEvent/x");
    entry.set_payload(event.SerializeAsString());
  }
  entry.set_command_size(1);
  StoredEntry stored;
  stored.set_position(position);
  for (const std::string& text : texts) {
    log::v1::StoredText& added = *stored.add_texts();
    added.set_salt("0123456789abcdef");
    added.set_text(text);
    entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::Sha256(added.salt() + text)));
  }
  stored.set_entry(entry.SerializeAsString());
  return stored;
}

StoredEntry Withdrawing(uint64_t position, uint64_t of_position) {
  LogEvent event;
  event.mutable_text_redacted()->set_position(of_position);
  return MakeEntry(position, {}, event);
}

StoredEntry WithoutTexts(StoredEntry stored) {
  for (log::v1::StoredText& text : *stored.mutable_texts()) text.Clear();
  return stored;
}

absl::Status Check(const std::vector<StoredEntry>& entries) {
  EntryCheck check;
  for (const StoredEntry& entry : entries) RETURN_IF_ERROR(check.Take(entry).status());
  return check.Finish();
}

TEST(EntryCheckTest, ARefusedEntryLeavesNothingMissing) {
  EntryCheck check;
  ASSERT_THAT(check.Take(Withdrawing(0, 0)).status(), IsOk());
  StoredEntry refused = WithoutTexts(MakeEntry(1, {"gone", "changed"}));
  refused.mutable_texts(1)->set_salt("another salt");
  EXPECT_THAT(check.Take(refused).status(), HasReason("BUNDLE_INVALID"));
  EXPECT_TRUE(check.withdrawn_by_last().has_value());
  ASSERT_THAT(check.Take(MakeEntry(1)).status(), IsOk());
  EXPECT_THAT(check.Finish(), IsOk());
}

TEST(EntryCheckTest, EntriesFollowEachOtherInWholeCommands) {
  EXPECT_THAT(Check({MakeEntry(0), MakeEntry(1)}), IsOk());
  EXPECT_THAT(Check({MakeEntry(0), MakeEntry(2)}), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(Check({MakeEntry(1)}), HasReason("BUNDLE_INVALID"));
  Entry half;
  half.set_command_size(2);
  StoredEntry stored;
  stored.set_entry(half.SerializeAsString());
  EXPECT_THAT(Check({stored}), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(Check({stored, MakeEntry(1)}), HasReason("BUNDLE_INVALID"));
}

TEST(EntryCheckTest, ATextIsWhatItsEntryCommitsTo) {
  StoredEntry other = MakeEntry(0, {"text"});
  other.mutable_texts(0)->set_text("Text");
  EXPECT_THAT(Check({MakeEntry(0, {"text"})}), IsOk());
  EXPECT_THAT(Check({other}), HasReason("BUNDLE_INVALID"));
}

TEST(EntryCheckTest, AMissingTextMustHaveBeenWithdrawn) {
  const StoredEntry missing = WithoutTexts(MakeEntry(1, {"text"}));
  EXPECT_THAT(Check({MakeEntry(0), missing}), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(Check({MakeEntry(0), missing, Withdrawing(2, 0)}), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(Check({MakeEntry(0), missing, Withdrawing(2, 1)}), IsOk());
}

TEST(EntryCheckTest, WhatWasSavedFromALogBeforeCountsAsItDidThere) {
  LogEvent continued;
  continued.mutable_log_continued()->set_saved_size(3);
  const StoredEntry first = MakeEntry(0, {}, continued);
  const StoredEntry missing = WithoutTexts(MakeEntry(2, {"text"}));
  // Saved: the old log's entries 0 to 2, now 1 to 3.
  EXPECT_THAT(Check({first, MakeEntry(1), missing, Withdrawing(3, 1)}), IsOk());
  EXPECT_THAT(Check({first, MakeEntry(1), missing, Withdrawing(3, 2)}), HasReason("BUNDLE_INVALID"));
  // Appended since: as the new log counts.
  EXPECT_THAT(Check({first, MakeEntry(1), missing, MakeEntry(3), Withdrawing(4, 2)}), IsOk());
  EXPECT_THAT(Check({first, MakeEntry(1), missing, MakeEntry(3), Withdrawing(4, 1)}),
              HasReason("BUNDLE_INVALID"));
}

class BundleTest : public testing::Test {
 protected:
  BundleTest() {
    std::string name = "/tmp/seisaku-bundle-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~BundleTest() override { fs::remove_all(folder_); }

  // A bundle of `count` entries with texts, each in a file of its own.
  absl::Status Write(uint64_t count) {
    auto writer = Writer::Open(folder_, key_.name(), /*max_file_bytes=*/1);
    if (!writer.ok()) return writer.status();
    ledger::Frontier frontier;
    for (uint64_t position = 0; position < count; ++position) {
      entries_.push_back(MakeEntry(position, {absl::StrCat("text ", position)}));
      frontier.Append(ledger::LeafHash(entries_.back().entry()));
      RETURN_IF_ERROR(writer->Add(entries_.back()));
    }
    const ledger::Checkpoint checkpoint = {key_.name(), frontier.size(), frontier.Root()};
    return writer->Finish(checkpoint, *ledger::SignCheckpoint(checkpoint, key_));
  }
  absl::Status Verify() {
    auto reader = Reader::Open(folder_, key_.verifier());
    return reader.ok() ? reader->Verify() : reader.status();
  }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  const ledger::SigningKey key_ = *ledger::SigningKey::Generate("city/log", ledger::KeyType::kLog);
  std::string folder_;
  std::vector<StoredEntry> entries_;
};

TEST_F(BundleTest, WhatIsWrittenIsReadFileByFile) {
  ASSERT_THAT(Write(5), IsOk());
  EXPECT_TRUE(fs::exists(Path("entries-4.binpb")));
  ASSERT_OK_AND_ASSIGN(Reader reader, Reader::Open(folder_, key_.verifier()));
  EXPECT_EQ(reader.checkpoint().size, 5u);
  std::vector<std::string> read;
  ASSERT_THAT(reader.ForEach([&](StoredEntry& entry) {
    read.push_back(entry.SerializeAsString());
    return absl::OkStatus();
  }),
              IsOk());
  ASSERT_EQ(read.size(), 5u);
  for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], entries_[i].SerializeAsString());
  EXPECT_THAT(Verify(), IsOk());
}

TEST_F(BundleTest, AnEmptyLogIsABundleToo) {
  ASSERT_THAT(Write(0), IsOk());
  EXPECT_THAT(Verify(), IsOk());
}

TEST_F(BundleTest, OneThatWasNotFinishedIsNone) {
  {
    ASSERT_OK_AND_ASSIGN(Writer writer, Writer::Open(folder_, key_.name()));
    ASSERT_THAT(writer.Add(MakeEntry(0)), IsOk());
  }
  EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
}

TEST_F(BundleTest, OneThatWasEndedIsGoneOnWith) {
  ASSERT_THAT(Write(300), IsOk());
  fs::remove(Path("manifest.json"));
  fs::remove(Path("checkpoint"));
  fs::rename(Path("entries-299.binpb"), Path("entries-299.binpb.new"));
  ASSERT_OK_AND_ASSIGN(Writer writer, Writer::Open(folder_, key_.name(), /*max_file_bytes=*/1));
  EXPECT_EQ(writer.size(), 299u);
  ASSERT_THAT(writer.Add(entries_.back()), IsOk());
  ledger::Frontier frontier;
  for (const StoredEntry& entry : entries_) frontier.Append(ledger::LeafHash(entry.entry()));
  const ledger::Checkpoint checkpoint = {key_.name(), frontier.size(), frontier.Root()};
  ASSERT_THAT(writer.Finish(checkpoint, *ledger::SignCheckpoint(checkpoint, key_)), IsOk());
  EXPECT_THAT(Verify(), IsOk());
}

TEST_F(BundleTest, ItsTilesAreThoseOfC2sp) {
  ASSERT_THAT(Write(300), IsOk());
  EXPECT_EQ(fs::file_size(Path("tile/0/000")), 8192u);
  EXPECT_EQ(fs::file_size(Path("tile/0/001.p/44")), 44u * 32);
  EXPECT_EQ(fs::file_size(Path("tile/1/000.p/1")), 32u);
  ASSERT_OK_AND_ASSIGN(Reader reader, Reader::Open(folder_, key_.verifier()));
  ASSERT_OK_AND_ASSIGN(const std::string tile, reader.ReadTile(0, 1));
  EXPECT_EQ(tile.substr(0, 32), ledger::ToBytes(ledger::LeafHash(entries_[256].entry())));
}

TEST_F(BundleTest, OneThatIsThereIsNotWrittenOver) {
  ASSERT_THAT(Write(1), IsOk());
  EXPECT_THAT(Writer::Open(folder_, key_.name()).status(), HasReason("BUNDLE_FINISHED"));
}

TEST_F(BundleTest, WhatDoesNotAddUpToTheCheckpointIsNotFinished) {
  ASSERT_OK_AND_ASSIGN(Writer writer, Writer::Open(folder_, key_.name()));
  ASSERT_THAT(writer.Add(MakeEntry(0)), IsOk());
  EXPECT_THAT(writer.Finish({key_.name(), 1, ledger::EmptyRoot()}, "note"), HasReason("BUNDLE_INVALID"));
}

TEST_F(BundleTest, DamageIsFound) {
  ASSERT_THAT(Write(5), IsOk());
  fs::resize_file(Path("entries-2.binpb"), fs::file_size(Path("entries-2.binpb")) - 1);
  EXPECT_THAT(Verify(), HasReason("BUNDLE_INVALID"));
  fs::remove(Path("entries-2.binpb"));
  EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
  fs::copy_file(Path("entries-3.binpb"), Path("entries-2.binpb"));
  EXPECT_THAT(Verify(), HasReason("BUNDLE_INVALID"));
}

TEST_F(BundleTest, AChangedByteIsFound) {
  ASSERT_THAT(Write(3), IsOk());
  std::fstream file(Path("entries-1.binpb"), std::ios::in | std::ios::out | std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  const size_t at = content.find("event 1");
  ASSERT_NE(at, content.npos);
  file.clear();
  file.seekp(static_cast<std::streamoff>(at));
  file << "Event 1" << std::flush;
  EXPECT_THAT(Verify(), HasReason("BUNDLE_INVALID"));
}

TEST_F(BundleTest, ACheckpointOfAnotherKeyIsRefused) {
  ASSERT_THAT(Write(1), IsOk());
  const ledger::SigningKey other = *ledger::SigningKey::Generate("city/log", ledger::KeyType::kLog);
  EXPECT_THAT(Reader::Open(folder_, other.verifier()).status(), HasReason("SIGNATURE_MISSING"));
}

}  // namespace
}  // namespace seisaku::bundle
