#include "tools/policyctl/import/sidecar.h"

#include "fmt/format.h"
#include "services/base/decimal.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "toml++/toml.h"
#include "tools/policyctl/expectations.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::Direction;

absl::Status Invalid(std::string_view file, const toml::source_position& at, std::string_view key,
                     const Expectation& expectation, Facts facts = {}) {
  Metadata metadata = ToMetadata(expectation, facts);
  metadata.insert(metadata.end(), {{"file", std::string(file)},
                                   {"line", fmt::to_string(at.line)},
                                   {"column", fmt::to_string(at.column)},
                                   {"key", std::string(key)}});
  return MakeError(
      absl::StatusCode::kInvalidArgument, "SIDECAR_INVALID",
      fmt::format("{}:{}:{}: {}: {}", file, at.line, at.column, key, Describe(expectation, facts)),
      std::move(metadata));
}

std::optional<Direction> DirectionOf(std::string_view word) {
  if (word == "increase") return Direction::kIncrease;
  if (word == "decrease") return Direction::kDecrease;
  if (word == "keep_within") return Direction::kKeepWithin;
  if (word == "qualitative") return Direction::kQualitative;
  return std::nullopt;
}

// Reads the tables of one KPI's name: [kpi."…"], or one [[kpi."…"]] for each heading.
class KpiTables {
 public:
  KpiTables(Sidecar& sidecar, std::string kpi)
      : sidecar_(sidecar), kpi_(std::move(kpi)), tables_(sidecar.confirmations.kpis[kpi_]) {}

  absl::Status Read(const toml::node& node) {
    if (const toml::array* list = node.as_array(); list != nullptr && list->is_array_of_tables()) {
      for (const toml::node& table : *list) RETURN_IF_ERROR(ReadTable(table));
      return absl::OkStatus();
    }
    return ReadTable(node);
  }

 private:
  absl::Status Wrong(const toml::node& node, std::string_view key, const Expectation& expectation,
                     Facts facts = {}) const {
    const std::string path = fmt::format("kpi.\"{}\"{}{}", kpi_, key.empty() ? "" : ".", key);
    return Invalid(sidecar_.file, node.source().begin, path, expectation, facts);
  }

  absl::Status ReadTable(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, "", expected::TABLE, {{"form", "[kpi.\"…\"]"}});
    documents::ConfirmedKpi confirmed;
    for (const auto& [key, value] : *table) RETURN_IF_ERROR(ReadKey(key.str(), value, confirmed));
    const bool keeps = confirmed.direction == Direction::kKeepWithin;
    if (keeps != confirmed.tolerance.has_value()) {
      return Wrong(node, "tolerance", expected::TOLERANCE_OF_KEEP_WITHIN);
    }
    if (confirmed.is_new && confirmed.alias) return Wrong(node, "new", expected::NEW_OR_ALIAS);
    for (const documents::ConfirmedKpi& other : tables_) {
      if (other.heading == confirmed.heading) return Wrong(node, "heading", expected::ONE_TABLE_OF_HEADING);
    }
    tables_.push_back(std::move(confirmed));
    return absl::OkStatus();
  }

  absl::Status ReadKey(std::string_view key, const toml::node& value, documents::ConfirmedKpi& confirmed) {
    if (key == "new") {
      if (!value.is_boolean()) return Wrong(value, key, expected::TRUE_OR_FALSE);
      confirmed.is_new = value.value_or(false);
      return absl::OkStatus();
    }
    const auto text = value.value<std::string>();
    if (!value.is_string() || text->empty()) return Wrong(value, key, expected::TEXT_IN_QUOTES);
    if (key == "direction") {
      confirmed.direction = DirectionOf(*text);
      if (confirmed.direction) return absl::OkStatus();
      return Wrong(value, key, expected::ONE_OF,
                   {{"allowed", "increase, decrease, keep_within, qualitative"}, {"actual", *text}});
    }
    if (key == "heading") {
      confirmed.heading = *text;
    } else if (key == "name") {
      confirmed.corrected_name = *text;
    } else if (key == "alias") {
      confirmed.alias = *text;
    } else if (key == "id") {
      if (!ValidateId("id", *text).ok()) return Wrong(value, key, expected::ID, {{"actual", *text}});
      confirmed.id = *text;
    } else if (key == "tolerance") {
      const absl::StatusOr<Decimal> tolerance = Decimal::Parse(*text);
      if (!tolerance.ok() || tolerance->sign() < 0)
        return Wrong(value, key, expected::NOT_NEGATIVE, {{"actual", *text}});
      confirmed.tolerance = tolerance->ToString();
    } else {
      return Wrong(value, key, expected::KNOWN_KEY,
                   {{"allowed", "heading, direction, tolerance, name, id, alias, new"}});
    }
    return absl::OkStatus();
  }

  Sidecar& sidecar_;
  const std::string kpi_;
  std::vector<documents::ConfirmedKpi>& tables_;
};

}  // namespace

absl::StatusOr<Sidecar> ParseSidecar(std::string_view file, std::string_view text) {
  Sidecar sidecar;
  sidecar.file = file.substr(file.find_last_of('/') + 1);
  toml::table root;
  try {
    root = toml::parse(text, std::string(file));
  } catch (const toml::parse_error& error) {
    return Invalid(sidecar.file, error.source().begin, "TOML", expected::TOML,
                   {{"why", std::string(error.description())}});
  }
  for (const auto& [key, node] : root) {
    if (key.str() != "kpi" || !node.is_table()) {
      return Invalid(sidecar.file, node.source().begin, key.str(), expected::TABLE,
                     {{"form", "[kpi.\"…\"]"}});
    }
    for (const auto& [name, table] : *node.as_table()) {
      RETURN_IF_ERROR(KpiTables(sidecar, std::string(name.str())).Read(table));
    }
  }
  return sidecar;
}

}  // namespace seisaku::policyctl::imports
