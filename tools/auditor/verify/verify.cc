#include "tools/auditor/verify/verify.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "services/base/expected.h"
#include "services/base/status.h"
#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {
namespace {

// How far a cosigner's clock may be behind PostgreSQL's.
constexpr absl::Duration kClockTolerance = absl::Minutes(10);

std::string Base64(const ledger::Hash& hash) { return ledger::ToBase64(ledger::ToBytes(hash)); }

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

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
    std::vector<Evidence> later;
    for (const Evidence& since : options_.since) {
      if (since.checkpoint.origin != source_.origin()) {
        verifier_.WantOfPrevious(since.checkpoint.size);
      } else if (source_.exported_size() && since.checkpoint.size > *source_.exported_size()) {
        later.push_back(since);
      } else {
        evidences.push_back(since);
      }
    }
    for (const Evidence& evidence : evidences) verifier_.Want(evidence.checkpoint.size);
    RETURN_IF_ERROR(source_.Feed(verifier_, evidences));
    verifier_.Finish();
    for (Evidence& evidence : evidences) CheckEvidence(evidence);
    std::optional<PreviousReport> previous = ComparePrevious();
    Findings findings;
    source_.Check(verifier_, findings);
    for (Evidence& evidence : findings.evidences) {
      evidence.holds = true;
      evidences.push_back(std::move(evidence));
    }
    for (Evidence& evidence : evidences) {
      evidence.recorded_at = verifier_.TimeAt(evidence.checkpoint.size);
      if (evidence.holds) CheckTimes(evidence, evidence.checkpoint.size);
    }
    CheckFirstKey();
    return Report(std::move(evidences), std::move(later), std::move(findings), std::move(previous));
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
      if (!options_.fold) CheckKind(position, entry);
      if (options_.observer != nullptr) options_.observer->OnEntry(source_.kind(), position, entry);
    };
    if (Observer* observer = options_.observer) {
      const LogKind kind = source_.kind();
      made.on_stored = [=](const log::v1::StoredEntry& stored) { observer->OnStored(kind, stored); };
      made.on_violation = [=](const Violation& violation) { observer->OnViolation(kind, violation); };
    }
    return made;
  }

  // The fold refuses what is of the other log; where there is none, a log must not pass for the other one.
  void CheckKind(uint64_t position, const log::v1::Entry& entry) {
    const bool is_progress = source_.kind() == LogKind::kProgress;
    const std::string& type = entry.type();
    if (type.starts_with(is_progress ? "seisaku.progress.v1.Event/" : "seisaku.catalog.v1.Event/")) return;
    if (type.starts_with("seisaku.log.v1.LogEvent/")) return;
    verifier_.Report({position, "EVENT_REFUSED", bundle::phrases::FOLLOWING_EVENT, type});
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
      if (relation != Relation::kSaved) continue;
      Evidence& kept = previous.kept.back().evidence;
      // Its last entry stands here behind the entry that tells of that log.
      kept.recorded_at = verifier_.TimeAt(kept.checkpoint.size + 1);
      CheckTimes(kept, kept.checkpoint.size + 1);
    }
    return previous;
  }

  // No entry is dated after a cosignature that covers it, up to `size` here. Clocks differ a little; who
  // cosigned, cuts the time to the second.
  void CheckTimes(const Evidence& evidence, uint64_t size) {
    if (!evidence.recorded_at || size == 0) return;
    const absl::Time recorded_at = absl::FromUnixMicros(*evidence.recorded_at);
    for (const Evidence::Cosignature& cosignature : evidence.cosignatures) {
      if (recorded_at < cosignature.at + absl::Seconds(1)) continue;
      const std::string at = Rfc3339(cosignature.at), found = Rfc3339(recorded_at);
      if (recorded_at <= cosignature.at + kClockTolerance) {
        verifier_.Note({"COSIGNED_EARLY",
                        {phrases::COSIGNED_EARLY,
                         {{"size", evidence.checkpoint.size},
                          {"cosigner", cosignature.cosigner},
                          {"at", at},
                          {"recorded_at", found}}}});
        continue;
      }
      verifier_.Report(
          {size - 1,
           "TIME_AFTER_COSIGNATURE",
           {phrases::TIME_COSIGNED,
            {{"at", at}, {"cosigner", cosignature.cosigner}, {"size", evidence.checkpoint.size}}},
           {phrases::TIME_IS, {{"at", found}}}});
    }
  }

  // The first change of key that the log tells of goes on from a key that is trusted, or leads to one.
  void CheckFirstKey() {
    const auto trusted = trust_.LogKeys(source_.origin());
    if (!trusted.ok()) return;
    const auto is_trusted = [&](const ledger::VerifierKey& key) {
      return std::any_of(trusted->begin(), trusted->end(),
                         [&](const auto& one) { return one.ToString() == key.ToString(); });
    };
    const KeyChange *first = nullptr, *last = nullptr;
    bool leads_to_trusted = false;
    for (const KeyChange& change : verifier_.keys().changes()) {
      if (change.previous.name() != source_.origin()) continue;
      if (first == nullptr) first = &change;
      last = &change;
      leads_to_trusted |= is_trusted(change.previous) || is_trusted(change.next);
    }
    if (first == nullptr) return;
    if (!leads_to_trusted) {
      verifier_.Report(
          {first->position, "KEY_CHANGE_INVALID", phrases::KEY_TRUSTED, ShortName(first->previous)});
    } else if (!is_trusted(last->next)) {
      verifier_.Note(
          {"NEXT_KEY",
           {phrases::NEXT_KEY_MISSING, {{"position", last->position}, {"key", ShortName(last->next)}}}});
    }
  }

  LogReport Report(std::vector<Evidence> evidences, std::vector<Evidence> later, Findings findings,
                   std::optional<PreviousReport> previous) {
    LogReport report;
    report.kind = source_.kind();
    report.origin = source_.origin();
    report.place = source_.place();
    report.facts = verifier_.facts();
    report.violations = verifier_.violations();
    report.evidences = BySize(std::move(evidences));
    report.later = BySize(std::move(later));
    if (report.kind == LogKind::kProgress) {
      const uint64_t there = catalog_ == nullptr ? 0 : catalog_->leaves.size();
      report.copy = {copy_.size(), std::min<uint64_t>(copy_.size(), there), copy_.signed_size()};
    }
    report.previous = std::move(previous);
    report.key_changes = verifier_.keys().changes();
    report.sealings = verifier_.keys().sealings();
    report.proven_size = ProvenSize(report.evidences, FirstBad(report.violations));
    report.doubts = std::move(findings.doubts);
    if (source_.is_unfinished()) {
      report.doubts.push_back({"UNFINISHED", phrases::UNFINISHED_EXPORT});
    } else {
      AddDoubts(report);
      AddUnfit(report, std::move(findings.unfit));
      if (options_.quorum > 0) AddQuorum(report);
    }
    report.remarks = verifier_.remarks();
    return report;
  }

  static std::vector<Evidence> BySize(std::vector<Evidence> evidences) {
    std::stable_sort(evidences.begin(), evidences.end(), [](const Evidence& a, const Evidence& b) {
      return a.checkpoint.size < b.checkpoint.size;
    });
    return evidences;
  }

  // Nothing is said of what stands at or behind the first violation; nor, where that has no position, of
  // anything at all.
  static uint64_t FirstBad(const Violations& violations) {
    if (violations.empty()) return std::numeric_limits<uint64_t>::max();
    return violations.first().position.value_or(0);
  }

  void AddDoubts(LogReport& report) const {
    const auto is_trusted = [](const Evidence& evidence) { return evidence.holds && evidence.is_trusted(); };
    const bool has_key = trust_.LogKeys(source_.origin()).ok();
    if (!has_key && !source_.origin().empty()) report.doubts.push_back({"NO_KEY", phrases::DOUBT_NO_KEY});
    for (const Evidence& evidence : report.evidences) AddKeyDoubt(evidence, report);
    if (has_key && std::none_of(report.evidences.begin(), report.evidences.end(), is_trusted)) {
      report.doubts.push_back({"NO_CHECKPOINT", phrases::DOUBT_NO_CHECKPOINT});
    }
    if (report.copy && copy_.lacks_key()) {
      report.doubts.push_back({"NO_CATALOG_KEY", phrases::DOUBT_NO_CATALOG_KEY});
    }
    if (report.previous && HasLost(*report.previous)) {
      report.doubts.push_back({"ENTRIES_LOST", phrases::DOUBT_LOST});
    }
  }

  // That another key has signed a checkpoint of the log's own, or one that was kept and that nobody else
  // stands for.
  void AddKeyDoubt(const Evidence& evidence, LogReport& report) const {
    if (evidence.other_keys.empty() || (evidence.kept_outside && evidence.is_trusted())) return;
    for (const std::string& key : evidence.other_keys) {
      const KeyChange* change = verifier_.keys().Naming(key);
      if (change == nullptr) continue;
      report.doubts.push_back({"KEY_CHANGED",
                               {phrases::DOUBT_KEY_CHANGED,
                                {{"file", evidence.from}, {"key", key}, {"position", change->position}}}});
      return;
    }
    report.doubts.push_back({"KEY_NOT_TRUSTED",
                             {phrases::DOUBT_KEY_NOT_TRUSTED,
                              {{"file", evidence.from}, {"key", absl::StrJoin(evidence.other_keys, ", ")}}}});
  }

  // A cosignature that does not fit is somebody's junk where somebody outside stands for the entries that it
  // claims to cover. Where nobody does, they may have been others when it was made.
  void AddUnfit(LogReport& report, std::vector<UnfitCosignature> unfit) {
    uint64_t covered = 0;
    for (const Evidence& evidence : report.evidences) {
      const uint64_t size = evidence.checkpoint.size;
      for (const std::string& cosigner : evidence.unfit) unfit.push_back({cosigner, size});
      const bool from_outside =
          !evidence.cosignatures.empty() || (evidence.kept_outside && evidence.is_trusted());
      if (evidence.holds && from_outside) covered = std::max(covered, size);
    }
    bool has_doubt = false;
    for (const UnfitCosignature& one : unfit) {
      const Fact facts[] = {{"cosigner", one.cosigner}, {"size", one.size}};
      if (std::min(one.size, report.facts.size) <= covered) {
        verifier_.Note({"COSIGNATURE_ROW", {phrases::COSIGNATURE_UNFIT, facts}});
      } else if (!std::exchange(has_doubt, true)) {
        report.doubts.push_back({"COSIGNATURE_UNFIT", {phrases::DOUBT_COSIGNATURE_UNFIT, facts}});
      }
    }
  }

  void AddQuorum(LogReport& report) const {
    std::vector<Evidence::Cosignature> there;
    for (const Evidence& evidence : report.evidences) {
      if (!evidence.holds || evidence.checkpoint.size < report.proven_size) continue;
      there.insert(there.end(), evidence.cosignatures.begin(), evidence.cosignatures.end());
    }
    report.quorum = QuorumOf(trust_, options_.quorum, there);
    if (report.quorum->is_met()) return;
    report.doubts.push_back({"NO_QUORUM",
                             {phrases::DOUBT_NO_QUORUM,
                              {{"found", report.quorum->cosigners.size()},
                               {"wanted", options_.quorum},
                               {"size", report.proven_size},
                               {"missing", absl::StrJoin(report.quorum->missing, ", ")}}}});
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

uint64_t LogReport::kept_size() const {
  uint64_t kept = 0;
  for (const Evidence& evidence : evidences) {
    if (evidence.kept_outside && evidence.holds && evidence.is_trusted()) {
      kept = std::max(kept, evidence.checkpoint.size);
    }
  }
  return kept;
}

bool VerifyReport::is_proven() const {
  return !contracts && !lacks_contracts && unused.empty() && !logs.empty() &&
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
  for (const LogKind kind : {LogKind::kCatalog, LogKind::kProgress}) {
    const bool is_there = std::any_of(report.logs.begin(), report.logs.end(),
                                      [kind](const LogReport& log) { return log.kind == kind; });
    if (!is_there) report.absent.push_back(kind);
  }
  for (const Evidence& since : options.since) {
    const VerifyReport::Unused unused = {since.folder.empty() ? since.from : since.folder,
                                         since.checkpoint.origin};
    if (origins.count(unused.origin) > 0) continue;
    const bool is_known = std::any_of(report.unused.begin(), report.unused.end(), [&](const auto& other) {
      return other.from == unused.from && other.origin == unused.origin;
    });
    if (!is_known) report.unused.push_back(unused);
  }
  return report;
}

}  // namespace seisaku::auditor
