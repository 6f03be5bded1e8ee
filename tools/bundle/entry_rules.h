// What can be known to be wrong with the entries of a log from themselves, all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "tools/bundle/phrase.h"

namespace seisaku::bundle {

// Something that cannot be in a log.
struct Objection {
  uint64_t position;
  std::string_view code;  // ENTRY_MISSING
  std::string_view why;   // a sentence
  Phrase expected;
  Phrase found;
};
using Object = absl::FunctionRef<void(Objection)>;

// Sees the entries of a log go by, from the first, objects to what cannot be, and goes on. Not thread-safe.
class EntryRules {
 public:
  // Reads what is stored into `entry`. False: there is no entry at the position, which is not counted where
  // another one has been there already. Codes: ENTRY_MISSING, ENTRY_REPEATED, ENTRY_UNREADABLE,
  // COMMAND_BROKEN, TEXT_UNCOMMITTED, TEXT_DIFFERS.
  bool Take(const log::v1::StoredEntry& stored, log::v1::Entry& entry, Object object);
  // As if the last one had not been taken. Not twice.
  void TakeBack();
  // After the last one: COMMAND_BROKEN, TEXT_MISSING.
  void Finish(Object object) const;

  // Position and index of a text beside an entry.
  using TextPlace = std::pair<uint64_t, uint32_t>;
  // The text that the last entry says was withdrawn, as this log counts.
  const std::optional<TextPlace>& withdrawn_by_last() const { return at_.withdrawn_by_last; }
  // Those that entries say were withdrawn, and those that are not there.
  const std::set<TextPlace>& withdrawn() const { return withdrawn_; }
  const std::set<TextPlace>& missing() const { return missing_; }
  // Whether a text is missing of which no entry so far says that it was withdrawn.
  bool misses_texts() const;

  // Where the next entry stands.
  uint64_t size() const { return at_.size; }
  // Whether a position was passed over: there is no tree of these entries.
  bool has_gap() const { return at_.has_gap; }
  bool at_command_end() const { return at_.next_in_command == 0; }

 private:
  bool TakePosition(const log::v1::StoredEntry& stored, Object object);
  void TakeCommand(const log::v1::Entry& entry, uint64_t position, Object object);
  void TakeTexts(const log::v1::StoredEntry& stored, const log::v1::Entry& entry, Object object);
  void TakeLogEvent(uint64_t position, const log::v1::Entry& entry, Object object);

  // Where it is in the log.
  struct Place {
    uint64_t size = 0;
    bool has_gap = false;
    uint32_t next_in_command = 0;
    uint32_t command_size = 0;
    bool knows_command = true;  // false behind a gap, where any place in a command may be the next
    size_t logs_before = 0;     // of saved_ends_, how many count
    std::optional<TextPlace> withdrawn_by_last;
  };
  Place at_;
  Place before_last_;
  bool last_was_first_to_withdraw_ = false;
  // Of each LogContinued that the log begins with: where the entries of the log before end.
  std::vector<uint64_t> saved_ends_;
  std::set<TextPlace> missing_;
  std::set<TextPlace> withdrawn_;
};

}  // namespace seisaku::bundle
