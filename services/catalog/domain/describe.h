// What an entry changed, field by field: the diff of ApplyCatalog and of validate_only.
#pragma once

#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/revisions.h"
#include "services/catalog/domain/state.h"

namespace seisaku::catalog {

// The entry at `position`, which `state` has folded: its resource, what happened to it, and, unless it was
// created, each field that differs between the state before and after it. Lists are joined by ", ", values
// are as printed; a target's field is "targets[2022]", a rule's "rule.method".
v1::ChangeResult DescribeEntry(const State& state, Position position, const log::v1::Entry& entry);

}  // namespace seisaku::catalog
