#include "tools/policyctl/commands/plan_file.h"

#include <set>

#include "fmt/format.h"
#include "services/base/status.h"
#include "toml++/toml.h"
#include "tools/policyctl/expectations.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::policyctl {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  absl::Status Invalid(const toml::source_region& where, std::string_view key, const Expectation& expectation,
                       Facts facts = {}) const {
    Metadata metadata = ToMetadata(expectation, facts);
    metadata.insert(metadata.end(), {{"file", file_}, {"key", std::string(key)}});
    // Line 0 is no place in the file: what is wrong there is missing.
    if (where.begin.line != 0) metadata.emplace_back("line", fmt::to_string(where.begin.line));
    return MakeError(absl::StatusCode::kInvalidArgument, "PLAN_FILE_INVALID",
                     fmt::format("{}:{}: {}: {}", file_, where.begin.line, key, Describe(expectation, facts)),
                     std::move(metadata));
  }

  absl::Status OnlyKeys(const toml::table& table, const std::set<std::string_view>& known) const {
    for (const auto& [key, value] : table) {
      if (!known.contains(key.str()))
        return Invalid(value.source(), key.str(), expected::KNOWN_KEY, {{"allowed", fmt::join(known, ", ")}});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Words(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::string();
    if (const auto* words = node->as_string()) return words->get();
    return Invalid(node->source(), key, expected::TEXT_IN_QUOTES);
  }

  // A number without a binary fraction in between: a whole number, or a text.
  absl::StatusOr<std::string> Number(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::string();
    if (const auto* whole = node->as_integer()) return std::to_string(whole->get());
    if (const auto* words = node->as_string()) return words->get();
    return Invalid(node->source(), key, expected::WHOLE_NUMBER_OR_TEXT);
  }

  absl::Status Levels(const toml::table& table, catalog::v1::Plan& plan) const {
    const toml::array* levels = table["levels"].as_array();
    if (levels == nullptr) {
      const toml::node* other = table.get("levels");
      return Invalid(other == nullptr ? toml::source_region{} : other->source(), "levels",
                     expected::LIST_OF_TEXTS);
    }
    for (const toml::node& level : *levels) {
      if (!level.is_string()) return Invalid(level.source(), "levels", expected::LIST_OF_TEXTS);
      plan.add_levels(level.as_string()->get());
    }
    return absl::OkStatus();
  }

  absl::Status Rule(const toml::table& table, PlanFile& result) const {
    if (!table.contains("rule")) return absl::OkStatus();
    const toml::table* rule = table["rule"].as_table();
    if (rule == nullptr)
      return Invalid(table.get("rule")->source(), "rule", expected::TABLE, {{"form", "[rule]"}});
    RETURN_IF_ERROR(OnlyKeys(*rule, {"method", "on_track_percent", "mostly_on_track_percent", "reason"}));
    catalog::v1::EvaluationRule& into = *result.plan.mutable_rule();
    ASSIGN_OR_RETURN(*into.mutable_method(), Words(*rule, "method"));
    ASSIGN_OR_RETURN(*into.mutable_on_track_percent()->mutable_value(), Number(*rule, "on_track_percent"));
    ASSIGN_OR_RETURN(*into.mutable_mostly_on_track_percent()->mutable_value(),
                     Number(*rule, "mostly_on_track_percent"));
    ASSIGN_OR_RETURN(result.reason, Words(*rule, "reason"));
    return absl::OkStatus();
  }

 private:
  const std::string& file_;
};

}  // namespace

absl::StatusOr<PlanFile> ParsePlanFile(std::string_view text, const std::string& file) {
  const Reader reader(file);
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return reader.Invalid(error.source(), "TOML", expected::TOML,
                          {{"why", std::string(error.description())}});
  }
  PlanFile result;
  RETURN_IF_ERROR(reader.OnlyKeys(table, {"title", "levels", "rule"}));
  ASSIGN_OR_RETURN(*result.plan.mutable_title(), reader.Words(table, "title"));
  RETURN_IF_ERROR(reader.Levels(table, result.plan));
  RETURN_IF_ERROR(reader.Rule(table, result));
  return result;
}

absl::StatusOr<PlanFile> ReadPlanFile(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(file));
  return ParsePlanFile(text, file);
}

}  // namespace seisaku::policyctl
