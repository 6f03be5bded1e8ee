#include "tools/auditor/compare.h"

#include <algorithm>
#include <utility>

#include "services/base/status.h"
#include "tools/bundle/entry_check.h"
#include "tools/bundle/errors.h"

namespace seisaku::auditor {
namespace {

constexpr uint32_t kPage = 1000;

absl::StatusOr<Compared> Ask(const std::string& address, LogClient& replica) {
  ASSIGN_OR_RETURN(const log::v1::GetStateDigestResponse response, replica.GetStateDigest());
  Compared compared{.address = address, .size = response.position(), .reported = {}, .replayed = {}};
  ASSIGN_OR_RETURN(compared.reported.state, ledger::HashFromBytes(response.state_digest()));
  ASSIGN_OR_RETURN(compared.reported.content, ledger::HashFromBytes(response.content_digest()));
  return compared;
}

absl::Status Replay(LogClient& log, Position end, StateMachine& state,
                    absl::FunctionRef<void(uint64_t done, uint64_t all)> progress) {
  bundle::EntryCheck check;
  while (check.frontier().size() < end) {
    const Position begin = check.frontier().size();
    const auto wanted = static_cast<uint32_t>(std::min<Position>(kPage, end - begin));
    ASSIGN_OR_RETURN(const log::v1::ReadEntriesResponse page, log.ReadEntries(begin, wanted));
    if (page.entries().empty()) return errors::BundleInvalid(begin, "the service has no entry");
    for (const log::v1::StoredEntry& stored : page.entries()) {
      ASSIGN_OR_RETURN(const log::v1::Entry entry, check.Take(stored));
      RETURN_IF_ERROR(state.Evolve(stored.position(), entry));
    }
    state.Publish(check.frontier().size());
    progress(check.frontier().size(), end);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Compared>> CompareReplicas(
    const std::vector<std::pair<std::string, LogClient*>>& replicas, StateMachine& state,
    absl::FunctionRef<void(uint64_t done, uint64_t all)> progress) {
  std::vector<Compared> all;
  Position newest = 0;
  for (const auto& [address, replica] : replicas) {
    ASSIGN_OR_RETURN(Compared compared, Ask(address, *replica));
    newest = std::max(newest, compared.size);
    all.push_back(std::move(compared));
  }
  if (all.empty()) return all;
  const auto furthest =
      std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.size < b.size; });
  RETURN_IF_ERROR(Replay(*replicas[furthest - all.begin()].second, newest, state, progress));
  for (Compared& compared : all) compared.replayed = ledger::DigestRecords(state, compared.size);
  return all;
}

}  // namespace seisaku::auditor
