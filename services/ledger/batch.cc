#include "services/ledger/batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/new_entry.h"

namespace seisaku::ledger {
namespace {

std::string RequestName(const Command& command) {
  return absl::StrCat(command.request_id, " ", command.caller.subject);
}

// The outcome of `first`, for whoever sent the same command again.
absl::StatusOr<Outcome> Repeated(const Command& command, Outcome first) {
  if (first.entries.front().request_digest() != ToBytes(command.request_digest)) {
    return errors::RequestIdReused(command.request_id);
  }
  first.repeated = true;
  return first;
}

// As it was the first time, from what it added.
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

Batch::Batch(Image& image, const std::string& producer, int64_t now_micros, const Batch* before)
    : image_(image),
      producer_(producer),
      now_micros_(now_micros),
      recorded_at_micros_(
          std::max(now_micros, before ? before->recorded_at_micros_ : image.last_recorded_at_micros() + 1)),
      addition_(before ? before->addition_.edge : image.edge()) {}

void Batch::Decide(const PendingPtr& pending, const std::optional<EarlierRequest>& earlier) {
  absl::StatusOr<Outcome> outcome = Run(*pending, earlier);
  answers_.push_back({pending, std::move(outcome)});
}

absl::StatusOr<Outcome> Batch::Run(Pending& pending, const std::optional<EarlierRequest>& earlier) {
  const Command& command = pending.command();
  if (earlier.has_value()) {
    ASSIGN_OR_RETURN(Outcome first, Restore(*earlier));
    return Repeated(command, std::move(first));
  }
  std::string name = RequestName(command);
  if (auto found = requests_.find(name); found != requests_.end()) {
    return Repeated(command, *answers_[found->second].outcome);
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
      pending.Tell(*outcome);
    }
    image_.Truncate(begin);
  } else if (outcome->end > outcome->begin) {
    Keep(command, *outcome);
    requests_.emplace(std::move(name), answers_.size());
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
    for (NewEvent& event : *events) RETURN_IF_ERROR(Take(command, std::move(event), outcome));
  }
  if (command.redaction.has_value()) RETURN_IF_ERROR(Take(command, command.redaction->event, outcome));
  outcome.end = image_.next();
  if (!outcome.entries.empty()) outcome.recorded_at = recorded_at;
  return outcome;
}

absl::Status Batch::Take(const Command& command, NewEvent event, Outcome& outcome) {
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

void Batch::Keep(const Command& command, Outcome& outcome) {
  for (log::v1::Entry& entry : outcome.entries) {
    entry.set_command_size(static_cast<uint32_t>(outcome.entries.size()));
    addition_.Append(entry, entry.SerializeAsString());
  }
  std::move(command_texts_.begin(), command_texts_.end(), std::back_inserter(addition_.texts));
  if (const auto& redaction = command.redaction; redaction.has_value()) {
    addition_.redactions.push_back({redaction->position, redaction->index, outcome.end - 1});
  }
  ends_.push_back({outcome.end, recorded_at_micros_});
  ++recorded_at_micros_;
}

bool Batch::AllAdd() const {
  return std::all_of(answers_.begin(), answers_.end(), [](const Answer& answer) {
    return answer.outcome.ok() && answer.outcome->end > answer.outcome->begin;
  });
}

void Batch::Publish() { image_.Publish(std::move(addition_.edge), ends_); }

}  // namespace seisaku::ledger
