// Any entries at all folded by catalog's state machine.
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/machine.h"
#include "tests/fuzz/fold.h"
#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace seisaku;
  // A change of the payload alone is refused at the first glance.
  fuzz::CheckFold<catalog::Machine>(data, size, [](log::v1::Entry& entry, const catalog::Machine&) {
    catalog::v1::Event event;
    if (!event.ParseFromString(entry.payload())) return;
    entry.set_type(catalog::EventType(event));
    entry.set_resource(catalog::EventResource(event));
  });
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return seisaku::fuzz::MutateLogInPlace(data, size, max_size, seed);
}
