// Answers of the services, written out, for the tests of how they are shown.
#pragma once

#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace seisaku::policyctl {

// The message that a text proto describes; a test with one that cannot be read fails.
template <typename Message>
Message Read(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace seisaku::policyctl
