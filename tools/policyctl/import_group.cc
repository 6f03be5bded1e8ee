#include "tools/policyctl/import_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "fmt/format.h"
#include "services/base/errors.h"

namespace seisaku::policyctl {
namespace {

constexpr uint64_t kPageSize = 1000;
constexpr uint64_t kLookedThrough = 10'000;

bool IsOfPlan(const log::v1::Entry& entry, std::string_view plan) {
  std::string_view resource = entry.resource();
  return resource == plan || (resource.starts_with(plan) && resource.substr(plan.size()).starts_with("/"));
}

bool IsImport(const log::v1::Entry& entry, std::string_view plan) {
  return IsOfPlan(entry, plan) && ParseImportPart(entry.correlation_id()).has_value();
}

bool IsOlder(const log::v1::Entry& a, const log::v1::Entry& b) {
  return std::pair(a.recorded_at().seconds(), a.recorded_at().nanos()) <
         std::pair(b.recorded_at().seconds(), b.recorded_at().nanos());
}

// Adds the entries of [start, end) that are of imports of the plan.
absl::Status ReadImports(Client& client, std::string_view service, std::string_view plan, uint64_t start,
                         uint64_t end, std::vector<log::v1::Entry>& imports) {
  while (start < end) {
    log::v1::ReadEntriesRequest request;
    request.set_start(start);
    request.set_page_size(static_cast<uint32_t>(end - start));
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page,
                     client.Call(client.log(service), &Log::ReadEntries, std::move(request)));
    if (page.entries().empty()) return errors::PositionBeyondEnd(start, page.position());
    for (const log::v1::StoredEntry& stored : page.entries()) {
      log::v1::Entry entry;
      if (entry.ParseFromString(stored.entry()) && IsImport(entry, plan)) imports.push_back(std::move(entry));
    }
    start += static_cast<uint64_t>(page.entries_size());  // a page may have fewer than were asked for
  }
  return absl::OkStatus();
}

// Adds those of the newest page that has any.
absl::Status ReadNewestImports(Client& client, std::string_view service, std::string_view plan,
                               std::vector<log::v1::Entry>& imports) {
  ASSIGN_OR_RETURN(const log::v1::GetCheckpointResponse checkpoint,
                   client.Call(client.log(service), &Log::GetCheckpoint, {}));
  uint64_t end = checkpoint.position();
  const uint64_t first = end > kLookedThrough ? end - kLookedThrough : 0;
  std::vector<log::v1::Entry> found;
  while (end > first && found.empty()) {
    const uint64_t start = end - std::min(kPageSize, end - first);
    RETURN_IF_ERROR(ReadImports(client, service, plan, start, end, found));
    end = start;
  }
  imports.insert(imports.end(), found.begin(), found.end());
  return absl::OkStatus();
}

}  // namespace

std::string CorrelationOf(const ImportPart& part) {
  return fmt::format("import {} {}/{}", part.import_id, part.part, part.parts);
}

std::optional<ImportPart> ParseImportPart(std::string_view correlation_id) {
  const std::vector<std::string> words = absl::StrSplit(std::string(correlation_id), ' ');
  if (words.size() != 3 || words[0] != "import" || words[1].empty()) return std::nullopt;
  const std::vector<std::string> counts = absl::StrSplit(words[2], '/');
  ImportPart part = {.import_id = words[1]};
  if (counts.size() != 2 || !absl::SimpleAtoi(counts[0], &part.part) ||
      !absl::SimpleAtoi(counts[1], &part.parts) || part.part < 1 || part.part > part.parts)
    return std::nullopt;
  return part;
}

std::optional<ImportPart> ImportUnderWay(const std::vector<log::v1::Entry>& entries, std::string_view plan) {
  const log::v1::Entry* newest = nullptr;
  for (const log::v1::Entry& entry : entries) {
    if (!IsImport(entry, plan)) continue;
    if (newest == nullptr || !IsOlder(entry, *newest)) newest = &entry;
  }
  if (newest == nullptr) return std::nullopt;
  std::optional<ImportPart> part = ParseImportPart(newest->correlation_id());
  return part->part < part->parts ? part : std::nullopt;
}

absl::StatusOr<std::optional<ImportPart>> FetchImportUnderWay(Client& client, std::string_view plan) {
  std::vector<log::v1::Entry> imports;
  RETURN_IF_ERROR(ReadNewestImports(client, "catalog", plan, imports));
  RETURN_IF_ERROR(ReadNewestImports(client, "progress", plan, imports));
  return ImportUnderWay(imports, plan);
}

}  // namespace seisaku::policyctl
