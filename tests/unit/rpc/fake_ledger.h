// A log in memory that tests append to by hand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "services/ledger/ledger.h"

namespace seisaku::rpc {

// Thread-safe. Decides nothing: Submit is UNIMPLEMENTED. Its state is empty.
class FakeLedger : public ledger::Ledger {
 public:
  // Publishes a command of `size` entries, each about `bytes` long, about `resource`.
  void AddCommand(int size, size_t bytes = 64, const std::string& resource = "plans/p");
  // Publishes `entry` as a command of its own.
  void AddEntry(const log::v1::Entry& entry);
  // As if another replica did so, and this one learned of it when it is waited for.
  void AddCommandWhenAwaited(int size);
  // The bytes of the entry at `position`.
  std::string EntryAt(Position position);
  // Entries that ReadEntries returns at most in one answer.
  void LimitReads(int entries);
  // From now on Tree() has another leaf 0 than was appended.
  void ChangeTree();
  void SetHealth(absl::Status health);

  void Submit(ledger::Command command, absl::Time deadline, ledger::Done done) override;
  void Stop() override {}
  absl::StatusOr<ledger::Snapshot> Read(const ledger::ReadOptions& options) override;
  Position WaitForSize(Position size, absl::Time deadline) override;
  absl::StatusOr<std::vector<ledger::StoredEntry>> ReadEntries(Position begin, int limit,
                                                               bool with_texts) override;
  absl::StatusOr<log::v1::Entry> ReadEntry(Position position) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) override;
  absl::StatusOr<ledger::Frontier> FrontierAt(Position size) override;
  std::unique_ptr<ledger::HashReader> Tree() override;
  absl::Status AddCosignatures(Position size, const std::vector<ledger::Cosignature>& added) override;
  absl::StatusOr<ledger::Cosignatures> ReadCosignatures(Position least, Position most) override;
  // The hash of the size written out, twice.
  absl::StatusOr<ledger::Digests> DigestState(Position size, absl::Time deadline) override;
  // With key(), whose name is the origin.
  absl::StatusOr<std::string> SignCheckpoint(const ledger::Frontier& frontier) override;
  absl::Status Health() override;
  absl::Status Current() override { return Health(); }

  static const ledger::SigningKey& key();

 private:
  void Append(int size, size_t bytes, const std::string& resource) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  SharedMutex state_mutex_;
  CondVar grown_;
  std::vector<std::string> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<Position, std::map<std::string, std::string>> cosignatures_ ABSL_GUARDED_BY(mutex_);
  int awaited_ ABSL_GUARDED_BY(mutex_) = 0;
  int read_limit_ ABSL_GUARDED_BY(mutex_) = 5000;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  bool tree_changed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace seisaku::rpc
