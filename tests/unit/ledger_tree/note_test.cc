#include "services/ledger/tree/note.h"

#include <gtest/gtest.h>

#include "services/base/status.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

constexpr std::string_view kText = "伊勢崎市\n\nthe second paragraph\n";

SigningKey KeyOf(std::string_view name, char seed, KeyType type = KeyType::kLog) {
  return *SigningKey::FromSeed(name, std::string(32, seed), type);
}

// The published example of the Go implementation of signed notes (golang.org/x/mod/sumdb/note).
constexpr std::string_view kNeumannKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kNeumannText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr std::string_view kNeumannLine =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

std::string Join(std::string_view text, std::string_view lines) {
  return std::string(text) + "\n" + std::string(lines);
}

// The signature lines of a note that SignNote or CosignNote made.
std::string LinesOf(const std::string& note) { return note.substr(note.rfind("\n\n") + 2); }

TEST(NoteTest, OpensThePublishedExampleOfAnotherImplementation) {
  auto verifier = VerifierKey::Parse(kNeumannKey);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  EXPECT_EQ(verifier->ToString(), kNeumannKey);
  EXPECT_EQ(verifier->name(), "PeterNeumann");
  EXPECT_EQ(verifier->id(), 0xc74f20a3u);
  auto note = OpenNote(Join(kNeumannText, kNeumannLine), {*verifier});
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->text, kNeumannText);
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].key_name, "PeterNeumann");
  EXPECT_EQ(note->signatures[0].cosigned_at, std::nullopt);
}

TEST(NoteTest, OpensWhatItSigned) {
  const SigningKey key = KeyOf("log.example/isesaki", 'a');
  auto message = SignNote(kText, key);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->substr(0, kText.size() + 1), std::string(kText) + "\n");
  auto note = OpenNote(*message, {key.verifier()});
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->text, kText);
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].key_id, key.verifier().id());
}

TEST(NoteTest, SaysWhoseLineItIs) {
  EXPECT_EQ(SignerOf(kNeumannLine), "PeterNeumann+c74f20a3");
  const std::string line(kNeumannLine);
  EXPECT_EQ(SignerOf(line.substr(0, line.size() - 1)), std::nullopt) << "without its newline";
  EXPECT_EQ(SignerOf(line + line), std::nullopt);
  EXPECT_EQ(SignerOf(""), std::nullopt);
  EXPECT_EQ(SignerOf("junk\n"), std::nullopt);
  EXPECT_EQ(SignerOf("\u2014 PeterNeumann AAAA\n"), std::nullopt) << "no signature behind the id";
  EXPECT_EQ(SignerOf("\u2014 Peter\x1bNeumann x08go/Y=\n"), std::nullopt);
}

TEST(NoteTest, OnlyLinesThatFitAreAddedBelowANote) {
  const SigningKey key = KeyOf("log", 'a'), auditor = KeyOf("auditor", 'b', KeyType::kCosigner),
                   stranger = KeyOf("stranger", 'c', KeyType::kCosigner);
  const std::string note = *SignNote(kText, key), other = *SignNote("another\n", key);
  const auto line_of = [&](const std::string& of, const SigningKey& by) {
    const std::string lines = LinesOf(*CosignNote(of, by, absl::FromUnixSeconds(1'800'000'000)));
    return lines.substr(lines.find('\n') + 1);
  };
  const std::string known = line_of(note, auditor), unknown = line_of(note, stranger);
  const VerifierKey verifiers[] = {auditor.verifier()};
  size_t verified = 0;
  EXPECT_EQ(
      WithCosignatures(note, {unknown, "junk\n", line_of(other, auditor), "", known}, verifiers, &verified),
      note + known + unknown);
  EXPECT_EQ(verified, 1u);
  EXPECT_EQ(WithCosignatures(note, {unknown, "junk"}, verifiers, &verified), note + unknown);
  EXPECT_EQ(verified, 0u);
  const std::string many = WithCosignatures(note, std::vector<std::string>(500, unknown), verifiers);
  EXPECT_TRUE(OpenNote(many, {key.verifier()}).ok()) << "as many as a note may have";
}

TEST(NoteTest, RefusesAChangeOfAnyByteOfTheText) {
  const SigningKey key = KeyOf("log", 'a');
  const std::string message = *SignNote("origin\n42\nroot\n", key);
  for (size_t i = 0; i < std::string_view("origin\n42\nroot").size(); ++i) {
    std::string changed = message;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_EQ(ReasonOf(OpenNote(changed, {key.verifier()}).status()), "SIGNATURE_INVALID") << i;
  }
}

TEST(NoteTest, IgnoresKeysItDoesNotKnowEvenOfTheSameName) {
  const SigningKey mine = KeyOf("log", 'a'), stranger = KeyOf("log", 'b'), other = KeyOf("other", 'a');
  const std::string both = *SignNote(kText, stranger) + LinesOf(*SignNote(kText, mine));
  auto note = OpenNote(both, {mine.verifier(), other.verifier()});
  ASSERT_TRUE(note.ok()) << note.status();
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].key_id, mine.verifier().id());

  EXPECT_EQ(ReasonOf(OpenNote(both, {other.verifier()}).status()), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(OpenNote(both, {}).status()), "SIGNATURE_MISSING");
}

TEST(NoteTest, OneFailingSignatureOfAKnownKeySpoilsTheNote) {
  const SigningKey first = KeyOf("first", 'a'), second = KeyOf("second", 'b');
  const std::string message = *SignNote(kText, first) + LinesOf(*SignNote("another text\n", second));
  EXPECT_TRUE(OpenNote(message, {first.verifier()}).ok());
  EXPECT_EQ(ReasonOf(OpenNote(message, {first.verifier(), second.verifier()}).status()), "SIGNATURE_INVALID");
}

TEST(NoteTest, CountsARepeatedSignatureOnce) {
  const SigningKey key = KeyOf("log", 'a');
  const std::string message = *SignNote(kText, key);
  auto note = OpenNote(message + LinesOf(message), {key.verifier()});
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->signatures.size(), 1u);
}

TEST(NoteTest, SignsOnlyTextThatANoteCanHold) {
  const SigningKey key = KeyOf("log", 'a');
  for (std::string_view text : {"", "no newline", "tab\t\n", "carriage return\r\n", "\xff\n"}) {
    EXPECT_EQ(ReasonOf(SignNote(text, key).status()), "MALFORMED") << text;
  }
  EXPECT_FALSE(SignNote(std::string(kMaxNoteBytes, 'x') + "\n", key).ok());
  EXPECT_FALSE(SignNote(kText, KeyOf("auditor", 'a', KeyType::kCosigner)).ok());
}

TEST(NoteTest, SignsNothingThatItWouldNotOpen) {
  const SigningKey key = KeyOf("log", 'a'), auditor = KeyOf("auditor", 'b', KeyType::kCosigner);
  const size_t room = kMaxNoteBytes - 1 - LinesOf(*SignNote("text\n", key)).size();
  const std::string full = *SignNote(std::string(room - 1, 'x') + "\n", key);
  EXPECT_TRUE(OpenNote(full, {key.verifier()}).ok());
  EXPECT_EQ(ReasonOf(SignNote(std::string(room, 'x') + "\n", key).status()), "MALFORMED");
  EXPECT_EQ(ReasonOf(CosignNote(full, auditor, absl::UnixEpoch()).status()), "MALFORMED");

  std::string signed_often = *SignNote(kText, key);
  for (size_t more = 1; more < kMaxNoteSignatures; ++more) {
    auto cosigned = CosignNote(signed_often, auditor, absl::UnixEpoch());
    ASSERT_TRUE(cosigned.ok()) << cosigned.status();
    signed_often = *std::move(cosigned);
  }
  EXPECT_TRUE(OpenNote(signed_often, {key.verifier()}).ok());
  EXPECT_EQ(ReasonOf(CosignNote(signed_often, auditor, absl::UnixEpoch()).status()), "MALFORMED");
}

TEST(NoteTest, RefusesWhatIsNoSignedNote) {
  const SigningKey key = KeyOf("log", 'a');
  const std::string line = LinesOf(*SignNote("text\n", key));
  ASSERT_TRUE(OpenNote("text\n\n" + line, {key.verifier()}).ok());
  const std::string malformed[] = {
      "",
      "text\n",
      "text\n\n",
      "text\n" + line,
      "text\n\n" + line.substr(0, line.size() - 1),
      "text\n\n" + line + "\n",
      "text\n\n" + line + "junk\n",
      "text\n\n- log AAAAAAAA\n",
      "text\n\n— log\n",
      "text\n\n—  AAAAAAAA\n",
      "text\n\n— a+b AAAAAAAA\n",
      "text\n\n— log AAAAAAA\n",
      "text\n\n— log AAAAAA==\n",
      "text\n\n— log AAAAAAAA \n",
      "text\r\n\n" + line,
  };
  for (const std::string& message : malformed) {
    EXPECT_EQ(ReasonOf(OpenNote(message, {key.verifier()}).status()), "MALFORMED") << message;
  }
}

TEST(NoteTest, TakesAHundredSignaturesAndNoMore) {
  const SigningKey key = KeyOf("log", 'a');
  std::string message = *SignNote(kText, key);
  for (size_t i = 1; i < kMaxNoteSignatures; ++i) message += "— stranger AAAAAAAA\n";
  EXPECT_TRUE(OpenNote(message, {key.verifier()}).ok());
  EXPECT_EQ(ReasonOf(OpenNote(message + "— stranger AAAAAAAA\n", {key.verifier()}).status()), "MALFORMED");
}

TEST(CosignatureTest, SaysWhenTheTextWasSeen) {
  const SigningKey log = KeyOf("log", 'a'), auditor = KeyOf("auditor", 'b', KeyType::kCosigner);
  const absl::Time seen = absl::FromUnixSeconds(1'679'315'147);
  auto message = CosignNote(*SignNote(kText, log), auditor, seen + absl::Milliseconds(999));
  ASSERT_TRUE(message.ok()) << message.status();
  auto note = OpenNote(*message, {log.verifier(), auditor.verifier()});
  ASSERT_TRUE(note.ok()) << note.status();
  ASSERT_EQ(note->signatures.size(), 2u);
  EXPECT_EQ(note->signatures[1].key_name, "auditor");
  EXPECT_EQ(note->signatures[1].cosigned_at, seen);
  EXPECT_TRUE(OpenNote(*message, {log.verifier()}).ok());
}

TEST(CosignatureTest, HasTheLayoutOfTheSpecification) {
  const SigningKey log = KeyOf("log", 'a'), auditor = KeyOf("auditor", 'b', KeyType::kCosigner);
  const std::string message =
      *CosignNote(*SignNote("origin\n1\nroot\n", log), auditor, absl::FromUnixSeconds(0x0102030405));
  const std::string start = "— auditor ";
  const size_t at = message.rfind(start) + start.size();
  const std::string bytes = *FromBase64(message.substr(at, message.size() - at - 1));
  ASSERT_EQ(bytes.size(), 4u + 8u + 64u);
  EXPECT_EQ(bytes.substr(4, 8), std::string("\0\0\0\1\2\3\4\5", 8));
  EXPECT_TRUE(
      auditor.verifier().Verify("cosignature/v1\ntime 4328719365\norigin\n1\nroot\n", bytes.substr(12)));
}

TEST(CosignatureTest, RefusesAnotherTimeAnotherTextAndAnotherKind) {
  const SigningKey log = KeyOf("log", 'a'), auditor = KeyOf("auditor", 'b', KeyType::kCosigner);
  const std::string signed_note = *SignNote(kText, log);
  const absl::Time time = absl::FromUnixSeconds(1'700'000'000);
  const std::string line =
      LinesOf(*CosignNote(signed_note, auditor, time)).substr(LinesOf(signed_note).size());

  EXPECT_EQ(ReasonOf(OpenNote(Join("another text\n", line), {auditor.verifier()}).status()),
            "SIGNATURE_INVALID");
  std::string bytes = *FromBase64(line.substr(line.rfind(' ') + 1, line.size() - line.rfind(' ') - 2));
  bytes[11] ^= 1;
  const std::string later = "— auditor " + ToBase64(bytes) + "\n";
  EXPECT_EQ(ReasonOf(OpenNote(Join(kText, later), {auditor.verifier()}).status()), "SIGNATURE_INVALID");
  const std::string cut = "— auditor " + ToBase64(bytes.substr(0, 9)) + "\n";
  EXPECT_EQ(ReasonOf(OpenNote(Join(kText, cut), {auditor.verifier()}).status()), "SIGNATURE_INVALID");

  EXPECT_EQ(ReasonOf(CosignNote(signed_note, log, time).status()), "MALFORMED");
  EXPECT_EQ(ReasonOf(CosignNote(kText, auditor, time).status()), "MALFORMED");
  EXPECT_EQ(ReasonOf(CosignNote(signed_note, auditor, absl::FromUnixSeconds(-1)).status()), "MALFORMED");
  EXPECT_EQ(ReasonOf(CosignNote(signed_note, auditor, absl::InfiniteFuture()).status()), "MALFORMED");
}

TEST(CosignatureTest, RefusesATimeBeyond63Bits) {
  const SigningKey auditor = KeyOf("auditor", 'b', KeyType::kCosigner);
  const uint32_t id = auditor.verifier().id();
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(id >> shift & 0xff));
  bytes +=
      std::string("\x80\0\0\0\0\0\0\0", 8) + auditor.Sign("cosignature/v1\ntime 9223372036854775808\ntext\n");
  const std::string line = "— auditor " + ToBase64(bytes) + "\n";
  EXPECT_EQ(ReasonOf(OpenNote(Join("text\n", line), {auditor.verifier()}).status()), "SIGNATURE_INVALID");
}

}  // namespace
}  // namespace seisaku::ledger
