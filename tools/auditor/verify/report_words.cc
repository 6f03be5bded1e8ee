#include <algorithm>
#include <map>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "services/base/period.h"
#include "services/base/visible.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/verify/report.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using policyctl::Say;
using policyctl::Text;

constexpr Text kLog = {"{}: {} entries in {} commands\n", "{}: {} 件（操作 {} 回）\n"};
constexpr Text kProven = {"  proven: everything below position {}\n",
                          "  検証済み: ログ位置 {} より前のすべて\n"};
constexpr Text kNothingProven = {"  PROVEN: NOTHING\n", "  検証済み: なし\n"};
constexpr Text kBeyond = {"  beyond: {} entries from {} on, for which no checkpoint stands\n",
                          "  範囲外: {} 件（ログ位置 {} 以降）。チェックポイントによる裏付けがありません\n"};
constexpr Text kFolded = {"  folded: {} events, all accepted\n", "  再生: {} 件、すべて受理\n"};
constexpr Text kFoldedUpTo = {"  folded: {} events, and no further\n", "  再生: {} 件まで\n"};
constexpr Text kWithdrawn = {"  texts withdrawn: {}\n", "  削除された文: {} 件\n"};
constexpr Text kTextsLeft = {"  texts that are there although they were withdrawn later: {}\n",
                             "  後に削除されたがここには残っている文: {} 件\n"};
constexpr Text kCheckpoint = {"  checkpoint of {} entries ({}): {}{}\n",
                              "  {} 件のチェックポイント（{}）: {}{}\n"};
constexpr Text kHolds = {"holds", "一致"};
constexpr Text kFails = {"DOES NOT HOLD", "不一致"};
constexpr Text kSigned = {", signed by the log", "、ログの署名あり"};
constexpr Text kUnsigned = {", signature not checked", "、署名は未確認"};
constexpr Text kCosigned = {
    "    cosigned by {} at {}: all {} entries existed by then (recorded_at up to {})\n",
    "    連署: {}（{}）。この時点で {} 件すべてが存在していた（記録日時は {} まで）\n"};
constexpr Text kNoTime = {"  time: no cosignature bounds it; recorded_at alone proves no time\n",
                          "  日時: 連署による裏付けがありません。記録日時だけでは日時の証明になりません\n"};
constexpr Text kTime = {
    "  time: entries from {} on are bounded by no cosignature; recorded_at alone proves no time\n",
    "  日時: ログ位置 {} 以降は連署による裏付けがありません。記録日時だけでは日時の証明になりません\n"};
constexpr Text kCopy = {
    "  copy of catalog: {} entries, {} of them compared with catalog's log, {} signed by catalog\n",
    "  catalog の写し: {} 件（うち catalog のログと照合 {} 件、catalog の署名あり {} 件）\n"};
constexpr Text kNotCompared = {"  catalog's log is not at hand: its copy could not be compared\n",
                               "  catalog のログがないため、写しを照合できませんでした\n"};
constexpr Text kCopyBeyond = {"  {} entries of the copy lie beyond what is here of catalog\n",
                              "  写しのうち {} 件は、ここにある catalog のログより後のものです\n"};
constexpr Text kPrevious = {"  takes the place of {}: {} of its {} entries or more were saved; why: {}\n",
                            "  {} の後継: {} 件を引き継ぎ（元は {} 件以上）。理由: {}\n"};
constexpr Text kWithdrawnReason = {"(withdrawn)", "（削除済み）"};
constexpr Text kPreviousCheckpoint = {"    its checkpoint of {} entries ({}): {}{}\n",
                                      "    元のログの {} 件のチェックポイント（{}）: {}{}\n"};
constexpr Text kViolated = {"  VIOLATION at position {}: {} ({})\n", "  違反（ログ位置 {}）: {}（{}）\n"};
constexpr Text kViolatedBelow = {"  VIOLATION somewhere below position {}: {} ({})\n",
                                 "  違反（ログ位置 {} より前のどこか）: {}（{}）\n"};
constexpr Text kExpected = {"    expected: {}\n    found:    {}\n", "    期待値: {}\n    実際:   {}\n"};
constexpr Text kMore = {"    and {} more:", "    ほか {} 件:"};
constexpr Text kAbsent = {"{}: not here. Nothing is said of this log\n",
                          "{}: このログはここにありません（検証の対象外）\n"};
constexpr Text kContracts = {"contracts.binpb: {}\n", "contracts.binpb: {}\n"};
constexpr Text kUnused = {"{}: its log, {}, is not here or cannot be read: compared with nothing\n",
                          "{}: ログ {} がここにないか読み取れないため、何とも照合していません\n"};
constexpr Text kLacksContracts = {
    "contracts.binpb is missing: the export has not come to its end, or the file was removed\n",
    "contracts.binpb がありません: 書出しが途中で終わったか、ファイルが削除されました\n"};
constexpr Text kRemark = {"  remark: {} ({})", "  備考: {}（{}）"};
constexpr Text kMoreRemarks = {", and {} more\n", "、ほか {} 件\n"};
constexpr Text kOlderNotes = {"    and {} older checkpoints of {}: all hold\n",
                              "    ほか、{1} の古いチェックポイント {0} 件もすべて一致\n"};
constexpr Text kLater = {
    "  later: {} has a checkpoint of {} entries{}. This export is older and ends before: it was not compared "
    "with it\n",
    "  以後: {} に {} 件のチェックポイント{}があります。この書出しはそれより古いため、照合していません\n"};
constexpr Text kLaterMore = {"    and {} more of {}\n", "    ほか、{1} に {0} 件\n"};
constexpr Text kSignedInBrackets = {", which the log has signed", "（ログの署名あり）"};
constexpr Text kUnsignedInBrackets = {", whose signature is not checked", "（署名は未確認）"};
constexpr Text kKeyChange = {"  key: {} until position {}, then {} too\n",
                             "  鍵: ログ位置 {1} までは {0}、その後は {2} も\n"};
constexpr Text kSealing = {
    "  sealed at position {}: for the entries from {} on up to there an operator vouched, and no seal\n",
    "  封印の開始: ログ位置 {0}。{1} "
    "からそこまでの記録は、封印ではなく運用担当が確かめて受け入れたものです\n"};
constexpr Text kQuorum = {
    "  quorum: {} of the {} cosigners that were wanted stand for everything that is proven: {}\n",
    "  連署の必要数: {1} 人以上のところ、検証済みのすべてに {0} 人が連署: {2}\n"};
constexpr Text kAllProven = {"Everything was as it should be.\n", "すべて正しいことを確認しました。\n"};
constexpr Text kNoneKept = {
    "CAUTION, {}: compared with no checkpoint that was kept outside (--since); "
    "a log that was set back, or made anew with its key, would look the same\n",
    "注意（{}）: 外部に保存したチェックポイントと照合していません（--since）。古い状態に戻されたり、"
    "ログの鍵で作り直されたりしていても、この検証では分かりません\n"};
constexpr Text kKeptUpTo = {
    "CAUTION, {}: from position {} on compared with no checkpoint that was kept outside (--since); "
    "there, whoever has the log's key could have made other entries\n",
    "注意（{}）: ログ位置 {} 以降は、外部に保存したチェックポイントと照合していません（--since）。"
    "その部分は、ログの鍵をもつ者が作り直していても分かりません\n"};
constexpr Text kGiveFolder = {
    "  The checkpoint of --since is newer than this export; the witness's folder has those of its time\n",
    "  --since のチェックポイントはこの書出しより新しいものです。witness "
    "のフォルダーには当時のものがあります\n"};

// What somebody wrote in the log makes no line of its own, which would be read as one of ours.
std::string In(Language language, const bundle::Phrase& phrase) {
  return VisibleLine(language == Language::kJapanese ? phrase.japanese() : phrase.english());
}

Text RelationInWords(Relation relation) {
  switch (relation) {
    case Relation::kNamed:
      return {"the lost one that the first entry names",
              "最初のエントリーに記された、失われたチェックポイントと一致"};
    case Relation::kSaved:
      return {"the entries that were saved add up to it", "引き継いだ記録と一致"};
    case Relation::kDiffers:
      return kFails;
    case Relation::kLost:
      return {"CANNOT BE PROVEN from this log, because some of its entries are lost",
              "失われた記録を含むため、このログからは証明できません"};
    case Relation::kBeyond:
      return {"CANNOT BE PROVEN from this log, and has more entries than the first entry says were there",
              "このログからは証明できません。最初のエントリーに記された件数より多くの記録がありました"};
  }
  return {};
}

std::string_view Meaning(Language language, std::string_view code) {
#define SEISAKU_VIOLATION(name, english, japanese) \
  if (code == #name) return policyctl::In(language, {english, japanese});
#include "tools/auditor/verify/violation_words.inc"
#undef SEISAKU_VIOLATION
  return code;
}

std::string TimeInWords(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, TokyoTime()); }

std::string Expectation(Language language, const Violation& violation) {
  return Say(language, kExpected, In(language, violation.expected), In(language, violation.found));
}

std::string ViolationsInWords(Language language, const Violations& violations) {
  if (violations.empty()) return "";
  const Violation& first = violations.first();
  const std::string_view meaning = Meaning(language, first.code);
  std::string words = first.position ? Say(language, kViolated, *first.position, meaning, first.code)
                                     : Say(language, kViolatedBelow, first.below, meaning, first.code);
  words += Expectation(language, first);
  if (violations.count() == 1) return words;
  words += Say(language, kMore, violations.count() - 1);
  for (const auto& [code, count] : violations.by_code()) {
    const uint64_t others = count - (code == first.code ? 1 : 0);
    if (others > 0) words += fmt::format(" {} × {}", code, others);
  }
  return words + "\n";
}

std::string EvidenceInWords(Language language, const Evidence& evidence) {
  const uint64_t size = evidence.checkpoint.size;
  std::string words = Say(language, kCheckpoint, size, evidence.from,
                          policyctl::In(language, evidence.holds ? kHolds : kFails),
                          policyctl::In(language, evidence.is_signed ? kSigned : kUnsigned));
  if (!evidence.holds) return words;
  for (const auto& cosignature : evidence.cosignatures) {
    words += Say(language, kCosigned, cosignature.cosigner, TimeInWords(cosignature.at), size,
                 evidence.recorded_at ? TimeInWords(absl::FromUnixMicros(*evidence.recorded_at)) : "-");
  }
  return words;
}

// Of a witness's folder only the newest, and what does not hold: it has a note for each day.
std::string EvidencesInWords(Language language, const LogReport& log) {
  std::string words;
  uint64_t bounded = 0;
  std::map<std::string, uint64_t> hold;  // by folder
  for (const Evidence& evidence : log.evidences) {
    if (evidence.holds) ++hold[evidence.folder];
    if (evidence.holds && !evidence.cosignatures.empty())
      bounded = std::max(bounded, evidence.checkpoint.size);
  }
  std::map<std::string, uint64_t> passed;
  for (const Evidence& evidence : log.evidences) {
    const bool is_older =
        !evidence.folder.empty() && evidence.holds && ++passed[evidence.folder] < hold[evidence.folder];
    if (is_older) continue;
    words += EvidenceInWords(language, evidence);
    const uint64_t older = passed[evidence.folder];
    if (!evidence.folder.empty() && evidence.holds && older > 1) {
      words += Say(language, kOlderNotes, older - 1, evidence.folder);
    }
  }
  if (bounded == 0) return words + std::string(policyctl::In(language, kNoTime));
  if (bounded < log.facts.size) words += Say(language, kTime, bounded);
  return words;
}

// Of a witness's folder only the oldest: up to there, at least, the log has grown.
std::string LaterInWords(Language language, const LogReport& log) {
  std::string words;
  std::map<std::string, uint64_t> others;
  for (const Evidence& evidence : log.later) {
    if (!evidence.folder.empty() && others[evidence.folder]++ > 0) continue;
    words += Say(language, kLater, evidence.from, evidence.checkpoint.size,
                 policyctl::In(language, evidence.is_signed ? kSignedInBrackets : kUnsignedInBrackets));
  }
  for (const auto& [folder, count] : others) {
    if (count > 1) words += Say(language, kLaterMore, count - 1, folder);
  }
  return words;
}

std::string RemarksInWords(Language language, const LogReport& log) {
  std::string words;
  for (const auto& [first, count] : log.remarks.by_code()) {
    words += Say(language, kRemark, In(language, first.what), first.code);
    words += count > 1 ? Say(language, kMoreRemarks, count - 1) : "\n";
  }
  return words;
}

std::string KeysInWords(Language language, const LogReport& log) {
  std::string words;
  for (const KeyChange& change : log.key_changes) {
    words += Say(language, kKeyChange, ShortName(change.previous), change.position, ShortName(change.next));
  }
  for (const Sealing& sealing : log.sealings)
    words += Say(language, kSealing, sealing.position, sealing.begin);
  return words;
}

std::string CopyInWords(Language language, const LogReport& log) {
  if (!log.copy) return "";
  std::string words = Say(language, kCopy, log.copy->size, log.copy->compared, log.copy->signed_size);
  if (log.copy->compared == 0 && log.copy->size > 0)
    return words + std::string(policyctl::In(language, kNotCompared));
  if (log.copy->compared < log.copy->size)
    words += Say(language, kCopyBeyond, log.copy->size - log.copy->compared);
  return words;
}

std::string PreviousInWords(Language language, const LogReport& log) {
  if (!log.previous) return "";
  const auto& [lost, saved_size, saved_root, reason] = log.previous->continued;
  std::string words =
      Say(language, kPrevious, lost.origin, saved_size, lost.size,
          reason ? VisibleLine(*reason) : std::string(policyctl::In(language, kWithdrawnReason)));
  for (const auto& [evidence, relation] : log.previous->kept) {
    words += Say(language, kPreviousCheckpoint, evidence.checkpoint.size, evidence.from,
                 policyctl::In(language, RelationInWords(relation)),
                 policyctl::In(language, evidence.is_signed ? kSigned : kUnsigned));
  }
  return words;
}

std::string LogInWords(Language language, const LogReport& log) {
  const std::string& name = log.origin.empty() ? log.place : log.origin;
  std::string words = Say(language, kLog, name, log.facts.size, log.facts.commands);
  words += ViolationsInWords(language, log.violations);
  for (const Doubt& doubt : log.doubts) words += fmt::format("  {}\n", In(language, doubt.what));
  words += log.proven_size > 0 || log.is_proven() ? Say(language, kProven, log.proven_size)
                                                  : std::string(policyctl::In(language, kNothingProven));
  if (log.facts.size > log.proven_size) {
    words += Say(language, kBeyond, log.facts.size - log.proven_size, log.proven_size);
  }
  words += PreviousInWords(language, log);
  words += EvidencesInWords(language, log) + LaterInWords(language, log) + KeysInWords(language, log);
  if (log.quorum && log.quorum->is_met()) {
    words += Say(language, kQuorum, log.quorum->cosigners.size(), log.quorum->wanted,
                 absl::StrJoin(log.quorum->cosigners, ", "));
  }
  if (log.facts.folded > 0) {
    words += Say(language, log.facts.folded == log.facts.size ? kFolded : kFoldedUpTo, log.facts.folded);
  }
  if (log.facts.texts_withdrawn > 0) words += Say(language, kWithdrawn, log.facts.texts_withdrawn);
  if (log.facts.texts_left > 0) words += Say(language, kTextsLeft, log.facts.texts_left);
  return words + CopyInWords(language, log) + RemarksInWords(language, log);
}

// Up to where a log was compared with what was kept outside.
std::string CautionInWords(Language language, const LogReport& log) {
  const uint64_t kept = log.kept_size();
  if (kept > 0 && kept >= log.facts.size) return "";
  std::string words =
      kept == 0 ? Say(language, kNoneKept, log.origin) : Say(language, kKeptUpTo, log.origin, kept);
  const bool is_file = std::any_of(log.later.begin(), log.later.end(),
                                   [](const Evidence& evidence) { return evidence.folder.empty(); });
  if (is_file) words += policyctl::In(language, kGiveFolder);
  return words;
}

}  // namespace

std::string InWords(const VerifyReport& report, Language language) {
  std::string words;
  for (const LogReport& log : report.logs) words += LogInWords(language, log);
  for (const LogKind kind : report.absent) {
    words += Say(language, kAbsent, kind == LogKind::kCatalog ? "catalog" : "progress");
  }
  if (report.contracts) {
    words += Say(language, kContracts, Meaning(language, report.contracts->code));
    words += Expectation(language, *report.contracts);
  }
  if (report.lacks_contracts) words += policyctl::In(language, kLacksContracts);
  for (const auto& [from, origin] : report.unused) words += Say(language, kUnused, from, origin);
  if (!report.is_proven()) return words;
  words += policyctl::In(language, kAllProven);
  for (const LogReport& log : report.logs) words += CautionInWords(language, log);
  return words;
}

}  // namespace seisaku::auditor
