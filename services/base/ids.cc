#include "services/base/ids.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "services/base/errors.h"

namespace seisaku {
namespace {

constexpr size_t kUuidLength = 36;
constexpr size_t kMaxIdLength = 63;

bool IsHyphenPlace(size_t index) { return index == 8 || index == 13 || index == 18 || index == 23; }

bool IsIdCharacter(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; }

constexpr size_t kUuidBytes = 16;
using UuidBytes = std::array<unsigned char, kUuidBytes>;

// Random bytes, fetched many at a time: one fetch costs about as much as a thousand bytes.
UuidBytes RandomBytes() {
  static thread_local std::array<unsigned char, 64 * kUuidBytes> pool;
  static thread_local size_t left = 0;
  if (left == 0) {
    // Without randomness ids would repeat and requests would be taken for one another: better to stop.
    if (RAND_bytes(pool.data(), static_cast<int>(pool.size())) != 1) std::abort();
    left = pool.size();
  }
  left -= kUuidBytes;
  UuidBytes bytes;
  std::copy_n(pool.begin() + static_cast<ptrdiff_t>(left), kUuidBytes, bytes.begin());
  return bytes;
}

}  // namespace

std::string NewUuid(absl::Time now) {
  UuidBytes bytes = RandomBytes();
  auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(milliseconds >> (40 - 8 * i));
  bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0f));  // version 7
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));  // variant 10

  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string uuid;
  uuid.reserve(kUuidLength);
  for (unsigned char byte : bytes) {
    if (IsHyphenPlace(uuid.size())) uuid.push_back('-');
    uuid.push_back(kDigits[byte >> 4]);
    uuid.push_back(kDigits[byte & 0xf]);
  }
  return uuid;
}

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (IsHyphenPlace(i) ? c != '-' : !absl::ascii_isxdigit(c)) return false;
  }
  return true;
}

absl::Status ValidateId(const FieldPath& field, std::string_view id) {
  bool valid = !id.empty() && id.size() <= kMaxIdLength && id.front() != '-' && id.back() != '-' &&
               std::all_of(id.begin(), id.end(), IsIdCharacter);
  if (valid) return absl::OkStatus();
  return errors::InvalidField(field.ToString(), expected::ID, {{"actual", id}});
}

}  // namespace seisaku
