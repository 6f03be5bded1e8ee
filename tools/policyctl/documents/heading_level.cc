#include "tools/policyctl/documents/heading_level.h"

namespace seisaku::documents {

namespace {

int LevelOfForm(const HeadingTree& tree, const Heading& heading) {
  switch (heading.form) {
    case NumberForm::kPlain:
      return kUpperLevel;
    case NumberForm::kCircled:
    case NumberForm::kBracketed:
      return kLowerLevel;
    // As those before; 1-1 stands below 1, and 1-1-1 below that.
    case NumberForm::kComposite:
      if (const int level = tree.LevelOfParts(heading.parts); level > 0) return level;
      return heading.parts == 2 ? kUpperLevel : kLowerLevel;
    case NumberForm::kNone:
      return 0;
  }
  return 0;
}

// How a cell reads at one of the two levels.
struct Reading {
  Heading heading;
  bool seen = false;           // its text was printed there before
  bool printed_again = false;  // with its number, where both have one
};

Reading ReadAt(const HeadingTree& tree, int level, int parent, const Heading& heading) {
  Reading reading = {.heading = tree.ReadAt(level, parent, heading)};
  reading.seen = tree.FindHeading(level, parent, reading.heading) >= 0;
  reading.printed_again = tree.IsPrintedAgain(level, parent, reading.heading);
  return reading;
}

Reading AsUpper(const HeadingTree& tree, const SourceCell& cell) {
  return ReadAt(tree, kUpperLevel, tree.current(0), ParseHeading(cell.printed));
}

bool FitsUpper(const HeadingTree& tree, int number) {
  const int group = tree.current(0);
  const std::optional<int> last = tree.LastNumber(kUpperLevel, group);
  return last ? number == *last + 1 : number > tree.LastPrintedNumber(kUpperLevel, group);
}

bool FitsLower(const HeadingTree& tree, int number) {
  const int upper = tree.current(kUpperLevel);
  if (upper < 0) return false;
  const std::optional<int> last = tree.LastNumber(kLowerLevel, upper);
  return !last || number > *last;
}

}  // namespace

bool AreSwapped(const HeadingTree& tree, const SourceCell& left, const SourceCell& right) {
  const Reading left_reading = AsUpper(tree, left);
  const Reading right_reading = AsUpper(tree, right);
  if (left_reading.printed_again) return false;
  if (right_reading.printed_again) return true;
  const int left_level = LevelOfForm(tree, left_reading.heading);
  const int right_level = LevelOfForm(tree, right_reading.heading);
  const bool forms_tell = left_level != 0 && right_level != 0 && left_level != right_level;
  if (!forms_tell && left_reading.seen) return false;
  if (!forms_tell && right_reading.seen) return true;
  if (left_level == right_level) return false;
  return left_level == kLowerLevel || right_level == kUpperLevel;
}

int LevelOfOneCell(const HeadingTree& tree, const SourceCell& cell, int column_level, bool group_begins) {
  const Reading as_upper = AsUpper(tree, cell);
  if (as_upper.printed_again) return kUpperLevel;
  const int upper = group_begins ? -1 : tree.current(kUpperLevel);
  Reading as_lower;
  if (upper >= 0) as_lower = ReadAt(tree, kLowerLevel, upper, ParseHeading(cell.printed));
  if (as_lower.printed_again) return kLowerLevel;
  const Heading& heading = as_upper.heading;
  const int form_level = LevelOfForm(tree, heading);
  const bool goes_on_below = form_level == kLowerLevel && FitsLower(tree, heading.value);
  if (as_upper.seen && !goes_on_below) return kUpperLevel;
  if (as_lower.seen) return kLowerLevel;
  if (form_level == 0) return column_level != 0 ? column_level : upper >= 0 ? kLowerLevel : kUpperLevel;
  if (form_level == column_level) return column_level;
  if (upper < 0) return column_level != 0 ? form_level : kUpperLevel;
  const bool fits_upper = FitsUpper(tree, heading.value);
  const bool fits_lower = FitsLower(tree, heading.value);
  if (fits_upper && fits_lower) return form_level;
  if (fits_lower) return kLowerLevel;
  if (fits_upper) return kUpperLevel;
  return column_level != 0 ? column_level : kUpperLevel;
}

}  // namespace seisaku::documents
