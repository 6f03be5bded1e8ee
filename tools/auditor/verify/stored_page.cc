#include "tools/auditor/verify/stored_page.h"

#include <algorithm>
#include <string>

#include "fmt/format.h"
#include "services/base/status.h"

namespace seisaku::auditor {
namespace {

using postgres::Int64FromBinary;
using Columns = absl::Span<const std::string_view>;

constexpr size_t kEntries = 2048;
constexpr size_t kBytes = 8 << 20;
// More than an entry has texts.
constexpr int64_t kMaxTexts = 1 << 16;
constexpr size_t kSaltBytes = 16;

// No index has them in the order of their positions: they are sorted once.
constexpr char kSortRequests[] =
    "DECLARE sorted_requests CURSOR FOR "
    "SELECT position, size, caller, request_id::text, digest FROM request ORDER BY position";
constexpr postgres::Statement kFetchRequests = {"fetch_requests", "FETCH 4096 FROM sorted_requests"};

int64_t PositionOf(const log::v1::StoredEntry& stored) { return static_cast<int64_t>(stored.position()); }

// Puts a text's row beside its entry.
void Place(log::v1::StoredEntry& stored, Columns columns, LogVerifier& verifier) {
  const int64_t index = Int64FromBinary(columns[1]);
  if (index < 0 || index >= kMaxTexts) {
    verifier.Report(
        {stored.position(), "TEXT_UNCOMMITTED", phrases::NO_SUCH_TEXT, {phrases::TEXT, {{"index", index}}}});
    return;
  }
  if (columns[2].size() != kSaltBytes) {
    verifier.Report({stored.position(),
                     "TEXT_DIFFERS",
                     {phrases::SALT, {{"bytes", kSaltBytes}}},
                     {phrases::SALT, {{"bytes", columns[2].size()}}}});
    return;
  }
  while (stored.texts_size() <= index) stored.add_texts();
  log::v1::StoredText& text = *stored.mutable_texts(static_cast<int>(index));
  text.set_salt(columns[2].data(), columns[2].size());
  text.set_text(columns[3].data(), columns[3].size());
}

}  // namespace

absl::Status StoredPages::ForEach(LogVerifier& verifier, RequestRows& requests) {
  page_.resize(kEntries);
  RETURN_IF_ERROR(transaction_.ExecuteScript(kSortRequests));
  do {
    RETURN_IF_ERROR(ReadEntries());
    const bool is_last = count_ == 0;
    RETURN_IF_ERROR(ReadTexts(is_last, verifier));
    RETURN_IF_ERROR(ReadRequests(is_last, requests));
    for (size_t i = 0; i < count_; ++i) verifier.Take(page_[i]);
    if (count_ > 0) next_ = PositionOf(page_[count_ - 1]) + 1;
    has_begun_ |= count_ > 0;
  } while (count_ > 0);
  requests.Finish([&](Violation violation) { verifier.Report(std::move(violation)); });
  return absl::OkStatus();
}

absl::Status StoredPages::ReadEntries() {
  count_ = 0;
  size_t bytes = 0;
  return transaction_.CopyOut(fmt::format("SELECT position, bytes FROM entry {} ORDER BY position LIMIT {}",
                                          Range(/*is_last=*/true), kEntries),
                              [&](Columns columns) {
                                if (count_ > 0 && bytes >= kBytes) return false;
                                log::v1::StoredEntry& stored = page_[count_++];
                                stored.Clear();
                                stored.set_position(static_cast<uint64_t>(Int64FromBinary(columns[0])));
                                stored.set_entry(columns[1].data(), columns[1].size());
                                bytes += columns[1].size();
                                return true;
                              });
}

std::string StoredPages::Range(bool is_last) const {
  std::string range = has_begun_ ? fmt::format("WHERE position >= {}", next_) : "WHERE true";
  if (!is_last) range += fmt::format(" AND position <= {}", PositionOf(page_[count_ - 1]));
  return range;
}

absl::Status StoredPages::ReadTexts(bool is_last, LogVerifier& verifier) {
  size_t at = 0;
  return transaction_.CopyOut(
      fmt::format("SELECT position, index, salt, text FROM entry_text {} ORDER BY position, index",
                  Range(is_last)),
      [&](Columns columns) {
        const int64_t position = Int64FromBinary(columns[0]);
        while (at < count_ && PositionOf(page_[at]) < position) ++at;
        if (at < count_ && PositionOf(page_[at]) == position) {
          Place(page_[at], columns, verifier);
        } else {
          verifier.Report({static_cast<uint64_t>(position),
                           "TEXT_UNCOMMITTED",
                           phrases::NO_TEXT_THERE,
                           {phrases::TEXT, {{"index", Int64FromBinary(columns[1])}}}});
        }
        return true;
      });
}

// Some may be of entries further on.
absl::Status StoredPages::ReadRequests(bool is_last, RequestRows& requests) {
  while (!has_all_requests_ && (is_last || last_request_ <= PositionOf(page_[count_ - 1]))) {
    RETURN_IF_ERROR(FetchRequests(requests));
  }
  return absl::OkStatus();
}

absl::Status StoredPages::FetchRequests(RequestRows& requests) {
  bool has_any = false;
  RETURN_IF_ERROR(transaction_.ForEachRow(kFetchRequests, {}, [&](const postgres::Row& row) {
    has_any = true;
    last_request_ = row.GetInt64(0);
    requests.Add({last_request_, row.GetInt64(1), std::string(row.GetText(2)), std::string(row.GetText(3)),
                  row.GetBytes(4)});
    return absl::OkStatus();
  }));
  has_all_requests_ = !has_any;
  return absl::OkStatus();
}

}  // namespace seisaku::auditor
