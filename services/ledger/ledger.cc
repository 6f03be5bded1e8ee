#include "services/ledger/ledger.h"

#include <utility>

#include "services/base/mutex.h"

namespace seisaku::ledger {

absl::StatusOr<Outcome> Ledger::Append(Command command, absl::Time deadline, Describe describe) {
  Mutex mutex;
  CondVar told;
  std::optional<absl::StatusOr<Outcome>> known;
  Submit(std::move(command), deadline, [&](absl::StatusOr<Outcome> outcome) {
    if (outcome.ok()) describe(*outcome);
    MutexLock lock(mutex);
    known = std::move(outcome);
    told.Notify();
  });
  MutexLock lock(mutex);
  while (!known.has_value()) told.Wait(mutex);
  return *std::move(known);
}

}  // namespace seisaku::ledger
