// The tree that the heading cells of a progress sheet describe, row by row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding.h"
#include "tools/policyctl/documents/sheet_row.h"

namespace seisaku::documents {

struct Node {
  std::string number;  // as printed first: "1", "①", "(2)"; empty for none
  std::string title;   // as printed first, without the number; 〔名称欠落〕 where it was lost
  int level = 0;
  int parent = -1;           // index into the nodes, always smaller than the node's own; -1 at level 0
  bool provisional = false;  // the name was lost on paper
  SourceCell source;         // where it is printed first, or where it should stand
};

// Where a row's cells led.
struct RowPlace {
  int action = 0;          // the node of its 主な取組
  bool continues = false;  // its 主な取組 is blank and the one above: another row of the same block
};

// Builds the tree. Not thread-safe; `findings` outlives it.
class HeadingTree {
 public:
  // `levels`: the names of the levels, highest first; the last one is 主な取組.
  HeadingTree(std::vector<std::string> levels, std::vector<Finding>& findings);

  // Finds or makes the nodes that `row` stands under. A blank inherits from above, never across a change of a
  // higher level; what is lost becomes a provisional node. With two levels between the first one and 主な取組
  // their cells may have changed places or be one cell for two columns: see heading_level.h.
  // nullopt, with ROW_MISALIGNED: more than two such levels, and the row has lost a cell.
  std::optional<RowPlace> Place(const SheetRow& row);

  const std::vector<Node>& nodes() const { return nodes_; }

  // For the decision about levels; -1 and nullopt where there is none.
  int current(int level) const { return current_[static_cast<size_t>(level)]; }
  // `heading` as it reads at `level` under `parent`: leading digits are its number where the rest was printed
  // there before, or where they are no word and the next number there.
  Heading ReadAt(int level, int parent, const Heading& heading) const;
  // The node that `heading` (from ReadAt) prints again. The same text with another number, written as the
  // level's numbers are, is another heading (two are called その他). -1: none.
  int FindHeading(int level, int parent, const Heading& heading) const;
  // The same, but only where the number does not speak against it: it agrees, or one of them has none.
  bool IsPrintedAgain(int level, int parent, const Heading& heading) const;
  // The number of the last node of `level` under `parent`: 0 when there is no node yet, nullopt when the last
  // one's number is not printed.
  std::optional<int> LastNumber(int level, int parent) const;
  // The same of the last one that has a number; 0 when none has.
  int LastPrintedNumber(int level, int parent) const;
  // The level that headings with a composite number of so many parts stand at; 0: none was printed.
  int LevelOfParts(int parts) const;

  // Tells of each heading that was read as two, of which neither is below the other: with one title and one
  // number, or none, at two levels (TWO_LEVELS), or beside one another, because the number of one was taken
  // for a part of its title (TWO_HEADINGS). Once, when all rows are placed.
  void CheckLevels();

 private:
  struct NodeNumber {
    NumberForm form = NumberForm::kNone;
    int value = 0;
    int parts = 1;
  };
  // What a heading may be read as.
  struct Reading {
    int number = 0;
    std::string key;  // of the title
    bool operator==(const Reading&) const = default;
  };
  // A heading that can be printed again.
  bool IsAt(size_t node, int level, int parent, const std::string& key) const {
    return nodes_[node].level == level && nodes_[node].parent == parent && !nodes_[node].provisional &&
           keys_[node] == key;
  }

  bool IsNext(int level, int parent, int number) const;
  int FindTitle(int level, int parent, std::string_view title) const;
  int heading_levels() const { return static_cast<int>(levels_.size()) - 1; }
  int ParentAt(int level) const { return level == 0 ? -1 : current_[static_cast<size_t>(level) - 1]; }
  void Note(std::string_view code, const SourceCell& cell, std::string_view made);
  bool AssignMiddle(const SheetRow& row, std::vector<const SourceCell*>& printed);
  void Enter(int level, int node);
  int Resolve(int level, const SourceCell& cell);
  void NoteKnown(const SourceCell& cell, const Heading& heading, int node);
  void NoteNumber(const SourceCell& cell, const Heading& heading, int level);
  void NoteLeadingDigits(const SourceCell& cell, const Heading& heading, int level);
  int AddLost(int level, const SourceCell& where);
  int AddNode(Node node, NodeNumber number);
  bool IsBelow(size_t node, size_t other) const;
  std::vector<Reading> ReadingsOf(size_t node) const;
  bool AreNumberedApart(size_t node, size_t other) const;
  bool MayBeTheSame(size_t node, size_t other) const;
  RowPlace PlaceAction(const SheetRow& row);

  const std::vector<std::string> levels_;
  std::vector<Finding>& findings_;
  std::vector<Node> nodes_;
  std::vector<NodeNumber> numbers_;  // of nodes_
  std::vector<std::string> keys_;    // of the titles of nodes_, for comparing
  std::vector<int> current_;         // per level, where the last row stood
  std::vector<bool> changed_;        // per level, whether this row changed it
  std::vector<NumberForm> forms_;    // per level, of the first number printed there
  // Whether a heading was printed again with its number right before its title: then others may be.
  bool prints_numbers_unseparated_ = false;
};

}  // namespace seisaku::documents
