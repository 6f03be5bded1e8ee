// Stored entries as a reader checks them one after another.
#include "seisaku/log/v1/entry.pb.h"
#include "services/ledger/tree/hash.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/property.h"
#include "tools/bundle/entry_check.h"

namespace seisaku::fuzz {
namespace {

using log::v1::Entry;
using log::v1::StoredEntry;

constexpr size_t kSaltBytes = 16;

// The entry in its place, as a command of its own, with the texts that lie beside it and nothing else.
StoredEntry Mended(StoredEntry stored, Position position) {
  Entry entry;
  entry.ParseFromString(stored.entry());
  stored.DiscardUnknownFields();
  entry.set_command_index(0);
  entry.set_command_size(1);
  while (entry.texts_size() < stored.texts_size()) entry.add_texts();
  for (int i = 0; i < stored.texts_size(); ++i) {
    log::v1::StoredText& text = *stored.mutable_texts(i);
    if (!text.salt().empty() || !text.text().empty()) text.mutable_salt()->resize(kSaltBytes);
    entry.mutable_texts(i)->set_salted_sha256(ledger::ToBytes(ledger::Sha256(text.salt() + text.text())));
  }
  stored.set_position(position);
  stored.set_entry(entry.SerializeAsString());
  return stored;
}

class Checking {
 public:
  void Take(const StoredEntry& stored) {
    if (TakeAsIs(stored) || !check_.at_command_end() || !Entry().ParseFromString(stored.entry())) return;
    const StoredEntry mended = Mended(stored, leaves_.size());
    // All that is left to be wrong is what the log says about itself.
    Require(TakeAsIs(mended) || TypeOf(mended).starts_with("seisaku.log.v1.LogEvent/"));
  }

  void Finish() const {
    const absl::Status finished = check_.Finish();
    if (!finished.ok()) RequireClear(finished);
    Require(check_.at_command_end() || !finished.ok());
    Require(all_texts_ || withdrawn_ || !finished.ok());
    Require(!all_texts_ || finished.ok() == check_.at_command_end());
    ledger::Frontier again;
    for (const ledger::Hash& leaf : leaves_) again.Append(leaf);
    Require(again == check_.frontier());
  }

 private:
  static std::string TypeOf(const StoredEntry& stored) {
    Entry entry;
    entry.ParseFromString(stored.entry());
    return entry.type();
  }

  bool TakeAsIs(const StoredEntry& stored) {
    const ledger::Frontier before = check_.frontier();
    const bool at_command_end = check_.at_command_end();
    const auto entry = check_.Take(stored);
    if (!entry.ok()) {
      RequireClear(entry.status());
      Require(check_.frontier() == before && check_.at_command_end() == at_command_end);
      return false;
    }
    Require(stored.position() == leaves_.size() && entry->command_index() < entry->command_size());
    Require(check_.at_command_end() == (entry->command_index() + 1 == entry->command_size()));
    for (int i = 0; i < entry->texts_size(); ++i) {
      if (i >= stored.texts_size() || stored.texts(i).salt().empty()) all_texts_ = false;
    }
    if (check_.withdrawn_by_last()) withdrawn_ = true;
    leaves_.push_back(ledger::LeafHash(stored.entry()));
    return true;
  }

  bundle::EntryCheck check_;
  std::vector<ledger::Hash> leaves_;
  bool all_texts_ = true;   // Beside every entry so far.
  bool withdrawn_ = false;  // Some entry says so of a text.
};

}  // namespace
}  // namespace seisaku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  seisaku::fuzz::Checking checking;
  for (const auto& stored : seisaku::fuzz::ReadLog(data, size)) checking.Take(stored);
  checking.Finish();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  return seisaku::fuzz::MutateLogInPlace(data, size, max_size, seed);
}
