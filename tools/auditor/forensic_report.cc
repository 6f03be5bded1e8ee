#include "tools/auditor/forensic_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/struct.pb.h"
#include "services/base/status.h"
#include "services/base/visible.h"
#include "services/ledger/tree/hash.h"
#include "tools/auditor/verify/forensic_source.h"
#include "tools/bundle/errors.h"
#include "tools/bundle/forensic.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using policyctl::Session;
using policyctl::Text;

constexpr Text kForensic = {"A DAMAGED LOG AS IT WAS FOUND. Nobody signed it: it proves nothing.\n",
                            "壊れたログを、見つかったまま保全したものです。署名がなく、何も証明しません。\n"};
constexpr Text kLog = {"{} ({}): {} entries could be read, {} damages\n",
                       "{}（{}）: 読み取れたエントリー {} 件、壊れている箇所 {} 件\n"};
constexpr Text kDamage = {"  position {}: {} ({}){}\n", "  ログ位置 {}: {}（{}）{}\n"};
constexpr Text kNotFoundAgain = {", which the files alone do not show",
                                 "。ファイルだけからは確かめられません"};
constexpr Text kUnlisted = {"  NOT LISTED, and the files show it: position {}: {} ({})\n",
                            "  一覧にないもの（ファイルから判明）: ログ位置 {}: {}（{}）\n"};
constexpr Text kExpected = {"    expected: {}\n    found:    {}\n", "    期待値: {}\n    実際:   {}\n"};
constexpr Text kMore = {"  and {} more: -o json shows all\n", "  ほか {} 件（-o json ですべて表示）\n"};
constexpr Text kMoreUnlisted = {"  and {} more that are NOT LISTED\n",
                                "  一覧にないものは、このほかに {} 件あります\n"};
constexpr Text kFits = {
    "  checkpoint of {} entries ({}{}): the entries below position {} are the ones that it covers{}\n",
    "  {} 件のチェックポイント（{}{}）: ログ位置 {} より前のエントリーは、その対象と一致{}\n"};
constexpr Text kOthers = {"; of those from there on {} are missing or other ones, the rest are too",
                          "。それ以降は {} 件が欠けているか別のもので、残りは一致"};
constexpr Text kNoFit = {
    "  checkpoint of {} entries ({}{}): CANNOT BE COMPARED, neither the entries nor the tiles add up to it\n",
    "  {} 件のチェックポイント（{}{}）: 照合できません。エントリーからもタイルからも求められません\n"};
constexpr Text kUnsigned = {", signature not checked", "、署名は未確認"};

constexpr size_t kShown = 20;
constexpr std::pair<LogKind, const char*> kLogs[] = {{LogKind::kCatalog, "catalog"},
                                                     {LogKind::kProgress, "progress"}};

// What is found depends on the keys and checkpoints that are given, not on the files alone.
bool DependsOnOthers(const std::string& code) {
  static const std::set<std::string> codes = {
      "ROOT_DIFFERS",        "LOG_TOO_SHORT",      "COPY_CHECKPOINT",  "KEY_CHANGE_INVALID",
      "COSIGNATURE_INVALID", "CHECKPOINT_INVALID", "PREVIOUS_DIFFERS", "TIME_AFTER_COSIGNATURE"};
  return codes.count(code) > 0;
}

uint64_t PlaceOf(const Violation& violation) { return violation.position.value_or(violation.below); }

std::string_view In(Language language, const bundle::Phrase& phrase) {
  return language == Language::kJapanese ? phrase.japanese() : phrase.english();
}

std::string_view Meaning(Language language, std::string_view code) {
#define SEISAKU_VIOLATION(name, english, japanese) \
  if (code == #name) return policyctl::In(language, {english, japanese});
#include "tools/auditor/verify/violation_words.inc"
#undef SEISAKU_VIOLATION
  return code;
}

// Finds the damages that are listed again, and others. Of what somebody made there may be more violations
// than there is memory for: of each code some are kept.
class Finder final : public Observer {
 public:
  // Before the log is read.
  void List(LogKind log, const log::v1::BundleManifest& manifest) {
    OfLog& of_log = logs_[log];
    std::map<std::string, uint64_t> listed;
    for (const auto& damage : manifest.damages()) {
      if (++listed[damage.code()] > bundle::kMaxListedDamages) of_log.cut_short.insert(damage.code());
      of_log.not_found.emplace(std::pair(damage.code(), damage.position()), of_log.damages.size());
      of_log.damages.push_back({damage, std::nullopt});
    }
  }

  void OnStored(LogKind, const log::v1::StoredEntry&) override {}
  void OnViolation(LogKind log, const Violation& violation) override {
    OfLog& of_log = logs_[log];
    const auto listed = of_log.not_found.find(std::pair(violation.code, PlaceOf(violation)));
    if (listed != of_log.not_found.end()) {
      of_log.damages[listed->second].recomputed = violation;
      of_log.not_found.erase(listed);
      return;
    }
    if (DependsOnOthers(violation.code) || of_log.cut_short.count(violation.code) > 0) return;
    if (++of_log.unlisted_of_code[violation.code] > bundle::kMaxListedDamages) {
      ++of_log.more;
    } else {
      of_log.unlisted.push_back(violation);
    }
  }

  void Take(LogKind log, ForensicFinding& finding) {
    OfLog& of_log = logs_[log];
    finding.damages = std::move(of_log.damages);
    finding.unlisted = std::move(of_log.unlisted);
    finding.more_unlisted = of_log.more;
  }

 private:
  struct OfLog {
    std::vector<ForensicFinding::Damage> damages;
    // By code and place, which of them no violation has been yet; of several of one place the first.
    std::multimap<std::pair<std::string, uint64_t>, size_t> not_found;
    std::set<std::string> cut_short;  // codes of which not all are listed
    std::vector<Violation> unlisted;
    std::map<std::string, uint64_t> unlisted_of_code;
    uint64_t more = 0;
  };
  std::map<LogKind, OfLog> logs_;
};

// The tiles that were kept.
class KeptTiles final : public LogTiles {
 public:
  explicit KeptTiles(const bundle::ForensicReader& reader) : reader_(reader) {}
  absl::StatusOr<std::string> Read(int level, uint64_t index) override {
    return reader_.ReadTile(level, index);
  }
  bool has_edge() const override { return false; }

 private:
  const bundle::ForensicReader& reader_;
};

absl::Status Fit(const bundle::ForensicReader& reader, const std::vector<Evidence>& since,
                 ForensicFinding& finding) {
  std::set<uint64_t> sizes;
  for (const Evidence& evidence : since) {
    if (evidence.checkpoint.origin != finding.origin) continue;
    sizes.insert(evidence.checkpoint.size);
    finding.kept.push_back({evidence, std::nullopt});
  }
  if (sizes.empty()) return absl::OkStatus();
  KeptTiles tiles(reader);
  KeptTree tree(reader.has_tiles() ? &tiles : nullptr, std::move(sizes));
  // Where the files break off is told of elsewhere.
  (void)reader.ForEach([&](log::v1::StoredEntry& stored) {
    tree.Take(stored.position(), ledger::LeafHash(stored.entry()));
    return absl::OkStatus();
  });
  tree.Finish();
  for (ForensicFinding::Kept& kept : finding.kept) kept.fit = tree.Of(kept.evidence.checkpoint);
  return absl::OkStatus();
}

class Fields {
 public:
  explicit Fields(google::protobuf::Struct& object) : fields_(*object.mutable_fields()) {}
  Fields& Set(const char* name, const std::string& text) {
    fields_[name].set_string_value(text);
    return *this;
  }
  Fields& Set(const char* name, uint64_t number) { return Set(name, fmt::to_string(number)); }
  Fields& SetBool(const char* name, bool value) {
    fields_[name].set_bool_value(value);
    return *this;
  }
  google::protobuf::Struct& Add(const char* list) {
    return *fields_[list].mutable_list_value()->add_values()->mutable_struct_value();
  }

 private:
  google::protobuf::Map<std::string, google::protobuf::Value>& fields_;
};

std::string Json(const std::vector<ForensicFinding>& findings) {
  google::protobuf::Struct answer;
  Fields fields(answer);
  fields.SetBool("proven", false).SetBool("forensic", true);
  for (const ForensicFinding& finding : findings) {
    google::protobuf::Struct& object = fields.Add("logs");
    Fields log(object);
    log.Set("log", finding.name).Set("origin", finding.origin).Set("entries", finding.entries);
    for (const auto& [listed, recomputed] : finding.damages) {
      Fields(log.Add("damages"))
          .Set("position", listed.position())
          .Set("code", listed.code())
          .Set("expected", listed.expected())
          .Set("found", listed.found())
          .SetBool("recomputed", recomputed.has_value());
    }
    for (const Violation& violation : finding.unlisted) {
      Fields(log.Add("unlisted"))
          .Set("position", PlaceOf(violation))
          .Set("code", violation.code)
          .Set("expected", violation.expected.english())
          .Set("found", violation.found.english());
    }
    if (finding.more_unlisted > 0) log.Set("moreUnlisted", finding.more_unlisted);
    for (const auto& [evidence, fit] : finding.kept) {
      Fields kept(log.Add("checkpoints"));
      kept.Set("from", evidence.from)
          .Set("size", evidence.checkpoint.size)
          .SetBool("signedByLog", evidence.is_signed)
          .SetBool("compared", fit.has_value());
      if (fit) kept.Set("fitsUpTo", fit->up_to).Set("others", fit->others);
    }
  }
  return policyctl::ToJson(answer);
}

std::string LogInWords(const Session& session, const ForensicFinding& finding) {
  const Language language = session.language();
  std::string words =
      session.Say(kLog, finding.name, VisibleLine(finding.origin), finding.entries, finding.damages.size());
  size_t shown = 0;
  for (const Violation& violation : finding.unlisted) {
    if (++shown > kShown) break;
    words += session.Say(kUnlisted, PlaceOf(violation), Meaning(language, violation.code), violation.code);
    words += session.Say(kExpected, VisibleLine(In(language, violation.expected)),
                         VisibleLine(In(language, violation.found)));
  }
  for (const auto& [listed, recomputed] : finding.damages) {
    if (++shown > kShown) break;
    words +=
        session.Say(kDamage, listed.position(), VisibleLine(Meaning(language, listed.code())),
                    VisibleLine(listed.code()), recomputed ? "" : policyctl::In(language, kNotFoundAgain));
    words += recomputed ? session.Say(kExpected, VisibleLine(In(language, recomputed->expected)),
                                      VisibleLine(In(language, recomputed->found)))
                        : session.Say(kExpected, VisibleLine(listed.expected()), VisibleLine(listed.found()));
  }
  const size_t all = finding.unlisted.size() + finding.damages.size();
  if (all > kShown) words += session.Say(kMore, all - kShown);
  if (finding.more_unlisted > 0) words += session.Say(kMoreUnlisted, finding.more_unlisted);
  for (const auto& [evidence, fit] : finding.kept) {
    const auto is_signed = evidence.is_signed ? "" : policyctl::In(language, kUnsigned);
    const uint64_t size = evidence.checkpoint.size;
    if (!fit) {
      words += session.Say(kNoFit, size, evidence.from, is_signed);
      continue;
    }
    words += session.Say(kFits, size, evidence.from, is_signed, fit->up_to,
                         fit->others == 0 ? std::string() : session.Say(kOthers, fit->others));
  }
  return words;
}

policyctl::Records ToRecords(const std::vector<ForensicFinding>& findings) {
  policyctl::Records records = {{"log", "position", "code", "expected", "found", "listed", "recomputed"}};
  for (const ForensicFinding& finding : findings) {
    for (const auto& [listed, recomputed] : finding.damages) {
      records.push_back({finding.name, fmt::to_string(listed.position()), listed.code(), listed.expected(),
                         listed.found(), "yes", recomputed ? "yes" : "no"});
    }
    for (const Violation& violation : finding.unlisted) {
      records.push_back({finding.name, fmt::to_string(PlaceOf(violation)), violation.code,
                         violation.expected.english(), violation.found.english(), "no", "yes"});
    }
  }
  return records;
}

absl::Status Violated(const ForensicFinding& finding, uint64_t position, const std::string& code,
                      const std::string& expected, const std::string& found) {
  const std::string& log = finding.origin.empty() ? finding.name : finding.origin;
  return MakeError(
      absl::StatusCode::kDataLoss, "LOG_VIOLATED", fmt::format("{}, position {}: {}", log, position, code),
      {{"log", log},
       {"position", fmt::to_string(position)},
       {"code", code},
       {"expected", expected},
       {"found", found},
       {"more",
        fmt::to_string(finding.damages.size() + finding.unlisted.size() + finding.more_unlisted - 1)}});
}

}  // namespace

bool HasForensic(const std::string& folder) {
  return std::any_of(std::begin(kLogs), std::end(kLogs),
                     [&](const auto& log) { return bundle::IsForensic(folder + "/" + log.second); });
}

absl::StatusOr<std::vector<ForensicFinding>> ReadForensic(const std::string& folder,
                                                          const bundle::Trust& trust,
                                                          const std::vector<Evidence>& since) {
  struct Found {
    LogKind kind;
    const char* name;
    bundle::ForensicReader reader;
  };
  std::vector<Found> logs;
  std::vector<std::unique_ptr<LogSource>> sources;
  Finder finder;
  for (const auto& [kind, name] : kLogs) {
    const std::string of_log = fmt::format("{}/{}", folder, name);
    if (!bundle::IsForensic(of_log)) continue;
    ASSIGN_OR_RETURN(bundle::ForensicReader reader, bundle::ForensicReader::Open(of_log));
    finder.List(kind, reader.manifest());
    ASSIGN_OR_RETURN(sources.emplace_back(), OpenForensicLog(kind, of_log));
    logs.push_back({kind, name, std::move(reader)});
  }
  RETURN_IF_ERROR(Verify(std::move(sources), trust, {.observer = &finder}).status());
  std::vector<ForensicFinding> findings;
  for (const auto& [kind, name, reader] : logs) {
    ForensicFinding& finding = findings.emplace_back();
    finding.name = name;
    finding.origin = reader.manifest().origin();
    finding.entries = reader.manifest().size();
    finder.Take(kind, finding);
    RETURN_IF_ERROR(Fit(reader, since, finding));
  }
  return findings;
}

absl::Status ShowForensic(Session& session, const std::vector<ForensicFinding>& findings) {
  return session.output().Print([&] { return Json(findings); },
                                [&](const policyctl::TableLayout&) {
                                  std::string words(session.In(kForensic));
                                  for (const ForensicFinding& finding : findings)
                                    words += LogInWords(session, finding);
                                  return words;
                                },
                                [&] { return ToRecords(findings); });
}

absl::Status ToStatus(const std::string& folder, const std::vector<ForensicFinding>& findings) {
  for (const ForensicFinding& finding : findings) {
    if (!finding.unlisted.empty()) {
      const Violation& first = finding.unlisted.front();
      return Violated(finding, PlaceOf(first), first.code, first.expected.english(), first.found.english());
    }
    if (!finding.damages.empty()) {
      const auto& first = finding.damages.front().listed;
      return Violated(finding, first.position(), first.code(), first.expected(), first.found());
    }
  }
  return errors::BundleForensic(folder);
}

}  // namespace seisaku::auditor
