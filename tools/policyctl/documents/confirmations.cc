#include "tools/policyctl/documents/confirmations.h"

#include <algorithm>
#include <iterator>

#include "tools/policyctl/documents/search_key.h"

namespace seisaku::documents {

namespace {

// The entry of a name, or of the only one that a person takes for it; end() for none.
auto FindName(const std::map<std::string, std::vector<ConfirmedKpi>>& kpis, const std::string& name) {
  if (const auto exact = kpis.find(name); exact != kpis.end()) return exact;
  const std::string key = SearchKey(name);
  const auto is_alike = [&key](const auto& entry) { return SearchKey(entry.first) == key; };
  const auto alike = std::find_if(kpis.begin(), kpis.end(), is_alike);
  if (alike == kpis.end() || std::find_if(std::next(alike), kpis.end(), is_alike) != kpis.end())
    return kpis.end();
  return alike;
}

}  // namespace

const ConfirmedKpi* Confirmations::Find(const std::string& name,
                                        const std::vector<std::string>& headings) const {
  const auto named = FindName(kpis, name);
  if (named == kpis.end()) return nullptr;
  const auto of_heading = [&](const std::string& heading) -> const ConfirmedKpi* {
    const auto found =
        std::find_if(named->second.begin(), named->second.end(), [&](const ConfirmedKpi& confirmed) {
          return confirmed.heading == heading ||
                 (!heading.empty() && SearchKey(confirmed.heading) == SearchKey(heading));
        });
    return found == named->second.end() ? nullptr : &*found;
  };
  for (const std::string& heading : headings) {
    if (const ConfirmedKpi* confirmed = heading.empty() ? nullptr : of_heading(heading)) return confirmed;
  }
  return of_heading("");
}

}  // namespace seisaku::documents
