// The Ed25519 keys of C2SP signed notes: their texts, the files that hold them, and how a log changes its key.
// A key's id is the first four bytes of SHA-256(name || 0x0A || type || public key). Keys are values, cheap to
// copy; const use is thread-safe.
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

// Read the one key in `file`, as seisaku-admin keygen writes it. FAILED_PRECONDITION LOG_KEY_UNREADABLE: the
// file cannot be read, or holds no key of `type`; metadata `file` and `why`, which never repeats the content.
absl::StatusOr<SigningKey> ReadSigningKey(const std::string& file, KeyType type);
absl::StatusOr<VerifierKey> ReadVerifierKey(const std::string& file, KeyType type = KeyType::kLog);

// What the next key of a log signs. It proves that whoever names the key holds it (log.v1.KeyRotated):
//   "seisaku key rotation v1\n" previous_key "\n" next_key "\n"
// Both keys are written as by VerifierKey::ToString(). The first line has spaces, so it is no origin: nobody can
// take the statement for a checkpoint, a cosignature or a seal, nor one of those for it.
std::string RotationStatement(std::string_view previous_key, std::string_view next_key);

struct KeyRotation {
  VerifierKey previous;
  VerifierKey next;
};

// Parses and verifies the fields of a log.v1.KeyRotated. The caller checks that `previous` was the log's key.
// INVALID_ARGUMENT MALFORMED: one is no log key, the names differ, or both are the same key.
// UNAUTHENTICATED SIGNATURE_INVALID: the next key did not sign the statement.
absl::StatusOr<KeyRotation> OpenKeyRotation(std::string_view previous_key, std::string_view next_key,
                                            std::string_view next_key_signature);

}  // namespace seisaku::ledger
