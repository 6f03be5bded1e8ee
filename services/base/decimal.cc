#include "services/base/decimal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

using absl::int128;
using absl::uint128;

// The limits are symmetric, so that every value can be negated.
constexpr int128 kMaxUnits = std::numeric_limits<int128>::max();

uint128 PowerOfTen(int exponent) {
  uint128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

uint128 AbsoluteValue(int128 value) { return static_cast<uint128>(value < 0 ? -value : value); }

int128 Signed(uint128 magnitude, bool negative) {
  int128 units = magnitude > static_cast<uint128>(kMaxUnits) ? kMaxUnits : static_cast<int128>(magnitude);
  return negative ? -units : units;
}

int128 SaturatingAdd(int128 a, int128 b) {
  if (a > 0 && b > kMaxUnits - a) return kMaxUnits;
  if (a < 0 && b < -kMaxUnits - a) return -kMaxUnits;
  return a + b;
}

int128 SaturatingTimesPowerOfTen(int128 units, int exponent) {
  uint128 power = PowerOfTen(exponent);
  uint128 magnitude = AbsoluteValue(units);
  if (magnitude > static_cast<uint128>(kMaxUnits) / power) return Signed(absl::Uint128Max(), units < 0);
  return Signed(magnitude * power, units < 0);
}

// An unsigned number of 384 bits: a product of two magnitudes and a power of ten, without loss.
class Wide {
 public:
  Wide() = default;
  explicit Wide(uint128 value) : limbs_{absl::Uint128Low64(value), absl::Uint128High64(value)} {}

  Wide operator*(uint128 factor) const {
    return TimesLimb(absl::Uint128Low64(factor)) + TimesLimb(absl::Uint128High64(factor)).ShiftedByLimb();
  }

  Wide operator+(const Wide& other) const {
    Wide sum;
    uint128 carry = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      carry += uint128(limbs_[i]) + other.limbs_[i];
      sum.limbs_[i] = absl::Uint128Low64(carry);
      carry >>= 64;
    }
    return sum;
  }

  std::strong_ordering operator<=>(const Wide& other) const {
    return std::lexicographical_compare_three_way(limbs_.rbegin(), limbs_.rend(), other.limbs_.rbegin(),
                                                  other.limbs_.rend());
  }

  // The quotient rounded down, at most Uint128Max(), by long division in base 2.
  uint128 DividedBy(const Wide& divisor) const {
    uint128 quotient = 0;
    Wide rest;
    for (int bit = 64 * kLimbs - 1; bit >= 0; --bit) {
      if (absl::Uint128High64(quotient) >> 63) return absl::Uint128Max();
      quotient <<= 1;
      rest = rest + rest;
      rest.limbs_[0] |= limbs_[bit / 64] >> (bit % 64) & 1;
      if (rest < divisor) continue;
      rest.Subtract(divisor);
      quotient |= 1;
    }
    return quotient;
  }

 private:
  static constexpr int kLimbs = 6;

  Wide TimesLimb(uint64_t factor) const {
    Wide product;
    uint128 carry = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      carry += uint128(limbs_[i]) * factor;
      product.limbs_[i] = absl::Uint128Low64(carry);
      carry >>= 64;
    }
    return product;
  }

  Wide ShiftedByLimb() const {
    Wide shifted;
    std::copy(limbs_.begin(), limbs_.end() - 1, shifted.limbs_.begin() + 1);
    return shifted;
  }

  // `other` is not greater than this.
  void Subtract(const Wide& other) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < kLimbs; ++i) {
      uint128 difference = uint128(limbs_[i]) - other.limbs_[i] - borrow;
      limbs_[i] = absl::Uint128Low64(difference);
      borrow = absl::Uint128High64(difference) != 0;
    }
  }

  std::array<uint64_t, kLimbs> limbs_{};  // least significant first
};

int SignOfProduct(const Decimal& a, const Decimal& b) { return a.sign() * b.sign(); }

std::string Digits(uint128 magnitude) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  } while (magnitude != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// -?digits[.digits], taken apart.
struct Parts {
  bool negative = false;
  std::string_view integer;
  std::string_view fraction;
};

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

std::optional<Parts> TakeApart(std::string_view text) {
  Parts parts;
  if (!text.empty() && text.front() == '-') {
    parts.negative = true;
    text.remove_prefix(1);
  }
  size_t point = text.find('.');
  parts.integer = text.substr(0, point);
  if (!AllDigits(parts.integer)) return std::nullopt;
  if (point == std::string_view::npos) return parts;
  parts.fraction = text.substr(point + 1);
  if (!AllDigits(parts.fraction)) return std::nullopt;
  return parts;
}

std::string_view WithoutLeadingZeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::string WithGroups(std::string_view digits) {
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped.push_back(',');
    grouped.push_back(digits[i]);
  }
  return grouped;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  std::optional<Parts> parts = TakeApart(text);
  if (!parts || WithoutLeadingZeros(parts->integer).size() > kMaxIntegerDigits ||
      parts->fraction.size() > kMaxScale) {
    return errors::Unreadable("INVALID_DECIMAL", text, expected::DECIMAL,
                              {{"digits", kMaxIntegerDigits}, {"scale", kMaxScale}});
  }
  Decimal parsed;
  for (std::string_view digits : {WithoutLeadingZeros(parts->integer), parts->fraction}) {
    for (char digit : digits) parsed.units_ = parsed.units_ * 10 + (digit - '0');
  }
  if (parts->negative) parsed.units_ = -parsed.units_;
  parsed.scale_ = static_cast<int>(parts->fraction.size());
  return parsed;
}

bool Decimal::IsStorable() const {
  return scale_ <= kMaxScale && AbsoluteValue(units_) < PowerOfTen(kMaxIntegerDigits + scale_);
}

std::string Decimal::ToString() const {
  std::string digits = Digits(AbsoluteValue(units_));
  auto scale = static_cast<size_t>(scale_);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return units_ < 0 ? "-" + digits : digits;
}

std::string Decimal::ToGroupedString() const {
  std::string plain = ToString();
  std::string_view digits = plain;
  if (units_ < 0) digits.remove_prefix(1);
  size_t point = std::min(digits.find('.'), digits.size());
  return fmt::format("{}{}{}", units_ < 0 ? "-" : "", WithGroups(digits.substr(0, point)),
                     digits.substr(point));
}

Decimal Decimal::ScaledUp(int power) const {
  Decimal scaled;
  int taken = std::min(power, scale_);
  scaled.scale_ = scale_ - taken;
  scaled.units_ = SaturatingTimesPowerOfTen(units_, power - taken);
  return scaled;
}

Decimal Decimal::ScaledDown(int power) const {
  Decimal scaled = *this;
  scaled.scale_ += power;
  return scaled;
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  Decimal sum;
  sum.scale_ = std::max(a.scale_, b.scale_);
  sum.units_ = SaturatingAdd(SaturatingTimesPowerOfTen(a.units_, sum.scale_ - a.scale_),
                             SaturatingTimesPowerOfTen(b.units_, sum.scale_ - b.scale_));
  return sum;
}

Decimal operator-(const Decimal& a, const Decimal& b) {
  Decimal negated = b;
  negated.units_ = -b.units_;
  return a + negated;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) {
    return a.units_ < b.units_   ? std::strong_ordering::less
           : a.units_ > b.units_ ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
  }
  static const Decimal kOne(1);
  return Decimal::CompareProducts(a, kOne, b, kOne);
}

bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

std::strong_ordering Decimal::CompareProducts(const Decimal& a, const Decimal& b, const Decimal& c,
                                              const Decimal& d) {
  int left_sign = SignOfProduct(a, b);
  int right_sign = SignOfProduct(c, d);
  if (left_sign != right_sign || left_sign == 0) return left_sign <=> right_sign;

  int left_scale = a.scale_ + b.scale_;
  int right_scale = c.scale_ + d.scale_;
  int common = std::max(left_scale, right_scale);
  Wide left = Wide(AbsoluteValue(a.units_)) * AbsoluteValue(b.units_) * PowerOfTen(common - left_scale);
  Wide right = Wide(AbsoluteValue(c.units_)) * AbsoluteValue(d.units_) * PowerOfTen(common - right_scale);
  return left_sign > 0 ? left <=> right : right <=> left;
}

Decimal Decimal::Percentage(const Decimal& numerator, const Decimal& denominator, int decimals) {
  int exponent = denominator.scale_ - numerator.scale_ + 2 + decimals;
  Wide above = Wide(AbsoluteValue(numerator.units_)) * PowerOfTen(std::max(exponent, 0));
  Wide below = Wide(AbsoluteValue(denominator.units_)) * PowerOfTen(std::max(-exponent, 0));
  // Half away from zero, on magnitudes: floor(n/d + 1/2) = floor((2n + d) / 2d).
  uint128 rounded = (above + above + below).DividedBy(below + below);

  Decimal percentage;
  percentage.scale_ = decimals;
  percentage.units_ = Signed(rounded, SignOfProduct(numerator, denominator) < 0);
  return percentage;
}

}  // namespace seisaku
