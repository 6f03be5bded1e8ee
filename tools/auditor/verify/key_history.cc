#include "tools/auditor/verify/key_history.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "seisaku/log/v1/log_event.pb.h"
#include "services/ledger/tree/key.h"

namespace seisaku::auditor {
namespace {

std::string Base64(const ledger::Hash& hash) { return ledger::ToBase64(ledger::ToBytes(hash)); }

}  // namespace

std::string ShortName(const ledger::VerifierKey& key) {
  return fmt::format("{}+{:08x}", key.name(), key.id());
}

void KeyHistory::Take(uint64_t position, const log::v1::Entry& entry,
                      absl::FunctionRef<std::optional<ledger::Hash>()> root, Report report) {
  is_sealed_ = is_sealed_ || !entry.producer().empty();
  if (entry.type() == "seisaku.log.v1.LogEvent/key_rotated") TakeChange(position, entry, report);
  if (entry.type() == "seisaku.log.v1.LogEvent/log_sealed") TakeSealing(position, entry, root, report);
}

void KeyHistory::TakeChange(uint64_t position, const log::v1::Entry& entry, Report report) {
  log::v1::LogEvent event;
  // What cannot be read is refused by the fold.
  if (!event.ParseFromString(entry.payload()) || !event.has_key_rotated()) return;
  is_sealed_ = true;
  const log::v1::KeyRotated& said = event.key_rotated();
  auto opened = ledger::OpenKeyRotation(said.previous_key(), said.next_key(), said.next_key_signature());
  if (!opened.ok()) {
    report({position, "KEY_CHANGE_INVALID", phrases::KEY_CHANGE, std::string(opened.status().message())});
    return;
  }
  // Of the same log: a log that took another's place has that one's changes too.
  const KeyChange* before = LastOf(opened->previous.name());
  if (before != nullptr && before->next.ToString() != opened->previous.ToString()) {
    report({position,
            "KEY_CHANGE_INVALID",
            {phrases::KEY_BEFORE, {{"key", ShortName(before->next)}, {"position", before->position}}},
            ShortName(opened->previous)});
    return;
  }
  changes_.push_back({position, std::move(opened->previous), std::move(opened->next)});
}

void KeyHistory::TakeSealing(uint64_t position, const log::v1::Entry& entry,
                             absl::FunctionRef<std::optional<ledger::Hash>()> root, Report report) {
  log::v1::LogEvent event;
  if (!event.ParseFromString(entry.payload()) || !event.has_log_sealed()) return;
  is_sealed_ = true;
  const log::v1::LogSealed& said = event.log_sealed();
  const std::optional<ledger::Hash> there = root();
  const auto said_root = ledger::HashFromBytes(said.root());
  if (!there || (said.size() == position && said_root.ok() && *said_root == *there &&
                 said.kept_size() <= said.size())) {
    sealings_.push_back({position, said.kept_size()});
    return;
  }
  report({position,
          "SEALING_DIFFERS",
          {phrases::CHECKPOINT_AT, {{"size", position}, {"root", Base64(*there)}}},
          {phrases::ONE_AT, {{"size", said.size()}, {"root", ledger::ToBase64(said.root())}}}});
}

const KeyChange* KeyHistory::LastOf(const std::string& origin) const {
  const auto found = std::find_if(changes_.rbegin(), changes_.rend(),
                                  [&](const KeyChange& change) { return change.next.name() == origin; });
  return found == changes_.rend() ? nullptr : &*found;
}

const KeyChange* KeyHistory::Naming(const std::string& key) const {
  const auto found = std::find_if(changes_.begin(), changes_.end(), [&](const KeyChange& change) {
    return ShortName(change.previous) == key || ShortName(change.next) == key;
  });
  return found == changes_.end() ? nullptr : &*found;
}

}  // namespace seisaku::auditor
