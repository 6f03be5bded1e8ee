// Evidence of KPIs whose direction nobody has confirmed, of figures with qualifiers and of years by words.
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seisaku/catalog/v1/events.pb.h"
#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/progress/v1/events.pb.h"
#include "services/base/status.h"
#include "tests/support/matchers.h"
#include "tests/unit/auditor_evidence/evidence_files.h"
#include "tests/unit/auditor_evidence/made_city.h"
#include "tools/policyctl/output.h"

namespace seisaku::auditor {
namespace {

using policyctl::Language;
using progress::v1::GetEvaluationResponse;
using progress::v1::JudgementEvidence;
using testing::HasSubstr;
using testing::Not;

absl::StatusOr<VerifiedEvidence> Verified(const JudgementEvidence& evidence) {
  return VerifyEvidence(policyctl::ToJson(evidence), CityKeys());
}

std::string Words(const std::string& name, Language language) {
  absl::StatusOr<VerifiedEvidence> verified = Verified(MadeEvidence(name));
  EXPECT_THAT(verified.status(), IsOk());
  const auto report = ReportOn(*std::move(verified), "f", CityKeys(), {});
  EXPECT_THAT(report.status(), IsOk());
  return InWords(*report, language);
}

// What would follow if the entries were all there is.
std::string Follows(const std::string& words) {
  const size_t begins = words.find("全部だとすれば");
  const size_t ends = words.find("主張（");
  return begins == std::string::npos ? "" : words.substr(begins, ends - begins);
}

std::string Judgement(const Json& printed) {
  return Field(Field(Field(printed, "proven"), "ifTheseWereAll"), "judgement").string_value();
}

TEST(NewFieldsTest, AnUnconfirmedKpiIsNotShownAsJudged) {
  for (const char* name : {"unconfirmed", "taken-back"}) {
    ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile(name, kFormat2)));
    EXPECT_EQ(Judgement(printed), "JUDGEMENT_NOT_EVALUABLE");
    const Json& if_all = Field(Field(printed, "proven"), "ifTheseWereAll");
    EXPECT_FALSE(HasField(if_all, "ratePercent"));
    EXPECT_THAT(Write(Field(if_all, "codes")), HasSubstr("EVALUATION_CODE_DIRECTION_UNCONFIRMED"));
    const std::string follows = Follows(Words(name, Language::kJapanese));
    EXPECT_THAT(follows, HasSubstr("評価不可"));
    EXPECT_THAT(follows, HasSubstr("方向未確認"));
    EXPECT_THAT(follows, Not(HasSubstr("順調に進捗")));
    EXPECT_THAT(Words(name, Language::kEnglish), HasSubstr("direction unconfirmed"));
  }
}

TEST(NewFieldsTest, AConfirmedOneIsJudgedInTheConfirmedDirection) {
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile("confirmed", kFormat2)));
  EXPECT_EQ(Judgement(printed), "JUDGEMENT_DELAYED");
  EXPECT_THAT(Follows(Words("confirmed", Language::kJapanese)), HasSubstr("進捗の遅れ（80.6%）"));
}

TEST(NewFieldsTest, TheDefinitionSaysWhereItsDirectionIsUnconfirmed) {
  EXPECT_THAT(Words("unconfirmed", Language::kJapanese), HasSubstr("増加が望ましい（方向未確認）"));
  EXPECT_THAT(Words("by-words", Language::kJapanese), Not(HasSubstr("方向未確認")));
}

TEST(NewFieldsTest, ALaterDefinitionLeftOutIsOnlyClaimedNotToBeThere) {
  Json evidence = EvidenceFile("taken-back", kFormat2);
  RemoveEntry(evidence, "catalog", 6);
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(evidence));
  EXPECT_EQ(Judgement(printed), "JUDGEMENT_ON_TRACK");
  const Json& claim = Field(printed, "claimed").list_value().values(0);
  EXPECT_EQ(Field(claim, "claim").string_value(), "NOT_REPLACED");
  EXPECT_EQ(Field(claim, "input").string_value(), "direction");
  EXPECT_EQ(Field(claim, "position").string_value(), "5");
}

TEST(NewFieldsTest, QualifiersAndNotesStandBesideTheirFigures) {
  const std::string words = Words("qualified", Language::kJapanese);
  EXPECT_THAT(words, HasSubstr("60人以上(累計)"));
  EXPECT_THAT(words, HasSubstr("60人以下(速報値)"));
  EXPECT_THAT(Follows(words), HasSubstr("評価不可"));
  EXPECT_THAT(Follows(words), HasSubstr("判定が決まらない"));
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile("qualified", kFormat2)));
  EXPECT_EQ(Judgement(printed), "JUDGEMENT_NOT_EVALUABLE");
}

TEST(NewFieldsTest, OfAYearByWordsItIsSaidWhetherItIsMet) {
  ASSERT_OK_AND_ASSIGN(const Json printed, Verify(EvidenceFile("by-words", kFormat2)));
  EXPECT_EQ(Judgement(printed), "JUDGEMENT_DELAYED");
  EXPECT_THAT(Words("by-words", Language::kJapanese), HasSubstr("一部で実施、未達成"));
}

// An entry's event, changed: the proof is of other bytes.
template <typename Event>
void ExpectRefused(const std::string& name, const std::function<bool(Event&)>& change) {
  JudgementEvidence evidence = MadeEvidence(name);
  int changed = 0;
  for (progress::v1::ProvenEntry& proven : *evidence.mutable_entries()) {
    log::v1::Entry entry;
    Event event;
    ASSERT_TRUE(entry.ParseFromString(proven.stored().entry()));
    if (!entry.type().starts_with(Event::descriptor()->full_name())) continue;
    ASSERT_TRUE(event.ParseFromString(entry.payload()));
    if (!change(event)) continue;
    ++changed;
    entry.set_payload(event.SerializeAsString());
    proven.mutable_stored()->set_entry(entry.SerializeAsString());
  }
  ASSERT_GT(changed, 0) << name;
  EXPECT_THAT(Verified(evidence).status(), HasReason("PROOF_INVALID")) << name;
}

TEST(NewFieldsTest, NoneOfThemIsChangedUnnoticed) {
  using Catalog = catalog::v1::Event;
  using Progress = progress::v1::Event;
  ExpectRefused<Catalog>("unconfirmed", [](Catalog& event) {
    if (!event.has_kpi_created()) return false;
    event.mutable_kpi_created()->clear_direction_unconfirmed();
    return true;
  });
  ExpectRefused<Catalog>("qualified", [](Catalog& event) {
    if (!event.has_target_set()) return false;
    event.mutable_target_set()->mutable_target()->mutable_values(0)->mutable_value()->clear_qualifier();
    return true;
  });
  ExpectRefused<Progress>("qualified", [](Progress& event) {
    event.mutable_actual_recorded()->mutable_value()->set_qualifier(type::v1::QUALIFIER_AT_LEAST);
    return true;
  });
  ExpectRefused<Progress>("qualified", [](Progress& event) {
    event.mutable_actual_recorded()->mutable_value()->set_note("累計");
    return true;
  });
  ExpectRefused<Progress>("by-words", [](Progress& event) {
    event.mutable_actual_recorded()->set_qualitative_met(true);
    return true;
  });
  ExpectRefused<Progress>("by-words", [](Progress& event) {
    event.mutable_actual_recorded()->clear_by_words();
    return true;
  });
}

// The first format told the judgement beside the entries.
TEST(NewFieldsTest, WhatIsToldOfThemMustFollow) {
  const auto refused = [](const std::string& name,
                          const std::function<void(GetEvaluationResponse&)>& change) {
    JudgementEvidence evidence = MadeEvidence(name);
    const absl::StatusOr<VerifiedEvidence> verified = Verified(evidence);
    EXPECT_THAT(verified.status(), IsOk());
    evidence.clear_evaluation();
    evidence.set_format(kFormat1);
    *evidence.mutable_judgement() = verified->follows;
    EXPECT_THAT(Verified(evidence).status(), IsOk()) << "told as it is";
    change(*evidence.mutable_judgement());
    const absl::Status status = Verified(evidence).status();
    EXPECT_THAT(status, HasReason("EVIDENCE_INVALID"));
    return status.ok() ? "" : GetErrorInfo(status)->metadata().at("where");
  };
  EXPECT_EQ(refused("unconfirmed", [](auto& told) { told.mutable_kpi()->clear_direction_unconfirmed(); }),
            "judgement.kpi.direction_unconfirmed");
  EXPECT_EQ(
      refused("unconfirmed",
              [](auto& told) { told.mutable_evaluation()->set_judgement(type::v1::JUDGEMENT_ON_TRACK); }),
      "judgement.evaluation.judgement");
  EXPECT_EQ(refused("qualified",
                    [](auto& told) {
                      told.mutable_evaluation()->mutable_components(0)->mutable_target()->clear_qualifier();
                    }),
            "judgement.evaluation.components[0].target.qualifier");
  EXPECT_EQ(refused("by-words",
                    [](auto& told) {
                      told.mutable_evaluation()->mutable_components(0)->mutable_actual()->clear_by_words();
                    }),
            "judgement.evaluation.components[0].actual.by_words");
}

}  // namespace
}  // namespace seisaku::auditor
