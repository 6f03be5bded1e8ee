#include "tools/policyctl/expectations.h"

#include <algorithm>

namespace seisaku::policyctl {
namespace {

constexpr NamedText kTexts[] = {
#define SEISAKU_EXPECTED_JA(code, japanese) {#code, {expected::code.english, japanese}},
#include "tools/policyctl/expected_ja.inc"
#undef SEISAKU_EXPECTED_JA
#define SEISAKU_EXPECTED_HERE(code, english, japanese) {#code, {english, japanese}},
#include "tools/policyctl/expected_here.inc"
#undef SEISAKU_EXPECTED_HERE
};

}  // namespace

const Text* FindExpectation(std::string_view code) {
  const auto* found = std::find_if(std::begin(kTexts), std::end(kTexts),
                                   [code](const NamedText& text) { return text.name == code; });
  return found == std::end(kTexts) ? nullptr : &found->text;
}

absl::Span<const NamedText> AllExpectationTexts() { return kTexts; }

}  // namespace seisaku::policyctl
