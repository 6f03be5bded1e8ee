#include "tools/bundle/entry_check.h"

#include "services/base/status.h"
#include "services/ledger/tree/hash.h"
#include "tools/bundle/errors.h"

namespace seisaku::bundle {
namespace {

// Keeps the first objection as an error.
class First {
 public:
  void operator()(const Objection& objection) {
    if (status_.ok()) status_ = errors::BundleInvalid(objection.position, objection.why);
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

}  // namespace

absl::StatusOr<log::v1::Entry> EntryCheck::Take(const log::v1::StoredEntry& stored) {
  First first;
  log::v1::Entry entry;
  rules_.Take(stored, entry, [&](const Objection& objection) { first(objection); });
  if (!first.status().ok()) {
    rules_.TakeBack();
    return first.status();
  }
  frontier_.Append(ledger::LeafHash(stored.entry()));
  return entry;
}

absl::Status EntryCheck::Finish() const {
  First first;
  rules_.Finish([&](const Objection& objection) { first(objection); });
  return first.status();
}

}  // namespace seisaku::bundle
