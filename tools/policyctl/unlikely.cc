#include "tools/policyctl/unlikely.h"

#include <cstdlib>
#include <optional>

#include "services/base/quantity.h"

namespace seisaku::policyctl {
namespace {

constexpr int kYearsBack = 30;
constexpr int kYearsAhead = 1;
constexpr int kTimes = 100;

struct Size {
  Decimal size;  // above 0
  std::string unit;
};

// nullopt for words and for 0.
std::optional<Size> SizeOf(const type::v1::Value& value) {
  if (!value.has_number()) return std::nullopt;
  const absl::StatusOr<Decimal> number = Decimal::Parse(value.number().value().value());
  if (!number.ok() || number->sign() == 0) return std::nullopt;
  const Quantity base = ToBaseUnit({*number, value.number().unit()});
  return Size{base.value.sign() < 0 ? Decimal(0) - base.value : base.value, base.unit};
}

bool AreFar(const Decimal& a, const Decimal& b) {
  const Decimal times(kTimes);
  const Decimal one(1);
  return Decimal::CompareProducts(a, one, b, times) >= 0 || Decimal::CompareProducts(b, one, a, times) >= 0;
}

}  // namespace

bool IsUnlikelyYear(int reporting_year, int this_year) {
  return this_year != 0 &&
         (reporting_year > this_year + kYearsAhead || reporting_year < this_year - kYearsBack);
}

bool IsUnlikelyTargetYear(int reporting_year, int this_year) {
  return this_year != 0 && std::abs(reporting_year - this_year) > kYearsBack;
}

const type::v1::Value* FindFarFrom(const type::v1::Value& value,
                                   const std::vector<const type::v1::Value*>& known) {
  const std::optional<Size> size = SizeOf(value);
  if (!size) return nullptr;
  const type::v1::Value* first = nullptr;
  for (const type::v1::Value* other : known) {
    const std::optional<Size> of_other = SizeOf(*other);
    if (!of_other || of_other->unit != size->unit) continue;
    if (!AreFar(size->size, of_other->size)) return nullptr;
    if (first == nullptr) first = other;
  }
  return first;
}

}  // namespace seisaku::policyctl
