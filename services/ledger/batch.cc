#include "services/ledger/batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/seal.h"

namespace seisaku::ledger {
namespace {

std::string RequestName(const Command& command) {
  return absl::StrCat(command.request_id, " ", command.caller.subject);
}

}  // namespace

Batch::Batch(Image& image, int64_t now_micros, const Batch* before)
    : image_(image),
      now_micros_(now_micros),
      recorded_at_micros_(
          std::max(now_micros, before ? before->recorded_at_micros_ : image.last_recorded_at_micros() + 1)),
      edge_(before ? before->edge_ : image.edge()) {
  addition_.begin = image.next();
}

void Batch::Decide(const PendingPtr& pending, std::optional<EarlierRequest> earlier) {
  absl::StatusOr<Outcome> outcome = Run(*pending, std::move(earlier));
  answers_.push_back({pending, std::move(outcome)});
}

absl::StatusOr<Outcome> Batch::Run(Pending& pending, std::optional<EarlierRequest> earlier) {
  const Command& command = pending.command();
  if (!earlier.has_value()) earlier = RequestInBatch(command);
  if (earlier.has_value()) return Repeat(command, *earlier);

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
  }
  return outcome;
}

// As it was the first time, from what it added.
absl::StatusOr<Outcome> Batch::Repeat(const Command& command, const EarlierRequest& earlier) const {
  if (earlier.row.digest != ToBytes(command.request_digest))
    return errors::RequestIdReused(command.request_id);
  Position begin = earlier.row.position;
  Outcome outcome{.begin = begin, .end = begin + earlier.row.size, .repeated = true, .entries = {}};
  for (const std::string& bytes : earlier.entries) {
    if (!outcome.entries.emplace_back().ParseFromString(bytes)) {
      return errors::LogCorrupt(begin + outcome.entries.size() - 1, "the entry cannot be parsed");
    }
  }
  outcome.recorded_at = absl::FromUnixMicros(ToMicros(outcome.entries.front().recorded_at()));
  return outcome;
}

std::optional<EarlierRequest> Batch::RequestInBatch(const Command& command) const {
  auto found = requests_.find(RequestName(command));
  if (found == requests_.end()) return std::nullopt;
  const Addition::Request& request = addition_.requests[found->second];
  auto first = addition_.entries.begin() + static_cast<std::ptrdiff_t>(request.position - addition_.begin);
  return EarlierRequest{{request.digest, request.position, static_cast<uint64_t>(request.size)},
                        {first, first + request.size}};
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
      if (command.step_field.empty()) return events.status();
      return WithFieldPrefix(events.status(), absl::StrCat(command.step_field, "[", step, "]."));
    }
    for (NewEvent& event : *events) RETURN_IF_ERROR(Take(command, std::move(event), outcome));
  }
  if (command.redaction.has_value()) RETURN_IF_ERROR(Take(command, command.redaction->event, outcome));
  outcome.end = image_.next();
  if (!outcome.entries.empty()) outcome.recorded_at = recorded_at;
  return outcome;
}

absl::Status Batch::Take(const Command& command, NewEvent event, Outcome& outcome) {
  Position position = image_.next();
  Sealed sealed =
      Seal(std::move(event), command, recorded_at_micros_, static_cast<uint32_t>(outcome.entries.size()));
  command_bytes_ += sealed.entry.ByteSizeLong();
  if (command_bytes_ > kMaxCommandBytes && command.caller.role != Role::kPeer) {
    return errors::CommandTooLarge("entry_bytes", kMaxCommandBytes, static_cast<int64_t>(command_bytes_));
  }
  RETURN_IF_ERROR(image_.FoldTentative(sealed.entry));
  for (size_t index = 0; index < sealed.texts.size(); ++index) {
    command_texts_.push_back({position, static_cast<uint32_t>(index), std::move(sealed.texts[index])});
  }
  outcome.entries.push_back(std::move(sealed.entry));
  return absl::OkStatus();
}

void Batch::Keep(const Command& command, Outcome& outcome) {
  auto size = static_cast<uint32_t>(outcome.entries.size());
  for (log::v1::Entry& entry : outcome.entries) {
    entry.set_command_size(size);
    addition_.entries.push_back(entry.SerializeAsString());
    edge_.Append(LeafHash(addition_.entries.back()), &addition_.tiles);
  }
  std::move(command_texts_.begin(), command_texts_.end(), std::back_inserter(addition_.texts));
  requests_.emplace(RequestName(command), addition_.requests.size());
  addition_.requests.push_back({command.caller.subject, command.request_id, ToBytes(command.request_digest),
                                outcome.begin, static_cast<int64_t>(size)});
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

Head Batch::HeadAfter() const {
  return {.origin = "",
          .size = edge_.size(),
          .frontier = edge_.frontier().ToBytes(),
          .recorded_at_micros = ends_.back().recorded_at_micros,
          .version = ""};
}

void Batch::Publish() { image_.Publish(std::move(edge_), ends_); }

}  // namespace seisaku::ledger
