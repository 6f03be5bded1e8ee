#include "services/catalog/domain/state.h"

#include <algorithm>
#include <utility>

namespace seisaku::catalog {
namespace {

constexpr size_t kKeptCapacity = 65'536;

}  // namespace

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
