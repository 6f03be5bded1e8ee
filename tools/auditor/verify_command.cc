#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/evidence_report.h"
#include "tools/auditor/forensic_report.h"
#include "tools/auditor/log_client.h"
#include "tools/auditor/trust_option.h"
#include "tools/auditor/verify/bundle_source.h"
#include "tools/auditor/verify/contracts_check.h"
#include "tools/auditor/verify/database_source.h"
#include "tools/auditor/verify/live_source.h"
#include "tools/auditor/verify/report.h"
#include "tools/auditor/verify/since.h"
#include "tools/auditor/verify/verify.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/trust.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {"Prove that logs are whole, unchanged and what was signed, entry by entry",
                        "ログに欠け・改変がなく、署名されたとおりであることを1件ずつ検証する"};
constexpr Text kBundleOption = {"Folder of an export, or file of explain --evidence",
                                "書き出したフォルダー、または explain --evidence のファイル"};
constexpr Text kLiveOption = {"Read the services' logs instead (profile auditor)",
                              "書出しの代わりに、稼働中のサービスのログを読む（接続先 auditor）"};
constexpr Text kDatabaseOption = {"libpq string of a service's database to read instead; may be given twice",
                                  "書出しの代わりに読むデータベース（libpq の接続文字列。2回まで指定可）"};
constexpr Text kSinceOption = {
    "What was kept outside: a witness's folder, or one checkpoint; may be given several times",
    "外部に保存したもの: witness のフォルダー、またはチェックポイントのファイル（複数指定可）"};
constexpr Text kQuorumOption = {"How many cosigners of --trust have to stand for what is proven",
                                "検証済みとするのに必要な連署の数（--trust にある連署者の人数で数える）"};
constexpr Text kQuorumTooLarge = {"{} cosigners are wanted, and --trust has the keys of {}",
                                  "連署者 {} 人分を求めていますが、--trust にある連署者の鍵は {} 人分です"};
constexpr Text kNoFoldOption = {"Do not replay the events", "記録を再生しない"};
constexpr Text kNoTrust = {
    "NOTHING IS PROVEN without --trust: signatures cannot be checked, and whoever changed the log could have "
    "made them",
    "--trust がないため署名を確認できず、何も証明できません"};

struct Options {
  std::string bundle;
  bool live = false;
  std::vector<std::string> databases;
  std::vector<std::string> trust;
  std::vector<std::string> since;
  size_t quorum = 0;
  bool no_fold = false;
};

using Sources = std::vector<std::unique_ptr<LogSource>>;

constexpr std::pair<LogKind, const char*> kLogs[] = {{LogKind::kCatalog, "catalog"},
                                                     {LogKind::kProgress, "progress"}};

bool IsFile(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

// What is required in some cases only.
CLI::RequiredError Missing(CLI::Option& option) {
  option.required();
  return CLI::RequiredError(option.get_name());
}

absl::StatusOr<Sources> OpenBundle(const std::string& folder, const bundle::Trust& trust) {
  Sources sources;
  std::error_code error;
  for (const auto& [kind, name] : kLogs) {
    const std::string of_log = folder + "/" + name;
    if (std::filesystem::exists(of_log, error)) sources.push_back(OpenBundledLog(kind, of_log, trust));
  }
  if (sources.empty()) {
    const bool exists = std::filesystem::exists(folder, error);
    return errors::BundleUnusable(
        folder, exists ? "there is neither catalog nor progress in it" : "No such file or directory");
  }
  return sources;
}

absl::StatusOr<Sources> OpenLive(Session& session, const bundle::Trust& trust) {
  session.PreferProfile("auditor");
  ASSIGN_OR_RETURN(const policyctl::Profile* profile, session.profile());
  Sources sources;
  for (const auto& [kind, name] : kLogs) {
    const std::string& address = kind == LogKind::kCatalog ? profile->catalog : profile->progress;
    ASSIGN_OR_RETURN(auto client, LogClient::Open({address, profile->files, profile->authority}));
    RETURN_IF_ERROR(client->CheckServes(name));
    ASSIGN_OR_RETURN(auto source, OpenLiveLog(kind, std::move(client), address, trust));
    sources.push_back(std::move(source));
  }
  return sources;
}

absl::StatusOr<Sources> OpenDatabases(const std::vector<std::string>& dsns, const bundle::Trust& trust) {
  Sources sources;
  for (const std::string& dsn : dsns) {
    ASSIGN_OR_RETURN(auto source, OpenStoredLog(dsn, trust));
    sources.push_back(std::move(source));
  }
  return sources;
}

size_t CosignersIn(const bundle::Trust& trust) {
  std::set<std::string> names;
  for (const ledger::VerifierKey& key : trust.cosigners()) names.insert(key.name());
  return names.size();
}

absl::StatusOr<Sources> Open(Session& session, const Options& options, const bundle::Trust& trust) {
  if (options.live) return OpenLive(session, trust);
  if (!options.databases.empty()) return OpenDatabases(options.databases, trust);
  return OpenBundle(options.bundle, trust);
}

absl::Status Run(Session& session, const Options& options) {
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Read(options.trust));
  ASSIGN_OR_RETURN(std::vector<Evidence> since, ReadSince(options.since, trust));
  if (IsFile(options.bundle)) return ShowEvidence(session, options.bundle, trust, since, options.quorum);
  if (!options.bundle.empty() && HasForensic(options.bundle)) {
    ASSIGN_OR_RETURN(const auto findings, ReadForensic(options.bundle, trust, since));
    RETURN_IF_ERROR(ShowForensic(session, findings));
    return ToStatus(options.bundle, findings);
  }
  ASSIGN_OR_RETURN(Sources sources, Open(session, options, trust));
  if (options.trust.empty()) session.Note(session.In(kNoTrust));
  std::optional<ContractsCheck> contracts;
  if (!options.bundle.empty()) contracts.emplace(options.bundle);
  ASSIGN_OR_RETURN(VerifyReport report, Verify(std::move(sources), trust,
                                               {.since = std::move(since),
                                                .fold = !options.no_fold,
                                                .quorum = options.quorum,
                                                .observer = contracts ? &*contracts : nullptr}));
  if (contracts) {
    report.lacks_contracts = !HasContracts(options.bundle);
    if (!report.lacks_contracts) report.contracts = contracts->wrong();
  }
  RETURN_IF_ERROR(session.output().Print(
      [&] { return ToJson(report); },
      [&](const policyctl::TableLayout&) { return InWords(report, session.language()); },
      [&] { return ToRecords(report); }));
  return ToStatus(report);
}

}  // namespace

void AddVerifyCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(line.root(),
                               {.name = "verify",
                                .help = kHelp,
                                .example = "auditor verify bundle-2026-11-20 --trust trust.vkeys --since "
                                           "witness-catalog --since witness-progress\n"
                                           "auditor verify --live --trust trust.vkeys"},
                               [options](Session& session) { return Run(session, *options); });
  CLI::Option* bundle =
      command.add_option("BUNDLE", options->bundle, line.In(kBundleOption))->type_name("BUNDLE");
  CLI::Option* live = command.add_flag("--live", options->live, line.In(kLiveOption));
  CLI::Option* database = command.add_option("--database", options->databases, line.In(kDatabaseOption))
                              ->type_name("DSN")
                              ->expected(1)
                              ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  bundle->excludes(live)->excludes(database);
  live->excludes(database);
  CLI::Option* trust = AddTrustOption(line, command, options->trust);
  const std::string in_quorum(line.In(kQuorumTooLarge));
  command.parse_complete_callback([=] {
    if (bundle->empty() && live->empty() && database->empty()) throw Missing(*bundle);
    const bool needs_trust = IsFile(options->bundle) || options->quorum > 0;
    if (needs_trust && trust->empty()) throw Missing(*trust);
    // What cannot be read is told of when the command runs.
    const absl::StatusOr<bundle::Trust> trusted = bundle::Trust::Read(options->trust);
    const size_t cosigners = trusted.ok() ? CosignersIn(*trusted) : options->quorum;
    if (options->quorum > cosigners) {
      throw CLI::ValidationError("--quorum",
                                 fmt::format(fmt::runtime(in_quorum), options->quorum, cosigners));
    }
  });
  command.add_option("--since", options->since, line.In(kSinceOption))
      ->type_name("FOLDER|FILE")
      ->allow_extra_args(false);
  command.add_option("--quorum", options->quorum, line.In(kQuorumOption))
      ->type_name("N")
      ->check(policyctl::IsAtLeast(1));
  command.add_flag("--no-fold", options->no_fold, line.In(kNoFoldOption));
}

}  // namespace seisaku::auditor
