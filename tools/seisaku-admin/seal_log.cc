#include "tools/seisaku-admin/seal_log.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/key.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"
#include "tools/seisaku-admin/log_scan.h"
#include "tools/seisaku-admin/own_entry.h"

namespace seisaku::admin {
namespace {

using ledger::Checkpoint;
using ledger::Head;
using ledger::SigningKey;
using postgres::Transaction;
using State = SealLook::State;

// What vouches for the log's beginning, outside PostgreSQL.
struct Kept {
  Checkpoint checkpoint;  // of size 0: none is kept
  bool was_sealed = false;
};

absl::StatusOr<Kept> ReadKept(const std::string& file, const SigningKey& key) {
  Kept kept = {.checkpoint = {.origin = key.name(), .size = 0, .root = ledger::EmptyRoot()}};
  std::error_code error;
  kept.was_sealed = std::filesystem::exists(file + ".sealed", error);
  if (!std::filesystem::exists(file, error) && !error) return kept;
  ASSIGN_OR_RETURN(const std::string note, ReadRegularFile(file, ledger::kMaxNoteBytes, Links::kFollow));
  ASSIGN_OR_RETURN(kept.checkpoint, ledger::OpenCheckpoint(note, key.name(), key.verifier()));
  return kept;
}

// Reads the whole log into `scan` and lists what is behind the kept checkpoint.
absl::Status Scan(Transaction& transaction, const Head& head, const Checkpoint& kept, ListEntry list,
                  LogScan& scan) {
  const auto take = [&](log::v1::StoredEntry& stored) -> absl::Status {
    ASSIGN_OR_RETURN(const log::v1::Entry entry, scan.Take(stored));
    if (scan.edge().size() > kept.size) list(stored.position(), entry);
    if (scan.edge().size() != kept.size || scan.head() == kept) return absl::OkStatus();
    return errors::LogFork(kept.origin, kept.size, kept.root, scan.head().root);
  };
  RETURN_IF_ERROR(ForEachStored(transaction, head.size, take));
  RETURN_IF_ERROR(scan.Finish());
  RETURN_IF_ERROR(scan.CheckHead(head));
  if (head.size >= kept.size) return absl::OkStatus();
  return errors::LogRolledBack(kept.origin, kept.size, kept.root, head.size, scan.head().root);
}

bool SealFits(const Head& head, const SigningKey& key) {
  const ledger::VerifierKey keys[] = {key.verifier()};
  return ledger::CheckSeal(head, keys).ok();
}

// Of a head whose seal does not fit.
State StateOf(const Head& head, const Kept& kept, const LogScan& scan) {
  if (!head.seal.empty() || kept.was_sealed || scan.says_sealed()) return State::kSealBroken;
  return head.size == kept.checkpoint.size ? State::kByService : State::kUnsealed;
}

bool ExtendsKept(const absl::Status& scan) {
  const std::string reason = ReasonOf(scan);
  return reason != "LOG_FORK" && reason != "LOG_ROLLED_BACK";
}

// Whatever else may be wrong with what was appended without the key.
absl::Status NobodyVouches(const Head& head, const absl::Status& scan) {
  std::string why =
      "the head's seal is gone or not of this head, and nobody vouches for the entries listed: "
      "deploy/runbooks/sealed-head.md";
  if (!scan.ok()) absl::StrAppend(&why, " (", scan.message(), ")");
  return errors::LogCorrupt(head.size, why);
}

// Nothing is accepted but what the operator has looked at.
absl::Status CheckExpected(const Sealing& sealing, const SealLook& look) {
  if (!sealing.expect.empty() && sealing.expect != look.log) {
    return absl::FailedPreconditionError(
        fmt::format("the log is not the one that --expect names, {}, any more: it is {}. Look at its entries "
                    "once more",
                    sealing.expect, look.log));
  }
  if (!sealing.write || !sealing.expect.empty() || look.size == look.kept_size) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("look at the entries that are listed; if all are right, accept just these with --expect {} "
                  "--yes",
                  look.log));
}

log::v1::LogEvent Accepted(const Checkpoint& kept, const Checkpoint& head) {
  log::v1::LogEvent event;
  log::v1::LogSealed& said = *event.mutable_log_sealed();
  said.set_kept_size(kept.size);
  said.set_size(head.size);
  said.set_root(ledger::ToBytes(head.root));
  said.mutable_reason()->set_index(0);
  return event;
}

}  // namespace

absl::StatusOr<SealLook> SealLog(const Sealing& sealing, ListEntry list) {
  RETURN_IF_ERROR(CheckReason(sealing.reason));
  ASSIGN_OR_RETURN(const SigningKey key, ledger::ReadSigningKey(sealing.key_file, ledger::KeyType::kLog));
  ASSIGN_OR_RETURN(const Kept kept, ReadKept(sealing.checkpoint_file, key));
  ASSIGN_OR_RETURN(const auto database, OpenLogDatabase(sealing.dsn));
  SealLook look = {.state = State::kSealed, .kept_size = kept.checkpoint.size, .size = 0, .log = ""};
  const auto seal = [&](Transaction& transaction, const ledger::LockedHead& locked) -> absl::Status {
    const Head& head = locked.head;
    const bool fits = SealFits(head, key);
    const auto none = [](Position, const log::v1::Entry&) {};
    LogScan scan(head.origin);
    const absl::Status scanned =
        Scan(transaction, head, kept.checkpoint, fits ? ListEntry(none) : list, scan);
    look.size = head.size;
    look.log = SizeAndRoot(scan.head());
    look.state = fits ? State::kSealed : StateOf(head, kept, scan);
    if (look.state == State::kSealBroken && head.size > kept.checkpoint.size) {
      return ExtendsKept(scanned) ? NobodyVouches(head, scanned) : scanned;
    }
    RETURN_IF_ERROR(scanned);
    RETURN_IF_ERROR(scan.CheckKey(key.verifier()));
    if (look.state == State::kSealed || look.state == State::kByService) return absl::OkStatus();
    RETURN_IF_ERROR(CheckExpected(sealing, look));
    if (!sealing.write) return absl::OkStatus();
    ASSIGN_OR_RETURN(const int64_t recorded_at, RecordedAt(locked));
    return AppendOwn(transaction, head, scan.edge(), Accepted(kept.checkpoint, scan.head()), sealing.reason,
                     recorded_at, key);
  };
  RETURN_IF_ERROR(WithHead(*database, key.name(), sealing.write ? Commit::kYes : Commit::kNo, seal));
  return look;
}

}  // namespace seisaku::admin
