// The rows of a log's tables, put together as stored entries.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/postgres/transaction.h"
#include "tools/auditor/verify/log_verifier.h"

namespace seisaku::auditor {

// What stands in the row of an entry where a command begins: whose it is, and what its caller named it. Else
// both are empty.
struct RequestBeside {
  std::string caller;
  std::string request_id;

  friend bool operator==(const RequestBeside&, const RequestBeside&) = default;
};

// REQUEST_DIFFERS where `request`, which stands beside the entry, is not the entry's.
void CheckRequest(uint64_t position, const log::v1::Entry& entry, const RequestBeside& request,
                  LogVerifier& verifier);

// Reads them page by page: at most 2,048 entries, or 8 MiB and one entry more, with the rows beside them.
class StoredPages {
 public:
  explicit StoredPages(postgres::Transaction& transaction) : transaction_(transaction) {}
  // Only positions from `begin` on below `end`.
  StoredPages(postgres::Transaction& transaction, int64_t begin, int64_t end)
      : transaction_(transaction), has_begun_(true), next_(begin), end_(end) {}

  // Hands every entry to `verifier`, while `request` is what stands beside it. Texts that stand beside no
  // entry are reported: TEXT_UNCOMMITTED, TEXT_DIFFERS.
  absl::Status ForEach(LogVerifier& verifier, RequestBeside& request);

 private:
  // Of the rows at positions from `next_` on; where `is_last`, all that there are.
  absl::Status ReadEntries();
  absl::Status ReadTexts(bool is_last, LogVerifier& verifier);
  std::string Range(bool is_last) const;

  postgres::Transaction& transaction_;
  bool has_begun_ = false;
  int64_t next_ = 0;  // where has_begun_; before, there is no lowest position
  std::optional<int64_t> end_;
  std::vector<log::v1::StoredEntry> page_;
  std::vector<RequestBeside> requests_;  // beside those
  size_t count_ = 0;
};

}  // namespace seisaku::auditor
