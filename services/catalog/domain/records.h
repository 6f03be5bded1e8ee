// The values that the state keeps revisions of: plain C++, with ids instead of names. Source cells and
// reasons are in the log only; a revision's position leads to them. Each function is in its aggregate's file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/catalog/v1/resources.pb.h"
#include "seisaku/type/v1/judgement.pb.h"
#include "services/base/decimal.h"
#include "services/base/field_path.h"
#include "services/domain/value.h"

namespace seisaku::catalog {

struct PlanRecord {
  std::string title;
  std::vector<std::string> levels;  // names, highest first
};

struct RuleRecord {
  std::string method;  // "ratio/1", "baseline/1"
  Decimal on_track_percent;
  Decimal mostly_on_track_percent;
};

struct NodeRecord {
  std::string parent;  // node id in the same plan; empty at the highest level
  uint32_t level = 0;
  std::string number;
  uint32_t order = 0;
  std::string title;
  bool provisional_title = false;
  std::vector<std::string> departments;  // department ids, the leading one first
  int first_year = 0;                    // 0: always
  int retired_from_year = 0;             // 0: in force
  std::vector<std::string> served_by;    // names of KPIs and nodes of other plans
};

struct KpiRecord {
  std::string node;  // node id in the same plan
  std::string title;
  bool provisional_title = false;
  std::string unit;
  type::v1::Direction direction = type::v1::DIRECTION_UNSPECIFIED;
  bool direction_unconfirmed = false;  // only proposed: nothing is judged by it
  std::vector<std::string> components;
  std::vector<ComponentValue> baseline;
  std::optional<Decimal> tolerance;
  std::vector<std::string> departments;
  uint32_t order = 0;
  int first_year = 0;
  int retired_from_year = 0;
};

struct TargetRecord {
  std::vector<ComponentValue> values;
};

struct DepartmentRecord {
  std::string title;
  int retired_from_year = 0;
};

// From messages, output-only fields ignored. Only what the record's types need is checked: names, decimals,
// years, known enum numbers. Whether the content is allowed is Decide's to say. Errors name the field below
// `field` ("kpi.baseline[0].value").
absl::StatusOr<PlanRecord> FromProto(const FieldPath& field, const v1::Plan& proto);
absl::StatusOr<RuleRecord> FromProto(const FieldPath& field, const v1::EvaluationRule& proto);
absl::StatusOr<NodeRecord> FromProto(const FieldPath& field, const v1::Node& proto);
absl::StatusOr<KpiRecord> FromProto(const FieldPath& field, const v1::Kpi& proto);
absl::StatusOr<TargetRecord> FromProto(const FieldPath& field, const v1::Target& proto);
absl::StatusOr<DepartmentRecord> FromProto(const FieldPath& field, const v1::Department& proto);

// The id of a node that a record of `plan` names; INVALID_FIELD where it is another plan's.
absl::StatusOr<std::string> NodeIdIn(std::string_view plan, const FieldPath& field, std::string_view name);
// The ids in names of departments, and back.
absl::StatusOr<std::vector<std::string>> DepartmentIds(
    const FieldPath& field, const google::protobuf::RepeatedPtrField<std::string>& names);
void AddDepartmentNames(const std::vector<std::string>& ids,
                        google::protobuf::RepeatedPtrField<std::string>& names);

// To messages, output-only fields unset. Serialized, they are the canonical content of a record.
v1::Plan ToProto(std::string_view plan, const PlanRecord& record);
v1::EvaluationRule ToProto(const RuleRecord& record);
v1::Node ToProto(std::string_view plan, std::string_view node, const NodeRecord& record);
v1::Kpi ToProto(std::string_view plan, std::string_view kpi, const KpiRecord& record);
v1::Target ToProto(int reporting_year, const TargetRecord& record);
v1::Department ToProto(std::string_view department, const DepartmentRecord& record);

}  // namespace seisaku::catalog
