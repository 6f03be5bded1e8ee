// How help is shown: in the reader's language, names and values in a narrow left column, an example.
#pragma once

#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "tools/policyctl/messages.h"

namespace seisaku::policyctl {

// Makes `app` and all commands that are added to it afterwards show help in this way. The left column holds
// only ASCII, because CLI11 pads it by bytes.
void SetUpHelp(CLI::App& app, Language language);

// The end of a command's help: its examples, whole command lines, one a line; and that `program` has more
// options.
std::string ExampleFooter(Language language, std::string_view program, std::string_view examples);

}  // namespace seisaku::policyctl
