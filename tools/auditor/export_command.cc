#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/export.h"
#include "tools/auditor/forensic_export.h"
#include "tools/auditor/forensic_report.h"
#include "tools/auditor/trust_option.h"
#include "tools/auditor/verify/forensic_source.h"
#include "tools/auditor/verify/live_source.h"
#include "tools/auditor/verify/since.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/folder_lock.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {
    "Write whole logs with their texts to files, from which they can be proven and refilled",
    "ログ全体（文を含む）をファイルに書き出す。検証・再生と、失われたときの補填に使える"};
constexpr Text kFromOption = {"Logs to write: catalog, progress or both (if not given)",
                              "書き出すログ: catalog、progress または両方（省略時）"};
constexpr Text kOutOption = {"Folder of the bundle; one that was not finished is gone on with",
                             "書出し先のフォルダー。途中で終わった書出しは続きから行う"};
constexpr Text kForensicOption = {
    "Keep a damaged log as it is found, with what is wrong and where; nobody signs it",
    "壊れたログを、壊れている箇所の一覧とともに見つかったまま保全する（署名なし）"};
constexpr Text kDatabaseOption = {
    "With --forensic: libpq string of a service's database to read instead of the services; may be given "
    "twice",
    "--forensic のとき、サービスの代わりに読むデータベース（libpq の接続文字列。2回まで指定可）"};
constexpr Text kSinceOption = {
    "With --forensic: a witness's folder or a checkpoint that was kept; up to where the log fits it is told",
    "--forensic のとき、witness "
    "のフォルダーまたは保存したチェックポイント。どこまで一致するかを示す（複数指定可）"};
constexpr Text kExported = {"{}: {} entries, root {}\n", "{}: {} 件、ルート {}\n"};
constexpr Text kFinished = {"{} was finished before and is left as it is",
                            "{} は書出し済みのため、そのままにします"};
constexpr Text kReading = {"{}: {} of {} entries", "{}: {} / {} 件"};

struct Options {
  std::vector<std::string> logs = {"catalog", "progress"};
  std::vector<std::string> trust;
  std::string folder;
  bool forensic = false;
  std::vector<std::string> databases;
  std::vector<std::string> since;
};

absl::StatusOr<std::unique_ptr<LogClient>> Connect(Session& session, const std::string& log) {
  session.PreferProfile("auditor");
  ASSIGN_OR_RETURN(const policyctl::Profile* profile, session.profile());
  return LogClient::Open(
      {log == "catalog" ? profile->catalog : profile->progress, profile->files, profile->authority});
}

std::string Json(const std::vector<ledger::Checkpoint>& exported) {
  google::protobuf::ListValue logs;
  for (const ledger::Checkpoint& checkpoint : exported) {
    auto& fields = *logs.add_values()->mutable_struct_value()->mutable_fields();
    fields["origin"].set_string_value(checkpoint.origin);
    fields["size"].set_string_value(std::to_string(checkpoint.size));
    fields["root"].set_string_value(ledger::ToBase64(ledger::ToBytes(checkpoint.root)));
  }
  return policyctl::ToJson(logs);
}

// A log and where it goes.
struct Task {
  std::string name;
  std::string folder;
  std::unique_ptr<LogClient> log;  // nullptr: it was finished before
};

// By name. What would refuse one log after another was written, is refused before.
absl::StatusOr<std::vector<Task>> Prepare(Session& session, const bundle::Trust& trust,
                                          const Options& options) {
  std::vector<Task> tasks;
  for (const std::string& name : std::set<std::string>(options.logs.begin(), options.logs.end())) {
    Task task{name, fmt::format("{}/{}", options.folder, name), nullptr};
    if (!bundle::IsFinished(task.folder)) {
      ASSIGN_OR_RETURN(task.log, Connect(session, name));
      RETURN_IF_ERROR(task.log->CheckServes(name));
      ASSIGN_OR_RETURN(const std::string note, task.log->GetCheckpoint(0));
      RETURN_IF_ERROR(trust.Open(note).status());
    }
    tasks.push_back(std::move(task));
  }
  const bool all_finished =
      std::all_of(tasks.begin(), tasks.end(), [](const Task& task) { return task.log == nullptr; });
  if (all_finished) return errors::BundleFinished(options.folder);
  return tasks;
}

absl::StatusOr<ledger::Checkpoint> ExportOne(Session& session, const bundle::Trust& trust, const Task& task) {
  if (task.log == nullptr) {
    session.Note(session.Say(kFinished, task.name));
    ASSIGN_OR_RETURN(const bundle::Reader reader,
                     bundle::Reader::Open(task.folder, [&](const auto& note) { return trust.Open(note); }));
    return reader.checkpoint();
  }
  auto exported = ExportLog(*task.log, trust, task.folder, [&](uint64_t done, uint64_t all) {
    session.ShowProgress(session.Say(kReading, task.name, done, all));
  });
  session.ShowProgress("");
  return exported;
}

absl::StatusOr<std::vector<DamagedSource>> OpenDamaged(Session& session, const bundle::Trust& trust,
                                                       const Options& options) {
  std::vector<DamagedSource> sources;
  for (const std::string& dsn : options.databases) {
    ASSIGN_OR_RETURN(auto source, OpenDamagedLog(dsn, trust));
    sources.push_back({std::move(source), dsn});
  }
  if (!options.databases.empty()) return sources;
  for (const std::string& name : std::set<std::string>(options.logs.begin(), options.logs.end())) {
    const LogKind kind = name == "catalog" ? LogKind::kCatalog : LogKind::kProgress;
    ASSIGN_OR_RETURN(auto client, Connect(session, name));
    ASSIGN_OR_RETURN(auto source, OpenLiveLog(kind, std::move(client), name, trust));
    sources.push_back({std::move(source), ""});
  }
  return sources;
}

absl::Status RunForensic(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  ASSIGN_OR_RETURN(const std::vector<Evidence> since, ReadSince(options.since, trust));
  ASSIGN_OR_RETURN(std::vector<DamagedSource> sources, OpenDamaged(session, trust, options));
  ASSIGN_OR_RETURN(const bundle::FolderLock lock, bundle::FolderLock::Take(options.folder));
  RETURN_IF_ERROR(ExportForensic(std::move(sources), trust, options.folder));
  RETURN_IF_ERROR(WriteContracts(options.folder));
  ASSIGN_OR_RETURN(const std::vector<ForensicFinding> findings, ReadForensic(options.folder, trust, since));
  return ShowForensic(session, findings);
}

absl::Status Run(Session& session, const Options& options) {
  if (options.forensic) return RunForensic(session, options);
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  ASSIGN_OR_RETURN(const std::vector<Task> tasks, Prepare(session, trust, options));
  ASSIGN_OR_RETURN(const bundle::FolderLock lock, bundle::FolderLock::Take(options.folder));
  std::vector<ledger::Checkpoint> exported(tasks.size());
  // Catalog last, so that what progress has copied of it is there.
  for (size_t i = tasks.size(); i-- > 0;) {
    ASSIGN_OR_RETURN(exported[i], ExportOne(session, trust, tasks[i]));
  }
  policyctl::Records records = {{"origin", "size", "root"}};
  std::string words;
  for (const ledger::Checkpoint& checkpoint : exported) {
    const std::string root = ledger::ToBase64(ledger::ToBytes(checkpoint.root));
    words += session.Say(kExported, checkpoint.origin, checkpoint.size, root);
    records.push_back({checkpoint.origin, std::to_string(checkpoint.size), root});
  }
  RETURN_IF_ERROR(WriteContracts(options.folder));
  return session.output().Print([&] { return Json(exported); },
                                [&](const policyctl::TableLayout&) { return words; },
                                [&] { return records; });
}

}  // namespace

void AddExportCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(line.root(),
               {.name = "export",
                .help = kHelp,
                .example = "auditor export --trust trust.vkeys --out bundle-2026-11-20\n"
                           "auditor export --forensic --database DSN --out damaged-2026-11-20"},
               [options](Session& session) { return Run(session, *options); });
  command.add_option("--from", options->logs, line.In(kFromOption))
      ->type_name("LOGS")
      ->delimiter(',')
      ->check(policyctl::IsOneOf({"catalog", "progress"}));
  CLI::Option* trust = AddTrustOption(line, command, options->trust);
  command.add_option("--out", options->folder, line.In(kOutOption))->type_name("DIR")->required();
  CLI::Option* forensic = command.add_flag("--forensic", options->forensic, line.In(kForensicOption));
  command.add_option("--database", options->databases, line.In(kDatabaseOption))
      ->type_name("DSN")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->needs(forensic);
  command.add_option("--since", options->since, line.In(kSinceOption))
      ->type_name("FOLDER|FILE")
      ->allow_extra_args(false)
      ->needs(forensic);
  command.parse_complete_callback([=] {
    if (!options->forensic && trust->empty()) {
      trust->required();
      throw CLI::RequiredError(trust->get_name());
    }
  });
}

}  // namespace seisaku::auditor
