// What can be said about one printed cell without knowing its column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seisaku::documents {

// Without white space (ASCII, full-width, without a break or a width) at both ends.
std::string_view Trim(std::string_view text);

// Blank, or one of the dashes that a sheet prints for "none".
bool IsNone(std::string_view text);

// The parts between such white space; none is empty.
std::vector<std::string_view> SplitAtSpaces(std::string_view text);

bool Contains(std::string_view text, std::string_view part);

// Takes `part` off the head (the end) of `text`; false, and nothing taken, where it does not stand there.
bool ConsumePrefix(std::string_view& text, std::string_view part);
bool ConsumeSuffix(std::string_view& text, std::string_view part);

// How a heading's number is written.
enum class NumberForm { kNone, kPlain, kCircled, kBracketed, kComposite };

// A heading cell taken apart: "① 安定した雇用の創出" is ①, circled, 1, 安定した雇用の創出.
struct Heading {
  std::string number;  // as printed: "1", "1.", "①", "(2)"; empty for none
  NumberForm form = NumberForm::kNone;
  int value = 0;      // of the last part: 3 of 1-2-3
  int parts = 1;      // of a composite number: 3 of 1-2-3
  std::string title;  // without the number and the white space around it
  // Where nothing separates plain digits from what follows ("2地域を担う人材", "3R運動"): those digits; 0:
  // none. They are left in the title. Whether they are a number (AsNumbered) is for the heading's siblings to
  // say.
  int leading_digits = 0;
  // The digits and what follows them are one word ("3R", "2級", "10代の", "1.5"): then they are no number.
  bool digits_are_a_word = false;
};

// Reads a heading cell. A number is one or two digits (full-width too): circled (①-㊿, ⑴-⒇), in brackets, or
// plain with a space, a point, a comma or a closing bracket after it. A composite one names what it stands
// below: "1-1-1 防災", "1.1.1 防災", "1－1 防災"; of two parts it needs the space ("1-2年生", "1.5℃").
Heading ParseHeading(std::string_view cell);

// `heading` with its leading digits as its number.
Heading AsNumbered(const Heading& heading);

}  // namespace seisaku::documents
