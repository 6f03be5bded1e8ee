// 市長マニフェスト一覧: a plan printed as rows of (No., name), one pair per level.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/policyctl/documents/finding.h"

namespace seisaku::documents {

struct Item {
  std::string number;        // as printed; empty where it was lost
  std::string title;         // byte for byte, without white space at its ends; circled digits are part of it
  int level = 0;             // 0 is the highest
  int parent = -1;           // index into Manifesto::items, always smaller than the item's own; -1 at level 0
  bool provisional = false;  // the title was lost; `title` stands in for it
  int line = 0;              // where it is printed first
  int column = 0;            // of its title
};

struct Manifesto {
  std::string title;                // the line above the first header; empty when there is none
  std::vector<std::string> levels;  // from the header: 政策, 施策, 内容
  std::vector<Item> items;          // in the order of their first row, each once
  std::vector<Finding> findings;    // by line and column
};

// Reads the text of a manifesto. Two or more levels; headers repeat on every page and groups go on across
// pages; a blank pair inherits from above, never across a change of a higher level. Numbers that are not
// 1, 2, 3… under their parent and titles that differ for one number are findings, never repairs.
// When a finding is fatal (HasFatal), the rest is what could be read and must not be imported.
Manifesto ReadManifesto(std::string_view bytes);

}  // namespace seisaku::documents
