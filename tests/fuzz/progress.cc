// Any entries at all folded by progress's state machine, those that it copied from catalog among them.
#include "services/catalog/domain/event.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "services/progress/domain/machine.h"
#include "services/progress/domain/names.h"
#include "tests/fuzz/fold.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/mutate.h"

namespace seisaku::fuzz {
namespace {

// Catalog's entries named by what they say, and a checkpoint of them all.
void MendCopy(progress::v1::CatalogAdvanced& copy, const progress::State& state) {
  ledger::Frontier frontier = state.catalog_frontier();
  for (std::string& bytes : *copy.mutable_entries()) {
    log::v1::Entry entry;
    catalog::v1::Event event;
    if (entry.ParseFromString(bytes) && event.ParseFromString(entry.payload())) {
      entry.set_type(catalog::EventType(event));
      entry.set_resource(catalog::EventResource(event));
      bytes = entry.SerializeAsString();
    }
    frontier.Append(ledger::LeafHash(bytes));
  }
  const std::string origin = state.catalog_origin().empty() ? LogKey().name() : state.catalog_origin();
  copy.set_start(state.catalog_frontier().size());
  copy.set_checkpoint(ledger::Format({origin, frontier.size(), frontier.Root()}) + "\n");
}

void Mend(log::v1::Entry& entry, const progress::Machine& machine) {
  progress::v1::Event event;
  if (!event.ParseFromString(entry.payload())) return;
  if (event.has_catalog_advanced()) {
    MendCopy(*event.mutable_catalog_advanced(), machine.state());
    entry.set_payload(event.SerializeAsString());
  }
  entry.set_type(progress::EventType(event));
}

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  seisaku::fuzz::CheckFold<seisaku::progress::Machine>(data, size, seisaku::fuzz::Mend);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return seisaku::fuzz::MutateLogInPlace(data, size, max_size, seed);
}
