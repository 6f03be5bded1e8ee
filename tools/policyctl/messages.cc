#include "tools/policyctl/messages.h"

#include <cstdlib>

namespace seisaku::policyctl {
namespace {

constexpr NamedText kTexts[] = {
#define SEISAKU_TEXT(name, english, japanese) {#name, text::name},
#include "tools/policyctl/messages.inc"
#undef SEISAKU_TEXT
};

}  // namespace

Environment ProcessEnvironment() {
  return [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
}

Language LanguageOf(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = environment(name);
    if (value.empty()) continue;
    return value.substr(0, 2) == "ja" ? Language::kJapanese : Language::kEnglish;
  }
  return Language::kEnglish;
}

absl::Span<const NamedText> AllTexts() { return kTexts; }

}  // namespace seisaku::policyctl
