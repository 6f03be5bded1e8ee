#include "services/ledger/tree/key.h"

#include <fmt/format.h>
#include <sodium.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

constexpr size_t kKeyBytes = crypto_sign_PUBLICKEYBYTES;
constexpr size_t kSeedBytes = crypto_sign_SEEDBYTES;
static_assert(kKeyBytes == kSeedBytes);
constexpr std::string_view kSecretPrefix = "PRIVATE+KEY+";

// libsodium fails here only where the system has no random numbers.
void Require(bool done) {
  if (!done) std::abort();
}

// Has to be called before anything is signed or verified; finds the fastest code for this processor.
void InitSodium() {
  static const bool ready = sodium_init() >= 0;
  Require(ready);
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The type byte and the key, as both key texts and the id hold them.
std::string Typed(KeyType type, std::string_view key) { return static_cast<char>(type) + std::string(key); }

uint32_t KeyId(std::string_view name, std::string_view typed_public_key) {
  const Hash hash = Sha256(fmt::format("{}\n{}", name, typed_public_key));
  return uint32_t{hash[0]} << 24 | uint32_t{hash[1]} << 16 | uint32_t{hash[2]} << 8 | hash[3];
}

// A key text, "name+id+base64", taken apart.
struct KeyText {
  std::string name;
  std::string id;
  KeyType type;
  std::string key;
};

absl::StatusOr<KeyText> ParseKeyText(std::string_view text) {
  // Base64 may hold "+" too, names may not.
  const size_t name_end = text.find('+');
  const size_t id_end =
      name_end == std::string_view::npos ? std::string_view::npos : text.find('+', name_end + 1);
  if (id_end == std::string_view::npos) return errors::Malformed("key", "not name+id+base64");
  const std::string_view name = text.substr(0, name_end);
  if (!IsKeyName(name)) return errors::Malformed("key", "the name is empty or has white space");
  ASSIGN_OR_RETURN(std::string typed, FromBase64(text.substr(id_end + 1)));
  if (typed.size() != 1 + kKeyBytes) return errors::Malformed("key", "not a type and 32 bytes");
  const auto type = static_cast<KeyType>(typed[0]);
  if (type != KeyType::kLog && type != KeyType::kCosigner) return errors::Malformed("key", "unknown type");
  return KeyText{std::string(name), std::string(text.substr(name_end + 1, id_end - name_end - 1)), type,
                 typed.substr(1)};
}

std::string FormatId(uint32_t id) { return fmt::format("{:08x}", id); }

absl::Status LogKeyUnreadable(const std::string& file, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_UNREADABLE",
                   fmt::format("{}: {}", file, why), {{"file", file}, {"why", std::string(why)}});
}

constexpr size_t kMaxBytes = 64 << 10;  // a key is one line

template <typename Key>
absl::StatusOr<Key> ReadKey(const std::string& file) {
  absl::StatusOr<std::string> text = ReadRegularFile(file, kMaxBytes, Links::kFollow);
  if (!text.ok()) return LogKeyUnreadable(file, std::string(text.status().message()));
  absl::StripTrailingAsciiWhitespace(&*text);
  absl::StatusOr<Key> key = Key::Parse(*text);
  if (!key.ok()) return LogKeyUnreadable(file, std::string(key.status().message()));
  return key;
}

absl::Status OfOtherType(const std::string& file, KeyType wanted) {
  return LogKeyUnreadable(
      file, wanted == KeyType::kLog ? "a cosigner's key, not a log's" : "a log's key, not a cosigner's");
}

}  // namespace

bool IsKeyName(std::string_view name) {
  if (name.empty() || !IsUtf8(name)) return false;
  for (unsigned char c : name) {
    if (c <= ' ' || c == '+' || c == 0x7f) return false;
  }
  // Unicode's spaces beyond ASCII (White_Space).
  for (std::string_view space :
       {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
        "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
    if (name.find(space) != std::string_view::npos) return false;
  }
  return true;
}

VerifierKey::VerifierKey(std::string name, KeyType type, std::string key)
    : name_(std::move(name)), type_(type), id_(KeyId(name_, Typed(type, key))), key_(std::move(key)) {
  InitSodium();
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view text) {
  ASSIGN_OR_RETURN(KeyText parts, ParseKeyText(text));
  VerifierKey verifier(std::move(parts.name), parts.type, std::move(parts.key));
  if (FormatId(verifier.id()) != parts.id) return errors::Malformed("key", "the id does not fit the key");
  return verifier;
}

std::string VerifierKey::ToString() const {
  return fmt::format("{}+{}+{}", name_, FormatId(id_), ToBase64(Typed(type_, key_)));
}

bool VerifierKey::Verify(std::string_view message, std::string_view signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(Bytes(signature), Bytes(message), message.size(), Bytes(key_)) == 0;
}

absl::StatusOr<SigningKey> SigningKey::Generate(std::string_view name, KeyType type) {
  InitSodium();
  std::string seed(kSeedBytes, '\0');
  randombytes_buf(seed.data(), seed.size());
  absl::StatusOr<SigningKey> key = FromSeed(name, seed, type);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

absl::StatusOr<SigningKey> SigningKey::FromSeed(std::string_view name, std::string_view seed, KeyType type) {
  if (!IsKeyName(name)) return errors::Malformed("key", "the name is empty or has white space or a plus");
  if (seed.size() != kSeedBytes) return errors::Malformed("key", "an Ed25519 seed has 32 bytes");
  InitSodium();
  std::string public_key(kKeyBytes, '\0');
  const std::shared_ptr<Secret> secret(new Secret, [](Secret* gone) {
    sodium_memzero(gone->data(), gone->size());
    delete gone;
  });
  Require(crypto_sign_seed_keypair(Bytes(public_key), secret->data(), Bytes(seed)) == 0);
  return SigningKey(VerifierKey(std::string(name), type, std::move(public_key)), secret);
}

absl::StatusOr<SigningKey> SigningKey::Parse(std::string_view text) {
  if (text.substr(0, kSecretPrefix.size()) != kSecretPrefix) {
    return errors::Malformed("key", "not PRIVATE+KEY+name+id+base64");
  }
  ASSIGN_OR_RETURN(KeyText parts, ParseKeyText(text.substr(kSecretPrefix.size())));
  ASSIGN_OR_RETURN(SigningKey key, FromSeed(parts.name, parts.key, parts.type));
  if (FormatId(key.verifier().id()) != parts.id)
    return errors::Malformed("key", "the id does not fit the key");
  return key;
}

std::string SigningKey::ToSecretString() const {
  std::string seed(kSeedBytes, '\0');
  Require(crypto_sign_ed25519_sk_to_seed(Bytes(seed), secret_->data()) == 0);
  return fmt::format("{}{}+{}+{}", kSecretPrefix, name(), FormatId(verifier_.id()),
                     ToBase64(Typed(verifier_.type(), seed)));
}

std::string SigningKey::Sign(std::string_view message) const {
  std::string signature(crypto_sign_BYTES, '\0');
  Require(crypto_sign_detached(Bytes(signature), nullptr, Bytes(message), message.size(), secret_->data()) ==
          0);
  return signature;
}

absl::StatusOr<SigningKey> ReadSigningKey(const std::string& file, KeyType type) {
  ASSIGN_OR_RETURN(SigningKey key, ReadKey<SigningKey>(file));
  if (key.verifier().type() != type) return OfOtherType(file, type);
  return key;
}

absl::StatusOr<VerifierKey> ReadVerifierKey(const std::string& file, KeyType type) {
  ASSIGN_OR_RETURN(VerifierKey key, ReadKey<VerifierKey>(file));
  if (key.type() != type) return OfOtherType(file, type);
  return key;
}

std::string RotationStatement(std::string_view previous_key, std::string_view next_key) {
  return fmt::format("seisaku key rotation v1\n{}\n{}\n", previous_key, next_key);
}

absl::StatusOr<KeyRotation> OpenKeyRotation(std::string_view previous_key, std::string_view next_key,
                                            std::string_view next_key_signature) {
  ASSIGN_OR_RETURN(VerifierKey previous, VerifierKey::Parse(previous_key));
  ASSIGN_OR_RETURN(VerifierKey next, VerifierKey::Parse(next_key));
  if (previous.type() != KeyType::kLog || next.type() != KeyType::kLog) {
    return errors::Malformed("key rotation", "a cosigner's key, not a log's");
  }
  if (previous.name() != next.name()) return errors::Malformed("key rotation", "keys of different logs");
  if (previous.ToString() == next.ToString()) return errors::Malformed("key rotation", "twice the same key");
  if (!next.Verify(RotationStatement(previous_key, next_key), next_key_signature)) {
    return errors::SignatureInvalid(next.name());
  }
  return KeyRotation{std::move(previous), std::move(next)};
}

}  // namespace seisaku::ledger
