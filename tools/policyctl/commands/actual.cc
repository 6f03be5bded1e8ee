#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/figure_options.h"
#include "tools/policyctl/commands/log_entry.h"
#include "tools/policyctl/commands/typed_figure.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/unlikely.h"

namespace seisaku::policyctl {
namespace {

struct ActualOptions {
  FigureOptions figure;
  TypedFigure typed;
  std::string etag;
  std::string as_of;
  bool final = false;
  bool force = false;
};

// What the KPI and its year are; nothing where it cannot be said, which the change itself will tell.
absl::StatusOr<KnownYear> LookUp(Session& session, const Figure& figure) {
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  progress::v1::GetEvaluationRequest request;
  request.set_name(fmt::format("{}/evaluations/{}", figure.kpi, figure.reporting_year));
  absl::StatusOr<progress::v1::GetEvaluationResponse> found =
      client->Call(&Progress::GetEvaluation, std::move(request));
  KnownYear known;
  if (found.ok()) known.evaluation = *std::move(found);
  if (absl::IsUnavailable(found.status()) || absl::IsDeadlineExceeded(found.status())) return found.status();
  return known;
}

// The figure that a correction replaces. Without one the service says so.
absl::StatusOr<std::optional<progress::v1::Actual>> FindReplaced(Session& session, const Figure& figure,
                                                                 const std::string& component) {
  progress::v1::ListActualsRequest request;
  request.set_parent(figure.kpi);
  request.set_reporting_year(figure.reporting_year);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::ListActualsResponse response,
                   client->CallForAllPages(&Progress::ListActuals, std::move(request)));
  for (const progress::v1::Actual& actual : response.actuals()) {
    if (actual.component() == component) return actual;
  }
  return std::nullopt;
}

// The figure's KPI in other years, the last first, then its targets; none where it cannot be said.
absl::StatusOr<std::vector<type::v1::Value>> OtherValues(Session& session, const progress::v1::Actual& actual,
                                                         const KnownYear& known) {
  progress::v1::ListActualsRequest request;
  request.set_parent(actual.kpi());
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::ListActualsResponse response,
                   client->CallForAllPages(&Progress::ListActuals, std::move(request)));
  std::map<int, type::v1::Value, std::greater<>> by_year;
  for (const progress::v1::Actual& other : response.actuals()) {
    if (other.component() == actual.component()) by_year[other.reporting_year()] = other.value();
  }
  std::vector<type::v1::Value> values;
  for (auto& [year, value] : by_year) values.push_back(std::move(value));
  if (!known.evaluation) return values;
  for (const catalog::v1::Target& target : known.evaluation->kpi().targets()) {
    for (const type::v1::ComponentValue& value : target.values()) {
      if (value.component() == actual.component()) values.push_back(value.value());
    }
  }
  return values;
}

// Asks, by refusing it once, whether an unlikely year or figure is meant.
absl::Status CheckLikely(Session& session, const ActualOptions& options, const progress::v1::Actual& actual,
                         const KnownYear& known) {
  if (options.force) return absl::OkStatus();
  if (IsUnlikelyYear(actual.reporting_year(), FiscalYearOf(absl::Now()))) {
    return MakeError(absl::StatusCode::kInvalidArgument, "UNLIKELY_YEAR", "the year is unlikely",
                     {{"year", YearText(session.language(), actual.reporting_year())}});
  }
  if (!actual.value().has_number()) return absl::OkStatus();
  const absl::StatusOr<std::vector<type::v1::Value>> values = OtherValues(session, actual, known);
  if (!values.ok()) return absl::OkStatus();  // the change itself tells it
  std::vector<const type::v1::Value*> others;
  for (const type::v1::Value& value : *values) others.push_back(&value);
  const type::v1::Value* far_from = FindFarFrom(actual.value(), others);
  if (far_from == nullptr) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "UNLIKELY_VALUE", "the figure is unlikely",
                   {{"actual", ValueText(actual.value())}, {"other", ValueText(*far_from)}});
}

absl::StatusOr<progress::v1::Actual> ToActual(const Session& session, const ActualOptions& options,
                                              const Figure& figure, const KnownYear& known) {
  ASSIGN_OR_RETURN(progress::v1::Actual actual, ToActual(session, options.typed, known));
  actual.set_kpi(figure.kpi);
  actual.set_reporting_year(figure.reporting_year);
  return actual;
}

// Gives a correction what the figure that it replaces says and the options do not: what it is about, and
// whether it is provisional.
void KeepFromReplaced(const ActualOptions& options, const progress::v1::Actual& replaced,
                      progress::v1::Actual& actual) {
  if (options.typed.observed.empty() && replaced.value().has_observed_period()) {
    *actual.mutable_value()->mutable_observed_period() = replaced.value().observed_period();
  }
  if (!actual.provisional() && !options.final) actual.set_provisional(replaced.provisional());
}

// Whether it is provisional, and of words whether they meet the target.
std::string NotesOf(const Session& session, const progress::v1::Actual& actual) {
  std::vector<std::string> notes;
  if (actual.retracted()) notes.emplace_back(session.In(text::kRetracted));
  if (actual.provisional()) notes.emplace_back(session.In(text::kProvisional));
  if (actual.by_words() || actual.value().has_text()) {
    notes.emplace_back(session.In(actual.qualitative_met() ? text::kMet : text::kNotMet));
  }
  return absl::StrJoin(notes, " ");
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
    table.AddRow(
        {YearText(session.language(), actual.reporting_year()), actual.component(), ValueText(actual.value()),
         actual.value().has_observed_period()
             ? PeriodText(session.language(), actual.value().observed_period())
             : "",
         std::to_string(actual.revision()), std::to_string(actual.position()), NotesOf(session, actual)});
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
  RETURN_IF_ERROR(ParseFigure(options.typed.value, "").status());
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  ASSIGN_OR_RETURN(const KnownYear known, LookUp(session, figure));
  ASSIGN_OR_RETURN(*request.mutable_actual(), ToActual(session, options, figure, known));
  RETURN_IF_ERROR(CheckLikely(session, options, request.actual(), known));
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RecordActualResponse response,
                   client->Call(&Progress::RecordActual, std::move(request)));
  return PrintOutcome(session, options, response);
}

absl::Status Correct(Session& session, const ActualOptions& options) {
  progress::v1::CorrectActualRequest request;
  progress::v1::Actual& actual = *request.mutable_correction()->mutable_actual();
  RETURN_IF_ERROR(ParseFigure(options.typed.value, "").status());
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  ASSIGN_OR_RETURN(KnownYear known, LookUp(session, figure));
  ASSIGN_OR_RETURN(known.replaced, FindReplaced(session, figure, options.typed.component));
  ASSIGN_OR_RETURN(actual, ToActual(session, options, figure, known));
  if (known.replaced) KeepFromReplaced(options, *known.replaced, actual);
  RETURN_IF_ERROR(CheckLikely(session, options, actual, known));
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
  request.mutable_retraction()->set_component(options.typed.component);
  request.mutable_retraction()->set_etag(options.etag);
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RetractActualResponse response,
                   client->Call(&Progress::RetractActual, std::move(request)));
  return PrintOutcome(session, options, response);
}

// Why each revision was recorded; nullopt where the caller may not read that, or nobody answers.
std::optional<std::vector<std::string>> ReasonsOf(
    Session& session, const google::protobuf::RepeatedPtrField<progress::v1::Actual>& actuals) {
  const absl::StatusOr<Client*> client = session.ConnectForRemarks();
  if (!client.ok()) return std::nullopt;
  std::vector<std::string> reasons;
  for (const progress::v1::Actual& actual : actuals) {
    log::v1::ReadEntriesRequest request;
    request.set_start(actual.position());
    request.set_page_size(1);
    request.set_include_texts(true);
    const absl::StatusOr<log::v1::ReadEntriesResponse> read =
        (*client)->Call((*client)->log("progress"), &Log::ReadEntries, std::move(request));
    if (!read.ok() || read->entries().empty()) return std::nullopt;
    absl::StatusOr<std::string> reason = ReasonText(session.language(), read->entries(0));
    if (!reason.ok()) return std::nullopt;
    reasons.push_back(*std::move(reason));
  }
  return reasons;
}

Table HistoryTable(Session& session,
                   const google::protobuf::RepeatedPtrField<progress::v1::Actual>& actuals) {
  const Table table = ActualsTable(session, actuals);
  const auto reasons = ReasonsOf(session, actuals);
  if (!reasons) return table;
  std::vector<Column> columns = table.columns();
  columns.push_back({std::string(session.In(text::kReason)), Column::Align::kLeft, true});
  Table with_reasons(std::move(columns));
  for (size_t i = 0; i < reasons->size(); ++i) {
    std::vector<std::string> cells = table.lines()[i].cells;
    cells.push_back((*reasons)[i]);
    with_reasons.AddRow(std::move(cells));
  }
  return with_reasons;
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
  if (session.output().options().format == Format::kJson) return session.output().Print(response, Table({}));
  return session.output().Print(response, HistoryTable(session, response.actuals()));
}

void AddFigure(CommandLine& line, CLI::App& command, ActualOptions& options) {
  options.figure.AddTo(line, command);
  command.add_option("--value", options.typed.value, line.In(text::kValueOption))
      ->type_name("VALUE")
      ->required();
  command.add_option("--component", options.typed.component, line.In(text::kComponentOption))
      ->type_name("NAME");
  command.add_option("--observed", options.typed.observed, line.In(text::kObservedOption))
      ->check(IsObservedPeriod());
  command.add_flag("--provisional", options.typed.provisional, line.In(text::kProvisionalOption));
  CLI::Option* met = command.add_flag("--met", options.typed.met, line.In(text::kMetOption));
  command.add_flag("--not-met", options.typed.not_met, line.In(text::kNotMetOption))->excludes(met);
  command.add_flag("--force", options.force, line.In(text::kForceOption));
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
  retract.add_option("--component", options->typed.component, line.In(text::kComponentOption))
      ->type_name("NAME");
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
