#include "services/rpc/paging.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/rpc/digest.h"

namespace seisaku::rpc {
namespace {

// A token is the base64url of "{offset}.{as_of}.{digest}". It is no secret and not signed: a forged one can
// only ask for what its request may read anyway. Half of the digest is enough to tell requests apart.
constexpr size_t kDigestDigits = 32;

std::string DigestText(const ledger::Hash& digest) { return ledger::ToHex(digest).substr(0, kDigestDigits); }

std::string ToToken(uint64_t offset, Position as_of, const ledger::Hash& digest) {
  return absl::WebSafeBase64Escape(fmt::format("{}.{}.{}", offset, as_of, DigestText(digest)));
}

// Takes a number and the dot behind it off the front of `text`; nullopt: there is none.
std::optional<uint64_t> TakeNumber(std::string_view& text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest == end || *rest != '.') return std::nullopt;
  text.remove_prefix(rest + 1 - text.data());
  return number;
}

// Fills in `page` from the token. False: it is not a token of this request.
bool ReadToken(std::string_view token, Page& page) {
  std::string decoded;
  if (!absl::WebSafeBase64Unescape(std::string(token), &decoded)) return false;
  std::string_view text = decoded;
  const std::optional<uint64_t> offset = TakeNumber(text);
  const std::optional<uint64_t> as_of = offset ? TakeNumber(text) : std::nullopt;
  if (!as_of || text != DigestText(page.request_digest)) return false;
  page.offset = *offset;
  page.as_of = *as_of;
  return true;
}

}  // namespace

absl::StatusOr<Page> MakePage(const google::protobuf::Message& request, int32_t page_size,
                              std::string_view page_token) {
  if (page_size < 0)
    return errors::InvalidField("page_size", expected::AT_LEAST, {{"min", 0}, {"actual", page_size}});
  Page page;
  if (page_size > 0) page.size = std::min<int>(page_size, kMaxPageSize);
  page.request_digest = DigestOf(request.GetDescriptor()->full_name(), request, {"page_size", "page_token"});
  if (!page_token.empty() && !ReadToken(page_token, page)) {
    return errors::InvalidField("page_token", expected::PAGE_TOKEN);
  }
  return page;
}

Slice SliceOf(const Page& page, size_t total, Position as_of) {
  Slice slice;
  slice.begin = static_cast<size_t>(std::min<uint64_t>(page.offset, total));
  slice.end = slice.begin + std::min<size_t>(page.size, total - slice.begin);
  if (slice.end < total) slice.next_page_token = ToToken(slice.end, as_of, page.request_digest);
  return slice;
}

absl::StatusOr<ledger::Snapshot> ReadState(ledger::LogReader& ledger, const ledger::ReadOptions& options,
                                           const CallContext& call) {
  if (options.min_position > ledger.WaitForSize(0, absl::InfinitePast())) {
    if (!call.may_wait) return WouldWait();
    RETURN_IF_ERROR(AwaitSize(ledger, options.min_position, call).status());
  }
  return ledger.Read(options);
}

}  // namespace seisaku::rpc
