#include "tools/policyctl/documents/confirmations.h"

#include <algorithm>

namespace seisaku::documents {

const ConfirmedKpi* Confirmations::Find(const std::string& name,
                                        const std::vector<std::string>& headings) const {
  const auto named = kpis.find(name);
  if (named == kpis.end()) return nullptr;
  const auto of_heading = [&](const std::string& heading) -> const ConfirmedKpi* {
    const auto found =
        std::find_if(named->second.begin(), named->second.end(),
                     [&](const ConfirmedKpi& confirmed) { return confirmed.heading == heading; });
    return found == named->second.end() ? nullptr : &*found;
  };
  for (const std::string& heading : headings) {
    if (const ConfirmedKpi* confirmed = heading.empty() ? nullptr : of_heading(heading)) return confirmed;
  }
  return of_heading("");
}

}  // namespace seisaku::documents
