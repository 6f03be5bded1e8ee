// seisaku-admin: what whoever installs a city does once, before a service can start.
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "tools/seisaku-admin/keygen.h"
#include "tools/seisaku-admin/migrate.h"

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongCommandLine = 2;

using seisaku::admin::MadeKey;
using seisaku::admin::Target;

int Fail(const absl::Status& status) {
  fmt::print(stderr, "seisaku-admin: {}\n", std::string(status.message()));
  return kFailed;
}

int Migrate(const Target& target) {
  absl::StatusOr<int> applied = seisaku::admin::MigrateLog(target);
  if (!applied.ok()) return Fail(applied.status());
  fmt::print("migrations applied: {}\n", *applied);
  return kDone;
}

int Keygen(const std::string& origin, const std::string& cosigner, const std::string& file) {
  using seisaku::ledger::KeyType;
  absl::StatusOr<MadeKey> key = cosigner.empty()
                                    ? seisaku::admin::EnsureKey(origin, KeyType::kLog, file)
                                    : seisaku::admin::EnsureKey(cosigner, KeyType::kCosigner, file);
  if (!key.ok()) return Fail(key.status());
  fmt::print("{} {}\n{}\n", key->created ? "created" : "kept", file, key->verifier);
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Prepares a city's databases and keys", "seisaku-admin"};
  app.require_subcommand(1);

  Target target;
  CLI::App* migrate = app.add_subcommand("migrate", "Bring a service's database to this build's schema");
  migrate->add_option("--dsn", target.dsn, "Connect to PostgreSQL as one who may become the owner")
      ->required();
  migrate->add_option("--owner", target.owner_role, "Role that owns the tables")->required();
  migrate->add_option("--service-role", target.service_role, "Role that the service logs in as")->required();

  std::string origin;
  std::string cosigner;
  std::string file;
  CLI::App* keygen = app.add_subcommand("keygen", "Make a key that signs checkpoints, or keep it");
  CLI::Option_group* whose = keygen->add_option_group("whose");
  whose->add_option("--origin", origin, "A log's: its name, such as example.city.jp/catalog");
  whose->add_option("--cosigner", cosigner, "An auditor's: its name, such as audit.example.city.jp");
  whose->require_option(1);
  keygen->add_option("--out", file, "File of the private key; FILE.vkey gets the public one")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongCommandLine;
  }
  return migrate->parsed() ? Migrate(target) : Keygen(origin, cosigner, file);
}
