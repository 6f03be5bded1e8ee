#include "tools/auditor/verify/contracts_check.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "tests/support/matchers.h"
#include "tools/auditor/export.h"

namespace seisaku::auditor {
namespace {

namespace fs = std::filesystem;
using google::protobuf::DescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

constexpr char kEvents[] = "seisaku/catalog/v1/events.proto";

class ContractsCheckTest : public testing::Test {
 protected:
  ContractsCheckTest() {
    std::string name = "/tmp/seisaku-contracts-XXXXXX";
    folder_ = mkdtemp(name.data());
    EXPECT_THAT(WriteContracts(folder_), IsOk());
  }
  ~ContractsCheckTest() override { fs::remove_all(folder_); }

  // Writes the contracts anew as `change` makes them.
  void Change(const std::function<void(FileDescriptorSet&)>& change) const {
    FileDescriptorSet set;
    {
      std::ifstream file(folder_ + "/contracts.binpb", std::ios::binary);
      ASSERT_TRUE(set.ParseFromIstream(&file));
    }
    change(set);
    std::ofstream(folder_ + "/contracts.binpb", std::ios::binary | std::ios::trunc)
        << set.SerializeAsString();
  }
  // The same of one file.
  void ChangeFile(const std::string& name, const std::function<void(FileDescriptorProto&)>& change) const {
    Change([&](FileDescriptorSet& set) {
      for (FileDescriptorProto& file : *set.mutable_file()) {
        if (file.name() == name) change(file);
      }
    });
  }

  // "" where nothing is wrong, once an event of catalog has gone by: a department with a title.
  std::string Found() const {
    catalog::v1::Event event;
    event.mutable_department_created()->set_title("健康づくり課");
    return Found(event);
  }
  std::string Found(const catalog::v1::Event& event) const {
    ContractsCheck check(folder_);
    log::v1::Entry entry;
    entry.set_type("seisaku.catalog.v1.Event/department_created");
    entry.set_payload(event.SerializeAsString());
    check.OnEntry(LogKind::kCatalog, 5, entry);
    return check.wrong() ? check.wrong()->code + ": " + check.wrong()->expected.english() : "";
  }

  std::string folder_;
};

void RemoveField(DescriptorProto& message, const std::string& name) {
  auto& fields = *message.mutable_field();
  for (int i = 0; i < fields.size(); ++i) {
    if (fields[i].name() == name) return fields.DeleteSubrange(i, 1);
  }
  FAIL() << message.name() << " has no " << name;
}

DescriptorProto& Message(FileDescriptorProto& file, const std::string& name) {
  for (DescriptorProto& message : *file.mutable_message_type()) {
    if (message.name() == name) return message;
  }
  ADD_FAILURE() << "no " << name;
  return *file.add_message_type();
}

constexpr char kLacks[] =
    "CONTRACTS_DIFFER: seisaku.catalog.v1.Event with all that the entry at position 5 has";

TEST_F(ContractsCheckTest, ThoseOfThisBuildDescribeEverything) { EXPECT_EQ(Found(), ""); }

TEST_F(ContractsCheckTest, WhatNoEntryHasMayBeMissing) {
  ChangeFile(kEvents, [](FileDescriptorProto& file) { RemoveField(Message(file, "Event"), "kpi_created"); });
  EXPECT_EQ(Found(), "");
}

TEST_F(ContractsCheckTest, WhatAnEntryHasMayNot) {
  ChangeFile(kEvents,
             [](FileDescriptorProto& file) { RemoveField(Message(file, "Event"), "department_created"); });
  EXPECT_EQ(Found(), kLacks);
}

TEST_F(ContractsCheckTest, NorAFieldFurtherDown) {
  Change([](FileDescriptorSet& set) {
    for (FileDescriptorProto& file : *set.mutable_file()) {
      if (file.package() != "seisaku.catalog.v1") continue;
      for (DescriptorProto& message : *file.mutable_message_type()) {
        if (message.name() == "Department") RemoveField(message, "title");
      }
    }
  });
  EXPECT_EQ(Found(), kLacks);
}

TEST_F(ContractsCheckTest, NorTheWholeFile) {
  Change([](FileDescriptorSet& set) {
    auto& files = *set.mutable_file();
    for (int i = 0; i < files.size(); ++i) {
      if (files[i].name() == kEvents) return files.DeleteSubrange(i, 1);
    }
  });
  EXPECT_EQ(Found(), kLacks);
}

TEST_F(ContractsCheckTest, AFieldOfAnotherMeaningIsFoundWithoutAnyEntry) {
  ChangeFile(kEvents, [](FileDescriptorProto& file) {
    for (auto& field : *Message(file, "Event").mutable_field()) {
      if (field.name() == "department_created") field.set_name("department_retired_early");
    }
  });
  EXPECT_EQ(Found(), std::string("CONTRACTS_DIFFER: ") + kEvents + " as this build has it");
}

// Whoever reads with them would take the last of a KPI's components for the only one.
TEST_F(ContractsCheckTest, NorIsAListASingleValue) {
  constexpr char kResources[] = "seisaku/catalog/v1/resources.proto";
  ChangeFile(kResources, [](FileDescriptorProto& file) {
    for (auto& field : *Message(file, "Kpi").mutable_field()) {
      if (field.name() == "components") field.clear_label();
    }
  });
  EXPECT_EQ(Found(), std::string("CONTRACTS_DIFFER: ") + kResources + " as this build has it");
}

TEST_F(ContractsCheckTest, NorIsAChoiceManyFieldsOrTheFileInAnotherSyntax) {
  const std::string differs = std::string("CONTRACTS_DIFFER: ") + kEvents + " as this build has it";
  ChangeFile(kEvents, [](FileDescriptorProto& file) { file.clear_syntax(); });
  EXPECT_EQ(Found(), differs);
  ChangeFile(kEvents, [](FileDescriptorProto& file) {
    file.set_syntax("proto3");
    for (auto& field : *Message(file, "Event").mutable_field()) field.clear_oneof_index();
    Message(file, "Event").clear_oneof_decl();
  });
  EXPECT_EQ(Found(), differs);
}

TEST_F(ContractsCheckTest, AValueThatAnEntryHasMayNotBeWithoutName) {
  catalog::v1::Event event;
  event.mutable_kpi_created()->set_direction(type::v1::DIRECTION_DECREASE);
  ASSERT_EQ(Found(event), "");
  const auto remove = [&](const std::string& name) {
    Change([&](FileDescriptorSet& set) {
      for (FileDescriptorProto& file : *set.mutable_file()) {
        for (auto& type : *file.mutable_enum_type()) {
          auto& values = *type.mutable_value();
          for (int i = 0; i < values.size(); ++i) {
            if (values[i].name() == name) return values.DeleteSubrange(i, 1);
          }
        }
      }
      FAIL() << "no " << name;
    });
  };
  remove("DIRECTION_INCREASE");
  EXPECT_EQ(Found(event), "");
  remove("DIRECTION_DECREASE");
  EXPECT_EQ(Found(event), kLacks);
}

}  // namespace
}  // namespace seisaku::auditor
