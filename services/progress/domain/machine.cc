#include "services/progress/domain/machine.h"

#include "fmt/format.h"
#include "google/protobuf/empty.pb.h"
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
  if (dynamic_cast<const google::protobuf::Empty*>(&step) != nullptr) return std::vector<NewEvent>{};
  return absl::InternalError(fmt::format("progress decides no {}", step.GetTypeName()));
}

}  // namespace seisaku::progress
