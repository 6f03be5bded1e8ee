#include "tools/policyctl/import/unlikely_values.h"

#include <tuple>

#include "tools/policyctl/display.h"
#include "tools/policyctl/import/values.h"
#include "tools/policyctl/unlikely.h"

namespace seisaku::policyctl::imports {

using progress::v1::Actual;

UnlikelyValues::UnlikelyValues(const SheetInput& input) : input_(input) {
  std::map<std::tuple<std::string, std::string, int>, const Actual*> newest;
  for (const Actual& actual : input.figures.actuals) {
    const Actual*& last = newest[{actual.kpi(), actual.component(), actual.reporting_year()}];
    if (last == nullptr || last->position() < actual.position()) last = &actual;
  }
  for (const auto& [key, actual] : newest) {  // by year
    if (!actual->retracted()) last_[{actual->kpi(), actual->component()}] = actual;
  }
}

bool UnlikelyValues::LeavesOut(Kind kind, const catalog::v1::Kpi& kpi, int year,
                               const std::vector<type::v1::ComponentValue>& values,
                               const documents::SourceCell& cell, ImportDraft& draft) const {
  if (input_.force || values.empty()) return false;
  const int now = input_.this_year;
  if (kind == Kind::kTarget ? IsUnlikelyTargetYear(year, now) : IsUnlikelyYear(year, now)) {
    draft.Note(
        import_code::kUnlikelyYear, cell,
        documents::InBothLanguages(YearText(Language::kJapanese, year), YearText(Language::kEnglish, year)));
    return true;
  }
  for (const type::v1::ComponentValue& value : values) {
    const type::v1::Value* far = FarFrom(kind, kpi, year, value);
    if (far == nullptr) continue;
    draft.Note(import_code::kUnlikelyFigure, cell, TextOf(*far));
    return true;
  }
  return false;
}

const type::v1::Value* UnlikelyValues::FarFrom(Kind kind, const catalog::v1::Kpi& kpi, int year,
                                               const type::v1::ComponentValue& value) const {
  std::vector<const type::v1::Value*> known;
  const auto last = last_.find({kpi.name(), value.component()});
  if (last != last_.end()) known.push_back(&last->second->value());
  for (const catalog::v1::Target& target : kpi.targets()) {
    if (kind == Kind::kTarget && target.reporting_year() == year) continue;
    for (const type::v1::ComponentValue& other : target.values()) {
      if (other.component() == value.component()) known.push_back(&other.value());
    }
  }
  return FindFarFrom(value.value(), known);
}

}  // namespace seisaku::policyctl::imports
