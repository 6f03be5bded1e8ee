#include "services/rpc/transport/received.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/catalog_service.pb.h"
#include "services/ledger/ledger.h"
#include "services/rpc/transport/limits.h"
#include "tests/support/matchers.h"

namespace seisaku::rpc {
namespace {

using catalog::v1::ApplyCatalogRequest;

class ReceivedTest : public testing::Test {
 protected:
  absl::Status Parse(const std::string& bytes, google::protobuf::Message& request) {
    grpc::Slice slices[] = {grpc::Slice(bytes.substr(0, bytes.size() / 2)),
                            grpc::Slice(bytes.substr(bytes.size() / 2))};
    grpc::ByteBuffer received(slices, 2);
    auto share = shares_.Take("a", static_cast<int64_t>(bytes.size()));
    EXPECT_THAT(share, IsOk());
    absl::Status parsed = ParseRequest(received, request, *share);
    EXPECT_EQ(received.Length(), 0u);
    return parsed;
  }

  Shares shares_{Shares::Of::kCalls,
                 {.calls = 9, .calls_of_one = 9, .bytes = 128 << 20, .bytes_of_one = 128 << 20}};
  ApplyCatalogRequest request_;
};

// Changes, each empty: two bytes.
std::string EmptyChanges(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes.append("\x0A\x00", 2);
  return bytes;
}
// A field that says how long it is.
std::string Field(int number, const std::string& content) {
  std::string field;
  google::protobuf::io::StringOutputStream stream(&field);
  google::protobuf::io::CodedOutputStream coded(&stream);
  google::protobuf::internal::WireFormatLite::WriteBytes(number, content, &coded);
  coded.Trim();
  return field;
}
// One that no request has.
std::string Unknown(size_t bytes) { return Field(1000, std::string(bytes, 'x')); }

TEST_F(ReceivedTest, WhatIsWellFormedIsParsed) {
  ApplyCatalogRequest sent;
  for (int i = 0; i < 1000; ++i) sent.add_changes()->mutable_create_plan()->set_title("計画");
  ASSERT_THAT(Parse(sent.SerializeAsString(), request_), IsOk());
  EXPECT_EQ(request_.SerializeAsString(), sent.SerializeAsString());
  EXPECT_THAT(Parse("", request_), IsOk());
  EXPECT_EQ(request_.changes_size(), 0);
}

TEST_F(ReceivedTest, AListOfMoreThanACommandMayHaveIsCountedAndNotParsed) {
  ASSERT_THAT(Parse(EmptyChanges(ledger::kMaxCommandEvents), request_), IsOk());
  const absl::Status refused = Parse(EmptyChanges(10'000'000), request_);
  EXPECT_THAT(refused, HasReason("COMMAND_TOO_LARGE"));
  const auto facts = GetErrorInfo(refused)->metadata();
  EXPECT_EQ(facts.at("unit"), "changes");
  EXPECT_EQ(facts.at("limit"), "10000");
  EXPECT_EQ(facts.at("actual"), "10000000");
  EXPECT_EQ(request_.changes_size(), ledger::kMaxCommandEvents);  // what was there before
}

TEST_F(ReceivedTest, ListsInsideAreBoundedByTheMemoryThatTheyTake) {
  std::string levels;  // of a plan, field 3, each without a name
  for (int i = 0; i < 3'000'000; ++i) levels.append("\x1A\x00", 2);
  const absl::Status refused = Parse(Field(1, Field(10, levels)), request_);
  EXPECT_THAT(refused, HasReason("COMMAND_TOO_LARGE"));
  EXPECT_EQ(GetErrorInfo(refused)->metadata().at("unit"), "parsed_bytes");
}

TEST_F(ReceivedTest, UnknownFieldsAreKeptWhileTheyAreFewAndRefusedWhereTheyAreMost) {
  catalog::v1::GetPlanRequest request;
  ASSERT_THAT(Parse(Unknown(60'000), request), IsOk());
  EXPECT_THAT(Parse(Unknown(19 << 20), request), HasReason("MALFORMED"));
  EXPECT_EQ(request.ByteSizeLong(), Unknown(60'000).size());
  // Inside a change too.
  EXPECT_THAT(Parse(Field(1, Unknown(100'000)), request_), HasReason("MALFORMED"));
}

TEST_F(ReceivedTest, WhatIsNoMessageIsRefusedWhateverItsSize) {
  EXPECT_THAT(Parse("\x0A\x05x", request_), HasReason("MALFORMED"));
  EXPECT_THAT(Parse("\x12\x01\xFF", request_), HasReason("MALFORMED"));  // request_id, not UTF-8
  EXPECT_THAT(Parse(EmptyChanges(2000) + "\x0A\x05x", request_), HasReason("MALFORMED"));
  EXPECT_THAT(Parse(std::string(kMaxMessageBytes + 1, '\0'), request_), HasReason("COMMAND_TOO_LARGE"));
}

TEST_F(ReceivedTest, WhatItTakesIsHeldAndMayBeTooMuch) {
  grpc::Slice slice(EmptyChanges(10'000));
  grpc::ByteBuffer received(&slice, 1);
  Shares shares(Shares::Of::kCalls,
                {.calls = 9, .calls_of_one = 9, .bytes = 100'000, .bytes_of_one = 100'000});
  auto share = shares.Take("a", static_cast<int64_t>(received.Length()));
  ASSERT_THAT(share, IsOk());
  EXPECT_THAT(ParseRequest(received, request_, *share), HasReason("TOO_MANY_CALLS"));
  EXPECT_EQ(received.Length(), 0u);
}

}  // namespace
}  // namespace seisaku::rpc
