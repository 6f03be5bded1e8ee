// Checks of option values: what cannot be read is wrong usage (exit code 2), told before any call.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace seisaku::policyctl {

// "2022", "R4", "令和4年度".
CLI::Validator IsFiscalYear();
// A date, a time or a position: see ParseAsOf.
CLI::Validator IsAsOf();
// "令和3年度", "令和3年".
CLI::Validator IsObservedPeriod();
// See ParseJudgement and ParseCause.
CLI::Validator IsJudgement();
CLI::Validator IsCause();
// A whole number.
CLI::Validator IsAtLeast(int64_t min);
CLI::Validator IsBetween(int64_t min, int64_t max);
// HOST:PORT; and NAME=HOST:PORT, where NAME is one of these.
CLI::Validator IsAddress();
CLI::Validator IsAddressOf(std::vector<std::string> names);
// One of these words.
CLI::Validator IsOneOf(std::vector<std::string> words);
// The name of a file that ends in one of these (".csv"), in either case, or in nothing that names a format:
// ".2026" has no letter.
CLI::Validator EndsIn(std::vector<std::string> endings);
// One of these words in either case; with transform() it becomes the number, as CLI11 reads enums.
CLI::Validator IsChoice(std::vector<std::pair<std::string, int>> choices);
template <typename Enum>
CLI::Validator IsChoice(const std::map<std::string, Enum>& choices) {
  std::vector<std::pair<std::string, int>> numbers;
  for (const auto& [word, value] : choices) numbers.emplace_back(word, static_cast<int>(value));
  return IsChoice(std::move(numbers));
}

// The refusal of one of these checks as an error with facts: INVALID_ARGUMENT OPTION_VALUE_INVALID, metadata
// `field` (the option), `expected` and its parameters. nullopt where `error` is another's.
std::optional<absl::Status> RefusalOf(const CLI::ParseError& error);

}  // namespace seisaku::policyctl
