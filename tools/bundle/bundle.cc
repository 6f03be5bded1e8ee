#include "tools/bundle/bundle.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>

#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/layout.h"

namespace seisaku::bundle {
namespace {

namespace fs = std::filesystem;

constexpr char kCheckpoint[] = "checkpoint";

}  // namespace

bool IsFinished(const std::string& folder) {
  std::error_code error;
  return fs::exists(fs::symlink_status(fs::path(folder) / kManifest, error));
}

bool IsUnfinished(const std::string& folder) {
  std::error_code error;
  return fs::is_directory(folder, error) && !IsFinished(folder);
}

Writer::Writer(std::string folder, std::string origin, int64_t max_file_bytes)
    : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {
  manifest_.set_format(kFormat);
  manifest_.set_origin(std::move(origin));
}
Writer::Writer(Writer&&) noexcept = default;
Writer::~Writer() = default;

absl::StatusOr<Writer> Writer::Open(std::string folder, std::string origin, int64_t max_file_bytes) {
  std::error_code error;
  fs::create_directories(fs::path(folder) / kTiles, error);
  if (error) return errors::BundleUnwritable(folder, error.message());
  if (IsFinished(folder)) return errors::BundleFinished(folder);
  Writer writer(std::move(folder), std::move(origin), max_file_bytes);
  RETURN_IF_ERROR(writer.Resume());
  return writer;
}

// Takes what the whole files hold, which are there one after the other.
absl::Status Writer::Resume() {
  std::error_code error;
  while (fs::exists(fs::path(folder_) / FileName(size()), error)) {
    const log::v1::BundleFile& file = NameNextFile();
    RETURN_IF_ERROR(ReadEntryFile((fs::path(folder_) / file.name()).string(), size(),
                                  [&](const log::v1::StoredEntry& entry, int64_t) { return Take(entry); }));
    if (size() == file.start()) return errors::BundleInvalid(size(), "its file is empty");
  }
  return absl::OkStatus();
}

absl::Status Writer::Take(const log::v1::StoredEntry& entry) {
  RETURN_IF_ERROR(check_.Take(entry).status());
  std::vector<ledger::Tile> completed;
  tiles_.Append(ledger::LeafHash(entry.entry()), &completed);
  for (const ledger::Tile& tile : completed) {
    RETURN_IF_ERROR(WriteTile(TilePath(tile.level, tile.index), tile.hashes));
  }
  return absl::OkStatus();
}

absl::Status Writer::Add(const log::v1::StoredEntry& entry) {
  if (file_ == nullptr || file_->bytes() >= max_file_bytes_) RETURN_IF_ERROR(NextFile());
  RETURN_IF_ERROR(Take(entry));
  return file_->Add(entry);
}

const log::v1::BundleFile& Writer::NameNextFile() {
  log::v1::BundleFile& next = *manifest_.add_files();
  next.set_name(FileName(size()));
  next.set_start(size());
  return next;
}

absl::Status Writer::NextFile() {
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  file_ = std::make_unique<EntryFileWriter>((fs::path(folder_) / NameNextFile().name()).string());
  return absl::OkStatus();
}

// Not flushed each by itself: they follow from the entries.
absl::Status Writer::WriteTile(const std::string& name, const std::string& hashes) const {
  const fs::path path = fs::path(folder_) / name;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const absl::Status written = WriteFileAtomically(path.string(), hashes);
  return written.ok() ? written : errors::BundleUnwritable(path.string(), std::string(written.message()));
}

absl::Status Writer::WriteRightEdge() const {
  for (int level = 0; size() >> (level * ledger::kTileHeight) > 0; ++level) {
    const std::vector<ledger::Hash>& partial = tiles_.Partial(level);
    if (partial.empty()) continue;
    std::string hashes;
    for (const ledger::Hash& hash : partial) hashes += ledger::ToBytes(hash);
    const uint64_t index = (size() >> (level * ledger::kTileHeight)) / ledger::kTileWidth;
    RETURN_IF_ERROR(WriteTile(fmt::format("{}.p/{}", TilePath(level, index), partial.size()), hashes));
  }
  return absl::OkStatus();
}

absl::Status Writer::Finish(const ledger::Checkpoint& checkpoint, const std::string& note) {
  RETURN_IF_ERROR(check_.Finish());
  if (checkpoint.size != size() || checkpoint.root != check_.frontier().Root()) {
    return errors::BundleInvalid(size(), "the entries do not add up to the checkpoint");
  }
  if (file_ != nullptr) RETURN_IF_ERROR(file_->Finish());
  RETURN_IF_ERROR(WriteRightEdge());
  manifest_.set_size(size());
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(manifest_, &json, options).ok()) {
    return errors::BundleUnusable(folder_, "the manifest cannot be written as JSON");
  }
  RETURN_IF_ERROR(WriteSmallFile((fs::path(folder_) / kCheckpoint).string(), note));
  return WriteSmallFile((fs::path(folder_) / kManifest).string(), json);
}

absl::StatusOr<Reader> Reader::Open(std::string folder, const ledger::VerifierKey& key) {
  return Open(std::move(folder),
              [&](const std::string& note) { return ledger::OpenCheckpoint(note, key.name(), key); });
}

absl::StatusOr<Reader> Reader::Open(std::string folder, OpenNote open) {
  ASSIGN_OR_RETURN(const std::string json,
                   ReadSmallFile((fs::path(folder) / kManifest).string(), kMaxManifestBytes));
  log::v1::BundleManifest manifest;
  const bool is_json = google::protobuf::util::JsonStringToMessage(json, &manifest).ok();
  if (is_json && manifest.format() == kForensicFormat) return errors::BundleForensic(folder);
  if (!is_json || manifest.format() != kFormat) {
    return errors::BundleUnusable(folder, fmt::format("its {} is none of {}", kManifest, kFormat));
  }
  ASSIGN_OR_RETURN(std::string note,
                   ReadSmallFile((fs::path(folder) / kCheckpoint).string(), ledger::kMaxNoteBytes));
  ASSIGN_OR_RETURN(ledger::Checkpoint checkpoint, open(note));
  if (manifest.origin() != checkpoint.origin || manifest.size() != checkpoint.size) {
    return errors::BundleInvalid(manifest.size(), "manifest and checkpoint are of different logs");
  }
  return Reader(std::move(folder), std::move(manifest), std::move(note), std::move(checkpoint));
}

absl::Status Reader::ForEach(absl::FunctionRef<absl::Status(log::v1::StoredEntry&)> each) const {
  return ForEach([&](log::v1::StoredEntry& entry, const Place&) { return each(entry); });
}

absl::Status Reader::ForEach(EachPlaced each) const {
  uint64_t position = 0;
  for (int i = 0; i < manifest_.files_size(); ++i) {
    const log::v1::BundleFile& file = manifest_.files(i);
    if (file.start() != position || file.name() != FileName(file.start())) {
      return errors::BundleInvalid(position, "the manifest names another file");
    }
    const uint64_t end = i + 1 < manifest_.files_size() ? manifest_.files(i + 1).start() : manifest_.size();
    RETURN_IF_ERROR(ReadEntryFile(
        PathOf(file.name()), position, [&](log::v1::StoredEntry& entry, int64_t offset) -> absl::Status {
          if (position >= end) return errors::BundleInvalid(position, "its file goes on behind its end");
          ++position;
          return each(entry, {i, offset});
        }));
    if (position == file.start()) return errors::BundleInvalid(position, "its file is empty");
  }
  if (position == manifest_.size()) return absl::OkStatus();
  return errors::BundleInvalid(position, "files are missing at the end");
}

absl::StatusOr<log::v1::StoredEntry> Reader::ReadAt(uint64_t position, const Place& place) const {
  return ReadEntryAt(PathOf(manifest_.files(place.file).name()), position, place.offset);
}

absl::StatusOr<std::string> Reader::ReadTile(int level, uint64_t index) const {
  const uint64_t there = manifest_.size() >> (level * ledger::kTileHeight);
  const uint64_t begin = index * ledger::kTileWidth;
  std::string name = TilePath(level, index);
  if (begin + ledger::kTileWidth > there) name += fmt::format(".p/{}", there - std::min(begin, there));
  return ReadSmallFile(PathOf(name), ledger::kTileBytes);
}

std::string Reader::PathOf(const std::string& name) const { return (fs::path(folder_) / name).string(); }

absl::Status Reader::Verify() const {
  EntryCheck check;
  RETURN_IF_ERROR(ForEach([&](log::v1::StoredEntry& entry) { return check.Take(entry).status(); }));
  RETURN_IF_ERROR(check.Finish());
  if (check.frontier().Root() == checkpoint_.root) return absl::OkStatus();
  return errors::BundleInvalid(checkpoint_.size, "the entries do not add up to the checkpoint");
}

}  // namespace seisaku::bundle
