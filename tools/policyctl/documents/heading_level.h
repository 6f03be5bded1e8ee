// Which of the two middle levels (小基本目標, 具体的な施策) a heading cell belongs to. Their columns cannot
// be trusted: the cells change places, and where a cell is lost one stands for two columns.
#pragma once

#include "tools/policyctl/documents/heading_tree.h"

namespace seisaku::documents {

inline constexpr int kUpperLevel = 1;
inline constexpr int kLowerLevel = 2;

// Both cells are printed: whether they have changed places, the lower level's standing left. Text seen before
// at the upper level decides, unless its number is another and the forms of the two numbers say otherwise;
// else those forms: plain is the upper level, circled or bracketed the lower one, and a cell without a number
// takes the level that is left. Nothing to go by: they stand as printed.
bool AreSwapped(const HeadingTree& tree, const SourceCell& left, const SourceCell& right);

// One cell is printed. `column_level` is the level whose column it stands in, or 0 where it stands for both.
// Text seen before decides (text of the upper level with another number does not, where the number goes on in
// the lower level by form and sequence); else a column that the number's form agrees with; else the number:
// it goes on in the lower level when it is greater than the last one there (an unknown last number counts as
// smaller), in the upper level when it is the next one there; when both hold, its form. When neither holds,
// it opens a new group. `group_begins`: this row begins a new first level, so that no lower group is open.
int LevelOfOneCell(const HeadingTree& tree, const SourceCell& cell, int column_level, bool group_begins);

}  // namespace seisaku::documents
