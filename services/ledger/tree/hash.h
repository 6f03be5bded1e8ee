// The hashes of an RFC 6962 §2.1 Merkle tree (SHA-256) and how they are encoded: bytes, hexadecimal, and the
// base64 of notes and checkpoints. Pure and thread-safe. A failure of the cryptographic library aborts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace seisaku::ledger {

inline constexpr size_t kHashBytes = 32;
using Hash = std::array<uint8_t, kHashBytes>;

Hash Sha256(std::string_view data);

// SHA-256(0x00 || entry).
Hash LeafHash(std::string_view entry);

// SHA-256(0x01 || left || right).
Hash NodeHash(const Hash& left, const Hash& right);

// The root of the tree without leaves: SHA-256 of nothing.
Hash EmptyRoot();

// The 32 bytes as they are stored and sent; and back. INVALID_ARGUMENT MALFORMED: not 32 bytes.
std::string ToBytes(const Hash& hash);
absl::StatusOr<Hash> HashFromBytes(std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string ToHex(const Hash& hash);

// The last `bytes` of the number, the most significant first.
std::string BigEndian(uint64_t value, size_t bytes);

// RFC 4648 §4, padded, without line breaks. Decoding takes only what encoding gives (no white space, no
// missing padding, no stray bits), so that equal values have equal text. INVALID_ARGUMENT MALFORMED.
std::string ToBase64(std::string_view bytes);
absl::StatusOr<std::string> FromBase64(std::string_view text);

}  // namespace seisaku::ledger
