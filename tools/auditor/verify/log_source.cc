#include "tools/auditor/verify/log_source.h"

#include "services/catalog/domain/machine.h"
#include "services/progress/domain/machine.h"

namespace seisaku::auditor {

std::unique_ptr<StateMachine> NewMachine(LogKind kind) {
  if (kind == LogKind::kCatalog) return std::make_unique<catalog::Machine>();
  return std::make_unique<progress::Machine>();
}

}  // namespace seisaku::auditor
