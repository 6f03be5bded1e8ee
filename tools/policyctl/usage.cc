#include "tools/policyctl/usage.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/base/status.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

absl::Status Wrong(std::string_view reason, const CLI::ParseError& error, Metadata metadata) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, error.what(), std::move(metadata));
}

// The root and the commands that were recognised, the innermost last.
std::vector<const CLI::App*> Recognised(const CLI::App& root) {
  std::vector<const CLI::App*> apps = {&root};
  while (!apps.back()->get_subcommands().empty()) apps.push_back(apps.back()->get_subcommands().front());
  return apps;
}

std::string Subcommands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return absl::StrJoin(names, ", ");
}

absl::Status OfExtraWord(const CLI::App& innermost, const std::string& word, const CLI::ParseError& error) {
  if (word.size() > 1 && word.front() == '-') return Wrong("OPTION_UNKNOWN", error, {{"actual", word}});
  if (innermost.get_require_subcommand_min() == 0)
    return Wrong("ARGUMENT_UNEXPECTED", error, {{"actual", word}});
  return Wrong("COMMAND_UNKNOWN", error, {{"actual", word}, {"known", Subcommands(innermost)}});
}

// An option and another one that it excludes, where both were given.
std::optional<absl::Status> OfExclusion(const CLI::Option& option, const CLI::ParseError& error) {
  for (const CLI::Option* other : option.get_excludes()) {
    if (option.count() == 0 || other->count() == 0) continue;
    return Wrong("OPTIONS_EXCLUDE", error, {{"field", option.get_name()}, {"other", other->get_name()}});
  }
  return std::nullopt;
}

std::optional<absl::Status> OfOption(const CLI::Option& option, const CLI::ParseError& error) {
  const std::string kind = error.get_name();
  if (kind == "RequiredError" && option.get_required() && option.count() == 0)
    return Wrong("OPTION_MISSING", error, {{"field", option.get_name()}});
  if (kind == "ArgumentMismatch" && std::string_view(error.what()).starts_with(option.get_name() + ":"))
    return Wrong("OPTION_VALUE_MISSING", error, {{"field", option.get_name()}});
  if (kind == "ExcludesError") return OfExclusion(option, error);
  return std::nullopt;
}

}  // namespace

absl::Status UsageError(const CLI::App& root, const CLI::ParseError& error) {
  if (std::optional<absl::Status> refusal = RefusalOf(error)) return *refusal;
  const std::vector<const CLI::App*> apps = Recognised(root);
  const CLI::App& innermost = *apps.back();
  // A word that nothing takes explains best why something else is missing.
  if (const auto words = root.remaining(true); !words.empty())
    return OfExtraWord(innermost, words.front(), error);
  if (innermost.get_require_subcommand_min() > 0)
    return Wrong("COMMAND_MISSING", error, {{"known", Subcommands(innermost)}});
  for (const CLI::App* app : apps) {
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      if (auto wrong = OfOption(*option, error)) return *wrong;
    }
  }
  return Wrong("USAGE", error, {{"why", error.what()}});
}

}  // namespace seisaku::policyctl
