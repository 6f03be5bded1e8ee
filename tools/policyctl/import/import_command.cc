#include "tools/policyctl/import/import_command.h"

#include <memory>
#include <utility>

#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/import/apply.h"
#include "tools/policyctl/import/fetch.h"
#include "tools/policyctl/import/findings_file.h"
#include "tools/policyctl/import/manifesto_import.h"
#include "tools/policyctl/import/report.h"
#include "tools/policyctl/import/sheet_import.h"
#include "tools/policyctl/import/words.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl::imports {
namespace {

struct ImportOptions {
  std::string file;
  std::string plan;
  std::string confirm;
  std::string findings;
  Overwrite overwrite;
  bool force = false;
  bool keep_absent = false;
  std::string year;
  bool dry_run = false;
};

absl::Status Print(const Session& session, const ImportReport& report) {
  return session.output().Print(
      ReportStruct(session.language(), report),
      [&](const TableLayout& layout) { return ReportText(session.language(), report, layout); },
      [&] { return FindingsAsRecords(session.language(), report.import.findings); });
}

absl::Status Refused(const ImportReport& report) {
  return MakeError(absl::StatusCode::kInvalidArgument, "DOCUMENT_REFUSED",
                   fmt::format("{} was refused; nothing was sent", report.document),
                   {{"file", report.document}});
}

absl::Status ConflictsLeft(const ImportReport& report) {
  return MakeError(
      absl::StatusCode::kAborted, report.dry_run ? "IMPORT_WOULD_CONFLICT" : "IMPORT_CONFLICT",
      fmt::format("{} values differ from {} and are left alone", report.import.conflicts, report.document),
      {{"conflicts", fmt::format("{}", report.import.conflicts)}, {"file", report.document}});
}

absl::Status Incomplete(const ImportReport& report) {
  return MakeError(
      absl::StatusCode::kAborted, report.dry_run ? "IMPORT_WOULD_BE_INCOMPLETE" : "IMPORT_INCOMPLETE",
      fmt::format("{} rows and values of {} were left out", report.import.left_out, report.document),
      {{"left_out", fmt::format("{}", report.import.left_out)}, {"file", report.document}});
}

// Whether the same request may be taken later.
bool MayBeTakenLater(const absl::Status& error) {
  switch (error.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

// One run of either command.
class Import {
 public:
  Import(Session& session, const ImportOptions& options) : session_(session), options_(options) {
    report_.dry_run = options.dry_run;
  }

  absl::Status OfManifesto() {
    ASSIGN_OR_RETURN(const SourceDocument document, ReadDocument(options_.file));
    report_.document = document.name;
    const documents::Manifesto manifesto = documents::ReadManifesto(document.bytes);
    if (documents::HasFatal(manifesto.findings)) return Refuse(manifesto.findings);
    RETURN_IF_ERROR(ReadPlan());
    report_.import = PlanManifestoImport(manifesto, document, existing_, options_.overwrite);
    return Apply(document, /*progress_position=*/0);
  }

  absl::Status OfSheet() {
    ASSIGN_OR_RETURN(const SourceDocument document, ReadDocument(options_.file));
    report_.document = document.name;
    Sidecar sidecar;
    if (!options_.confirm.empty()) {
      ASSIGN_OR_RETURN(const SourceDocument answers, ReadDocument(options_.confirm));
      ASSIGN_OR_RETURN(sidecar, ParseSidecar(options_.confirm, answers.bytes));
    }
    if (!options_.year.empty()) {
      ASSIGN_OR_RETURN(sidecar.confirmations.fiscal_year, ParseFiscalYear(options_.year));
    }
    documents::ProgressSheet sheet = documents::ReadProgressSheet(document.bytes, sidecar.confirmations);
    if (options_.force) documents::AcceptTwoHeadings(sheet);
    if (documents::HasFatal(sheet.findings)) return Refuse(sheet.findings);
    report_.fiscal_year = sheet.fiscal_year;
    RETURN_IF_ERROR(ReadPlan());
    const auto tell = [this](int done, int total) {
      session_.ShowProgress(session_.Say(text::kReadingExisting, done, total));
    };
    ASSIGN_OR_RETURN(const ExistingFigures figures,
                     FetchFigures(*client_, existing_, sheet.fiscal_year, tell));
    report_.import = PlanSheetImport({.sheet = sheet,
                                      .sidecar = sidecar,
                                      .document = document,
                                      .plan = existing_,
                                      .figures = figures,
                                      .overwrite = options_.overwrite,
                                      .keep_absent = options_.keep_absent,
                                      .this_year = FiscalYearOf(absl::Now()),
                                      .force = options_.force});
    return Apply(document, figures.position);
  }

 private:
  absl::Status ReadPlan() {
    ASSIGN_OR_RETURN(client_, session_.Connect());
    ASSIGN_OR_RETURN(const std::string plan, ChoosePlan(session_, options_.plan));
    ASSIGN_OR_RETURN(existing_, FetchPlan(*client_, plan));
    report_.plan = existing_.plan.name();
    return absl::OkStatus();
  }

  absl::Status Refuse(const std::vector<documents::Finding>& findings) {
    report_.import.findings = findings;
    return TellOf(Refused(report_));
  }

  absl::Status Apply(const SourceDocument& document, uint64_t progress_position) {
    if (documents::HasFatal(report_.import.findings)) return TellOf(Refused(report_));
    // Before anything is sent, so that a full disk stops the import and not its account.
    RETURN_IF_ERROR(WriteFindings());
    const size_t changes = report_.import.catalog.size() + report_.import.progress.size();
    if (!options_.dry_run) session_.ShowProgress(session_.Say(text::kApplying, changes));
    ClientTarget target(*client_);
    ApplyOptions options = {.import_id = ImportIdOf(report_.plan, document),
                            .catalog_position = existing_.position,
                            .progress_position = progress_position,
                            .dry_run = options_.dry_run};
    options.sending = [this](const ImportPart& part) { TellOfPart(part); };
    options.cut_off = [this](const ImportPart& recorded, const absl::Status& error) {
      const Text& words = MayBeTakenLater(error) ? text::kCutOff : text::kCutOffByRefusal;
      session_.Note(session_.Say(words, recorded.part, recorded.parts));
    };
    absl::StatusOr<ImportOutcome> outcome = ApplyImport(target, report_.import, options);
    session_.ShowProgress("");
    if (!outcome.ok()) return outcome.status();
    report_.outcome = *std::move(outcome);
    RETURN_IF_ERROR(Print(session_, report_));
    if (report_.import.left_out > 0) return Incomplete(report_);
    return report_.import.conflicts > 0 ? ConflictsLeft(report_) : absl::OkStatus();
  }

  // Of an import of usual size, which takes a command for each service, nobody needs to be told.
  void TellOfPart(const ImportPart& part) const {
    if (part.parts > 2) session_.Note(session_.Say(text::kSendingPart, part.part, part.parts));
  }

  absl::Status WriteFindings() const {
    if (options_.findings.empty()) return absl::OkStatus();
    return imports::WriteFindings(session_.language(), report_.import.findings, options_.findings);
  }

  // Writes the findings and prints the report; then `status`.
  absl::Status TellOf(absl::Status status) {
    session_.ShowProgress("");
    RETURN_IF_ERROR(WriteFindings());
    RETURN_IF_ERROR(Print(session_, report_));
    return status;
  }

  Session& session_;
  const ImportOptions& options_;
  Client* client_ = nullptr;
  ExistingPlan existing_;
  ImportReport report_;
};

void AddCommonOptions(const CommandLine& line, CLI::App& command, ImportOptions& options) {
  command.add_option("FILE", options.file, line.In(text::kImportFile))->required();
  command.add_option("--plan", options.plan, line.In(text::kImportPlanOption))->type_name("PLAN");
  command.add_flag("--dry-run", options.dry_run, line.In(text::kImportDryRunOption));
  command.add_option("--findings", options.findings, line.In(text::kImportFindingsOption))->type_name("OUT");
  CLI::Option* overwrite =
      command.add_option("--overwrite", options.overwrite.reason, line.In(text::kImportOverwriteOption))
          ->type_name("REASON");
  command.add_option("--only", options.overwrite.only, line.In(text::kImportOnlyOption))
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->needs(overwrite);
}

}  // namespace
}  // namespace seisaku::policyctl::imports

namespace seisaku::policyctl {

void AddImportCommands(CommandLine& line) {
  using imports::AddCommonOptions;
  using imports::Import;
  using imports::ImportOptions;
  CLI::App& group = line.Group({.name = "import",
                                .help = text::kImportHelp,
                                .example = "policyctl import manifesto deploy/sample/isesaki/manifesto.txt "
                                           "--plan manifesto --dry-run"});

  auto manifesto_options = std::make_shared<ImportOptions>();
  CLI::App& manifesto = line.Add(
      group,
      {.name = "manifesto",
       .help = text::kImportManifestoHelp,
       .example = "policyctl import manifesto deploy/sample/isesaki/manifesto.txt --plan manifesto"},
      [manifesto_options](Session& session) { return Import(session, *manifesto_options).OfManifesto(); });
  AddCommonOptions(line, manifesto, *manifesto_options);

  auto sheet_options = std::make_shared<ImportOptions>();
  CLI::App& sheet =
      line.Add(group,
               {.name = "progress-sheet",
                .help = text::kImportSheetHelp,
                .example = "policyctl import progress-sheet deploy/sample/isesaki/progress-sheet.txt "
                           "--plan strategy --dry-run --findings findings\n"
                           "policyctl import progress-sheet deploy/sample/isesaki/progress-sheet.txt "
                           "--plan strategy --confirm deploy/sample/isesaki/strategy.confirm.toml"},
               [sheet_options](Session& session) { return Import(session, *sheet_options).OfSheet(); });
  AddCommonOptions(line, sheet, *sheet_options);
  sheet.add_option("--confirm", sheet_options->confirm, line.In(text::kImportConfirmOption))
      ->type_name("FILE");
  sheet.add_flag("--force,--accept-unlikely", sheet_options->force, line.In(text::kImportForceOption));
  sheet.add_flag("--keep-absent", sheet_options->keep_absent, line.In(text::kImportKeepAbsentOption));
  sheet.add_option("--fiscal-year", sheet_options->year, line.In(text::kImportYearOption))
      ->check(IsFiscalYear());
}

}  // namespace seisaku::policyctl
