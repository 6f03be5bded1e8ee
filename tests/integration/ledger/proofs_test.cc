// Proofs, cosignatures and digests over PostgreSQL.
#include <thread>

#include "services/ledger/tree/proof.h"
#include "services/ledger/tree/tiles.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

class ProofsTest : public LogTest {
 protected:
  void Grow(Ledger& ledger, int commands, int entries) {
    for (int i = 0; i < commands; ++i) {
      std::vector<std::string> steps(entries);
      for (std::string& step : steps) step = absl::StrCat("write k", next_ % 50, " ", next_), ++next_;
      ASSERT_THAT(Write(ledger, std::move(steps)), IsOk());
    }
  }

 private:
  int next_ = 0;
};

TEST_F(ProofsTest, ProofsFromStoredTilesHoldAgainstTheEntries) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Ledger& ledger = *replica->ledger;
  Grow(ledger, 7, 100);
  for (const auto& [first, size] : {std::pair<Position, Position>{0, 700},
                                    {255, 256},
                                    {256, 700},
                                    {511, 600},
                                    {699, 700},
                                    {1, 257},
                                    {300, 512}}) {
    SCOPED_TRACE(absl::StrCat(first, " and ", size));
    ASSERT_OK_AND_ASSIGN(const auto entries, ledger.ReadEntries(first, 1, false));
    const Hash root = ledger.FrontierAt(size)->Root();
    const auto tree = ledger.Tree();
    ASSERT_OK_AND_ASSIGN(const Proof inclusion, InclusionProof(first, size, *tree));
    EXPECT_THAT(VerifyInclusion(LeafHash(entries[0].bytes), first, size, inclusion, root), IsOk());
    ASSERT_OK_AND_ASSIGN(const Proof consistency, ConsistencyProof(first, size, *tree));
    EXPECT_THAT(VerifyConsistency(first, ledger.FrontierAt(first)->Root(), size, root, consistency), IsOk());
  }
}

TEST_F(ProofsTest, ATreeIsThatOfThePublishedLogAlsoWhileItGrows) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Grow(*replica->ledger, 2, 100);
  const auto tree = replica->ledger->Tree();
  Grow(*replica->ledger, 2, 100);
  ASSERT_OK_AND_ASSIGN(const Frontier frontier, FrontierAt(200, *tree));
  EXPECT_EQ(frontier, *replica->ledger->FrontierAt(200));
  EXPECT_THAT(FrontierAt(400, *tree), HasReason("TREE_RANGE"));
}

TEST_F(ProofsTest, CosignaturesAreSharedByAllReplicasAndOutliveThem) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  ASSERT_THAT(one->ledger->AddCosignatures(3, {{"b", "— b x\n"}, {"a", "— a x\n"}}), IsOk());
  ASSERT_THAT(one->ledger->AddCosignatures(7, {{"a", "— a y\n"}}), IsOk());
  ASSERT_THAT(one->ledger->AddCosignatures(3, {{"a", "— a later\n"}}), IsOk());
  one.reset();
  ASSERT_OK_AND_ASSIGN(auto two, Open());
  EXPECT_THAT(two->ledger->ReadCosignatures(3, 3)->lines, testing::ElementsAre("— a x\n", "— b x\n"));
  EXPECT_EQ(two->ledger->ReadCosignatures(0, 100)->size, 7u);
  EXPECT_EQ(two->ledger->ReadCosignatures(0, 6)->size, 3u);
  EXPECT_THAT(two->ledger->ReadCosignatures(4, 6)->lines, testing::IsEmpty());
}

TEST_F(ProofsTest, CosignaturesCanNeitherBeChangedNorDeleted) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  ASSERT_THAT(replica->ledger->AddCosignatures(3, {{"a", "— a x\n"}}), IsOk());
  for (const char* change :
       {"UPDATE cosignature SET size = 4", "DELETE FROM cosignature", "TRUNCATE cosignature"}) {
    EXPECT_FALSE(cluster().Sql(database_, change).ok()) << change << ", as superuser";
    EXPECT_FALSE(cluster().Sql(database_, absl::StrCat("SET ROLE log_service; ", change)).ok()) << change;
  }
}

TEST_F(ProofsTest, ALogOfTheFirstSchemaTakesCosignaturesOnceItIsMigrated) {
  database_ += "_older";
  ASSERT_THAT(cluster().CreateDatabase(database_), IsOk());
  ASSERT_THAT(cluster().Sql(database_, "GRANT CREATE, USAGE ON SCHEMA public TO log_owner"), IsOk());
  const std::string dsn = cluster().Dsn(database_) + " options='-c seisaku.service_role=log_service'";
  ASSERT_THAT(postgres::Migrate(dsn, "log_owner", {Schema()[0]}), IsOk());
  EXPECT_THAT(Open(), HasReason("SCHEMA_MISMATCH"));
  ASSERT_THAT(postgres::Migrate(dsn, "log_owner", Schema()), IsOk());
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  EXPECT_THAT(replica->ledger->AddCosignatures(0, {{"a", "— a x\n"}}), IsOk());
}

TEST_F(ProofsTest, TheDigestOfASizeStaysWhileTheLogGrows) {
  ASSERT_OK_AND_ASSIGN(auto replica, Open());
  Ledger& ledger = *replica->ledger;
  Grow(ledger, 4, 100);
  const Digests before = DigestRecords(replica->notebook, 200);
  std::thread writer([&] { Grow(ledger, 10, 100); });
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK_AND_ASSIGN(const Digests digests, ledger.DigestState(200, absl::InfiniteFuture()));
    EXPECT_EQ(digests.state, before.state);
    EXPECT_EQ(digests.content, before.content);
  }
  writer.join();
}

}  // namespace
}  // namespace seisaku::ledger
