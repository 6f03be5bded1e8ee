#include "tools/policyctl/contract_words.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"

namespace seisaku::policyctl {
namespace {

struct Word {
  std::string_view name;
  std::string_view japanese;
};
constexpr Word kWords[] = {
#define SEISAKU_WORD_JA(name, japanese) {#name, japanese},
#include "tools/policyctl/words_ja.inc"
#undef SEISAKU_WORD_JA
};

// "changes[3]" is "changes" and 4, as people count; 0 without an index.
struct Step {
  std::string_view name;
  int place = 0;
};

Step StepOf(std::string_view text) {
  const size_t open = text.find('[');
  int index = 0;
  if (open == std::string_view::npos || !text.ends_with(']') ||
      !absl::SimpleAtoi(std::string(text.substr(open + 1, text.size() - open - 2)), &index)) {
    return {text};
  }
  return {text.substr(0, open), index + 1};
}

// Lower-case names, points and indexes: nothing that somebody wrote for people.
bool IsPath(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '.' || c == '[' || c == ']';
  });
}

// The words of the longest run of steps that has some, and how many steps that is; none: the first as it is.
std::pair<std::string, size_t> LongestWord(const std::vector<Step>& steps, size_t from) {
  for (size_t end = steps.size(); end > from; --end) {
    std::string name;
    for (size_t i = from; i < end; ++i) name.append(i == from ? "" : ".").append(steps[i].name);
    if (const std::string_view word = JapaneseWord(name); !word.empty()) {
      return {std::string(word), end - from};
    }
  }
  return {std::string(steps[from].name), 1};
}

}  // namespace

std::string_view JapaneseWord(std::string_view name) {
  const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                   [name](const Word& word) { return word.name == name; });
  return found == std::end(kWords) ? std::string_view() : found->japanese;
}

std::string InWords(Language language, std::string_view name) {
  const std::string_view word = language == Language::kJapanese ? JapaneseWord(name) : "";
  return std::string(word.empty() ? name : word);
}

std::string FieldInWords(Language language, std::string_view path) {
  if (language != Language::kJapanese || !IsPath(path)) return std::string(path);
  const std::vector<std::string> parts = absl::StrSplit(std::string(path), '.');
  std::vector<Step> steps;
  for (const std::string& part : parts) steps.push_back(StepOf(part));
  std::string words;
  for (size_t i = 0; i < steps.size();) {
    const auto [word, count] = LongestWord(steps, i);
    i += count;
    words += (words.empty() ? "" : "の") + word;
    if (const int place = steps[i - 1].place; place > 0) words += fmt::format("（{}番目）", place);
  }
  return words;
}

}  // namespace seisaku::policyctl
