#include "tools/auditor/verify/catalog_copy.h"

#include <string_view>

#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "services/progress/domain/catalog_copy.h"
#include "tools/auditor/verify/evidence.h"

namespace seisaku::auditor {
namespace {

constexpr std::string_view kType = "seisaku.progress.v1.Event/catalog_advanced";

std::string Base64(const ledger::Hash& hash) { return ledger::ToBase64(ledger::ToBytes(hash)); }

}  // namespace

void CatalogCopy::Take(uint64_t position, const log::v1::Entry& entry, Report report) {
  if (entry.type() != kType) return;
  progress::v1::Event event;
  // What cannot be read is refused by the fold.
  if (!event.ParseFromString(entry.payload()) || !event.has_catalog_advanced()) return;
  const progress::v1::CatalogAdvanced& advanced = event.catalog_advanced();
  if (advanced.start() != frontier_.size()) {
    report({position,
            "COPY_GAP",
            {phrases::COPY_FROM, {{"position", frontier_.size()}}},
            {phrases::FROM, {{"position", advanced.start()}}}});
    return;
  }
  for (const std::string& copy : advanced.entries()) Compare(position, copy, report);
  CheckNote(position, advanced.checkpoint(), report);
}

void CatalogCopy::Compare(uint64_t position, const std::string& copy, Report report) {
  const ledger::Hash leaf = ledger::LeafHash(copy);
  const uint64_t at = frontier_.size();
  frontier_.Append(leaf);
  TakeKeys(at, copy);
  if (catalog_ == nullptr || at >= catalog_->leaves.size() || catalog_->leaves[at] == leaf) return;
  report({position,
          "COPY_DIFFERS",
          {phrases::ENTRY_OF_CATALOG, {{"position", at}, {"hash", Base64(catalog_->leaves[at])}}},
          Base64(leaf)});
}

void CatalogCopy::CheckNote(uint64_t position, const std::string& note, Report report) {
  const auto checkpoint = progress::CheckpointOfNote(note);
  if (!checkpoint.ok() || checkpoint->size != frontier_.size() || checkpoint->root != frontier_.Root()) {
    report({position,
            "COPY_CHECKPOINT",
            {phrases::CHECKPOINT_AT, {{"size", frontier_.size()}, {"root", Base64(frontier_.Root())}}},
            checkpoint.ok() ? bundle::Phrase(phrases::ONE_AT,
                                             {{"size", checkpoint->size}, {"root", Base64(checkpoint->root)}})
                            : bundle::Phrase(std::string(checkpoint.status().message()))});
    return;
  }
  if (catalog_ != nullptr && checkpoint->origin != catalog_->origin) {
    report({position,
            "COPY_CHECKPOINT",
            {phrases::CHECKPOINT_OF, {{"origin", catalog_->origin}}},
            {phrases::ONE_OF, {{"whose", checkpoint->origin}}}});
    return;
  }
  if (!trust_.LogKeys(checkpoint->origin).ok()) {
    lacks_key_ = true;
    return;
  }
  const absl::StatusOr<Evidence> evidence = ReadEvidence("", note, trust_);
  if (!evidence.ok()) {
    report({position,
            "COPY_CHECKPOINT",
            {phrases::SIGNATURE_OF, {{"origin", checkpoint->origin}}},
            std::string(evidence.status().message())});
  } else if (evidence->is_signed) {
    signed_size_ = checkpoint->size;
  } else {
    for (const std::string& key : evidence->other_keys) others_.emplace(key, position);
  }
}

void CatalogCopy::Finish(Report report) {
  for (const auto& [key, position] : others_) {
    if (keys_.Naming(key) != nullptr) {
      lacks_key_ = true;
    } else {
      report({position,
              "COPY_CHECKPOINT",
              {phrases::SIGNATURE_OF, {{"origin", key.substr(0, key.rfind('+'))}}},
              {phrases::SIGNATURE_BY_OTHER, {{"key", key}}}});
    }
  }
}

// Entries that tell of keys are few, and the others are not read here.
void CatalogCopy::TakeKeys(uint64_t at, const std::string& copy) {
  if (copy.find("LogEvent/key_rotated") == std::string::npos) return;
  log::v1::Entry entry;
  if (!entry.ParseFromString(copy)) return;
  keys_.Take(
      at, entry, [] { return std::nullopt; }, [](const Violation&) {});
}

}  // namespace seisaku::auditor
