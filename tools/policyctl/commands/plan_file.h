// A plan as a TOML file:
//
//   title = "伊勢崎市総合戦略"
//   levels = ["大基本目標", "小基本目標", "具体的な施策"]
//   [rule]                              # left out for a plan without KPIs
//   method = "ratio/1"
//   on_track_percent = 100              # a whole number, or a text: "99.5"
//   mostly_on_track_percent = 97
//   reason = "why these bands"
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/resources.pb.h"

namespace seisaku::policyctl {

struct PlanFile {
  catalog::v1::Plan plan;  // without a name
  std::string reason;      // of the rule
};

// INVALID_ARGUMENT PLAN_FILE_INVALID (metadata `file`, `line`, `key`, `expected` and its parameters): no
// TOML, an unknown key, or a value of another kind. What the values may be is catalog's to say.
absl::StatusOr<PlanFile> ParsePlanFile(std::string_view toml, const std::string& file);

// The same, read. FAILED_PRECONDITION FILE_UNREADABLE.
absl::StatusOr<PlanFile> ReadPlanFile(const std::string& file);

}  // namespace seisaku::policyctl
