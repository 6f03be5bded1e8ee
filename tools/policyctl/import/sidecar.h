// The city's answers about a sheet's KPIs (strategy.confirm.toml):
//
//   [kpi."交通事故発生件数"]     # the name as the sheet prints it
//   direction = "decrease"       # increase, decrease, keep_within, qualitative
//   tolerance = "0.5"            # with keep_within: how far from the target is still inside
//   name = "交通事故の発生件数"  # the right name where the printed one is misread
//   id = "kpi-012"               # which KPI of the plan it is
//   alias = "事故件数"           # the name that the plan has for it
//   new = true                   # it is not in the plan yet
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/policyctl/documents/confirmations.h"

namespace seisaku::policyctl::imports {

struct Sidecar {
  std::string file;  // without folders; empty for none
  documents::Confirmations confirmations;
  std::set<std::string> new_kpis;                 // by the printed name
  std::map<std::string, std::string> tolerances;  // by the printed name; decimals
};

// Reads the TOML `text`; `file` is for messages. INVALID_ARGUMENT SIDECAR_INVALID: no TOML, an unknown key, a
// value that cannot be right, a contradiction (new beside alias); metadata `file`, `line`, `column`, `key`,
// `expected` and its parameters.
absl::StatusOr<Sidecar> ParseSidecar(std::string_view file, std::string_view text);

}  // namespace seisaku::policyctl::imports
