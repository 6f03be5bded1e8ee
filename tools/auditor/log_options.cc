#include "tools/auditor/log_options.h"

#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/key.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Text;

constexpr Text kAddressOption = {"host:port of the service whose log it is", "対象サービスの host:port"};
constexpr Text kCertificateOption = {"PEM file of the auditor's certificate", "監査用証明書の PEM ファイル"};
constexpr Text kKeyOption = {"PEM file of its private key", "その秘密鍵の PEM ファイル"};
constexpr Text kCaOption = {"PEM file of the authority of the service's certificate",
                            "サービスの証明書を発行した認証局の PEM ファイル"};
constexpr Text kAuthorityOption = {"Name in the service's certificate, where the address has another",
                                   "サービスの証明書にある名前（アドレスと異なる場合）"};
constexpr Text kLogKeyOption = {"File of the log's public key; both, in turn, while the log changes its key",
                                "ログの公開鍵のファイル（鍵の変更中は、新旧の両方を1つずつ指定）"};
constexpr Text kOriginOption = {"The log's name in its checkpoints, such as example.city.jp/catalog",
                                "チェックポイントにあるログの名前（例 example.city.jp/catalog）"};

}  // namespace

void AddLogOptions(const policyctl::CommandLine& line, CLI::App& command, LogOptions& options) {
  const auto add = [&](const char* name, std::string& value, const Text& help, const char* type = "FILE") {
    return command.add_option(name, value, line.In(help))->type_name(type);
  };
  add("--address", options.address.address, kAddressOption, "ADDRESS")
      ->check(policyctl::IsAddress())
      ->required();
  add("--certificate", options.address.files.certificate, kCertificateOption)->required();
  add("--key", options.address.files.key, kKeyOption)->required();
  add("--ca", options.address.files.ca, kCaOption)->required();
  add("--authority", options.address.authority, kAuthorityOption, "NAME");
  command.add_option("--log-vkey", options.vkey_files, line.In(kLogKeyOption))
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  add("--origin", options.origin, kOriginOption, "NAME")->required();
}

absl::StatusOr<std::vector<ledger::VerifierKey>> ReadLogKeys(const LogOptions& options) {
  std::vector<ledger::VerifierKey> keys;
  for (const std::string& file : options.vkey_files) {
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::ReadVerifierKey(file));
    if (key.name() != options.origin) return errors::OriginMismatch(options.origin, key.name());
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace seisaku::auditor
