#include "tools/bundle/entry_rules.h"

#include <algorithm>
#include <limits>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/free_text.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::bundle {
namespace {

bool HasUnknownFields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

// What is beside an entry is not hashed: nothing may be there that nobody looks at.
bool HasUnknownFields(const log::v1::StoredEntry& stored) {
  return HasUnknownFields(static_cast<const google::protobuf::Message&>(stored)) ||
         std::any_of(stored.texts().begin(), stored.texts().end(), [](const log::v1::StoredText& text) {
           return HasUnknownFields(static_cast<const google::protobuf::Message&>(text));
         });
}

Phrase InCommand(uint32_t index, uint32_t size) {
  return {phrases::IN_COMMAND, {{"index", index}, {"size", size}}};
}

}  // namespace

bool EntryRules::Take(const log::v1::StoredEntry& stored, log::v1::Entry& entry, Object object) {
  before_last_ = at_;
  last_was_first_to_withdraw_ = false;
  at_.withdrawn_by_last.reset();
  if (!TakePosition(stored, object)) return false;
  const uint64_t position = stored.position();
  if (!entry.ParseFromString(stored.entry()) || HasUnknownFields(stored)) {
    object({position,
            "ENTRY_UNREADABLE",
            "there is no entry",
            {phrases::MESSAGE, {{"type", "seisaku.log.v1.Entry"}}},
            phrases::OTHER_BYTES});
    at_.knows_command = false;
    return false;
  }
  TakeCommand(entry, position, object);
  TakeTexts(stored, entry, object);
  TakeLogEvent(position, entry, object);
  return true;
}

bool EntryRules::TakePosition(const log::v1::StoredEntry& stored, Object object) {
  const uint64_t position = stored.position();
  if (position < at_.size) {
    object({at_.size,
            "ENTRY_REPEATED",
            "another entry stands there",
            {phrases::POSITION, {{"position", at_.size}}},
            {phrases::POSITION_AGAIN, {{"position", position}}}});
    return false;
  }
  if (position > at_.size) {
    object({at_.size,
            "ENTRY_MISSING",
            "another entry stands there",
            {phrases::POSITION, {{"position", at_.size}}},
            {phrases::POSITION, {{"position", position}}}});
    at_.has_gap = true;
    at_.knows_command = false;
    // Nothing could stand behind it: where the next one belongs, stays to be seen.
    if (position == std::numeric_limits<uint64_t>::max()) return false;
  }
  at_.size = position + 1;
  return true;
}

void EntryRules::TakeCommand(const log::v1::Entry& entry, uint64_t position, Object object) {
  const uint32_t index = entry.command_index(), size = entry.command_size();
  const bool possible = index < size;
  const bool follows =
      !at_.knows_command || (index == at_.next_in_command && (index == 0 || size == at_.command_size));
  if (!possible || !follows) {
    object({position, "COMMAND_BROKEN", "the entry is not a part of its command",
            at_.next_in_command == 0 ? Phrase(phrases::FIRST_OF_COMMAND)
                                     : InCommand(at_.next_in_command, at_.command_size),
            InCommand(index, size)});
  }
  at_.knows_command = true;
  at_.command_size = size;
  at_.next_in_command = possible && index + 1 < size ? index + 1 : 0;
}

void EntryRules::TakeTexts(const log::v1::StoredEntry& stored, const log::v1::Entry& entry, Object object) {
  const uint64_t position = stored.position();
  if (stored.texts_size() > entry.texts_size()) {
    object({position,
            "TEXT_UNCOMMITTED",
            "there is a text that the entry does not commit to",
            {phrases::TEXTS, {{"count", entry.texts_size()}}},
            {phrases::TEXTS, {{"count", stored.texts_size()}}}});
  }
  for (int index = 0; index < entry.texts_size(); ++index) {
    const log::v1::StoredText& text =
        index < stored.texts_size() ? stored.texts(index) : log::v1::StoredText::default_instance();
    const std::string& committed = entry.texts(index).salted_sha256();
    const auto opened = ledger::OpenText(committed, text.salt(), text.text());
    if (opened.ok()) {
      if (!opened->has_value()) missing_.insert({position, static_cast<uint32_t>(index)});
      continue;
    }
    const bool is_salted = text.salt().size() == ledger::kSaltBytes;
    object({position,
            "TEXT_DIFFERS",
            "a text is not what the entry commits to",
            {phrases::TEXT_OF_HASH, {{"index", index}, {"hash", ledger::ToBase64(committed)}}},
            is_salted
                ? Phrase(ledger::ToBase64(ledger::ToBytes(ledger::TextCommitment(text.salt(), text.text()))))
                : Phrase(phrases::SALT, {{"bytes", text.salt().size()}})});
  }
}

void EntryRules::TakeLogEvent(uint64_t position, const log::v1::Entry& entry, Object object) {
  if (!std::string_view(entry.type()).starts_with("seisaku.log.v1.LogEvent/")) return;
  log::v1::LogEvent event;
  if (!event.ParseFromString(entry.payload())) {
    object({position,
            "ENTRY_UNREADABLE",
            "there is no event",
            {phrases::MESSAGE, {{"type", "seisaku.log.v1.LogEvent"}}},
            phrases::OTHER_BYTES});
    return;
  }
  if (event.has_log_continued() && saved_ends_.size() == position) {
    saved_ends_.push_back(position + 1 + event.log_continued().saved_size());
    at_.logs_before = saved_ends_.size();
  }
  if (!event.has_text_redacted()) return;
  // In a log that took another's place, what was saved has moved by one, and counts as before.
  const auto moved = std::count_if(saved_ends_.begin(), saved_ends_.end(),
                                   [position](uint64_t end) { return position < end; });
  at_.withdrawn_by_last = TextPlace(event.text_redacted().position() + static_cast<uint64_t>(moved),
                                    event.text_redacted().index());
  last_was_first_to_withdraw_ = withdrawn_.insert(*at_.withdrawn_by_last).second;
}

void EntryRules::TakeBack() {
  if (last_was_first_to_withdraw_) withdrawn_.erase(*at_.withdrawn_by_last);
  if (at_.size != before_last_.size) missing_.erase(missing_.lower_bound({at_.size - 1, 0}), missing_.end());
  saved_ends_.resize(before_last_.logs_before);
  at_ = before_last_;
  last_was_first_to_withdraw_ = false;
}

bool EntryRules::misses_texts() const {
  return !std::includes(withdrawn_.begin(), withdrawn_.end(), missing_.begin(), missing_.end());
}

void EntryRules::Finish(Object object) const {
  if (!at_command_end()) {
    object({at_.size, "COMMAND_BROKEN", "the log ends inside a command",
            InCommand(at_.next_in_command, at_.command_size), phrases::THE_END});
  }
  for (const TextPlace& text : missing_) {
    if (withdrawn_.count(text) > 0) continue;
    object({text.first,
            "TEXT_MISSING",
            "a text is missing, and no entry says that it was withdrawn",
            {phrases::TEXT_OR_WITHDRAWAL, {{"index", text.second}}},
            phrases::NEITHER});
  }
}

}  // namespace seisaku::bundle
