#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "services/catalog/domain/machine.h"
#include "services/ledger/tree/hash.h"
#include "services/progress/domain/machine.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/compare.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {"Replay the logs and compare with what the running replicas say of their state",
                        "ログを再生し、稼働中の各レプリカが報告する状態と比べる"};
constexpr Text kLiveOption = {"The running services (the only kind there is)",
                              "稼働中のサービスと比べる（これのみ）"};
constexpr Text kReplicaOption = {
    "Another replica, catalog=HOST:PORT or progress=HOST:PORT; may be given several times",
    "ほかのレプリカ。catalog=HOST:PORT または progress=HOST:PORT（複数指定可）"};
constexpr Text kReading = {"{}: {} of {} entries", "{}: {} / {} 件"};
constexpr Text kLog = {"Log", "ログ"};
constexpr Text kReplica = {"Replica", "レプリカ"};
constexpr Text kSize = {"Entries", "件数"};
constexpr Text kDigest = {"State digest, replayed", "状態のダイジェスト（再生）"};
constexpr Text kResult = {"Result", "結果"};
constexpr Text kAgrees = {"agrees", "一致"};
constexpr Text kDiffers = {"DIFFERS: it says {}", "不一致：報告は {}"};

struct Options {
  bool live = false;
  std::vector<std::string> replicas;
};

struct Row {
  std::string log;
  Compared compared;
};

std::vector<std::string> AddressesOf(const std::string& log, const std::string& of_profile,
                                     const Options& options) {
  std::vector<std::string> addresses = {of_profile};
  for (const std::string& replica : options.replicas) {
    if (replica.starts_with(log + "=")) addresses.push_back(replica.substr(log.size() + 1));
  }
  return addresses;
}

absl::Status CompareLog(Session& session, const std::string& log, const std::vector<std::string>& addresses,
                        StateMachine& state, std::vector<Row>& rows) {
  ASSIGN_OR_RETURN(const policyctl::Profile* profile, session.profile());
  std::vector<std::unique_ptr<LogClient>> clients;
  std::vector<std::pair<std::string, LogClient*>> replicas;
  for (const std::string& address : addresses) {
    ASSIGN_OR_RETURN(clients.emplace_back(), LogClient::Open({address, profile->files, profile->authority}));
    RETURN_IF_ERROR(clients.back()->CheckServes(log));
    replicas.emplace_back(address, clients.back().get());
  }
  auto compared = CompareReplicas(replicas, state, [&](uint64_t done, uint64_t all) {
    session.ShowProgress(session.Say(kReading, log, done, all));
  });
  session.ShowProgress("");
  RETURN_IF_ERROR(compared.status());
  for (Compared& one : *compared) rows.push_back({log, std::move(one)});
  return absl::OkStatus();
}

std::string ResultOf(const Session& session, const Compared& compared) {
  if (compared.agrees()) return std::string(session.In(kAgrees));
  return session.Say(kDiffers, ledger::ToHex(compared.reported.state));
}

std::string Json(const std::vector<Row>& rows) {
  google::protobuf::ListValue json;
  for (const auto& [log, compared] : rows) {
    auto& fields = *json.add_values()->mutable_struct_value()->mutable_fields();
    fields["log"].set_string_value(log);
    fields["address"].set_string_value(compared.address);
    fields["size"].set_string_value(std::to_string(compared.size));
    fields["reported"].set_string_value(ledger::ToHex(compared.reported.state));
    fields["replayed"].set_string_value(ledger::ToHex(compared.replayed.state));
    fields["agrees"].set_bool_value(compared.agrees());
  }
  return policyctl::ToJson(json);
}

absl::Status Show(Session& session, const std::vector<Row>& rows) {
  policyctl::Table table({{std::string(session.In(kLog))},
                          {std::string(session.In(kReplica))},
                          {std::string(session.In(kSize)), policyctl::Column::Align::kRight},
                          {std::string(session.In(kDigest))},
                          {std::string(session.In(kResult))}});
  for (const auto& [log, compared] : rows) {
    table.AddRow({log, compared.address, std::to_string(compared.size),
                  ledger::ToHex(compared.replayed.state), ResultOf(session, compared)});
  }
  return session.output().Print([&] { return Json(rows); },
                                [&](const policyctl::TableLayout& layout) { return Render(table, layout); },
                                [&] { return table.Records(); });
}

absl::Status Run(Session& session, const Options& options) {
  session.PreferProfile("auditor");
  ASSIGN_OR_RETURN(const policyctl::Profile* profile, session.profile());
  std::vector<Row> rows;
  catalog::Machine catalog;
  progress::Machine progress;
  RETURN_IF_ERROR(
      CompareLog(session, "catalog", AddressesOf("catalog", profile->catalog, options), catalog, rows));
  RETURN_IF_ERROR(
      CompareLog(session, "progress", AddressesOf("progress", profile->progress, options), progress, rows));
  RETURN_IF_ERROR(Show(session, rows));
  for (const auto& [log, compared] : rows) {
    if (compared.agrees()) continue;
    return MakeError(absl::StatusCode::kDataLoss, "STATE_DIFFERS",
                     fmt::format("{} at {} does not hold what its log adds up to", log, compared.address),
                     {{"log", log}, {"address", compared.address}, {"size", std::to_string(compared.size)}});
  }
  return absl::OkStatus();
}

}  // namespace

void AddCompareCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& compare = line.Add(line.root(),
                               {.name = "compare",
                                .help = kHelp,
                                .example = "auditor compare --live\n"
                                           "auditor compare --live --replica progress=10.0.0.2:50052"},
                               [options](Session& session) { return Run(session, *options); });
  compare.add_flag("--live", options->live, line.In(kLiveOption))->required();
  compare.add_option("--replica", options->replicas, line.In(kReplicaOption))
      ->type_name("REPLICA")
      ->check(policyctl::IsAddressOf({"catalog", "progress"}))
      ->allow_extra_args(false);
}

}  // namespace seisaku::auditor
