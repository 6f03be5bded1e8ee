#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/key.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/log_options.h"
#include "tools/auditor/witness.h"
#include "tools/policyctl/help.h"
#include "tools/policyctl/option_checks.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using policyctl::Text;

constexpr Text kHelp = {"Accept a log's newest checkpoint if it extends the last one, and cosign it",
                        "ログの最新のチェックポイントが前回のものの続きであることを確かめ、連署する"};
constexpr Text kCosignerOption = {"File of the auditor's private key, of seisaku-admin keygen --cosigner",
                                  "監査側の秘密鍵のファイル（seisaku-admin keygen --cosigner で作成）"};
constexpr Text kStateOption = {"Directory that keeps what was accepted of this log, a note for each size",
                               "このログについて確認済みの内容を保存するフォルダー（件数ごとに1つ）"};
constexpr Text kFirst = {"{}: {} entries, the first checkpoint seen: nothing to compare it with\n",
                         "{}: {} 件。初めて見るチェックポイントなので、比べるものはありません\n"};
constexpr Text kGrown = {"{}: {} entries, which extend the {} accepted before\n",
                         "{}: {} 件。前回確認した {} 件の続きです\n"};
constexpr Text kCosigned = {"  root: {}\n  cosigned by {} at {}\n", "  ルート: {}\n  連署: {}（{}）\n"};

struct Options {
  LogOptions log;
  std::string cosigner_key;
  std::string state;
};

std::string Json(const Accepted& accepted, const std::string& cosigner, absl::Time now) {
  google::protobuf::Struct answer;
  const auto set = [&](const char* name, const std::string& value) {
    (*answer.mutable_fields())[name].set_string_value(value);
  };
  set("origin", accepted.checkpoint.origin);
  set("size", std::to_string(accepted.checkpoint.size));
  set("root", ledger::ToBase64(ledger::ToBytes(accepted.checkpoint.root)));
  if (accepted.previous_size) set("previousSize", std::to_string(*accepted.previous_size));
  set("cosigner", cosigner);
  set("cosignedAt", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now, absl::UTCTimeZone()));
  set("checkpoint", accepted.note);
  return policyctl::ToJson(answer);
}

std::string InWords(Language language, const Accepted& accepted, const std::string& cosigner,
                    absl::Time now) {
  const auto& [origin, size, root] = accepted.checkpoint;
  std::string words = accepted.previous_size
                          ? policyctl::Say(language, kGrown, origin, size, *accepted.previous_size)
                          : policyctl::Say(language, kFirst, origin, size);
  return words + policyctl::Say(language, kCosigned, ledger::ToBase64(ledger::ToBytes(root)), cosigner,
                                absl::FormatTime("%Y-%m-%d %H:%M:%S", now, TokyoTime()));
}

absl::Status Run(policyctl::Session& session, const Options& options) {
  ASSIGN_OR_RETURN(ledger::SigningKey cosigner,
                   ledger::ReadSigningKey(options.cosigner_key, ledger::KeyType::kCosigner));
  ASSIGN_OR_RETURN(std::vector<ledger::VerifierKey> log_keys, ReadLogKeys(options.log));
  const Witness witness{std::move(log_keys), std::move(cosigner)};
  ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log, LogClient::Open(options.log.address));
  ASSIGN_OR_RETURN(const NoteFolder folder, NoteFolder::Open(options.state));
  const absl::Time now = absl::Now();
  ASSIGN_OR_RETURN(const Accepted accepted, AcceptNewest(witness, *log, folder, now));
  const std::string& name = witness.cosigner.name();
  return session.output().Print(
      [&] { return Json(accepted, name, now); },
      [&](const policyctl::TableLayout&) { return InWords(session.language(), accepted, name, now); },
      [&] {
        return policyctl::Records{
            {"origin", "size", "cosigner"},
            {accepted.checkpoint.origin, std::to_string(accepted.checkpoint.size), name}};
      });
}

}  // namespace

void AddWitnessCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(line.root(),
               {.name = "witness",
                .help = kHelp,
                .example = "auditor witness --address HOST:PORT --origin city.example/progress "
                           "--log-vkey progress.vkey --cosigner-key auditor.key --state witness …"},
               [options](policyctl::Session& session) { return Run(session, *options); });
  AddLogOptions(line, command, options->log);
  command.add_option("--cosigner-key", options->cosigner_key, line.In(kCosignerOption))
      ->type_name("FILE")
      ->required();
  command.add_option("--state", options->state, line.In(kStateOption))->type_name("DIR")->required();
}

}  // namespace seisaku::auditor
