#include "tools/auditor/verify/catalog_copy.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "tests/support/matchers.h"

namespace seisaku::auditor {
namespace {

class CatalogCopyTest : public testing::Test {
 protected:
  CatalogCopyTest() {
    const std::string file = testing::TempDir() + "/catalog_copy_test.vkey";
    std::ofstream(file) << key_.verifier().ToString() << "\n";
    trust_ = *bundle::Trust::Read({file});
    for (int i = 0; i < 10; ++i) {
      raw_.push_back(absl::StrCat("entry ", i));
      catalog_.leaves.push_back(ledger::LeafHash(raw_.back()));
    }
    catalog_.origin = key_.name();
  }

  // Progress's entry that copies [start, end), with the checkpoint of all up to there signed by `key`.
  log::v1::Entry Copy(uint64_t start, uint64_t end, const ledger::SigningKey& key) {
    progress::v1::Event event;
    progress::v1::CatalogAdvanced& advanced = *event.mutable_catalog_advanced();
    advanced.set_start(start);
    for (uint64_t i = start; i < end; ++i) advanced.add_entries(raw_[i]);
    ledger::Frontier frontier;
    for (uint64_t i = 0; i < end; ++i) frontier.Append(ledger::LeafHash(raw_[i]));
    advanced.set_checkpoint(*ledger::SignCheckpoint({key.name(), end, frontier.Root()}, key));
    log::v1::Entry entry;
    entry.set_type("seisaku.progress.v1.Event/catalog_advanced");
    entry.set_payload(event.SerializeAsString());
    return entry;
  }

  std::string Check(const std::vector<log::v1::Entry>& entries, const CatalogLog* catalog) {
    CatalogCopy copy(trust_, catalog);
    std::string found;
    const auto report = [&](const Violation& violation) {
      absl::StrAppend(&found, violation.code, " at ", *violation.position, " ");
    };
    uint64_t position = 0;
    for (const log::v1::Entry& entry : entries) {
      copy.Take(position++, entry, report);
    }
    copy.Finish(report);
    signed_size_ = copy.signed_size();
    return found;
  }

  const ledger::SigningKey key_ = *ledger::SigningKey::Generate("city/catalog", ledger::KeyType::kLog);
  bundle::Trust trust_ = *bundle::Trust::Read({});
  std::vector<std::string> raw_;
  CatalogLog catalog_;
  uint64_t signed_size_ = 0;
};

TEST_F(CatalogCopyTest, ACopyIsCatalogsLogAsFarAsBothGo) {
  EXPECT_EQ(Check({Copy(0, 4, key_), Copy(4, 10, key_)}, &catalog_), "");
  EXPECT_EQ(signed_size_, 10u);
  catalog_.leaves.resize(5);
  EXPECT_EQ(Check({Copy(0, 4, key_), Copy(4, 10, key_)}, &catalog_), "");
}

TEST_F(CatalogCopyTest, NamesAnEntryThatIsNotCatalogs) {
  raw_[6] = "another one";
  EXPECT_EQ(Check({Copy(0, 4, key_), Copy(4, 10, key_)}, &catalog_), "COPY_DIFFERS at 1 ");
  // Without catalog's log nobody can know.
  EXPECT_EQ(Check({Copy(0, 4, key_), Copy(4, 10, key_)}, nullptr), "");
}

TEST_F(CatalogCopyTest, NamesACopyThatDoesNotFollow) {
  EXPECT_EQ(Check({Copy(0, 4, key_), Copy(5, 10, key_)}, &catalog_), "COPY_GAP at 1 ");
}

TEST_F(CatalogCopyTest, NamesACheckpointThatIsNotOfTheCopy) {
  log::v1::Entry changed = Copy(0, 4, key_);
  progress::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(changed.payload()));
  event.mutable_catalog_advanced()->mutable_entries()->RemoveLast();
  changed.set_payload(event.SerializeAsString());
  EXPECT_EQ(Check({changed}, &catalog_), "COPY_CHECKPOINT at 0 ");
}

TEST_F(CatalogCopyTest, NamesACheckpointThatCatalogsKeyHasNotSigned) {
  const auto stranger = *ledger::SigningKey::Generate("city/catalog", ledger::KeyType::kLog);
  EXPECT_EQ(Check({Copy(0, 4, stranger)}, &catalog_), "COPY_CHECKPOINT at 0 ");
  EXPECT_EQ(signed_size_, 0u);
}

}  // namespace
}  // namespace seisaku::auditor
