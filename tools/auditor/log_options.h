// Which log a command is about, and how to reach it.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/log_client.h"
#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

struct LogOptions {
  LogAddress address;
  std::vector<std::string> vkey_files;
  std::string origin;
};

// Adds --address, --certificate, --key, --ca, --authority, --log-vkey and --origin to `command`, which fills
// `options`; they outlive the parsing.
void AddLogOptions(const policyctl::CommandLine& line, CLI::App& command, LogOptions& options);

// The keys of the log, at least one. FAILED_PRECONDITION LOG_KEY_UNREADABLE; ORIGIN_MISMATCH: one is of
// another log than --origin says.
absl::StatusOr<std::vector<ledger::VerifierKey>> ReadLogKeys(const LogOptions& options);

}  // namespace seisaku::auditor
