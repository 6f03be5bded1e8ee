#include "services/catalog/domain/records.h"

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/names.h"

namespace seisaku::catalog {
namespace {

absl::StatusOr<int> FirstYear(const FieldPath& field, int year) {
  if (year != 0) RETURN_IF_ERROR(CheckYear(field, year));
  return year;
}

}  // namespace

absl::StatusOr<KpiRecord> FromProto(const FieldPath& field, const v1::Kpi& proto) {
  KpiRecord record;
  ASSIGN_OR_RETURN(NameInPlan name, ParseKpiName(FieldPath(field, "name"), proto.name()));
  ASSIGN_OR_RETURN(record.node, NodeIdIn(name.plan, FieldPath(field, "node"), proto.node()));
  record.title = proto.title();
  record.provisional_title = proto.provisional_title();
  record.unit = proto.unit();
  if (!type::v1::Direction_IsValid(proto.direction())) {
    return errors::InvalidField(FieldPath(field, "direction").ToString(), expected::ENUM_VALUE,
                                {{"enum", type::v1::Direction_descriptor()->full_name()},
                                 {"actual", static_cast<int>(proto.direction())}});
  }
  record.direction = proto.direction();
  record.direction_unconfirmed = proto.direction_unconfirmed();
  record.components = {proto.components().begin(), proto.components().end()};
  ASSIGN_OR_RETURN(record.baseline, ComponentValuesFromProto(FieldPath(field, "baseline"), proto.baseline()));
  if (proto.has_tolerance()) {
    ASSIGN_OR_RETURN(record.tolerance, DecimalFromProto(FieldPath(field, "tolerance"), proto.tolerance()));
  }
  ASSIGN_OR_RETURN(record.departments, DepartmentIds(FieldPath(field, "departments"), proto.departments()));
  record.order = proto.order();
  ASSIGN_OR_RETURN(record.first_year, FirstYear(FieldPath(field, "first_year"), proto.first_year()));
  record.retired_from_year = proto.retired_from_year();
  return record;
}

absl::StatusOr<TargetRecord> FromProto(const FieldPath& field, const v1::Target& proto) {
  RETURN_IF_ERROR(CheckYear(FieldPath(field, "reporting_year"), proto.reporting_year()));
  ASSIGN_OR_RETURN(auto values, ComponentValuesFromProto(FieldPath(field, "values"), proto.values()));
  return TargetRecord{std::move(values)};
}

v1::Kpi ToProto(std::string_view plan, std::string_view kpi, const KpiRecord& record) {
  v1::Kpi proto;
  proto.set_name(KpiName(plan, kpi));
  proto.set_node(NodeName(plan, record.node));
  proto.set_title(record.title);
  proto.set_provisional_title(record.provisional_title);
  proto.set_unit(record.unit);
  proto.set_direction(record.direction);
  proto.mutable_components()->Add(record.components.begin(), record.components.end());
  for (const ComponentValue& value : record.baseline) *proto.add_baseline() = ToProto(value);
  if (record.tolerance) *proto.mutable_tolerance() = ToProto(*record.tolerance);
  AddDepartmentNames(record.departments, *proto.mutable_departments());
  proto.set_order(record.order);
  proto.set_retired_from_year(record.retired_from_year);
  proto.set_first_year(record.first_year);
  proto.set_direction_unconfirmed(record.direction_unconfirmed);
  return proto;
}

v1::Target ToProto(int reporting_year, const TargetRecord& record) {
  v1::Target proto;
  proto.set_reporting_year(reporting_year);
  for (const ComponentValue& value : record.values) *proto.add_values() = ToProto(value);
  return proto;
}

}  // namespace seisaku::catalog
