#include "services/ledger/ledger.h"

#include <utility>

#include "seisaku/log/v1/log_event.pb.h"
#include "services/base/errors.h"
#include "services/base/mutex.h"
#include "services/base/status.h"

namespace seisaku::ledger {

absl::StatusOr<Outcome> Appender::Append(Command command, absl::Time deadline, Describe describe) {
  Mutex mutex;
  CondVar completed;
  std::optional<absl::StatusOr<Outcome>> result;
  Submit(std::move(command), deadline, [&](absl::StatusOr<Outcome> outcome) {
    if (outcome.ok()) describe(*outcome);
    MutexLock lock(mutex);
    result = std::move(outcome);
    completed.Notify();
  });
  MutexLock lock(mutex);
  while (!result.has_value()) completed.Wait(mutex);
  return *std::move(result);
}

absl::StatusOr<std::optional<Command::Redaction>> ToRedaction(LogReader& reader, Position position,
                                                              uint32_t index, std::string reason) {
  ASSIGN_OR_RETURN(auto stored, reader.ReadEntries(position, 1, /*with_texts=*/true));
  if (stored.empty()) return errors::TextNotFound(position, index);
  ASSIGN_OR_RETURN(const log::v1::Entry entry, reader.ReadEntry(position));
  if (index >= static_cast<uint32_t>(entry.texts_size())) return errors::TextNotFound(position, index);
  const auto& texts = stored[0].texts;
  if (index >= texts.size() || !texts[index].has_value()) return std::nullopt;

  log::v1::LogEvent payload;
  log::v1::TextRedacted& redacted = *payload.mutable_text_redacted();
  redacted.set_position(position);
  redacted.set_index(index);
  redacted.mutable_reason()->set_index(0);
  NewEvent event{.type = "seisaku.log.v1.LogEvent/text_redacted",
                 .resource = entry.resource(),
                 .payload = payload.SerializeAsString(),
                 .texts = {std::move(reason)},
                 .source = {}};
  return Command::Redaction{position, index, std::move(event)};
}

}  // namespace seisaku::ledger
