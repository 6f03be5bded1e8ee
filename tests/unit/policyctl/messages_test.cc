#include "tools/policyctl/messages.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "services/base/visible.h"
#include "services/ledger/tree/errors.h"
#include "tools/policyctl/expectations.h"
#include "tools/policyctl/failure.h"

namespace seisaku::policyctl {
namespace {

// How many different places a message has to fill: "{} {}" has 2, "{0} {1} {0}" has 2.
size_t Places(std::string_view text) {
  std::set<std::string> places;
  for (size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const std::string inside(text.substr(open + 1, text.find('}', open) - open - 1));
    places.insert(inside.empty() ? "unnumbered " + std::to_string(open) : inside);
  }
  return places.size();
}

bool HasJapanese(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

TEST(MessagesTest, EveryMessageIsThereInBothLanguagesWithTheSamePlaces) {
  ASSERT_GT(AllTexts().size(), 100u);
  for (const NamedText& message : AllTexts()) {
    EXPECT_FALSE(message.text.en.empty()) << message.name;
    EXPECT_FALSE(message.text.ja.empty()) << message.name;
    EXPECT_TRUE(IsUtf8(message.text.ja)) << message.name;
    EXPECT_EQ(Places(message.text.en), Places(message.text.ja)) << message.name;
  }
}

std::set<std::string> NamesIn(std::string_view text) {
  const std::vector<std::string> names = PlacesOf(text);
  return {names.begin(), names.end()};
}

TEST(MessagesTest, EveryReasonSaysInBothLanguagesWhatHappenedAndWhatToDo) {
  std::set<std::string_view> reasons;
  for (const Advice& advice : AllAdvice()) {
    EXPECT_TRUE(reasons.insert(advice.reason).second) << advice.reason << " is there twice";
    for (const Text& text : {advice.what, advice.next}) {
      EXPECT_FALSE(text.en.empty()) << advice.reason;
      EXPECT_TRUE(HasJapanese(text.ja)) << advice.reason;
    }
    EXPECT_EQ(NamesIn(advice.what.en), NamesIn(advice.what.ja)) << advice.reason;
  }
}

TEST(MessagesTest, EveryExpectationIsThereInBothLanguagesWithTheSameParameters) {
  for (const Expectation& expectation : AllExpectations()) {
    EXPECT_NE(FindExpectation(expectation.code), nullptr) << expectation.code;
  }
  std::set<std::string_view> codes;
  for (const NamedText& expectation : AllExpectationTexts()) {
    EXPECT_TRUE(codes.insert(expectation.name).second) << expectation.name << " is there twice";
    EXPECT_TRUE(HasJapanese(expectation.text.ja)) << expectation.name;
    EXPECT_EQ(NamesIn(expectation.text.en), NamesIn(expectation.text.ja)) << expectation.name;
  }
}

TEST(MessagesTest, WhatAdviceTellsIsInTheErrorsOfTheServices) {
  const absl::Time now = absl::UnixEpoch();
  std::vector<absl::Status> all = {errors::InvalidField("unit", expected::UTF8),
                                   errors::RequiredField("unit"),
                                   errors::Unreadable("INVALID_YEAR", "soon", expected::PERIOD),
                                   errors::NotFound("plans/p"),
                                   errors::AlreadyExists("plans/p"),
                                   errors::EtagMismatch("plans/p", "1", "2"),
                                   errors::RequestIdReused("id"),
                                   errors::RoleRequired("s", "planner"),
                                   errors::DepartmentScope("s", "plans/p/kpis/k", "departments/d"),
                                   errors::CertificateUnusable(expected::VERIFIED_CERTIFICATE),
                                   errors::QueueFull(),
                                   errors::CommandTooLarge("bytes", 1, 2),
                                   errors::StorageUnavailable("away"),
                                   errors::ClockUnsound(now, now),
                                   errors::ShuttingDown(),
                                   errors::OutcomeUnknown("id"),
                                   errors::LogCorrupt(3, "why"),
                                   errors::PositionNotReached(2, 1),
                                   errors::PositionBeyondEnd(2, 1),
                                   errors::TextNotFound(3, 1),
                                   errors::LogFork("log", 3, {}, {}),
                                   errors::CosignatureNotFound(),
                                   errors::ProofInvalid("inclusion", "why"),
                                   errors::SignatureInvalid("log"),
                                   errors::SignatureMissing(),
                                   errors::OriginMismatch("log", "other")};
  for (const absl::Status& error : all) {
    const auto* advice = std::find_if(AllAdvice().begin(), AllAdvice().end(),
                                      [&](const Advice& a) { return a.reason == ReasonOf(error); });
    ASSERT_NE(advice, AllAdvice().end()) << ReasonOf(error);
    const auto info = GetErrorInfo(error);
    for (std::string_view text : {advice->what.en, advice->next.en, advice->next.ja}) {
      for (const std::string& name : PlacesOf(text)) {
        if (name == "reader") continue;
        if (name == "field" && GetErrorInfo(error)->metadata().contains("value")) continue;
        EXPECT_TRUE(info->metadata().contains(name)) << ReasonOf(error) << " has no " << name;
      }
    }
  }
}

// The reasons in the tables of proto/REASONS.md that callers get: the words of capitals in the first column.
std::vector<std::string> DocumentedReasons() {
  std::ifstream stream(SEISAKU_SOURCE_DIR "/proto/REASONS.md");
  std::vector<std::string> reasons;
  for (std::string line; std::getline(stream, line) && line != "## Between the services, and at start";) {
    if (line.rfind("| ", 0) != 0) continue;
    std::string word;
    for (const char c : line.substr(2, line.find('|', 2) - 2) + " ") {
      if ((c >= 'A' && c <= 'Z') || c == '_') {
        word += c;
      } else if (word.size() > 3) {
        reasons.push_back(std::exchange(word, ""));
      } else {
        word.clear();
      }
    }
  }
  return reasons;
}

TEST(MessagesTest, EveryReasonThatAServiceGivesHasAdvice) {
  const std::vector<std::string> reasons = DocumentedReasons();
  ASSERT_THAT(reasons, testing::Contains("ACTUAL_EXISTS"));
  std::vector<std::string> known;
  for (const Advice& advice : AllAdvice()) known.emplace_back(advice.reason);
  EXPECT_THAT(known, testing::IsSupersetOf(reasons));
}

TEST(MessagesTest, LanguageIsThatOfTheLocale) {
  const auto language = [](std::string all, std::string messages, std::string lang) {
    return LanguageOf([=](const char* name) {
      const std::string_view n = name;
      return n == "LC_ALL" ? all : n == "LC_MESSAGES" ? messages : n == "LANG" ? lang : std::string();
    });
  };
  EXPECT_EQ(language("", "", "ja_JP.UTF-8"), Language::kJapanese);
  EXPECT_EQ(language("C.UTF-8", "", "ja_JP.UTF-8"), Language::kEnglish);
  EXPECT_EQ(language("", "ja_JP.UTF-8", "en_US.UTF-8"), Language::kJapanese);
  EXPECT_EQ(language("", "", "de_DE.UTF-8"), Language::kEnglish);
  EXPECT_EQ(language("", "", ""), Language::kEnglish);
}

TEST(FailureTest, NothingOfTheErrorReachesTheTerminalAsItIs) {
  const std::string told =
      DescribeFailure(Language::kEnglish, "policyctl sheet", "policyctl",
                      MakeError(absl::StatusCode::kInternal, "ODD\x1B", "\x1B[2J\u202E",
                                {{"\u2067n", "a\x1B\nb"}, {"why", "\u009B1m"}}, {{"f\u202E", "d\x07"}}));
  EXPECT_THAT(told, testing::HasSubstr("⟨U+2067⟩n=a␛ b"));
  EXPECT_THAT(told, testing::HasSubstr("detail: ⟨U+009B⟩1m"));
  EXPECT_THAT(told, testing::HasSubstr("reason: ODD␛"));
  EXPECT_THAT(told, testing::HasSubstr("f⟨U+202E⟩"));
  EXPECT_EQ(Visible(told), told);
}

TEST(FailureTest, SaysWhatFailedTheFieldTheReasonAndWhatToDo) {
  const absl::Status error = errors::InvalidField("actual.value.number.unit", expected::UNIT_OF_KPI,
                                                  {{"unit", "人"}, {"actual", "件"}});
  EXPECT_EQ(
      DescribeFailure(Language::kEnglish, "policyctl actual record", "policyctl", error),
      "policyctl actual record: --value (actual.value.number.unit) is not right; expected: the KPI's unit "
      "\"人\", or that with a scale word, not \"件\"\n"
      "  reason: INVALID_FIELD\n"
      "  next: correct it and repeat\n");
  EXPECT_EQ(DescribeFailure(Language::kJapanese, "policyctl actual record", "policyctl", error),
            "policyctl actual record: --value（実績値の単位） の内容が正しくありません。"
            "単位を、指標の単位「人」か、それに千・万などを付けたものにしてください（入力値:「件」）\n"
            "  理由コード: INVALID_FIELD\n"
            "  対処: 示された項目を直して再実行してください\n");
}

TEST(FailureTest, FactsThatNoSentenceTellsStandBesideTheReason) {
  const absl::Status error = WithField(MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "gone",
                                                 {{"resource", "plans/p"}, {"hint", "x"}}),
                                       "changes[1].kpi.node");
  EXPECT_EQ(DescribeFailure(Language::kJapanese, "policyctl import manifesto", "policyctl",
                            WithMetadata(error, {{"file", "m.txt"}, {"line", "7"}, {"column", "2"}})),
            "policyctl import manifesto: plans/p は登録されていません\n"
            "  項目: 変更（2番目）の指標の施策\n"
            "  箇所: m.txt:7:2\n"
            "  理由コード: RESOURCE_NOT_FOUND  hint=x\n"
            "  対処: 登録されているものを policyctl plan list や policyctl kpi list --plan 計画 "
            "で確かめてください\n");
}

TEST(FailureTest, JapaneseHasNoNamesOfTheContract) {
  const absl::Status exists = WithField(
      MakeError(absl::StatusCode::kFailedPrecondition, "ACTUAL_EXISTS", "x",
                {{"resource", "plans/p/kpis/k/actuals/2022"}, {"etag", "7"}, {"expected", "correct_actual"}}),
      "actual.value");
  const std::string told =
      DescribeFailure(Language::kJapanese, "policyctl actual record", "policyctl", exists);
  EXPECT_THAT(told, testing::HasSubstr("  項目: --value（実績値の値）\n"));
  EXPECT_THAT(told, testing::HasSubstr("  必要なもの: 実績値の訂正\n"));
  EXPECT_THAT(told, testing::Not(testing::HasSubstr("expected=")));
  const std::string other = DescribeFailure(
      Language::kJapanese, "policyctl plan create", "policyctl",
      errors::InvalidField("changes[0].create_plan.rule.mostly_on_track_percent", expected::NOT_ABOVE,
                           {{"limit", "97"}, {"other", "on_track_percent"}, {"actual", "98"}}));
  EXPECT_THAT(other,
              testing::HasSubstr("--file（変更（1番目）の計画の作成の評価基準の概ね順調とする下限（%））"));
  EXPECT_THAT(other, testing::HasSubstr("順調とする下限（%） の値（97）以下にしてください"));
}

TEST(FailureTest, WhatWasProbablyMeantIsNamed) {
  const absl::Status error = MakeError(absl::StatusCode::kInvalidArgument, "COMMAND_UNKNOWN", "x",
                                       {{"actual", "shet"}, {"known", "sheet, tree"}, {"closest", "sheet"}});
  EXPECT_THAT(DescribeFailure(Language::kEnglish, "policyctl", "policyctl", error),
              testing::HasSubstr("\n  did you mean: sheet\n  reason: COMMAND_UNKNOWN\n"));
  EXPECT_THAT(DescribeFailure(Language::kJapanese, "policyctl", "policyctl", error),
              testing::HasSubstr("\n  もしかして: sheet\n"));
}

TEST(FailureTest, CommandsThatReadAreNamedAsThisProgramHasThem) {
  EXPECT_THAT(DescribeFailure(Language::kEnglish, "auditor replay kpi show", "auditor replay BUNDLE",
                              errors::NotFound("plans/p")),
              testing::HasSubstr("next: see what there is: auditor replay BUNDLE plan list, "));
}

TEST(FailureTest, WhatTheSystemBelowSaidIsADetail) {
  EXPECT_THAT(DescribeFailure(Language::kJapanese, "policyctl sheet", "policyctl",
                              errors::StorageUnavailable("refused")),
              testing::HasSubstr("  詳細: refused\n"));
}

TEST(FailureTest, UnknownReasonIsToldWithItsMessageAndItsFacts) {
  const std::string text =
      DescribeFailure(Language::kJapanese, "policyctl sheet", "policyctl",
                      MakeError(absl::StatusCode::kInternal, "NEWER", "odd", {{"what", "x"}}));
  EXPECT_THAT(text, testing::HasSubstr("  詳細: odd\n  理由コード: NEWER  what=x\n"));
}

TEST(FailureTest, ErrorOfTheConnectionHasItsCodeAsReason) {
  const std::string text = DescribeFailure(Language::kEnglish, "policyctl plan list", "policyctl",
                                           absl::UnavailableError("refused"));
  EXPECT_THAT(text, testing::HasSubstr("reason: UNAVAILABLE"));
  EXPECT_THAT(text, testing::HasSubstr("./deploy/quickstart --status"));
}

}  // namespace
}  // namespace seisaku::policyctl
