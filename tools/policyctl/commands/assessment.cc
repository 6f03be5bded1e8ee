#include <memory>
#include <vector>

#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/figure_options.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct AssessmentOptions {
  FigureOptions figure;
  std::string judgement;
  std::vector<std::string> causes;
  std::string difference_reason;
};

absl::Status Record(Session& session, const AssessmentOptions& options) {
  progress::v1::RecordAssessmentRequest request;
  progress::v1::OfficialAssessment& assessment = *request.mutable_assessment();
  ASSIGN_OR_RETURN(const type::v1::Judgement judgement, ParseJudgement(options.judgement));
  assessment.set_judgement(judgement);
  for (const std::string& text : options.causes) {
    ASSIGN_OR_RETURN(const type::v1::Cause cause, ParseCause(text));
    assessment.add_causes(cause);
  }
  assessment.set_difference_reason(options.difference_reason);
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  assessment.set_kpi(figure.kpi);
  assessment.set_reporting_year(figure.reporting_year);
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RecordAssessmentResponse response,
                   client->Call(&Progress::RecordAssessment, std::move(request)));
  const std::string official = OfficialText(session.language(), response.assessment());
  return session.output().Print(
      response,
      [&](const TableLayout&) {
        return OutcomeText(session, options.figure, response.receipt().entries(),
                           response.receipt().position()) +
               "\n" + official + "\n";
      },
      [&] {
        return Records{{"kpi", "reporting_year", "official"},
                       {figure.kpi, std::to_string(figure.reporting_year), official}};
      });
}

}  // namespace

void AddAssessmentCommands(CommandLine& line) {
  CLI::App& assessment =
      line.Group({.name = "assessment",
                  .help = text::kAssessmentHelp,
                  .example = "policyctl assessment record 障害者の一般企業への新規就労者数 --fiscal-year R4 "
                             "--judgement 概ね順調 --difference-reason '定着率を考慮'"});
  auto options = std::make_shared<AssessmentOptions>();
  CLI::App& record =
      line.Add(assessment,
               {.name = "record",
                .help = text::kAssessmentRecordHelp,
                .example = "policyctl assessment record 防犯灯設置数 --fiscal-year 2022 "
                           "--judgement delayed --cause covid19 --difference-reason '総合判断'"},
               [options](Session& session) { return Record(session, *options); });
  options->figure.AddTo(line, record);
  record.add_option("--judgement", options->judgement, line.In(text::kJudgementOption))
      ->check(IsJudgement())
      ->required();
  record.add_option("--cause", options->causes, line.In(text::kCauseOption))->check(IsCause());
  record.add_option("--difference-reason", options->difference_reason,
                    line.In(text::kDifferenceReasonOption));
}

}  // namespace seisaku::policyctl
