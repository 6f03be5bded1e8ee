#include "tools/policyctl/field_options.h"

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "tools/policyctl/contract_words.h"

namespace seisaku::policyctl {
namespace {

struct FieldOption {
  std::string_view field;
  std::string_view option;
};

// The first that the field is, or lies below.
constexpr FieldOption kOptions[] = {
    {"actual.value.observed_period", "--observed"},
    {"actual.value", "--value"},
    {"actual.component", "--component"},
    {"component", "--component"},
    {"actual.qualitative_met", "--met"},
    {"actual.reporting_year", "--fiscal-year"},
    {"narrative.reporting_year", "--fiscal-year"},
    {"assessment.reporting_year", "--fiscal-year"},
    {"reporting_year", "--fiscal-year"},
    {"actual.kpi", "KPI"},
    {"narrative.kpi", "KPI"},
    {"assessment.kpi", "KPI"},
    {"kpi", "KPI"},
    {"narrative.kind", "--kind"},
    {"narrative.text", "--text / --text-file"},
    {"assessment.judgement", "--judgement"},
    {"assessment.causes", "--cause"},
    {"assessment.difference_reason", "--difference-reason"},
    {"changes[0].create_plan.name", "ID"},  // of plan create
    {"changes[0].create_plan", "--file"},
    {"level", "--level"},
    {"reason", "--reason"},
    {"etag", "--etag"},
    {"request_id", "--request-id"},
};

bool LiesIn(std::string_view field, std::string_view whole) {
  if (!field.starts_with(whole)) return false;
  return field.size() == whole.size() || field[whole.size()] == '.' || field[whole.size()] == '[';
}

// What a correction or a retraction holds has the same options as a figure.
std::string_view WithoutWhole(std::string_view field) {
  for (const std::string_view whole : {"correction.", "retraction."}) {
    if (field.starts_with(whole)) return field.substr(whole.size());
  }
  return field;
}

}  // namespace

std::string WithOption(Language language, std::string_view field) {
  const std::string_view part = WithoutWhole(field);
  for (const FieldOption& known : kOptions) {
    if (!LiesIn(part, known.field)) continue;
    if (known.option == "--" + absl::StrReplaceAll(std::string(part), {{"_", "-"}}))
      return std::string(known.option);
    if (language != Language::kJapanese) return fmt::format("{} ({})", known.option, field);
    // Whether it is of a correction the command says.
    return fmt::format("{}（{}）", known.option, FieldInWords(language, part));
  }
  return FieldInWords(language, field);
}

}  // namespace seisaku::policyctl
