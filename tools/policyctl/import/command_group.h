// How the changes of an import are cut into commands of a size that the services take.
#pragma once

#include <cstddef>
#include <vector>

#include "seisaku/catalog/v1/changes.pb.h"
#include "seisaku/progress/v1/changes.pb.h"

namespace seisaku::policyctl::imports {

// The services take 10,000 changes and 16 MiB, with all that is stored around a change.
struct CommandLimits {
  size_t changes = 10'000;
  size_t bytes = 8 << 20;
};

// The changes [begin, end) of one command.
struct Slice {
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

// Cuts `changes`, in their order: a node goes before what stands under it, a KPI before its targets. Where
// that takes more than one command, the targets are moved behind all that is created or updated, so that
// the KPIs are there as early as may be and the rest of a cut-off import finds them.
std::vector<Slice> CutCatalog(std::vector<catalog::v1::Change>& changes, const CommandLimits& limits);

// Cuts between KPIs, where one has not too many changes alone.
std::vector<Slice> CutProgress(const std::vector<progress::v1::Change>& changes, const CommandLimits& limits);

// The KPI that a change is about; "" for none.
const std::string& KpiOf(const progress::v1::Change& change);

}  // namespace seisaku::policyctl::imports
