#include "tools/seisaku-admin/log_scan.h"

#include <utility>
#include <vector>

#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/errors.h"

namespace seisaku::admin {
namespace {

constexpr char kKeyRotated[] = "seisaku.log.v1.LogEvent/key_rotated";
constexpr char kLogSealed[] = "seisaku.log.v1.LogEvent/log_sealed";

}  // namespace

std::string SizeAndRoot(const ledger::Checkpoint& log) {
  return fmt::format("{}:{}", log.size, ledger::ToBase64(ledger::ToBytes(log.root)));
}

absl::StatusOr<log::v1::Entry> LogScan::Take(const log::v1::StoredEntry& stored) {
  ASSIGN_OR_RETURN(log::v1::Entry entry, check_.Take(stored));
  if (entry.type() == kKeyRotated) RETURN_IF_ERROR(TakeRotation(stored.position(), entry));
  says_sealed_ = says_sealed_ || entry.type() == kLogSealed || entry.type() == kKeyRotated;
  std::vector<ledger::Tile> full;  // whoever adds the entry makes them
  edge_.Append(ledger::LeafHash(stored.entry()), &full);
  recorded_at_micros_ = ToMicros(entry.recorded_at());
  return entry;
}

absl::Status LogScan::TakeRotation(Position position, const log::v1::Entry& entry) {
  log::v1::LogEvent event;
  if (!event.ParseFromString(entry.payload())) return errors::LogCorrupt(position, "it is no LogEvent");
  const log::v1::KeyRotated& said = event.key_rotated();
  absl::StatusOr<ledger::KeyRotation> keys =
      ledger::OpenKeyRotation(said.previous_key(), said.next_key(), said.next_key_signature());
  if (!keys.ok()) return errors::LogCorrupt(position, std::string(keys.status().message()));
  // Before a log that took another's place there stands what the other said of its keys.
  if (keys->next.name() != origin_) return absl::OkStatus();
  if (rotation_.has_value() && rotation_->keys.next.ToString() != keys->previous.ToString()) {
    return errors::LogCorrupt(position, "it names a next key in the place of one that was not the log's");
  }
  rotation_ = Rotation{position, *std::move(keys)};
  return absl::OkStatus();
}

absl::Status LogScan::CheckKey(const ledger::VerifierKey& key) const {
  if (!rotation_.has_value() || rotation_->keys.next.ToString() == key.ToString()) return absl::OkStatus();
  return errors::LogKeyNotCurrent(origin_, rotation_->keys.next.ToString(), key.ToString());
}

std::vector<ledger::VerifierKey> LogScan::MaySeal(std::vector<ledger::VerifierKey> keys) const {
  if (!rotation_.has_value()) return keys;
  const auto& [position, rotated] = *rotation_;
  const bool is_last = position + 1 == edge_.size();
  std::vector<ledger::VerifierKey> may;
  for (ledger::VerifierKey& key : keys) {
    const std::string name = key.ToString();
    if (name == rotated.next.ToString() || (is_last && name == rotated.previous.ToString())) {
      may.push_back(std::move(key));
    }
  }
  return may;
}

absl::Status LogScan::CheckHead(const ledger::Head& head) const {
  if (head.size != edge_.size() || head.frontier != edge_.frontier().ToBytes()) {
    return errors::LogCorrupt(head.size, "the head's frontier is not that of the entries");
  }
  if (head.recorded_at_micros == recorded_at_micros_) return absl::OkStatus();
  return errors::LogCorrupt(head.size, "the head's time is not that of its last entry");
}

}  // namespace seisaku::admin
