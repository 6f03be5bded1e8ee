#include "tools/seisaku-admin/rotate_key.h"

#include <utility>
#include <vector>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/key.h"
#include "tools/seisaku-admin/appending.h"
#include "tools/seisaku-admin/log_database.h"
#include "tools/seisaku-admin/log_scan.h"
#include "tools/seisaku-admin/own_entry.h"

namespace seisaku::admin {
namespace {

using ledger::SigningKey;
using postgres::Transaction;

absl::StatusOr<LogScan> ScanSealed(Transaction& transaction, const ledger::Head& head,
                                   const SigningKey& key) {
  LogScan scan(head.origin);
  RETURN_IF_ERROR(ForEachStored(transaction, head.size,
                                [&](log::v1::StoredEntry& stored) { return scan.Take(stored).status(); }));
  RETURN_IF_ERROR(scan.Finish());
  RETURN_IF_ERROR(scan.CheckHead(head));
  RETURN_IF_ERROR(scan.CheckKey(key.verifier()));
  std::vector<ledger::VerifierKey> keys = {key.verifier()};
  if (const auto& rotation = scan.rotation()) keys.push_back(rotation->keys.previous);
  RETURN_IF_ERROR(ledger::CheckSeal(head, scan.MaySeal(std::move(keys))));
  return scan;
}

log::v1::LogEvent Rotation(const SigningKey& key, const SigningKey& next) {
  log::v1::LogEvent event;
  log::v1::KeyRotated& said = *event.mutable_key_rotated();
  said.set_previous_key(key.verifier().ToString());
  said.set_next_key(next.verifier().ToString());
  said.set_next_key_signature(next.Sign(ledger::RotationStatement(said.previous_key(), said.next_key())));
  said.mutable_reason()->set_index(0);
  return event;
}

}  // namespace

absl::StatusOr<KeyRotated> RotateKey(const RotatingKey& rotating) {
  RETURN_IF_ERROR(CheckReason(rotating.reason));
  ASSIGN_OR_RETURN(const SigningKey key, ledger::ReadSigningKey(rotating.key_file, ledger::KeyType::kLog));
  ASSIGN_OR_RETURN(const SigningKey next,
                   ledger::ReadSigningKey(rotating.next_key_file, ledger::KeyType::kLog));
  if (next.name() != key.name()) return errors::OriginMismatch(key.name(), next.name());
  KeyRotated rotated = {.position = 0, .next_key = next.verifier().ToString()};
  if (rotated.next_key == key.verifier().ToString()) {
    return absl::InvalidArgumentError("--next-key holds the same key as --log-key");
  }
  ASSIGN_OR_RETURN(const auto database, OpenLogDatabase(rotating.dsn));
  const auto rotate = [&](Transaction& transaction, const ledger::LockedHead& locked) -> absl::Status {
    ASSIGN_OR_RETURN(const LogScan scan, ScanSealed(transaction, locked.head, key));
    ASSIGN_OR_RETURN(const int64_t recorded_at, RecordedAt(locked));
    rotated.position = locked.head.size;
    if (!rotating.write) return absl::OkStatus();
    return AppendOwn(transaction, locked.head, scan.edge(), Rotation(key, next), rotating.reason, recorded_at,
                     key);
  };
  RETURN_IF_ERROR(WithHead(*database, key.name(), rotating.write ? Commit::kYes : Commit::kNo, rotate));
  return rotated;
}

}  // namespace seisaku::admin
