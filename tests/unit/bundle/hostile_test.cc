// Bundles that somebody made on purpose, and folders that two write to.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "tests/support/matchers.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/folder_lock.h"
#include "tools/bundle/forensic.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;
using log::v1::StoredEntry;
using testing::ElementsAre;

constexpr uintmax_t kSparse = uintmax_t{40} << 30;

StoredEntry MakeEntry(uint64_t position) {
  log::v1::Entry entry;
  entry.set_event_id(absl::StrCat("event ", position));
  entry.set_type("test/written");
  entry.set_command_size(1);
  StoredEntry stored;
  stored.set_position(position);
  stored.set_entry(entry.SerializeAsString());
  return stored;
}

class HostileTest : public testing::Test {
 protected:
  HostileTest() {
    std::string name = "/tmp/seisaku-hostile-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~HostileTest() override { fs::remove_all(folder_); }

  // Three entries, each in a file of its own.
  void Write() {
    auto writer = Writer::Open(folder_, key_.name(), /*max_file_bytes=*/1);
    ledger::Frontier frontier;
    for (uint64_t position = 0; position < 3; ++position) {
      frontier.Append(ledger::LeafHash(MakeEntry(position).entry()));
      ASSERT_THAT(writer->Add(MakeEntry(position)), IsOk());
    }
    const ledger::Checkpoint checkpoint = {key_.name(), frontier.size(), frontier.Root()};
    ASSERT_THAT(writer->Finish(checkpoint, *ledger::SignCheckpoint(checkpoint, key_)), IsOk());
  }
  void WriteAnew() {
    fs::remove_all(folder_);
    Write();
  }
  absl::Status Verify() const {
    const auto reader = Reader::Open(folder_, key_.verifier());
    if (!reader.ok()) return reader.status();
    RETURN_IF_ERROR(reader->ReadTile(0, 0).status());
    return reader->Verify();
  }
  void WriteManifest(const std::string& json) const { std::ofstream(Path("manifest.json")) << json; }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  const ledger::SigningKey key_ = *ledger::SigningKey::Generate("city/log", ledger::KeyType::kLog);
  std::string folder_;
};

TEST_F(HostileTest, WhatIsNoRegularFileIsNotOpened) {
  for (const char* name : {"manifest.json", "checkpoint", "entries-1.binpb", "tile/0/000.p/3"}) {
    SCOPED_TRACE(name);
    WriteAnew();
    ASSERT_THAT(Verify(), IsOk());
    fs::rename(Path(name), folder_ + ".elsewhere");
    fs::create_symlink(folder_ + ".elsewhere", Path(name));
    EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
    fs::remove(folder_ + ".elsewhere");
    fs::remove(Path(name));
    ASSERT_EQ(mkfifo(Path(name).c_str(), 0600), 0);
    EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
    fs::remove(Path(name));
    fs::create_symlink("/dev/zero", Path(name));
    EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
    fs::remove(Path(name));
    fs::create_directory(Path(name));
    EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
  }
}

TEST_F(HostileTest, WhatIsLongerThanItMayBeIsNotRead) {
  for (const char* name : {"manifest.json", "checkpoint", "tile/0/000.p/3"}) {
    SCOPED_TRACE(name);
    WriteAnew();
    fs::resize_file(Path(name), kSparse);
    EXPECT_THAT(Verify(), HasReason("BUNDLE_UNUSABLE"));
  }
  WriteAnew();
  fs::resize_file(Path("entries-1.binpb"), kSparse);
  EXPECT_THAT(Verify(), HasReason("BUNDLE_INVALID"));
}

TEST_F(HostileTest, ZerosAreNoEntries) {
  Write();
  std::ofstream(Path("entries-1.binpb"), std::ios::trunc).close();
  fs::resize_file(Path("entries-1.binpb"), kSparse);
  EXPECT_THAT(Verify(), HasReason("BUNDLE_INVALID"));
}

TEST_F(HostileTest, AManifestIsBelievedOnlyAsFarAsItsFilesGo) {
  const auto manifest = [&](const std::string& size, const std::string& files) {
    WriteManifest(absl::StrCat(R"({"format": "seisaku-bundle/1", "origin": "city/log", "size": ")", size,
                               R"(", "files": [)", files, "]}"));
    return Verify();
  };
  const auto file = [](const std::string& name, const std::string& start) {
    return absl::StrCat(R"({"name": ")", name, R"(", "start": ")", start, R"("})");
  };
  const std::string first = file("entries-0.binpb", "0"), second = file("entries-1.binpb", "1"),
                    third = file("entries-2.binpb", "2");
  Write();
  EXPECT_THAT(manifest("3", absl::StrCat(first, ",", second, ",", third)), IsOk());
  EXPECT_THAT(manifest("9223372036854775808", absl::StrCat(first, ",", second, ",", third)),
              HasReason("BUNDLE_INVALID"));
  for (const std::string& files :
       {std::string(), first, absl::StrCat(first, ",", first), absl::StrCat(second, ",", first, ",", third),
        absl::StrCat(first, ",", second, ",", third, ",", third),
        absl::StrCat(first, ",", file("entries-1.binpb", "9")), file("../x/entries-0.binpb", "0"),
        file("/etc/hostname", "0"), file("checkpoint", "0"), file("entries-00.binpb", "0")}) {
    EXPECT_THAT(manifest("3", files), HasReason("BUNDLE_INVALID")) << files;
  }
  // One that goes on with what the next one has.
  std::ofstream(Path("entries-0.binpb"), std::ios::app | std::ios::binary)
      << std::ifstream(Path("entries-1.binpb"), std::ios::binary).rdbuf();
  EXPECT_THAT(manifest("3", absl::StrCat(first, ",", second, ",", third)), HasReason("BUNDLE_INVALID"));
}

// Two bytes of a field are fifty and more of memory.
TEST_F(HostileTest, AnEntryOfMoreFieldsThanAnyHasIsNotRead) {
  const auto read = [&](const StoredEntry& entry) {
    EntryFileWriter writer(Path("entries-0.binpb"));
    EXPECT_THAT(writer.Add(entry), IsOk());
    EXPECT_THAT(writer.Finish(), IsOk());
    return ReadEntryFile(Path("entries-0.binpb"), 0,
                         [](const StoredEntry&, int64_t) { return absl::OkStatus(); });
  };
  const auto times = [](int n, std::string_view bytes) {
    std::string many;
    for (int i = 0; i < n; ++i) many += bytes;
    return many;
  };
  constexpr int kFew = 60'000, kTexts = 600'000, kMany = 5'000'000;
  const auto with_texts = [&](int count) {
    StoredEntry entry = MakeEntry(0);
    for (int i = 0; i < count; ++i) entry.add_texts()->set_text("words that are no burden");
    return entry;
  };
  EXPECT_THAT(read(with_texts(kFew)), IsOk());
  EXPECT_THAT(read(with_texts(kTexts)), HasReason("BUNDLE_INVALID"));

  const auto of_bytes = [](std::string bytes) {
    StoredEntry entry;
    entry.set_entry(std::move(bytes));
    return entry;
  };
  const std::string text = {13 << 3 | 2, 0}, unknown = {15 << 3 | 2, 0};
  EXPECT_THAT(read(of_bytes(times(kFew, text) + std::string(2 << 20, '\x8a'))), IsOk());  // not an Entry
  EXPECT_THAT(read(of_bytes(times(kTexts, text))), HasReason("BUNDLE_INVALID"));
  EXPECT_THAT(read(of_bytes(times(kTexts, unknown))), IsOk());
  EXPECT_THAT(read(of_bytes(times(kMany, unknown))), HasReason("BUNDLE_INVALID"));
  // A group, in which nobody would count.
  EXPECT_THAT(read(of_bytes('\x7b' + times(kTexts, unknown) + '\x7c')), HasReason("BUNDLE_INVALID"));

  // In an event of either log, in whatever order the entry says which it is; and in a copied entry.
  const auto of_event = [&](const google::protobuf::Message& event, const std::string& type) {
    log::v1::Entry tail;
    tail.set_type(type);
    log::v1::Entry head;
    head.set_payload(event.SerializeAsString());
    return head.SerializeAsString() + tail.SerializeAsString();
  };
  catalog::v1::Event created;
  for (int i = 0; i < kMany; ++i) created.mutable_kpi_created()->add_components();
  const std::string of_catalog = of_event(created, "seisaku.catalog.v1.Event/kpi_created");
  EXPECT_THAT(read(of_bytes(of_catalog)), HasReason("BUNDLE_INVALID"));
  progress::v1::Event advanced;
  advanced.mutable_catalog_advanced()->add_entries(of_catalog);
  EXPECT_THAT(read(of_bytes(of_event(advanced, "seisaku.progress.v1.Event/catalog_advanced"))),
              HasReason("BUNDLE_INVALID"));
  log::v1::Entry long_one;
  long_one.set_payload(std::string(16 << 20, '\n'));
  advanced.mutable_catalog_advanced()->set_entries(0, long_one.SerializeAsString());
  EXPECT_THAT(read(of_bytes(of_event(advanced, "seisaku.progress.v1.Event/catalog_advanced"))), IsOk());
}

TEST_F(HostileTest, AnUnfinishedOneIsToldFromNone) {
  EXPECT_TRUE(IsUnfinished(folder_));
  EXPECT_FALSE(IsUnfinished(folder_ + "/nowhere"));
  Write();
  EXPECT_FALSE(IsUnfinished(folder_));
}

TEST_F(HostileTest, TwoDoNotWriteToOneFolder) {
  const std::string shared = folder_ + "/shared";
  {
    const auto first = FolderLock::Take(shared);
    ASSERT_THAT(first.status(), IsOk());
    EXPECT_THAT(FolderLock::Take(shared).status(), HasReason("BUNDLE_IN_USE"));
    EXPECT_THAT(FolderLock::Take(folder_).status(), IsOk());
  }
  EXPECT_THAT(FolderLock::Take(shared).status(), IsOk());
  EXPECT_TRUE(fs::is_empty(shared));
}

TEST_F(HostileTest, ADamagedLogIsKeptAsItIs) {
  const std::string kept = folder_ + "/kept";
  {
    auto writer = ForensicWriter::Open(kept, "city/log", /*max_file_bytes=*/1);
    ASSERT_THAT(writer.status(), IsOk());
    for (const uint64_t position : {2u, 7u}) ASSERT_THAT(writer->Add(MakeEntry(position)), IsOk());
    writer->AddDamage(7, "LATER", "a", "b");
    writer->AddDamage(0, "EARLIER", "", std::string(5000, 'x'));
    ASSERT_THAT(writer->AddTile(0, 1234, "short"), IsOk());
    ASSERT_THAT(writer->AddRow("log_head", R"({"size": 8})"), IsOk());
    EXPECT_FALSE(IsForensic(kept));
    ASSERT_THAT(writer->Finish(), IsOk());
  }
  EXPECT_TRUE(IsForensic(kept));
  const auto reader = ForensicReader::Open(kept);
  ASSERT_THAT(reader.status(), IsOk());
  std::vector<uint64_t> positions;
  ASSERT_THAT(reader->ForEach([&](StoredEntry& entry) {
    positions.push_back(entry.position());
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_THAT(positions, ElementsAre(2, 7));
  EXPECT_THAT(reader->ReadTile(0, 1234), IsOkAndHolds("short"));
  ASSERT_EQ(reader->manifest().damages_size(), 2);
  EXPECT_EQ(reader->manifest().damages(0).code(), "EARLIER");
  EXPECT_LT(reader->manifest().damages(0).found().size(), 400u);
  EXPECT_THAT(Reader::Open(kept, key_.verifier()).status(), HasReason("BUNDLE_FORENSIC"));
  EXPECT_THAT(Writer::Open(kept, "city/log").status(), HasReason("BUNDLE_FINISHED"));
  EXPECT_THAT(ForensicWriter::Open(kept, "city/log").status(), HasReason("BUNDLE_FINISHED"));
  Write();
  EXPECT_THAT(ForensicReader::Open(folder_).status(), HasReason("BUNDLE_UNUSABLE"));
}

TEST_F(HostileTest, AsManyDamagesAsAreWrittenAreRead) {
  const std::string kept = folder_ + "/kept";
  auto writer = ForensicWriter::Open(kept, "city/log");
  ASSERT_THAT(writer.status(), IsOk());
  const std::string words(1000, '\x1b');
  constexpr size_t kCodes = 40;
  for (size_t code = 0; code < kCodes; ++code) {
    for (uint64_t position = 0; position < kMaxListedDamages + 1; ++position) {
      writer->AddDamage(position, "CODE_" + std::to_string(code), words, words);
    }
  }
  ASSERT_THAT(writer->Finish(), IsOk());
  EXPECT_TRUE(IsForensic(kept));
  const auto reader = ForensicReader::Open(kept);
  ASSERT_THAT(reader.status(), IsOk());
  EXPECT_EQ(static_cast<size_t>(reader->manifest().damages_size()), kCodes * (kMaxListedDamages + 1));
  EXPECT_THAT(Reader::Open(kept, key_.verifier()).status(), HasReason("BUNDLE_FORENSIC"));
}

TEST_F(HostileTest, OfADamagedLogEachFileIsReadOnceAndNoMoreDamagesThanOneLists) {
  const std::string kept = folder_ + "/kept";
  auto writer = ForensicWriter::Open(kept, "city/log");
  ASSERT_THAT(writer->Add(MakeEntry(0)), IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  const auto read = [&](int files, int damages) {
    std::string json = R"({"format": "seisaku-forensic/1", "size": "1000000", "files": [)";
    for (int i = 0; i < files; ++i)
      absl::StrAppend(&json, i == 0 ? "" : ",", R"({"name": "entries-0.binpb"})");
    absl::StrAppend(&json, R"(], "damages": [)");
    for (int i = 0; i < damages; ++i) absl::StrAppend(&json, i == 0 ? "" : ",", "{}");
    std::ofstream(kept + "/manifest.json") << json << "]}";
    int entries = 0;
    const auto reader = ForensicReader::Open(kept);
    EXPECT_EQ(IsForensic(kept), reader.ok());
    if (!reader.ok()) return std::pair(reader.status(), entries);
    const absl::Status status = reader->ForEach([&](StoredEntry&) {
      ++entries;
      return absl::OkStatus();
    });
    return std::pair(status, entries);
  };
  const auto [status, entries] = read(20'000, 30'000);
  EXPECT_THAT(status, HasReason("BUNDLE_INVALID"));
  EXPECT_EQ(entries, 1);
  EXPECT_THAT(read(1, 60'000).first, HasReason("BUNDLE_UNUSABLE"));
}

TEST_F(HostileTest, OfManyDamagesOfOneKindSomeAreListedAndTheRestIsCounted) {
  const std::string kept = folder_ + "/kept";
  auto writer = ForensicWriter::Open(kept, "city/log");
  ASSERT_THAT(writer.status(), IsOk());
  for (uint64_t position = 0; position < kMaxListedDamages + 7; ++position) {
    writer->AddDamage(position, "TEXT_MISSING", "a text", "none");
  }
  ASSERT_THAT(writer->Finish(), IsOk());
  const auto reader = ForensicReader::Open(kept);
  ASSERT_THAT(reader.status(), IsOk());
  ASSERT_EQ(static_cast<uint64_t>(reader->manifest().damages_size()), kMaxListedDamages + 1);
  const log::v1::BundleDamage& last = *reader->manifest().damages().rbegin();
  EXPECT_EQ(last.position(), kMaxListedDamages);
  EXPECT_EQ(last.found(), "and 7 more");
}

}  // namespace
}  // namespace seisaku::bundle
