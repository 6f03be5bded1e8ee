#include "services/base/expected.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace seisaku {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(ExpectedTest, EveryCodeIsThereOnceAndInCapitals) {
  std::set<std::string_view> codes;
  for (const Expectation& expectation : AllExpectations()) {
    EXPECT_TRUE(codes.insert(expectation.code).second) << expectation.code;
    EXPECT_TRUE(std::regex_match(std::string(expectation.code), std::regex("[A-Z][A-Z0-9_]*")));
  }
}

TEST(ExpectedTest, ReasonsOfTheContractListEveryCodeWithItsParametersAndItsEnglish) {
  std::ifstream stream(SEISAKU_SOURCE_DIR "/proto/REASONS.md");
  const std::string reasons{std::istreambuf_iterator<char>(stream), {}};
  for (const Expectation& expectation : AllExpectations()) {
    std::string parameters;
    for (const std::string& place : PlacesOf(expectation.english)) {
      parameters += fmt::format("{}`{}`", parameters.empty() ? "" : ", ", place);
    }
    EXPECT_THAT(reasons, HasSubstr(fmt::format("| `{}` | {} | {} |", expectation.code, parameters,
                                               expectation.english)));
  }
}

TEST(ExpectedTest, FactsStandInTheMetadataAndInTheEnglish) {
  EXPECT_THAT(ToMetadata(expected::AT_MOST_BYTES, {{"max", 5}, {"actual", 7u}}),
              ElementsAre(Pair("expected", "AT_MOST_BYTES"), Pair("max", "5"), Pair("actual", "7")));
  EXPECT_EQ(Describe(expected::AT_MOST_BYTES, {{"max", 5}, {"actual", 7u}}), "at most 5 bytes, not 7");
}

TEST(ExpectedTest, WhatAFactHoldsIsNotFilledAgain) {
  EXPECT_EQ(Describe(expected::RESOURCE_NAME, {{"form", "plans/{plan}"}, {"actual", "{form}"}}),
            "a name of the form plans/{plan}, not \"{form}\"");
}

TEST(FillTest, PlacesAreFilledInOrderAndAllElseIsKept) {
  EXPECT_EQ(Fill("a {b} c {d}{", [](std::string_view name) { return std::string(name) + "!"; }),
            "a b! c d!{");
  EXPECT_THAT(PlacesOf("{max} of {all} and {max}"), ElementsAre("max", "all", "max"));
}

}  // namespace
}  // namespace seisaku
