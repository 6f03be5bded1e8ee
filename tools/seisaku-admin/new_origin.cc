#include "tools/seisaku-admin/new_origin.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/key.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"
#include "tools/seisaku-admin/log_scan.h"
#include "tools/seisaku-admin/own_entry.h"

namespace seisaku::admin {
namespace {

using ledger::Checkpoint;
using ledger::Head;
using postgres::Transaction;

// What the first entry says, but for the time.
struct Continuation {
  log::v1::LogContinued said;
  Checkpoint saved;
  uint64_t lost_size;
  int64_t first_micros;  // when the first of the saved entries was recorded
};

absl::StatusOr<std::vector<ledger::VerifierKey>> ReadKeys(const std::vector<std::string>& files) {
  std::vector<ledger::VerifierKey> keys;
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(ledger::VerifierKey key, ledger::ReadVerifierKey(file));
    keys.push_back(std::move(key));
  }
  return keys;
}

absl::Status CheckSaved(const NewOrigin& wanted, const Head& head, const LogScan& scan,
                        const std::vector<ledger::VerifierKey>& keys) {
  RETURN_IF_ERROR(scan.Finish());
  RETURN_IF_ERROR(scan.CheckHead(head));
  if (!head.seal.empty()) return ledger::CheckSeal(head, scan.MaySeal(keys));
  if (scan.says_sealed()) {
    return errors::LogCorrupt(head.size, "the head has no seal, and an entry says that it was sealed");
  }
  const std::string saved = SizeAndRoot(scan.head());
  if (wanted.vouch == saved) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "what was saved is from before heads were sealed: nothing shows that the log's service "
      "wrote all of it; look at its entries, and vouch for just them with --vouch-for-unsealed {}",
      saved));
}

// All of what was saved, as it is now.
absl::StatusOr<Continuation> Look(const NewOrigin& wanted, Transaction& from) {
  ASSIGN_OR_RETURN(const auto keys, ReadKeys(wanted.vkey_files));
  ASSIGN_OR_RETURN(const Head head, ledger::ReadHead(from));
  ASSIGN_OR_RETURN(std::string note,
                   ReadRegularFile(wanted.checkpoint, ledger::kMaxNoteBytes, Links::kFollow));
  ASSIGN_OR_RETURN(const Checkpoint lost, ledger::OpenCheckpoint(note, head.origin, keys));
  if (lost.size <= head.size) {
    return absl::FailedPreconditionError(
        fmt::format("nothing was lost: {} entries were signed and {} are there", lost.size, head.size));
  }
  if (wanted.origin == head.origin || !ledger::IsKeyName(wanted.origin)) {
    return absl::InvalidArgumentError(fmt::format("{} cannot be the new origin", wanted.origin));
  }
  LogScan scan(head.origin);
  Continuation continuation = {
      .said = {}, .saved = {}, .lost_size = lost.size, .first_micros = std::numeric_limits<int64_t>::max()};
  RETURN_IF_ERROR(ForEachStored(from, head.size, [&](log::v1::StoredEntry& stored) -> absl::Status {
    RETURN_IF_ERROR(scan.Take(stored).status());
    continuation.first_micros = std::min(continuation.first_micros, scan.recorded_at_micros());
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(CheckSaved(wanted, head, scan, keys));
  continuation.saved = scan.head();
  continuation.said.set_previous_origin(head.origin);
  continuation.said.set_lost_checkpoint(std::move(note));
  continuation.said.set_saved_size(continuation.saved.size);
  continuation.said.set_saved_root(ledger::ToBytes(continuation.saved.root));
  return continuation;
}

absl::Status TakeFirst(const Continuation& continuation, const std::string& reason, int64_t now_micros,
                       Appending& appending) {
  log::v1::LogEvent event;
  log::v1::LogContinued& said = *event.mutable_log_continued();
  said = continuation.said;
  said.mutable_reason()->set_index(0);
  SetMicros(now_micros, *said.mutable_continued_at());
  ledger::NewEntry first = OwnEntry(event, reason, std::min(now_micros, continuation.first_micros - 1));
  return appending.Take(first.entry, first.entry.SerializeAsString(), {{0, 0, std::move(first.texts[0])}});
}

// Reads what was saved once more: only what was looked at is sealed, and so committed.
absl::Status Copy(const Continuation& continuation, Transaction& from, Appending& appending,
                  const ledger::SigningKey& key) {
  LogScan scan(continuation.saved.origin);
  const Position size = continuation.saved.size;
  RETURN_IF_ERROR(ForEachStored(from, size, [&](log::v1::StoredEntry& stored) -> absl::Status {
    ASSIGN_OR_RETURN(const log::v1::Entry entry, scan.Take(stored));
    auto texts = TextsAt(scan.edge().size(), stored);
    return appending.Take(entry, std::move(*stored.mutable_entry()), std::move(texts));
  }));
  RETURN_IF_ERROR(scan.Finish());
  if (scan.head() != continuation.saved) return absl::DataLossError("what was saved has changed meanwhile");
  return appending.Seal(key);
}

absl::Status Begin(const NewOrigin& wanted, const Continuation& continuation, const ledger::SigningKey& key,
                   Transaction& from, postgres::Database& to) {
  const auto begin = [&](Transaction& transaction, const ledger::LockedHead& locked) -> absl::Status {
    if (locked.head.size != 0) {
      return absl::FailedPreconditionError(
          fmt::format("the new database has {} entries of {} already", locked.head.size, locked.head.origin));
    }
    if (!wanted.write) return absl::OkStatus();
    Appending appending(transaction, locked.head, ledger::TileBuilder());
    RETURN_IF_ERROR(TakeFirst(continuation, wanted.reason, locked.now_micros, appending));
    return Copy(continuation, from, appending, key);
  };
  return WithHead(to, wanted.origin, wanted.write ? Commit::kYes : Commit::kNo, begin);
}

}  // namespace

absl::StatusOr<Begun> BeginAnew(const NewOrigin& wanted) {
  RETURN_IF_ERROR(CheckReason(wanted.reason));
  ASSIGN_OR_RETURN(const ledger::SigningKey key,
                   ledger::ReadSigningKey(wanted.key_file, ledger::KeyType::kLog));
  if (key.name() != wanted.origin) {
    return absl::InvalidArgumentError(
        fmt::format("{} holds the key of {}, not of {}", wanted.key_file, key.name(), wanted.origin));
  }
  ASSIGN_OR_RETURN(const auto from, OpenLogDatabase(wanted.from));
  ASSIGN_OR_RETURN(const auto to, OpenLogDatabase(wanted.to));
  Begun begun = {.saved = 0, .lost = 0};
  const auto move = [&](Transaction& saved) -> absl::Status {
    ASSIGN_OR_RETURN(const Continuation continuation, Look(wanted, saved));
    begun = {continuation.saved.size, continuation.lost_size - continuation.saved.size};
    return Begin(wanted, continuation, key, saved, *to);
  };
  RETURN_IF_ERROR(from->Run("read what was saved", move, postgres::Mode::kReadOnly));
  return begun;
}

}  // namespace seisaku::admin
