#include "tools/auditor/archive/archived_log.h"

#include <algorithm>

#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/free_text.h"
#include "tools/bundle/errors.h"

namespace seisaku::auditor {
namespace {

constexpr int64_t kMaxReadBytes = 4 << 20;

absl::Status ReadOnly() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "ARCHIVE_READ_ONLY",
                   "files cannot be changed: ask the service", {});
}

bool IsWanted(const ledger::CommittedEntry& entry, Position position, const type::v1::AsOf& to) {
  if (to.has_size()) return position - entry.command_index + entry.command_size <= to.size();
  return !to.has_time() || entry.recorded_at_micros <= ToMicros(to.time());
}

absl::StatusOr<log::v1::Entry> Parsed(const log::v1::StoredEntry& stored) {
  log::v1::Entry entry;
  if (entry.ParseFromString(stored.entry())) return entry;
  return errors::LogCorrupt(stored.position(), "the entry cannot be parsed");
}

// With texts: those that the entry commits to.
absl::StatusOr<ledger::StoredEntry> FromProto(log::v1::StoredEntry proto, bool with_texts) {
  ledger::StoredEntry stored{.position = proto.position(), .bytes = {}, .texts = {}};
  if (with_texts) {
    ASSIGN_OR_RETURN(const log::v1::Entry entry, Parsed(proto));
    for (int index = 0; index < entry.texts_size(); ++index) {
      ASSIGN_OR_RETURN(auto text, ledger::OpenText(proto, entry, static_cast<uint32_t>(index)));
      auto& added = stored.texts.emplace_back();
      if (text)
        added = {.salt = std::move(*proto.mutable_texts(index)->mutable_salt()), .text = *std::move(text)};
    }
  }
  stored.bytes = std::move(*proto.mutable_entry());
  return stored;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchivedLog>> ArchivedLog::Open(bundle::Reader reader, StateMachine& state,
                                                               const type::v1::AsOf& to) {
  if (to.has_size() && to.size() > reader.checkpoint().size) {
    return errors::PositionBeyondEnd(to.size(), reader.checkpoint().size);
  }
  std::unique_ptr<ArchivedLog> log(new ArchivedLog(std::move(reader), state));
  RETURN_IF_ERROR(log->Load(to));
  log->image_.StopWaiting();  // nothing more will come
  return log;
}

absl::Status ArchivedLog::Load(const type::v1::AsOf& to) {
  std::vector<std::string> page;
  absl::Status read =
      reader_.ForEach([&](log::v1::StoredEntry& entry, const bundle::Reader::Place& place) -> absl::Status {
        if (entry.position() != places_.size()) {
          return errors::BundleInvalid(places_.size(), "another entry stands there");
        }
        places_.push_back(place);
        page.push_back(std::move(*entry.mutable_entry()));
        return page.size() < ledger::kFoldPage ? absl::OkStatus() : TakePage(std::exchange(page, {}), to);
      });
  if (read.ok()) read = TakePage(page, to);
  RETURN_IF_ERROR(Folded());  // what stands before what could not be read
  RETURN_IF_ERROR(read);
  if (edge_.frontier().Root() == checkpoint().root) return absl::OkStatus();
  return errors::BundleInvalid(checkpoint().size, "the entries do not add up to the checkpoint");
}

absl::Status ArchivedLog::TakePage(const std::vector<std::string>& page, const type::v1::AsOf& to) {
  const Position begin = edge_.size();
  ASSIGN_OR_RETURN(auto committed, ledger::CommittedEntries::Parse(image_.state(), begin, page));
  std::vector<ledger::Tile> completed;
  for (const ledger::CommittedEntry& entry : committed.entries) edge_.Append(entry.leaf_hash, &completed);
  for (ledger::Tile& tile : completed) tiles_[{tile.level, tile.index}] = std::move(tile.hashes);
  if (past_end_) return absl::OkStatus();
  auto& entries = committed.entries;
  const auto unwanted =
      std::find_if(entries.begin(), entries.end(), [&](const ledger::CommittedEntry& entry) {
        return !IsWanted(entry, begin + static_cast<Position>(&entry - entries.data()), to);
      });
  past_end_ = unwanted != entries.end();
  entries.erase(unwanted, entries.end());
  RETURN_IF_ERROR(Folded());
  if (entries.empty()) return absl::OkStatus();
  folding_ = std::async(std::launch::async,
                        [this, committed = std::move(committed)] { return image_.FoldCommitted(committed); });
  return absl::OkStatus();
}

absl::Status ArchivedLog::Folded() { return folding_.valid() ? folding_.get() : absl::OkStatus(); }

absl::StatusOr<log::v1::StoredEntry> ArchivedLog::EntryAt(Position position) const {
  if (position >= places_.size()) return errors::PositionBeyondEnd(position, places_.size());
  ASSIGN_OR_RETURN(log::v1::StoredEntry entry, reader_.ReadAt(position, places_[position]));
  ASSIGN_OR_RETURN(const ledger::Hash hashed, LeafAt(position));
  if (entry.position() == position && ledger::LeafHash(entry.entry()) == hashed) return entry;
  return errors::BundleInvalid(position, "its file was changed while it was in use");
}

// As the entry was hashed when all were read and compared with the checkpoint.
absl::StatusOr<ledger::Hash> ArchivedLog::LeafAt(Position position) const {
  const uint64_t tile = position / ledger::kTileWidth, leaf = position % ledger::kTileWidth;
  const auto complete = tiles_.find({0, tile});
  if (complete == tiles_.end()) return edge_.Partial(0)[leaf];
  return ledger::HashFromBytes(
      std::string_view(complete->second).substr(leaf * ledger::kHashBytes, ledger::kHashBytes));
}

void ArchivedLog::Submit(ledger::Command, absl::Time, ledger::Done done) { std::move(done)(ReadOnly()); }

absl::Status ArchivedLog::OfThisLog(const absl::Status& error) const {
  return WithMetadata(error, {{"log", checkpoint().origin}});
}

absl::StatusOr<ledger::Snapshot> ArchivedLog::Read(const ledger::ReadOptions& options) {
  return image_.Read(options);
}

Position ArchivedLog::WaitForSize(Position, absl::Time) { return image_.published(); }

absl::StatusOr<std::vector<ledger::StoredEntry>> ArchivedLog::ReadEntries(Position begin, int limit,
                                                                          bool with_texts) {
  const Position end = std::min(image_.published(), begin + static_cast<Position>(std::max(limit, 0)));
  std::vector<ledger::StoredEntry> stored;
  int64_t bytes = 0;
  for (Position position = begin; position < end && bytes < kMaxReadBytes; ++position) {
    ASSIGN_OR_RETURN(log::v1::StoredEntry entry, EntryAt(position));
    bytes += static_cast<int64_t>(entry.entry().size());
    auto read = FromProto(std::move(entry), with_texts);
    if (!read.ok()) return OfThisLog(read.status());
    stored.push_back(*std::move(read));
  }
  return stored;
}

absl::StatusOr<log::v1::Entry> ArchivedLog::ReadEntry(Position position) {
  ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, EntryAt(position));
  return Parsed(stored);
}

absl::StatusOr<std::vector<std::optional<std::string>>> ArchivedLog::ReadTexts(
    const std::vector<TextKey>& keys) {
  std::vector<std::optional<std::string>> texts;
  for (const TextKey& key : keys) {
    ASSIGN_OR_RETURN(const log::v1::StoredEntry stored, EntryAt(key.position));
    ASSIGN_OR_RETURN(const log::v1::Entry entry, Parsed(stored));
    auto text = ledger::OpenText(stored, entry, key.index);
    if (!text.ok()) return OfThisLog(text.status());
    texts.push_back(*std::move(text));
  }
  return texts;
}

absl::StatusOr<ledger::Frontier> ArchivedLog::FrontierAt(Position size) {
  return ledger::FrontierAt(size, *Tree());
}

std::unique_ptr<ledger::HashReader> ArchivedLog::Tree() {
  return std::make_unique<ledger::TiledHashes>(
      edge_, [this](int level, uint64_t index) { return ReadTile(level, index); });
}

absl::StatusOr<std::string> ArchivedLog::ReadTile(int level, uint64_t index) const {
  auto found = tiles_.find({level, index});
  if (found == tiles_.end()) return errors::LogCorrupt(index, "the tile is not complete");
  return found->second;
}

absl::Status ArchivedLog::AddCosignatures(Position, const std::vector<ledger::Cosignature>&) {
  return ReadOnly();
}

absl::StatusOr<ledger::Cosignatures> ArchivedLog::ReadCosignatures(Position, Position) {
  return ledger::Cosignatures{};
}

absl::StatusOr<ledger::Digests> ArchivedLog::DigestState(Position size, absl::Time deadline) {
  return image_.DigestState(size, deadline);
}

// There is the one that came with the files.
absl::StatusOr<std::string> ArchivedLog::SignCheckpoint(const ledger::Frontier& frontier) {
  if (frontier.size() == checkpoint().size) return note();
  return ReadOnly();
}

}  // namespace seisaku::auditor
