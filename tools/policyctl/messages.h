// What policyctl says, in Japanese and in English.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "fmt/format.h"

namespace seisaku::policyctl {

enum class Language { kEnglish, kJapanese };

// One message in both languages. With {} places to fill: the same ones in both, see Say.
struct Text {
  std::string_view en;
  std::string_view ja;
};

inline std::string_view In(Language language, const Text& text) {
  return language == Language::kJapanese ? text.ja : text.en;
}

// The message with its {} places filled in order (or by number: {0}). A place without an argument is an
// error of the program and throws.
template <typename... Args>
std::string Say(Language language, const Text& text, const Args&... args) {
  const std::string_view words = In(language, text);
  return fmt::vformat(fmt::string_view(words.data(), words.size()), fmt::make_format_args(args...));
}

// Reads a variable of the environment; "" where it is not set.
using Environment = std::function<std::string(const char* name)>;
Environment ProcessEnvironment();

// The language of the first of LC_ALL, LC_MESSAGES and LANG that is set: Japanese for ja…, else English.
Language LanguageOf(const Environment& environment);

// The common messages: text::kActual is Text{"Actual", "実績値"}. Those of one command only may stand beside
// it; what several commands say stands in messages.inc.
namespace text {
#define SEISAKU_TEXT(name, english, japanese) inline constexpr Text name{english, japanese};
#include "tools/policyctl/messages.inc"
#undef SEISAKU_TEXT
}  // namespace text

struct NamedText {
  std::string_view name;
  Text text;
};
// All of messages.inc, for the test that both languages are complete.
absl::Span<const NamedText> AllTexts();

}  // namespace seisaku::policyctl
