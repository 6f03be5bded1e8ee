#include "tools/policyctl/command_line.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/version.h"
#include "services/base/visible.h"
#include "tools/policyctl/creation.h"
#include "tools/policyctl/exit_code.h"
#include "tools/policyctl/failure.h"
#include "tools/policyctl/help.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/usage.h"

namespace seisaku::policyctl {
namespace {

const std::map<std::string, Format> kFormats = {
    {"table", Format::kTable}, {"json", Format::kJson}, {"csv", Format::kCsv}};
const std::map<std::string, Encoding> kEncodings = {{"utf-8", Encoding::kUtf8}, {"cp932", Encoding::kCp932}};

// The width of the terminal that standard output is; nullopt where it is none.
std::optional<int> TerminalWidth() {
  winsize size = {};
  if (isatty(STDOUT_FILENO) == 0) return std::nullopt;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return std::nullopt;
}

// Whether the file is a terminal; one that may make its opener wait (a pipe) is none.
bool IsTerminal(const std::string& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) return false;
  const int opened = open(file.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (opened < 0) return false;
  const bool is_terminal = isatty(opened) != 0;
  close(opened);
  return is_terminal;
}

// Help is made while options are declared, so --lang is looked for before they are parsed.
Language ChooseLanguage(int argc, const char* const* argv, const Environment& environment) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string_view value;
    if (argument == "--lang" && i + 1 < argc) value = argv[i + 1];
    if (argument.substr(0, 7) == "--lang=") value = argument.substr(7);
    if (value == "ja") return Language::kJapanese;
    if (value == "en") return Language::kEnglish;
  }
  return LanguageOf(environment);
}

}  // namespace

const Program kPolicyctl = {"policyctl", text::kProgramHelp,
                            "policyctl sheet --plan strategy --fiscal-year R4", text::kProgramFooter,
                            [](const absl::Status& status) -> int { return ExitCodeOf(status); }};

CommandLine::CommandLine(int argc, const char* const* argv, Environment environment, const Program& program)
    : argc_(argc),
      argv_(argv),
      environment_(std::move(environment)),
      program_(program),
      app_("", std::string(program.name)),
      shown_as_(kPolicyctl.name) {
  options_.changes = &changes_;
  options_.language = ChooseLanguage(argc, argv, environment_);
  options_.output.layout.terminal_width = TerminalWidth();
  app_.description(In(program.help));
  app_.footer(fmt::format("{}\n  {}\n\n{}", In(text::kExample), program.example, In(program.footer)));
  SetUpHelp(app_, language());
  app_.require_subcommand(1);
  app_.fallthrough();
  app_.option_defaults()->always_capture_default(false);
  AddGlobalOptions();
}

void CommandLine::AddGlobalOptions() {
  app_.set_version_flag("--version", fmt::format("{} {}", program_.name, kVersion), In(text::kVersionOption));
  app_.add_option("--profiles", options_.profile.file, In(text::kProfilesOption))->type_name("FILE");
  app_.add_option("--profile", options_.profile.name, In(text::kProfileOption))->type_name("NAME");
  app_.add_option("-o,--format", options_.output.format, In(text::kFormatOption))
      ->transform(IsChoice(kFormats));
  app_.add_option("--output", options_.output.file, In(text::kOutputOption))->type_name("FILE");
  app_.add_option("--encoding", options_.output.encoding, In(text::kEncodingOption))
      ->transform(IsChoice(kEncodings));
  app_.add_option("--timeout", timeout_seconds_, In(text::kTimeoutOption))
      ->check(IsBetween(1, 3600).description("SECONDS"));
  app_.add_option("--ambiguous-width", options_.output.layout.ambiguous_width, In(text::kAmbiguousOption))
      ->check(IsBetween(1, 2).description("1|2"));
  app_.add_option("--lang", language_name_, In(text::kLangOption))->check(IsOneOf({"ja", "en"}));
}

void CommandLine::AddReadersBelow(CLI::App& parent, std::string shown_as, Action prepare) {
  root_ = &parent;
  shown_as_ = std::move(shown_as);
  prepare_ = std::move(prepare);
}

std::string CommandLine::Footer(std::string_view examples) const {
  const std::string shown =
      absl::StrReplaceAll(std::string(examples), {{std::string(kPolicyctl.name) + " ", shown_as_ + " "}});
  return ExampleFooter(language(), program_.name, shown);
}

CLI::App& CommandLine::Group(const CommandHelp& help) {
  const auto same = root_->get_subcommands([&](CLI::App* app) { return app->get_name() == help.name; });
  if (!same.empty()) return *same.front();
  CLI::App& group = *root_->add_subcommand(std::string(help.name), In(help.help));
  group.footer(Footer(help.example));
  group.require_subcommand(1);
  return group;
}

CLI::App& CommandLine::Add(CLI::App& parent, const CommandHelp& help, Action action) {
  CLI::App& command = *parent.add_subcommand(std::string(help.name), In(help.help));
  command.footer(Footer(help.example));
  command.callback([this, prepare = prepare_, action = std::move(action)] {
    if (chosen_) return;  // a command below this one
    chosen_ = [prepare, action](Session& session) -> absl::Status {
      if (prepare) RETURN_IF_ERROR(prepare(session));
      return action(session);
    };
  });
  return command;
}

std::string CommandLine::ChosenCommand() const {
  std::string words = app_.get_name();
  for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    words += " " + app->get_name();
  }
  return words;
}

std::string CommandLine::ChosenAsOf() const {
  const CLI::App* innermost = &app_;
  while (!innermost->get_subcommands().empty()) innermost = innermost->get_subcommands().front();
  const CLI::Option* as_of = innermost->get_option_no_throw("--as-of");
  return as_of == nullptr || as_of->count() == 0 ? "" : as_of->as<std::string>();
}

void CommandLine::SettleOutput() {
  OutputOptions& output = options_.output;
  output.language = language();
  std::vector<std::string> endings;
  if (app_.count("--format") == 0) {
    if (absl::EndsWithIgnoreCase(output.file, ".csv")) output.format = Format::kCsv;
    if (absl::EndsWithIgnoreCase(output.file, ".json")) output.format = Format::kJson;
    endings = {".csv", ".json", ".txt"};
  } else {
    if (output.format == Format::kCsv) endings.push_back(".csv");
    if (output.format == Format::kJson) endings.push_back(".json");
    endings.push_back(".txt");
  }
  // A file's name promises no format that is not written.
  const std::string refusal = EndsIn(endings)(output.file);
  if (!refusal.empty()) throw CLI::ValidationError("--output", refusal);
  output.to_terminal = output.file.empty() ? isatty(STDOUT_FILENO) != 0 : IsTerminal(output.file);
  if (output.encoding != Encoding::kUtf8 && output.format != Format::kCsv)
    throw CLI::ValidationError("--encoding", In(text::kEncodingOnlyOfCsv));
}

int CommandLine::Run() {
  try {
    app_.parse(argc_, argv_);
    SettleOutput();
  } catch (const CLI::ParseError& error) {
    // --help of a command that there is not is no help.
    if (error.get_exit_code() == 0 && app_.remaining(true).empty()) return app_.exit(error);
    std::cerr << DescribeFailure(language(), ChosenCommand(), shown_as_, UsageError(app_, error));
    return kUsage;
  }
  options_.timeout = absl::Seconds(timeout_seconds_);
  Session session(options_, environment_);
  const std::string as_of = ChosenAsOf();
  absl::Status status = chosen_(session);
  session.ShowProgress("");
  if (ReasonOf(status) == "RESOURCE_NOT_FOUND" && !as_of.empty()) {
    if (const auto client = session.Connect(); client.ok()) status = WithCreation(**client, status, as_of);
  }
  if (!status.ok()) std::cerr << DescribeFailure(language(), ChosenCommand(), shown_as_, status);
  if (ReasonOf(status) == "RESOURCE_NOT_FOUND" && !as_of.empty()) {
    std::cerr << Say(language(), text::kNotThereThen, VisibleLine(as_of)) << '\n';
  }
  if (ReasonOf(status).starts_with("OUTPUT_") && changes_.AnyRecorded()) {
    std::cerr << In(text::kRecordedButNotShown) << '\n';
  }
  return program_.exit_code_of(status);
}

}  // namespace seisaku::policyctl
