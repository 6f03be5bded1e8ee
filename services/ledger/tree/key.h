// The Ed25519 keys of C2SP signed notes, and their texts. A key's id is the first four bytes of
// SHA-256(name || 0x0A || type || public key). Values, cheap to copy; const use is thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace seisaku::ledger {

// What a key signs. The numbers are the signature type bytes of C2SP signed-note.
enum class KeyType : uint8_t {
  kLog = 0x01,       // The note's text: a log signs its checkpoints.
  kCosigner = 0x04,  // The text with a time (C2SP tlog-cosignature): a witness or auditor.
};

// Whether `name` can name a key: UTF-8, not empty, without white space, control characters and "+".
bool IsKeyName(std::string_view name);

// A public key.
class VerifierKey {
 public:
  // Reads "name+<id in 8 hexadecimal digits>+<base64 of type and public key>". INVALID_ARGUMENT MALFORMED:
  // another form, type or id.
  static absl::StatusOr<VerifierKey> Parse(std::string_view text);

  // What Parse reads.
  std::string ToString() const;

  const std::string& name() const { return name_; }
  uint32_t id() const { return id_; }
  KeyType type() const { return type_; }

  // Whether `signature` is this key's Ed25519 signature (64 bytes, RFC 8032) of exactly `message`.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  VerifierKey(std::string name, KeyType type, std::string key);

  std::string name_;
  KeyType type_;
  uint32_t id_;
  std::string key_;  // 32 bytes
};

// A private key.
class SigningKey {
 public:
  // A new key from the system's random numbers. INVALID_ARGUMENT MALFORMED: `name` is no key name.
  static absl::StatusOr<SigningKey> Generate(std::string_view name, KeyType type);

  // The key of a 32-byte Ed25519 seed. INVALID_ARGUMENT MALFORMED: not 32 bytes, or no key name.
  static absl::StatusOr<SigningKey> FromSeed(std::string_view name, std::string_view seed, KeyType type);

  // Reads "PRIVATE+KEY+name+<id>+<base64 of type and seed>", the content of a private key file (without the
  // newline). INVALID_ARGUMENT MALFORMED, whose message does not repeat the text.
  static absl::StatusOr<SigningKey> Parse(std::string_view text);

  // What Parse reads: secret, only for the key file.
  std::string ToSecretString() const;

  const VerifierKey& verifier() const { return verifier_; }
  const std::string& name() const { return verifier_.name(); }

  // The 64-byte Ed25519 signature of exactly `message`.
  std::string Sign(std::string_view message) const;

 private:
  using Secret = std::array<unsigned char, 64>;  // the seed and the public key, as libsodium wants them

  SigningKey(VerifierKey verifier, std::shared_ptr<const Secret> secret)
      : verifier_(std::move(verifier)), secret_(std::move(secret)) {}

  VerifierKey verifier_;
  std::shared_ptr<const Secret> secret_;  // overwritten when the last copy is gone
};

}  // namespace seisaku::ledger
