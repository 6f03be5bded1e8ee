#include "services/base/ids.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "services/base/errors.h"

namespace seisaku {
namespace {

constexpr size_t kUuidLength = 36;
constexpr size_t kMaxIdLength = 63;

bool IsHyphenPlace(size_t index) { return index == 8 || index == 13 || index == 18 || index == 23; }

bool IsIdCharacter(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; }

}  // namespace

std::string NewUuid(absl::Time now) {
  std::array<unsigned char, 16> bytes;
  // Without randomness ids would repeat and requests would be taken for one another: better to stop.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(milliseconds >> (40 - 8 * i));
  bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0f));  // version 7
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));  // variant 10

  std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::string_view view = hex;
  return fmt::format("{}-{}-{}-{}-{}", view.substr(0, 8), view.substr(8, 4), view.substr(12, 4),
                     view.substr(16, 4), view.substr(20));
}

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (IsHyphenPlace(i) ? c != '-' : !absl::ascii_isxdigit(c)) return false;
  }
  return true;
}

absl::Status ValidateId(std::string_view field, std::string_view id) {
  bool valid = !id.empty() && id.size() <= kMaxIdLength && id.front() != '-' && id.back() != '-' &&
               std::all_of(id.begin(), id.end(), IsIdCharacter);
  if (valid) return absl::OkStatus();
  return errors::InvalidField(field, expected::ID, {{"actual", id}});
}

}  // namespace seisaku
