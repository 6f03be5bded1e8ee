#include <iostream>
#include <memory>
#include <string>

#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/commands.h"
#include "tools/auditor/export.h"
#include "tools/auditor/log_options.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using policyctl::Text;

constexpr Text kHelp = {"Write a whole log with its texts to files, from which it can be refilled",
                        "ログ全体（文を含む）をファイルに書き出す。失われたときはこれで補える"};
constexpr Text kOutOption = {"Folder to make; it must not hold a bundle already",
                             "書出し先のフォルダー（既存の書出しがないこと）"};
constexpr Text kExported = {"{}: {} entries, root {}\n", "{}: {} 件、ルート {}\n"};

struct Options {
  LogOptions log;
  std::string folder;
};

absl::Status Run(const Options& options, Language language) {
  ASSIGN_OR_RETURN(const ledger::VerifierKey key, ReadLogKey(options.log));
  ASSIGN_OR_RETURN(const std::unique_ptr<LogClient> log, LogClient::Open(options.log.address));
  ASSIGN_OR_RETURN(const ledger::Checkpoint exported, ExportLog(*log, key, options.folder));
  std::cout << policyctl::Say(language, kExported, exported.origin, exported.size,
                              ledger::ToBase64(ledger::ToBytes(exported.root)));
  return absl::OkStatus();
}

}  // namespace

Command AddExportCommand(CLI::App& app, Language language) {
  auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("export", std::string(policyctl::In(language, kHelp)));
  AddLogOptions(command, language, options->log);
  command.add_option("--out", options->folder, std::string(policyctl::In(language, kOutOption)))
      ->type_name("DIR")
      ->required();
  return {&command, [options, language] { return Run(*options, language); }};
}

}  // namespace seisaku::auditor
