#include "tools/auditor/verify/live_source.h"

#include <algorithm>
#include <utility>

#include "services/base/status.h"
#include "services/progress/domain/catalog_copy.h"

namespace seisaku::auditor {
namespace {

constexpr uint64_t kPage = 1000;

class LiveLog final : public LogSource {
 public:
  LiveLog(LogKind kind, std::unique_ptr<LogClient> client, std::string place, std::string note,
          ledger::Checkpoint newest, const bundle::Trust& trust)
      : kind_(kind),
        client_(std::move(client)),
        place_(std::move(place)),
        note_(std::move(note)),
        newest_(std::move(newest)),
        trust_(trust) {}

  LogKind kind() const override { return kind_; }
  const std::string& origin() const override { return newest_.origin; }
  const std::string& place() const override { return place_; }
  // A text may be withdrawn between its entry's page and the last one.
  bool may_keep_withdrawn() const override { return true; }

  std::vector<Evidence> ReadEvidences(LogVerifier& verifier) override {
    std::vector<Evidence> evidences;
    // Where that fails for another reason than that there is none, so will what follows.
    const absl::StatusOr<std::string> cosigned = client_->GetCosignedCheckpoint();
    if (cosigned.ok()) Add(*cosigned, evidences, verifier);
    if (evidences.empty() || evidences.front().checkpoint != newest_) Add(note_, evidences, verifier);
    return evidences;
  }

  absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>& evidences) override {
    RETURN_IF_ERROR(FeedUpTo(newest_.size, verifier));
    // A text that was withdrawn meanwhile: the entry that says so is further on.
    while (verifier.misses_texts()) {
      ASSIGN_OR_RETURN(const std::string note, client_->GetCheckpoint(0));
      const uint64_t before = verifier.size();
      Add(note, evidences, verifier);
      const uint64_t size = evidences.empty() ? before : evidences.back().checkpoint.size;
      if (size <= before) break;
      verifier.Want(size);
      RETURN_IF_ERROR(FeedUpTo(size, verifier));
      if (verifier.size() == before) break;
    }
    return absl::OkStatus();
  }

 private:
  void Add(const std::string& note, std::vector<Evidence>& evidences, LogVerifier& verifier) {
    auto evidence = ReadEvidence(place_, note, trust_);
    if (evidence.ok() && evidence->checkpoint.origin == newest_.origin) {
      evidences.push_back(*std::move(evidence));
      return;
    }
    verifier.Report({.code = "CHECKPOINT_INVALID",
                     .expected = {phrases::CHECKPOINT_SIGNED, {{"origin", newest_.origin}}},
                     .found = evidence.ok()
                                  ? bundle::Phrase(phrases::ONE_OF, {{"whose", evidence->checkpoint.origin}})
                                  : bundle::Phrase(std::string(evidence.status().message())),
                     .below = newest_.size});
  }

  absl::Status FeedUpTo(uint64_t size, LogVerifier& verifier) {
    uint64_t next = std::min(size, verifier.size());
    while (next < size) {
      const auto wanted = static_cast<uint32_t>(std::min(kPage, size - next));
      ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page, client_->ReadEntries(next, wanted));
      if (page.entries().empty()) break;
      for (const log::v1::StoredEntry& stored : page.entries()) verifier.Take(stored);
      next += static_cast<uint64_t>(page.entries_size());
    }
    return absl::OkStatus();
  }

  const LogKind kind_;
  const std::unique_ptr<LogClient> client_;
  const std::string place_;
  const std::string note_;
  const ledger::Checkpoint newest_;
  const bundle::Trust& trust_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LogSource>> OpenLiveLog(LogKind kind, std::unique_ptr<LogClient> client,
                                                       std::string place, const bundle::Trust& trust) {
  ASSIGN_OR_RETURN(std::string note, client->GetCheckpoint(0));
  ASSIGN_OR_RETURN(ledger::Checkpoint newest, progress::CheckpointOfNote(note));
  return std::make_unique<LiveLog>(kind, std::move(client), std::move(place), std::move(note),
                                   std::move(newest), trust);
}

}  // namespace seisaku::auditor
