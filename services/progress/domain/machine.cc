#include "services/progress/domain/machine.h"

#include "fmt/format.h"
#include "services/progress/domain/decide.h"

namespace seisaku::progress {

absl::StatusOr<std::vector<NewEvent>> Machine::Decide(const google::protobuf::Message& step,
                                                      const Caller& caller, absl::Time) const {
  if (const auto* change = dynamic_cast<const v1::Change*>(&step)) {
    return progress::Decide(state_, *change, caller);
  }
  if (const auto* advance = dynamic_cast<const v1::CatalogAdvanced*>(&step)) {
    return progress::Decide(state_, *advance, caller);
  }
  return absl::InternalError(fmt::format("progress decides no {}", step.GetTypeName()));
}

}  // namespace seisaku::progress
