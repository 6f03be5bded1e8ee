#include "tools/auditor/verify/previous_log.h"

#include <utility>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/free_text.h"
#include "services/progress/domain/catalog_copy.h"

namespace seisaku::auditor {
namespace {

std::string Base64(const ledger::Hash& hash) { return ledger::ToBase64(ledger::ToBytes(hash)); }

// nullopt also where the text does not fit, which is reported elsewhere: it is not shown.
std::optional<std::string> TextAt(const log::v1::StoredEntry& stored, const log::v1::Entry& entry,
                                  uint32_t index) {
  return ledger::OpenText(stored, entry, index).value_or(std::nullopt);
}

}  // namespace

void PreviousLog::Begin(const log::v1::StoredEntry& stored, const log::v1::Entry& entry, Report report) {
  log::v1::LogEvent event;
  if (entry.type() != "seisaku.log.v1.LogEvent/log_continued") return;
  if (!event.ParseFromString(entry.payload()) || !event.has_log_continued()) return;
  const log::v1::LogContinued& said = event.log_continued();
  const auto lost = progress::CheckpointOfNote(said.lost_checkpoint());
  const auto saved_root = ledger::HashFromBytes(said.saved_root());
  if (!lost.ok() || !saved_root.ok() || lost->origin != said.previous_origin()) {
    report({0,
            "PREVIOUS_DIFFERS",
            {phrases::CHECKPOINT_OF, {{"origin", said.previous_origin()}}},
            phrases::NONE});
    return;
  }
  continued_ = {*lost, said.saved_size(), *saved_root, TextAt(stored, entry, said.reason().index())};
  wanted_.insert(continued_->saved_size);
  roots_[0] = ledger::EmptyRoot();
}

void PreviousLog::Append(const ledger::Hash& leaf) {
  if (!continued_ || frontier_.size() == continued_->saved_size) return;
  frontier_.Append(leaf);
  if (wanted_.count(frontier_.size()) > 0) roots_[frontier_.size()] = frontier_.Root();
}

void PreviousLog::Finish(Report report) const {
  if (!continued_) return;
  const uint64_t size = continued_->saved_size;
  const auto root = roots_.find(size);
  if (root != roots_.end() && root->second == continued_->saved_root) return;
  report({.code = "PREVIOUS_DIFFERS",
          .expected = {phrases::ROOT_IN_ENTRY, {{"size", size}, {"root", Base64(continued_->saved_root)}}},
          .found = root == roots_.end() ? bundle::Phrase(phrases::ENTRIES, {{"size", frontier_.size()}})
                                        : bundle::Phrase(phrases::ROOT, {{"root", Base64(root->second)}}),
          .below = size + 1});
}

Relation PreviousLog::Compare(const ledger::Checkpoint& kept, const std::string& from, Report report) const {
  const ledger::Checkpoint& lost = continued_->lost;
  const auto saved = roots_.find(kept.size);
  const bool is_named = kept.size == lost.size;
  if (kept.size > lost.size) return Relation::kBeyond;
  if (!is_named && saved == roots_.end()) return Relation::kLost;
  const ledger::Hash& root = is_named ? lost.root : saved->second;
  if (kept.root == root) return is_named ? Relation::kNamed : Relation::kSaved;
  report({.position = is_named ? std::optional<uint64_t>(0) : std::nullopt,
          .code = "PREVIOUS_DIFFERS",
          .expected = {phrases::ROOT_IN_FILE,
                       {{"size", kept.size}, {"root", Base64(kept.root)}, {"file", from}}},
          .found = {phrases::ROOT, {{"root", Base64(root)}}},
          .below = kept.size + 1});
  return Relation::kDiffers;
}

}  // namespace seisaku::auditor
