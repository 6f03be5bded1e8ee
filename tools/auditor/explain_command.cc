#include <memory>
#include <string>

#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/auditor/archive_options.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/evidence/evidence.h"
#include "tools/policyctl/commands/explanation.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {
    "Show how a judgement was derived, and write a file of the entries that it rests on, with proofs",
    "評価がどう導かれたかを示し、もとになった項目を証明付きでファイルに書き出す"};
constexpr Text kAsOfOption = {
    "When: a date (its end in Tokyo), an RFC 3339 time, or a size of progress's log",
    "時点：日付（その日の終わり、日本時間）、RFC 3339 の時刻、または progress のログの件数"};
constexpr Text kEvidenceOption = {"File to write: checked with `auditor verify FILE`",
                                  "証拠を書き出すファイル（`auditor verify FILE` で確かめられる）"};

struct Options {
  ArchiveOptions archive;
  std::string kpi, plan, year, as_of, evidence;
};

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const int year, ParseFiscalYear(options.year));
  ASSIGN_OR_RETURN(const auto city, OpenArchive(session, options.archive, options.as_of));
  session.ConnectBy([&](policyctl::Client::Options client) {
    return std::make_unique<policyctl::Client>(city->Connect(), std::move(client));
  });
  ASSIGN_OR_RETURN(const std::string kpi, policyctl::KpiForReading(session, options.kpi, options.plan));
  progress::v1::GetEvaluationRequest request;
  request.set_name(fmt::format("{}/evaluations/{}", kpi, year));
  request.set_explain(true);
  ASSIGN_OR_RETURN(policyctl::Client * client, session.Connect());
  ASSIGN_OR_RETURN(progress::v1::GetEvaluationResponse response,
                   client->Call(&policyctl::Progress::GetEvaluation, std::move(request)));
  if (!options.evidence.empty()) {
    ASSIGN_OR_RETURN(const std::string evidence, MakeEvidence(*city, response));
    RETURN_IF_ERROR(policyctl::WriteWholeFile(options.evidence, evidence));
    session.Note(session.Say(text::kWrittenTo, options.evidence));
  }
  RETURN_IF_ERROR(policyctl::AddReasonsOfCatalog(*client, response));
  return session.output().Print(
      response,
      [&](const policyctl::TableLayout& layout) {
        return ExplanationText(session.language(), response, layout);
      },
      [&] { return ExplanationRecords(session.language(), response); });
}

}  // namespace

void AddExplainCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& explain =
      line.Add(line.root(),
               {.name = "explain",
                .help = kHelp,
                .example = "auditor explain BUNDLE 交通事故発生件数 --fiscal-year R4 --as-of R5.6.1\n"
                           "auditor explain BUNDLE kpi-001 --fiscal-year R4 --evidence kpi-001.json"},
               [options](Session& session) { return Run(session, *options); });
  AddArchiveOptions(line, explain, options->archive);
  explain.add_option("KPI", options->kpi, line.In(policyctl::text::kKpiArgument))->required();
  explain.add_option("--plan", options->plan, line.In(policyctl::text::kPlanOption))->type_name("PLAN");
  explain.add_option("--fiscal-year", options->year, line.In(policyctl::text::kYearOption))
      ->check(policyctl::IsFiscalYear())
      ->required();
  explain.add_option("--as-of", options->as_of, line.In(kAsOfOption))->check(policyctl::IsAsOf());
  explain.add_option("--evidence", options->evidence, line.In(kEvidenceOption))
      ->type_name("FILE")
      ->check(policyctl::EndsIn({".json"}));
}

}  // namespace seisaku::auditor
