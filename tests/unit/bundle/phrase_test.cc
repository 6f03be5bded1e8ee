#include "tools/bundle/phrase.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/text.h"

namespace seisaku::bundle {
namespace {

std::vector<std::string> SortedPlaces(std::string_view pattern) {
  std::vector<std::string> places = PlacesOf(pattern);
  std::sort(places.begin(), places.end());
  return places;
}

TEST(PhraseTest, EveryPhraseIsThereInBothLanguagesWithTheSamePlaces) {
  for (const Phrasing& phrasing : AllPhrasings()) {
    EXPECT_FALSE(phrasing.english.empty());
    EXPECT_FALSE(phrasing.japanese.empty()) << phrasing.english;
    EXPECT_TRUE(IsUtf8(phrasing.japanese)) << phrasing.english;
    EXPECT_EQ(SortedPlaces(phrasing.english), SortedPlaces(phrasing.japanese)) << phrasing.english;
  }
}

TEST(PhraseTest, IsSaidInBothLanguages) {
  const Phrase salt(phrases::SALT, {{"bytes", 16}});
  EXPECT_EQ(salt.english(), "a salt of 16 bytes");
  EXPECT_EQ(salt.japanese(), "16 バイトのソルト");
  const Phrase hash(std::string("{q83v}"));
  EXPECT_EQ(hash.english(), "{q83v}");
  EXPECT_EQ(hash.japanese(), "{q83v}");
}

}  // namespace
}  // namespace seisaku::bundle
