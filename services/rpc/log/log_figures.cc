#include "services/rpc/log/log_figures.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "services/base/status.h"
#include "services/ledger/tree/checkpoint.h"

namespace seisaku::rpc {
namespace {

constexpr absl::Duration kLookInterval = absl::Minutes(1);
constexpr absl::Duration kPatience = absl::Seconds(1);

double ToSeconds(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

}  // namespace

void SampleLog(ledger::Ledger& ledger, Samples& samples) {
  samples.Gauge("seisaku_log_size", "Entries in the published log.",
                static_cast<double>(ledger.WaitForSize(0, absl::InfinitePast())));
  const ledger::Figures figures = ledger.figures();
  samples.Gauge("seisaku_queue_commands", "Commands that wait to be appended.",
                static_cast<double>(figures.queued_commands));
  samples.Histogram("seisaku_batch_commands", "Commands that were appended together.",
                    figures.batch_commands);
  samples.Histogram("seisaku_batch_seconds", "How long it took to decide and append a batch.",
                    figures.batch_seconds);
  const char kConnections[] = "Connections to PostgreSQL for transactions, by what they do.";
  samples.Gauge("seisaku_postgres_connections", kConnections, figures.used_connections, {{"state", "used"}});
  samples.Gauge("seisaku_postgres_connections", kConnections,
                figures.open_connections - figures.used_connections, {{"state", "idle"}});
  samples.Gauge("seisaku_postgres_max_connections", "How many of them there may be.",
                figures.max_connections);
  for (const auto& [reason, count] : figures.storage_errors) {
    samples.Counter("seisaku_postgres_errors_total", "Transactions that PostgreSQL failed, by reason.",
                    static_cast<double>(count), {{"reason", reason}});
  }
  if (!figures.checkpoint_size.has_value()) return;
  samples.Gauge("seisaku_checkpoint_size", "Entries of the newest checkpoint that was kept.",
                static_cast<double>(*figures.checkpoint_size));
  samples.Gauge("seisaku_checkpoint_timestamp_seconds", "When it was kept, in seconds since 1970.",
                ToSeconds(figures.checkpoint_at));
}

absl::StatusOr<CosignatureWatch::Newest> CosignatureWatch::Read() {
  CallContext call;
  call.deadline = absl::Now() + kPatience;
  log::v1::GetCheckpointRequest request;
  request.set_cosigned(true);
  ASSIGN_OR_RETURN(const log::v1::GetCheckpointResponse response, handlers_.GetCheckpoint(call, request));
  const ledger::VerifierKey& log = keys_.log.front();
  ASSIGN_OR_RETURN(const ledger::CosignedCheckpoint opened,
                   ledger::OpenCosignedCheckpoint(response.checkpoint(), log.name(), log, keys_.cosigners));
  Newest newest = {opened.checkpoint.size, absl::InfinitePast()};
  for (const ledger::VerifiedSignature& signature : opened.cosignatures) {
    newest.at = std::max(newest.at, signature.cosigned_at.value_or(absl::InfinitePast()));
  }
  return newest;
}

void CosignatureWatch::Look(absl::Time now) {
  // While PostgreSQL is away each look would wait for it.
  if (now < due_ || !ledger_.Health().ok()) return;
  due_ = now + kLookInterval;
  const absl::StatusOr<Newest> read = Read();
  if (!read.ok()) return;  // nobody has cosigned, or what is known stays
  MutexLock lock(mutex_);
  newest_ = *read;
}

void CosignatureWatch::Sample(Samples& samples) const {
  MutexLock lock(mutex_);
  if (!newest_.has_value()) return;
  samples.Gauge("seisaku_cosignature_size", "Entries of the newest checkpoint that a cosigner has cosigned.",
                static_cast<double>(newest_->size));
  samples.Gauge("seisaku_cosignature_timestamp_seconds",
                "When a cosigner last said that it saw it, in seconds since 1970.", ToSeconds(newest_->at));
}

}  // namespace seisaku::rpc
