// How much a message takes in memory goes by its fields, and a field may have two bytes only.
#pragma once

#include <string_view>

namespace seisaku::bundle {

// Whether `stored`, the bytes of a log::v1::StoredEntry, has more fields or texts than a service stores,
// those of its entry, of its event and of the entries that the event copies among them. Bytes that are no
// such message are for who reads them.
bool HasTooManyFields(std::string_view stored);

}  // namespace seisaku::bundle
