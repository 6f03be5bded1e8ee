#include "tools/seisaku-admin/own_entry.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/base/version.h"
#include "services/base/words.h"
#include "services/ledger/tree/hash.h"
#include "tools/seisaku-admin/appending.h"

namespace seisaku::admin {
namespace {

constexpr char kActor[] = "seisaku-admin";
// As the services have them.
constexpr absl::Duration kClockTolerance = absl::Minutes(5);
constexpr absl::Duration kMaxClockBehindHead = absl::Seconds(10);

}  // namespace

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty()) return absl::InvalidArgumentError("--reason is empty");
  return CheckWords("--reason", reason, kMaxReasonBytes, Lines::kAny);
}

absl::StatusOr<int64_t> RecordedAt(const ledger::LockedHead& locked) {
  const absl::Time now = absl::FromUnixMicros(locked.now_micros), host = absl::Now();
  if (absl::AbsDuration(now - host) > kClockTolerance) return errors::ClockUnsound(now, host);
  const absl::Time last = absl::FromUnixMicros(locked.head.recorded_at_micros);
  if (now < last - kMaxClockBehindHead) return errors::ClockUnsound(now, last);
  return std::max(locked.now_micros, locked.head.recorded_at_micros + 1);
}

ledger::NewEntry OwnEntry(const log::v1::LogEvent& event, const std::string& reason,
                          int64_t recorded_at_micros) {
  const auto* field = log::v1::LogEvent::descriptor()->FindFieldByNumber(event.event_case());
  std::string payload = event.SerializeAsString();
  ledger::Command command;
  command.caller.subject = kActor;
  command.request_id = NewUuid();
  command.request_digest = ledger::Sha256(payload);
  NewEvent fact{.type = fmt::format("seisaku.log.v1.LogEvent/{}", field->name()),
                .resource = {},
                .payload = std::move(payload),
                .texts = {reason},
                .source = {}};
  ledger::NewEntry own = ledger::MakeEntry(std::move(fact), command, recorded_at_micros, 0,
                                           fmt::format("seisaku-admin/{}", kVersion));
  own.entry.set_command_size(1);
  return own;
}

absl::Status AppendOwn(postgres::Transaction& transaction, const ledger::Head& head, ledger::TileBuilder edge,
                       const log::v1::LogEvent& event, const std::string& reason, int64_t recorded_at_micros,
                       const ledger::SigningKey& key) {
  ledger::NewEntry own = OwnEntry(event, reason, recorded_at_micros);
  Appending appending(transaction, head, std::move(edge));
  RETURN_IF_ERROR(
      appending.Take(own.entry, own.entry.SerializeAsString(), {{head.size, 0, std::move(own.texts[0])}}));
  return appending.Seal(key);
}

}  // namespace seisaku::admin
