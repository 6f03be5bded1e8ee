// What the commands that change a KPI's year have in common.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/policyctl/command_line.h"

namespace seisaku::policyctl {

struct FigureOptions {
  std::string kpi;
  std::string plan;
  std::string year;
  std::string reason;
  std::string request_id;
  bool validate_only = false;

  // Adds KPI, --plan, --fiscal-year, --reason, --request-id and --validate-only to `command`.
  void AddTo(CommandLine& line, CLI::App& command);
};

// The KPI's full name and the reporting year that the options mean.
struct Figure {
  std::string kpi;
  int reporting_year = 0;
};
absl::StatusOr<Figure> FindFigure(Session& session, const FigureOptions& options);

// Puts request_id, reason and validate_only into a mutation.
template <typename Request>
void SetCommon(const FigureOptions& options, Request& request) {
  request.set_request_id(options.request_id);
  request.set_reason(options.reason);
  request.set_validate_only(options.validate_only);
}

// "recorded" (or what `done` says), "unchanged" or "would be recorded": what a mutation with such a receipt
// came to.
std::string OutcomeText(const Session& session, const FigureOptions& options, uint32_t entries,
                        uint64_t position, const Text& done = text::kDoneAt);

}  // namespace seisaku::policyctl
