#include "tools/auditor/changes/field_changes.h"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace seisaku::auditor {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using Path = std::vector<MessageDifferencer::SpecificField>;

// A field that holds a message stands for what is set in it.
std::string TextOf(const Message& message, const FieldDescriptor& field, int index) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetSingleLineMode(true);
  std::string text;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && field.type() != FieldDescriptor::TYPE_BYTES) {
    const auto& reflection = *message.GetReflection();
    return field.is_repeated() ? reflection.GetRepeatedString(message, &field, index)
                               : reflection.GetString(message, &field);
  }
  printer.PrintFieldValueToString(message, &field, field.is_repeated() ? index : -1, &text);
  return text;
}

std::string PathText(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    if (!text.empty()) text += '.';
    text += step.field->name();
    if (step.field->is_repeated()) {
      text += '[' + std::to_string(step.index >= 0 ? step.index : step.new_index) + ']';
    }
  }
  return text;
}

// MessageDifferencer hands over the messages that hold the last field of the path. A message in a message is
// told by its own fields, but for a whole element of a list.
class Collector final : public MessageDifferencer::Reporter {
 public:
  explicit Collector(std::vector<FieldChange>& changes) : changes_(changes) {}

  void ReportAdded(const Message&, const Message& after, const Path& path) override {
    if (IsToldByItsFields(path)) return;
    changes_.push_back({PathText(path), "", TextOf(after, *path.back().field, path.back().new_index)});
  }
  void ReportDeleted(const Message& before, const Message&, const Path& path) override {
    if (IsToldByItsFields(path)) return;
    changes_.push_back({PathText(path), TextOf(before, *path.back().field, path.back().index), ""});
  }
  void ReportModified(const Message& before, const Message& after, const Path& path) override {
    const auto& last = path.back();
    if (last.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;
    changes_.push_back({PathText(path), TextIfSet(before, *last.field, last.index),
                        TextIfSet(after, *last.field, last.new_index)});
  }

 private:
  static bool IsToldByItsFields(const Path& path) {
    const FieldDescriptor& field = *path.back().field;
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated();
  }
  static std::string TextIfSet(const Message& message, const FieldDescriptor& field, int index) {
    if (!field.is_repeated() && !message.GetReflection()->HasField(message, &field)) return "";
    return TextOf(message, field, index);
  }

  std::vector<FieldChange>& changes_;
};

}  // namespace

std::vector<FieldChange> FieldChanges(const Message& before, const Message& after) {
  std::vector<FieldChange> changes;
  Collector collector(changes);
  MessageDifferencer differencer;
  differencer.set_message_field_comparison(MessageDifferencer::EQUIVALENT);
  differencer.ReportDifferencesTo(&collector);
  differencer.Compare(before, after);
  return changes;
}

}  // namespace seisaku::auditor
