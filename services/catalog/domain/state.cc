#include "services/catalog/domain/state.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"
#include "services/catalog/domain/verb.h"
#include "services/domain/log_event.h"

namespace seisaku::catalog {
namespace {

constexpr size_t kKeptCapacity = 65'536;

absl::Status FoldEvent(const v1::Event& event, Evolution state) {
  const Verb* verb = FindVerb(event.event_case());
  if (verb == nullptr) return CannotBe("the event's type is unknown");
  return verb->Fold(state, event);
}

}  // namespace

absl::Status State::Fold(Position position, const google::protobuf::Message& event) {
  if (position != size_) return errors::LogCorrupt(position, fmt::format("{} comes next", size_));
  if (const auto* own = google::protobuf::DynamicCastToGenerated<v1::Event>(&event)) {
    const absl::Status folded = FoldEvent(*own, Evolution(*this, position));
    if (!folded.ok()) return errors::LogCorrupt(position, std::string(folded.message()));
  } else if (!IsLogEvent(event)) {
    return errors::LogCorrupt(position, "the event is another log's");
  }
  ++size_;
  return absl::OkStatus();
}

void State::Truncate(Position size) {
  while (!journal_.empty() && journal_.back().position >= size) {
    journal_.back().run();
    journal_.pop_back();
  }
  size_ = std::min(size_, size);
}

void State::Publish(Position size) {
  auto kept = std::partition_point(journal_.begin(), journal_.end(),
                                   [size](const Undo& undo) { return undo.position < size; });
  journal_.erase(journal_.begin(), kept);
  // The first fold journals far more than any batch after it.
  if (journal_.empty() && journal_.capacity() > kKeptCapacity) std::vector<Undo>().swap(journal_);
}

}  // namespace seisaku::catalog
