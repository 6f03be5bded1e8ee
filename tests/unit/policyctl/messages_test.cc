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
#include "services/base/text.h"
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

TEST(MessagesTest, EveryReasonSaysInBothLanguagesWhatHappenedAndWhatToDo) {
  for (const Advice& advice : AllAdvice()) {
    for (const Text& text : {advice.what, advice.next}) {
      EXPECT_FALSE(text.en.empty()) << advice.reason;
      EXPECT_TRUE(HasJapanese(text.ja)) << advice.reason;
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

TEST(FailureTest, SaysWhatFailedTheFieldTheReasonAndWhatToDo) {
  const absl::Status error = errors::InvalidField("actual.value", "a number");
  const std::string english = DescribeFailure(Language::kEnglish, "actual record", error);
  EXPECT_THAT(english, testing::StartsWith("policyctl actual record: a field holds something"));
  EXPECT_THAT(english, testing::HasSubstr("field: actual.value: a number"));
  EXPECT_THAT(english, testing::HasSubstr("reason: INVALID_FIELD"));
  EXPECT_THAT(english, testing::HasSubstr("next: "));
  EXPECT_THAT(DescribeFailure(Language::kJapanese, "actual record", error), testing::HasSubstr("対処: "));
}

TEST(FailureTest, ErrorOfTheConnectionHasItsCodeAsReason) {
  const std::string text =
      DescribeFailure(Language::kEnglish, "plan list", absl::UnavailableError("refused"));
  EXPECT_THAT(text, testing::HasSubstr("reason: UNAVAILABLE"));
  EXPECT_THAT(text, testing::HasSubstr("./deploy/quickstart --status"));
}

}  // namespace
}  // namespace seisaku::policyctl
