// Which bundle a command works on, and up to where.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "tools/auditor/archive/archived_city.h"
#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

namespace text {
inline constexpr policyctl::Text kWrittenTo = {"{} was written", "{} に書き出しました"};
}  // namespace text

struct ArchiveOptions {
  std::string bundle;
  std::vector<std::string> trust;
};

// Adds BUNDLE and --trust to `command`, which fills `options`; they outlive the parsing.
void AddArchiveOptions(const policyctl::CommandLine& line, CLI::App& command, ArchiveOptions& options);

// The city as of `to` ("" for all; see policyctl::ParseAsOf). Without keys to trust its checkpoints are taken
// as they are, and a note says so.
absl::StatusOr<std::unique_ptr<ArchivedCity>> OpenArchive(policyctl::Session& session,
                                                          const ArchiveOptions& options,
                                                          const std::string& to);

// INVALID_ARGUMENT FROM_AFTER_TO (metadata `from`, `to`) where both are given, in the same form, and `from`
// is later. Either may be "".
absl::Status CheckOrder(const std::string& from, const std::string& to);

}  // namespace seisaku::auditor
