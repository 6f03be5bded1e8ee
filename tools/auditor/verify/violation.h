// What a log that nobody tampered with does not have.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

// Why somebody who wants to know may not take a log for proven although nothing contradicts it.
struct Doubt {
  std::string code;  // NO_KEY
  bundle::Phrase what;
};

// Something that whoever reads the report should know, and that is neither a violation nor a doubt.
struct Remark {
  std::string code;  // COSIGNATURE_ROW
  bundle::Phrase what;
};

// Of each code the first remark in full, of the others how many there are. Not thread-safe.
class Remarks {
 public:
  void Add(Remark remark);

  struct OfCode {
    Remark first;
    uint64_t count = 0;
  };
  // In the order in which each code came first.
  const std::vector<OfCode>& by_code() const { return by_code_; }

 private:
  std::vector<OfCode> by_code_;
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
