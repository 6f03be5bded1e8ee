#include "tools/bundle/trust.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "services/base/files.h"
#include "services/base/status.h"

namespace seisaku::bundle {
namespace {

using ledger::VerifierKey;

constexpr size_t kMaxBytes = 1 << 20;  // thousands of keys

absl::Status Unreadable(const std::string& file, std::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_UNREADABLE",
                   fmt::format("{}: {}", file, why), {{"file", file}, {"why", std::string(why)}});
}

}  // namespace

absl::StatusOr<Trust> Trust::Read(const std::vector<std::string>& files) {
  Trust trust;
  trust.files_ = absl::StrJoin(files, ", ");
  for (const std::string& file : files) {
    absl::StatusOr<std::string> text = ReadRegularFile(file, kMaxBytes, Links::kFollow);
    if (!text.ok()) return Unreadable(file, std::string(text.status().message()));
    int number = 0;
    for (absl::string_view line : absl::StrSplit(*text, '\n')) {
      ++number;
      line = absl::StripAsciiWhitespace(line);
      if (line.empty() || line.front() == '#') continue;
      absl::StatusOr<VerifierKey> key = VerifierKey::Parse({line.data(), line.size()});
      if (!key.ok()) {
        return Unreadable(file, fmt::format("line {}: {}", number, std::string(key.status().message())));
      }
      auto& keys = key->type() == ledger::KeyType::kLog ? trust.logs_ : trust.cosigners_;
      keys.push_back(*std::move(key));
    }
  }
  return trust;
}

absl::StatusOr<ledger::Checkpoint> Trust::Open(std::string_view note) const {
  const std::string origin(note.substr(0, note.find('\n')));
  ASSIGN_OR_RETURN(const std::vector<VerifierKey> keys, LogKeys(origin));
  return ledger::OpenCheckpoint(note, origin, keys);
}

absl::StatusOr<std::vector<VerifierKey>> Trust::LogKeys(const std::string& origin) const {
  std::vector<VerifierKey> keys;
  std::copy_if(logs_.begin(), logs_.end(), std::back_inserter(keys),
               [&](const VerifierKey& key) { return key.name() == origin; });
  if (!keys.empty()) return keys;
  return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_KEY_MISSING",
                   fmt::format("{}: there is no key of the log {}", files_, origin),
                   {{"file", files_}, {"origin", origin}});
}

}  // namespace seisaku::bundle
