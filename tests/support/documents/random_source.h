// Reproducible randomness for derived documents.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace seisaku::documents {

class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : engine_(seed) {}

  // 0 <= result < bound; bound > 0. The same on every platform.
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<uint64_t>(bound)); }
  // first <= result <= last.
  int Between(int first, int last) { return first + Below(last - first + 1); }
  // True in `percent` of 100 cases.
  bool Chance(int percent) { return Below(100) < percent; }

  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(Below(static_cast<int>(i)))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace seisaku::documents
