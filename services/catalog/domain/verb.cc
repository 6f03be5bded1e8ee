#include "services/catalog/domain/verb.h"

#include <cstdlib>
#include <iostream>

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string_view LastPart(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

const FieldDescriptor* FieldOf(const Descriptor* message, std::string_view name) {
  return message->FindFieldByName(std::string(name));
}

// That the field of `number` holds what a row's function expects.
absl::Status CheckMessage(const Descriptor* holder, int number, const Descriptor* expected) {
  const FieldDescriptor* field = holder->FindFieldByNumber(number);
  if (field == nullptr) return absl::InternalError(fmt::format("{} has no {}", holder->full_name(), number));
  if (field->message_type() == expected) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("the row of {} is for a {}", field->full_name(), expected->full_name()));
}

// Every verb, found by the number of its field.
class Table {
 public:
  Table() {
    const std::vector<VerbRow> rows = AllVerbs();
    if (absl::Status right = CheckVerbs(rows); !right.ok()) {
      std::cerr << right << "\n";
      std::abort();
    }
    verbs_.reserve(rows.size());
    for (const VerbRow& row : rows) {
      verbs_.emplace_back(row);
      Put(by_change_, row.change);
      Put(by_event_, row.event);
    }
  }

  const Verb* OfChange(size_t number) const {
    return number < by_change_.size() ? by_change_[number] : nullptr;
  }
  const Verb* OfEvent(size_t number) const { return number < by_event_.size() ? by_event_[number] : nullptr; }

 private:
  void Put(std::vector<const Verb*>& table, size_t number) {
    if (table.size() <= number) table.resize(number + 1);
    table[number] = &verbs_.back();
  }

  std::vector<Verb> verbs_;
  std::vector<const Verb*> by_change_;
  std::vector<const Verb*> by_event_;
};

const Table& TheTable() {
  static const Table& table = *new Table();
  return table;
}

}  // namespace

std::vector<VerbRow> AllVerbs() {
  std::vector<VerbRow> all;
  for (absl::Span<const VerbRow> rows :
       {PlanVerbs(), NodeVerbs(), KpiVerbs(), TargetVerbs(), DepartmentVerbs()})
    all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

absl::Status CheckVerbs(absl::Span<const VerbRow> rows) {
  for (const VerbRow& row : rows) {
    RETURN_IF_ERROR(CheckMessage(v1::Change::descriptor(), row.change, row.change_message()));
    RETURN_IF_ERROR(CheckMessage(v1::Event::descriptor(), row.event, row.event_message()));
    const FieldDescriptor* resource = FieldOf(row.event_message(), LastPart(row.subject));
    if (resource != nullptr && resource->type() == FieldDescriptor::TYPE_STRING && !resource->is_repeated())
      continue;
    return absl::InternalError(
        fmt::format("{} has no name of a resource in {}", row.event_message()->full_name(), row.subject));
  }
  return absl::OkStatus();
}

Verb::Verb(const VerbRow& row)
    : row_(row),
      change_field_(v1::Change::descriptor()->FindFieldByNumber(row.change)),
      event_field_(v1::Event::descriptor()->FindFieldByNumber(row.event)),
      resource_field_(FieldOf(row.event_message(), LastPart(row.subject))) {}

absl::StatusOr<bool> Verb::Decide(const Deciding& in, const v1::Change& change, v1::Event& event) const {
  return row_.decide(in, change.GetReflection()->GetMessage(change, change_field_), event, event_field_);
}

absl::Status Verb::Fold(Evolution& state, const v1::Event& event) const {
  return row_.fold(state, event.GetReflection()->GetMessage(event, event_field_));
}

const std::string& Verb::Resource(const v1::Event& event) const {
  const Message& message = event.GetReflection()->GetMessage(event, event_field_);
  std::string unused;  // for fields that are kept in another way
  return message.GetReflection()->GetStringReference(message, resource_field_, &unused);
}

const Verb* FindVerb(v1::Change::ChangeCase change) { return TheTable().OfChange(change); }
const Verb* FindVerb(v1::Event::EventCase event) { return TheTable().OfEvent(event); }

}  // namespace seisaku::catalog
