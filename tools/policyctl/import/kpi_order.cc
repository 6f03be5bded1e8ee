#include "tools/policyctl/import/kpi_order.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "tools/policyctl/import/document_order.h"
#include "tools/policyctl/import/node_updates.h"

namespace seisaku::policyctl::imports {
namespace {

using catalog::v1::Kpi;

class KpiOrder {
 public:
  KpiOrder(const SheetInput& input, const std::vector<PlannedRow>& rows,
           const std::vector<std::string>& nodes, bool follows, ImportDraft& draft)
      : rows_(rows), follows_(follows), draft_(draft) {
    for (const catalog::v1::Node& node : input.plan.nodes) parents_[node.name()] = node.parent();
    for (size_t i = 0; i < nodes.size(); ++i) {
      const int parent = input.sheet.nodes[i].parent;
      if (!nodes[i].empty()) parents_[nodes[i]] = parent < 0 ? "" : nodes[static_cast<size_t>(parent)];
    }
    for (const Kpi& kpi : input.plan.kpis) kpis_[kpi.name()] = &kpi;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Kpi& kpi = rows[i].kpi;
      const bool stands_there = kpi.node() == nodes[static_cast<size_t>(rows[i].row->node)];
      if (!kpis_.contains(kpi.name())) {
        added_.push_back({kpi.name(), 0, i});
      } else if (stands_there) {
        printed_[kpi.name()] = i;
      }
    }
    for (const PlannedRow& row : rows) kpis_.emplace(row.kpi.name(), &row.kpi);
  }

  void Run(const ExistingPlan& plan) {
    std::vector<Placed> existing;
    for (const Kpi& kpi : plan.kpis) {
      const auto printed = printed_.find(kpi.name());
      existing.push_back({kpi.name(), kpi.order(),
                          printed == printed_.end() ? std::nullopt : std::optional(printed->second)});
    }
    std::sort(existing.begin(), existing.end(), [](const Placed& a, const Placed& b) {
      return std::tuple(a.order, IdOf(a.name)) < std::tuple(b.order, IdOf(b.name));
    });
    const auto stays_before = [this](const Placed& before, const Placed& kept, const Placed& added) {
      return Shared(before, kept) >= Shared(before, added);
    };
    TakeOrders(Arrange(existing, added_, follows_, stays_before));
  }

 private:
  // The headings above a KPI, the highest first.
  std::vector<std::string> PathOf(const Placed& placed) const {
    std::vector<std::string> path;
    const Kpi& kpi = placed.printed ? rows_[*placed.printed].kpi : *kpis_.at(placed.name);
    for (std::string node = kpi.node(); !node.empty(); node = parents_.at(node)) {
      path.push_back(node);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  // How many headings both stand under.
  size_t Shared(const Placed& a, const Placed& b) const {
    const std::vector<std::string> path = PathOf(a);
    const std::vector<std::string> other = PathOf(b);
    const auto end = std::mismatch(path.begin(), path.end(), other.begin(), other.end()).first;
    return static_cast<size_t>(end - path.begin());
  }

  void TakeOrders(const std::vector<Placed>& sequence) {
    std::map<std::string, catalog::v1::Change*> changes = KpiChanges();
    const Placed* before = nullptr;
    const documents::SourceCell* cell = nullptr;
    std::vector<std::pair<const Placed*, documents::SourceCell>> others;
    for (const Placed& one : sequence) {
      if (one.printed) cell = &rows_[*one.printed].row->name_source;
      if (one.moved) {
        const std::string place = PlaceBehind(before == nullptr ? "" : kpis_.at(before->name)->title());
        draft_.Note(follows_ ? import_code::kReordered : import_code::kNewerKept, *cell, place);
      }
      before = &one;
      const auto change = changes.find(one.name);
      if (change != changes.end() && change->second->has_create_kpi()) {
        change->second->mutable_create_kpi()->set_order(one.order);
      } else if (one.order != kpis_.at(one.name)->order()) {
        if (change != changes.end()) {
          SetOrder(one.order, *change->second->mutable_update_kpi());
        } else {
          others.emplace_back(&one, cell == nullptr ? documents::SourceCell() : *cell);
        }
      }
    }
    for (const auto& [one, source] : others) {
      catalog::v1::UpdateKpi& update = *draft_.AddCatalog(source).mutable_update_kpi();
      update.mutable_kpi()->set_name(one->name);
      SetOrder(one->order, update);
    }
  }

  static void SetOrder(uint32_t order, catalog::v1::UpdateKpi& update) {
    update.mutable_kpi()->set_order(order);
    update.mutable_update_mask()->add_paths("order");
  }

  // What the draft has about KPIs already, but for their targets.
  std::map<std::string, catalog::v1::Change*> KpiChanges() {
    std::map<std::string, catalog::v1::Change*> changes;
    for (catalog::v1::Change& change : draft_.catalog()) {
      if (change.has_create_kpi()) changes[change.create_kpi().name()] = &change;
      if (change.has_update_kpi()) changes[change.update_kpi().kpi().name()] = &change;
    }
    return changes;
  }

  const std::vector<PlannedRow>& rows_;
  const bool follows_;
  ImportDraft& draft_;
  std::map<std::string, std::string> parents_;  // of nodes, by name
  std::map<std::string, const Kpi*> kpis_;      // as they were; new ones as they will be
  std::map<std::string, size_t> printed_;       // those that are there: their row
  std::vector<Placed> added_;
};

}  // namespace

void PlanKpiOrder(const SheetInput& input, const std::vector<PlannedRow>& rows,
                  const std::vector<std::string>& nodes, bool follows, ImportDraft& draft) {
  KpiOrder(input, rows, nodes, follows, draft).Run(input.plan);
}

}  // namespace seisaku::policyctl::imports
