#include "tools/policyctl/documents/search_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace seisaku::documents {
namespace {

TEST(SearchKeyTest, NamesThatAPersonTakesForTheSameHaveOneKey) {
  const std::vector<std::pair<const char*, const char*>> same = {
      {"朝食〜夕食の提供数", "朝食～夕食の提供数"},
      {"か\u3099ん検診受診率", "がん検診受診率"},
      {"１人あたり", "1人あたり"},
      {"ＫＰＩ達成数", "KPI達成数"},
      {"ﾎﾞﾗﾝﾃｨｱ数", "ボランティア数"},
      {"コミュニティ バス利用者数", "コミュニティバス利用者数"},
      {"コミュニティ　バス利用者数", "コミュニティバス利用者数"},
      {"デ一タ活用数", "データ活用数"},
      {"サ－ビス", "サービス"},
      {"サ−ビス", "サービス"},
      {"サ―ビス", "サービス"},
      {"設置力所数", "設置カ所数"},
      {"設置か所数", "設置箇所数"},
      {"設置ヶ所数", "設置カ所数"},
      {"設置ケ所数", "設置ヵ所数"},
      {"安全･安心", "安全・安心"},
      {"A‖B", "A∥B"},
      {"（仮称）計画", "(仮称)計画"},
  };
  for (const auto& [a, b] : same) EXPECT_EQ(SearchKey(a), SearchKey(b)) << a << " " << b;
}

TEST(SearchKeyTest, OtherNamesHaveOtherKeys) {
  const std::vector<std::pair<const char*, const char*>> others = {
      {"男性の受診率", "女性の受診率"}, {"第1期", "第2期"}, {"心るさと", "ふるさと"}, {"件数", "人数"}};
  for (const auto& [a, b] : others) EXPECT_NE(SearchKey(a), SearchKey(b)) << a << " " << b;
}

TEST(SearchKeyTest, AKeyIsItsOwnKey) {
  for (const char* text : {"", "設置ヶ所 数〜", "か \u3099", "個人の二一ズ", "工業力・口座", "ー一−"}) {
    EXPECT_EQ(SearchKey(SearchKey(text)), SearchKey(text)) << text;
  }
}

TEST(SearchKeyTest, TheBestCandidateIsTheMostAlike) {
  const std::string wanted = "放課後子供教室の数";
  std::vector<std::string> names = {"交通事故件数", "子供の数", "放課後子供教室数", "放課後児童クラブ数"};
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return Likeness(wanted, a) > Likeness(wanted, b);
  });
  EXPECT_EQ(names[0], "放課後子供教室数");
  EXPECT_EQ(names[3], "交通事故件数");
}

TEST(SearchKeyTest, LikenessGoesFromNothingToTheSame) {
  EXPECT_EQ(Likeness("R4〜R6", "Ｒ４～Ｒ６"), 1);
  EXPECT_EQ(Likeness("市民", "企業"), 0);
  EXPECT_EQ(Likeness("", "企業"), 0);
  EXPECT_EQ(Likeness("", ""), 1);
  EXPECT_GT(Likeness("バス利用者", "コミュニティバス利用者数"),
            Likeness("バス停の数", "コミュニティバス利用者数"));
  EXPECT_EQ(Likeness("企業数", "起業数"), Likeness("起業数", "企業数"));
}

}  // namespace
}  // namespace seisaku::documents
