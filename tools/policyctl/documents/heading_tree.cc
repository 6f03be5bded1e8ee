#include "tools/policyctl/documents/heading_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/base/text.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/heading_level.h"
#include "tools/policyctl/documents/lost_name.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::documents {

namespace {

bool IsPrinted(const SourceCell& cell) { return !Trim(cell.printed).empty(); }

std::string Named(std::string_view level, std::string_view text) {
  return fmt::format("{} 「{}」", level, text);
}

}  // namespace

HeadingTree::HeadingTree(std::vector<std::string> levels, std::vector<Finding>& findings)
    : levels_(std::move(levels)),
      findings_(findings),
      current_(levels_.size(), -1),
      changed_(levels_.size(), false),
      forms_(levels_.size(), NumberForm::kNone) {}

void HeadingTree::Note(std::string_view code, const SourceCell& cell, std::string_view made) {
  findings_.push_back(MakeFinding(code, cell, made));
}

int HeadingTree::FindTitle(int level, int parent, std::string_view title) const {
  const std::string key = SearchKey(title);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (IsAt(i, level, parent, key)) return static_cast<int>(i);
  }
  return -1;
}

Heading HeadingTree::ReadAt(int level, int parent, const Heading& heading) const {
  if (heading.leading_digits == 0 || FindTitle(level, parent, heading.title) >= 0) return heading;
  Heading numbered = AsNumbered(heading);
  if (FindTitle(level, parent, numbered.title) >= 0) return numbered;
  const NumberForm form = forms_[static_cast<size_t>(level)];
  const bool first = std::none_of(nodes_.begin(), nodes_.end(), [level](const Node& node) {
    return node.level == level && !node.provisional;
  });
  const bool fits = form == NumberForm::kPlain || (form == NumberForm::kNone && first);
  const bool is_number = fits && !heading.digits_are_a_word && IsNext(level, parent, heading.leading_digits);
  return is_number ? numbered : heading;
}

int HeadingTree::FindHeading(int level, int parent, const Heading& heading) const {
  const std::string key = SearchKey(heading.title);
  const NumberForm form = forms_[static_cast<size_t>(level)];
  bool is_another = heading.form != NumberForm::kNone && heading.form == form &&
                    (heading.leading_digits == 0 || IsNext(level, parent, heading.value));
  int found = -1;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!IsAt(i, level, parent, key)) continue;
    const int index = static_cast<int>(i);
    if (numbers_[i].form != NumberForm::kNone && numbers_[i].value == heading.value) return index;
    is_another = is_another && numbers_[i].form == form;
    if (found < 0 || index == current(level)) found = index;
  }
  return is_another ? -1 : found;
}

bool HeadingTree::IsPrintedAgain(int level, int parent, const Heading& heading) const {
  const int found = FindHeading(level, parent, heading);
  if (found < 0) return false;
  const NodeNumber& number = numbers_[static_cast<size_t>(found)];
  return heading.form == NumberForm::kNone || number.form == NumberForm::kNone ||
         heading.value == number.value;
}

std::optional<int> HeadingTree::LastNumber(int level, int parent) const {
  for (size_t i = nodes_.size(); i-- > 0;) {
    if (nodes_[i].level != level || nodes_[i].parent != parent) continue;
    if (numbers_[i].form == NumberForm::kNone) return std::nullopt;
    return numbers_[i].value;
  }
  return 0;
}

int HeadingTree::LastPrintedNumber(int level, int parent) const {
  for (size_t i = nodes_.size(); i-- > 0;) {
    const bool sibling = nodes_[i].level == level && nodes_[i].parent == parent;
    if (sibling && numbers_[i].form != NumberForm::kNone) return numbers_[i].value;
  }
  return 0;
}

int HeadingTree::LevelOfParts(int parts) const {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (numbers_[i].form == NumberForm::kComposite && numbers_[i].parts == parts) return nodes_[i].level;
  }
  return 0;
}

bool HeadingTree::IsBelow(size_t node, size_t other) const {
  for (int at = nodes_[node].parent; at >= 0; at = nodes_[static_cast<size_t>(at)].parent) {
    if (static_cast<size_t>(at) == other) return true;
  }
  return false;
}

// As what a person may read a node: by its number and title, and where its title begins with digits that
// nothing separates (2ひとの創生), by those too.
std::vector<HeadingTree::Reading> HeadingTree::ReadingsOf(size_t node) const {
  std::vector<Reading> readings = {{numbers_[node].value, keys_[node]}};
  const Heading heading = ParseHeading(nodes_[node].source.printed);
  if (heading.leading_digits != 0 && !heading.digits_are_a_word) {
    readings.push_back({heading.leading_digits, SearchKey(AsNumbered(heading).title)});
  }
  return readings;
}

// Whether each is numbered as its own level is, and the other's level in another way: 1 産業 and ① 産業.
bool HeadingTree::AreNumberedApart(size_t node, size_t other) const {
  const auto is_as_its_level = [this](size_t one) {
    const NumberForm form = numbers_[one].form;
    return form != NumberForm::kNone && form == forms_[static_cast<size_t>(nodes_[one].level)];
  };
  return numbers_[node].form != numbers_[other].form && is_as_its_level(node) && is_as_its_level(other);
}

// Whether both can be one heading that was read as two: at two levels, or beside one another, neither below
// the other.
bool HeadingTree::MayBeTheSame(size_t node, size_t other) const {
  if (nodes_[node].provisional || nodes_[other].provisional) return false;
  if (nodes_[node].level == nodes_[other].level && nodes_[node].parent != nodes_[other].parent) return false;
  return !IsBelow(node, other) && !IsBelow(other, node) && !AreNumberedApart(node, other);
}

void HeadingTree::CheckLevels() {
  const auto place = [this](size_t node) {
    const Node& found = nodes_[node];
    return std::pair(levels_[static_cast<size_t>(found.level)], found.source.line);
  };
  std::vector<std::vector<Reading>> readings(nodes_.size());  // none of actions
  for (size_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].level < heading_levels()) readings[node] = ReadingsOf(node);
  }
  const auto are_read_alike = [&readings](size_t node, size_t other) {
    return std::find_first_of(readings[node].begin(), readings[node].end(), readings[other].begin(),
                              readings[other].end()) != readings[node].end();
  };
  for (size_t node = 0; node < nodes_.size(); ++node) {
    for (size_t other = 0; other < node; ++other) {
      if (!are_read_alike(node, other) || !MayBeTheSame(node, other)) continue;
      if (nodes_[node].level == nodes_[other].level) {
        Note(finding_code::kTwoHeadings, nodes_[node].source, Trim(nodes_[other].source.printed));
        break;
      }
      const auto [first_level, first_line] = place(other);
      const auto [level, line] = place(node);
      Note(
          finding_code::kTwoLevels, nodes_[node].source,
          InBothLanguages(fmt::format("{}行目では{}、{}行目では{}", first_line, first_level, line, level),
                          fmt::format("{} on line {}, {} on line {}", first_level, first_line, level, line)));
      break;
    }
  }
}

// Whether `number` goes on from the siblings; those whose number is not printed may have any in between.
bool HeadingTree::IsNext(int level, int parent, int number) const {
  const int last = LastPrintedNumber(level, parent);
  int unnumbered = 0;
  for (size_t i = nodes_.size(); i-- > 0;) {
    if (nodes_[i].level != level || nodes_[i].parent != parent) continue;
    if (numbers_[i].form != NumberForm::kNone) break;
    ++unnumbered;
  }
  return number > last && number <= last + unnumbered + 1;
}

// A row that changes a level leaves everything below it open.
void HeadingTree::Enter(int level, int node) {
  const auto at = static_cast<size_t>(level);
  if (current_[at] == node) return;
  current_[at] = node;
  changed_[at] = true;
  std::fill(current_.begin() + level + 1, current_.end(), -1);
}

std::optional<RowPlace> HeadingTree::Place(const SheetRow& row) {
  std::fill(changed_.begin(), changed_.end(), false);
  std::vector<const SourceCell*> printed(static_cast<size_t>(heading_levels()), nullptr);
  if (!row.headings.empty() && IsPrinted(row.headings[0])) {
    printed[0] = &row.headings[0];
    Enter(0, Resolve(0, row.headings[0]));
  }
  if (!AssignMiddle(row, printed)) return std::nullopt;
  const bool blank_left = std::any_of(row.headings.begin(), row.headings.end(),
                                      [](const SourceCell& cell) { return !IsPrinted(cell); });
  std::vector<std::string> inherited_levels;
  std::vector<std::string> inherited_titles;
  for (int level = 0; level < heading_levels(); ++level) {
    const auto at = static_cast<size_t>(level);
    if (printed[at] != nullptr) {
      if (level > 0) Enter(level, Resolve(level, *printed[at]));
      continue;
    }
    // A cell that was lost beside a printed one is not a blank: only what is provisional already goes on.
    const bool lost = row.lost_headings > 0 && level > 0 && printed[at - 1] != nullptr &&
                      (level > 1 || !blank_left) && current_[at] >= 0 &&
                      !nodes_[static_cast<size_t>(current_[at])].provisional;
    if (current_[at] < 0 || lost) {
      const SourceCell where = {row.line, std::min(level + 1, row.action.column), levels_[at], ""};
      Enter(level, AddLost(level, where));
    } else {
      inherited_levels.push_back(levels_[at]);
      inherited_titles.push_back(nodes_[static_cast<size_t>(current_[at])].title);
    }
  }
  if (!inherited_levels.empty()) {
    const auto blank = std::find_if(row.headings.begin(), row.headings.end(),
                                    [](const SourceCell& cell) { return !IsPrinted(cell); });
    const int column = blank == row.headings.end() ? 0 : blank->column;
    Note(finding_code::kInherited,
         {row.line, column, fmt::format("{}", fmt::join(inherited_levels, " / ")), ""},
         fmt::format("{}", fmt::join(inherited_titles, " / ")));
  }
  return PlaceAction(row);
}

// Decides which printed cell belongs to which level below the first.
bool HeadingTree::AssignMiddle(const SheetRow& row, std::vector<const SourceCell*>& printed) {
  std::vector<const SourceCell*> cells;
  for (size_t i = 1; i < row.headings.size(); ++i) {
    if (IsPrinted(row.headings[i])) cells.push_back(&row.headings[i]);
  }
  if (cells.empty()) return true;
  if (heading_levels() != 3) {
    if (row.lost_headings > 0) {
      Note(finding_code::kRowMisaligned, *cells[0],
           InBothLanguages("見出しの列が足りません", "a heading cell is missing"));
      return false;
    }
    for (size_t i = 1; i < row.headings.size(); ++i) {
      if (IsPrinted(row.headings[i])) printed[i] = &row.headings[i];
    }
    return true;
  }
  const auto assign = [&](const SourceCell* cell, int level, bool in_place) {
    printed[static_cast<size_t>(level)] = cell;
    if (!in_place) Note(finding_code::kSwapped, *cell, levels_[static_cast<size_t>(level)]);
  };
  if (cells.size() == 2) {
    const bool swapped = AreSwapped(*this, *cells[0], *cells[1]);
    assign(cells[0], swapped ? kLowerLevel : kUpperLevel, !swapped);
    assign(cells[1], swapped ? kUpperLevel : kLowerLevel, !swapped);
    return true;
  }
  const int column_level =
      row.headings.size() == 3 ? (cells[0] == &row.headings[1] ? kUpperLevel : kLowerLevel) : 0;
  const int level = LevelOfOneCell(*this, *cells[0], column_level, changed_[0]);
  assign(cells[0], level, column_level == 0 || column_level == level);
  return true;
}

int HeadingTree::Resolve(int level, const SourceCell& cell) {
  const Heading heading = ReadAt(level, ParentAt(level), ParseHeading(cell.printed));
  const int known = FindHeading(level, ParentAt(level), heading);
  if (known >= 0) {
    NoteKnown(cell, heading, known);
    return known;
  }
  const int same_title = FindTitle(level, ParentAt(level), heading.title);
  if (same_title >= 0) {
    Note(finding_code::kSameTitle, cell,
         std::string(Trim(nodes_[static_cast<size_t>(same_title)].source.printed)));
  }
  NoteLeadingDigits(cell, heading, level);
  NoteNumber(cell, heading, level);
  if (forms_[static_cast<size_t>(level)] == NumberForm::kNone)
    forms_[static_cast<size_t>(level)] = heading.form;
  return AddNode({.number = heading.number,
                  .title = heading.title,
                  .level = level,
                  .parent = ParentAt(level),
                  .source = cell},
                 {heading.form, heading.value, heading.parts});
}

// Something printed before: the first form is kept. A number written as its level's are is not damaged,
// though the first one may have been.
void HeadingTree::NoteKnown(const SourceCell& cell, const Heading& heading, int node) {
  const Node& known = nodes_[static_cast<size_t>(node)];
  const NodeNumber& number = numbers_[static_cast<size_t>(node)];
  const bool as_its_level = heading.form == forms_[static_cast<size_t>(known.level)];
  if (heading.value != number.value || (heading.form != number.form && !as_its_level)) {
    Note(finding_code::kNumberDamaged, cell,
         Named(levels_[static_cast<size_t>(known.level)], Trim(known.source.printed)));
  } else if (Trim(cell.printed) != Trim(known.source.printed)) {
    Note(finding_code::kSpellingVariant, cell, std::string(Trim(known.source.printed)));
    if (heading.leading_digits != 0 && heading.form != NumberForm::kNone) prints_numbers_unseparated_ = true;
  }
}

// Something new that begins with digits: number or title may be wrong, unless all that is known agrees.
void HeadingTree::NoteLeadingDigits(const SourceCell& cell, const Heading& heading, int level) {
  if (heading.leading_digits == 0) return;
  if (heading.form != NumberForm::kNone) {
    if (!prints_numbers_unseparated_) Note(finding_code::kDigitsAsNumber, cell, heading.title);
  } else if (!heading.digits_are_a_word || IsNext(level, ParentAt(level), heading.leading_digits)) {
    Note(finding_code::kDigitsInTitle, cell, heading.title);
  }
}

// Something new: its number is written like the others of its level, and goes on from the last one.
void HeadingTree::NoteNumber(const SourceCell& cell, const Heading& heading, int level) {
  const NumberForm form = forms_[static_cast<size_t>(level)];
  if (form == NumberForm::kNone) return;
  const bool goes_back =
      heading.form != NumberForm::kNone && heading.value <= LastPrintedNumber(level, ParentAt(level));
  const bool first_of_group_is_not_one =
      heading.form != NumberForm::kNone && heading.value != 1 && LastNumber(level, ParentAt(level)) == 0;
  if (heading.form == form && !goes_back && !first_of_group_is_not_one) return;
  Note(finding_code::kNumberDamaged, cell, Named(levels_[static_cast<size_t>(level)], heading.title));
}

int HeadingTree::AddLost(int level, const SourceCell& where) {
  Note(finding_code::kProvisionalName, where, std::string(kLostName));
  return AddNode({.title = std::string(kLostName),
                  .level = level,
                  .parent = ParentAt(level),
                  .provisional = true,
                  .source = where},
                 {});
}

int HeadingTree::AddNode(Node node, NodeNumber number) {
  keys_.push_back(SearchKey(node.title));
  nodes_.push_back(std::move(node));
  numbers_.push_back(number);
  return static_cast<int>(nodes_.size()) - 1;
}

// One cell is one action, never split; equal text under one parent is one action.
RowPlace HeadingTree::PlaceAction(const SheetRow& row) {
  const int level = heading_levels();
  const SourceCell& cell = row.action;
  const int above = current_[static_cast<size_t>(level)];
  if (!IsPrinted(cell)) {
    if (above < 0) {
      Enter(level, AddLost(level, cell));
      return {current_.back(), false};
    }
    Note(finding_code::kInherited, cell, nodes_[static_cast<size_t>(above)].title);
    return {above, true};
  }
  const std::string title(Trim(cell.printed));
  int node = FindTitle(level, ParentAt(level), title);
  if (node < 0) {
    node = AddNode({.title = title, .level = level, .parent = ParentAt(level), .source = cell}, {});
  } else {
    const std::string& first = nodes_[static_cast<size_t>(node)].title;
    Note(first == title ? finding_code::kSharedNode : finding_code::kSpellingVariant, cell, first);
  }
  Enter(level, node);
  return {node, false};
}

}  // namespace seisaku::documents
