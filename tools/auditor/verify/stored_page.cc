#include "tools/auditor/verify/stored_page.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "services/base/status.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::auditor {
namespace {

using postgres::Int64FromBinary;
using Columns = absl::Span<const std::string_view>;

constexpr size_t kEntries = 2048;
constexpr size_t kBytes = 8 << 20;
// More than an entry has texts.
constexpr int64_t kMaxTexts = 1 << 16;

int64_t PositionOf(const log::v1::StoredEntry& stored) { return static_cast<int64_t>(stored.position()); }

// Puts a text's row beside its entry.
void Place(log::v1::StoredEntry& stored, Columns columns, LogVerifier& verifier) {
  const int64_t index = Int64FromBinary(columns[1]);
  if (index < 0 || index >= kMaxTexts) {
    verifier.Report(
        {stored.position(), "TEXT_UNCOMMITTED", phrases::NO_SUCH_TEXT, {phrases::TEXT, {{"index", index}}}});
    return;
  }
  if (columns[2].size() != ledger::kSaltBytes) {
    verifier.Report({stored.position(),
                     "TEXT_DIFFERS",
                     {phrases::SALT, {{"bytes", ledger::kSaltBytes}}},
                     {phrases::SALT, {{"bytes", columns[2].size()}}}});
    return;
  }
  while (stored.texts_size() <= index) stored.add_texts();
  log::v1::StoredText& text = *stored.mutable_texts(static_cast<int>(index));
  text.set_salt(columns[2].data(), columns[2].size());
  text.set_text(columns[3].data(), columns[3].size());
}

bundle::Phrase InWords(const RequestBeside& request) {
  if (request == RequestBeside()) return phrases::NO_REQUEST;
  return {phrases::REQUEST, {{"request", request.request_id}, {"actor", request.caller}}};
}

}  // namespace

void CheckRequest(uint64_t position, const log::v1::Entry& entry, const RequestBeside& request,
                  LogVerifier& verifier) {
  RequestBeside expected;
  if (entry.command_index() == 0) {
    expected = {entry.actor(), absl::AsciiStrToLower(entry.request_id())};
  }
  if (request == expected) return;
  verifier.Report({position, "REQUEST_DIFFERS", InWords(expected), InWords(request)});
}

absl::Status StoredPages::ForEach(LogVerifier& verifier, RequestBeside& request) {
  page_.resize(kEntries);
  requests_.resize(kEntries);
  while (true) {
    RETURN_IF_ERROR(ReadEntries());
    const bool is_last = count_ == 0;
    RETURN_IF_ERROR(ReadTexts(is_last, verifier));
    for (size_t i = 0; i < count_; ++i) {
      request = requests_[i];
      verifier.Take(page_[i]);
    }
    if (count_ == 0) break;
    const int64_t last = PositionOf(page_[count_ - 1]);
    if (last == std::numeric_limits<int64_t>::max()) break;  // nothing can stand behind it
    next_ = last + 1;
    has_begun_ = true;
  }
  return absl::OkStatus();
}

absl::Status StoredPages::ReadEntries() {
  count_ = 0;
  size_t bytes = 0;
  return transaction_.CopyOut(fmt::format("SELECT position, bytes, caller, request_id::text FROM entry {} "
                                          "ORDER BY position LIMIT {}",
                                          Range(/*is_last=*/true), kEntries),
                              [&](Columns columns) {
                                if (count_ > 0 && bytes >= kBytes) return false;
                                requests_[count_] = {std::string(columns[2]), std::string(columns[3])};
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
  if (end_) range += fmt::format(" AND position < {}", *end_);
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

}  // namespace seisaku::auditor
