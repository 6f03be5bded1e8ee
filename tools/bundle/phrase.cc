#include "tools/bundle/phrase.h"

namespace seisaku::bundle {
namespace {

constexpr Phrasing kAll[] = {
#define SEISAKU_PHRASE(name, english, japanese) phrases::name,
#include "tools/bundle/phrases.inc"
#undef SEISAKU_PHRASE
};

}  // namespace

absl::Span<const Phrasing> AllPhrasings() { return kAll; }

Phrase::Phrase(const Phrasing& phrasing, Facts facts)
    : english_(Describe({"", phrasing.english}, facts)),
      japanese_(Describe({"", phrasing.japanese}, facts)) {}

}  // namespace seisaku::bundle
