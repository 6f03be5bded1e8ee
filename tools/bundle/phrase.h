// What was expected or found, as it can be said in English and in Japanese.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "services/base/expected.h"

namespace seisaku::bundle {

struct Phrasing {
  std::string_view english;
  std::string_view japanese;
};

// phrases::SALT is Phrasing{"a salt of {bytes} bytes", …}.
namespace phrases {
#define SEISAKU_PHRASE(name, english, japanese) inline constexpr Phrasing name{english, japanese};
#include "tools/bundle/phrases.inc"
#undef SEISAKU_PHRASE
}  // namespace phrases

// All of phrases.inc, for the test that both languages are complete.
absl::Span<const Phrasing> AllPhrasings();

class Phrase {
 public:
  Phrase() = default;
  // The same in every language: a number, a name, a hash, what an error says. No words, which a literal has.
  Phrase(std::string verbatim) : english_(verbatim), japanese_(std::move(verbatim)) {}
  Phrase(const Phrasing& phrasing, Facts facts = {});

  const std::string& english() const { return english_; }
  const std::string& japanese() const { return japanese_; }

 private:
  std::string english_;
  std::string japanese_;
};

}  // namespace seisaku::bundle
