#include "services/ledger/tree/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace seisaku::ledger {
namespace {

TEST(HashTest, MatchesThePublishedSha256) {
  EXPECT_EQ(ToHex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(HashTest, PrefixesKeepLeavesAndNodesApart) {
  const Hash left = Sha256("left"), right = Sha256("right");
  EXPECT_EQ(LeafHash("entry"), Sha256(std::string("\0entry", 6)));
  EXPECT_EQ(NodeHash(left, right), Sha256("\x01" + ToBytes(left) + ToBytes(right)));
  EXPECT_NE(NodeHash(left, right), NodeHash(right, left));
  EXPECT_NE(LeafHash(ToBytes(left) + ToBytes(right)), NodeHash(left, right));
}

TEST(HashTest, BytesRoundTripAndMustBe32) {
  const Hash hash = Sha256("seisaku");
  auto read = HashFromBytes(ToBytes(hash));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, hash);
  for (size_t size : {0u, 31u, 33u, 64u}) EXPECT_FALSE(HashFromBytes(std::string(size, 'x')).ok()) << size;
}

TEST(Base64Test, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(ToBase64(""), "");
  EXPECT_EQ(ToBase64("f"), "Zg==");
  EXPECT_EQ(ToBase64("fo"), "Zm8=");
  EXPECT_EQ(ToBase64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(ToBase64("\xfb\xff"), "+/8=");
}

TEST(Base64Test, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    auto decoded = FromBase64(ToBase64(bytes));
    ASSERT_TRUE(decoded.ok()) << i;
    EXPECT_EQ(*decoded, bytes);
    bytes.push_back(static_cast<char>(i));
  }
}

TEST(Base64Test, RefusesEveryOtherSpelling) {
  for (const char* text :
       {"Zg", "Zg=", "Zg==\n", " Zg==", "Zg= =", "Zh==", "Zm9=", "-_8=", "Z", "====", "Zg===", "Zm8=Zm8="}) {
    EXPECT_FALSE(FromBase64(text).ok()) << text;
  }
}

}  // namespace
}  // namespace seisaku::ledger
