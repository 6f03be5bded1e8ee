#include "tools/policyctl/documents/printed_direction.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "services/base/text.h"
#include "tools/policyctl/documents/cell.h"
#include "tools/policyctl/documents/finding_code.h"

namespace seisaku::documents {

namespace {

struct DirectionWord {
  std::string_view word;
  Direction direction;
};

constexpr std::array<DirectionWord, 10> kArrows = {{{"↑", Direction::kIncrease},
                                                    {"⬆", Direction::kIncrease},
                                                    {"↗", Direction::kIncrease},
                                                    {"⇑", Direction::kIncrease},
                                                    {"↓", Direction::kDecrease},
                                                    {"⬇", Direction::kDecrease},
                                                    {"↘", Direction::kDecrease},
                                                    {"⇓", Direction::kDecrease},
                                                    {"→", Direction::kKeepWithin},
                                                    {"⇒", Direction::kKeepWithin}}};

constexpr DirectionWord kWords[] = {
    {"増加", Direction::kIncrease},    {"増", Direction::kIncrease},     {"上昇", Direction::kIncrease},
    {"向上", Direction::kIncrease},    {"拡大", Direction::kIncrease},   {"増大", Direction::kIncrease},
    {"上げる", Direction::kIncrease},  {"増やす", Direction::kIncrease}, {"減少", Direction::kDecrease},
    {"減", Direction::kDecrease},      {"低下", Direction::kDecrease},   {"縮小", Direction::kDecrease},
    {"削減", Direction::kDecrease},    {"低減", Direction::kDecrease},   {"下げる", Direction::kDecrease},
    {"減らす", Direction::kDecrease},  {"維持", Direction::kKeepWithin}, {"現状維持", Direction::kKeepWithin},
    {"横ばい", Direction::kKeepWithin}};

// Ways to say which value is the better one, without the ending.
constexpr DirectionWord kBetter[] = {
    {"高いほど", Direction::kIncrease},   {"多いほど", Direction::kIncrease},
    {"大きいほど", Direction::kIncrease}, {"高い方が", Direction::kIncrease},
    {"多い方が", Direction::kIncrease},   {"大きい方が", Direction::kIncrease},
    {"低いほど", Direction::kDecrease},   {"少ないほど", Direction::kDecrease},
    {"小さいほど", Direction::kDecrease}, {"低い方が", Direction::kDecrease},
    {"少ない方が", Direction::kDecrease}, {"小さい方が", Direction::kDecrease}};

constexpr std::string_view kAims[] = {"を目指す",     "を目指します", "をめざす", "を目標",
                                      "を目標とする", "させる",       "目標"};

template <typename Words>
std::optional<Direction> Find(const Words& words, std::string_view text) {
  for (const auto& [word, direction] : words) {
    if (word == text) return direction;
  }
  return std::nullopt;
}

// 減少を目指す, 低いほど良い: what cannot be said of anything but a direction.
std::optional<Direction> Aim(std::string_view key) {
  for (const std::string_view aim : kAims) {
    std::string_view word = key;
    if (!ConsumeSuffix(word, aim)) continue;
    if (const auto direction = Find(kWords, word)) return direction;
  }
  for (const auto& [word, direction] : kBetter) {
    if (key.starts_with(word)) return direction;
  }
  return std::nullopt;
}

// Not where there are two: 転入↑転出↓.
std::optional<Direction> ArrowAtAnEnd(std::string_view key) {
  std::set<Direction> said;
  for (const auto& [arrow, direction] : kArrows) {
    if (Contains(key, arrow) && direction != Direction::kKeepWithin) said.insert(direction);
  }
  if (said.size() > 1) return std::nullopt;
  for (const auto& [arrow, direction] : kArrows) {
    if (key.starts_with(arrow) || key.ends_with(arrow)) return direction;
  }
  return std::nullopt;
}

// In any of the notes that stand beside a value.
std::optional<Direction> DirectionInNotes(const CellValue& value) {
  for (const Component& number : value.numbers) {
    std::string_view rest = number.note;
    while (!rest.empty()) {
      const size_t end = rest.find("、");
      const std::string key = SearchKey(rest.substr(0, end));
      if (const auto arrow = Find(kArrows, key)) return arrow;
      if (const auto aim = Aim(key)) return aim;
      rest = end == std::string_view::npos ? "" : rest.substr(end + std::string_view("、").size());
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Direction> DirectionInWords(std::string_view text) {
  const std::string key = SearchKey(text);
  if (const auto arrow = ArrowAtAnEnd(key)) return arrow;
  if (const auto word = Find(kWords, key)) return word;
  return Aim(key);
}

std::optional<Direction> DirectionInName(std::string_view name) {
  const std::string key = SearchKey(name);
  std::string_view rest = key;
  if (ConsumeSuffix(rest, ")")) {
    const size_t open = rest.rfind('(');
    const std::string_view inside = open == std::string_view::npos ? "" : rest.substr(open + 1);
    if (const auto arrow = Find(kArrows, inside)) return arrow;
    return Aim(inside);
  }
  const auto arrow = ArrowAtAnEnd(key);
  // 市内→市外 and the like.
  return arrow == Direction::kKeepWithin ? std::nullopt : arrow;
}

std::optional<Direction> PrintedDirection(const SheetRow& row, const KpiRow& kpi,
                                          std::vector<Finding>& findings) {
  std::vector<std::pair<Direction, const SourceCell*>> said;
  const auto add = [&said](std::optional<Direction> direction, const SourceCell& cell) {
    if (direction) said.emplace_back(*direction, &cell);
  };
  if (const auto& cell = row.At(OptionalColumn::kDirection)) add(DirectionInWords(cell->printed), *cell);
  add(DirectionInName(kpi.name), kpi.name_source);
  for (const YearFigures& year : kpi.years) {
    if (!year.target) continue;
    add(DirectionInNotes(*year.target), year.target->source);
    if (year.target->kind == CellValue::Kind::kText)
      add(Aim(SearchKey(year.target->text)), year.target->source);
  }
  if (said.empty()) return std::nullopt;
  const auto other = std::find_if(said.begin(), said.end(),
                                  [&](const auto& one) { return one.first != said.front().first; });
  if (other != said.end()) {
    findings.push_back(
        MakeFinding(finding_code::kDirectionsDiffer, *said.front().second, other->second->printed));
    return std::nullopt;
  }
  findings.push_back(MakeFinding(finding_code::kDirectionPrinted, *said.front().second,
                                 std::string(DirectionName(said.front().first))));
  return said.front().first;
}

}  // namespace seisaku::documents
