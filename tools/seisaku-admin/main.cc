// seisaku-admin: what whoever runs a city does while its services do not run: before their first start, to
// change a log's key, and after an older backup was restored or somebody wrote to a database
// (deploy/runbooks/).
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/timestamp.h"
#include "services/base/version.h"
#include "services/base/visible.h"
#include "tools/seisaku-admin/keygen.h"
#include "tools/seisaku-admin/migrate.h"
#include "tools/seisaku-admin/new_origin.h"
#include "tools/seisaku-admin/refill.h"
#include "tools/seisaku-admin/rotate_key.h"
#include "tools/seisaku-admin/seal_log.h"

namespace {

using namespace seisaku::admin;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongCommandLine = 2;

constexpr char kOnlyLooked[] = "Nothing was written; with --yes it will be.\n";
constexpr char kServiceDatabase[] = "Connect to PostgreSQL as the service's role";
constexpr char kYes[] = "Write; without it, only look";

int Fail(const absl::Status& status) {
  fmt::print(stderr, "seisaku-admin: {}\n", seisaku::Visible(std::string(status.message())));
  return kFailed;
}

int Do(const Target& target) {
  const absl::StatusOr<int> applied = MigrateLog(target);
  if (!applied.ok()) return Fail(applied.status());
  fmt::print("migrations applied: {}\n", *applied);
  return kDone;
}

struct Keygen {
  std::string origin;
  std::string cosigner;
  std::string file;
};

int Do(const Keygen& wanted) {
  using seisaku::ledger::KeyType;
  const absl::StatusOr<MadeKey> key = wanted.cosigner.empty()
                                          ? EnsureKey(wanted.origin, KeyType::kLog, wanted.file)
                                          : EnsureKey(wanted.cosigner, KeyType::kCosigner, wanted.file);
  if (!key.ok()) return Fail(key.status());
  fmt::print("{} {}\n{}\n", key->created ? "created" : "kept", wanted.file, key->verifier);
  return kDone;
}

int Do(const Refilling& refilling) {
  const absl::StatusOr<Refilled> refilled = Refill(refilling);
  if (!refilled.ok()) return Fail(refilled.status());
  fmt::print("the database had {} of the checkpoint's {} entries; {} {}\n{}", refilled->had, refilled->size,
             refilled->size - refilled->had,
             refilling.write ? "were added, and the head is sealed" : "are missing",
             refilling.write ? "" : kOnlyLooked);
  return kDone;
}

int Do(const NewOrigin& wanted) {
  const absl::StatusOr<Begun> begun = BeginAnew(wanted);
  if (!begun.ok()) return Fail(begun.status());
  fmt::print("{} entries {} on as {}; at least {} are lost\n{}", begun->saved,
             wanted.write ? "go" : "would go", wanted.origin, begun->lost, wanted.write ? "" : kOnlyLooked);
  return kDone;
}

void List(seisaku::Position position, const seisaku::log::v1::Entry& entry) {
  const absl::Time at = absl::FromUnixMicros(seisaku::ToMicros(entry.recorded_at()));
  fmt::print("{:>10}  {}  {}  {}  {}\n", position,
             absl::FormatTime("%Y-%m-%d %H:%M:%S", at, seisaku::TokyoTime()),
             seisaku::VisibleLine(entry.actor()), seisaku::VisibleLine(entry.type()),
             seisaku::VisibleLine(entry.resource()));
}

int Do(const Sealing& sealing) {
  bool listed = false;
  const absl::StatusOr<SealLook> look =
      SealLog(sealing, [&](seisaku::Position position, const seisaku::log::v1::Entry& entry) {
        if (!listed) fmt::print("No seal and no kept checkpoint vouches for (times are Japan's):\n");
        listed = true;
        List(position, entry);
      });
  std::fflush(stdout);  // the list before what is said of it
  if (!look.ok()) return Fail(look.status());
  switch (look->state) {
    case SealLook::State::kSealed:
      fmt::print("the log of {} entries is sealed; there is nothing to do\n", look->size);
      return kDone;
    case SealLook::State::kByService:
      fmt::print("the kept checkpoint vouches for all {} entries; the service seals them when it starts\n",
                 look->size);
      return kDone;
    case SealLook::State::kUnsealed:
    case SealLook::State::kSealBroken:
      break;
  }
  fmt::print("the kept checkpoint vouches for {} of the log's {} entries; {} {}\n", look->kept_size,
             look->size, look->size - look->kept_size,
             sealing.write ? "were accepted, and the head is sealed" : "wait to be accepted");
  if (sealing.write) return kDone;
  fmt::print(
      "Nothing was written. If all of it is right, the same command accepts just this with\n--expect {} "
      "--yes\n",
      look->log);
  return kDone;
}

int Do(const RotatingKey& rotating) {
  const absl::StatusOr<KeyRotated> rotated = RotateKey(rotating);
  if (!rotated.ok()) return Fail(rotated.status());
  fmt::print("entry {} {} the log's next key:\n{}\n{}", rotated->position,
             rotating.write ? "names" : "would name", rotated->next_key, rotating.write ? "" : kOnlyLooked);
  return kDone;
}

void AddTo(CLI::App& migrate, Target& target) {
  migrate.add_option("--dsn", target.dsn, "Connect to PostgreSQL as one who may become the owner")
      ->required();
  migrate.add_option("--owner", target.owner_role, "Role that owns the tables")->required();
  migrate.add_option("--service-role", target.service_role, "Role that the service logs in as")->required();
}

void AddTo(CLI::App& keygen, Keygen& wanted) {
  CLI::Option_group* whose = keygen.add_option_group("whose");
  whose->add_option("--origin", wanted.origin, "A log's: its name, such as example.city.jp/catalog");
  whose->add_option("--cosigner", wanted.cosigner, "An auditor's: its name, such as audit.example.city.jp");
  whose->require_option(1);
  keygen.add_option("--out", wanted.file, "File of the private key; FILE.vkey gets the public one")
      ->required();
}

void AddTo(CLI::App& refill, Refilling& refilling) {
  refill.add_option("--database", refilling.dsn, kServiceDatabase)->required();
  auto* bundle = refill.add_option("--bundle", refilling.bundle, "Folder that `auditor export` wrote");
  auto* from = refill.add_option("--from", refilling.from,
                                 "Instead: another database of the log, connected to as the service's role");
  auto* checkpoint = refill.add_option("--checkpoint-file", refilling.checkpoint_file,
                                       "With --from: how far, a signed checkpoint such as the service keeps");
  from->excludes(bundle)->needs(checkpoint);
  checkpoint->needs(from);
  refill.add_option("--log-key", refilling.key_file, "File of the log's private key; seals what is written")
      ->required();
  refill.add_flag("--yes", refilling.write, kYes);
}

void AddTo(CLI::App& anew, NewOrigin& wanted) {
  anew.add_option("--from", wanted.from, "Database with what was saved: connect as the service's role")
      ->required();
  anew.add_option("--to", wanted.to, "New database, migrated and empty: connect as the service's role")
      ->required();
  anew.add_option("--origin", wanted.origin, "The new log's name")->required();
  anew.add_option("--log-key", wanted.key_file, "File of the new log's private key; seals what is written")
      ->required();
  anew.add_option("--lost-checkpoint", wanted.checkpoint, "File with the newest checkpoint of the lost log")
      ->required();
  anew.add_option("--log-vkey", wanted.vkey_files,
                  "File with the lost log's verifier key; repeat it where the key was changed")
      ->required();
  anew.add_option("--reason", wanted.reason, "Why entries were lost; the log keeps it")->required();
  anew.add_option("--vouch-for-unsealed", wanted.vouch,
                  "What was saved is from before heads were sealed, and whoever runs this has looked at it: "
                  "SIZE:ROOT, as it is printed without this option");
  anew.add_flag("--yes", wanted.write, kYes);
}

void AddTo(CLI::App& seal, Sealing& sealing) {
  seal.add_option("--database", sealing.dsn, kServiceDatabase)->required();
  seal.add_option("--log-key", sealing.key_file, "File of the log's private key")->required();
  seal.add_option("--checkpoint-file", sealing.checkpoint_file,
                  "The service's --checkpoint-file: vouches for what the log had then")
      ->required();
  seal.add_option("--reason", sealing.reason, "Why the entries behind it are accepted; the log keeps it")
      ->required();
  seal.add_option("--expect", sealing.expect,
                  "SIZE:ROOT, as looking prints it: nothing but the entries that were looked at is accepted");
  seal.add_flag("--yes", sealing.write, kYes);
}

void AddTo(CLI::App& rotate, RotatingKey& rotating) {
  rotate.add_option("--database", rotating.dsn, kServiceDatabase)->required();
  rotate.add_option("--log-key", rotating.key_file, "File of the log's private key until now")->required();
  rotate
      .add_option("--next-key", rotating.next_key_file,
                  "File of its private key from now on, which keygen made with the same --origin")
      ->required();
  rotate.add_option("--reason", rotating.reason, "Why the key is changed; the log keeps it")->required();
  rotate.add_flag("--yes", rotating.write, kYes);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Prepares databases and keys, changes keys, and mends logs", "seisaku-admin"};
  app.set_version_flag("--version", fmt::format("{} {}", app.get_name(), seisaku::kVersion),
                       "Print the version and exit");
  app.require_subcommand(1);

  int code = kDone;
  const auto add = [&](auto& wanted, const char* name, const char* description) {
    CLI::App* command = app.add_subcommand(name, description);
    AddTo(*command, wanted);
    command->callback([&wanted, &code] { code = Do(wanted); });
  };
  Target target;
  add(target, "migrate", "Bring a service's database to this build's schema");
  Keygen key;
  add(key, "keygen", "Make a key that signs checkpoints, or keep it");
  RotatingKey rotating;
  add(rotating, "rotate-key", "Give a log its next key");
  Sealing sealing;
  add(sealing, "seal", "Accept the entries of an older log that nothing vouches for, and seal it");
  Refilling refilling;
  add(refilling, "refill", "Give a restored log the entries that it lacks, from a bundle");
  NewOrigin wanted;
  add(wanted, "new-origin", "Begin a log anew where entries were lost for good");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongCommandLine;
  }
  return code;
}
