#include "tools/policyctl/documents/heading_level.h"

namespace seisaku::documents {

namespace {

int LevelOfForm(NumberForm form) {
  switch (form) {
    case NumberForm::kPlain:
      return kUpperLevel;
    case NumberForm::kCircled:
    case NumberForm::kBracketed:
      return kLowerLevel;
    case NumberForm::kNone:
      return 0;
  }
  return 0;
}

bool SeenAsUpper(const HeadingTree& tree, const Heading& heading) {
  return tree.Find(kUpperLevel, tree.current(0), heading.title) >= 0;
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
  const Heading left_heading = ParseHeading(left.printed);
  const Heading right_heading = ParseHeading(right.printed);
  if (SeenAsUpper(tree, left_heading)) return false;
  if (SeenAsUpper(tree, right_heading)) return true;
  const int left_level = LevelOfForm(left_heading.form);
  const int right_level = LevelOfForm(right_heading.form);
  if (left_level == right_level) return false;
  return left_level == kLowerLevel || right_level == kUpperLevel;
}

int LevelOfOneCell(const HeadingTree& tree, const SourceCell& cell, int column_level, bool group_begins) {
  const Heading heading = ParseHeading(cell.printed);
  if (SeenAsUpper(tree, heading)) return kUpperLevel;
  const int upper = group_begins ? -1 : tree.current(kUpperLevel);
  if (upper >= 0 && tree.Find(kLowerLevel, upper, heading.title) >= 0) return kLowerLevel;
  const int form_level = LevelOfForm(heading.form);
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
