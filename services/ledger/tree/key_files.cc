#include "services/ledger/tree/key_files.h"

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"

namespace seisaku::ledger {
namespace {

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

}  // namespace seisaku::ledger
