#include "services/ledger/tree/key.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "services/base/status.h"
#include "services/base/text.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr std::string_view kSecretPrefix = "PRIVATE+KEY+";

using KeyPointer = std::shared_ptr<EVP_PKEY>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// OpenSSL fails here only for want of memory or a broken installation.
void Require(bool done) {
  if (!done) std::abort();
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string RawKey(EVP_PKEY* key, decltype(&EVP_PKEY_get_raw_public_key) get) {
  std::string bytes(kKeyBytes, '\0');
  size_t size = bytes.size();
  Require(get(key, Bytes(bytes), &size) == 1 && size == kKeyBytes);
  return bytes;
}

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

VerifierKey::VerifierKey(std::string name, KeyType type, std::shared_ptr<evp_pkey_st> key)
    : name_(std::move(name)),
      type_(type),
      id_(KeyId(name_, Typed(type, RawKey(key.get(), &EVP_PKEY_get_raw_public_key)))),
      key_(std::move(key)) {}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view text) {
  ASSIGN_OR_RETURN(KeyText parts, ParseKeyText(text));
  KeyPointer key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(parts.key), kKeyBytes),
                 &EVP_PKEY_free);
  if (key == nullptr) return errors::Malformed("key", "not an Ed25519 public key");
  VerifierKey verifier(std::move(parts.name), parts.type, std::move(key));
  if (FormatId(verifier.id()) != parts.id) return errors::Malformed("key", "the id does not fit the key");
  return verifier;
}

std::string VerifierKey::ToString() const {
  const std::string public_key = RawKey(key_.get(), &EVP_PKEY_get_raw_public_key);
  return fmt::format("{}+{}+{}", name_, FormatId(id_), ToBase64(Typed(type_, public_key)));
}

bool VerifierKey::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                          message.size()) == 1;
}

absl::StatusOr<SigningKey> SigningKey::Generate(std::string_view name, KeyType type) {
  std::string seed(kKeyBytes, '\0');
  Require(RAND_priv_bytes(Bytes(seed), kKeyBytes) == 1);
  absl::StatusOr<SigningKey> key = FromSeed(name, seed, type);
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

absl::StatusOr<SigningKey> SigningKey::FromSeed(std::string_view name, std::string_view seed, KeyType type) {
  if (!IsKeyName(name)) return errors::Malformed("key", "the name is empty or has white space or a plus");
  if (seed.size() != kKeyBytes) return errors::Malformed("key", "an Ed25519 seed has 32 bytes");
  KeyPointer key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()),
                 &EVP_PKEY_free);
  Require(key != nullptr);
  return SigningKey(VerifierKey(std::string(name), type, std::move(key)));
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
  const std::string seed = RawKey(verifier_.key_.get(), &EVP_PKEY_get_raw_private_key);
  return fmt::format("{}{}+{}+{}", kSecretPrefix, name(), FormatId(verifier_.id()),
                     ToBase64(Typed(verifier_.type(), seed)));
}

std::string SigningKey::Sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  Require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, verifier_.key_.get()) == 1 &&
          EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(message), message.size()) == 1 &&
          size == kSignatureBytes);
  return signature;
}

}  // namespace seisaku::ledger
