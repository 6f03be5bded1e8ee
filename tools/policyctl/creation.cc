#include "tools/policyctl/creation.h"

#include <optional>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"

namespace seisaku::policyctl {
namespace {

constexpr std::string_view kKpis = "/kpis/";

// Answers whether something is there as of a size of catalog's log, or a time; nullopt where nobody can say.
class Presence {
 public:
  Presence(Client& client, std::string resource) : client_(client), resource_(std::move(resource)) {}

  // The newest size, where it is there now.
  std::optional<uint64_t> Newest() const {
    uint64_t position = 0;
    const std::optional<bool> is_there = At({}, &position);
    return is_there.value_or(false) ? std::optional(position) : std::nullopt;
  }
  std::optional<bool> AtSize(uint64_t size) const {
    type::v1::AsOf as_of;
    as_of.set_size(size);
    return At(as_of);
  }
  std::optional<bool> AtEndOf(absl::CivilDay day) const {
    type::v1::AsOf as_of;
    const absl::Time end = absl::FromCivil(absl::CivilDay(day + 1), TokyoTime()) - absl::Microseconds(1);
    SetMicros(absl::ToUnixMicros(end), *as_of.mutable_time());
    return At(as_of);
  }

 private:
  template <typename Method, typename Request>
  std::optional<bool> Ask(Method method, Request request, const type::v1::AsOf& as_of,
                          uint64_t* position) const {
    request.set_name(resource_);
    if (as_of.at_case() != type::v1::AsOf::AT_NOT_SET) *request.mutable_as_of() = as_of;
    const auto response = client_.Call(method, std::move(request));
    if (absl::IsNotFound(response.status())) return false;
    if (!response.ok()) return std::nullopt;
    if (position != nullptr) *position = response->position();
    return true;
  }

  std::optional<bool> At(const type::v1::AsOf& as_of, uint64_t* position = nullptr) const {
    if (resource_.find(kKpis) == std::string::npos) {
      return Ask(&Catalog::GetPlan, catalog::v1::GetPlanRequest(), as_of, position);
    }
    return Ask(&Catalog::GetKpi, catalog::v1::GetKpiRequest(), as_of, position);
  }

  Client& client_;
  const std::string resource_;
};

// The first number above `absent`, up to `present`, at which it is there.
template <typename IsThere>
std::optional<int64_t> FirstPresent(int64_t absent, int64_t present, IsThere is_there) {
  while (present - absent > 1) {
    const int64_t middle = absent + (present - absent) / 2;
    const std::optional<bool> there = is_there(middle);
    if (!there) return std::nullopt;
    (*there ? present : absent) = middle;
  }
  return present;
}

// The plan, or the KPI, that the name begins with; what else lies in a plan is created with it or later,
// which is not looked up.
std::string PlanOrKpi(const std::string& resource) {
  constexpr std::string_view kPlans = "plans/";
  if (!resource.starts_with(kPlans)) return "";
  const size_t end_of_plan = resource.find('/', kPlans.size());
  if (end_of_plan == std::string::npos) return resource;
  if (resource.compare(end_of_plan, kKpis.size(), kKpis) != 0) return "";
  return resource.substr(0, resource.find("/evaluations/"));
}

}  // namespace

absl::Status WithCreation(Client& client, const absl::Status& error, std::string_view as_of) {
  if (ReasonOf(error) != "RESOURCE_NOT_FOUND" || as_of.empty()) return error;
  const auto info = GetErrorInfo(error);
  const auto found = info->metadata().find("resource");
  const std::string resource = found == info->metadata().end() ? "" : PlanOrKpi(found->second);
  if (resource.empty()) return error;
  const Presence presence(client, resource);
  const std::optional<uint64_t> newest = presence.Newest();
  if (!newest) return error;
  const auto position =
      FirstPresent(0, static_cast<int64_t>(*newest), [&](int64_t size) { return presence.AtSize(size); });
  // Nothing of this kind is older than the era of the program's first log.
  const absl::CivilDay first(2020, 1, 1);
  const auto day = FirstPresent(-1, absl::ToCivilDay(absl::Now(), TokyoTime()) - first,
                                [&](int64_t days) { return presence.AtEndOf(first + days); });
  if (!position || !day) return error;
  return MakeError(absl::StatusCode::kNotFound, "NOT_YET_THERE",
                   fmt::format("{} did not exist yet at {}", resource, as_of),
                   {{"resource", resource},
                    {"as_of", std::string(as_of)},
                    {"created", absl::FormatCivilTime(absl::CivilDay(first + *day))},
                    {"position", fmt::to_string(*position)}});
}

}  // namespace seisaku::policyctl
