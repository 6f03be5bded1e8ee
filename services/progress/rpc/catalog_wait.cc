#include "services/progress/rpc/catalog_wait.h"

#include "services/base/status.h"
#include "services/progress/domain/errors.h"

namespace seisaku::progress {

absl::Status WaitForCatalog(ledger::LogReader& ledger, const State& state, Position wanted,
                            const rpc::CallContext& call) {
  while (wanted > 0) {
    Position size = 0;
    Position known = 0;
    {
      ASSIGN_OR_RETURN(ledger::Snapshot snapshot, ledger.Read({.deadline = call.deadline}));
      size = snapshot.size();
      known = state.CatalogSize(size);
    }
    if (known >= wanted) break;
    if (!call.may_wait) return rpc::WouldWait();
    ASSIGN_OR_RETURN(const Position reached, rpc::AwaitSize(ledger, size + 1, call));
    if (reached <= size) return errors::CatalogPositionNotReached(wanted, known);
  }
  return absl::OkStatus();
}

}  // namespace seisaku::progress
