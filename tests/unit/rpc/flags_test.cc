#include "services/rpc/process/flags.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/files.h"
#include "services/ledger/tree/key.h"
#include "tests/support/matchers.h"
#include "tests/unit/rpc/certificates.h"

namespace seisaku::rpc {
namespace {

const std::vector<std::string> kComplete = {
    "catalog",       "--dsn",  "host=/x",  "--certificate", "c.pem",     "--key",   "k.pem",
    "--ca",          "ca.pem", "--origin", "city/log",      "--log-key", "log.key", "--checkpoint-file",
    "log.checkpoint"};

class FlagsTest : public testing::Test {
 protected:
  FlagsTest() {
    unsetenv("SEISAKU_DSN");
    flags_.AddTo(app_);
  }
  ~FlagsTest() override { unsetenv("SEISAKU_DSN"); }

  int ParseLine(std::vector<std::string> line) {
    std::vector<char*> argv;
    for (std::string& word : line) argv.push_back(word.data());
    return Parse(app_, static_cast<int>(argv.size()), argv.data());
  }

  CLI::App app_{"Serves a test.", "seisaku-test"};
  Flags flags_;
};

TEST_F(FlagsTest, ACompleteCommandLineIsTaken) {
  EXPECT_EQ(ParseLine(kComplete), -1);
  EXPECT_EQ(flags_.dsn, "host=/x");
  EXPECT_EQ(flags_.origin, "city/log");
  EXPECT_EQ(flags_.tls.ca, "ca.pem");
  EXPECT_EQ(flags_.server.listen, "127.0.0.1:0") << "where nothing is said";
}

TEST_F(FlagsTest, EveryOptionIsDescribed) {
  for (const CLI::Option* option : app_.get_options()) {
    EXPECT_NE(option->get_description(), "") << option->get_name();
  }
}

TEST_F(FlagsTest, WrongCommandLinesExitWith2) {
  EXPECT_EQ(ParseLine({"catalog"}), 2);
  std::vector<std::string> line = kComplete;
  line.push_back("--no-such-flag");
  EXPECT_EQ(ParseLine(line), 2);
}

TEST_F(FlagsTest, VersionAndHelpExitWith0) {
  EXPECT_EQ(ParseLine({"catalog", "--version"}), 0);
  EXPECT_EQ(ParseLine({"catalog", "--help"}), 0);
}

TEST_F(FlagsTest, DsnMayStandInTheEnvironment) {
  setenv("SEISAKU_DSN", "host=/y", 1);
  std::vector<std::string> line = kComplete;
  line.erase(line.begin() + 1, line.begin() + 3);
  EXPECT_EQ(ParseLine(line), -1);
  EXPECT_EQ(flags_.dsn, "host=/y");
}

TEST_F(FlagsTest, AConfigFileFillsWhatTheCommandLineLeavesOut) {
  Authority scratch;
  const std::string file = scratch.folder() + "/config.toml";
  ASSERT_THAT(WriteFileAtomically(file, "listen = \"[::]:7001\"\norigin = \"other\"\n"), IsOk());
  std::vector<std::string> line = kComplete;
  line.insert(line.end(), {"--config", file});
  EXPECT_EQ(ParseLine(line), -1);
  EXPECT_EQ(flags_.server.listen, "[::]:7001");
  EXPECT_EQ(flags_.origin, "city/log");
}

TEST_F(FlagsTest, LedgerOptionsCarryTheKeyOfTheFile) {
  Authority scratch;
  ASSERT_OK_AND_ASSIGN(ledger::SigningKey key,
                       ledger::SigningKey::Generate("city/log", ledger::KeyType::kLog));
  flags_.log_key_file = scratch.folder() + "/log.key";
  ASSERT_THAT(WriteFileAtomically(flags_.log_key_file, key.ToSecretString() + "\n"), IsOk());
  flags_.origin = "city/log";
  flags_.checkpoint_file = "log.checkpoint";
  ASSERT_OK_AND_ASSIGN(ledger::Ledger::Options options, ToLedgerOptions(flags_));
  EXPECT_EQ(options.origin, "city/log");
  EXPECT_EQ(options.checkpoint_file, "log.checkpoint");
  EXPECT_EQ(options.key->verifier().ToString(), key.verifier().ToString());
  EXPECT_FALSE(options.previous_key.has_value());

  ASSERT_OK_AND_ASSIGN(ledger::SigningKey before,
                       ledger::SigningKey::Generate("city/log", ledger::KeyType::kLog));
  flags_.previous_log_key_file = scratch.folder() + "/before.key";
  EXPECT_THAT(ToLedgerOptions(flags_), HasReason("LOG_KEY_UNREADABLE"));
  ASSERT_THAT(WriteFileAtomically(flags_.previous_log_key_file, before.ToSecretString() + "\n"), IsOk());
  ASSERT_OK_AND_ASSIGN(options, ToLedgerOptions(flags_));
  EXPECT_EQ(options.key->verifier().ToString(), key.verifier().ToString());
  EXPECT_EQ(options.previous_key->verifier().ToString(), before.verifier().ToString());
}

TEST_F(FlagsTest, AnUnreadableLogKeyIsAnErrorThatDoesNotRepeatIt) {
  Authority scratch;
  flags_.log_key_file = scratch.folder() + "/log.key";
  EXPECT_THAT(ToLedgerOptions(flags_), HasReason("LOG_KEY_UNREADABLE"));
  ASSERT_THAT(WriteFileAtomically(flags_.log_key_file, "secret"), IsOk());
  absl::Status status = ToLedgerOptions(flags_).status();
  EXPECT_THAT(status, HasReason("LOG_KEY_UNREADABLE"));
  EXPECT_THAT(status.ToString(), testing::Not(testing::HasSubstr("secret")));
}

TEST_F(FlagsTest, CosignersMayBeManyAndMustBeCosigners) {
  Authority scratch;
  EXPECT_THAT(*ReadCosignerKeys(flags_), testing::IsEmpty());
  std::vector<std::string> line = kComplete;
  for (const auto& [name, type] :
       {std::pair("a", ledger::KeyType::kCosigner), std::pair("b", ledger::KeyType::kCosigner),
        std::pair("log", ledger::KeyType::kLog)}) {
    ASSERT_OK_AND_ASSIGN(const ledger::SigningKey key, ledger::SigningKey::Generate(name, type));
    const std::string file = scratch.folder() + "/" + name;
    ASSERT_THAT(WriteFileAtomically(file, key.verifier().ToString() + "\n"), IsOk());
    line.insert(line.end(), {"--cosigner-vkey", file});
  }
  EXPECT_EQ(ParseLine(line), -1);
  EXPECT_THAT(ReadCosignerKeys(flags_), HasReason("LOG_KEY_UNREADABLE")) << "the last is a log's";
  flags_.cosigner_vkey_files.pop_back();
  ASSERT_OK_AND_ASSIGN(const auto keys, ReadCosignerKeys(flags_));
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[1].name(), "b");
}

}  // namespace
}  // namespace seisaku::rpc
