#include <memory>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/export.h"
#include "tools/auditor/trust_option.h"
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

absl::StatusOr<ledger::Checkpoint> ExportOne(Session& session, const bundle::Trust& trust,
                                             const std::string& name, const std::string& out) {
  ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log, Connect(session, name));
  auto exported = ExportLog(*log, trust, fmt::format("{}/{}", out, name), [&](uint64_t done, uint64_t all) {
    session.ShowProgress(session.Say(kReading, name, done, all));
  });
  session.ShowProgress("");
  return exported;
}

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  std::vector<ledger::Checkpoint> exported;
  policyctl::Records records = {{"origin", "size", "root"}};
  std::string words;
  for (const std::string& name : options.logs) {
    ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, ExportOne(session, trust, name, options.folder));
    const std::string root = ledger::ToBase64(ledger::ToBytes(checkpoint.root));
    words += session.Say(kExported, checkpoint.origin, checkpoint.size, root);
    records.push_back({checkpoint.origin, std::to_string(checkpoint.size), root});
    exported.push_back(std::move(checkpoint));
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
