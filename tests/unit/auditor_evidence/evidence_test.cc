// What was printed as proven and never was, and what stands under which heading.
#include "tools/auditor/evidence/evidence.h"

#include <functional>

#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "services/base/files.h"
#include "services/base/status.h"
#include "services/ledger/tree/note.h"
#include "tests/support/matchers.h"
#include "tests/unit/auditor_evidence/evidence_files.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What each claim is about: "target NOT_REPLACED catalog 212".
std::vector<std::string> Claims(const Json& printed) {
  std::vector<std::string> claims;
  for (const Json& claim : Field(printed, "claimed").list_value().values()) {
    std::string text;
    for (const char* name : {"input", "component", "claim", "log", "position", "text"}) {
      if (!HasField(claim, name)) continue;
      text += (text.empty() ? "" : " ") + Field(claim, name).string_value();
    }
    EXPECT_THAT(Field(claim, "provenBy").string_value(), HasSubstr("auditor replay BUNDLE"));
    claims.push_back(text);
  }
  return claims;
}

std::vector<std::string> Places(const Json& printed) {
  std::vector<std::string> places;
  for (const Json& entry : Field(Field(printed, "proven"), "entries").list_value().values()) {
    places.push_back(Field(entry, "log").string_value() + " " + Field(entry, "position").string_value());
  }
  return places;
}

const Json& IfAll(const Json& printed) { return Field(Field(printed, "proven"), "ifTheseWereAll"); }
std::string Judgement(const Json& printed) { return Field(IfAll(printed), "judgement").string_value(); }

Json& TextOf(Json& evidence, int entry) {
  return *Field(Field(*Field(evidence, "entries").mutable_list_value()->mutable_values(entry), "stored"),
                "texts")
              .mutable_list_value()
              ->mutable_values(0);
}

TEST(EvidenceTest, EntriesAreProvenAndThatTheyAreAllIsClaimed) {
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile("judged", kFormat2)));
  EXPECT_THAT(Places(printed),
              ElementsAre("catalog 197", "catalog 212", "catalog 213", "progress 236", "progress 237"));
  EXPECT_EQ(Judgement(printed), "JUDGEMENT_MOSTLY_ON_TRACK");
  EXPECT_THAT(Claims(printed),
              ElementsAre("direction NOT_REPLACED catalog 197", "rule NOT_REPLACED catalog 213",
                          "target NOT_REPLACED catalog 212", "actual NOT_REPLACED progress 236",
                          "official NOT_REPLACED progress 237", "CATALOG_COPIED progress"));
  const Json& log = Field(Field(printed, "proven"), "logs").list_value().values(0);
  EXPECT_EQ(Field(log, "origin").string_value(), "isesaki.example/catalog");
  EXPECT_EQ(Field(log, "size").string_value(), "214");
  const Json& cosignature = Field(log, "cosignatures").list_value().values(0);
  EXPECT_EQ(Field(cosignature, "cosigner").string_value(), "isesaki.example/auditor");
  EXPECT_EQ(Field(cosignature, "at").string_value(), "2026-11-30T04:44:03Z");
}

TEST(EvidenceTest, WhatEntriesAloneCannotTellIsNotShown) {
  for (const char* format : {kFormat1, kFormat2}) {
    ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile("judged", format)));
    for (const char* name : {"ruleVersion", "targetRevision", "catalogPosition"}) {
      EXPECT_FALSE(HasField(IfAll(printed), name)) << name;
    }
    EXPECT_THAT(Write(printed), Not(HasSubstr("revision")));
  }
}

TEST(EvidenceTest, NoJudgementStandsUnderWhatIsProven) {
  ASSERT_OK_AND_ASSIGN(VerifiedEvidence verified,
                       VerifyEvidence(Write(EvidenceFile("judged", kFormat1)), CityKeys()));
  ASSERT_OK_AND_ASSIGN(const EvidenceReport report, ReportOn(std::move(verified), "f", CityKeys(), {}));
  const std::string japanese = InWords(report, Language::kJapanese);
  EXPECT_THAT(japanese, HasSubstr("関係する項目がこれで全部だとすれば、次の評価になること\n"));
  EXPECT_LT(japanese.find("これで全部だとすれば"), japanese.find("概ね順調に進捗（92.3%）"));
  const std::string claimed = japanese.substr(japanese.find("主張（"));
  EXPECT_THAT(
      claimed,
      HasSubstr("目標値（catalog 212）が、後の項目で変更されていないこと（証明するには auditor replay）"));
  EXPECT_THAT(
      claimed,
      HasSubstr("auditor replay BUNDLE --trust TRUST explain kpi-039 --plan strategy --fiscal-year 2022"));
  EXPECT_THAT(InWords(report, Language::kEnglish), HasSubstr("if these entries were all there is"));
  const policyctl::Records records = ToRecords(report, Language::kEnglish);
  for (size_t i = 1; i < records.size(); ++i) {
    const bool is_proven = records[i][0] == "proven";
    EXPECT_EQ(is_proven, i <= 5) << records[i][0];
    if (is_proven) {
      EXPECT_EQ(records[i][3], records[i][1] == "catalog" ? "214" : "242");
    }
  }
}

TEST(EvidenceTest, AnotherKpisTargetIsRefused) {
  for (const char* format : {kFormat1, kFormat2}) {
    Json evidence = EvidenceFile("judged", format);
    RemoveEntry(evidence, "catalog", 212);
    AddEntry(evidence, EntryOf("other-kpi", "catalog", 202));  // 16,400件
    EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << format;
  }
}

TEST(EvidenceTest, AnotherKpisRecordWithTheDirectionReversedIsRefused) {
  for (const char* format : {kFormat1, kFormat2}) {
    Json evidence = EvidenceFile("judged", format);
    RemoveEntry(evidence, "catalog", 197);
    EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << "no record at all";
    AddEntry(evidence, EntryOf("other-kpi", "catalog", 201));  // more is better
    EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << format;
  }
}

TEST(EvidenceTest, AnotherYearsFigureIsRefused) {
  for (const auto& [log, position] : {std::pair("catalog", 210), {"progress", 231}}) {
    Json evidence = EvidenceFile("judged", kFormat2);
    const Json other_year = EvidenceFile("other-year", kFormat2);
    bool is_there = false;
    for (const Json& entry : Field(other_year, "entries").list_value().values()) {
      const std::string at = PositionOf(Field(entry, "stored"));
      is_there |= Field(entry, "log").string_value() == log && at == fmt::to_string(position);
    }
    ASSERT_TRUE(is_there) << Write(other_year).substr(0, 200);
    AddEntry(evidence, EntryOf("other-year", log, position));
    EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << log;
  }
}

TEST(EvidenceTest, AnActualLeftOutProvesNoJudgement) {
  Json evidence = EvidenceFile("judged", kFormat2);
  RemoveEntry(evidence, "progress", 236);
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_THAT(Places(printed), Not(testing::Contains("progress 236")));
  EXPECT_THAT(Claims(printed), testing::Contains("actual NONE_IN_FORCE"));
  Json former = EvidenceFile("judged", kFormat1);  // which says what it left out
  RemoveEntry(former, "progress", 236);
  EXPECT_THAT(Verify(former).status(), HasReason("EVIDENCE_INVALID"));
}

TEST(EvidenceTest, AnOfficialJudgementLeftOutIsOnlyClaimedNotToBeThere) {
  Json evidence = EvidenceFile("judged", kFormat2);
  RemoveEntry(evidence, "progress", 237);
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_FALSE(HasField(IfAll(printed), "official"));
  EXPECT_THAT(Claims(printed), testing::Contains("official NONE_IN_FORCE"));
}

TEST(EvidenceTest, AnOldTargetAndRuleBesideANewActualAreProvenOnlyAsWhatTheyAre) {
  Json evidence = EvidenceFile("judged", kFormat2);
  RemoveEntry(evidence, "catalog", 212);
  RemoveEntry(evidence, "catalog", 213);
  AddEntry(evidence, EntryOf("earlier", "catalog", 198));
  AddEntry(evidence, EntryOf("earlier", "catalog", 0));
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_THAT(Places(printed),
              ElementsAre("catalog 0", "catalog 197", "catalog 198", "progress 236", "progress 237"));
  EXPECT_THAT(Claims(printed),
              testing::IsSupersetOf({"rule NOT_REPLACED catalog 0", "target NOT_REPLACED catalog 198"}));
  // With the new ones in the file as well, those count.
  AddEntry(evidence, EntryOf("judged", "catalog", 212));
  AddEntry(evidence, EntryOf("judged", "catalog", 213));
  ASSERT_OK_AND_ASSIGN(const Json with_new, Verify(evidence));
  ASSERT_OK_AND_ASSIGN(const Json judged, Verify(EvidenceFile("judged", kFormat2)));
  EXPECT_EQ(Write(IfAll(with_new)), Write(IfAll(judged)));
}

TEST(EvidenceTest, ARetractionCountsAndLeftOutTheFigureIsOnlyClaimedToStand) {
  Json evidence = EvidenceFile("retracted", kFormat2);
  ASSERT_OK_AND_ASSIGN(const Json retracted, Verify(evidence));
  EXPECT_EQ(Judgement(retracted), "JUDGEMENT_NOT_EVALUABLE");
  EXPECT_THAT(Claims(retracted), testing::Contains("actual NONE_IN_FORCE"));
  RemoveEntry(evidence, "progress", 241);
  ASSERT_OK_AND_ASSIGN(const Json without, Verify(evidence));
  EXPECT_EQ(Judgement(without), "JUDGEMENT_ON_TRACK");
  EXPECT_THAT(Claims(without), testing::Contains("actual NOT_REPLACED progress 240"));
}

TEST(EvidenceTest, EntriesOfOneLogAreProvenAgainstOneCheckpoint) {
  Json evidence = EvidenceFile("judged", kFormat2);
  RemoveEntry(evidence, "catalog", 212);
  AddEntry(evidence, EntryOf("other-size", "catalog", 212));
  EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID"));
  EXPECT_THAT(Verify(EvidenceFile("other-size", kFormat2)).status(), IsOk());
}

TEST(EvidenceTest, AnEntryStandsOnceAndInAnyOrder) {
  Json evidence = EvidenceFile("judged", kFormat2);
  ASSERT_OK_AND_ASSIGN(const Json in_order, Verify(evidence));
  RemoveEntry(evidence, "catalog", 197);
  AddEntry(evidence, EntryOf("judged", "catalog", 197));
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_EQ(Write(printed), Write(in_order));
  AddEntry(evidence, EntryOf("judged", "catalog", 197));
  EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID"));
}

TEST(EvidenceTest, TheNewFormatHasNoJudgementAndTheFormerNothingElse) {
  Json evidence = EvidenceFile("judged", kFormat1);
  Field(evidence, "format").set_string_value(kFormat2);
  EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID"));
  Json both = EvidenceFile("judged", kFormat1);
  (*both.mutable_struct_value()->mutable_fields())["evaluation"] =
      Field(EvidenceFile("judged", kFormat2), "evaluation");
  EXPECT_THAT(Verify(both).status(), HasReason("EVIDENCE_INVALID"));
  Field(evidence, "format").set_string_value("seisaku-evidence/3");
  EXPECT_THAT(Verify(evidence).status(), HasReason("MALFORMED"));
}

TEST(EvidenceTest, ARefusalNamesTheFieldThatDiffers) {
  Json evidence = EvidenceFile("judged", kFormat1);
  Field(Field(Field(evidence, "judgement"), "kpi"), "title").set_string_value("他の指標");
  const absl::Status refused = Verify(evidence).status();
  ASSERT_THAT(refused, HasReason("EVIDENCE_INVALID"));
  EXPECT_EQ(GetErrorInfo(refused)->metadata().at("where"), "judgement.kpi.title");
  EXPECT_EQ(GetErrorInfo(refused)->metadata().at("expected"), "交通事故発生件数");
  EXPECT_EQ(GetErrorInfo(refused)->metadata().at("actual"), "他の指標");
}

TEST(EvidenceTest, ATextIsShownOnlyWhereItIsWhatTheEntryCommitsTo) {
  const auto refused = [](const char* how, const auto& change) {
    Json evidence = EvidenceFile("judged", kFormat2);
    change(Field(TextOf(evidence, 1), "salt"), Field(TextOf(evidence, 1), "text"));
    EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << how;
  };
  refused("other words", [](Json&, Json& text) { text.set_string_value("誤記"); });
  refused("words without a salt", [](Json& salt, Json&) { salt.set_string_value(""); });
  refused("a salt alone", [](Json&, Json& text) { text.set_string_value(""); });
  refused("a shorter salt", [](Json& salt, Json&) { salt.set_string_value("AAAAAAAAAAAAAAAAAAAA"); });
  Json evidence = EvidenceFile("judged", kFormat2);
  Json& stored = Field(*Field(evidence, "entries").mutable_list_value()->mutable_values(0), "stored");
  (*stored.mutable_struct_value()->mutable_fields())["texts"]
      .mutable_list_value()
      ->add_values()
      ->mutable_struct_value();
  EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID")) << "more texts than commitments";
}

TEST(EvidenceTest, ASaltThatTookWordsOverIsRefused) {
  Json evidence = EvidenceFile("judged", kFormat2);
  progress::v1::ProvenEntry entry;
  Json& text = TextOf(evidence, 1);
  // The same bytes, cut elsewhere: "目" moves into the salt.
  std::string salt = Field(text, "salt").string_value();
  ASSERT_OK_AND_ASSIGN(std::string bytes, ledger::FromBase64(salt));
  const std::string words = Field(text, "text").string_value();
  bytes += words.substr(0, 3);
  Field(text, "salt").set_string_value(ledger::ToBase64(bytes));
  Field(text, "text").set_string_value(words.substr(3));
  EXPECT_THAT(Verify(evidence).status(), HasReason("EVIDENCE_INVALID"));
}

TEST(EvidenceTest, ThatATextWhichIsNotHereWasWithdrawnIsAClaim) {
  Json evidence = EvidenceFile("judged", kFormat2);
  Field(TextOf(evidence, 1), "salt").set_string_value("");
  Field(TextOf(evidence, 1), "text").set_string_value("");
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_THAT(Write(Field(printed, "proven")), Not(HasSubstr("ithdrawn")));
  EXPECT_THAT(Claims(printed), testing::Contains("TEXT_WITHDRAWN catalog 212 0"));
}

// Anybody who may give a reason could write a line that looks like one of the verifier's.
TEST(EvidenceTest, WhatIsInTheLogMakesNoLinesOfTheReport) {
  const std::string forged = "x\n    FORGED kept checkpoint: the same entries";
  ASSERT_OK_AND_ASSIGN(VerifiedEvidence verified,
                       VerifyEvidence(Write(EvidenceFile("judged", kFormat2)), CityKeys()));
  verified.follows.mutable_kpi()->set_title(forged);
  verified.follows.mutable_evaluation()->mutable_components(0)->set_component(forged);
  for (OpenedEntry& opened : verified.proven.entries) {
    opened.entry.set_actor(forged);
    opened.entry.set_resource(forged);
    opened.entry.mutable_source()->set_printed(forged);
    opened.texts.emplace_back(forged);
    catalog::v1::Event event;
    if (opened.log != "catalog" || !event.ParseFromString(opened.entry.payload())) continue;
    if (event.has_kpi_created()) event.mutable_kpi_created()->set_title(forged);
    opened.entry.set_payload(event.SerializeAsString());
  }
  ASSERT_OK_AND_ASSIGN(const EvidenceReport report, ReportOn(std::move(verified), "f", CityKeys(), {}));
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    const std::string words = InWords(report, language);
    EXPECT_THAT(words, HasSubstr("x     FORGED"));
    EXPECT_THAT(words, Not(HasSubstr("\n    FORGED")));
  }
}

class SinceTest : public testing::Test {
 protected:
  static Evidence Kept(const std::string& file) {
    return *ReadEvidence(file, ReadTestFile(file), CityKeys());
  }
  const Json judged_ = EvidenceFile("judged", kFormat2);
};

TEST_F(SinceTest, AKeptCheckpointOfTheSameSizeIsCompared) {
  ASSERT_OK_AND_ASSIGN(const Json printed,
                       Verify(judged_, {Kept("same-catalog.note"), Kept("same-progress.note")}));
  for (const Json& log : Field(Field(printed, "proven"), "logs").list_value().values()) {
    EXPECT_EQ(Field(log, "sameAsKept").list_value().values_size(), 1);
  }
  EXPECT_FALSE(HasField(printed, "notCompared"));
}

TEST_F(SinceTest, OfAnotherSizeNothingIsConcluded) {
  for (const char* file : {"earlier-progress.note", "later-progress.note"}) {
    ASSERT_OK_AND_ASSIGN(const Json printed, Verify(judged_, {Kept(file)}));
    EXPECT_THAT(Write(Field(printed, "proven")), Not(HasSubstr(file)));
    EXPECT_EQ(Field(Field(printed, "notCompared").list_value().values(0), "from").string_value(), file);
    ASSERT_OK_AND_ASSIGN(VerifiedEvidence verified, VerifyEvidence(Write(judged_), CityKeys()));
    ASSERT_OK_AND_ASSIGN(const EvidenceReport report,
                         ReportOn(std::move(verified), "f", CityKeys(), {Kept(file)}));
    EXPECT_THAT(InWords(report, Language::kJapanese), HasSubstr("何も言えません"));
    EXPECT_THAT(InWords(report, Language::kEnglish), HasSubstr("NOTHING CAN BE CONCLUDED"));
  }
}

TEST_F(SinceTest, AnotherRootOfTheSameSizeIsAFork) {
  Evidence forked = Kept("same-catalog.note");
  forked.checkpoint.root = ledger::Sha256("another history");
  EXPECT_THAT(Verify(judged_, {forked}).status(), HasReason("LOG_FORK"));
}

TEST_F(SinceTest, OfAWitnesssFolderTheOneOfTheSizeIsComparedElseTheNewestIsTold) {
  std::vector<Evidence> folder = {Kept("earlier-progress.note"), Kept("same-progress.note"),
                                  Kept("later-progress.note")};
  for (Evidence& one : folder) one.folder = "witness-progress";
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(judged_, folder));
  EXPECT_FALSE(HasField(printed, "notCompared"));
  folder.erase(folder.begin() + 1);
  ASSERT_OK_AND_ASSIGN(const Json without, Verify(judged_, folder));
  ASSERT_EQ(Field(without, "notCompared").list_value().values_size(), 1);
  EXPECT_EQ(Field(Field(without, "notCompared").list_value().values(0), "from").string_value(),
            "later-progress.note");
}

TEST_F(SinceTest, OneThatNobodyTrustedStandsForIsRefused) {
  Evidence kept = Kept("same-catalog.note");
  kept.is_signed = false;
  kept.cosignatures.clear();
  kept.checkpoint.root = ledger::Sha256("another history");
  EXPECT_THAT(Verify(judged_, {kept}).status(), HasReason("SIGNATURE_MISSING"));
}

TEST_F(SinceTest, ACheckpointOfAnotherLogIsRefused) {
  Evidence other = Kept("same-catalog.note");
  other.checkpoint.origin = "another.example/catalog";
  EXPECT_THAT(Verify(judged_, {other}).status(), HasReason("SINCE_NOT_USED"));
}

// Of a KPI without a figure there is no entry of progress, and an auditor gives the folders of both logs.
TEST_F(SinceTest, BesideOneThatIsComparedItIsTold) {
  Evidence other = Kept("same-catalog.note");
  other.checkpoint.origin = "city.example/progress-3";
  other.folder = "witness-progress-3";
  Evidence newer = other;
  ++newer.checkpoint.size;
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(judged_, {other, Kept("same-catalog.note"), newer}));
  const auto& not_compared = Field(printed, "notCompared").list_value();
  ASSERT_EQ(not_compared.values_size(), 1);
  EXPECT_EQ(Field(not_compared.values(0), "from").string_value(), "witness-progress-3");
  EXPECT_EQ(Field(not_compared.values(0), "origin").string_value(), "city.example/progress-3");
  ASSERT_OK_AND_ASSIGN(VerifiedEvidence verified, VerifyEvidence(Write(judged_), CityKeys()));
  ASSERT_OK_AND_ASSIGN(const EvidenceReport report,
                       ReportOn(std::move(verified), "f", CityKeys(), {other, Kept("same-catalog.note")}));
  EXPECT_THAT(InWords(report, Language::kEnglish), HasSubstr("compared with nothing"));
  EXPECT_THAT(InWords(report, Language::kJapanese), HasSubstr("何とも照合していません"));
}

// The evidence with another note for catalog's checkpoint.
Json WithNote(Json evidence, const std::function<std::string(const std::string&)>& change) {
  for (Json& entry : *Field(evidence, "entries").mutable_list_value()->mutable_values()) {
    if (Field(entry, "log").string_value() != "catalog") continue;
    const std::string proof = Field(entry, "proof").string_value();
    const size_t note = proof.find("\n\n") + 2;
    Field(entry, "proof").set_string_value(proof.substr(0, note) + change(proof.substr(note)));
  }
  return evidence;
}

TEST(CosignatureTest, OneThatItsCosignerDidNotMakeCountsForNothing) {
  const auto cosignature = [](const std::string& of) {
    return of.substr(of.find("— isesaki.example/auditor"));
  };
  const std::string theirs = cosignature(ReadTestFile("same-progress.note"));
  ASSERT_OK_AND_ASSIGN(const Json printed,
                       Verify(WithNote(EvidenceFile("judged", kFormat2), [&](const std::string& note) {
                         return absl::StrReplaceAll(note, {{cosignature(note), theirs}});
                       })));
  const Json& log = Field(Field(printed, "proven"), "logs").list_value().values(0);
  EXPECT_FALSE(HasField(log, "cosignatures"));
  EXPECT_EQ(Field(printed, "unfitCosignatures").list_value().values_size(), 1);
}

TEST(CosignatureTest, EntriesThatAreRecordedLaterWereNotSeen) {
  ASSERT_OK_AND_ASSIGN(
      const auto key,
      ledger::SigningKey::FromSeed("early.example/audit", std::string(32, 'e'), ledger::KeyType::kCosigner));
  const std::string file = testing::TempDir() + "early.vkeys";
  ASSERT_THAT(WriteFileAtomically(file, ReadTestFile("trust.vkeys") + key.verifier().ToString() + "\n"),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const bundle::Trust trust, bundle::Trust::Read({file}));
  // The newest of catalog's entries there was recorded at 04:44:02.19.
  for (const auto& [time, reason] :
       {std::pair("2026-11-30T04:33:50Z", "EVIDENCE_INVALID"), std::pair("2026-11-30T04:34:10Z", "")}) {
    absl::Time at;
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, time, &at, nullptr));
    const Json evidence = WithNote(EvidenceFile("judged", kFormat2), [&](const std::string& note) {
      return *ledger::CosignNote(note, key, at);
    });
    ASSERT_OK_AND_ASSIGN(VerifiedEvidence verified, VerifyEvidence(Write(evidence), trust));
    EXPECT_EQ(ReasonOf(ReportOn(std::move(verified), "f", trust, {}).status()), reason) << time;
  }
}

}  // namespace
}  // namespace seisaku::auditor
