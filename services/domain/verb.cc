#include "services/domain/verb.h"

#include <algorithm>

#include "fmt/format.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/base/status.h"

namespace seisaku {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// The field of the event's message that holds the subject; nullptr where there is none.
const FieldDescriptor* SubjectField(const VerbFields& row) {
  const FieldDescriptor* field = row.event_message()->FindFieldByName(std::string(LastPart(row.subject)));
  const bool is_name =
      field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return is_name ? field : nullptr;
}

// Each field of `oneof` has one row, for the message that the field is of. `number` and `message` are the
// row's side.
absl::Status CheckOneof(const OneofDescriptor& oneof, const std::vector<VerbFields>& rows,
                        int VerbFields::*number, const Descriptor* (*VerbFields::*message)()) {
  for (int i = 0; i < oneof.field_count(); ++i) {
    const FieldDescriptor& field = *oneof.field(i);
    const auto is_of_field = [&](const VerbFields& row) { return row.*number == field.number(); };
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

bool IsTextRef(const FieldDescriptor& field) {
  return field.message_type() == log::v1::TextRef::descriptor() && !field.is_repeated();
}

}  // namespace

absl::Status CannotBe(std::string_view why) { return absl::DataLossError(std::string(why)); }

absl::Status CheckVerbFields(const Descriptor& change, const Descriptor& event,
                             const std::vector<VerbFields>& rows) {
  RETURN_IF_ERROR(
      CheckOneof(*change.FindOneofByName("change"), rows, &VerbFields::change, &VerbFields::change_message));
  RETURN_IF_ERROR(
      CheckOneof(*event.FindOneofByName("event"), rows, &VerbFields::event, &VerbFields::event_message));
  for (const VerbFields& row : rows) {
    const bool right = row.change == 0 ? row.subject.empty() : SubjectField(row) != nullptr;
    if (right) continue;
    return absl::InternalError(
        fmt::format("{} does not have the subject {}", row.event_message()->full_name(), row.subject));
  }
  return absl::OkStatus();
}

VerbDescriptors::VerbDescriptors(const Descriptor& change, const Descriptor& event, const VerbFields& row)
    : change_field_(row.change == 0 ? nullptr : change.FindFieldByNumber(row.change)),
      event_field_(event.FindFieldByNumber(row.event)),
      subject_field_(SubjectField(row)),
      type_(fmt::format("{}/{}", event.full_name(), event_field_->name())) {
  const Descriptor& message = *row.event_message();
  for (int i = 0; i < message.field_count(); ++i) {
    if (IsTextRef(*message.field(i))) text_fields_.push_back(message.field(i));
  }
}

const std::string& VerbDescriptors::SubjectOf(const Message& event) const {
  const Message& message = EventMessage(event);
  std::string unused;  // scratch space, needed only for fields that are not stored as std::string
  return message.GetReflection()->GetStringReference(message, subject_field_, &unused);
}

bool VerbDescriptors::NamesTextsBelow(const Message& event, int count) const {
  if (text_fields_.empty()) return true;
  const Message& message = EventMessage(event);
  const google::protobuf::Reflection& fields = *message.GetReflection();
  return std::all_of(text_fields_.begin(), text_fields_.end(), [&](const FieldDescriptor* field) {
    if (!fields.HasField(message, field)) return true;
    const auto& text = static_cast<const log::v1::TextRef&>(fields.GetMessage(message, field));
    return text.index() < static_cast<uint32_t>(count);
  });
}

const Message& VerbDescriptors::ChangeMessage(const Message& change) const {
  return change_field_ == nullptr ? change : change.GetReflection()->GetMessage(change, change_field_);
}

const Message& VerbDescriptors::EventMessage(const Message& event) const {
  return event.GetReflection()->GetMessage(event, event_field_);
}

absl::Status NamingField(const absl::Status& refused, std::string_view subject) {
  if (subject.empty()) return refused;
  if (refused.code() != absl::StatusCode::kAborted) return WithField(refused, subject);
  const std::string_view around = subject.substr(0, subject.rfind('.') + 1);
  return WithField(refused, std::string(around).append("etag"));
}

}  // namespace seisaku
