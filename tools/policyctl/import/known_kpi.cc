#include "tools/policyctl/import/known_kpi.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tools/policyctl/display.h"
#include "tools/policyctl/documents/search_key.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

using documents::CellValue;

// The cell that says what the KPI is counted in; null where none has a number.
const CellValue* FirstNumber(const documents::KpiRow& row) {
  for (const CellValue* value : row.Values()) {
    if (value->kind == CellValue::Kind::kNumbers) return value;
  }
  return nullptr;
}

bool HasNumber(const google::protobuf::RepeatedPtrField<type::v1::ComponentValue>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](const auto& value) { return value.value().has_number(); });
}

// Whether the plan knows what the KPI is counted in.
bool HasSeries(const catalog::v1::Kpi& kpi) {
  return !kpi.unit().empty() || !kpi.components().empty() || HasNumber(kpi.baseline()) ||
         std::any_of(kpi.targets().begin(), kpi.targets().end(),
                     [](const catalog::v1::Target& target) { return HasNumber(target.values()); });
}

bool SameInAnyOrder(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

std::vector<std::string> KeysOf(const std::vector<std::string>& names) {
  std::vector<std::string> keys;
  for (const std::string& name : names) keys.push_back(documents::SearchKey(name));
  return keys;
}

std::string NameOf(type::v1::Direction direction) {
  return documents::InBothLanguages(DirectionText(Language::kJapanese, direction),
                                    DirectionText(Language::kEnglish, direction));
}

std::string Changed(type::v1::Direction from, type::v1::Direction to) {
  const auto in = [&](Language language) {
    return fmt::format("{} → {}", DirectionText(language, from), DirectionText(language, to));
  };
  return documents::InBothLanguages(in(Language::kJapanese), in(Language::kEnglish));
}

}  // namespace

std::vector<std::string> DepartmentsOf(const documents::KpiRow& row) {
  std::vector<std::string> titles;
  for (const std::string& title : row.departments) {
    if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
  }
  return titles;
}

KpiUpdate::KpiUpdate(const Sidecar& sidecar, const documents::KpiRow& row, const catalog::v1::Kpi& existing,
                     ImportDraft& draft)
    : sidecar_(sidecar),
      row_(row),
      existing_(existing),
      draft_(draft),
      item_(NamesOf(existing, row.name)),
      kpi_(existing) {}

void KpiUpdate::FollowConfirmed() {
  const documents::DecidedDirection& decided = row_.direction;
  const bool by_sidecar = decided.basis == documents::DirectionBasis::kConfirmed;
  if (by_sidecar || (documents::IsConfirmed(decided.basis) && existing_.direction_unconfirmed())) {
    TakeDirection();
  } else if (documents::IsConfirmed(decided.basis) && ToProto(decided.direction) != existing_.direction()) {
    draft_.Note(import_code::kDirectionKept, row_.name_source, NameOf(existing_.direction()));
  }
  if (by_sidecar) {
    kpi_.clear_tolerance();
    if (row_.confirmed.tolerance) kpi_.mutable_tolerance()->set_value(*row_.confirmed.tolerance);
    if (kpi_.tolerance().value() != existing_.tolerance().value()) Take("tolerance");
  }
  const std::optional<std::string>& name = row_.confirmed.corrected_name;
  if (name && existing_.title() == row_.name && row_.name != *name) {
    kpi_.set_title(*name);
    kpi_.set_provisional_title(false);
    Take("title");
    Take("provisional_title");
    draft_.Note(import_code::kConfirmedChange, row_.name_source, kpi_.title());
  }
  follows_ = !fields_.empty();
}

// An update of the direction alone confirms it.
void KpiUpdate::TakeDirection() {
  kpi_.set_direction(ToProto(row_.direction.direction));
  kpi_.set_direction_unconfirmed(false);
  if (kpi_.direction() != existing_.direction()) {
    Take("direction");
    draft_.Note(import_code::kConfirmedChange, row_.name_source,
                Changed(existing_.direction(), kpi_.direction()));
  } else if (existing_.direction_unconfirmed()) {
    Take("direction");
    draft_.Note(import_code::kDirectionConfirmed, row_.name_source, NameOf(kpi_.direction()));
  }
}

void KpiUpdate::StartFrom(int first_year) {
  if (existing_.first_year() <= first_year) return;  // 0 is always
  kpi_.set_first_year(first_year);
  Take("first_year");
  draft_.Note(import_code::kStartsEarlier, row_.name_source,
              fmt::format("{} → {}", existing_.first_year(), first_year));
}

void KpiUpdate::CompareSeries(bool has_figures) {
  if (!has_figures && !HasSeries(existing_)) return TakeSeries();
  const CellValue* number = FirstNumber(row_);
  if (number == nullptr || kpi_.direction() == type::v1::DIRECTION_QUALITATIVE) return;
  if (row_.unit != kpi_.unit() && draft_.MayOverwrite(number->source, kpi_.unit(), item_)) {
    kpi_.set_unit(row_.unit);
    Take("unit");
    overwrites_ = true;
  }
  const std::vector<std::string> components(kpi_.components().begin(), kpi_.components().end());
  const std::string existing = components.empty() ? "-" : fmt::format("{}", fmt::join(components, "、"));
  if (SameInAnyOrder(row_.components, components)) return;
  if (!draft_.MayOverwrite(number->source, existing, item_)) return;
  SetComponents();
  overwrites_ = true;
}

// Earlier sheets printed no value: what they said of the KPI's unit was a guess, and so is a direction that
// nobody has confirmed, before and after.
void KpiUpdate::TakeSeries() {
  const bool proposed = existing_.direction() == type::v1::DIRECTION_INCREASE ||
                        existing_.direction() == type::v1::DIRECTION_DECREASE;
  const bool unconfirmed = kpi_.direction_unconfirmed();
  if (unconfirmed && row_.direction.basis == documents::DirectionBasis::kTextTarget && proposed) {
    kpi_.set_direction(type::v1::DIRECTION_QUALITATIVE);
    Take("direction");
    Take("direction_unconfirmed");
    draft_.Note(import_code::kSeriesTaken, row_.Judged().target->source, NameOf(kpi_.direction()));
  }
  const CellValue* number = FirstNumber(row_);
  if (number == nullptr || kpi_.direction() == type::v1::DIRECTION_QUALITATIVE) return;
  if (row_.unit == kpi_.unit() && row_.components.empty()) return;
  kpi_.set_unit(row_.unit);
  Take("unit");
  if (!row_.components.empty()) SetComponents();
  draft_.Note(import_code::kSeriesTaken, number->source,
              fmt::format("{} {}", fmt::join(row_.components, "、"), row_.unit));
}

void KpiUpdate::SetComponents() {
  kpi_.clear_components();
  for (const std::string& component : row_.components) kpi_.add_components(component);
  Take("components");
}

bool KpiUpdate::DepartmentsAreReplaced(const std::vector<std::string>& existing) {
  const std::vector<std::string> printed = DepartmentsOf(row_);
  if (printed.empty() || SameInAnyOrder(printed, existing)) return false;
  if (existing.empty()) return true;
  const std::string titles = fmt::format("{}", fmt::join(existing, "、"));
  if (SameInAnyOrder(KeysOf(printed), KeysOf(existing))) {
    draft_.NoteSpelling(row_.department_source, titles);
    return false;
  }
  if (!draft_.MayOverwrite(row_.department_source, titles, item_)) return false;
  overwrites_ = true;
  return true;
}

void KpiUpdate::SetDepartments(const std::vector<std::string>& names) {
  kpi_.clear_departments();
  for (const std::string& name : names) kpi_.add_departments(name);
  Take("departments");
}

bool KpiUpdate::NodeIsReplaced(const std::string& node, const documents::SourceCell& place) {
  if (node == existing_.node() || !draft_.MayOverwrite(place, existing_.node(), item_)) return false;
  overwrites_ = true;
  return true;
}

void KpiUpdate::SetNode(const std::string& node) {
  kpi_.set_node(node);
  Take("node");
}

catalog::v1::Kpi KpiUpdate::Finish() && {
  if (fields_.empty()) return kpi_;
  draft_.CheckLength(row_.name_source, kpi_.title(), kMaxTitleBytes);
  catalog::v1::Change& change = draft_.AddCatalog(row_.name_source);
  if (overwrites_ || follows_) change.set_reason(overwrites_ ? draft_.overwrite_reason() : sidecar_.file);
  catalog::v1::UpdateKpi& update = *change.mutable_update_kpi();
  *update.mutable_kpi() = kpi_;
  update.mutable_kpi()->clear_targets();
  for (const std::string& field : fields_) update.mutable_update_mask()->add_paths(field);
  return kpi_;
}

}  // namespace seisaku::policyctl::imports
