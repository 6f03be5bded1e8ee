// What a log that nobody tampered with does not have.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tools/bundle/phrase.h"

namespace seisaku::auditor {

namespace phrases = bundle::phrases;

struct Violation {
  // nullopt: somewhere below `below`.
  std::optional<uint64_t> position;
  std::string code;  // LEAF_DIFFERS
  bundle::Phrase expected;
  bundle::Phrase found;
  uint64_t below = 0;
};

// The first violation of a log in full, of the others how many there are of each code. Not thread-safe.
class Violations {
 public:
  void Add(Violation violation);
  void Add(const Violations& others);

  bool empty() const { return count_ == 0; }
  uint64_t count() const { return count_; }
  // The one at the lowest position; those without a position come last. Not where empty().
  const Violation& first() const { return *first_; }
  const std::map<std::string, uint64_t>& by_code() const { return by_code_; }

 private:
  std::optional<Violation> first_;
  uint64_t count_ = 0;
  std::map<std::string, uint64_t> by_code_;
};

}  // namespace seisaku::auditor
