// Values that keep their past: the building block of state that can be read as of any position.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace seisaku {

// A position in a log, or a size: state "as of size n" has folded positions 0 … n-1.
using Position = uint64_t;

// The revisions of one value, oldest first. Not thread-safe.
template <typename T>
class Revisions {
 public:
  struct Revision {
    Position position;  // of the entry that made it
    T value;
  };

  // Adds the revision that the entry at `position` made; positions never decrease. A second revision by
  // the same entry replaces the first.
  void Set(Position position, T value) {
    if (!all_.empty() && all_.back().position == position) {
      all_.back().value = std::move(value);
    } else {
      all_.push_back({position, std::move(value)});
    }
  }

  // The value that a log of `size` entries gives; nullptr where it did not exist yet.
  const T* At(Position size) const {
    const Revision* revision = RevisionAt(size);
    return revision ? &revision->value : nullptr;
  }
  const Revision* RevisionAt(Position size) const {
    auto after = std::partition_point(all_.begin(), all_.end(),
                                      [size](const Revision& r) { return r.position < size; });
    return after == all_.begin() ? nullptr : &*std::prev(after);
  }

  // Forgets every revision made at or above `size`.
  void Truncate(Position size) {
    while (!all_.empty() && all_.back().position >= size) all_.pop_back();
  }

  const std::vector<Revision>& all() const { return all_; }

 private:
  std::vector<Revision> all_;
};

}  // namespace seisaku
