#include "tools/auditor/changes/withdrawals.h"

#include <string>
#include <utility>

#include "tools/auditor/changes/show.h"
#include "tools/policyctl/display.h"

namespace seisaku::auditor {
namespace {

using policyctl::Text;
using Align = policyctl::Column::Align;

constexpr Text kLog = {"Log", "ログ"};
constexpr Text kWithdrawnAt = {"Withdrawn", "削除日時"};
constexpr Text kWithdrawnBy = {"By", "削除した人"};
constexpr Text kWhy = {"Why", "削除の理由"};
constexpr Text kEntry = {"Entry", "元のログ位置"};
constexpr Text kIndex = {"Text", "文の番号"};
constexpr Text kWhat = {"What it was", "文の種類"};
constexpr Text kRecordedAt = {"Recorded", "元の記録日時"};
constexpr Text kRecordedBy = {"Recorded by", "元の操作者"};
constexpr Text kUnknown = {"(unknown)", "（不明）"};
constexpr Text kReasonGone = {"(withdrawn)", "（削除済み）"};
constexpr Text kCount = {"{} withdrawn texts\n", "削除された文 {} 件\n"};

}  // namespace

absl::Status ShowWithdrawals(policyctl::Session& session, const std::vector<ChangeSet>& sets) {
  const policyctl::Language language = session.language();
  const auto title = [&session](const Text& text) { return std::string(session.In(text)); };
  policyctl::Table table({{title(kLog)},
                          {title(policyctl::text::kPosition), Align::kRight},
                          {title(kWithdrawnAt)},
                          {title(kWithdrawnBy)},
                          {title(kWhy), Align::kLeft, true},
                          {title(kEntry), Align::kRight},
                          {title(kIndex), Align::kRight},
                          {title(kWhat)},
                          {title(policyctl::text::kResource)},
                          {title(kRecordedAt)},
                          {title(kRecordedBy)}});
  size_t count = 0;
  for (const ChangeSet& set : sets) {
    for (const Change& change : set.changes) {
      if (!change.withdrawn) continue;
      const auto& [position, index, entry, field] = *change.withdrawn;
      const std::string what = InWords(language, policyctl::EventName(entry)) + ": " +
                               (field.empty() ? title(kUnknown) : InWords(language, field));
      const std::string why = !change.reason ? "" : change.reason->text.value_or(title(kReasonGone));
      table.AddRow({set.log, std::to_string(change.position), policyctl::TimeText(set.recorded_at), set.actor,
                    why, std::to_string(position), std::to_string(index), what, change.resource,
                    policyctl::TimeText(entry.recorded_at()), entry.actor()});
      ++count;
    }
  }
  return session.output().Print([&] { return policyctl::ToJson(ChangesJson(sets)); },
                                [&](const policyctl::TableLayout& layout) {
                                  return Render(table, layout) + "\n" + session.Say(kCount, count);
                                },
                                [&] { return table.Records(); });
}

}  // namespace seisaku::auditor
