#include "tools/auditor/verify/verify.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "services/base/status.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

std::string Base64(const ledger::Hash& hash) { return ledger::ToBase64(ledger::ToBytes(hash)); }

// One log on its way from its source to its report.
class OneLog {
 public:
  OneLog(LogSource& source, const bundle::Trust& trust, const VerifyOptions& options,
         const CatalogLog* catalog)
      : source_(source),
        trust_(trust),
        options_(options),
        catalog_(catalog),
        copy_(trust, catalog),
        verifier_(Options()) {}

  absl::StatusOr<LogReport> Run() {
    std::vector<Evidence> evidences = source_.ReadEvidences(verifier_);
    for (const Evidence& since : options_.since) {
      if (since.checkpoint.origin == source_.origin()) {
        evidences.push_back(since);
      } else {
        verifier_.WantOfPrevious(since.checkpoint.size);
      }
    }
    for (const Evidence& evidence : evidences) verifier_.Want(evidence.checkpoint.size);
    RETURN_IF_ERROR(source_.Feed(verifier_, evidences));
    verifier_.Finish();
    for (Evidence& evidence : evidences) CheckEvidence(evidence);
    std::optional<PreviousReport> previous = ComparePrevious();
    const size_t checked = evidences.size();
    source_.Check(verifier_, evidences);
    for (size_t i = checked; i < evidences.size(); ++i) evidences[i].holds = true;  // made of the entries
    for (Evidence& evidence : evidences) evidence.recorded_at = verifier_.TimeAt(evidence.checkpoint.size);
    return Report(std::move(evidences), std::move(previous));
  }

  CatalogLog TakeCatalog() { return {source_.origin(), verifier_.TakeLeaves()}; }

 private:
  LogVerifier::Options Options() {
    LogVerifier::Options made;
    const bool is_progress = source_.kind() == LogKind::kProgress;
    if (options_.fold) made.machine = NewMachine(source_.kind());
    made.tiles = source_.tiles();
    made.copy = is_progress ? &copy_ : nullptr;
    made.keep_leaves = !is_progress;
    made.may_keep_withdrawn = source_.may_keep_withdrawn();
    made.on_entry = [this](uint64_t position, const log::v1::Entry& entry) {
      source_.OnEntry(position, entry, verifier_);
    };
    return made;
  }

  void CheckEvidence(Evidence& evidence) {
    const auto& [origin, size, root] = evidence.checkpoint;
    const auto there = verifier_.RootAt(size);
    evidence.holds = there == root;
    if (evidence.holds) return;
    const bundle::Phrase expected(phrases::ROOT_IN_FILE,
                                  {{"size", size}, {"root", Base64(root)}, {"file", evidence.from}});
    if (verifier_.size() < size) {
      verifier_.Report(
          {verifier_.size(), "LOG_TOO_SHORT", expected, {phrases::ENTRIES, {{"size", verifier_.size()}}}});
    } else {
      verifier_.Report({.code = "ROOT_DIFFERS",
                        .expected = expected,
                        .found = there ? bundle::Phrase(phrases::ROOT, {{"root", Base64(*there)}})
                                       : bundle::Phrase(phrases::NO_ROOT),
                        .below = size});
    }
  }

  std::optional<PreviousReport> ComparePrevious() {
    const auto& continued = verifier_.previous().continued();
    if (!continued) return std::nullopt;
    PreviousReport previous{*continued, {}};
    for (const Evidence& since : options_.since) {
      if (since.checkpoint.origin != continued->lost.origin) continue;
      const Relation relation = verifier_.previous().Compare(
          since.checkpoint, since.from,
          [this](Violation violation) { verifier_.Report(std::move(violation)); });
      previous.kept.push_back({since, relation});
    }
    return previous;
  }

  LogReport Report(std::vector<Evidence> evidences, std::optional<PreviousReport> previous) {
    LogReport report;
    report.kind = source_.kind();
    report.origin = source_.origin();
    report.place = source_.place();
    report.facts = verifier_.facts();
    report.violations = verifier_.violations();
    std::stable_sort(evidences.begin(), evidences.end(), [](const Evidence& a, const Evidence& b) {
      return a.checkpoint.size < b.checkpoint.size;
    });
    report.evidences = std::move(evidences);
    if (report.kind == LogKind::kProgress) {
      const uint64_t there = catalog_ == nullptr ? 0 : catalog_->leaves.size();
      report.copy = {copy_.size(), std::min<uint64_t>(copy_.size(), there), copy_.signed_size()};
    }
    report.previous = std::move(previous);
    report.proven_size = ProvenSize(report.evidences, FirstBad(report.violations));
    AddDoubts(report);
    return report;
  }

  // Nothing is said of what stands at or behind the first violation; nor, where that has no position, of
  // anything at all.
  static uint64_t FirstBad(const Violations& violations) {
    if (violations.empty()) return std::numeric_limits<uint64_t>::max();
    return violations.first().position.value_or(0);
  }

  void AddDoubts(LogReport& report) const {
    const auto is_trusted = [](const Evidence& evidence) { return evidence.holds && evidence.is_trusted(); };
    if (!trust_.LogKeys(source_.origin()).ok()) {
      report.doubts.push_back(Doubt::kNoKey);
    } else if (std::none_of(report.evidences.begin(), report.evidences.end(), is_trusted)) {
      report.doubts.push_back(Doubt::kNoCheckpoint);
    }
    if (report.copy && copy_.lacks_key()) report.doubts.push_back(Doubt::kNoCatalogKey);
    if (report.previous && HasLost(*report.previous)) report.doubts.push_back(Doubt::kLost);
  }

  static bool HasLost(const PreviousReport& previous) {
    return std::any_of(previous.kept.begin(), previous.kept.end(), [](const PreviousReport::Kept& kept) {
      return kept.relation == Relation::kLost || kept.relation == Relation::kBeyond;
    });
  }

  LogSource& source_;
  const bundle::Trust& trust_;
  const VerifyOptions& options_;
  const CatalogLog* const catalog_;
  CatalogCopy copy_;
  LogVerifier verifier_;
};

}  // namespace

bool LogReport::has_kept_checkpoint() const {
  return std::any_of(evidences.begin(), evidences.end(),
                     [](const Evidence& evidence) { return evidence.kept_outside; });
}

bool VerifyReport::is_proven() const {
  return !contracts && unused.empty() && !logs.empty() &&
         std::all_of(logs.begin(), logs.end(), [](const LogReport& log) { return log.is_proven(); });
}

absl::StatusOr<VerifyReport> Verify(std::vector<std::unique_ptr<LogSource>> sources,
                                    const bundle::Trust& trust, const VerifyOptions& options) {
  std::stable_sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
    return a->kind() == LogKind::kCatalog && b->kind() == LogKind::kProgress;
  });
  VerifyReport report;
  std::optional<CatalogLog> catalog;
  std::set<std::string> origins;
  for (const auto& source : sources) {
    OneLog log(*source, trust, options, catalog ? &*catalog : nullptr);
    ASSIGN_OR_RETURN(LogReport verified, log.Run());
    origins.insert(verified.origin);
    if (verified.previous) origins.insert(verified.previous->continued.lost.origin);
    const bool is_readable = !verified.origin.empty();  // else there is nothing to compare a copy with
    if (verified.kind == LogKind::kCatalog && is_readable) catalog = log.TakeCatalog();
    report.logs.push_back(std::move(verified));
  }
  for (const Evidence& since : options.since) {
    if (origins.count(since.checkpoint.origin) == 0) report.unused.push_back(since.from);
  }
  return report;
}

}  // namespace seisaku::auditor
