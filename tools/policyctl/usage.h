// A command line that CLI11 cannot parse, as an error with facts.
#pragma once

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace seisaku::policyctl {

// What is wrong, found in the app after parse() has thrown `error`. INVALID_ARGUMENT COMMAND_UNKNOWN
// (`actual`, `known`, `closest`: what was probably meant, empty for nothing), COMMAND_MISSING (`known`),
// OPTION_VALUE_INVALID (see RefusalOf), OPTION_UNKNOWN (`actual`, `closest`), ARGUMENT_UNEXPECTED (`actual`),
// OPTION_MISSING, OPTION_VALUE_MISSING (`field`), OPTIONS_EXCLUDE (`field`, `other`); USAGE with CLI11's
// words as `why` for anything else.
absl::Status UsageError(const CLI::App& root, const CLI::ParseError& error);

}  // namespace seisaku::policyctl
