// View: targets, and resources as callers get them.
#include <algorithm>

#include "fmt/format.h"
#include "services/catalog/domain/view.h"

namespace seisaku::catalog {
namespace {

TargetAt AtRevision(int reporting_year, const Revisions<TargetRecord>& revisions,
                    const Revisions<TargetRecord>::Revision& revision) {
  auto number = static_cast<uint32_t>(&revision - revisions.all().data()) + 1;
  return {reporting_year, &revision.value, number, revision.position};
}

}  // namespace

std::optional<TargetAt> View::Target(const KpiAt& kpi, int reporting_year) const {
  auto found = kpi.slot->targets.find(reporting_year);
  if (found == kpi.slot->targets.end()) return std::nullopt;
  const auto* revision = found->second.RevisionAt(size_);
  if (revision == nullptr) return std::nullopt;
  return AtRevision(reporting_year, found->second, *revision);
}

std::vector<TargetAt> View::Targets(const KpiAt& kpi) const {
  std::vector<TargetAt> targets;
  for (const auto& [year, revisions] : kpi.slot->targets) {
    if (const auto* revision = revisions.RevisionAt(size_)) {
      targets.push_back(AtRevision(year, revisions, *revision));
    }
  }
  return targets;
}

std::vector<TargetAt> View::TargetRevisions(const KpiAt& kpi) const {
  std::vector<TargetAt> targets;
  for (const auto& [year, revisions] : kpi.slot->targets) {
    for (const auto& revision : revisions.all()) {
      if (revision.position < size_) targets.push_back(AtRevision(year, revisions, revision));
    }
  }
  std::sort(targets.begin(), targets.end(),
            [](const TargetAt& a, const TargetAt& b) { return a.position < b.position; });
  return targets;
}

v1::Kpi View::Render(const KpiAt& kpi) const {
  v1::Kpi proto = ToProto(kpi.plan(), kpi.id(), *kpi.record);
  for (const TargetAt& target : Targets(kpi)) *proto.add_targets() = Render(target);
  proto.set_etag(fmt::format("{}", LastChange(kpi)));
  return proto;
}

v1::Target View::Render(const TargetAt& target) const {
  v1::Target proto = ToProto(target.reporting_year, *target.record);
  proto.set_revision(target.revision);
  proto.set_position(target.position);
  return proto;
}

}  // namespace seisaku::catalog
