// Whole command lines that read, on services in this process.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/ledger/tree/free_text.h"
#include "tests/unit/policyctl/city_in_process.h"
#include "tools/policyctl/command_line.h"
#include "tools/policyctl/commands/commands.h"

namespace seisaku::policyctl {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

class ReadingTest : public testing::Test {
 protected:
  ReadingTest() : city_({"火災発生件数", "健康寿命", "健康診査受診率"}) {}

  Answer Run(std::vector<const char*> words) {
    words.insert(words.begin(), "policyctl");
    CommandLine line(static_cast<int>(words.size()), words.data(), [](const char*) { return std::string(); });
    line.AddReadersBelow(line.root(), "policyctl", [this](Session& session) {
      session.ConnectBy([this](Client::Options options) { return city_.Open(std::move(options)); });
      return absl::OkStatus();
    });
    AddTreeCommand(line);
    AddKpiCommands(line);
    AddSheetCommand(line);
    AddSummaryCommand(line);
    AddLogCommands(line);
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const int code = line.Run();
    std::string out = testing::internal::GetCapturedStdout();
    return {code, std::move(out), testing::internal::GetCapturedStderr()};
  }

  CityInProcess city_;
};

TEST_F(ReadingTest, EveryViewMarksDirectionsThatNobodyConfirmedAndNamesTheCommand) {
  const std::vector<std::vector<const char*>> views = {{"tree", "--plan", "p", "--kpis"},
                                                       {"kpi", "list", "--plan", "p"},
                                                       {"kpi", "show", "火災発生件数", "--plan", "p"},
                                                       {"sheet", "--plan", "p", "--fiscal-year", "R4"},
                                                       {"summary", "--plan", "p", "--fiscal-year", "R4"}};
  for (const std::vector<const char*>& view : views) {
    EXPECT_THAT(Run(view).out, Not(HasSubstr("kpi confirm"))) << view[0];
  }
  city_.kpi("火災発生件数").set_direction_unconfirmed(true);
  for (std::vector<const char*> view : views) {
    const Answer english = Run(view);
    EXPECT_EQ(english.code, 0) << english.err;
    EXPECT_THAT(english.out, HasSubstr("policyctl kpi confirm ")) << view[0];
    view.insert(view.end(), {"--lang", "ja"});
    EXPECT_THAT(Run(view).out, HasSubstr("未確認")) << view[0];
  }
  EXPECT_THAT(Run({"tree", "--plan", "p", "--kpis", "--lang", "ja"}).out,
              HasSubstr("［kpi-1］火災発生件数（方向未確認）\n"));
}

TEST_F(ReadingTest, APartOfANameIsNotFoundAndSuggestsWhatWasMeant) {
  const Answer answer = Run({"kpi", "show", "健康", "--plan", "p", "--lang", "ja"});
  EXPECT_EQ(answer.code, 4);
  EXPECT_THAT(answer.err, HasSubstr("  もしかして: 健康寿命（kpi-2）、健康診査受診率（kpi-3）\n"));
  const Answer spelling = Run({"kpi", "show", "健康 寿命", "--plan", "p", "--lang", "ja"});
  EXPECT_EQ(spelling.code, 0);
  EXPECT_THAT(spelling.err, HasSubstr("「健康 寿命」を「健康寿命」（kpi-2）として扱います"));
}

TEST_F(ReadingTest, BeforeItExistedSaysSinceWhenItDoes) {
  city_.size = 9;
  city_.created_at = 4;
  city_.created_on = absl::FromCivil(absl::CivilSecond(2024, 5, 6, 12, 0, 0), absl::UTCTimeZone());
  const Answer answer = Run({"kpi", "show", "健康寿命", "--plan", "p", "--as-of", "3", "--lang", "ja"});
  EXPECT_EQ(answer.code, 4);
  EXPECT_THAT(answer.err, HasSubstr("plans/p/kpis/健康寿命 は 3 の時点ではまだありません（2024-05-06に作成、"
                                    "catalog のログ位置 4）"));
  EXPECT_THAT(answer.err, Not(HasSubstr("登録されたものかもしれません")));
}

TEST_F(ReadingTest, TheLogIsListedInWordsWithItsReasons) {
  constexpr char kSalt[] = "0123456789abcdef";
  progress::v1::Event event;
  event.mutable_actual_corrected();
  event.mutable_reason()->set_index(0);
  log::v1::Entry entry;
  entry.set_type("seisaku.progress.v1.Event/actual_corrected");
  entry.set_payload(event.SerializeAsString());
  entry.add_texts()->set_salted_sha256(ledger::ToBytes(ledger::TextCommitment(kSalt, "再集計")));
  log::v1::StoredEntry& stored = city_.entries.emplace_back();
  stored.set_entry(entry.SerializeAsString());
  stored.add_texts()->set_salt(kSalt);
  stored.mutable_texts(0)->set_text("再集計");
  const Answer answer = Run({"log", "list", "--lang", "ja"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("実績値の訂正"));
  EXPECT_THAT(answer.out, HasSubstr("再集計\n"));
  EXPECT_THAT(answer.out, Not(HasSubstr("actual_corrected")));
  EXPECT_THAT(Run({"log", "list"}).out, HasSubstr("actual_corrected"));
  city_.entries[0].clear_texts();
  EXPECT_THAT(Run({"log", "list", "--lang", "ja"}).out, HasSubstr("（この文は削除されました）\n"));
}

}  // namespace
}  // namespace seisaku::policyctl
