#include "tools/policyctl/usage.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"
#include "tools/policyctl/failure.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

using testing::Contains;
using testing::Pair;

enum class Kind { kOne = 1, kTwo = 2 };
const std::map<std::string, Kind> kKinds = {{"one", Kind::kOne}, {"two", Kind::kTwo}};

class UsageTest : public testing::Test {
 protected:
  UsageTest() : app_("", "policyctl") {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--lang", lang_)->check(IsOneOf({"ja", "en"}));
    CLI::App& group = *app_.add_subcommand("actual", "");
    group.require_subcommand(1);
    CLI::App& record = *group.add_subcommand("record", "");
    record.add_option("KPI", kpi_)->required();
    record.add_option("--fiscal-year", year_)->check(IsFiscalYear())->required();
    record.add_option("--level", level_)->check(IsBetween(0, 7));
    record.add_option("--limit", limit_)->check(IsAtLeast(1));
    record.add_option("--kind", kind_)->transform(IsChoice(kKinds));
    CLI::Option* text = record.add_option("--text", text_);
    record.add_option("--text-file", text_file_)->excludes(text);
  }

  absl::Status Parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(words);
    } catch (const CLI::ParseError& error) {
      return UsageError(app_, error);
    }
    return absl::OkStatus();
  }
  absl::Status Record(std::vector<std::string> words) {
    words.insert(words.begin(), {"actual", "record", "k", "--fiscal-year", "R4"});
    return Parse(std::move(words));
  }
  static std::map<std::string, std::string> Facts(const absl::Status& status) {
    const auto info = GetErrorInfo(status);
    if (!info) return {};
    return {info->metadata().begin(), info->metadata().end()};
  }

  CLI::App app_;
  std::string lang_, kpi_, year_, text_, text_file_;
  int level_ = 0, limit_ = 0;
  Kind kind_ = Kind::kOne;
};

TEST_F(UsageTest, WhatIsRightIsNoError) {
  EXPECT_THAT(Record({"--kind", "TWO", "--level", "7", "--limit", "1", "--lang", "ja"}), IsOk());
  EXPECT_EQ(kind_, Kind::kTwo);
}

TEST_F(UsageTest, UnknownCommandNamesThoseThatThereAre) {
  const absl::Status error = Parse({"actual", "dance"});
  EXPECT_THAT(error, HasReason("COMMAND_UNKNOWN"));
  EXPECT_THAT(Facts(error), Contains(Pair("actual", "dance")));
  EXPECT_THAT(Facts(error), Contains(Pair("known", "record")));
}

TEST_F(UsageTest, WhatWasProbablyMeantIsSuggested) {
  EXPECT_THAT(Facts(Parse({"actul"})), Contains(Pair("closest", "actual")));
  EXPECT_THAT(Facts(Parse({"actual", "recrod", "--help"})), Contains(Pair("closest", "record")));
  EXPECT_THAT(Facts(Parse({"actual", "cord"})), Contains(Pair("closest", "record")));
  EXPECT_THAT(Facts(Parse({"actual", "dance"})), Contains(Pair("closest", "")));
  EXPECT_THAT(Facts(Record({"--txt", "a"})), Contains(Pair("closest", "--text")));
  EXPECT_THAT(Facts(Record({"--colour"})), Contains(Pair("closest", "")));
}

TEST_F(UsageTest, CommandThatIsNotCompleteNamesThoseThatThereAre) {
  EXPECT_THAT(Facts(Parse({})), Contains(Pair("known", "actual")));
  EXPECT_THAT(Parse({"actual"}), HasReason("COMMAND_MISSING"));
}

TEST_F(UsageTest, UnknownOptionIsNamedEvenWhereARequiredOneIsMissing) {
  const absl::Status error = Parse({"actual", "record", "k", "--fiscal-yaer", "R4"});
  EXPECT_THAT(error, HasReason("OPTION_UNKNOWN"));
  EXPECT_THAT(Facts(error), Contains(Pair("actual", "--fiscal-yaer")));
}

TEST_F(UsageTest, WordTooMuchIsNamed) {
  const absl::Status error = Record({"more"});
  EXPECT_THAT(error, HasReason("ARGUMENT_UNEXPECTED"));
  EXPECT_THAT(Facts(error), Contains(Pair("actual", "more")));
}

TEST_F(UsageTest, MissingOptionIsNamed) {
  const absl::Status error = Parse({"actual", "record", "k"});
  EXPECT_THAT(error, HasReason("OPTION_MISSING"));
  EXPECT_THAT(Facts(error), Contains(Pair("field", "--fiscal-year")));
}

TEST_F(UsageTest, OptionWithoutValueIsNamed) {
  const absl::Status error = Record({"--text"});
  EXPECT_THAT(error, HasReason("OPTION_VALUE_MISSING"));
  EXPECT_THAT(Facts(error), Contains(Pair("field", "--text")));
}

TEST_F(UsageTest, OptionsThatExcludeEachOtherAreNamed) {
  const absl::Status error = Record({"--text", "a", "--text-file", "b"});
  EXPECT_THAT(error, HasReason("OPTIONS_EXCLUDE"));
  EXPECT_THAT(Facts(error), Contains(Pair("field", "--text")));
  EXPECT_THAT(Facts(error), Contains(Pair("other", "--text-file")));
}

TEST_F(UsageTest, WrongValueIsNamedWithWhatWouldBeRight) {
  const auto expectation = [this](std::vector<std::string> words) {
    const absl::Status error = Record(std::move(words));
    EXPECT_THAT(error, HasReason("OPTION_VALUE_INVALID"));
    std::map<std::string, std::string> facts = Facts(error);
    return facts["field"] + " " + facts["expected"];
  };
  EXPECT_EQ(expectation({"--fiscal-year", "いつか"}), "--fiscal-year FISCAL_YEAR");
  EXPECT_THAT(DescribeFailure(Language::kJapanese, "policyctl", "policyctl", Record({"--fiscal-year", "4"})),
              testing::HasSubstr("令和4年度、2025(R7)年度のように"));
  EXPECT_EQ(expectation({"--level", "8"}), "--level BETWEEN");
  EXPECT_EQ(expectation({"--level", "top"}), "--level WHOLE_NUMBER");
  EXPECT_EQ(expectation({"--limit", "0"}), "--limit AT_LEAST");
  EXPECT_EQ(expectation({"--kind", "three"}), "--kind ONE_OF");
  EXPECT_EQ(expectation({"--lang", "fr"}), "--lang ONE_OF");
}

TEST_F(UsageTest, FactsOfAWrongValueKeepTheirCharacters) {
  const absl::Status error = Record({"--kind", "三\": 3\n"});
  EXPECT_THAT(Facts(error), Contains(Pair("actual", "三\": 3\n")));
  EXPECT_THAT(Facts(error), Contains(Pair("allowed", "one, two")));
}

}  // namespace
}  // namespace seisaku::policyctl
