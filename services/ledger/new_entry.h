// From an event that was decided to an entry that can be stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"

namespace seisaku::ledger {

struct NewEntry {
  log::v1::Entry entry;           // command_size is set when the command is complete
  std::vector<StoredText> texts;  // by TextRef.index
};

// The entry of `event` as event `index` of `command`, appended by `producer` (Entry.producer). Each text gets
// kSaltBytes random bytes of salt; the entry holds its TextCommitment.
NewEntry MakeEntry(NewEvent event, const Command& command, int64_t recorded_at_micros, uint32_t index,
                   const std::string& producer);

}  // namespace seisaku::ledger
