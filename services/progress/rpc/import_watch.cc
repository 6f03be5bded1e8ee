#include "services/progress/rpc/import_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "seisaku/progress/v1/events.pb.h"
#include "services/base/timestamp.h"

namespace seisaku::progress {
namespace {

constexpr int kPage = 1000;
constexpr Position kMostRead = 10'000;
constexpr std::string_view kPlans = "plans/";
constexpr std::string_view kCatalogAdvanced = "seisaku.progress.v1.Event/catalog_advanced";

// "plans/strategy" of "plans/strategy/kpis/kpi-001"; empty for what is of no plan: departments say nothing.
std::string_view PlanOf(std::string_view resource) {
  if (!resource.starts_with(kPlans)) return {};
  return resource.substr(0, resource.find('/', kPlans.size()));
}

}  // namespace

std::optional<ImportPart> ImportWatch::UnderWay(std::string_view plan, Position size) {
  ReadUpTo(size);
  MutexLock lock(mutex_);
  const auto found = imports_.find(plan);
  if (found == imports_.end() || found->second.part.part == found->second.part.parts) return std::nullopt;
  return found->second.part;
}

void ImportWatch::ReadUpTo(Position size) {
  Position begin = 0;
  {
    MutexLock lock(mutex_);
    if (reading_ || read_ >= size || SteadyNow() < not_before_) return;
    reading_ = true;
    if (size > kMostRead) read_ = std::max(read_, size - kMostRead);
    begin = read_;
  }
  while (begin < size) {
    const int limit = static_cast<int>(std::min<Position>(kPage, size - begin));
    const auto page = log_.ReadEntries(begin, limit, /*with_texts=*/false);
    MutexLock lock(mutex_);
    if (!page.ok() || page->empty()) {
      not_before_ = SteadyNow() + kPause;
      break;
    }
    NotePage(*page);
    begin += page->size();
    read_ = begin;
  }
  MutexLock lock(mutex_);
  reading_ = false;
}

// An unreadable entry is ignored here: folding or verifying the log reports it.
void ImportWatch::NotePage(const std::vector<ledger::StoredEntry>& page) {
  for (const ledger::StoredEntry& stored : page) {
    log::v1::Entry entry;
    v1::Event event;
    if (!entry.ParseFromString(stored.bytes)) continue;
    Note(entry);
    if (entry.type() != kCatalogAdvanced || !event.ParseFromString(entry.payload())) continue;
    for (const auto& copied : event.catalog_advanced().entries()) {
      log::v1::Entry of_catalog;
      if (of_catalog.ParseFromString(copied)) Note(of_catalog);
    }
  }
}

void ImportWatch::Note(const log::v1::Entry& entry) {
  if (entry.correlation_id().empty()) return;
  const std::string_view plan = PlanOf(entry.resource());
  std::optional<ImportPart> part = ParseImportPart(entry.correlation_id());
  if (plan.empty() || !part) return;
  const int64_t recorded_at = ToMicros(entry.recorded_at());
  const auto known = imports_.find(plan);
  if (known == imports_.end()) {
    imports_.emplace(std::string(plan), Newest{recorded_at, *std::move(part)});
  } else if (known->second.recorded_at <= recorded_at) {
    known->second = {recorded_at, *std::move(part)};
  }
}

}  // namespace seisaku::progress
