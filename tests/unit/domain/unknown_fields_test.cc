#include "services/domain/unknown_fields.h"

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace seisaku {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::HasSubstr;
using testing::Optional;

void AddUnknown(Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(999, 1);
}

// Puts a field that nobody knows into each message below `message` in turn, and sees that it is found.
void ExpectFoundBelow(log::v1::Entry& entry, Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    Message& below = field->is_repeated() ? *reflection.AddMessage(&message, field)
                                          : *reflection.MutableMessage(&message, field);
    AddUnknown(below);
    EXPECT_THAT(FindUnknownField(entry), Optional(HasSubstr(field->name()))) << entry.DebugString();
    below.Clear();
    EXPECT_EQ(FindUnknownField(entry), std::nullopt);
    ExpectFoundBelow(entry, below);
  }
}

TEST(UnknownFieldsTest, FindsOneInAnyMessageOfAnEntry) {
  log::v1::Entry entry;
  EXPECT_EQ(FindUnknownField(entry), std::nullopt);
  ExpectFoundBelow(entry, entry);
  AddUnknown(entry);
  EXPECT_THAT(FindUnknownField(entry), Optional(HasSubstr("field 999")));
}

// The bytes that another build may write of a message that this one knows.
TEST(UnknownFieldsTest, LooksThroughBytesAsTheParserDoes) {
  log::v1::Entry entry;
  entry.set_actor("a");
  entry.mutable_recorded_at()->set_seconds(1);
  entry.add_texts()->set_salted_sha256(std::string(200, 's'));
  const std::string known = entry.SerializeAsString();
  EXPECT_EQ(FindUnknownField(static_cast<const Message&>(entry), known), std::nullopt);
  for (const std::string& more : {std::string("\xf8\x3f\x01", 3),   // field 1023, varint
                                  std::string("\xfa\x3f\x01x", 4),  // the same, one byte
                                  std::string("\xfd\x3f"
                                              "abcd",
                                              6),  // the same, 32 bits
                                  std::string("\xf9\x3f"
                                              "abcdefgh",
                                              10),             // the same, 64 bits
                                  std::string("\x28\x01", 2),  // field 5 with another wire type
                                  std::string("\x22\x03\xf8\x3f\x01", 5)}) {  // in recorded_at
    const std::string bytes = known + more;
    log::v1::Entry parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    EXPECT_NE(FindUnknownField(static_cast<const Message&>(parsed), bytes), std::nullopt);
  }
}

}  // namespace
}  // namespace seisaku
