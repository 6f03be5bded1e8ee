#include "tools/bundle/forensic.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/tiles.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/layout.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;

constexpr char kRows[] = "rows.jsonl";
// Of what was expected or found, where that came out of the log itself: bytes in the manifest, where some
// characters are "\\u001b".
constexpr size_t kMaxWords = 300;
constexpr size_t kEscapedBytes = 6;
// A writer lists some hundreds of each code.
constexpr int kMaxDamages = 50'000;
// A tile that was found may have any length; it is read as far as one can have a meaning.
constexpr size_t kMaxTileBytes = 2 * ledger::kTileBytes;

std::string Shortened(std::string_view words) {
  size_t end = 0;
  for (size_t bytes = 0; end < words.size(); ++end) {
    const auto c = static_cast<unsigned char>(words[end]);
    bytes += c < ' ' || c == 0x7F || c == '<' || c == '>' ? kEscapedBytes : 1;
    if (bytes > kMaxWords) break;
  }
  if (end == words.size()) return std::string(words);
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}…", words.substr(0, end));
}

std::string PathIn(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / name).string();
}

absl::StatusOr<log::v1::BundleManifest> ReadManifest(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string json, ReadSmallFile(PathIn(folder, kManifest), kMaxManifestBytes));
  log::v1::BundleManifest manifest;
  if (google::protobuf::util::JsonStringToMessage(json, &manifest).ok() &&
      manifest.format() == kForensicFormat) {
    if (manifest.damages_size() <= kMaxDamages) return manifest;
    return errors::BundleUnusable(folder,
                                  fmt::format("its {} lists over {} damages", kManifest, kMaxDamages));
  }
  return errors::BundleUnusable(folder, fmt::format("its {} is none of {}", kManifest, kForensicFormat));
}

}  // namespace

bool IsForensic(const std::string& folder) { return ReadManifest(folder).ok(); }

ForensicWriter::ForensicWriter(std::string folder, std::string origin, int64_t max_file_bytes)
    : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {
  manifest_.set_format(kForensicFormat);
  manifest_.set_origin(std::move(origin));
}

absl::StatusOr<ForensicWriter> ForensicWriter::Open(std::string folder, std::string origin,
                                                    int64_t max_file_bytes) {
  std::error_code error;
  fs::create_directories(folder, error);
  const bool is_empty = !error && fs::is_empty(folder, error);
  if (error) return errors::BundleUnwritable(folder, error.message());
  if (!is_empty) return errors::BundleFinished(folder);
  return ForensicWriter(std::move(folder), std::move(origin), max_file_bytes);
}

absl::Status ForensicWriter::Add(const log::v1::StoredEntry& entry) {
  if (file_ == nullptr || file_->bytes() >= max_file_bytes_) RETURN_IF_ERROR(NextFile(entry.position()));
  RETURN_IF_ERROR(file_->Add(entry));
  manifest_.set_size(manifest_.size() + 1);
  end_ = std::max(end_, entry.position() + 1);
  return absl::OkStatus();
}

absl::Status ForensicWriter::NextFile(uint64_t position) {
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  // Named for its first entry; where positions are repeated no file takes another one's name.
  const int files = manifest_.files_size();
  const uint64_t start = files == 0 ? position : std::max(position, manifest_.files(files - 1).start() + 1);
  log::v1::BundleFile& next = *manifest_.add_files();
  next.set_name(FileName(start));
  next.set_start(start);
  file_ = std::make_unique<EntryFileWriter>(PathIn(folder_, next.name()));
  return absl::OkStatus();
}

absl::Status ForensicWriter::AddTile(int level, uint64_t index, std::string_view hashes) {
  const fs::path path = fs::path(folder_) / TilePath(level, index);
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const absl::Status written = WriteFileAtomically(path.string(), hashes);
  return written.ok() ? written : errors::BundleUnwritable(path.string(), std::string(written.message()));
}

absl::Status ForensicWriter::AddRow(std::string_view table, std::string_view json) {
  const std::string path = PathIn(folder_, kRows);
  if (!rows_.is_open()) rows_.open(path, std::ios::binary | std::ios::trunc);
  rows_ << fmt::format("{{\"table\": \"{}\", \"row\": {}}}\n", table, json);
  return rows_ ? absl::OkStatus() : errors::BundleUnwritable(path, "it cannot be written");
}

void ForensicWriter::AddDamage(uint64_t position, const std::string& code, std::string_view expected,
                               std::string_view found) {
  OfCode& of_code = by_code_[code];
  if (++of_code.count > kMaxListedDamages) {
    if (of_code.count == kMaxListedDamages + 1) of_code.first_unlisted = position;
    of_code.first_unlisted = std::min(of_code.first_unlisted, position);
    return;
  }
  log::v1::BundleDamage& damage = *manifest_.add_damages();
  damage.set_position(position);
  damage.set_code(code);
  damage.set_expected(Shortened(expected));
  damage.set_found(Shortened(found));
}

absl::Status ForensicWriter::Finish() {
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  if (rows_.is_open() && !rows_.flush()) {
    return errors::BundleUnwritable(PathIn(folder_, kRows), "it cannot be written");
  }
  for (const auto& [code, of_code] : by_code_) {
    if (of_code.count <= kMaxListedDamages) continue;
    log::v1::BundleDamage& more = *manifest_.add_damages();
    more.set_position(of_code.first_unlisted);
    more.set_code(code);
    more.set_found(fmt::format("and {} more", of_code.count - kMaxListedDamages));
  }
  std::stable_sort(manifest_.mutable_damages()->begin(), manifest_.mutable_damages()->end(),
                   [](const auto& a, const auto& b) { return a.position() < b.position(); });
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(manifest_, &json, options).ok()) {
    return errors::BundleUnwritable(folder_, "the manifest cannot be written as JSON");
  }
  return WriteSmallFile(PathIn(folder_, kManifest), json);
}

absl::StatusOr<ForensicReader> ForensicReader::Open(std::string folder) {
  ASSIGN_OR_RETURN(log::v1::BundleManifest manifest, ReadManifest(folder));
  return ForensicReader(std::move(folder), std::move(manifest));
}

bool ForensicReader::has_tiles() const {
  std::error_code error;
  return fs::is_directory(fs::path(folder_) / kTiles, error);
}

absl::Status ForensicReader::ForEach(absl::FunctionRef<absl::Status(log::v1::StoredEntry&)> each) const {
  uint64_t count = 0, position = 0;
  std::optional<uint64_t> before;
  for (const log::v1::BundleFile& file : manifest_.files()) {
    // Each once, so that somebody's manifest is not longer to read than the files are.
    const bool follows = !before || file.start() > *before;
    before = file.start();
    if (!follows || file.name() != FileName(file.start())) {
      return errors::BundleInvalid(position, "the manifest names another file");
    }
    RETURN_IF_ERROR(ReadEntryFile(PathIn(folder_, file.name()), file.start(),
                                  [&](log::v1::StoredEntry& entry, int64_t) -> absl::Status {
                                    if (count++ == manifest_.size()) {
                                      return errors::BundleInvalid(position, "the files hold more entries");
                                    }
                                    position = entry.position() + 1;
                                    return each(entry);
                                  }));
  }
  if (count == manifest_.size()) return absl::OkStatus();
  return errors::BundleInvalid(position, "the files hold fewer entries than the manifest says");
}

absl::StatusOr<std::string> ForensicReader::ReadTile(int level, uint64_t index) const {
  return ReadSmallFile(PathIn(folder_, TilePath(level, index)), kMaxTileBytes);
}

}  // namespace seisaku::bundle
