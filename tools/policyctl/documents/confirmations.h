// What the city has confirmed about its KPIs, so that a reader need not propose it. Parsed elsewhere from the
// sidecar of a document.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace seisaku::documents {

// Which way a KPI is meant to go.
enum class Direction { kIncrease, kDecrease, kKeepWithin, kQualitative };

struct ConfirmedKpi {
  std::string heading;  // only of the rows that stand under it; empty: wherever the name is printed
  std::optional<Direction> direction;
  std::optional<std::string> corrected_name;  // the right name where the printed one is misread
  // Not needed to read a sheet; carried to whoever compares it with the catalog.
  std::optional<std::string> tolerance;  // a decimal
  std::optional<std::string> id;         // the KPI's id in the catalog
  std::optional<std::string> alias;      // the name that the KPI has in the catalog
  bool is_new = false;                   // the catalog does not have it yet
};

struct Confirmations {
  // By the name as printed, or as a person takes for the same (search_key.h). What the sheet does not print
  // is a finding.
  std::map<std::string, std::vector<ConfirmedKpi>> kpis;
  // The fiscal year that the sheet judges, where the sheet itself leaves it open; 0: nobody said.
  int fiscal_year = 0;

  // What is confirmed of a row with the name that stands under `headings`, the lowest first: the lowest
  // heading that is named decides, then what names none. Null where nothing is. Valid as long as the
  // confirmations.
  const ConfirmedKpi* Find(const std::string& name, const std::vector<std::string>& headings) const;
};

}  // namespace seisaku::documents
