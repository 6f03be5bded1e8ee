// Links from a node to what serves it in other plans.
#include <string>
#include <vector>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "services/catalog/domain/describe.h"
#include "tests/unit/catalog_domain/catalog.h"

namespace seisaku::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LinkTest : public testing::Test {
 protected:
  LinkTest() {
    HavePlan(catalog_);
    catalog_.Have(R"(create_plan { name: "plans/m" title: "公約" levels: "政策" levels: "内容" })");
    catalog_.Have(R"(create_node { name: "plans/m/nodes/a" title: "働く場" })");
  }

  static std::string Change(const std::string& verb, const std::string& served_by,
                            const std::string& more = "") {
    return fmt::format(R"(reason: "公約のため" {} {{ name: "plans/m/nodes/a" served_by: "{}" {} }})", verb,
                       served_by, more);
  }
  void Link(const std::string& served_by) { catalog_.Have(Change("link_node", served_by)); }
  void Unlink(const std::string& served_by) { catalog_.Have(Change("unlink_node", served_by)); }

  std::vector<std::string> ServedBy(View view) const {
    const v1::Node node = view.Render(*view.FindNode("m", "a"));
    return {node.served_by().begin(), node.served_by().end()};
  }

  // `text` is refused for `field`.
  void ExpectRefused(const std::string& text, const std::string& reason, const std::string& field) {
    const auto decided = catalog_.Decide(text);
    EXPECT_THAT(decided, HasReason(reason)) << text;
    const auto bad_request = GetBadRequest(decided.status());
    ASSERT_TRUE(bad_request.has_value()) << text;
    EXPECT_EQ(bad_request->field_violations(0).field(), field) << text;
  }

  // The fold refuses `event` and leaves no trace.
  void ExpectCorrupt(const v1::Event& event, const std::string& type) {
    log::v1::Entry entry;
    entry.set_type("seisaku.catalog.v1.Event/" + type);
    entry.set_resource("plans/m/nodes/a");
    entry.set_payload(event.SerializeAsString());
    const Position size = catalog_.state().size();
    const auto before = Records(catalog_.machine(), size + 1);
    EXPECT_THAT(catalog_.machine().Evolve(size, entry), HasReason("LOG_CORRUPT"));
    EXPECT_EQ(catalog_.state().size(), size);
    EXPECT_EQ(Records(catalog_.machine(), size + 1), before);
  }

  Catalog catalog_;
};

TEST_F(LinkTest, ANodeIsServedByKpisAndNodesInTheOrderOfLinkingAsOfEachSize) {
  const Position before = catalog_.state().size();
  Link("plans/p/kpis/k2");
  Link("plans/p/nodes/n1");
  Link("plans/p/kpis/k1");
  Unlink("plans/p/nodes/n1");
  EXPECT_THAT(ServedBy(catalog_.At(before)), IsEmpty());
  EXPECT_THAT(ServedBy(catalog_.At(before + 1)), ElementsAre("plans/p/kpis/k2"));
  EXPECT_THAT(ServedBy(catalog_.At(before + 3)),
              ElementsAre("plans/p/kpis/k2", "plans/p/nodes/n1", "plans/p/kpis/k1"));
  EXPECT_THAT(ServedBy(catalog_.Now()), ElementsAre("plans/p/kpis/k2", "plans/p/kpis/k1"));
}

TEST_F(LinkTest, TheSameAgainAndTheEndOfWhatIsNotLinkedChangeNothing) {
  EXPECT_THAT(catalog_.Apply(Change("unlink_node", "plans/p/kpis/k1")), IsOkAndHolds(0));
  EXPECT_THAT(catalog_.Apply(Change("link_node", "plans/p/kpis/k1")), IsOkAndHolds(1));
  EXPECT_THAT(catalog_.Apply(Change("link_node", "plans/p/kpis/k1")), IsOkAndHolds(0));
}

TEST_F(LinkTest, ARefusedLinkNamesTheField) {
  ExpectRefused(R"(link_node { name: "plans/m/nodes/a" served_by: "plans/p/kpis/k1" })", "REQUIRED_FIELD",
                "reason");
  for (const std::string verb : {"link_node", "unlink_node"}) {
    ExpectRefused(Change(verb, ""), "REQUIRED_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/p"), "INVALID_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/p/kpis/就労者"), "INVALID_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/p/kpis/none"), "INVALID_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/none/nodes/n1"), "INVALID_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/m/nodes/a"), "INVALID_FIELD", "served_by");
    ExpectRefused(Change(verb, "plans/p/kpis/k1", R"(etag: "0")"), "ETAG_MISMATCH", "etag");
    ExpectRefused(
        fmt::format(R"(reason: "r" {} {{ name: "plans/m/nodes/none" served_by: "plans/p/kpis/k1" }})", verb),
        "RESOURCE_NOT_FOUND", "name");
  }
  Link("plans/p/kpis/k1");
  ExpectRefused(R"(unlink_node { name: "plans/m/nodes/a" served_by: "plans/p/kpis/k1" })", "REQUIRED_FIELD",
                "reason");
}

TEST_F(LinkTest, ANodeHasAtMostAHundredLinks) {
  for (int i = 0; i <= 100; ++i) {
    const std::string name = fmt::format("plans/p/nodes/x{}", i);
    catalog_.Have(fmt::format(R"(create_node {{ name: "{}" title: "{}" }})", name, i));
    if (i < 100) Link(name);
  }
  ExpectRefused(Change("link_node", "plans/p/nodes/x100"), "INVALID_FIELD", "served_by");
  Unlink("plans/p/nodes/x0");
  Link("plans/p/nodes/x100");
}

TEST_F(LinkTest, OtherChangesOfTheNodeKeepItsLinks) {
  Link("plans/p/kpis/k1");
  catalog_.Have(
      R"(update_node { node { name: "plans/m/nodes/a" title: "仕事" } update_mask { paths: "title" } })");
  catalog_.Have(R"(move_node { name: "plans/m/nodes/a" order: 9 })");
  catalog_.Have(R"(reason: "r" retire_node { name: "plans/m/nodes/a" from_year: 2025 })");
  EXPECT_THAT(ServedBy(catalog_.Now()), ElementsAre("plans/p/kpis/k1"));
}

// An import that is made again.
TEST_F(LinkTest, ANodeThatIsCreatedAgainAsItIsMayHaveLinks) {
  Link("plans/p/kpis/k1");
  EXPECT_THAT(catalog_.Apply(R"(create_node { name: "plans/m/nodes/a" title: "働く場" })"), IsOkAndHolds(0));
  EXPECT_THAT(ServedBy(catalog_.Now()), ElementsAre("plans/p/kpis/k1"));
}

TEST_F(LinkTest, OnlyLinkNodeLinks) {
  ExpectRefused(R"(create_node { name: "plans/m/nodes/b" title: "t" served_by: "plans/p/kpis/k1" })",
                "INVALID_FIELD", "node.served_by");
  ExpectRefused(R"(update_node { node { name: "plans/m/nodes/a" served_by: "plans/p/kpis/k1" }
                                 update_mask { paths: "served_by" } })",
                "INVALID_FIELD", "update_mask");
}

TEST_F(LinkTest, TheDiffShowsTheLinksBeforeAndAfter) {
  Link("plans/p/kpis/k1");
  Link("plans/p/kpis/k2");
  const v1::ChangeResult result =
      DescribeEntry(catalog_.state(), catalog_.state().size() - 1, catalog_.entries().back());
  EXPECT_EQ(result.action(), "node_linked");
  ASSERT_EQ(result.differences_size(), 1);
  EXPECT_EQ(result.differences(0).field(), "served_by");
  EXPECT_EQ(result.differences(0).before(), "plans/p/kpis/k1");
  EXPECT_EQ(result.differences(0).after(), "plans/p/kpis/k1, plans/p/kpis/k2");
}

TEST_F(LinkTest, TheDigestKnowsLinksAndATruncatedOneIsGone) {
  const auto before = Records(catalog_.machine(), catalog_.state().size());
  const Position size = catalog_.state().size();
  Link("plans/p/kpis/k1");
  EXPECT_THAT(Records(catalog_.machine(), size + 1), testing::Contains(HasSubstr("plans/p/kpis/k1")));
  EXPECT_NE(Records(catalog_.machine(), size + 1), before);
  EXPECT_EQ(Records(catalog_.machine(), size), before);
  catalog_.machine().Truncate(size);
  EXPECT_THAT(ServedBy(catalog_.Now()), IsEmpty());
}

TEST_F(LinkTest, TheFoldRefusesWhatNoServiceWrites) {
  Link("plans/p/kpis/k1");
  v1::Event event;
  auto& linked = *event.mutable_node_linked();
  linked.set_name("plans/m/nodes/a");
  for (const std::string served_by : {"plans/p/kpis/k1", "plans/p/kpis/none", "plans/m/nodes/a", ""}) {
    linked.set_served_by(served_by);
    ExpectCorrupt(event, "node_linked");
  }
  auto& unlinked = *event.mutable_node_unlinked();
  unlinked.set_name("plans/m/nodes/a");
  unlinked.set_served_by("plans/p/kpis/k2");
  ExpectCorrupt(event, "node_unlinked");
  auto& updated = *event.mutable_node_updated();
  updated.set_name("plans/m/nodes/a");
  updated.set_title("t");
  updated.set_order(1);
  updated.add_served_by("plans/p/kpis/k2");
  ExpectCorrupt(event, "node_updated");
}

}  // namespace
}  // namespace seisaku::catalog
