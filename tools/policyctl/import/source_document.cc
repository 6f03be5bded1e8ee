#include "tools/policyctl/import/source_document.h"

#include <openssl/sha.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "fmt/format.h"
#include "services/base/status.h"
#include "tools/policyctl/whole_file.h"

namespace seisaku::policyctl::imports {
namespace {

constexpr size_t kMaxDocumentBytes = 16 << 20;
constexpr size_t kMaxPrintedBytes = 4096;
constexpr size_t kMaxNameBytes = 255;

// At most `bytes` bytes, cut between characters.
std::string_view Cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

SourceDocument MakeDocument(std::string_view path, std::string bytes) {
  SourceDocument document;
  document.name = Cut(path.substr(path.find_last_of('/') + 1), kMaxNameBytes);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  document.sha256.assign(std::begin(digest), std::end(digest));
  document.bytes = std::move(bytes);
  return document;
}

absl::StatusOr<SourceDocument> ReadDocument(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return FileUnreadable(path);
  if (std::filesystem::file_size(path, ignored) > kMaxDocumentBytes) {
    return MakeError(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                     fmt::format("{} has more than {} bytes", path, kMaxDocumentBytes),
                     {{"file", path}, {"max", fmt::to_string(kMaxDocumentBytes)}});
  }
  ASSIGN_OR_RETURN(std::string bytes, ReadWholeFile(path));
  return MakeDocument(path, std::move(bytes));
}

type::v1::SourceCell ToSource(const SourceDocument& document, const documents::SourceCell& cell,
                              Printed printed) {
  type::v1::SourceCell source;
  source.set_document(document.name);
  source.set_document_sha256(document.sha256);
  source.set_line(static_cast<uint32_t>(std::max(cell.line, 1)));
  source.set_column(static_cast<uint32_t>(cell.column));
  if (printed == Printed::kKept) source.set_printed(std::string(Cut(cell.printed, kMaxPrintedBytes)));
  return source;
}

}  // namespace seisaku::policyctl::imports
