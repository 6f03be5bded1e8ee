// From an event that was decided to an entry that can be stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/base/state_machine.h"
#include "services/ledger/ledger.h"

namespace seisaku::ledger {

struct Sealed {
  log::v1::Entry entry;           // command_size is set when the command is complete
  std::vector<StoredText> texts;  // by TextRef.index
};

// The entry of `event` as event `index` of `command`. Each text gets 16 random bytes of salt; the entry holds
// SHA-256(salt || text).
Sealed Seal(NewEvent event, const Command& command, int64_t recorded_at_micros, uint32_t index);

}  // namespace seisaku::ledger
