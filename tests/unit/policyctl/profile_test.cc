#include "tools/policyctl/profile.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matchers.h"

namespace seisaku::policyctl {
namespace {

namespace fs = std::filesystem;

Environment Variables(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    std::string pattern = (fs::temp_directory_path() / "policyctl-profile-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~ProfileTest() override { fs::remove_all(directory_); }

  std::string Write(const std::string& name, const std::string& content) {
    std::ofstream(directory_ / name) << content;
    return (directory_ / name).string();
  }

  std::string Profiles() {
    return Write("profiles.toml", R"(
default = "planner"
[profiles.planner]
catalog = "127.0.0.1:1111"
progress_address_file = "progress.address"
certificate = "planner.pem"
key = "/elsewhere/planner.key"
ca = "ca.pem"
plan = "strategy"
[profiles.auditor]
catalog = "127.0.0.1:3"
progress = "127.0.0.1:4"
certificate = "a.pem"
key = "a.key"
ca = "ca.pem"
)");
  }

  fs::path directory_;
};

TEST_F(ProfileTest, FileIsLookedForInTheDocumentedOrder) {
  const std::map<std::string, std::string> all = {
      {"SEISAKU_PROFILES", "/named"}, {"XDG_CONFIG_HOME", "/config"}, {"HOME", "/home/u"}};
  EXPECT_EQ(FindProfilesFile({.file = "/given"}, Variables(all)), "/given");
  EXPECT_EQ(FindProfilesFile({}, Variables(all)), "/named");
  EXPECT_EQ(FindProfilesFile({}, Variables({{"XDG_CONFIG_HOME", "/config"}, {"HOME", "/home/u"}})),
            "/config/seisaku/profiles.toml");
  EXPECT_EQ(FindProfilesFile({}, Variables({{"HOME", "/home/u"}})), "/home/u/.config/seisaku/profiles.toml");
}

TEST_F(ProfileTest, DefaultIsTakenAndItsFilesAreRelativeToTheProfilesFile) {
  const std::string file = Profiles();
  Write("progress.address", "127.0.0.1:2222\n");
  ASSERT_OK_AND_ASSIGN(const Profile profile, LoadProfile({.file = file}, Variables({})));
  EXPECT_EQ(profile.name, "planner");
  EXPECT_EQ(profile.catalog, "127.0.0.1:1111");
  EXPECT_EQ(profile.progress, "127.0.0.1:2222");
  EXPECT_EQ(profile.files.certificate, (directory_ / "planner.pem").string());
  EXPECT_EQ(profile.files.key, "/elsewhere/planner.key");
  EXPECT_EQ(profile.plan, "strategy");
}

TEST_F(ProfileTest, PreferredProfileIsTakenOnlyWhereNoneWasNamed) {
  const std::string file = Profiles();
  Write("progress.address", "127.0.0.1:2222\n");
  const auto name = [&](const ProfileChoice& choice, const Environment& environment) {
    const absl::StatusOr<Profile> profile = LoadProfile(choice, environment);
    return profile.ok() ? profile->name : profile.status().ToString();
  };
  EXPECT_EQ(name({.file = file, .preferred = "auditor"}, Variables({})), "auditor");
  EXPECT_EQ(name({.file = file, .preferred = "operator"}, Variables({})), "planner");
  EXPECT_EQ(name({.file = file, .name = "planner", .preferred = "auditor"}, Variables({})), "planner");
  EXPECT_EQ(name({.file = file, .preferred = "auditor"}, Variables({{"SEISAKU_PROFILE", "planner"}})),
            "planner");
}

TEST_F(ProfileTest, MissingFileSaysWhichWasLookedFor) {
  const absl::StatusOr<Profile> profile = LoadProfile({.file = "/nowhere/p.toml"}, Variables({}));
  EXPECT_THAT(profile, HasReason("PROFILES_MISSING"));
  EXPECT_THAT(std::string(profile.status().message()), testing::HasSubstr("/nowhere/p.toml"));
}

TEST_F(ProfileTest, UnknownProfileNamesThoseThatThereAre) {
  const absl::StatusOr<Profile> profile = LoadProfile({.file = Profiles(), .name = "mayor"}, Variables({}));
  EXPECT_THAT(profile, HasReason("PROFILE_UNKNOWN"));
  EXPECT_EQ(GetErrorInfo(profile.status())->metadata().at("known"), "auditor, planner");
}

TEST_F(ProfileTest, ServiceThatNeverStartedIsNamed) {
  EXPECT_THAT(LoadProfile({.file = Profiles()}, Variables({})), HasReason("ADDRESS_UNKNOWN"));
}

TEST_F(ProfileTest, WhatIsNoTomlOrLacksAKeyIsRefused) {
  EXPECT_THAT(LoadProfile({.file = Write("a.toml", "default = ")}, Variables({})),
              HasReason("PROFILES_INVALID"));
  const std::string lacking = Write("b.toml", "default = \"p\"\n[profiles.p]\ncatalog = \"x:1\"\n");
  EXPECT_THAT(LoadProfile({.file = lacking}, Variables({})), HasReason("PROFILES_INVALID"));
}

}  // namespace
}  // namespace seisaku::policyctl
