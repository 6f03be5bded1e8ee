#include "tools/policyctl/documents/direction.h"

#include <array>

#include "tools/policyctl/documents/cell.h"

namespace seisaku::documents {

namespace {

// What a city wants less of.
constexpr std::array<std::string_view, 38> kLessIsBetter = {
    "事故", "犯罪",     "待機児童", "死亡",   "死者",   "負傷者",   "自殺", "苦情",      "滞納",   "未納",
    "排出", "空き家数", "空き家率", "未受診", "離職",   "不登校",   "被害", "虐待",      "いじめ", "ごみ量",
    "漏水", "違反",     "喫煙率",   "罹患",   "火災",   "刑法犯",   "転出", "要介護",    "要支援", "失業",
    "倒産", "赤字",     "負債",     "廃棄",   "時間外", "待ち時間", "順位", "ランキング"};

// The same, though a word in it would turn it round.
constexpr std::array<std::string_view, 2> kLessOfADecrease = {"人口減少", "転出超過"};

// Words for acting against it: more of that is better.
constexpr std::array<std::string_view, 10> kTurnsRound = {"除却", "減少", "削減", "解消", "防止",
                                                          "対策", "改善", "抑制", "相談", "予防"};

template <size_t N>
bool HasAny(std::string_view name, const std::array<std::string_view, N>& words) {
  for (std::string_view word : words) {
    if (Contains(name, word)) return true;
  }
  return false;
}

}  // namespace

bool IsConfirmed(DirectionBasis basis) {
  return basis == DirectionBasis::kConfirmed || basis == DirectionBasis::kPrinted;
}

DecidedDirection ProposeDirection(std::string_view kpi_name) {
  if (HasAny(kpi_name, kLessOfADecrease)) return {Direction::kDecrease, DirectionBasis::kName};
  const bool less = HasAny(kpi_name, kLessIsBetter);
  if (HasAny(kpi_name, kTurnsRound)) {
    return {Direction::kIncrease, less ? DirectionBasis::kName : DirectionBasis::kDefault};
  }
  if (less) return {Direction::kDecrease, DirectionBasis::kName};
  return {Direction::kIncrease, DirectionBasis::kDefault};
}

bool MovesAgainst(Direction direction, const CellValue& target, const CellValue& later_target) {
  for (const Component& now : target.numbers) {
    for (const Component& later : later_target.numbers) {
      const Quantity from = ToBaseUnit(now.quantity);
      const Quantity to = ToBaseUnit(later.quantity);
      if (now.name != later.name || from.unit != to.unit) continue;
      if (direction == Direction::kIncrease && to.value < from.value) return true;
      if (direction == Direction::kDecrease && to.value > from.value) return true;
    }
  }
  return false;
}

std::string_view DirectionName(Direction direction) {
  switch (direction) {
    case Direction::kIncrease:
      return "増加 (increase)";
    case Direction::kDecrease:
      return "減少 (decrease)";
    case Direction::kKeepWithin:
      return "維持 (keep within)";
    case Direction::kQualitative:
      return "定性 (qualitative)";
  }
  return "";
}

std::string_view DirectionBasisName(DirectionBasis basis) {
  switch (basis) {
    case DirectionBasis::kConfirmed:
      return "confirmed";
    case DirectionBasis::kPrinted:
      return "printed";
    case DirectionBasis::kTextTarget:
      return "text target";
    case DirectionBasis::kName:
      return "name";
    case DirectionBasis::kDefault:
      return "default";
  }
  return "";
}

}  // namespace seisaku::documents
