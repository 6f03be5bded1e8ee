#include "tools/policyctl/import/differences.h"

#include "fmt/format.h"
#include "tools/policyctl/contract_words.h"
#include "tools/policyctl/import/values.h"

namespace seisaku::policyctl::imports {
namespace {

// The name of the change's set field.
template <typename Change>
std::string ActionOf(const Change& change) {
  const auto* oneof = Change::descriptor()->FindOneofByName("change");
  const auto* field = Change::GetReflection()->GetOneofFieldDescriptor(change, oneof);
  return field == nullptr ? "" : field->name();
}

std::string Fields(Language language, const google::protobuf::FieldMask& mask) {
  std::vector<std::string> fields;
  for (const std::string& path : mask.paths()) fields.push_back(FieldInWords(language, path));
  return fmt::format("{}", fmt::join(fields, language == Language::kJapanese ? "、" : ", "));
}

Difference Describe(Language language, const catalog::v1::Change& change) {
  using Change = catalog::v1::Change;
  const std::string action = ActionOf(change);
  switch (change.change_case()) {
    case Change::kCreateNode: {
      const catalog::v1::Node& node = change.create_node();
      return {node.name(), action,
              node.number().empty() ? node.title() : fmt::format("{} {}", node.number(), node.title())};
    }
    case Change::kUpdateNode:
      return {change.update_node().node().name(), action,
              fmt::format("{}: {}", Fields(language, change.update_node().update_mask()),
                          change.update_node().node().title())};
    case Change::kCreateKpi:
      return {change.create_kpi().name(), action, change.create_kpi().title()};
    case Change::kUpdateKpi:
      return {change.update_kpi().kpi().name(), action, Fields(language, change.update_kpi().update_mask())};
    case Change::kSetTarget:
      return {change.set_target().kpi(), action,
              fmt::format("{}: {}", change.set_target().target().reporting_year(),
                          TextOf(change.set_target().target().values()))};
    case Change::kRetireNode:
      return {change.retire_node().name(), action, fmt::to_string(change.retire_node().from_year())};
    case Change::kRetireKpi:
      return {change.retire_kpi().name(), action, fmt::to_string(change.retire_kpi().from_year())};
    case Change::kCreateDepartment:
      return {change.create_department().name(), action, change.create_department().title()};
    default:
      return {"", action, ""};
  }
}

std::string FigureOf(const progress::v1::Actual& actual) {
  const std::string text = TextOf(actual.value());
  return actual.component().empty() ? text : fmt::format("{}: {}", actual.component(), text);
}

Difference Describe(Language language, const progress::v1::Change& change) {
  using Change = progress::v1::Change;
  const std::string action = ActionOf(change);
  switch (change.change_case()) {
    case Change::kRecordActual:
      return {change.record_actual().kpi(), action, FigureOf(change.record_actual())};
    case Change::kCorrectActual:
      return {change.correct_actual().actual().kpi(), action, FigureOf(change.correct_actual().actual())};
    case Change::kRecordNarrative:
      return {
          change.record_narrative().kpi(), action,
          fmt::format("{}: {}",
                      InWords(language, progress::v1::NarrativeKind_Name(change.record_narrative().kind())),
                      change.record_narrative().text())};
    case Change::kRecordAssessment:
      return {change.record_assessment().kpi(), action, change.record_assessment().printed()};
    default:
      return {"", action, ""};
  }
}

}  // namespace

std::vector<Difference> DifferencesOf(const ImportPlan& plan, Language language) {
  std::vector<Difference> differences;
  for (const catalog::v1::Change& change : plan.catalog) differences.push_back(Describe(language, change));
  for (const progress::v1::Change& change : plan.progress) differences.push_back(Describe(language, change));
  return differences;
}

}  // namespace seisaku::policyctl::imports
