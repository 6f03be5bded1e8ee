#include "services/base/import_part.h"

#include "gtest/gtest.h"

namespace seisaku {
namespace {

TEST(ImportPartTest, ReadsOnlyWhatAnImportWrites) {
  EXPECT_EQ(ParseImportPart(CorrelationOf({"0123456789abcdef", 2, 5})),
            (ImportPart{"0123456789abcdef", 2, 5}));
  for (const char* other :
       {"", "import", "import a", "import a 1", "import a 1/", "import a 0/2", "import a 3/2", "import  1/2",
        "form a 1/2", "import a 1/2 x", "import-0190a5d4"}) {
    EXPECT_EQ(ParseImportPart(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace seisaku
