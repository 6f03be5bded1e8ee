// The city's answers about a sheet's KPIs (strategy.confirm.toml):
//
//   [kpi."交通事故発生件数"]     # the name as the sheet prints it
//   direction = "decrease"       # increase, decrease, keep_within, qualitative
//   tolerance = "0.5"            # with keep_within: how far from the target is still inside
//   name = "交通事故の発生件数"  # the right name where the printed one is misread
//   id = "kpi-012"               # which KPI of the plan it is
//   alias = "事故件数"           # the name that the plan has for it
//   new = true                   # it is not in the plan yet
//
// Where the sheet prints a name under several headings, each row has a table of its own:
//
//   [[kpi."利用者数"]]
//   heading = "図書館の充実"     # the row under this heading: its title, or its cell as printed
//   id = "kpi-001"
//   [[kpi."利用者数"]]
//   heading = "公民館の充実"
//   id = "kpi-002"
//
// One table without a heading may stand beside them, for the rows under none of those.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/policyctl/documents/confirmations.h"

namespace seisaku::policyctl::imports {

struct Sidecar {
  std::string file;  // without folders; empty for none
  documents::Confirmations confirmations;
};

// Reads the TOML `text`; `file` is for messages. INVALID_ARGUMENT SIDECAR_INVALID: no TOML, an unknown key, a
// value that cannot be right, a contradiction (new beside alias, two tables of one heading); metadata `file`,
// `line`, `column`, `key`, `expected` and its parameters.
absl::StatusOr<Sidecar> ParseSidecar(std::string_view file, std::string_view text);

}  // namespace seisaku::policyctl::imports
