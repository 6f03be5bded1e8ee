// What can be said about one printed cell without knowing its column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seisaku::documents {

// Without white space (ASCII and the full-width space) at both ends.
std::string_view Trim(std::string_view text);

// Blank, or one of the dashes that a sheet prints for "none".
bool IsNone(std::string_view text);

// The parts between white space (ASCII and the full-width space); none is empty.
std::vector<std::string_view> SplitAtSpaces(std::string_view text);

bool Contains(std::string_view text, std::string_view part);

// Takes `part` off the head (the end) of `text`; false, and nothing taken, where it does not stand there.
bool ConsumePrefix(std::string_view& text, std::string_view part);
bool ConsumeSuffix(std::string_view& text, std::string_view part);

// How a heading's number is written.
enum class NumberForm { kNone, kPlain, kCircled, kBracketed };

// A heading cell taken apart: "① 安定した雇用の創出" is ①, circled, 1, 安定した雇用の創出.
struct Heading {
  std::string number;  // as printed: "1", "①", "(2)"; empty for none
  NumberForm form = NumberForm::kNone;
  int value = 0;
  std::string title;  // without the number and the white space around it
};

// Reads a heading cell. A number is one or two digits (full-width too), plain with an optional point, in
// brackets, or circled (①-㊿, ⑴-⒇). Digits that are part of a word ("24時間", "2022年") are no number.
Heading ParseHeading(std::string_view cell);

}  // namespace seisaku::documents
