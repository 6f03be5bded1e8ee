// A value of a printed sheet: what baselines, targets and actuals hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "seisaku/type/v1/value.pb.h"
#include "services/base/decimal.h"
#include "services/base/field_path.h"
#include "services/base/period.h"
#include "services/base/quantity.h"

namespace seisaku {

// The years that this project speaks of, reporting years and observed periods alike.
inline constexpr int kFirstYear = 1926;
inline constexpr int kLastYear = 2199;

struct Value {
  std::variant<Quantity, std::string> content;    // a number with its unit as printed, or words
  std::optional<ObservedPeriod> observed_period;  // set only where it differs from the reporting year
  std::string printed;                            // the cell, byte for byte; empty when not read off one
  // How a number bounds what it stands for; unspecified for words.
  type::v1::Qualifier qualifier = type::v1::QUALIFIER_UNSPECIFIED;
  std::string note;  // what stands beside a number and says something of it; empty for words

  // nullptr where it is of the other kind.
  const Quantity* number() const { return std::get_if<Quantity>(&content); }
  const std::string* text() const { return std::get_if<std::string>(&content); }
};

struct ComponentValue {
  std::string component;  // empty for a KPI without components
  Value value;
};

// The value of `component`, nullptr where there is none.
const Value* FindComponent(const std::vector<ComponentValue>& values, std::string_view component);

// INVALID_ARGUMENT REQUIRED_FIELD, INVALID_DECIMAL or INVALID_FIELD, naming the field below `field`
// ("target.values[0].value.number.value"). Checks the form only, known qualifiers included; what stands
// beside what, and lengths, are words.h's.
absl::StatusOr<Decimal> DecimalFromProto(const FieldPath& field, const type::v1::Decimal& proto);
absl::StatusOr<ObservedPeriod> PeriodFromProto(const FieldPath& field, const type::v1::ObservedPeriod& proto);
absl::StatusOr<Value> ValueFromProto(const FieldPath& field, const type::v1::Value& proto);
absl::StatusOr<std::vector<ComponentValue>> ComponentValuesFromProto(
    const FieldPath& field, const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& protos);

// Decimals come out in their canonical text, scale kept.
type::v1::Decimal ToProto(const Decimal& decimal);
type::v1::ObservedPeriod ToProto(const ObservedPeriod& period);
type::v1::Value ToProto(const Value& value);
type::v1::ComponentValue ToProto(const ComponentValue& value);
// The same in place, into an empty message.
void FillProto(const Value& value, type::v1::Value& proto);

// Whether they are the same in every respect: 85 and 85.0 are not. (Decimal's own == compares by value.)
bool Identical(const Value& a, const Value& b);

// A number as people write it, with what stands beside it: "60人以上", "約500人", "30万人台", "45件(累計)";
// or the words. Without the period that it is about.
std::string Format(const Value& value);

// For people: the printed text where there is one, else Format and the period.
std::string Describe(const Value& value);

// OK, or INVALID_FIELD: the year is outside kFirstYear … kLastYear.
absl::Status CheckYear(const FieldPath& field, int year);

}  // namespace seisaku
