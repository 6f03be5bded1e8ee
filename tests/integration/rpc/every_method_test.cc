// A method that no test calls may do nothing, and nobody would see it.
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/rpc/methods.h"

namespace seisaku {
namespace {

TEST(EveryMethodTest, HasATestOfItsServiceThatBeginsWithItsName) {
  std::set<std::string> untested;
  for (const auto* method : AllMethods()) untested.insert(method->full_name());
  ASSERT_THAT(untested, testing::SizeIs(testing::Ge(46u)));
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (int i = 0; i < program.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *program.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const auto* method = MethodOfTest(suite.name(), suite.GetTestInfo(j)->name());
      if (method != nullptr) untested.erase(method->full_name());
    }
  }
  EXPECT_THAT(untested, testing::IsEmpty());
}

TEST(EveryMethodTest, HasANameThatNoOtherServiceHas) {
  for (const auto* method : AllMethods()) EXPECT_EQ(MethodNamed(method->name()), method);
}

}  // namespace
}  // namespace seisaku
