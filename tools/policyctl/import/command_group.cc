#include "tools/policyctl/import/command_group.h"

#include <algorithm>
#include <string>

namespace seisaku::policyctl::imports {
namespace {

// Cuts where a command is full, at the last place where `may_begin` says that one may begin.
template <typename Change, typename MayBegin>
std::vector<Slice> Cut(const std::vector<Change>& changes, const CommandLimits& limits,
                       const MayBegin& may_begin) {
  std::vector<Slice> slices;
  size_t begin = 0;
  size_t cut = 0;  // the last place in this command where the next one may begin
  size_t bytes = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (i > begin && may_begin(i)) cut = i;
    const size_t own = changes[i].ByteSizeLong();
    if (i > begin && (i - begin == limits.changes || bytes + own > limits.bytes)) {
      const size_t end = cut > begin ? cut : i;
      slices.push_back({begin, end});
      begin = end;
      bytes = 0;
      for (size_t at = begin; at < i; ++at) bytes += changes[at].ByteSizeLong();
    }
    bytes += own;
  }
  if (begin < changes.size()) slices.push_back({begin, changes.size()});
  return slices;
}

std::vector<Slice> CutAnywhere(const std::vector<catalog::v1::Change>& changes, const CommandLimits& limits) {
  return Cut(changes, limits, [](size_t) { return true; });
}

}  // namespace

std::vector<Slice> CutCatalog(std::vector<catalog::v1::Change>& changes, const CommandLimits& limits) {
  std::vector<Slice> slices = CutAnywhere(changes, limits);
  if (slices.size() < 2) return slices;
  // What has ended takes no targets.
  const auto ends = std::find_if(changes.begin(), changes.end(), [](const catalog::v1::Change& change) {
    return change.has_retire_node() || change.has_retire_kpi();
  });
  std::stable_partition(changes.begin(), ends,
                        [](const catalog::v1::Change& change) { return !change.has_set_target(); });
  return CutAnywhere(changes, limits);
}

std::vector<Slice> CutProgress(const std::vector<progress::v1::Change>& changes,
                               const CommandLimits& limits) {
  return Cut(changes, limits, [&](size_t i) { return KpiOf(changes[i]) != KpiOf(changes[i - 1]); });
}

const std::string& KpiOf(const progress::v1::Change& change) {
  static const std::string kNone;
  switch (change.change_case()) {
    case progress::v1::Change::kRecordActual:
      return change.record_actual().kpi();
    case progress::v1::Change::kCorrectActual:
      return change.correct_actual().actual().kpi();
    case progress::v1::Change::kRetractActual:
      return change.retract_actual().kpi();
    case progress::v1::Change::kRecordNarrative:
      return change.record_narrative().kpi();
    case progress::v1::Change::kRecordAssessment:
      return change.record_assessment().kpi();
    case progress::v1::Change::CHANGE_NOT_SET:
      break;
  }
  return kNone;
}

}  // namespace seisaku::policyctl::imports
