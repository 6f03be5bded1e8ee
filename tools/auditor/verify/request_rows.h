// The rows in which a service keeps who asked for what, beside the commands that came of it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "absl/functional/function_ref.h"
#include "tools/auditor/verify/command_check.h"
#include "tools/auditor/verify/violation.h"

namespace seisaku::auditor {

struct RequestRow {
  int64_t position = 0;
  int64_t size = 0;
  std::string caller;
  std::string request_id;
  std::string digest;

  friend bool operator==(const RequestRow&, const RequestRow&) = default;
};

// Takes both in the order of their positions, the rows first. Not thread-safe.
class RequestRows {
 public:
  using Report = absl::FunctionRef<void(Violation)>;
  void Add(RequestRow row) { waiting_.push_back(std::move(row)); }
  // REQUEST_ROW_MISSING, REQUEST_ROW_DIFFERS, REQUEST_ROW_STRAY.
  void Take(const CommandSeen& command, Report report);
  // REQUEST_ROW_STRAY: those that no command has.
  void Finish(Report report);

 private:
  void PassStray(Report report);

  std::deque<RequestRow> waiting_;
};

}  // namespace seisaku::auditor
