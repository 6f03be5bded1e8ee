#include "services/catalog/domain/describe.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/view.h"
#include "services/domain/value.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Field paths and their values as text; what is unset is not in it.
using Fields = std::map<std::string, std::string>;

std::string ValueText(const type::v1::ComponentValue& proto) {
  auto value = ValueFromProto("value", proto.value());
  std::string text = value.ok() ? Describe(*value) : "";
  return proto.component().empty() ? text : fmt::format("{} {}", proto.component(), text);
}

std::string TargetText(const v1::Target& target) {
  std::vector<std::string> values;
  for (const auto& value : target.values()) values.push_back(ValueText(value));
  return fmt::format("{}", fmt::join(values, ", "));
}

// The text of a field's only or i-th value; of messages, only those that resources hold.
std::string Text(const Message& message, const FieldDescriptor* field, int i) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection.GetRepeatedString(message, field, i) : reflection.GetString(message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::to_string(reflection.GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return fmt::to_string(reflection.GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnum(message, field)->name();
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& inner =
          many ? reflection.GetRepeatedMessage(message, field, i) : reflection.GetMessage(message, field);
      if (inner.GetDescriptor() == type::v1::Decimal::descriptor()) {
        return static_cast<const type::v1::Decimal&>(inner).value();
      }
      if (inner.GetDescriptor() == type::v1::ComponentValue::descriptor()) {
        return ValueText(static_cast<const type::v1::ComponentValue&>(inner));
      }
      return inner.ShortDebugString();
    }
    default:
      return "";
  }
}

void AddFields(const Message& message, const std::string& prefix, Fields& fields) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> present;
  reflection.ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    std::string path = prefix + field->name();
    if (path == "name" || path == "etag") continue;
    if (field->message_type() == v1::EvaluationRule::descriptor()) {
      AddFields(reflection.GetMessage(message, field), path + ".", fields);
    } else if (field->message_type() == v1::Target::descriptor()) {
      for (const v1::Target& target : static_cast<const v1::Kpi&>(message).targets()) {
        fields[fmt::format("targets[{}]", target.reporting_year())] = TargetText(target);
      }
    } else if (field->is_repeated()) {
      std::vector<std::string> texts;
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) texts.push_back(Text(message, field, i));
      fields[path] = fmt::format("{}", fmt::join(texts, ", "));
    } else {
      fields[path] = Text(message, field, 0);
    }
  }
}

template <typename Found>
Fields Rendered(const View& view, const Found& found) {
  Fields fields;
  if (found) AddFields(view.Render(*found), "", fields);
  return fields;
}

// The fields of the resource called `name`, of any kind; none where it does not exist.
Fields FieldsOf(const View& view, std::string_view name) {
  if (auto kpi = ParseKpiName("name", name); kpi.ok())
    return Rendered(view, view.FindKpi(kpi->plan, kpi->id));
  if (auto node = ParseNodeName("name", name); node.ok()) {
    return Rendered(view, view.FindNode(node->plan, node->id));
  }
  if (auto plan = ParsePlanName("name", name); plan.ok()) return Rendered(view, view.FindPlan(*plan));
  auto department = ParseDepartmentName("name", name);
  return department.ok() ? Rendered(view, view.FindDepartment(*department)) : Fields();
}

}  // namespace

v1::ChangeResult DescribeEntry(const State& state, Position position, const log::v1::Entry& entry) {
  v1::Event event;
  event.ParseFromString(entry.payload());
  v1::ChangeResult result;
  result.set_name(entry.resource());
  result.set_action(EventAction(event));
  Fields before = FieldsOf(View(state, position), entry.resource());
  if (before.empty()) return result;  // created
  Fields after = FieldsOf(View(state, position + 1), entry.resource());
  std::set<std::string> names;
  for (const Fields* fields : {&before, &after}) {
    for (const auto& [name, text] : *fields) names.insert(name);
  }
  for (const std::string& name : names) {
    if (before[name] == after[name]) continue;
    v1::FieldDifference& difference = *result.add_differences();
    difference.set_field(name);
    difference.set_before(before[name]);
    difference.set_after(after[name]);
  }
  return result;
}

}  // namespace seisaku::catalog
