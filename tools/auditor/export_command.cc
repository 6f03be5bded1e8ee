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
#include "tools/auditor/trust_option.h"
#include "tools/bundle/bundle.h"
#include "tools/bundle/errors.h"
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
constexpr Text kExported = {"{}: {} entries, root {}\n", "{}: {} 件、ルート {}\n"};
constexpr Text kFinished = {"{} was finished before and is left as it is",
                            "{} は書出し済みのため、そのままにします"};
constexpr Text kReading = {"{}: {} of {} entries", "{}: {} / {} 件"};

struct Options {
  std::vector<std::string> logs = {"catalog", "progress"};
  std::vector<std::string> trust;
  std::string folder;
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

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  ASSIGN_OR_RETURN(const std::vector<Task> tasks, Prepare(session, trust, options));
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
  CLI::App& command = line.Add(line.root(),
                               {.name = "export",
                                .help = kHelp,
                                .example = "auditor export --trust trust.vkeys --out bundle-2026-11-20"},
                               [options](Session& session) { return Run(session, *options); });
  command.add_option("--from", options->logs, line.In(kFromOption))
      ->type_name("LOGS")
      ->delimiter(',')
      ->check(policyctl::IsOneOf({"catalog", "progress"}));
  AddTrustOption(line, command, options->trust)->required();
  command.add_option("--out", options->folder, line.In(kOutOption))->type_name("DIR")->required();
}

}  // namespace seisaku::auditor
