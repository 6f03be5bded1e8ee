#include "tools/policyctl/usage.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
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

std::vector<std::string> Subcommands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

// The long names of the options of these apps.
std::vector<std::string> Options(const std::vector<const CLI::App*>& apps) {
  std::vector<std::string> names;
  for (const CLI::App* app : apps) {
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

// How many letters have to be put in, taken out or replaced to make `b` of `a`.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

// The name that `word` was probably meant to be: one of which it is a part, or in which few letters differ;
// "" where there is none.
std::string Closest(const std::string& word, const std::vector<std::string>& names) {
  constexpr size_t kLeastPart = 3;
  std::string closest;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : names) {
    const bool is_part = word.size() >= kLeastPart && name.find(word) != std::string::npos;
    const size_t distance = is_part ? 1 : Distance(word, name);
    if (distance >= least || distance >= std::min(word.size(), name.size())) continue;
    closest = name;
    least = distance;
  }
  return closest;
}

absl::Status OfExtraWord(const std::vector<const CLI::App*>& apps, const std::string& word,
                         const CLI::ParseError& error) {
  const CLI::App& innermost = *apps.back();
  if (word.size() > 1 && word.front() == '-') {
    const std::string closest = Closest(word.substr(0, word.find('=')), Options(apps));
    return Wrong("OPTION_UNKNOWN", error, {{"actual", word}, {"closest", closest}});
  }
  if (innermost.get_require_subcommand_min() == 0)
    return Wrong("ARGUMENT_UNEXPECTED", error, {{"actual", word}});
  const std::vector<std::string> known = Subcommands(innermost);
  return Wrong("COMMAND_UNKNOWN", error,
               {{"actual", word}, {"known", absl::StrJoin(known, ", ")}, {"closest", Closest(word, known)}});
}

// An option and another one that it excludes, where both were given.
std::optional<absl::Status> OfExclusion(const CLI::Option& option, const CLI::ParseError& error) {
  for (const CLI::Option* other : option.get_excludes()) {
    if (option.count() == 0 || other->count() == 0) continue;
    return Wrong("OPTIONS_EXCLUDE", error, {{"field", option.get_name()}, {"other", other->get_name()}});
  }
  return std::nullopt;
}

// What an option needs beside it, where that was not given.
std::optional<absl::Status> OfNeed(const CLI::Option& option, const CLI::ParseError& error) {
  for (const CLI::Option* other : option.get_needs()) {
    if (option.count() == 0 || other->count() > 0) continue;
    return Wrong("OPTION_MISSING", error, {{"field", other->get_name()}});
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
  if (kind == "RequiresError") return OfNeed(option, error);
  return std::nullopt;
}

}  // namespace

absl::Status UsageError(const CLI::App& root, const CLI::ParseError& error) {
  if (std::optional<absl::Status> refusal = RefusalOf(error)) return *refusal;
  const std::vector<const CLI::App*> apps = Recognised(root);
  const CLI::App& innermost = *apps.back();
  // A word that nothing takes explains best why something else is missing.
  if (const auto words = root.remaining(true); !words.empty()) return OfExtraWord(apps, words.front(), error);
  if (innermost.get_require_subcommand_min() > 0)
    return Wrong("COMMAND_MISSING", error, {{"known", absl::StrJoin(Subcommands(innermost), ", ")}});
  for (const CLI::App* app : apps) {
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      if (auto wrong = OfOption(*option, error)) return *wrong;
    }
  }
  return Wrong("USAGE", error, {{"why", error.what()}});
}

}  // namespace seisaku::policyctl
