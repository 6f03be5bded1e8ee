// Where and how much a read looks: as_of, min_position, page_size and page_token.
//
//   ASSIGN_OR_RETURN(rpc::Page page, rpc::ToPage(request));
//   ASSIGN_OR_RETURN(ledger::Snapshot snapshot, rpc::ReadState(ledger, request, call, page));
//   rpc::Slice slice = rpc::SliceOf(page, items.size(), snapshot.size());
//   for (size_t i = slice.begin; i < slice.end; ++i) …
//   response.set_next_page_token(slice.next_page_token);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/ledger/ledger.h"
#include "services/rpc/transport/call.h"

namespace seisaku::rpc {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1000;

// The page that a request asks for.
struct Page {
  int size = kDefaultPageSize;    // 1 to kMaxPageSize
  uint64_t offset = 0;            // the number of items on earlier pages
  std::optional<Position> as_of;  // the log's size that the first page was read at; nullopt for a first page
  ledger::Hash request_digest{};  // of what is listed
};

absl::StatusOr<Page> MakePage(const google::protobuf::Message& request, int32_t page_size,
                              std::string_view page_token);

// INVALID_ARGUMENT INVALID_FIELD: page_size is negative; page_token was not made for this request (page_size
// and the min_… fields may differ).
template <typename Request>
absl::StatusOr<Page> ToPage(const Request& request) {
  return MakePage(request, request.page_size(), request.page_token());
}

// The page's part [begin, end) of `total` items that were found in the state as of `as_of`; next_page_token
// is empty after the last.
struct Slice {
  size_t begin = 0;
  size_t end = 0;
  std::string next_page_token;
};
Slice SliceOf(const Page& page, size_t total, Position as_of);

// The ledger's options for a read with as_of and min_position; it waits until the call's deadline.
template <typename Request>
ledger::ReadOptions ToReadOptions(const Request& request, const CallContext& call) {
  ledger::ReadOptions options;
  if (request.has_as_of()) options.as_of = request.as_of();
  options.min_position = request.min_position();
  options.deadline = call.deadline;
  return options;
}
// The same for a page: later pages read the state as of the size that the first one read.
template <typename Request>
ledger::ReadOptions ToReadOptions(const Request& request, const CallContext& call, const Page& page) {
  ledger::ReadOptions options = ToReadOptions(request, call);
  if (page.as_of) options.as_of.emplace().set_size(*page.as_of);
  return options;
}

// The state as of the size that a request asks for. Waits for it; WouldWait() where the call may not wait.
// Errors: LogReader::Read's, CallContext::Alive's.
absl::StatusOr<ledger::Snapshot> ReadState(ledger::LogReader& ledger, const ledger::ReadOptions& options,
                                           const CallContext& call);
template <typename Request>
absl::StatusOr<ledger::Snapshot> ReadState(ledger::LogReader& ledger, const Request& request,
                                           const CallContext& call) {
  return ReadState(ledger, ToReadOptions(request, call), call);
}
// The same for a page.
template <typename Request>
absl::StatusOr<ledger::Snapshot> ReadState(ledger::LogReader& ledger, const Request& request,
                                           const CallContext& call, const Page& page) {
  return ReadState(ledger, ToReadOptions(request, call, page), call);
}

}  // namespace seisaku::rpc
