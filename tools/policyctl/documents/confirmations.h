// What the city has confirmed about its KPIs, so that a reader need not propose it. Parsed elsewhere from the
// sidecar of a document.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace seisaku::documents {

// Which way a KPI is meant to go.
enum class Direction { kIncrease, kDecrease, kKeepWithin, kQualitative };

struct ConfirmedKpi {
  std::optional<Direction> direction;
  std::optional<std::string> corrected_name;  // the right name where the printed one is misread
  std::optional<std::string> id;              // the KPI's id in the catalog
};

struct Confirmations {
  // By the name as printed, exactly. A name that the sheet does not print is a finding.
  std::map<std::string, ConfirmedKpi> kpis;
  // The name as printed -> the name that the KPI has in the catalog. Not needed to read a sheet; carried to
  // whoever compares it with the catalog.
  std::map<std::string, std::string> aliases;
  // The fiscal year that the sheet judges, where the sheet itself leaves it open; 0: nobody said.
  int fiscal_year = 0;
};

}  // namespace seisaku::documents
