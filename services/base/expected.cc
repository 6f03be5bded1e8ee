#include "services/base/expected.h"

#include <algorithm>

namespace seisaku {
namespace {

constexpr Expectation kAll[] = {
#define SEISAKU_EXPECTED(code, english) expected::code,
#include "services/base/expected.inc"
#undef SEISAKU_EXPECTED
};

}  // namespace

absl::Span<const Expectation> AllExpectations() { return kAll; }

Metadata ToMetadata(const Expectation& expectation, Facts facts) {
  Metadata metadata = {{"expected", std::string(expectation.code)}};
  for (const Fact& fact : facts) metadata.emplace_back(fact.name(), fact.value());
  return metadata;
}

std::string Fill(std::string_view pattern, const std::function<std::string(std::string_view name)>& value) {
  std::string filled;
  while (!pattern.empty()) {
    const size_t open = pattern.find('{');
    const size_t close = pattern.find('}', std::min(open, pattern.size()));
    if (close == std::string_view::npos) break;
    filled += pattern.substr(0, open);
    filled += value(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
  return filled.append(pattern);
}

std::vector<std::string> PlacesOf(std::string_view pattern) {
  std::vector<std::string> names;
  Fill(pattern, [&names](std::string_view name) { return names.emplace_back(name); });
  return names;
}

std::string Describe(const Expectation& expectation, Facts facts) {
  return Fill(expectation.english, [facts](std::string_view name) {
    for (const Fact& fact : facts) {
      if (fact.name() == name) return fact.value();
    }
    return fmt::format("{{{}}}", name);
  });
}

}  // namespace seisaku
