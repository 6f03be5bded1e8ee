// Which log a command is about, and how to reach it.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/log_client.h"
#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

struct LogOptions {
  LogAddress address;
  std::string vkey_file;
  std::string origin;
};

// Adds --address, --certificate, --key, --ca, --authority, --log-vkey and --origin to `command`, which fills
// `options`; they outlive the parsing.
void AddLogOptions(const policyctl::CommandLine& line, CLI::App& command, LogOptions& options);

// The key of the log. FAILED_PRECONDITION LOG_KEY_UNREADABLE; ORIGIN_MISMATCH: it is of another log than
// --origin says.
absl::StatusOr<ledger::VerifierKey> ReadLogKey(const LogOptions& options);

}  // namespace seisaku::auditor
