#include "tools/policyctl/failure.h"

#include <algorithm>

#include "absl/types/span.h"
#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

constexpr Advice kAdvice[] = {
#define SEISAKU_ADVICE(reason, what_en, what_ja, next_en, next_ja) \
  {#reason, {what_en, what_ja}, {next_en, next_ja}},
#include "tools/policyctl/advice.inc"
#undef SEISAKU_ADVICE
};

// The reason, or, for what gRPC or the system says itself, the code's name: UNAVAILABLE.
std::string ReasonOrCode(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

const Advice* Find(const std::string& reason) {
  const auto* found = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                   [&](const Advice& a) { return a.reason == reason; });
  return found == std::end(kAdvice) ? nullptr : found;
}

std::string Details(const absl::Status& status) {
  const std::optional<google::rpc::ErrorInfo> info = GetErrorInfo(status);
  if (!info) return "";
  std::vector<std::string> pairs;
  for (const auto& [key, value] : info->metadata()) pairs.push_back(fmt::format("{}={}", key, value));
  std::sort(pairs.begin(), pairs.end());
  std::string details;
  for (const std::string& pair : pairs) details += "  " + pair;
  return details;
}

}  // namespace

absl::Span<const Advice> AllAdvice() { return kAdvice; }

std::string DescribeFailure(Language language, std::string_view command, const absl::Status& status) {
  const std::string reason = ReasonOrCode(status);
  const Advice* advice = Find(reason);
  std::string text = fmt::format(
      "policyctl {}: {}\n", command,
      advice == nullptr ? std::string(status.message()) : std::string(In(language, advice->what)));
  if (advice != nullptr && !status.message().empty())
    text += fmt::format("  {}\n", std::string(status.message()));
  if (const std::optional<google::rpc::BadRequest> bad = GetBadRequest(status)) {
    for (const auto& violation : bad->field_violations())
      text += Say(language, text::kFieldLine, violation.field(), violation.description()) + '\n';
  }
  text += Say(language, text::kReasonLine, reason, Details(status)) + '\n';
  if (advice != nullptr) text += Say(language, text::kNextLine, In(language, advice->next)) + '\n';
  return text;
}

}  // namespace seisaku::policyctl
