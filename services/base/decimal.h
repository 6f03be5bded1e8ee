// Exact decimal numbers: what a city prints, never rounded in storage or comparison.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"

namespace seisaku {

// units × 10^-scale. A value: copyable, 32 bytes, no heap. Keeps the scale it was written with
// ("85.0" prints as "85.0") and compares by value (85.0 == 85).
class Decimal {
 public:
  // What a stored value may have: at most 18 digits before the point and 6 after it.
  static constexpr int kMaxIntegerDigits = 18;
  static constexpr int kMaxScale = 6;

  Decimal() = default;
  explicit Decimal(int64_t value) : units_(value) {}

  // Parses -?digits[.digits], ASCII, no grouping, no exponent.
  // INVALID_ARGUMENT INVALID_DECIMAL: not of that form, or out of the bounds above.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  // Whether it is within the bounds of a stored value; what was computed may not be.
  bool IsStorable() const;

  // The canonical text: no leading zeros, no "-0", the scale kept. Parse(ToString()) == *this where it
  // is storable.
  std::string ToString() const;
  // The same with commas between groups of three digits: "244,765", "-1,234.50".
  std::string ToGroupedString() const;

  int scale() const { return scale_; }
  int sign() const { return units_ > 0 ? 1 : units_ < 0 ? -1 : 0; }

  // This times 10^power (0 <= power <= 20), exactly. 万 is 4, 億 is 8, 兆 is 12.
  Decimal ScaledUp(int power) const;

  // This divided by 10^power (0 <= power <= 20), exactly.
  Decimal ScaledDown(int power) const;

  // Exact for any two stored values, even scaled up by 13. Beyond 128 bits a sum stops near the
  // greatest (or least) value that they hold; it never wraps around.
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b);
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  // a×b compared with c×d, exactly (256-bit products): how a ratio is compared without dividing.
  static std::strong_ordering CompareProducts(const Decimal& a, const Decimal& b, const Decimal& c,
                                              const Decimal& d);

  // numerator ÷ denominator × 100, rounded half away from zero (四捨五入) to `decimals` places
  // (0 to kMaxScale). For display only. The denominator is not zero. Beyond 128 bits it stops near the
  // greatest (or least) value that they hold, which is not storable.
  static Decimal Percentage(const Decimal& numerator, const Decimal& denominator, int decimals);

 private:
  absl::int128 units_ = 0;
  int scale_ = 0;
};

}  // namespace seisaku
