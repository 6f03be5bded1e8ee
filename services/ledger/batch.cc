#include "services/ledger/batch.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/ids.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::ledger {
namespace {

std::string NewSalt() {
  std::string salt(kSaltBytes, '\0');
  // Without random numbers no text can be kept secret.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) != 1) std::abort();
  return salt;
}

std::string RequestName(const Command& command) {
  return absl::StrCat(command.request_id, " ", command.caller.subject);
}

// `first`, the outcome of the first such command, as the outcome of `command`, which repeats it.
absl::StatusOr<Outcome> Repeated(const Command& command, Outcome first) {
  if (first.entries.front().request_digest() != ToBytes(command.request_digest)) {
    return errors::RequestIdReused(command.request_id);
  }
  first.repeated = true;
  return first;
}

// The first outcome of a request, rebuilt from its entries.
absl::StatusOr<Outcome> Restore(const EarlierRequest& earlier) {
  Outcome outcome{.begin = earlier.begin, .end = earlier.begin, .entries = {}};
  for (const std::string& bytes : earlier.entries) {
    if (!outcome.entries.emplace_back().ParseFromString(bytes)) {
      return errors::LogCorrupt(outcome.end, "the entry cannot be parsed");
    }
    ++outcome.end;
  }
  outcome.recorded_at = absl::FromUnixMicros(ToMicros(outcome.entries.front().recorded_at()));
  return outcome;
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

Batch::Batch(Image& image, const std::string& producer, int64_t now_micros, const Batch* before)
    : image_(image),
      producer_(producer),
      now_micros_(now_micros),
      recorded_at_micros_(
          std::max(now_micros, before ? before->recorded_at_micros_ : image.last_recorded_at_micros() + 1)),
      write_batch_(before ? before->write_batch_.edge : image.edge()) {}

void Batch::Decide(const PendingPtr& pending, const std::optional<EarlierRequest>& earlier) {
  absl::StatusOr<Outcome> outcome = DecideCommand(*pending, earlier);
  outcomes_.push_back({pending, std::move(outcome)});
}

absl::StatusOr<Outcome> Batch::DecideCommand(Pending& pending, const std::optional<EarlierRequest>& earlier) {
  const Command& command = pending.command();
  if (earlier.has_value()) {
    ASSIGN_OR_RETURN(Outcome first, Restore(*earlier));
    return Repeated(command, std::move(first));
  }
  std::string name = RequestName(command);
  if (auto found = requests_.find(name); found != requests_.end()) {
    return Repeated(command, *outcomes_[found->second].outcome);
  }
  Position begin = image_.next();
  absl::StatusOr<Outcome> outcome = DecideSteps(command);
  if (!outcome.ok()) {
    image_.Truncate(begin);
    return outcome;
  }
  if (command.validate_only) {
    outcome->tentative = true;
    {
      Snapshot tentative = image_.ReadTentative();
      pending.Complete(*outcome);
    }
    image_.Truncate(begin);
  } else if (outcome->end > outcome->begin) {
    AddCommand(command, *outcome);
    requests_.emplace(std::move(name), outcomes_.size());
  }
  return outcome;
}

absl::StatusOr<Outcome> Batch::DecideSteps(const Command& command) {
  Outcome outcome{.begin = image_.next(), .entries = {}};
  outcome.entries.reserve(command.steps.size());
  command_texts_.clear();
  command_bytes_ = 0;
  absl::Time recorded_at = absl::FromUnixMicros(recorded_at_micros_);
  for (size_t step = 0; step < command.steps.size(); ++step) {
    auto events = image_.state().Decide(*command.steps[step], command.caller, recorded_at);
    if (!events.ok()) {
      if (command.as_sent == nullptr) return events.status();
      return command.as_sent(events.status(), *command.steps[step], step);
    }
    if (std::binary_search(command.unchanged.begin(), command.unchanged.end(), step)) continue;
    for (NewEvent& event : *events) RETURN_IF_ERROR(FoldEvent(command, std::move(event), outcome));
  }
  if (command.redaction.has_value()) RETURN_IF_ERROR(FoldEvent(command, command.redaction->event, outcome));
  outcome.end = image_.next();
  if (!outcome.entries.empty()) outcome.recorded_at = recorded_at;
  return outcome;
}

absl::Status Batch::FoldEvent(const Command& command, NewEvent event, Outcome& outcome) {
  Position position = image_.next();
  NewEntry made = MakeEntry(std::move(event), command, recorded_at_micros_,
                            static_cast<uint32_t>(outcome.entries.size()), producer_);
  command_bytes_ += made.entry.ByteSizeLong();
  if (command_bytes_ > kMaxCommandBytes && command.caller.role != Role::kPeer) {
    return errors::CommandTooLarge("entry_bytes", kMaxCommandBytes, static_cast<int64_t>(command_bytes_));
  }
  RETURN_IF_ERROR(image_.FoldTentative(made.entry));
  for (size_t index = 0; index < made.texts.size(); ++index) {
    command_texts_.push_back({position, static_cast<uint32_t>(index), std::move(made.texts[index])});
  }
  outcome.entries.push_back(std::move(made.entry));
  return absl::OkStatus();
}

void Batch::AddCommand(const Command& command, Outcome& outcome) {
  for (log::v1::Entry& entry : outcome.entries) {
    entry.set_command_size(static_cast<uint32_t>(outcome.entries.size()));
    write_batch_.Append(entry, entry.SerializeAsString());
  }
  std::move(command_texts_.begin(), command_texts_.end(), std::back_inserter(write_batch_.texts));
  if (const auto& redaction = command.redaction; redaction.has_value()) {
    write_batch_.redactions.push_back({redaction->position, redaction->index, outcome.end - 1});
  }
  command_ends_.push_back({outcome.end, recorded_at_micros_});
  ++recorded_at_micros_;
}

bool Batch::AllAppend() const {
  return std::all_of(outcomes_.begin(), outcomes_.end(), [](const CommandOutcome& one) {
    return one.outcome.ok() && one.outcome->end > one.outcome->begin;
  });
}

void Batch::Publish() { image_.Publish(std::move(write_batch_.edge), command_ends_); }

}  // namespace seisaku::ledger
