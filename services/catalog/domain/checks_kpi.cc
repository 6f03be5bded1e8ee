// What must be true of KPIs and their values.
#include <algorithm>
#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/quantity.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/words.h"

namespace seisaku::catalog {
namespace {

using seisaku::errors::InvalidField;
using seisaku::errors::RequiredField;

constexpr size_t kMaxComponents = 100;

std::string BaseOf(const std::string& unit) { return ToBaseUnit({Decimal(0), unit}).unit; }

absl::Status CheckUnit(const FieldPath& field, const std::string& unit) {
  RETURN_IF_ERROR(CheckLabel(field, unit));
  std::string base = BaseOf(unit);
  if (base == unit) return absl::OkStatus();
  return InvalidField(field.ToString(), expected::BASE_UNIT, {{"unit", base}, {"actual", unit}});
}

absl::Status CheckTolerance(const FieldPath& field, const KpiRecord& kpi) {
  if (kpi.direction != type::v1::DIRECTION_KEEP_WITHIN) {
    if (!kpi.tolerance) return absl::OkStatus();
    return InvalidField(field.ToString(), expected::NO_TOLERANCE);
  }
  if (!kpi.tolerance) return RequiredField(field.ToString());
  return kpi.tolerance->sign() >= 0 ? absl::OkStatus()
                                    : InvalidField(field.ToString(), expected::AT_LEAST,
                                                   {{"min", 0}, {"actual", kpi.tolerance->ToString()}});
}

absl::Status CheckComponents(const FieldPath& field, const std::vector<std::string>& components) {
  if (components.size() > kMaxComponents) {
    return InvalidField(field.ToString(), expected::AT_MOST_ITEMS,
                        {{"max", kMaxComponents}, {"actual", components.size()}});
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < components.size(); ++i) {
    RETURN_IF_ERROR(CheckTitle(FieldPath(field, i), components[i], kMaxLabelBytes));
    if (!seen.insert(components[i]).second)
      return InvalidField(FieldPath(field, i).ToString(), expected::EACH_ONCE, {{"actual", components[i]}});
  }
  return absl::OkStatus();
}

// That each value's component is one of the KPI's, and none is named twice or left out.
absl::Status CheckCoverage(const FieldPath& field, const std::vector<std::string>& components,
                           const std::vector<ComponentValue>& values) {
  static const std::vector<std::string> kOneSeries = {""};
  const std::vector<std::string>& wanted = components.empty() ? kOneSeries : components;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    const FieldPath path(item, "component");
    if (std::find(wanted.begin(), wanted.end(), values[i].component) == wanted.end()) {
      if (components.empty())
        return InvalidField(path.ToString(), expected::NO_COMPONENT, {{"actual", values[i].component}});
      return InvalidField(path.ToString(), expected::ONE_OF,
                          {{"allowed", fmt::join(components, ", ")}, {"actual", values[i].component}});
    }
    if (!seen.insert(values[i].component).second) {
      return InvalidField(path.ToString(), expected::EACH_ONCE, {{"actual", values[i].component}});
    }
  }
  if (seen.size() == wanted.size()) return absl::OkStatus();
  if (components.empty()) return RequiredField(field.ToString());
  return InvalidField(field.ToString(), expected::VALUE_FOR_EACH, {{"needed", fmt::join(components, ", ")}});
}

absl::Status CheckKind(const FieldPath& field, const KpiRecord& kpi, const Value& value) {
  const Quantity* number = value.number();
  if (number == nullptr) return absl::OkStatus();
  if (kpi.direction == type::v1::DIRECTION_QUALITATIVE) {
    return InvalidField(FieldPath(field, "text").ToString(), expected::WORDS);
  }
  if (BaseOf(number->unit) == kpi.unit) return absl::OkStatus();
  return InvalidField(FieldPath(field, "number.unit").ToString(), expected::UNIT_OF_KPI,
                      {{"unit", kpi.unit}, {"actual", number->unit}});
}

}  // namespace

absl::Status CheckValues(const FieldPath& field, const KpiRecord& kpi,
                         const std::vector<ComponentValue>& values) {
  RETURN_IF_ERROR(CheckCoverage(field, kpi.components, values));
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    const FieldPath path(item, "value");
    RETURN_IF_ERROR(CheckValue(path, values[i].value));
    RETURN_IF_ERROR(CheckKind(path, kpi, values[i].value));
  }
  return absl::OkStatus();
}

absl::Status CheckPrinted(const FieldPath& field, const std::vector<ComponentValue>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const FieldPath item(field, i);
    RETURN_IF_ERROR(CheckPrinted(FieldPath(item, "value"), values[i].value));
  }
  return absl::OkStatus();
}

std::vector<ComponentValue> InComponentOrder(const std::vector<std::string>& components,
                                             std::vector<ComponentValue> values) {
  auto rank = [&](const ComponentValue& value) {
    return std::find(components.begin(), components.end(), value.component) - components.begin();
  };
  std::sort(values.begin(), values.end(),
            [&](const ComponentValue& a, const ComponentValue& b) { return rank(a) < rank(b); });
  return values;
}

absl::Status CheckKpi(const FieldPath& field, const View& view, const PlanAt& plan, const KpiRecord& kpi) {
  RETURN_IF_ERROR(CheckTitle(FieldPath(field, "title"), kpi.title, kMaxTitleBytes));
  RETURN_IF_ERROR(CheckUnit(FieldPath(field, "unit"), kpi.unit));
  if (kpi.direction == type::v1::DIRECTION_UNSPECIFIED)
    return RequiredField(FieldPath(field, "direction").ToString());
  RETURN_IF_ERROR(CheckTolerance(FieldPath(field, "tolerance"), kpi));
  RETURN_IF_ERROR(CheckComponents(FieldPath(field, "components"), kpi.components));
  if (!kpi.baseline.empty()) RETURN_IF_ERROR(CheckValues(FieldPath(field, "baseline"), kpi, kpi.baseline));
  RETURN_IF_ERROR(CheckOrder(FieldPath(field, "order"), kpi.order));
  RETURN_IF_ERROR(CheckNodeExists(field, view, plan, kpi));
  RETURN_IF_ERROR(CheckFirstYear(field, kpi.first_year, kpi.retired_from_year));
  return CheckDepartments(field, view, kpi.departments);
}

}  // namespace seisaku::catalog
