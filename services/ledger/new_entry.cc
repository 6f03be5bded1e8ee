#include "services/ledger/new_entry.h"

#include <openssl/rand.h>

#include <cstdlib>
#include <utility>

#include "services/base/ids.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::ledger {
namespace {

std::string NewSalt() {
  std::string salt(kSaltBytes, '\0');
  // A system without random numbers cannot keep a secret: nothing can go on.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) != 1) std::abort();
  return salt;
}

}  // namespace

NewEntry MakeEntry(NewEvent event, const Command& command, int64_t recorded_at_micros, uint32_t index,
                   const std::string& producer) {
  NewEntry made;
  log::v1::Entry& entry = made.entry;
  entry.set_event_id(NewUuid(absl::FromUnixMicros(recorded_at_micros)));
  entry.set_type(std::move(event.type));
  entry.set_resource(std::move(event.resource));
  SetMicros(recorded_at_micros, *entry.mutable_recorded_at());
  entry.set_actor(command.caller.subject);
  entry.set_request_id(command.request_id);
  entry.set_request_digest(ToBytes(command.request_digest));
  entry.set_correlation_id(command.correlation_id);
  if (event.source.has_value()) *entry.mutable_source() = *std::move(event.source);
  entry.set_payload(std::move(event.payload));
  entry.set_command_index(index);
  entry.set_producer(producer);
  for (std::string& text : event.texts) {
    StoredText stored{.salt = NewSalt(), .text = std::move(text)};
    entry.add_texts()->set_salted_sha256(ToBytes(TextCommitment(stored.salt, stored.text)));
    made.texts.push_back(std::move(stored));
  }
  return made;
}

}  // namespace seisaku::ledger
