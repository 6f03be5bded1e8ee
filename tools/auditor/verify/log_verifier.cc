#include "tools/auditor/verify/log_verifier.h"

#include <algorithm>
#include <utility>

#include "services/ledger/tree/hash.h"

namespace seisaku::auditor {

LogVerifier::LogVerifier(Options options)
    : options_(std::move(options)), tree_(options_.tiles), folding_(std::move(options_.machine)) {
  marks_[0] = {ledger::EmptyRoot(), 0};
}

void LogVerifier::Take(const log::v1::StoredEntry& stored) {
  if (options_.on_stored) options_.on_stored(stored);
  const auto report = [this](Violation violation) { Report(std::move(violation)); };
  const uint64_t before = rules_.size();
  log::v1::Entry& entry = folding_.Next();
  const bool is_entry = rules_.Take(stored, entry, [&](bundle::Objection objection) {
    Report({objection.position, std::string(objection.code), std::move(objection.expected),
            std::move(objection.found)});
  });
  if (rules_.size() == before) return;  // one that was there already
  if (!is_entry || rules_.has_gap()) folding_.Stop();
  if (is_entry) {
    commands_.Take(stored.position(), entry, report);
    if (options_.on_entry) options_.on_entry(stored.position(), entry);
    if (options_.copy != nullptr) options_.copy->Take(stored.position(), entry, report);
    if (stored.position() == 0) previous_.Begin(stored, entry, report);
    keys_.Take(
        stored.position(), entry, [this] { return RootHere(); }, report);
    folding_.Take();
  }
  TakeTree(stored);
}

std::optional<ledger::Hash> LogVerifier::RootHere() const {
  const auto& continued = previous_.continued();
  // An entry that was saved from the log before tells of that log's tree.
  const bool is_saved = continued && size() <= continued->saved_size + 1;
  if (rules_.has_gap() || is_saved) return std::nullopt;
  return tree_.frontier().Root();
}

void LogVerifier::TakeTree(const log::v1::StoredEntry& stored) {
  if (rules_.has_gap()) return;
  const ledger::Hash leaf = ledger::LeafHash(stored.entry());
  tree_.Append(leaf, [this](Violation violation) { Report(std::move(violation)); });
  if (size() > 1) previous_.Append(leaf);
  if (options_.keep_leaves) leaves_.push_back(leaf);
  if (options_.sizes.empty() || options_.sizes.count(size()) == 0) return;
  marks_[size()] = {tree_.frontier().Root(), commands_.recorded_at()};
}

void LogVerifier::Finish() {
  rules_.Finish([&](bundle::Objection objection) {
    Report({objection.position, std::string(objection.code), std::move(objection.expected),
            std::move(objection.found)});
  });
  if (!rules_.has_gap()) tree_.Finish([this](Violation violation) { Report(std::move(violation)); });
  previous_.Finish([this](Violation violation) { Report(std::move(violation)); });
  if (options_.copy != nullptr)
    options_.copy->Finish([this](Violation violation) { Report(std::move(violation)); });
  CheckWithdrawn();
  Folding::Outcome outcome = folding_.Finish();
  folded_ = outcome.folded;
  if (outcome.refused) Report(*std::move(outcome.refused));
}

void LogVerifier::CheckWithdrawn() {
  if (options_.may_keep_withdrawn) return;
  for (const auto& text : rules_.withdrawn()) {
    if (rules_.missing().count(text) > 0) continue;
    Report({text.first, "TEXT_KEPT", phrases::NO_WITHDRAWN_TEXT, {phrases::TEXT, {{"index", text.second}}}});
  }
}

LogFacts LogVerifier::facts() const {
  const auto& missing = rules_.missing();
  const auto& withdrawn = rules_.withdrawn();
  const auto both = static_cast<uint64_t>(std::count_if(
      withdrawn.begin(), withdrawn.end(), [&](const auto& text) { return missing.count(text) > 0; }));
  return {.size = rules_.size(),
          .commands = commands_.commands(),
          .folded = folded_,
          .texts_withdrawn = both,
          .texts_left = withdrawn.size() - both,
          .recorded_at = commands_.recorded_at(),
          .frontier = tree_.frontier(),
          .has_gap = rules_.has_gap()};
}

std::optional<ledger::Hash> LogVerifier::RootAt(uint64_t size) const {
  const auto found = marks_.find(size);
  if (found == marks_.end()) return std::nullopt;
  return found->second.root;
}

std::optional<int64_t> LogVerifier::TimeAt(uint64_t size) const {
  const auto found = marks_.find(size);
  if (found == marks_.end() || size == 0) return std::nullopt;
  return found->second.recorded_at;
}

}  // namespace seisaku::auditor
