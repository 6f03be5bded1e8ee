#include <map>
#include <memory>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/commands/commands.h"
#include "tools/policyctl/commands/figure_options.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/expectations.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::policyctl {
namespace {

const std::map<std::string, progress::v1::NarrativeKind> kKinds = {
    {"status", progress::v1::NARRATIVE_KIND_IMPLEMENTATION_STATUS},
    {"delay", progress::v1::NARRATIVE_KIND_REASON_FOR_DELAY},
    {"issues", progress::v1::NARRATIVE_KIND_ISSUES},
    {"next-steps", progress::v1::NARRATIVE_KIND_NEXT_STEPS}};

struct NarrativeOptions {
  FigureOptions figure;
  progress::v1::NarrativeKind kind = progress::v1::NARRATIVE_KIND_UNSPECIFIED;
  std::string text;
  std::string file;
  std::string as_of;
};

// The words to record, which are some: to take words back is a command of its own.
absl::StatusOr<std::string> WordsOf(const NarrativeOptions& options) {
  std::string words = options.text;
  if (!options.file.empty()) {
    ASSIGN_OR_RETURN(words, ReadWholeFile(options.file));
    if (!IsUtf8(words)) return errors::InvalidField("--text-file", expected::UTF8);
  }
  if (!SearchKey(words).empty()) return words;
  return errors::InvalidField(options.file.empty() ? "--text" : "--text-file", expected::WORDS_TO_RECORD);
}

// Sends `words`; empty ones take back those that are there.
absl::Status Send(Session& session, const NarrativeOptions& options, std::string words) {
  progress::v1::RecordNarrativeRequest request;
  progress::v1::Narrative& narrative = *request.mutable_narrative();
  narrative.set_kind(options.kind);
  const bool is_retraction = words.empty();
  narrative.set_text(std::move(words));
  ASSIGN_OR_RETURN(const Figure figure, FindFigure(session, options.figure));
  narrative.set_kpi(figure.kpi);
  narrative.set_reporting_year(figure.reporting_year);
  SetCommon(options.figure, request);
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::RecordNarrativeResponse response,
                   client->Call(&Progress::RecordNarrative, std::move(request)));
  return session.output().Print(
      response,
      [&](const TableLayout&) {
        if (is_retraction && !options.figure.validate_only && response.receipt().entries() == 0) {
          return std::string(session.In(text::kNoWordsToRetract)) + "\n";
        }
        return OutcomeText(session, options.figure, response.receipt().entries(),
                           response.receipt().position(),
                           is_retraction ? text::kRetractedAt : text::kDoneAt) +
               "\n";
      },
      [&] {
        return Records{{"kpi", "reporting_year", "kind", "text"},
                       {figure.kpi, std::to_string(figure.reporting_year),
                        NarrativeKindText(session.language(), options.kind), response.narrative().text()}};
      });
}

absl::Status Record(Session& session, const NarrativeOptions& options) {
  ASSIGN_OR_RETURN(std::string words, WordsOf(options));
  return Send(session, options, std::move(words));
}

absl::Status Retract(Session& session, const NarrativeOptions& options) { return Send(session, options, ""); }

absl::Status List(Session& session, const NarrativeOptions& options) {
  progress::v1::ListNarrativesRequest request;
  ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.figure.year));
  request.set_reporting_year(year);
  RETURN_IF_ERROR(SetAsOf(options.as_of, request));
  ASSIGN_OR_RETURN(*request.mutable_parent(),
                   KpiForReading(session, options.figure.kpi, options.figure.plan, request.as_of()));
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const progress::v1::ListNarrativesResponse response,
                   client->Call(&Progress::ListNarratives, std::move(request)));
  return session.output().Print(
      response,
      [&](const TableLayout&) {
        std::string text;
        for (const progress::v1::Narrative& narrative : response.narratives())
          text += fmt::format("[{}]\n{}\n", NarrativeKindText(session.language(), narrative.kind()),
                              narrative.withdrawn() ? session.In(text::kTextWithdrawn) : narrative.text());
        return text;
      },
      [&] {
        Records records = {{"kind", "text"}};
        for (const progress::v1::Narrative& narrative : response.narratives())
          records.push_back({NarrativeKindText(session.language(), narrative.kind()), narrative.text()});
        return records;
      });
}

void AddKind(CommandLine& line, CLI::App& command, NarrativeOptions& options) {
  command.add_option("--kind", options.kind, line.In(text::kKindOption))
      ->required()
      ->transform(IsChoice(kKinds));
}

void AddChanges(CommandLine& line, CLI::App& narrative, const std::shared_ptr<NarrativeOptions>& options) {
  CLI::App& record =
      line.Add(narrative,
               {.name = "record",
                .help = text::kNarrativeRecordHelp,
                .example = "policyctl narrative record 健康寿命 --fiscal-year 2022 --kind issues "
                           "--text '若い世代の関心が低い。'"},
               [options](Session& session) { return Record(session, *options); });
  options->figure.AddTo(line, record);
  AddKind(line, record, *options);
  CLI::Option* words = record.add_option("--text", options->text, line.In(text::kTextOption));
  record.add_option("--text-file", options->file, line.In(text::kTextFileOption))
      ->type_name("FILE")
      ->excludes(words);

  CLI::App& retract =
      line.Add(narrative,
               {.name = "retract",
                .help = text::kNarrativeRetractHelp,
                .example = "policyctl narrative retract 健康寿命 --fiscal-year 2022 --kind issues "
                           "--reason '別の指標の文章だったため'"},
               [options](Session& session) { return Retract(session, *options); });
  options->figure.AddTo(line, retract);
  retract.get_option("--reason")->required();
  AddKind(line, retract, *options);
}

}  // namespace

void AddNarrativeCommands(CommandLine& line) {
  CLI::App& narrative = line.Group({.name = "narrative",
                                    .help = text::kNarrativeHelp,
                                    .example = "policyctl narrative list 健康寿命 --fiscal-year R4"});
  auto options = std::make_shared<NarrativeOptions>();

  if (!line.readers_only()) AddChanges(line, narrative, options);

  CLI::App& list = line.Add(narrative,
                            {.name = "list",
                             .help = text::kNarrativeListHelp,
                             .example = "policyctl narrative list 健康寿命 --fiscal-year R4"},
                            [options](Session& session) { return List(session, *options); });
  list.add_option("KPI", options->figure.kpi, line.In(text::kKpiArgument))->required();
  list.add_option("--plan", options->figure.plan, line.In(text::kPlanOption))->type_name("PLAN");
  list.add_option("--fiscal-year", options->figure.year, line.In(text::kYearOption))
      ->check(IsFiscalYear())
      ->required();
  list.add_option("--as-of", options->as_of, line.In(text::kAsOfOption))->check(IsAsOf());
}

}  // namespace seisaku::policyctl
