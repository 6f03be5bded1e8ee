// The file that is imported, as changes refer to it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "seisaku/type/v1/source.pb.h"
#include "tools/policyctl/documents/finding.h"

namespace seisaku::policyctl::imports {

struct SourceDocument {
  std::string name;    // without folders
  std::string bytes;   // as read
  std::string sha256;  // of `bytes`, 32 bytes
};

// A document that was read from anywhere.
SourceDocument MakeDocument(std::string_view path, std::string bytes);

// The whole file. FAILED_PRECONDITION FILE_UNREADABLE (none, a folder, no permission), INVALID_ARGUMENT
// FILE_TOO_LARGE (more than 16 MiB); metadata `file`.
absl::StatusOr<SourceDocument> ReadDocument(const std::string& path);

// Whether the text of the cell goes into the entry.
enum class Printed { kKept, kLeftOut };

// Where in the document a change was read. The printed text is kept up to the contract's 4,096 bytes, whole
// characters. kLeftOut is for narratives: what is in an entry can never be withdrawn, and they may hold
// personal data; their text lies beside the entry.
type::v1::SourceCell ToSource(const SourceDocument& document, const documents::SourceCell& cell,
                              Printed printed = Printed::kKept);

}  // namespace seisaku::policyctl::imports
