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

// Reads one [kpi."…"] table into the sidecar.
class KpiTable {
 public:
  KpiTable(Sidecar& sidecar, std::string kpi) : sidecar_(sidecar), kpi_(std::move(kpi)) {}

  absl::Status Read(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return Wrong(node, "", expected::TABLE, {{"form", "[kpi.\"…\"]"}});
    for (const auto& [key, value] : *table) RETURN_IF_ERROR(ReadKey(key.str(), value));
    const bool keeps = confirmed_.direction == Direction::kKeepWithin;
    if (keeps != sidecar_.tolerances.contains(kpi_)) {
      return Wrong(node, "tolerance", expected::TOLERANCE_OF_KEEP_WITHIN);
    }
    if (sidecar_.new_kpis.contains(kpi_) && sidecar_.confirmations.aliases.contains(kpi_)) {
      return Wrong(node, "new", expected::NEW_OR_ALIAS);
    }
    sidecar_.confirmations.kpis[kpi_] = confirmed_;
    return absl::OkStatus();
  }

 private:
  absl::Status Wrong(const toml::node& node, std::string_view key, const Expectation& expectation,
                     Facts facts = {}) const {
    const std::string path = fmt::format("kpi.\"{}\"{}{}", kpi_, key.empty() ? "" : ".", key);
    return Invalid(sidecar_.file, node.source().begin, path, expectation, facts);
  }

  absl::Status ReadKey(std::string_view key, const toml::node& value) {
    if (key == "new") {
      if (!value.is_boolean()) return Wrong(value, key, expected::TRUE_OR_FALSE);
      if (value.value_or(false)) sidecar_.new_kpis.insert(kpi_);
      return absl::OkStatus();
    }
    const auto text = value.value<std::string>();
    if (!value.is_string() || text->empty()) return Wrong(value, key, expected::TEXT_IN_QUOTES);
    if (key == "direction") {
      confirmed_.direction = DirectionOf(*text);
      if (confirmed_.direction) return absl::OkStatus();
      return Wrong(value, key, expected::ONE_OF,
                   {{"allowed", "increase, decrease, keep_within, qualitative"}, {"actual", *text}});
    }
    if (key == "name") {
      confirmed_.corrected_name = *text;
    } else if (key == "alias") {
      sidecar_.confirmations.aliases[kpi_] = *text;
    } else if (key == "id") {
      if (!ValidateId("id", *text).ok()) return Wrong(value, key, expected::ID, {{"actual", *text}});
      confirmed_.id = *text;
    } else if (key == "tolerance") {
      const absl::StatusOr<Decimal> tolerance = Decimal::Parse(*text);
      if (!tolerance.ok() || tolerance->sign() < 0)
        return Wrong(value, key, expected::NOT_NEGATIVE, {{"actual", *text}});
      sidecar_.tolerances[kpi_] = tolerance->ToString();
    } else {
      return Wrong(value, key, expected::KNOWN_KEY,
                   {{"allowed", "direction, tolerance, name, id, alias, new"}});
    }
    return absl::OkStatus();
  }

  Sidecar& sidecar_;
  const std::string kpi_;
  documents::ConfirmedKpi confirmed_;
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
      RETURN_IF_ERROR(KpiTable(sidecar, std::string(name.str())).Read(table));
    }
  }
  return sidecar;
}

}  // namespace seisaku::policyctl::imports
