// Whom a command believes.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "tools/policyctl/command_line.h"

namespace seisaku::auditor {

// Adds --trust to `command`, which fills `files` for bundle::Trust::Read; it outlives the parsing.
inline CLI::Option* AddTrustOption(const policyctl::CommandLine& line, CLI::App& command,
                                   std::vector<std::string>& files) {
  constexpr policyctl::Text kHelp = {"File of public keys, one a line; may be given several times",
                                     "信頼する公開鍵のファイル（1行に1つ。複数指定可）"};
  return command.add_option("--trust", files, line.In(kHelp))->type_name("FILE")->allow_extra_args(false);
}

}  // namespace seisaku::auditor
