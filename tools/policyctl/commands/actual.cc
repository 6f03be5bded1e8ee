#include <memory>
#include <type_traits>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/figure_options.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

struct ActualOptions {
  FigureOptions figure;
  std::string value;
  std::string component;
  std::string observed;
  std::string etag;
  std::string as_of;
  bool provisional = false;
  bool final = false;
  bool met = false;
  bool not_met = false;
};

absl::StatusOr<progress::v1::Actual> ToActual(Session& session, const ActualOptions& options) {
  progress::v1::Actual actual;
  ASSIGN_OR_RETURN(*actual.mutable_value(), ParseValue(options.value));
  if (!options.observed.empty()) {
    ASSIGN_OR_RETURN(*actual.mutable_value()->mutable_observed_period(), ParseObserved(options.observed));
  }
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  actual.set_kpi(figure.kpi);
  actual.set_reporting_year(figure.reporting_year);
  actual.set_component(options.component);
  actual.set_provisional(options.provisional);
  actual.set_qualitative_met(options.met);
  return actual;
}

// Gives a correction what the figure that it replaces says and the options do not: what it is about, whether
// it is provisional, and whether words meet the target. Without such a figure the service says so.
absl::Status KeepFromReplaced(Session& session, const ActualOptions& options, progress::v1::Actual& actual) {
  const bool keeps_period = options.observed.empty();
  const bool keeps_provisional = !options.provisional && !options.final;
  const bool keeps_met = !options.met && !options.not_met && actual.value().has_text();
  if (!keeps_period && !keeps_provisional && !keeps_met) return absl::OkStatus();
  progress::v1::ListActualsRequest request;
  request.set_parent(actual.kpi());
  request.set_reporting_year(actual.reporting_year());
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::ListActualsResponse response,
                   client->CallForAllPages(&Progress::ListActuals, std::move(request)));
  for (const progress::v1::Actual& replaced : response.actuals()) {
    if (replaced.component() != actual.component()) continue;
    if (keeps_period && replaced.value().has_observed_period()) {
      *actual.mutable_value()->mutable_observed_period() = replaced.value().observed_period();
    }
    if (keeps_provisional) actual.set_provisional(replaced.provisional());
    if (keeps_met) actual.set_qualitative_met(replaced.qualitative_met());
  }
  return absl::OkStatus();
}

Table ActualsTable(const Session& session,
                   const google::protobuf::RepeatedPtrField<progress::v1::Actual>& actuals) {
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  Table table({{title(text::kReportingYear)},
               {title(text::kComponent)},
               {title(text::kActual), Column::Align::kRight},
               {title(text::kObserved)},
               {title(text::kRevision), Column::Align::kRight},
               {title(text::kPosition), Column::Align::kRight},
               {title(text::kNotes)}});
  for (const progress::v1::Actual& actual : actuals) {
    std::string notes = actual.retracted() ? title(text::kRetracted) : "";
    if (actual.provisional()) notes += (notes.empty() ? "" : " ") + title(text::kProvisional);
    table.AddRow({YearText(session.language(), actual.reporting_year()), actual.component(),
                  ValueText(actual.value()),
                  actual.value().has_observed_period()
                      ? PeriodText(session.language(), actual.value().observed_period())
                      : "",
                  std::to_string(actual.revision()), std::to_string(actual.position()), notes});
  }
  return table;
}

// What was done, and the figure as it is now.
template <typename Response>
absl::Status PrintOutcome(Session& session, const ActualOptions& options, const Response& response) {
  google::protobuf::RepeatedPtrField<progress::v1::Actual> actuals;
  if constexpr (requires { response.actual(); }) *actuals.Add() = response.actual();
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        constexpr bool kTakenBack = std::is_same_v<Response, progress::v1::RetractActualResponse>;
        const std::string outcome =
            OutcomeText(session, options.figure, response.receipt().entries(), response.receipt().position(),
                        kTakenBack ? text::kRetractedAt : text::kDoneAt);
        return outcome + "\n" + (actuals.empty() ? "" : Render(ActualsTable(session, actuals), layout));
      },
      [&] { return ActualsTable(session, actuals).Records(); });
}

absl::Status Record(Session& session, const ActualOptions& options) {
  progress::v1::RecordActualRequest request;
  ASSIGN_OR_RETURN(*request.mutable_actual(), ToActual(session, options));
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RecordActualResponse response,
                   client->Call(&Progress::RecordActual, std::move(request)));
  return PrintOutcome(session, options, response);
}

absl::Status Correct(Session& session, const ActualOptions& options) {
  progress::v1::CorrectActualRequest request;
  progress::v1::Actual& actual = *request.mutable_correction()->mutable_actual();
  ASSIGN_OR_RETURN(actual, ToActual(session, options));
  RETURN_IF_ERROR(KeepFromReplaced(session, options, actual));
  request.mutable_correction()->set_etag(options.etag);
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::CorrectActualResponse response,
                   client->Call(&Progress::CorrectActual, std::move(request)));
  return PrintOutcome(session, options, response);
}

absl::Status Retract(Session& session, const ActualOptions& options) {
  progress::v1::RetractActualRequest request;
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  request.mutable_retraction()->set_kpi(figure.kpi);
  request.mutable_retraction()->set_reporting_year(figure.reporting_year);
  request.mutable_retraction()->set_component(options.component);
  request.mutable_retraction()->set_etag(options.etag);
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RetractActualResponse response,
                   client->Call(&Progress::RetractActual, std::move(request)));
  return PrintOutcome(session, options, response);
}

absl::Status ShowHistory(Session& session, const ActualOptions& options) {
  progress::v1::ListActualsRequest request;
  if (!options.figure.year.empty()) {
    ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.figure.year));
    request.set_reporting_year(year);
  }
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  request.set_show_history(true);
  ASSIGN_OR_RETURN(*request.mutable_parent(),
                   KpiForReading(session, options.figure.kpi, options.figure.plan, request.as_of()));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::ListActualsResponse response,
                   client->CallForAllPages(&Progress::ListActuals, std::move(request)));
  return session.output().Print(response, ActualsTable(session, response.actuals()));
}

void AddFigure(CommandLine& line, CLI::App& command, ActualOptions& options) {
  options.figure.AddTo(line, command);
  command.add_option("--value", options.value, line.In(text::kValueOption))->type_name("VALUE")->required();
  command.add_option("--component", options.component, line.In(text::kComponentOption))->type_name("NAME");
  command.add_option("--observed", options.observed, line.In(text::kObservedOption))
      ->check(IsObservedPeriod());
  command.add_flag("--provisional", options.provisional, line.In(text::kProvisionalOption));
  CLI::Option* met = command.add_flag("--met", options.met, line.In(text::kMetOption));
  command.add_flag("--not-met", options.not_met, line.In(text::kNotMetOption))->excludes(met);
}

void AddChanges(CommandLine& line, CLI::App& actual, const std::shared_ptr<ActualOptions>& options) {
  CLI::App& record =
      line.Add(actual,
               {.name = "record",
                .help = text::kActualRecordHelp,
                .example = "policyctl actual record 健康寿命 --component 男性 --fiscal-year 2022 "
                           "--value '78.9歳' --provisional --reason '速報値'"},
               [options](Session& session) { return Record(session, *options); });
  AddFigure(line, record, *options);

  CLI::App& correct =
      line.Add(actual,
               {.name = "correct",
                .help = text::kActualCorrectHelp,
                .example = "policyctl actual correct コミュニティバス利用者数 --fiscal-year 2022 "
                           "--value '244,766人' --reason '再集計'"},
               [options](Session& session) { return Correct(session, *options); });
  AddFigure(line, correct, *options);
  correct.get_option("--observed")->description(line.In(text::kKeptObservedOption));
  correct.add_flag("--final", options->final, line.In(text::kFinalOption))
      ->excludes(correct.get_option("--provisional"));
  correct.get_option("--met")->description(line.In(text::kKeptMetOption));
  correct.get_option("--reason")->required();
  correct.add_option("--etag", options->etag, line.In(text::kEtagOption))->type_name("POSITION");

  CLI::App& retract =
      line.Add(actual,
               {.name = "retract",
                .help = text::kActualRetractHelp,
                .example = "policyctl actual retract 健康寿命 --component 男性 --fiscal-year 2022 "
                           "--reason '別の年度の値だったため'"},
               [options](Session& session) { return Retract(session, *options); });
  options->figure.AddTo(line, retract);
  retract.get_option("--reason")->required();
  retract.add_option("--component", options->component, line.In(text::kComponentOption))->type_name("NAME");
  retract.add_option("--etag", options->etag, line.In(text::kEtagOption))->type_name("POSITION");
}

}  // namespace

void AddActualCommands(CommandLine& line) {
  CLI::App& actual = line.Group({.name = "actual",
                                 .help = text::kActualHelp,
                                 .example = "policyctl actual history コミュニティバス利用者数"});
  auto options = std::make_shared<ActualOptions>();

  if (!line.readers_only()) AddChanges(line, actual, options);

  CLI::App& history =
      line.Add(actual,
               {.name = "history",
                .help = text::kActualHistoryHelp,
                .example = "policyctl actual history コミュニティバス利用者数 --fiscal-year 2022"},
               [options](Session& session) { return ShowHistory(session, *options); });
  history.add_option("KPI", options->figure.kpi, line.In(text::kKpiArgument))->required();
  history.add_option("--plan", options->figure.plan, line.In(text::kPlanOption))->type_name("PLAN");
  history.add_option("--fiscal-year", options->figure.year, line.In(text::kAnyYearOption))
      ->check(IsFiscalYear());
  history.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
