#include "tools/policyctl/commands/figure_options.h"

#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {

void FigureOptions::AddTo(CommandLine& line, CLI::App& command) {
  command.add_option("KPI", kpi, line.In(text::kKpiArgument))->required();
  command.add_option("--plan", plan, line.In(text::kPlanOption))->type_name("PLAN");
  command.add_option("--fiscal-year", year, line.In(text::kYearOption))->check(IsFiscalYear())->required();
  command.add_option("--reason", reason, line.In(text::kReasonOption));
  command.add_option("--request-id", request_id, line.In(text::kRequestIdOption))->type_name("UUID");
  command.add_flag("--validate-only", validate_only, line.In(text::kValidateOnlyOption));
}

absl::StatusOr<Figure> FindFigure(Session& session, const FigureOptions& options) {
  Figure figure;
  ASSIGN_OR_RETURN(figure.reporting_year, ParseFiscalYear(options.year));
  ASSIGN_OR_RETURN(figure.kpi, KpiForWriting(session, options.kpi, options.plan, figure.reporting_year));
  return figure;
}

std::string OutcomeText(const Session& session, const FigureOptions& options, uint32_t entries,
                        uint64_t position, const Text& done) {
  if (options.validate_only) return std::string(session.In(text::kWouldBeDone));
  return entries == 0 ? std::string(session.In(text::kUnchanged)) : session.Say(done, position);
}

}  // namespace seisaku::policyctl
