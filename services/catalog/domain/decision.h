// What the decisions of several aggregates share.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/view.h"

namespace seisaku::catalog {

// The resource named by a reference that must exist; NOT_FOUND naming `field`.
absl::StatusOr<PlanAt> RequirePlan(const View& view, std::string_view field, std::string_view plan);
absl::StatusOr<KpiAt> RequireKpi(const View& view, std::string_view field, std::string_view name);

// REQUIRED_FIELD or INVALID_FIELD unless `mask` names at least one field and only `allowed` ones.
absl::Status CheckMask(const google::protobuf::FieldMask& mask, absl::Span<const std::string_view> allowed);
// Gives `message` the values that `values` has in the fields of `mask`, lists replaced.
void TakeFields(const google::protobuf::FieldMask& mask, const google::protobuf::Message& values,
                google::protobuf::Message& message);

// Whether both have the same content, to the byte.
bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b);

// What ending a resource comes to: `last_change` and the years are the resource's. nullopt: it ends in that
// year already.
Decided<v1::Retired> DecideRetire(const Deciding& in, const v1::Retire& retire, Position last_change,
                                  int first_year, int retired_from_year);

}  // namespace seisaku::catalog
