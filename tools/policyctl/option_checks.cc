#include "tools/policyctl/option_checks.h"

#include <string>

#include "services/base/period.h"
#include "services/base/status.h"
#include "tools/policyctl/arguments.h"

namespace seisaku::policyctl {
namespace {

// Accepts what `parse` takes; else says what would be right.
template <typename Parse>
CLI::Validator Accepts(Parse parse, const std::string& description) {
  return CLI::Validator(
      [parse](std::string& text) {
        const auto parsed = parse(text);
        if (parsed.ok()) return std::string();
        const std::optional<google::rpc::BadRequest> bad = GetBadRequest(parsed.status());
        if (!bad || bad->field_violations().empty()) return std::string(parsed.status().message());
        return "\"" + text + "\": " + bad->field_violations(0).description();
      },
      description);
}

}  // namespace

CLI::Validator IsFiscalYear() { return Accepts(ParseFiscalYear, "YEAR"); }
CLI::Validator IsAsOf() { return Accepts(ParseAsOf, "WHEN"); }
CLI::Validator IsObservedPeriod() { return Accepts(ParseObserved, "PERIOD"); }
CLI::Validator IsJudgement() { return Accepts(ParseJudgement, "JUDGEMENT"); }
CLI::Validator IsCause() { return Accepts(ParseCause, "CAUSE"); }

}  // namespace seisaku::policyctl
