// A log that was exported, as the services' own handlers read one: so an auditor's answers come from the code
// that gave the city its answers, and from nothing but files.
#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "seisaku/type/v1/read.pb.h"
#include "services/base/state_machine.h"
#include "services/ledger/image.h"
#include "services/ledger/ledger.h"
#include "services/ledger/tree/tiles.h"
#include "tools/bundle/bundle.h"

namespace seisaku::auditor {

// Reading only: what would change something is FAILED_PRECONDITION ARCHIVE_READ_ONLY. Thread-safe.
class ArchivedLog final : public ledger::Ledger {
 public:
  // Folds the whole commands up to `to` (a size, a time, or unset: all) into `state`, which is empty and
  // outlives the log. Reads all of the bundle, and so sees that its entries add up to its checkpoint:
  // DATA_LOSS BUNDLE_INVALID. Other errors: the reader's; LOG_CORRUPT, see StateMachine::Evolve; OUT_OF_RANGE
  // POSITION_BEYOND_END.
  static absl::StatusOr<std::unique_ptr<ArchivedLog>> Open(bundle::Reader reader, StateMachine& state,
                                                           const type::v1::AsOf& to);

  // Of all that the bundle has, whatever was folded.
  const ledger::Checkpoint& checkpoint() const { return reader_.checkpoint(); }
  const std::string& note() const { return reader_.note(); }
  // How much was folded.
  Position size() { return image_.published(); }
  // Any entry of the bundle with what lies beside it, folded or not. It is read again, and is the one that
  // was hashed when the log was opened: BUNDLE_INVALID: its file was changed since. Texts are as they lie
  // there: ledger::OpenText opens them.
  absl::StatusOr<log::v1::StoredEntry> EntryAt(Position position) const;

  void Submit(ledger::Command command, absl::Time deadline, ledger::Done done) override;
  void Stop() override {}
  absl::StatusOr<ledger::Snapshot> Read(const ledger::ReadOptions& options) override;
  Position WaitForSize(Position size, absl::Time deadline) override;
  // ReadEntries and ReadTexts: TEXT_DIFFERS (metadata `log`, `position`, `index`) where a text that is asked
  // for does not fit.
  absl::StatusOr<std::vector<ledger::StoredEntry>> ReadEntries(Position begin, int limit,
                                                               bool with_texts) override;
  absl::StatusOr<log::v1::Entry> ReadEntry(Position position) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> ReadTexts(
      const std::vector<TextKey>& keys) override;
  absl::StatusOr<ledger::Frontier> FrontierAt(Position size) override;
  // Of all that the bundle has.
  std::unique_ptr<ledger::HashReader> Tree() override;
  absl::Status AddCosignatures(Position size, const std::vector<ledger::Cosignature>& added) override;
  absl::StatusOr<ledger::Cosignatures> ReadCosignatures(Position least, Position most) override;
  absl::StatusOr<ledger::Digests> DigestState(Position size, absl::Time deadline) override;
  absl::StatusOr<std::string> SignCheckpoint(const ledger::Frontier& frontier) override;
  absl::Status Health() override { return absl::OkStatus(); }
  absl::Status Current() override { return absl::OkStatus(); }

 private:
  ArchivedLog(bundle::Reader reader, StateMachine& state) : reader_(std::move(reader)), image_(state) {}

  absl::Status Load(const type::v1::AsOf& to);
  // Takes a page of entries into the tree, and those that are wanted into the state, while the next is read.
  absl::Status TakePage(const std::vector<std::string>& page, const type::v1::AsOf& to);
  // Waits until the page that was taken last is in the state.
  absl::Status Folded();

  // The error with the name of this log.
  absl::Status OfThisLog(const absl::Status& error) const;
  absl::StatusOr<ledger::Hash> LeafAt(Position position) const;
  absl::StatusOr<std::string> ReadTile(int level, uint64_t index) const;

  const bundle::Reader reader_;
  ledger::Image image_;
  std::vector<bundle::Reader::Place> places_;
  ledger::TileBuilder edge_;
  std::map<std::pair<int, uint64_t>, std::string> tiles_;
  bool past_end_ = false;              // of what is wanted
  std::future<absl::Status> folding_;  // into image_, so it goes first
};

}  // namespace seisaku::auditor
