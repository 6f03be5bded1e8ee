// The command line: subcommands with their options, and what they do.
//
//   void AddSheetCommand(CommandLine& line) {
//     auto options = std::make_shared<SheetOptions>();
//     CLI::App& command = line.Add(line.root(), {.name = "sheet", .help = kHelp, .example = "policyctl …"},
//                                  [options](Session& session) { return ShowSheet(session, *options); });
//     command.add_option("--plan", options->plan, line.In(text::kPlanOption))->required();
//   }
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "tools/policyctl/messages.h"
#include "tools/policyctl/session.h"

namespace seisaku::policyctl {

// What a command does. Its status decides the exit code.
using Action = std::function<absl::Status(Session&)>;

struct CommandHelp {
  std::string_view name;
  Text help;
  std::string_view example;  // whole command lines, one per line
};

// A program that is such a command line.
struct Program {
  std::string_view name;
  Text help;
  std::string_view example;  // a whole command line
  Text footer;
  int (*exit_code_of)(const absl::Status&);
};
extern const Program kPolicyctl;

class CommandLine {
 public:
  // `environment` says the language, unless argv has --lang, and where profiles are.
  CommandLine(int argc, const char* const* argv, Environment environment,
              const Program& program = kPolicyctl);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // What the command has sent so far; lives as long as this.
  const SentChanges& changes() const { return changes_; }
  // Where commands are added: the program itself, or what AddBelow says.
  CLI::App& root() { return *root_; }
  // From now on commands are added below `parent`, which is shown as `shown_as` in examples, and only those
  // that change nothing. `prepare` runs before each.
  void AddReadersBelow(CLI::App& parent, std::string shown_as, Action prepare);
  bool readers_only() const { return prepare_ != nullptr; }
  Language language() const { return options_.language; }
  // For the help of options.
  std::string In(const Text& text) const { return std::string(policyctl::In(language(), text)); }

  // A word that only has subcommands ("plan"). The same name again is the same group.
  CLI::App& Group(const CommandHelp& help);
  // A command below `parent`.
  CLI::App& Add(CLI::App& parent, const CommandHelp& help, Action action);

  // Parses, runs the chosen action, tells of its failure on standard error. Returns the exit code.
  int Run();

 private:
  void AddGlobalOptions();
  // Of examples that were written for policyctl.
  std::string Footer(std::string_view examples) const;
  // What follows from several options together. Throws CLI::ValidationError where they do not go together.
  void SettleOutput();
  // The words of the chosen command, "policyctl actual record".
  std::string ChosenCommand() const;
  // What was given for its --as-of; "" for none.
  std::string ChosenAsOf() const;

  int argc_;
  const char* const* argv_;
  Environment environment_;
  const Program& program_;
  SentChanges changes_;
  GlobalOptions options_;
  int timeout_seconds_ = 30;
  std::string language_name_;
  CLI::App app_;
  CLI::App* root_ = &app_;
  std::string shown_as_;
  Action prepare_;
  Action chosen_;
};

}  // namespace seisaku::policyctl
