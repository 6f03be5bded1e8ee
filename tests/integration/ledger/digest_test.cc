#include "services/ledger/digest.h"

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "services/ledger/image.h"
#include "tests/integration/ledger/log_fixture.h"

namespace seisaku::ledger {
namespace {

using DigestTest = LogTest;

TEST_F(DigestTest, ReplicasOfOneLogAgreeAtEveryPosition) {
  ASSERT_OK_AND_ASSIGN(auto one, Open());
  for (int i = 0; i < 5; ++i)
    ASSERT_THAT(Write(*one->ledger, {absl::StrCat("write a ", i), "write b x"}), IsOk());
  ASSERT_OK_AND_ASSIGN(auto two, Open());
  for (Position size = 0; size <= 6; ++size) {
    EXPECT_EQ(DigestRecords(one->notebook, size).state, DigestRecords(two->notebook, size).state);
  }
  EXPECT_NE(DigestRecords(one->notebook, 5).state, DigestRecords(one->notebook, 6).state);
}

TEST_F(DigestTest, TheContentDigestForgetsThePathThatTheStateDigestKeeps) {
  Notebook straight;
  Notebook detour;
  auto entry = [](const std::string& key, const std::string& words) {
    log::v1::Entry made;
    made.set_type("test/written");
    made.set_resource(key);
    made.set_payload(words);
    return made;
  };
  ASSERT_THAT(straight.Evolve(0, entry("a", "1")), IsOk());
  ASSERT_THAT(straight.Evolve(1, entry("b", "2")), IsOk());
  ASSERT_THAT(detour.Evolve(0, entry("b", "2")), IsOk());
  ASSERT_THAT(detour.Evolve(1, entry("a", "1")), IsOk());
  EXPECT_NE(DigestRecords(straight, 2).state, DigestRecords(detour, 2).state);
  EXPECT_EQ(DigestRecords(straight, 2).content, DigestRecords(detour, 2).content);
  EXPECT_NE(DigestRecords(straight, 2).content, DigestRecords(straight, 1).content);
}

TEST_F(DigestTest, TheEncodingIsTheOneThatIsDocumented) {
  Notebook notebook;
  log::v1::Entry entry;
  entry.set_type("test/written");
  entry.set_resource("a");
  entry.set_payload("xyz");
  ASSERT_THAT(notebook.Evolve(7, entry), IsOk());
  std::string encoded("\0\0\0\1a\0\0\0\1\0\0\0\0\0\0\0\7\0\0\0\3xyz", 24);
  EXPECT_EQ(DigestRecords(notebook, 8).state, Sha256(encoded));
  EXPECT_EQ(DigestRecords(notebook, 8).content, Sha256(encoded.substr(0, 9) + encoded.substr(17)));
}

// Is visited until it has folded two entries.
class Unending final : public StateMachine {
 public:
  absl::StatusOr<std::vector<NewEvent>> Decide(const google::protobuf::Message&, const Caller&,
                                               absl::Time) const override {
    return std::vector<NewEvent>{};
  }
  absl::StatusOr<const google::protobuf::Message*> Parse(Position, const log::v1::Entry& entry,
                                                         google::protobuf::Arena&) const override {
    return &entry;
  }
  absl::Status Fold(Position, const google::protobuf::Message&) override {
    ++folded_;
    return absl::OkStatus();
  }
  void Truncate(Position) override {}
  void Publish(Position) override {}
  void VisitRecords(Position, Visit visit, Pause pause) const override {
    visiting_.Notify();
    while (folded_ < 2 && pause()) visit({"a", 1, 0, "x"});
  }
  void WaitUntilVisited() { visiting_.WaitForNotification(); }

 private:
  std::atomic<int> folded_ = 0;
  mutable absl::Notification visiting_;
};

TEST(DigestSliceTest, TheLogGrowsWhileItsStateIsDigested) {
  Unending state;
  Image image(state);
  std::thread writer([&] {
    state.WaitUntilVisited();
    for (int i = 0; i < 2; ++i) EXPECT_THAT(image.FoldTentative(log::v1::Entry()), IsOk());
  });
  EXPECT_THAT(image.DigestState(0, absl::Now() + absl::Seconds(20)), IsOk());
  writer.join();
}

TEST(DigestSliceTest, ADigestEndsAtItsDeadline) {
  Unending state;
  Image image(state);
  EXPECT_EQ(image.DigestState(0, absl::Now() + absl::Milliseconds(20)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace seisaku::ledger
