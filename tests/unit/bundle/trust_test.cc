#include "tools/bundle/trust.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;
using ledger::KeyType;
using ledger::SigningKey;

constexpr char kOrigin[] = "city.example/catalog";

SigningKey KeyOf(const std::string& name, char seed) {
  return *SigningKey::FromSeed(name, std::string(32, seed), KeyType::kLog);
}

// The signature lines of the note.
std::string LinesOf(const std::string& note) { return note.substr(note.find("\n\n") + 2); }

class TrustTest : public testing::Test {
 protected:
  TrustTest() {
    std::string name = "/tmp/seisaku-trust-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~TrustTest() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, const std::vector<SigningKey>& keys) const {
    std::ofstream file(folder_ / name);
    for (const SigningKey& key : keys) file << key.verifier().ToString() << "\n";
    return (folder_ / name).string();
  }

  const SigningKey old_ = KeyOf(kOrigin, 'o');
  const SigningKey next_ = KeyOf(kOrigin, 'n');
  const ledger::Checkpoint checkpoint_{kOrigin, 7, ledger::Sha256("root")};
  const std::string by_old_ = *ledger::SignCheckpoint(checkpoint_, old_);
  const std::string by_next_ = *ledger::SignCheckpoint(checkpoint_, next_);
  fs::path folder_;
};

TEST_F(TrustTest, EachOfSeveralKeysOfALogMayHaveSigned) {
  for (const auto& files : {std::vector{Write("both", {old_, next_})},
                            {Write("both", {next_, old_})},
                            {Write("old", {old_}), Write("next", {next_})}}) {
    const auto trust = Trust::Read(files);
    ASSERT_THAT(trust.status(), IsOk());
    EXPECT_EQ(trust->LogKeys(kOrigin)->size(), 2);
    EXPECT_THAT(trust->Open(by_old_), IsOkAndHolds(checkpoint_));
    EXPECT_THAT(trust->Open(by_next_), IsOkAndHolds(checkpoint_));
    EXPECT_THAT(trust->Open(by_old_ + LinesOf(by_next_)), IsOkAndHolds(checkpoint_));
  }
}

TEST_F(TrustTest, ASignatureOfATrustedKeyThatIsWrongIsNotCoveredByAnother) {
  const auto trust = Trust::Read({Write("both", {old_, next_})});
  ASSERT_THAT(trust.status(), IsOk());
  const std::string of_another = *ledger::SignCheckpoint({kOrigin, 8, checkpoint_.root}, next_);
  EXPECT_THAT(trust->Open(by_old_ + LinesOf(of_another)), HasReason("SIGNATURE_INVALID"));
}

TEST_F(TrustTest, AKeyOfAnotherLogOpensNothing) {
  const auto trust = Trust::Read({Write("other", {KeyOf("city.example/progress", 'p'), next_})});
  ASSERT_THAT(trust.status(), IsOk());
  EXPECT_THAT(trust->Open(by_old_), HasReason("SIGNATURE_MISSING"));
  EXPECT_THAT(trust->LogKeys("city.example/none").status(), HasReason("LOG_KEY_MISSING"));
  const std::string stranger =
      *ledger::SignCheckpoint({"city.example/none", 7, checkpoint_.root}, KeyOf("city.example/none", 'x'));
  EXPECT_THAT(trust->Open(stranger), HasReason("LOG_KEY_MISSING"));
}

}  // namespace
}  // namespace seisaku::bundle
