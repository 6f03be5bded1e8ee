#include "services/catalog/domain/verb.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::catalog {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// The field of the event's message that holds the resource's name; nullptr where there is none.
const FieldDescriptor* ResourceField(const VerbRow& row) {
  const FieldDescriptor* field = row.event_message()->FindFieldByName(std::string(LastPart(row.subject)));
  const bool is_name =
      field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return is_name ? field : nullptr;
}

// Each field of `oneof` has one row, for the message that the field is of. `number` and `message` are the
// row's side.
template <typename Number>
absl::Status CheckOneof(const OneofDescriptor& oneof, absl::Span<const VerbRow> rows, Number VerbRow::*number,
                        const Descriptor* (*VerbRow::*message)()) {
  for (int i = 0; i < oneof.field_count(); ++i) {
    const FieldDescriptor& field = *oneof.field(i);
    const auto is_of_field = [&](const VerbRow& row) { return row.*number == field.number(); };
    const auto row = std::find_if(rows.begin(), rows.end(), is_of_field);
    if (row == rows.end()) return absl::InternalError(fmt::format("{} has no row", field.full_name()));
    if (std::any_of(row + 1, rows.end(), is_of_field)) {
      return absl::InternalError(fmt::format("{} has several rows", field.full_name()));
    }
    const Descriptor* expected = ((*row).*message)();
    if (field.message_type() == expected) continue;
    return absl::InternalError(fmt::format("{} has a row for {}", field.full_name(), expected->full_name()));
  }
  return absl::OkStatus();
}

// Every verb, found by the number of its field.
class Table {
 public:
  explicit Table(const std::vector<VerbRow>& rows) {
    verbs_.reserve(rows.size());
    for (const VerbRow& row : rows) {
      verbs_.emplace_back(row);
      Put(by_change_, row.change);
      Put(by_event_, row.event);
    }
  }

  const Verb* OfChange(size_t number) const { return At(by_change_, number); }
  const Verb* OfEvent(size_t number) const { return At(by_event_, number); }

 private:
  void Put(std::vector<const Verb*>& by_number, size_t number) {
    if (by_number.size() <= number) by_number.resize(number + 1);
    by_number[number] = &verbs_.back();
  }
  static const Verb* At(const std::vector<const Verb*>& by_number, size_t number) {
    return number < by_number.size() ? by_number[number] : nullptr;
  }

  std::vector<Verb> verbs_;
  std::vector<const Verb*> by_change_;
  std::vector<const Verb*> by_event_;
};

const Table& Verbs() {
  static const Table& table = *[] {
    const std::vector<VerbRow> rows = AllVerbs();
    if (absl::Status right = CheckVerbs(rows); !right.ok()) {
      std::cerr << right << "\n";
      std::abort();
    }
    return new Table(rows);
  }();
  return table;
}

}  // namespace

std::vector<VerbRow> AllVerbs() {
  std::vector<VerbRow> all;
  for (absl::Span<const VerbRow> rows :
       {PlanVerbs(), NodeVerbs(), KpiVerbs(), TargetVerbs(), DepartmentVerbs()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

absl::Status CheckVerbs(absl::Span<const VerbRow> rows) {
  RETURN_IF_ERROR(CheckOneof(*v1::Change::descriptor()->FindOneofByName("change"), rows, &VerbRow::change,
                             &VerbRow::change_message));
  RETURN_IF_ERROR(CheckOneof(*v1::Event::descriptor()->FindOneofByName("event"), rows, &VerbRow::event,
                             &VerbRow::event_message));
  for (const VerbRow& row : rows) {
    if (ResourceField(row) != nullptr) continue;
    return absl::InternalError(
        fmt::format("{} does not have the subject {}", row.event_message()->full_name(), row.subject));
  }
  return absl::OkStatus();
}

Verb::Verb(const VerbRow& row)
    : row_(row),
      change_field_(v1::Change::descriptor()->FindFieldByNumber(row.change)),
      event_field_(v1::Event::descriptor()->FindFieldByNumber(row.event)),
      resource_field_(ResourceField(row)) {}

absl::StatusOr<bool> Verb::Decide(const Deciding& in, const v1::Change& change, v1::Event& event) const {
  return row_.decide(in, change.GetReflection()->GetMessage(change, change_field_), event, event_field_);
}

absl::Status Verb::Fold(Evolution& state, const v1::Event& event) const {
  return row_.fold(state, event.GetReflection()->GetMessage(event, event_field_));
}

const std::string& Verb::Resource(const v1::Event& event) const {
  const Message& message = event.GetReflection()->GetMessage(event, event_field_);
  std::string unused;  // where a field were not kept as a string
  return message.GetReflection()->GetStringReference(message, resource_field_, &unused);
}

const Verb* FindVerb(v1::Change::ChangeCase change) { return Verbs().OfChange(change); }
const Verb* FindVerb(v1::Event::EventCase event) { return Verbs().OfEvent(event); }

}  // namespace seisaku::catalog
