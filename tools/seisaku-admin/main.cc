// seisaku-admin: what whoever runs a city does while its services do not run: before their first start, and
// after an older backup was restored (deploy/runbooks/restored-log.md).
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "services/base/visible.h"
#include "tools/seisaku-admin/keygen.h"
#include "tools/seisaku-admin/migrate.h"
#include "tools/seisaku-admin/new_origin.h"
#include "tools/seisaku-admin/refill.h"

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongCommandLine = 2;

using seisaku::admin::MadeKey;
using seisaku::admin::Target;

int Fail(const absl::Status& status) {
  fmt::print(stderr, "seisaku-admin: {}\n", seisaku::Visible(std::string(status.message())));
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

constexpr char kOnlyLooked[] = "Nothing was written; with --yes it will be.\n";

int DoRefill(const seisaku::admin::Refilling& refilling) {
  absl::StatusOr<seisaku::admin::Refilled> refilled = seisaku::admin::Refill(refilling);
  if (!refilled.ok()) return Fail(refilled.status());
  fmt::print("the database had {} of the bundle's {} entries; {} {}\n{}", refilled->had, refilled->size,
             refilled->size - refilled->had, refilling.write ? "were added" : "are missing",
             refilling.write ? "" : kOnlyLooked);
  return kDone;
}

int DoBeginAnew(const seisaku::admin::NewOrigin& wanted) {
  absl::StatusOr<seisaku::admin::Begun> begun = seisaku::admin::BeginAnew(wanted);
  if (!begun.ok()) return Fail(begun.status());
  fmt::print("{} entries {} on as {}; at least {} are lost\n{}", begun->saved,
             wanted.write ? "go" : "would go", wanted.origin, begun->lost, wanted.write ? "" : kOnlyLooked);
  return kDone;
}

void AddTo(CLI::App& refill, seisaku::admin::Refilling& refilling) {
  refill.add_option("--database", refilling.dsn, "Connect to PostgreSQL as the service's role")->required();
  refill.add_option("--bundle", refilling.bundle, "Folder that `auditor export` wrote")->required();
  refill.add_option("--log-vkey", refilling.vkey_file, "File with the log's verifier key")->required();
  refill.add_flag("--yes", refilling.write, "Write; without it, only look");
}

void AddTo(CLI::App& anew, seisaku::admin::NewOrigin& wanted) {
  anew.add_option("--from", wanted.from, "Database with what was saved: connect as the service's role")
      ->required();
  anew.add_option("--to", wanted.to, "New database, migrated and empty: connect as the service's role")
      ->required();
  anew.add_option("--origin", wanted.origin, "The new log's name")->required();
  anew.add_option("--lost-checkpoint", wanted.checkpoint, "File with the newest checkpoint of the lost log")
      ->required();
  anew.add_option("--log-vkey", wanted.vkey_file, "File with the lost log's verifier key")->required();
  anew.add_option("--reason", wanted.reason, "Why entries were lost; the log keeps it")->required();
  anew.add_flag("--yes", wanted.write, "Write; without it, only look");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Prepares a city's databases and keys, and mends restored logs", "seisaku-admin"};
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

  seisaku::admin::Refilling refilling;
  CLI::App* refill =
      app.add_subcommand("refill", "Give a restored log the entries that it lacks, from a bundle");
  AddTo(*refill, refilling);

  seisaku::admin::NewOrigin wanted;
  CLI::App* anew = app.add_subcommand("new-origin", "Begin a log anew where entries were lost for good");
  AddTo(*anew, wanted);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongCommandLine;
  }
  if (refill->parsed()) return DoRefill(refilling);
  if (anew->parsed()) return DoBeginAnew(wanted);
  return migrate->parsed() ? Migrate(target) : Keygen(origin, cosigner, file);
}
