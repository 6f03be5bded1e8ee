// The rows of a log's tables, put together as stored entries.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/postgres/transaction.h"
#include "tools/auditor/verify/log_verifier.h"
#include "tools/auditor/verify/request_rows.h"

namespace seisaku::auditor {

// Reads them page by page: at most 2,048 entries, or 8 MiB and one entry more, with the rows beside them.
class StoredPages {
 public:
  explicit StoredPages(postgres::Transaction& transaction) : transaction_(transaction) {}

  // Hands every entry to `verifier`, and each request's row to `requests` before. Rows that stand beside no
  // entry are reported: TEXT_UNCOMMITTED, TEXT_DIFFERS, RequestRows' codes.
  absl::Status ForEach(LogVerifier& verifier, RequestRows& requests);

 private:
  // Of the rows at positions from `next_` on; where `is_last`, all that there are.
  absl::Status ReadEntries();
  absl::Status ReadTexts(bool is_last, LogVerifier& verifier);
  absl::Status ReadRequests(bool is_last, RequestRows& requests);
  absl::Status FetchRequests(RequestRows& requests);
  std::string Range(bool is_last) const;

  postgres::Transaction& transaction_;
  bool has_begun_ = false;
  int64_t next_ = 0;  // where has_begun_; before, there is no lowest position
  std::vector<log::v1::StoredEntry> page_;
  size_t count_ = 0;
  bool has_all_requests_ = false;
  int64_t last_request_ = std::numeric_limits<int64_t>::min();  // position of the one fetched last
};

}  // namespace seisaku::auditor
