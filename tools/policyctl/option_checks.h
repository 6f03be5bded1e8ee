// Checks of option values: what cannot be read is wrong usage (exit code 2), told before any call.
#pragma once

#include "CLI/CLI.hpp"

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

}  // namespace seisaku::policyctl
