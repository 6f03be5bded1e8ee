// What must be true of a record beyond its form, as far as several aggregates or progress ask for it. A
// decision runs all checks of its record; a fold repeats those without which the state would not hold
// together.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/field_path.h"
#include "services/catalog/domain/records.h"
#include "services/catalog/domain/view.h"

namespace seisaku::catalog {

inline constexpr uint32_t kMaxOrder = 1'000'000'000;

// Each returns OK, or an error that names the field below `field`.

// department.cc

// All exist (retired ones too: last year's sheet is written after the reorganisation), each is named once.
absl::Status CheckDepartments(const FieldPath& field, const View& view, const std::vector<std::string>& ids);

// node.cc

// A place from 1 to kMaxOrder.
absl::Status CheckOrder(const FieldPath& field, uint32_t order);

// It does not begin after its end. `field` is the node or KPI.
absl::Status CheckFirstYear(const FieldPath& field, int first_year, int retired_from_year);
// No KPI below the node has a target of a year before `first_year`, which `field` brings about.
absl::Status CheckTargetsKept(const FieldPath& field, const View& view, const NodeAt& node, int first_year);

// kpi.cc

// The KPI and all nodes above it are part of the plan in that year: else RETIRED or NOT_YET_IN_FORCE, which
// name no field.
absl::Status CheckInForce(const View& view, const KpiAt& kpi, int reporting_year);

// target.cc

// The KPI has no target of a year before `first_year`, which `field` brings about.
absl::Status CheckTargetsKept(const FieldPath& field, const View& view, const KpiAt& kpi, int first_year);
// One value for each of the KPI's components, words for a qualitative KPI, a number in a unit that converts
// to the KPI's or words for another.
absl::Status CheckValues(const FieldPath& field, const KpiRecord& kpi,
                         const std::vector<ComponentValue>& values);

// CheckPrinted of each.
absl::Status CheckPrinted(const FieldPath& field, const std::vector<ComponentValue>& values);

// `values`, which fit `components`, in the order of `components`.
std::vector<ComponentValue> InComponentOrder(const std::vector<std::string>& components,
                                             std::vector<ComponentValue> values);

}  // namespace seisaku::catalog
