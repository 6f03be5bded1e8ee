#include "tools/policyctl/contract_words.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "seisaku/progress/v1/progress_service.pb.h"

namespace seisaku::policyctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;

// The names of the fields of a message and of all in it, and the values of their enumerations.
void Collect(const Descriptor& message, std::set<const Descriptor*>& seen, std::set<std::string>& names) {
  if (!seen.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    names.insert(field.name());
    if (field.message_type() != nullptr) Collect(*field.message_type(), seen, names);
    // Value 0 says nothing, and is not shown.
    for (int v = 1; field.enum_type() != nullptr && v < field.enum_type()->value_count(); ++v) {
      names.insert(field.enum_type()->value(v)->name());
    }
  }
}

TEST(ContractWordsTest, EveryFieldOfARequestAndEveryValueHasWords) {
  std::set<const Descriptor*> seen;
  std::set<std::string> names;
  for (const FileDescriptor* file : {catalog::v1::CreatePlanRequest::descriptor()->file(),
                                     progress::v1::RecordActualRequest::descriptor()->file(),
                                     log::v1::ReadEntriesRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        Collect(*file->service(s)->method(m)->input_type(), seen, names);
      }
    }
  }
  ASSERT_GT(names.size(), 100u);
  for (const std::string& name : names) EXPECT_FALSE(JapaneseWord(name).empty()) << name;
}

TEST(ContractWordsTest, EveryEventHasWords) {
  for (const Descriptor* event : {catalog::v1::Event::descriptor(), progress::v1::Event::descriptor(),
                                  log::v1::LogEvent::descriptor()}) {
    const auto* oneof = event->FindOneofByName("event");
    ASSERT_NE(oneof, nullptr);
    for (int i = 0; i < oneof->field_count(); ++i) {
      EXPECT_FALSE(JapaneseWord(oneof->field(i)->name()).empty()) << oneof->field(i)->name();
    }
  }
  EXPECT_EQ(InWords(Language::kJapanese, "catalog_advanced"), "計画の変更の取込み");
  EXPECT_EQ(InWords(Language::kEnglish, "catalog_advanced"), "catalog_advanced");
}

TEST(ContractWordsTest, PathsAreReadAsALongestRunOfWords) {
  EXPECT_EQ(FieldInWords(Language::kJapanese, "changes[3].create_kpi.unit"),
            "変更（4番目）の指標の作成の単位");
  EXPECT_EQ(FieldInWords(Language::kJapanese, "actual.value.number.unit"), "実績値の単位");
  EXPECT_EQ(FieldInWords(Language::kJapanese, "causes[0]"), "要因（1番目）");
  EXPECT_EQ(FieldInWords(Language::kEnglish, "causes[0]"), "causes[0]");
}

TEST(ContractWordsTest, WhatIsNoPathStaysAsItIs) {
  for (const char* text : {"--value", "KPI", "2行 3列（名称）", "a/b.c", "Mixed.Case"}) {
    EXPECT_EQ(FieldInWords(Language::kJapanese, text), text);
  }
  EXPECT_EQ(InWords(Language::kJapanese, "12.5"), "12.5");
}

}  // namespace
}  // namespace seisaku::policyctl
