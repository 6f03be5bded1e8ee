#include <memory>

#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/explanation.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct ExplainOptions {
  std::string kpi;
  std::string plan;
  std::string year;
  std::string as_of;
};

absl::Status Explain(Session& session, const ExplainOptions& options) {
  progress::v1::GetEvaluationRequest request;
  ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.year));
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(const std::string kpi, KpiForReading(session, options.kpi, options.plan, request.as_of()));
  request.set_name(fmt::format("{}/evaluations/{}", kpi, year));
  request.set_explain(true);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(progress::v1::GetEvaluationResponse response,
                   client->Call(&Progress::GetEvaluation, std::move(request)));
  if (session.reads_files()) {
    RETURN_IF_ERROR(AddReasonsOfCatalog(*client, response));
  } else if (session.output().options().format == Format::kTable) {
    // Who may not read them is told where they are, and so is everybody while catalog does not answer.
    if (const auto raw = session.ConnectForRemarks(); raw.ok()) (void)AddReasonsOfCatalog(**raw, response);
  }
  return session.output().Print(
      response,
      [&](const TableLayout& layout) { return ExplanationText(session.language(), response, layout); },
      [&] { return ExplanationRecords(session.language(), response); });
}

}  // namespace

void AddExplainCommand(CommandLine& line) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App& explain = line.Add(line.root(),
                               {.name = "explain",
                                .help = text::kExplainHelp,
                                .example = "policyctl explain 交通事故発生件数 --fiscal-year 2022\n"
                                           "policyctl explain kpi-001 --plan strategy --fiscal-year R4"},
                               [options](Session& session) { return Explain(session, *options); });
  explain.add_option("KPI", options->kpi, line.In(text::kKpiArgument))->required();
  explain.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  explain.add_option("--fiscal-year", options->year, line.In(text::kYearOption))
      ->check(IsFiscalYear())
      ->required();
  explain.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
