#include "tools/auditor/verify/command_check.h"

#include <cstring>

#include "fmt/format.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {

void CommandCheck::Take(uint64_t position, const log::v1::Entry& entry, Report report) {
  CheckTime(position, entry, report);
  if (entry.command_index() == 0 || command_.size == 0) {
    command_.position = position;
    command_.size = entry.command_size();
    command_.actor = entry.actor();
    command_.request_id = entry.request_id();
    command_.request_digest = entry.request_digest();
    recorded_at_ = ToMicros(entry.recorded_at());
    return CheckRequest(position, report);
  }
  if (entry.actor() != command_.actor || entry.request_id() != command_.request_id ||
      entry.request_digest() != command_.request_digest) {
    report({position,
            "COMMAND_MIXED",
            {phrases::REQUEST_AS_AT,
             {{"request", command_.request_id}, {"actor", command_.actor}, {"position", command_.position}}},
            {phrases::REQUEST, {{"request", entry.request_id()}, {"actor", entry.actor()}}}});
  }
}

void CommandCheck::CheckTime(uint64_t position, const log::v1::Entry& entry, Report report) {
  const int64_t micros = ToMicros(entry.recorded_at());
  const bool first = entry.command_index() == 0 || command_.size == 0;
  if (first ? micros > recorded_at_ : micros == recorded_at_) return;
  report({position,
          "TIME_NOT_MONOTONIC",
          {first ? phrases::TIME_AFTER : phrases::TIME_OF_COMMAND, {{"micros", recorded_at_}}},
          fmt::format("{} µs", micros)});
}

void CommandCheck::CheckRequest(uint64_t position, Report report) {
  // The actor's length keeps two pairs apart that are the same text one behind the other.
  key_ = fmt::format("{}:{}{}", command_.actor.size(), command_.actor, command_.request_id);
  const ledger::Hash hash = ledger::Sha256(key_);
  uint64_t halves[2];
  std::memcpy(halves, hash.data(), sizeof halves);
  if (requests_.insert(absl::MakeUint128(halves[0], halves[1])).second) return;
  report({position,
          "REQUEST_REPEATED",
          phrases::NEW_REQUEST,
          {phrases::REQUEST_AGAIN, {{"request", command_.request_id}, {"actor", command_.actor}}}});
}

}  // namespace seisaku::auditor
