#include "tools/policyctl/documents/compound.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "tools/policyctl/documents/cell.h"

namespace seisaku::documents {

namespace {

struct Rung {
  std::string_view unit;
  int64_t ratio = 1;  // to the least unit of its ladder
};

constexpr std::array<Rung, 4> kTimes = {{{"日", 86'400}, {"時間", 3'600}, {"分", 60}, {"秒", 1}}};
constexpr std::array<Rung, 6> kMonths = {
    {{"年", 12}, {"か月", 1}, {"カ月", 1}, {"ヶ月", 1}, {"ヵ月", 1}, {"箇月", 1}}};

struct Part {
  std::string number;  // digits, perhaps with a point
  std::string unit;
  int64_t ratio = 0;  // to the unit of the last part
};

// "2時間30分" as (2, 時間), (30, 分). Empty: not of that form.
std::vector<Part> Split(std::string_view text) {
  std::vector<Part> parts;
  while (!text.empty()) {
    const size_t number = std::min(text.find_first_not_of("0123456789,."), text.size());
    const size_t end = std::min(text.find_first_of("0123456789", number), text.size());
    const std::string_view unit = Trim(text.substr(number, end - number));
    const absl::StatusOr<std::optional<Quantity>> read = ParseQuantity(text.substr(0, number));
    if (number == 0 || unit.empty() || !read.ok() || !*read) return {};
    parts.push_back(
        {absl::StrReplaceAll(std::string(text.substr(0, number)), {{",", ""}}), std::string(unit)});
    text.remove_prefix(end);
  }
  return parts;
}

template <size_t N>
int64_t RatioIn(const std::array<Rung, N>& ladder, std::string_view unit) {
  for (const Rung& rung : ladder) {
    if (rung.unit == unit) return rung.ratio;
  }
  return 0;
}

template <size_t N>
bool ClimbDown(const std::array<Rung, N>& ladder, std::vector<Part>& parts) {
  const int64_t last = RatioIn(ladder, parts.back().unit);
  if (last == 0) return false;
  for (Part& part : parts) {
    const int64_t ratio = RatioIn(ladder, part.unit);
    if (ratio == 0) return false;
    part.ratio = ratio / last;
  }
  return true;
}

// 1億2,345万円: a scale by itself is one of the last part's unit.
bool ReadScales(std::vector<Part>& parts) {
  const Quantity last = ToBaseUnit({Decimal(1), parts.back().unit});
  parts.back().ratio = 1;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const Quantity scale = ToBaseUnit({Decimal(1), parts[i].unit});
    int64_t ours = 0;
    int64_t least = 0;
    if (!scale.unit.empty() || !absl::SimpleAtoi(scale.value.ToString(), &ours) ||
        !absl::SimpleAtoi(last.value.ToString(), &least) || ours <= least) {
      return false;
    }
    parts[i].ratio = ours / least;
    parts[i].unit += last.unit;
  }
  return true;
}

// `units` × 10^-scale, divided by `ratio`; nullopt where that needs more than six decimals or is too great.
std::optional<Decimal> Divided(absl::int128 units, int scale, int64_t ratio) {
  while (scale < Decimal::kMaxScale) {
    units *= 10;
    ++scale;
  }
  if (units % ratio != 0) return std::nullopt;
  units /= ratio;
  while (scale > 0 && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  constexpr absl::int128 kGreatest = 1'000'000'000'000'000'000;
  if (units >= kGreatest) return std::nullopt;
  const std::string digits = fmt::format("{:0{}}", static_cast<int64_t>(units), scale + 1);
  const size_t point = digits.size() - static_cast<size_t>(scale);
  const absl::StatusOr<Decimal> value = Decimal::Parse(
      scale == 0 ? digits : fmt::format("{}.{}", digits.substr(0, point), digits.substr(point)));
  return value.ok() ? std::optional(*value) : std::nullopt;
}

}  // namespace

std::optional<Quantity> ReadCompound(std::string_view text, std::string_view unit) {
  std::vector<Part> parts = Split(text);
  if (parts.size() < 2) return std::nullopt;
  if (!ClimbDown(kTimes, parts) && !ClimbDown(kMonths, parts) && !ReadScales(parts)) return std::nullopt;
  // In units of the last part, times 10^scale.
  const std::string& last = parts.back().number;
  const size_t point = last.find('.');
  const int scale = point == std::string::npos ? 0 : static_cast<int>(last.size() - point - 1);
  absl::int128 sum = 0;
  int64_t power = 1;
  constexpr int kMostDecimals = 6;
  if (scale > kMostDecimals) return std::nullopt;
  for (int i = 0; i < scale; ++i) power *= 10;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    int64_t number = 0;
    constexpr int64_t kGreatest = 1'000'000'000'000;
    if (!absl::SimpleAtoi(is_last ? absl::StrReplaceAll(last, {{".", ""}}) : parts[i].number, &number) ||
        number >= kGreatest || (i > 0 && parts[i].ratio >= parts[i - 1].ratio)) {
      return std::nullopt;
    }
    const absl::int128 own = absl::int128(number) * (is_last ? 1 : absl::int128(parts[i].ratio) * power);
    // 365日24時間 is not 366 days.
    if (i > 0 && own >= absl::int128(parts[i - 1].ratio) * power) return std::nullopt;
    sum += own;
  }
  const auto preferred =
      std::find_if(parts.begin(), parts.end(), [unit](const Part& part) { return part.unit == unit; });
  if (preferred != parts.end()) std::rotate(parts.begin(), preferred, preferred + 1);
  for (const Part& part : parts) {
    if (const auto value = Divided(sum, scale, part.ratio)) return Quantity{*value, part.unit};
  }
  return std::nullopt;
}

}  // namespace seisaku::documents
