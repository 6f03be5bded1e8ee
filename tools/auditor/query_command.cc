#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/view.h"
#include "tools/auditor/archive_options.h"
#include "tools/auditor/changes/changes.h"
#include "tools/auditor/changes/show.h"
#include "tools/auditor/changes/withdrawals.h"
#include "tools/auditor/commands.h"
#include "tools/policyctl/arguments.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::auditor {
namespace {

using policyctl::Session;
using policyctl::Text;

constexpr Text kHelp = {"Find changes by actor, department, KPI, kind and time",
                        "変更を、行った人・所属・指標・種類・時期で探す"};
constexpr Text kActorOption = {"Part of the actor's id (seisaku://city/role/…)",
                               "行った人の ID の一部（seisaku://市/役割/…）"};
constexpr Text kDepartmentOption = {"Made by this department, or about one of its KPIs",
                                    "この所属が行ったもの、またはその所属の指標に関するもの"};
constexpr Text kKpiOption = {"About this KPI: its id, full name or exact title",
                             "この指標に関するもの（ID・正式名・名称）"};
constexpr Text kTypeOption = {"Kind of event, such as actual_corrected",
                              "変更の種類（例 実績値の訂正、actual_corrected）"};
constexpr Text kFromOption = {"After this: a date, a time or a size of progress's log",
                              "この時点より後：日付、時刻、または progress のログの件数"};
constexpr Text kToOption = {"Up to this, in the same forms", "この時点まで（同じ書き方）"};

constexpr std::string_view kWithdrawal = "text_redacted";

struct Options {
  ArchiveOptions archive;
  std::string actor, department, kpi, type, from, to;
};

bool IsBelow(std::string_view resource, std::string_view kpi) {
  return resource.starts_with(kpi) && (resource.size() == kpi.size() || resource[kpi.size()] == '/');
}

// What --type may be: in either language, the reader's first.
std::vector<std::string> Types(policyctl::Language language) {
  std::vector<std::string> names = EventTypes(), words;
  for (const std::string& name : names) words.push_back(InWords(policyctl::Language::kJapanese, name));
  if (language == policyctl::Language::kJapanese) names.swap(words);
  names.insert(names.end(), words.begin(), words.end());
  return names;
}

// What is asked for, looked up in catalog's newest state.
class Wanted {
 public:
  static absl::StatusOr<Wanted> Of(ArchivedCity& city, const Options& options) {
    Wanted wanted(options);
    ASSIGN_OR_RETURN(const ledger::Snapshot snapshot, city.catalog().Read({}));
    const catalog::View view(city.catalog_state().state(), snapshot.size());
    if (!options.department.empty()) RETURN_IF_ERROR(wanted.FindDepartment(view));
    if (!options.kpi.empty()) RETURN_IF_ERROR(wanted.FindKpis(view));
    return wanted;
  }

  bool Has(const ChangeSet& set, const Change& change) const {
    if (!absl::StrContains(set.actor, options_.actor)) return false;
    if (!options_.type.empty() && !IsOfType(change)) return false;
    if (!options_.kpi.empty() && !IsAbout(change, kpis_)) return false;
    return options_.department.empty() || IsAbout(change, of_department_) ||
           absl::StrContains(set.actor, "/reporter/" + department_ + "/");
  }

  // Whether texts that were withdrawn are asked for, and nothing else.
  bool IsOfWithdrawals() const {
    return options_.type == kWithdrawal ||
           options_.type == InWords(policyctl::Language::kJapanese, kWithdrawal);
  }

 private:
  explicit Wanted(const Options& options) : options_(options) {}

  bool IsOfType(const Change& change) const {
    return change.event == options_.type ||
           InWords(policyctl::Language::kJapanese, change.event) == options_.type;
  }

  static bool IsAbout(const Change& change, const std::vector<std::string>& kpis) {
    return std::any_of(kpis.begin(), kpis.end(),
                       [&](const std::string& kpi) { return IsBelow(change.resource, kpi); });
  }

  absl::Status FindDepartment(const catalog::View& view) {
    const std::string id = policyctl::IdOf(options_.department);
    const auto by_title = view.DepartmentsByTitle(options_.department);
    if (view.FindDepartment(id)) {
      department_ = id;
    } else if (!by_title.empty()) {
      department_ = by_title.front().id();
    } else {
      return errors::NotFound(options_.department);
    }
    ForEachKpi(view, [&](const catalog::KpiAt& kpi, const std::string& name) {
      const auto& departments = kpi.record->departments;
      if (std::count(departments.begin(), departments.end(), department_) > 0) of_department_.push_back(name);
    });
    return absl::OkStatus();
  }

  absl::Status FindKpis(const catalog::View& view) {
    ForEachKpi(view, [&](const catalog::KpiAt& kpi, const std::string& name) {
      if (options_.kpi == name || options_.kpi == kpi.id() || options_.kpi == kpi.record->title) {
        kpis_.push_back(name);
      }
    });
    return kpis_.empty() ? errors::NotFound(options_.kpi) : absl::OkStatus();
  }

  template <typename Each>
  static void ForEachKpi(const catalog::View& view, Each each) {
    for (const catalog::PlanAt& plan : view.Plans()) {
      for (const catalog::KpiAt& kpi : view.Kpis(plan)) each(kpi, catalog::KpiName(kpi.plan(), kpi.id()));
    }
  }

  const Options& options_;
  std::string department_;
  std::vector<std::string> of_department_;
  std::vector<std::string> kpis_;
};

absl::Status Run(Session& session, const Options& options) {
  RETURN_IF_ERROR(CheckOrder(options.from, options.to));
  ASSIGN_OR_RETURN(const auto from, policyctl::ParseAsOf(options.from));
  ASSIGN_OR_RETURN(const auto city, OpenArchive(session, options.archive, options.to));
  ASSIGN_OR_RETURN(const Wanted wanted, Wanted::Of(*city, options));
  ASSIGN_OR_RETURN(std::vector<ChangeSet> sets, ChangesSince(*city, from.value_or(type::v1::AsOf())));
  for (ChangeSet& set : sets) {
    std::erase_if(set.changes, [&](const Change& change) { return !wanted.Has(set, change); });
  }
  std::erase_if(sets, [](const ChangeSet& set) { return set.changes.empty(); });
  return wanted.IsOfWithdrawals() ? ShowWithdrawals(session, sets) : ShowChanges(session, sets);
}

}  // namespace

void AddQueryCommand(policyctl::CommandLine& line) {
  auto options = std::make_shared<Options>();
  CLI::App& query = line.Add(line.root(),
                             {.name = "query",
                              .help = kHelp,
                              .example = "auditor query BUNDLE --kpi 健康寿命 --from R5.4.1\n"
                                         "auditor query BUNDLE --type actual_corrected -o csv\n"
                                         "auditor query BUNDLE --type text_redacted"},
                             [options](Session& session) { return Run(session, *options); });
  AddArchiveOptions(line, query, options->archive);
  const auto add = [&](const char* name, std::string& value, const Text& help, const char* type) {
    return query.add_option(name, value, line.In(help))->type_name(type);
  };
  add("--actor", options->actor, kActorOption, "TEXT");
  add("--department", options->department, kDepartmentOption, "DEPARTMENT");
  add("--kpi", options->kpi, kKpiOption, "KPI");
  add("--type", options->type, kTypeOption, "TYPE")
      ->check(policyctl::IsOneOf(Types(line.language())).description(""));
  add("--from", options->from, kFromOption, "WHEN")->check(policyctl::IsAsOf());
  add("--to", options->to, kToOption, "WHEN")->check(policyctl::IsAsOf());
}

}  // namespace seisaku::auditor
