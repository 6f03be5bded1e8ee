// The log before this one, of which entries were lost (seisaku.log.v1.LogContinued).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/frontier.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

// What a log says in its first entry of the one before it.
struct Continued {
  ledger::Checkpoint lost;  // the newest that was known, of the log before
  uint64_t saved_size = 0;  // how many of its entries follow the first one, byte for byte
  ledger::Hash saved_root{};
  std::optional<std::string> reason;  // nullopt: withdrawn
};

// How a checkpoint of the log before, which somebody kept, relates to what is here.
enum class Relation {
  kNamed,    // it is the lost one that the first entry names
  kSaved,    // the entries that were saved add up to it
  kDiffers,  // it has another root than the first entry or the entries that were saved
  kLost,     // some of its entries are lost: nothing here proves it
  kBeyond,   // it has more entries than the lost one: nothing here proves it
};

// Compares the entries behind the first one with the log before. Not thread-safe.
class PreviousLog {
 public:
  using Report = absl::FunctionRef<void(Violation)>;

  // Asks for Compare of checkpoints of so many entries, before Begin.
  void Want(uint64_t size) { wanted_.insert(size); }
  // The log's first entry. PREVIOUS_DIFFERS: what it says of the log before is no checkpoint.
  void Begin(const log::v1::StoredEntry& stored, const log::v1::Entry& entry, Report report);
  // The hash of the next entry, from the second one on.
  void Append(const ledger::Hash& leaf);
  // After the last one. PREVIOUS_DIFFERS: the entries are not those that the first one says were saved.
  void Finish(Report report) const;

  // nullopt: the log takes no other's place.
  const std::optional<Continued>& continued() const { return continued_; }
  // After Finish, of a checkpoint of that log that `from` holds. PREVIOUS_DIFFERS: it is kDiffers.
  Relation Compare(const ledger::Checkpoint& kept, const std::string& from, Report report) const;

 private:
  std::set<uint64_t> wanted_;
  std::optional<Continued> continued_;
  ledger::Frontier frontier_;
  std::map<uint64_t, ledger::Hash> roots_;
};

}  // namespace seisaku::auditor
