// Catalog's entries as progress copied them, beside catalog's own log.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "seisaku/log/v1/entry.pb.h"
#include "services/ledger/tree/frontier.h"
#include "tools/auditor/verify/key_history.h"
#include "tools/auditor/verify/violation.h"
#include "tools/bundle/trust.h"

namespace seisaku::auditor {

// What is known of catalog's log.
struct CatalogLog {
  std::string origin;
  // SHA-256 of each entry as a leaf: two entries are the same where these are. 32 bytes for each.
  std::vector<ledger::Hash> leaves;
};

// Sees progress's entries go by, from the first. Not thread-safe.
class CatalogCopy {
 public:
  // Keeps both; `catalog` is nullptr where its log is not at hand.
  CatalogCopy(const bundle::Trust& trust, const CatalogLog* catalog) : trust_(trust), catalog_(catalog) {}

  using Report = absl::FunctionRef<void(Violation)>;
  // Codes: COPY_DIFFERS: an entry is not catalog's at that position; COPY_GAP: it does not follow the ones
  // before; COPY_CHECKPOINT: the checkpoint with the copy is not of the entries, or not signed by catalog's
  // key.
  void Take(uint64_t position, const log::v1::Entry& entry, Report report);
  // After the last one. COPY_CHECKPOINT: a checkpoint was signed by a key that is not trusted and that no
  // entry of catalog names.
  void Finish(Report report);

  // How many entries of catalog were copied.
  uint64_t size() const { return frontier_.size(); }
  // Up to where catalog has signed what was copied.
  uint64_t signed_size() const { return signed_size_; }
  // Whether a key that signed some of them, or all, is not trusted.
  bool lacks_key() const { return lacks_key_; }

 private:
  void Compare(uint64_t position, const std::string& copy, Report report);
  void CheckNote(uint64_t position, const std::string& note, Report report);
  void TakeKeys(uint64_t at, const std::string& copy);

  const bundle::Trust& trust_;
  const CatalogLog* const catalog_;
  ledger::Frontier frontier_;
  uint64_t signed_size_ = 0;
  bool lacks_key_ = false;
  KeyHistory keys_;                         // as the entries that were copied tell of them
  std::map<std::string, uint64_t> others_;  // keys of catalog's name that signed, and where first
};

}  // namespace seisaku::auditor
