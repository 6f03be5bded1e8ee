// The encodings of hash.h. They stand apart from hash.cc, because tests/bench/unhashed replaces that file alone.
#include <algorithm>

#include "absl/strings/escaping.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::ledger {
namespace {

// Debian 12 builds abseil for C++14, where absl::string_view is a type of its own.
absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string ToBytes(const Hash& hash) { return std::string(hash.begin(), hash.end()); }

absl::StatusOr<Hash> HashFromBytes(std::string_view bytes) {
  if (bytes.size() != kHashBytes) return errors::Malformed("hash", "a hash has 32 bytes");
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::string BigEndian(uint64_t value, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t i = bytes; i-- > 0; value >>= 8) text[i] = static_cast<char>(value & 0xff);
  return text;
}

std::string ToHex(const Hash& hash) { return absl::BytesToHexString(ToBytes(hash)); }

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(Absl(bytes)); }

absl::StatusOr<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(Absl(text), &bytes) || ToBase64(bytes) != text) {
    return errors::Malformed("base64", "not standard, padded, canonical base64");
  }
  return bytes;
}

}  // namespace seisaku::ledger
