// The decisions behind Decide, one for each kind of change. Each is given the newest view, and yields the
// event that the change comes to, without its reason; nullopt: nothing would change.
#pragma once

#include <optional>
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

using Decision = absl::StatusOr<std::optional<v1::Event>>;

Decision CreateKpi(const View& view, const v1::Kpi& proto);
Decision UpdateKpi(const View& view, const v1::UpdateKpi& update);
Decision RetireKpi(const View& view, const v1::Retire& retire, bool has_reason);
Decision SetTarget(const View& view, const v1::SetTarget& set, bool has_reason);

// What several of them share.

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

// What a Retire of any resource comes to: `last_change` and the years are the resource's. True: it is to be
// retired now, or earlier than it was; false: it already is, from the same year.
absl::StatusOr<bool> CheckRetire(const v1::Retire& retire, bool has_reason, Position last_change,
                                 int first_year, int retired_from_year);

// What ending a resource comes to: `last_change` and the years are the resource's. nullopt: it ends in that
// year already.
Decided<v1::Retired> DecideRetire(const Deciding& in, const v1::Retire& retire, Position last_change,
                                  int first_year, int retired_from_year);

}  // namespace seisaku::catalog
