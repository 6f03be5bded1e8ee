#include "tools/policyctl/documents/manifesto.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"
#include "tools/policyctl/documents/lines.h"
#include "tools/policyctl/documents/lost_name.h"
#include "tools/policyctl/documents/search_key.h"

namespace seisaku::documents {

namespace {

constexpr std::string_view kNumberColumn = "No.";
constexpr std::string_view kTitleColumn = "名称";

std::string_view FieldAt(const Line& line, size_t index) {
  return index < line.fields.size() ? std::string_view(line.fields[index]) : std::string_view();
}

size_t PairCount(const Line& line) {
  size_t used = line.fields.size();
  while (used > 0 && Trim(line.fields[used - 1]).empty()) --used;
  return (used + 1) / 2;
}

// "政策 _ 施策 _ 内容 _": a name in every first field of a pair, nothing in the second.
bool IsLevelHeader(const Line& line) {
  if (PairCount(line) < 2) return false;
  for (size_t i = 0; i < PairCount(line) * 2; ++i) {
    const std::string_view field = Trim(FieldAt(line, i));
    const bool names_a_level = !field.empty() && ParseHeading(field).form == NumberForm::kNone &&
                               field.find_first_of("0123456789") != 0;
    if (i % 2 == 0 ? !names_a_level : !field.empty()) return false;
  }
  return true;
}

// "No. 名称 No. 名称 …".
bool IsColumnHeader(const Line& line) {
  if (line.fields.size() < 2) return false;
  for (size_t i = 0; i < PairCount(line) * 2; ++i) {
    if (SearchKey(FieldAt(line, i)) != SearchKey(i % 2 == 0 ? kNumberColumn : kTitleColumn)) return false;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : lines_(ReadLines(bytes, manifesto_.findings)) {}

  Manifesto Read() && {
    if (HasFatal(manifesto_.findings)) return std::move(manifesto_);
    for (size_t i = 0; i < lines_.size(); ++i) ReadLine(i);
    if (!header_seen_) {
      manifesto_.findings.clear();
      Note(finding_code::kNotAManifesto, {}, "政策/施策/内容, No./名称");
    }
    CheckNumbering();
    SortFindings(manifesto_.findings);
    return std::move(manifesto_);
  }

 private:
  void Note(std::string_view code, const SourceCell& cell, std::string_view made) {
    manifesto_.findings.push_back(MakeFinding(code, cell, made));
  }

  SourceCell CellAt(const Line& line, size_t index) const {
    std::string name;
    if (index / 2 < manifesto_.levels.size()) {
      name =
          fmt::format("{} {}", manifesto_.levels[index / 2], index % 2 == 0 ? kNumberColumn : kTitleColumn);
    }
    return {line.number, static_cast<int>(index) + 1, name, std::string(FieldAt(line, index))};
  }

  void ReadLine(size_t index) {
    const Line& line = lines_[index];
    if (line.IsBlank()) return;
    if (IsColumnHeader(line)) {
      header_seen_ = !manifesto_.levels.empty();
    } else if (IsLevelHeader(line)) {
      ReadLevels(line);
    } else if (PairCount(line) == 1 && Trim(FieldAt(line, 1)).empty()) {
      ReadTitle(line);
    } else if (!header_seen_) {
      Note(finding_code::kHeaderMissing, {.line = line.number}, "");
    } else {
      ReadRow(line);
    }
  }

  void ReadLevels(const Line& line) {
    std::vector<std::string> levels;
    for (size_t i = 0; i < PairCount(line) * 2; i += 2) levels.emplace_back(Trim(FieldAt(line, i)));
    if (manifesto_.levels.empty()) {
      manifesto_.levels = levels;
      current_.assign(levels.size(), -1);
    } else if (levels != manifesto_.levels) {
      Note(finding_code::kHeaderDiffers,
           {.line = line.number, .printed = fmt::format("{}", fmt::join(levels, "/"))},
           fmt::format("{}", fmt::join(manifesto_.levels, "/")));
    }
  }

  void ReadTitle(const Line& line) {
    const std::string_view title = Trim(line.fields[0]);
    if (manifesto_.title.empty() && manifesto_.items.empty()) {
      manifesto_.title = std::string(title);
    } else if (title != manifesto_.title) {
      Note(finding_code::kLineIgnored, CellAt(line, 0), "");
    }
  }

  void ReadRow(const Line& line) {
    const size_t levels = manifesto_.levels.size();
    if (PairCount(line) > levels) {
      return Note(finding_code::kRowMisaligned, CellAt(line, levels * 2),
                  InBothLanguages("見出しにない列です", "the header has no such column"));
    }
    if (Trim(FieldAt(line, levels * 2 - 1)).empty()) {
      return Note(finding_code::kRowTruncated, CellAt(line, levels * 2 - 1), manifesto_.levels.back());
    }
    bool changed = false;
    for (size_t level = 0; level < levels; ++level) {
      const int before = current_[level];
      const int items_before = static_cast<int>(manifesto_.items.size());
      current_[level] = Resolve(line, level, changed);
      changed = changed || current_[level] != before;
      if (level + 1 == levels && current_[level] < items_before) {
        Note(finding_code::kDuplicateItem, CellAt(line, level * 2 + 1), "");
      }
    }
  }

  // The item that the pair of `level` names; made where it is new.
  int Resolve(const Line& line, size_t level, bool higher_changed) {
    const SourceCell number_cell = CellAt(line, level * 2);
    const SourceCell title_cell = CellAt(line, level * 2 + 1);
    const std::string number(Trim(number_cell.printed));
    const std::string title(Trim(title_cell.printed));
    const int parent = level == 0 ? -1 : current_[level - 1];
    if (number.empty() && title.empty() && !higher_changed && current_[level] >= 0) {
      const int above = current_[level];
      Note(finding_code::kInherited, title_cell, manifesto_.items[above].title);
      return above;
    }
    const std::optional<int> known = Find(parent, level, number, title);
    if (known) {
      NoteVariant(title_cell, manifesto_.items[*known]);
      return *known;
    }
    return Add(Item{.number = number,
                    .title = title,
                    .level = static_cast<int>(level),
                    .parent = parent,
                    .line = line.number,
                    .column = title_cell.column},
               title_cell);
  }

  // By number, else (where the number was lost) by title. An item of the last level is one row, so there two
  // rows are one item only when both agree.
  std::optional<int> Find(int parent, size_t level, const std::string& number,
                          const std::string& title) const {
    const bool last = level + 1 == manifesto_.levels.size();
    for (size_t i = 0; i < manifesto_.items.size(); ++i) {
      const Item& item = manifesto_.items[i];
      if (item.parent != parent || item.level != static_cast<int>(level)) continue;
      const bool same_number = !number.empty() && SearchKey(item.number) == SearchKey(number);
      const bool same_title = SearchKey(item.title) == SearchKey(title);
      if (last ? same_title && (same_number || number.empty())
               : same_number || (number.empty() && same_title)) {
        return static_cast<int>(i);
      }
    }
    return std::nullopt;
  }

  void NoteVariant(const SourceCell& cell, const Item& item) {
    const std::string_view title = Trim(cell.printed);
    if (title == item.title) return;
    if (title.empty()) {
      Note(finding_code::kInherited, cell, item.title);
    } else if (SearchKey(title) == SearchKey(item.title)) {
      Note(finding_code::kSpellingVariant, cell, item.title);
    } else {
      Note(finding_code::kTitleDiffers, cell, item.title);
    }
  }

  int Add(Item item, const SourceCell& cell) {
    if (item.title.empty()) {
      item.title = std::string(kLostName);
      item.provisional = true;
      Note(finding_code::kProvisionalName, cell, item.title);
    }
    manifesto_.items.push_back(std::move(item));
    return static_cast<int>(manifesto_.items.size()) - 1;
  }

  // 1, 2, 3… under each parent.
  void CheckNumbering() {
    std::vector<int> children(manifesto_.items.size() + 1, 0);
    for (const Item& item : manifesto_.items) {
      const int expected = ++children[static_cast<size_t>(item.parent) + 1];
      if (ToHalfWidthAscii(item.number) == fmt::format("{}", expected)) continue;
      const SourceCell cell = {item.line, item.column - 1,
                               fmt::format("{} No.", manifesto_.levels[static_cast<size_t>(item.level)]),
                               fmt::format("{} {}", item.number, item.title)};
      Note(finding_code::kNumberNotDense, cell, fmt::format("{}", expected));
    }
  }

  Manifesto manifesto_;
  std::vector<Line> lines_;
  std::vector<int> current_;  // the item of each level that the last row named
  bool header_seen_ = false;
};

}  // namespace

Manifesto ReadManifesto(std::string_view bytes) { return Reader(bytes).Read(); }

}  // namespace seisaku::documents
