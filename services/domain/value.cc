#include "services/domain/value.h"

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

std::string Qualified(const std::string& number, type::v1::Qualifier qualifier) {
  switch (qualifier) {
    case type::v1::QUALIFIER_AT_LEAST:
      return number + "以上";
    case type::v1::QUALIFIER_AT_MOST:
      return number + "以下";
    case type::v1::QUALIFIER_MORE_THAN:
      return number + "超";
    case type::v1::QUALIFIER_LESS_THAN:
      return number + "未満";
    case type::v1::QUALIFIER_ABOUT:
      return "約" + number;
    case type::v1::QUALIFIER_RANGE_FROM:
      return number + "台";
    default:
      return number;
  }
}

}  // namespace

const Value* FindComponent(const std::vector<ComponentValue>& values, std::string_view component) {
  for (const ComponentValue& value : values) {
    if (value.component == component) return &value.value;
  }
  return nullptr;
}

absl::Status CheckYear(const FieldPath& field, int year) {
  if (year >= kFirstYear && year <= kLastYear) return absl::OkStatus();
  return seisaku::errors::InvalidField(field.ToString(), expected::BETWEEN,
                                       {{"min", kFirstYear}, {"max", kLastYear}, {"actual", year}});
}

absl::StatusOr<Decimal> DecimalFromProto(const FieldPath& field, const type::v1::Decimal& proto) {
  const FieldPath path(field, "value");
  if (proto.value().empty()) return seisaku::errors::RequiredField(path.ToString());
  absl::StatusOr<Decimal> decimal = Decimal::Parse(proto.value());
  if (decimal.ok()) return decimal;
  return WithField(decimal.status(), path.ToString());
}

absl::StatusOr<ObservedPeriod> PeriodFromProto(const FieldPath& field,
                                               const type::v1::ObservedPeriod& proto) {
  using Proto = type::v1::ObservedPeriod;
  switch (proto.period_case()) {
    case Proto::kFiscalYear:
      RETURN_IF_ERROR(CheckYear(FieldPath(field, "fiscal_year"), proto.fiscal_year()));
      return ObservedPeriod{ObservedPeriod::Kind::kFiscalYear, proto.fiscal_year()};
    case Proto::kCalendarYear:
      RETURN_IF_ERROR(CheckYear(FieldPath(field, "calendar_year"), proto.calendar_year()));
      return ObservedPeriod{ObservedPeriod::Kind::kCalendarYear, proto.calendar_year()};
    case Proto::PERIOD_NOT_SET:
      break;
  }
  return seisaku::errors::InvalidField(field.ToString(), expected::ONE_FIELD_OF,
                                       {{"allowed", "fiscal_year, calendar_year"}});
}

absl::StatusOr<Value> ValueFromProto(const FieldPath& field, const type::v1::Value& proto) {
  Value value;
  switch (proto.kind_case()) {
    case type::v1::Value::kNumber: {
      ASSIGN_OR_RETURN(Decimal number,
                       DecimalFromProto(FieldPath(field, "number.value"), proto.number().value()));
      value.content = Quantity{number, proto.number().unit()};
      break;
    }
    case type::v1::Value::kText:
      value.content = proto.text();
      break;
    case type::v1::Value::KIND_NOT_SET:
      return seisaku::errors::RequiredField(field.ToString());
  }
  if (proto.has_observed_period()) {
    ASSIGN_OR_RETURN(value.observed_period,
                     PeriodFromProto(FieldPath(field, "observed_period"), proto.observed_period()));
  }
  value.printed = proto.printed();
  if (!type::v1::Qualifier_IsValid(proto.qualifier())) {
    return seisaku::errors::InvalidField(FieldPath(field, "qualifier").ToString(), expected::ENUM_VALUE,
                                         {{"enum", type::v1::Qualifier_descriptor()->full_name()},
                                          {"actual", static_cast<int>(proto.qualifier())}});
  }
  value.qualifier = proto.qualifier();
  value.note = proto.note();
  return value;
}

absl::StatusOr<std::vector<ComponentValue>> ComponentValuesFromProto(
    const FieldPath& field, const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& protos) {
  std::vector<ComponentValue> values;
  values.reserve(protos.size());
  for (int i = 0; i < protos.size(); ++i) {
    const FieldPath item(field, i);
    ASSIGN_OR_RETURN(Value value, ValueFromProto(FieldPath(item, "value"), protos.Get(i).value()));
    values.push_back({protos.Get(i).component(), std::move(value)});
  }
  return values;
}

type::v1::Decimal ToProto(const Decimal& decimal) {
  type::v1::Decimal proto;
  proto.set_value(decimal.ToString());
  return proto;
}

type::v1::ObservedPeriod ToProto(const ObservedPeriod& period) {
  type::v1::ObservedPeriod proto;
  if (period.kind == ObservedPeriod::Kind::kFiscalYear) {
    proto.set_fiscal_year(period.year);
  } else {
    proto.set_calendar_year(period.year);
  }
  return proto;
}

void FillProto(const Value& value, type::v1::Value& proto) {
  if (const Quantity* number = value.number()) {
    proto.mutable_number()->mutable_value()->set_value(number->value.ToString());
    proto.mutable_number()->set_unit(number->unit);
  } else {
    proto.set_text(*value.text());
  }
  if (value.observed_period) *proto.mutable_observed_period() = ToProto(*value.observed_period);
  proto.set_printed(value.printed);
  proto.set_qualifier(value.qualifier);
  proto.set_note(value.note);
}

type::v1::Value ToProto(const Value& value) {
  type::v1::Value proto;
  FillProto(value, proto);
  return proto;
}

type::v1::ComponentValue ToProto(const ComponentValue& value) {
  type::v1::ComponentValue proto;
  proto.set_component(value.component);
  *proto.mutable_value() = ToProto(value.value);
  return proto;
}

bool Identical(const Value& a, const Value& b) {
  return ToProto(a).SerializeAsString() == ToProto(b).SerializeAsString();
}

std::string Format(const Value& value) {
  const Quantity* number = value.number();
  if (number == nullptr) return *value.text();
  const std::string note = value.note.empty() ? "" : fmt::format("({})", value.note);
  return Qualified(Format(*number), value.qualifier) + note;
}

std::string Describe(const Value& value) {
  if (!value.printed.empty()) return value.printed;
  std::string text = Format(value);
  if (value.observed_period) text += fmt::format(" ({})", PeriodName(*value.observed_period));
  return text;
}

}  // namespace seisaku
