#include "tools/policyctl/commands/kpi_confirm.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "services/base/decimal.h"
#include "services/base/errors.h"
#include "services/base/expected.h"
#include "services/base/status.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/naming.h"
#include "tools/policyctl/option_checks.h"

namespace seisaku::policyctl {
namespace {

constexpr Text kLaterTarget = {"Later target", "後の目標値"};
constexpr Text kNoneUnconfirmed = {"no direction is unconfirmed", "方向が未確認の指標はありません"};
constexpr Text kAllConfirmedBefore = {"their directions are confirmed already: unchanged",
                                      "指定された指標の方向は確認済みです（変更なし）"};
constexpr Text kWhyNotJudged = {
    "Nobody has confirmed the directions of these {} KPIs; they were proposed only. Until then none is "
    "judged.",
    "次の指標 {}件の望ましい方向は提案されただけで、誰も確認していません。確認するまで評価しません。"};
constexpr Text kHowAll = {"To confirm all of them as shown:", "示された方向のまま、すべて確認するには:"};
constexpr Text kHowOne = {"To confirm one, with another direction where it is wrong:",
                          "一つずつ、違っていれば方向を直して確認するには:"};
constexpr Text kConfirmed = {"{} directions confirmed; position {}",
                             "{}件の方向を確認しました（ログ位置 {}）"};
constexpr Text kWouldConfirm = {"{} directions would be confirmed; nothing was recorded",
                                "{}件の方向を確認できます（記録はしていません）"};

const std::map<std::string, type::v1::Direction> kDirections = {
    {"increase", type::v1::DIRECTION_INCREASE},
    {"decrease", type::v1::DIRECTION_DECREASE},
    {"keep_within", type::v1::DIRECTION_KEEP_WITHIN},
    {"qualitative", type::v1::DIRECTION_QUALITATIVE}};

struct ConfirmOptions {
  std::vector<std::string> kpis;
  std::string plan;
  bool all = false;
  Confirmation confirmation;
  std::string request_id;
  bool validate_only = false;
};

// "男性 78.46歳、女性 80.66歳（令和4年度）".
std::string TargetText(Language language, const catalog::v1::Target& target) {
  std::string values;
  for (const type::v1::ComponentValue& value : target.values()) {
    values += values.empty() ? "" : language == Language::kJapanese ? "、" : ", ";
    values += (value.component().empty() ? "" : value.component() + " ") + ValueText(value.value());
  }
  return Say(language, text::kCandidate, values, YearText(language, target.reporting_year()));
}

std::vector<catalog::v1::Kpi> Unconfirmed(const catalog::v1::ListKpisResponse& all) {
  std::vector<catalog::v1::Kpi> kpis;
  std::copy_if(all.kpis().begin(), all.kpis().end(), std::back_inserter(kpis),
               [](const catalog::v1::Kpi& kpi) { return kpi.direction_unconfirmed(); });
  return kpis;
}

// The KPI of that name, which ends in its id or its exact title.
absl::StatusOr<catalog::v1::Kpi> FindIn(const catalog::v1::ListKpisResponse& all, const std::string& name) {
  const std::string title = name.substr(name.find("/kpis/") + std::string_view("/kpis/").size());
  const catalog::v1::Kpi* found = nullptr;
  std::string resources;
  for (const catalog::v1::Kpi& kpi : all.kpis()) {
    if (kpi.name() == name) return kpi;
    if (kpi.title() != title) continue;
    resources += (resources.empty() ? "" : ", ") + kpi.name();
    if (std::exchange(found, &kpi) == nullptr) continue;
    return MakeError(absl::StatusCode::kFailedPrecondition, "TITLE_NOT_UNIQUE",
                     "several KPIs have this title", {{"title", title}, {"resources", resources}});
  }
  if (found == nullptr) return errors::NotFound(name);
  return *found;
}

absl::StatusOr<std::vector<catalog::v1::Kpi>> Chosen(Session& session, const ConfirmOptions& options,
                                                     const catalog::v1::ListKpisResponse& all) {
  if (options.all) return Unconfirmed(all);
  std::vector<catalog::v1::Kpi> chosen;
  for (const std::string& kpi : options.kpis) {
    ASSIGN_OR_RETURN(const std::string name, KpiForReading(session, kpi, options.plan, {}, "catalog"));
    ASSIGN_OR_RETURN(const catalog::v1::Kpi found, FindIn(all, name));
    const bool is_named_twice =
        std::any_of(chosen.begin(), chosen.end(),
                    [&found](const catalog::v1::Kpi& one) { return one.name() == found.name(); });
    if (!is_named_twice) chosen.push_back(found);
  }
  return chosen;
}

// The KPIs that are changed, as they are afterwards.
std::vector<catalog::v1::Kpi> Changed(std::vector<catalog::v1::Kpi> kpis,
                                      const std::vector<catalog::v1::Change>& changes) {
  std::erase_if(kpis, [&](const catalog::v1::Kpi& kpi) {
    return std::none_of(changes.begin(), changes.end(), [&](const catalog::v1::Change& change) {
      return change.update_kpi().kpi().name() == kpi.name();
    });
  });
  for (catalog::v1::Kpi& kpi : kpis) {
    kpi.clear_direction_unconfirmed();
    const auto change = std::find_if(changes.begin(), changes.end(), [&](const catalog::v1::Change& one) {
      return one.update_kpi().kpi().name() == kpi.name();
    });
    if (change->update_kpi().kpi().direction() != type::v1::DIRECTION_UNSPECIFIED) {
      kpi.set_direction(change->update_kpi().kpi().direction());
    }
  }
  return kpis;
}

std::string HowToConfirm(const Session& session, const std::string& plan, const catalog::v1::Kpi& first,
                         const TableLayout& layout) {
  std::string text = "\n";
  text += WrapLine(session.In(kHowAll), layout) +
          WrapLine(fmt::format("  {} --all", ConfirmCommand(plan)), layout);
  text += WrapLine(session.In(kHowOne), layout);
  return text + WrapLine(fmt::format("  {} --direction decrease", ConfirmCommand(first.name())), layout);
}

// The table of what is unconfirmed, and how to confirm it.
absl::Status ShowUnconfirmed(Session& session, const std::string& plan,
                             const catalog::v1::ListKpisResponse& all) {
  const std::vector<catalog::v1::Kpi> kpis = Unconfirmed(all);
  catalog::v1::ListKpisResponse response;
  for (const catalog::v1::Kpi& kpi : kpis) *response.add_kpis() = kpi;
  response.set_position(all.position());
  const Table table = ConfirmTable(session.language(), kpis);
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        if (kpis.empty()) return std::string(session.In(kNoneUnconfirmed)) + "\n";
        return WrapLine(session.Say(kWhyNotJudged, kpis.size()), layout) + "\n" +
               RenderFitting(session.language(), table, layout) +
               HowToConfirm(session, plan, kpis.front(), layout);
      },
      [&table] { return table.Records(); });
}

absl::Status Send(Session& session, const ConfirmOptions& options,
                  const std::vector<catalog::v1::Kpi>& kpis) {
  const std::vector<catalog::v1::Change> changes = ConfirmingChanges(kpis, options.confirmation);
  catalog::v1::ApplyCatalogResponse response;
  if (!changes.empty()) {
    catalog::v1::ApplyCatalogRequest request;
    for (const catalog::v1::Change& change : changes) *request.add_changes() = change;
    request.set_request_id(options.request_id);
    request.set_validate_only(options.validate_only);
    ASSIGN_OR_RETURN(Client * client, session.Connect());
    ASSIGN_OR_RETURN(response, client->Call(&Catalog::ApplyCatalog, std::move(request)));
  }
  const Table table = ConfirmTable(session.language(), Changed(kpis, changes));
  return session.output().Print(
      response,
      [&](const TableLayout& layout) {
        if (changes.empty())
          return std::string(session.In(options.all ? kNoneUnconfirmed : kAllConfirmedBefore)) + "\n";
        const std::string outcome =
            options.validate_only ? session.Say(kWouldConfirm, changes.size())
                                  : session.Say(kConfirmed, changes.size(), response.receipt().position());
        return RenderFitting(session.language(), table, layout) + "\n" + WrapLine(outcome, layout);
      },
      [&table] { return table.Records(); });
}

absl::Status Confirm(Session& session, const ConfirmOptions& options) {
  RETURN_IF_ERROR(CheckTolerance(options.confirmation));
  catalog::v1::ListKpisRequest request;
  ASSIGN_OR_RETURN(*request.mutable_parent(), ChoosePlan(session, options.plan, {}, "catalog"));
  const std::string plan = request.parent();
  ASSIGN_OR_RETURN(Client * client, session.Connect());
  ASSIGN_OR_RETURN(const catalog::v1::ListKpisResponse all,
                   client->CallForAllPages(&Catalog::ListKpis, std::move(request)));
  if (!options.all && options.kpis.empty()) return ShowUnconfirmed(session, plan, all);
  ASSIGN_OR_RETURN(const std::vector<catalog::v1::Kpi> chosen, Chosen(session, options, all));
  return Send(session, options, chosen);
}

}  // namespace

absl::Status CheckTolerance(const Confirmation& confirmation) {
  const std::string& tolerance = confirmation.tolerance;
  if (tolerance.empty()) {
    if (confirmation.direction != type::v1::DIRECTION_KEEP_WITHIN) return absl::OkStatus();
    return MakeError(absl::StatusCode::kInvalidArgument, "OPTION_MISSING", "a range needs its tolerance",
                     {{"field", "--tolerance"}});
  }
  if (Decimal::Parse(tolerance).ok()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, "OPTION_VALUE_INVALID", "the tolerance is no number",
                   {{"field", "--tolerance"},
                    {"expected", std::string(expected::DECIMAL.code)},
                    {"digits", "18"},
                    {"scale", "6"},
                    {"value", tolerance}});
}

std::vector<catalog::v1::Change> ConfirmingChanges(const std::vector<catalog::v1::Kpi>& kpis,
                                                   const Confirmation& confirmation) {
  std::vector<catalog::v1::Change> changes;
  for (const catalog::v1::Kpi& kpi : kpis) {
    const bool as_it_is = confirmation.direction == type::v1::DIRECTION_UNSPECIFIED;
    if (as_it_is && !kpi.direction_unconfirmed()) continue;
    catalog::v1::Change& change = changes.emplace_back();
    change.set_reason(confirmation.reason);
    catalog::v1::UpdateKpi& update = *change.mutable_update_kpi();
    update.mutable_kpi()->set_name(kpi.name());
    update.mutable_kpi()->set_etag(kpi.etag());
    update.mutable_update_mask()->add_paths(as_it_is ? "direction_unconfirmed" : "direction");
    if (as_it_is) continue;
    update.mutable_kpi()->set_direction(confirmation.direction);
    // Only what is kept within a range has a tolerance.
    if (!confirmation.tolerance.empty()) {
      update.mutable_kpi()->mutable_tolerance()->set_value(confirmation.tolerance);
    }
    if (!confirmation.tolerance.empty() || kpi.has_tolerance())
      update.mutable_update_mask()->add_paths("tolerance");
  }
  return changes;
}

Table ConfirmTable(Language language, const std::vector<catalog::v1::Kpi>& kpis) {
  const auto title = [language](const Text& text) { return std::string(In(language, text)); };
  using Align = Column::Align;
  // Whoever decides looks at where the targets go; of a long figure its beginning is enough.
  constexpr int kFigureWidth = 10;
  Table table({{title(text::kId), Align::kLeft, false, 1},
               {title(text::kKpi), Align::kLeft, true, 0, kFigureWidth},
               {title(text::kDirection)},
               {title(text::kTarget), Align::kLeft, true, 0, kFigureWidth},
               {title(kLaterTarget), Align::kLeft, true, 2, kFigureWidth}});
  for (const catalog::v1::Kpi& kpi : kpis) {
    const auto& targets = kpi.targets();
    table.AddRow({IdOf(kpi.name()), kpi.title(), DirectionText(language, kpi.direction()),
                  targets.empty() ? "" : TargetText(language, targets[0]),
                  targets.size() < 2 ? "" : TargetText(language, targets[targets.size() - 1])});
  }
  return table;
}

void AddKpiConfirm(CommandLine& line, CLI::App& kpi) {
  auto options = std::make_shared<ConfirmOptions>();
  CLI::App& confirm = line.Add(kpi,
                               {.name = "confirm",
                                .help = text::kKpiConfirmHelp,
                                .example = "policyctl kpi confirm --plan strategy\n"
                                           "policyctl kpi confirm --plan strategy --all --validate-only\n"
                                           "policyctl kpi confirm 交通事故発生件数 --plan strategy "
                                           "--direction decrease --reason '少ないほどよい'"},
                               [options](Session& session) { return Confirm(session, *options); });
  CLI::Option* kpis = confirm.add_option("KPI", options->kpis, line.In(text::kConfirmKpisArgument));
  confirm.add_option("--plan", options->plan, line.In(text::kPlanOption))->type_name("PLAN");
  CLI::Option* all =
      confirm.add_flag("--all", options->all, line.In(text::kConfirmAllOption))->excludes(kpis);
  Confirmation& confirmation = options->confirmation;
  CLI::Option* direction =
      confirm.add_option("--direction", confirmation.direction, line.In(text::kConfirmDirectionOption))
          ->transform(IsChoice(kDirections))
          ->excludes(all)
          ->needs(kpis);
  confirm.add_option("--tolerance", confirmation.tolerance, line.In(text::kConfirmToleranceOption))
      ->type_name("NUMBER")
      ->needs(direction);
  confirm.add_option("--reason", confirmation.reason, line.In(text::kReasonOption));
  confirm.add_option("--request-id", options->request_id, line.In(text::kRequestIdOption))->type_name("UUID");
  confirm.add_flag("--validate-only", options->validate_only, line.In(text::kValidateOnlyOption));
}

}  // namespace seisaku::policyctl
