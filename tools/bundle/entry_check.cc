#include "tools/bundle/entry_check.h"

#include <algorithm>
#include <string_view>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/bundle/errors.h"

namespace seisaku::bundle {

absl::StatusOr<log::v1::Entry> EntryCheck::Take(const log::v1::StoredEntry& stored) {
  const uint64_t position = frontier_.size();
  if (stored.position() != position) return errors::BundleInvalid(position, "another entry stands there");
  log::v1::Entry entry;
  if (!entry.ParseFromString(stored.entry())) return errors::BundleInvalid(position, "there is no entry");
  if (entry.command_index() != next_in_command_ || entry.command_index() >= entry.command_size()) {
    return errors::BundleInvalid(position, "the entry is not a part of its command");
  }
  ASSIGN_OR_RETURN(const std::set<TextPlace> missing, MissingTexts(stored, entry));
  RETURN_IF_ERROR(TakeLogEvent(position, entry));
  missing_.insert(missing.begin(), missing.end());
  next_in_command_ = (entry.command_index() + 1) % entry.command_size();
  frontier_.Append(ledger::LeafHash(stored.entry()));
  return entry;
}

absl::StatusOr<std::set<EntryCheck::TextPlace>> EntryCheck::MissingTexts(const log::v1::StoredEntry& stored,
                                                                         const log::v1::Entry& entry) {
  if (stored.texts_size() > entry.texts_size()) {
    return errors::BundleInvalid(stored.position(), "there is a text that the entry does not commit to");
  }
  std::set<TextPlace> missing;
  for (int index = 0; index < entry.texts_size(); ++index) {
    // Without salt it was withdrawn.
    if (index >= stored.texts_size() || stored.texts(index).salt().empty()) {
      missing.insert({stored.position(), static_cast<uint32_t>(index)});
      continue;
    }
    const log::v1::StoredText& text = stored.texts(index);
    if (ledger::ToBytes(ledger::Sha256(text.salt() + text.text())) != entry.texts(index).salted_sha256()) {
      return errors::BundleInvalid(stored.position(), "a text is not what the entry commits to");
    }
  }
  return missing;
}

absl::Status EntryCheck::TakeLogEvent(uint64_t position, const log::v1::Entry& entry) {
  log::v1::LogEvent event;
  const bool is_log_event = std::string_view(entry.type()).starts_with("seisaku.log.v1.LogEvent/");
  if (is_log_event && !event.ParseFromString(entry.payload())) {
    return errors::BundleInvalid(position, "there is no event");
  }
  withdrawn_by_last_.reset();
  if (event.has_log_continued() && saved_ends_.size() == position) {
    saved_ends_.push_back(position + 1 + event.log_continued().saved_size());
  }
  if (!event.has_text_redacted()) return absl::OkStatus();
  // In a log that took another's place, what was saved has moved by one, and counts as before.
  const auto moved = std::count_if(saved_ends_.begin(), saved_ends_.end(),
                                   [position](uint64_t end) { return position < end; });
  withdrawn_by_last_ = TextPlace(event.text_redacted().position() + static_cast<uint64_t>(moved),
                                 event.text_redacted().index());
  withdrawn_.insert(*withdrawn_by_last_);
  return absl::OkStatus();
}

absl::Status EntryCheck::Finish() const {
  if (!at_command_end()) return errors::BundleInvalid(frontier_.size(), "the log ends inside a command");
  for (const auto& text : missing_) {
    if (withdrawn_.count(text) > 0) continue;
    return errors::BundleInvalid(text.first, "a text is missing, and no entry says that it was withdrawn");
  }
  return absl::OkStatus();
}

}  // namespace seisaku::bundle
