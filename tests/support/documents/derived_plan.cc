#include "tests/support/documents/derived_plan.h"

#include <fmt/format.h>
#include <algorithm>

#include <utility>

namespace seisaku::documents {
namespace {

class Planning {
 public:
  Planning(RandomSource& random, DerivedNames& names) : random_(random), names_(names) {}

  DerivedPlan Plan(size_t sheets) {
    plan_.levels =
        random_.Pick<std::vector<std::string>>({{"大基本目標", "小基本目標", "具体的な施策", "主な取組"},
                                                {"政策の柱", "基本施策", "個別施策", "事務事業"}});
    int year = random_.Between(2019, 2040 - 2 * static_cast<int>(sheets));
    for (size_t i = 0; i < sheets; ++i) {
      plan_.years.push_back(year);
      year += random_.Chance(85) ? 1 : 2;
    }
    plan_.goals = Headings(0, {0, sheets - 1}, random_.Between(1, 4));
    return std::move(plan_);
  }

 private:
  // One of `count` that stand under something of `span` is there as long as that is.
  std::vector<DerivedSpan> Spans(const DerivedSpan& span, int count) {
    std::vector<DerivedSpan> spans(static_cast<size_t>(count), span);
    const int always = random_.Below(count);
    for (int i = 0; i < count; ++i) {
      if (i != always && random_.Chance(35)) spans[static_cast<size_t>(i)] = Within(span);
    }
    return spans;
  }

  DerivedSpan Within(const DerivedSpan& span) {
    const size_t first = span.first + Below(span.last - span.first + 1);
    return {first, first + Below(span.last - first + 1)};
  }
  size_t Below(size_t bound) { return static_cast<size_t>(random_.Below(static_cast<int>(bound))); }

  std::vector<DerivedHeading> Headings(int level, const DerivedSpan& span, int count) {
    std::vector<DerivedHeading> headings;
    for (const DerivedSpan& own : Spans(span, count)) {
      DerivedHeading heading = {.title = names_.Title(), .span = own};
      if (level < 2) {
        heading.below = Headings(level + 1, own, random_.Between(1, level == 0 ? 3 : 4));
      } else {
        // その他 twice, as two headings with two numbers.
        if (!headings.empty() && !headings.back().is_twin && random_.Chance(12)) {
          heading.title = headings.back().title;
          heading.is_twin = headings.back().is_twin = true;
        }
        heading.groups = Groups(own);
      }
      headings.push_back(std::move(heading));
    }
    return headings;
  }

  std::vector<DerivedGroup> Groups(const DerivedSpan& span) {
    std::vector<DerivedGroup> groups;
    std::vector<std::string> names;  // of the KPIs so far under this heading
    for (const DerivedSpan& own : Spans(span, random_.Between(1, 3))) {
      const bool again = !groups.empty() && random_.Chance(15);
      DerivedGroup group = {.action = again ? random_.Pick(groups).action : names_.Action(), .span = own};
      // Two 主な取組 may count the same.
      const std::string shared = !again && !names.empty() && random_.Chance(8) ? random_.Pick(names) : "";
      for (const DerivedSpan& of_kpi : Spans(own, random_.Chance(20) ? random_.Between(2, 3) : 1)) {
        const bool first = group.kpis.empty();
        group.kpis.push_back(Kpi(of_kpi, first || shared.empty() ? shared : "", first));
        names.push_back(group.kpis.back().name);
      }
      if (shared.empty() && random_.Chance(6)) Succeed(group);
      groups.push_back(std::move(group));
    }
    return groups;
  }

  DerivedKpi Kpi(const DerivedSpan& span, const std::string& shared_name, bool first) {
    DerivedKpi kpi;
    kpi.id = next_id_++;
    kpi.name = shared_name.empty() ? names_.KpiName() : shared_name;
    kpi.span = span;
    kpi.continues = !first && random_.Chance(70);
    for (int more = random_.Chance(20) ? 2 : 1; more > 0; --more) {
      const std::string department = names_.Department();
      if (std::find(kpi.departments.begin(), kpi.departments.end(), department) == kpi.departments.end())
        kpi.departments.push_back(department);
    }
    kpi.series = DeriveSeries(random_, plan_.years.size() == 1);
    kpi.series.last_judged = plan_.years.back();
    if (span.first > 0) kpi.series.first_year = plan_.years[span.first];
    kpi.dashes_first = span.first < span.last && random_.Chance(8);
    return kpi;
  }

  // The last KPI of the group is counted anew under its old name.
  void Succeed(DerivedGroup& group) {
    DerivedKpi& before = group.kpis.back();
    if (before.span.first == before.span.last || group.kpis.size() == 1) return;
    DerivedKpi after = Kpi(before.span, before.name, false);
    after.span.first = before.span.first + 1 + Below(before.span.last - before.span.first);
    after.series.first_year = plan_.years[after.span.first];
    after.dashes_first = after.dashes_first && after.span.first < after.span.last;
    before.span.last = after.span.first - 1;
    before.dashes_first = before.dashes_first && before.span.first < before.span.last;
    before.confirmed_id = fmt::format("before-{}", before.id);
    after.confirmed_id = fmt::format("after-{}", after.id);
    group.kpis.push_back(std::move(after));
  }

  RandomSource& random_;
  DerivedNames& names_;
  DerivedPlan plan_;
  int next_id_ = 1;
};

}  // namespace

DerivedPlan DerivePlan(RandomSource& random, DerivedNames& names, size_t sheets) {
  return Planning(random, names).Plan(sheets);
}

}  // namespace seisaku::documents
