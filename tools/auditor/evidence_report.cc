#include "tools/auditor/evidence_report.h"

#include "services/base/files.h"
#include "services/base/status.h"
#include "tools/auditor/evidence/evidence.h"
#include "tools/auditor/evidence/tlog_proof.h"
#include "tools/bundle/errors.h"
#include "tools/policyctl/commands/explanation.h"

namespace seisaku::auditor {
namespace {

using policyctl::Text;

constexpr Text kProven = {
    "Proven: the {} entries that it rests on are in the logs that the trusted keys signed, and the judgement "
    "follows from them.\n"
    "Not proven: that no later entry changed it. That needs the whole log (auditor verify BUNDLE).\n",
    "証明されたこと：この評価のもとになった {} "
    "件の記録は、信頼する鍵が署名したログにあり、評価はそれらから導かれます。\n"
    "証明されていないこと：後の変更がないこと。それにはログ全体の検証（auditor verify "
    "BUNDLE）が必要です。\n"};

absl::Status Unreadable(const std::string& file, const absl::Status& malformed) {
  return MakeError(absl::StatusCode::kInvalidArgument, "EVIDENCE_UNREADABLE",
                   file + " holds no evidence of a judgement",
                   {{"file", file}, {"why", std::string(malformed.message())}});
}

}  // namespace

absl::Status ShowEvidence(policyctl::Session& session, const std::string& file, const bundle::Trust& trust) {
  absl::StatusOr<std::string> content = ReadRegularFile(file, 16 << 20, Links::kFollow);
  if (!content.ok()) return errors::BundleUnusable(file, std::string(content.status().message()));
  const absl::StatusOr<progress::v1::JudgementEvidence> verified = VerifyEvidence(*content, trust);
  if (ReasonOf(verified.status()) == "MALFORMED") return Unreadable(file, verified.status());
  ASSIGN_OR_RETURN(const progress::v1::JudgementEvidence evidence, verified);
  const auto language = session.language();
  return session.output().Print(
      evidence.judgement(),
      [&](const policyctl::TableLayout&) {
        return ExplanationText(language, evidence.judgement()) + "\n" +
               session.Say(kProven, evidence.entries_size());
      },
      [&] { return ExplanationRecords(language, evidence.judgement()); });
}

}  // namespace seisaku::auditor
