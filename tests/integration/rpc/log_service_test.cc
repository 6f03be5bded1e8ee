#include <string>
#include <vector>

#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "services/ledger/tree/note.h"
#include "services/ledger/tree/proof.h"
#include "tests/integration/rpc/rpc_fixture.h"

namespace seisaku {
namespace {

using ledger::Checkpoint;
using testing::ElementsAre;

class LogServiceTest : public RpcTest {
 protected:
  template <typename Type>
  Type Audit(std::string_view method, const std::string& request) {
    return CallFor<Type>(method, request, "auditor");
  }

  // What the log has signed of this size.
  Checkpoint CheckpointAt(Position size) {
    return Open(
        Audit<log::v1::GetCheckpointResponse>("GetCheckpoint", "size: " + std::to_string(size)).checkpoint());
  }
  Checkpoint Open(const std::string& note) {
    auto opened = ledger::OpenCheckpoint(note, catalog_key_.name(), catalog_key_.verifier());
    EXPECT_THAT(opened, IsOk()) << note;
    return opened.value_or(Checkpoint{});
  }

  static ledger::Proof ToProof(const google::protobuf::RepeatedPtrField<std::string>& hashes) {
    ledger::Proof proof;
    for (const std::string& hash : hashes) proof.push_back(*ledger::HashFromBytes(hash));
    return proof;
  }

  void Retire() { Call("RetireKpi", R"(retire { name: "plans/p/kpis/k2" from_year: 2024 } reason: "秘密")"); }
};

TEST_F(LogServiceTest, GetCheckpointShowsASignedRootOfASize) {
  const auto response = Audit<log::v1::GetCheckpointResponse>("GetCheckpoint", "");
  EXPECT_EQ(response.position(), 9u);
  const auto all = Audit<log::v1::ReadEntriesResponse>("ReadEntries", "");
  ledger::Frontier tree;
  for (const log::v1::StoredEntry& entry : all.entries()) tree.Append(ledger::LeafHash(entry.entry()));
  EXPECT_EQ(Open(response.checkpoint()), (Checkpoint{catalog_key_.name(), 9, tree.Root()}));
  EXPECT_EQ(CheckpointAt(4).size, 4u);
}

TEST_F(LogServiceTest, ReadEntriesShowsWhatWasAppendedWithItsTexts) {
  Retire();
  const auto response =
      Audit<log::v1::ReadEntriesResponse>("ReadEntries", "start: 8 page_size: 5 include_texts: true");
  EXPECT_EQ(response.position(), 10u);
  ASSERT_EQ(response.entries_size(), 2);
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(response.entries(1).entry()));
  EXPECT_EQ(response.entries(1).position(), 9u);
  EXPECT_EQ(entry.type(), "seisaku.catalog.v1.Event/kpi_retired");
  EXPECT_EQ(entry.resource(), "plans/p/kpis/k2");
  EXPECT_EQ(entry.actor(), "seisaku://sakai/planner/yamada");
  ASSERT_EQ(response.entries(1).texts_size(), 1);
  EXPECT_EQ(response.entries(1).texts(0).text(), "秘密");
}

TEST_F(LogServiceTest, WatchEntriesSendsWhatThereIsAndThenWhatIsAppended) {
  Responses stream = Begin("WatchEntries", "start: 7", "auditor");
  const Response first = stream.Next();
  EXPECT_THAT(first, Shows("start: 7 next_position: 9 caught_up: true"));
  EXPECT_EQ(dynamic_cast<const log::v1::WatchEntriesResponse&>(*first).entries_size(), 2);
  Retire();
  const Response second = stream.Next();
  EXPECT_THAT(second, Shows("start: 9 next_position: 10"));
  EXPECT_EQ(dynamic_cast<const log::v1::WatchEntriesResponse&>(*second).entries_size(), 1);
  stream.Cancel();
  EXPECT_EQ(stream.Finish().error_code(), grpc::CANCELLED);
}

TEST_F(LogServiceTest, GetInclusionProofProvesThatAnEntryIsInTheLog) {
  const auto read = Audit<log::v1::ReadEntriesResponse>("ReadEntries", "start: 3 page_size: 1");
  ASSERT_EQ(read.entries_size(), 1);
  const ledger::Hash leaf = ledger::LeafHash(read.entries(0).entry());
  const auto proof = Audit<log::v1::GetInclusionProofResponse>("GetInclusionProof", "position: 3 size: 8");
  EXPECT_EQ(proof.leaf_hash(), ledger::ToBytes(leaf));
  EXPECT_EQ(Open(proof.checkpoint()), CheckpointAt(8));
  EXPECT_THAT(ledger::VerifyInclusion(leaf, 3, 8, ToProof(proof.hashes()), CheckpointAt(8).root), IsOk());
}

TEST_F(LogServiceTest, GetConsistencyProofProvesThatTheLogHasOnlyGrown) {
  const Checkpoint before = CheckpointAt(5);
  const auto proof =
      Audit<log::v1::GetConsistencyProofResponse>("GetConsistencyProof", "first_size: 5 second_size: 9");
  const Checkpoint after = Open(proof.checkpoint());
  EXPECT_EQ(after, CheckpointAt(9));
  EXPECT_THAT(ledger::VerifyConsistency(5, before.root, 9, after.root, ToProof(proof.hashes())), IsOk());
}

TEST_F(LogServiceTest, AddCosignatureKeepsWhatACosignerHasSigned) {
  const std::string note = Audit<log::v1::GetCheckpointResponse>("GetCheckpoint", "size: 9").checkpoint();
  ASSERT_OK_AND_ASSIGN(const std::string cosigned,
                       ledger::CosignNote(note, cosigner_, absl::FromUnixSeconds(1'700'000'000)));
  log::v1::AddCosignatureRequest request;
  request.set_checkpoint(cosigned);
  EXPECT_EQ(Audit<log::v1::AddCosignatureResponse>("AddCosignature", request.DebugString()).checkpoint(),
            cosigned);
  Retire();
  const auto newest = Audit<log::v1::GetCheckpointResponse>("GetCheckpoint", "cosigned: true");
  EXPECT_EQ(newest.checkpoint(), cosigned);
  EXPECT_EQ(newest.position(), 9u);
}

TEST_F(LogServiceTest, GetStateDigestShowsTheSameForTheSameState) {
  const auto before = Audit<log::v1::GetStateDigestResponse>("GetStateDigest", "");
  EXPECT_EQ(before.position(), 9u);
  Retire();
  const auto after = Audit<log::v1::GetStateDigestResponse>("GetStateDigest", "");
  EXPECT_EQ(after.position(), 10u);
  EXPECT_NE(after.state_digest(), before.state_digest());
  EXPECT_NE(after.content_digest(), before.content_digest());
  const auto again = Audit<log::v1::GetStateDigestResponse>("GetStateDigest", "as_of { size: 9 }");
  EXPECT_EQ(again.SerializeAsString(), before.SerializeAsString());
}

TEST_F(LogServiceTest, RedactTextDeletesATextAndLeavesItsEntry) {
  Retire();
  const std::string all = "start: 9 include_texts: true";
  const auto before = Audit<log::v1::ReadEntriesResponse>("ReadEntries", all);
  EXPECT_THAT(Call("RedactText", R"(position: 9 index: 0 reason: "個人情報")", "operator"),
              Shows("receipt { entries: 1 }"));
  const auto after = Audit<log::v1::ReadEntriesResponse>("ReadEntries", all);
  ASSERT_EQ(before.entries_size(), 1);
  ASSERT_EQ(after.entries_size(), 2);
  EXPECT_EQ(before.entries(0).texts(0).text(), "秘密");
  EXPECT_EQ(after.entries(0).texts_size(), 0);
  EXPECT_EQ(after.entries(0).entry(), before.entries(0).entry());
  EXPECT_EQ(after.entries(1).texts(0).text(), "個人情報");
}

}  // namespace
}  // namespace seisaku
