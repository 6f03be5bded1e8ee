#include "services/rpc/security/certificates.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "services/rpc/transport/channel.h"
#include "tests/unit/rpc/server_fixture.h"

namespace seisaku::rpc {
namespace {

constexpr char kAnotherCity[] = "URI:seisaku://isesaki/peer/catalog";

void Replace(const std::string& file, const std::string& content) {
  ASSERT_THAT(WriteFileAtomically(file, content), IsOk());
}

std::string Half(const std::string& text) { return text.substr(0, text.size() / 2); }

class CertificatesTest : public testing::Test {
 protected:
  absl::StatusOr<bool> Refresh() { return certificates_->Refresh(absl::Now()); }
  // Puts another certificate, and its key, in the place of the first.
  void Renew(const TlsFiles& with) {
    Replace(files_.certificate, *ReadFile(with.certificate));
    Replace(files_.key, *ReadFile(with.key));
  }
  std::string used() const { return certificates_->current()->certificate; }

  Authority authority_;
  const TlsFiles files_ = authority_.Issue(kOwnNames);
  std::unique_ptr<Certificates> certificates_ = *Certificates::Read(files_);
};

TEST_F(CertificatesTest, FilesThatDoNotFitTogetherAreAnError) {
  TlsFiles wrong = files_;
  wrong.key = authority_.Issue().key;
  EXPECT_THAT(Certificates::Read(wrong), HasReason("CERTIFICATE_UNREADABLE"));
  wrong = files_;
  wrong.ca = authority_.folder() + "/absent";
  EXPECT_THAT(Certificates::Read(wrong), HasReason("CERTIFICATE_UNREADABLE"));
  wrong = files_;
  wrong.certificate = files_.key;
  EXPECT_THAT(Certificates::Read(wrong), HasReason("CERTIFICATE_UNREADABLE"));
}

TEST_F(CertificatesTest, KnowTheirCityAndWhenTheyEnd) {
  EXPECT_EQ(certificates_->city(), "sakai");
  EXPECT_EQ((*Certificates::Read(authority_.Issue()))->city(), "") << "a server's own needs no URI";
  EXPECT_THAT(Certificates::Read(authority_.Issue("URI:seisaku://sakai/mayor/a")),
              HasReason("CERTIFICATE_UNUSABLE"));
  const auto soon = *ReadTlsFiles(authority_.Issue(kOwnNames, absl::Minutes(10)));
  EXPECT_LE(soon.own.not_after, absl::Now() + absl::Minutes(10));
  EXPECT_GT(soon.own.not_after, absl::Now() + absl::Minutes(9));
  EXPECT_GT(soon.authority.not_after, absl::Now() + absl::Minutes(59));
  EXPECT_TRUE(soon.own.IsGoodAt(absl::Now()));
  EXPECT_FALSE(soon.own.IsGoodAt(absl::Now() - absl::Hours(2)));
}

TEST_F(CertificatesTest, WhatIsInTheFilesIsUsed) {
  EXPECT_THAT(Refresh(), IsOkAndHolds(false));
  const std::string before = used();
  Renew(authority_.Issue(kOwnNames));
  EXPECT_EQ(used(), before) << "nobody looked";
  EXPECT_THAT(Refresh(), IsOkAndHolds(true));
  EXPECT_EQ(used(), *ReadFile(files_.certificate));
  EXPECT_NE(used(), before);
  EXPECT_THAT(Refresh(), IsOkAndHolds(false));
}

TEST_F(CertificatesTest, WhatIsHalfWrittenLeavesAllAsItWas) {
  const auto before = certificates_->current();
  const TlsFiles others = authority_.Issue(kOwnNames);
  for (const auto& [file, content] :
       {std::pair(files_.certificate, Half(before->certificate)), std::pair(files_.key, Half(before->key)),
        std::pair(files_.ca, Half(before->ca)), std::pair(files_.certificate, std::string()),
        std::pair(files_.certificate, *ReadFile(others.certificate)),  // without its key
        std::pair(files_.ca, before->ca + Half(before->ca)),
        std::pair(files_.certificate, before->certificate + Half(before->certificate))}) {
    Replace(file, content);
    const absl::Status refused = Refresh().status();
    EXPECT_THAT(refused, HasReason("CERTIFICATE_UNREADABLE"));
    EXPECT_EQ(certificates_->current(), before);
    Replace(files_.certificate, before->certificate);
    Replace(files_.key, before->key);
    Replace(files_.ca, before->ca);
    EXPECT_THAT(Refresh(), IsOkAndHolds(false));
  }
}

TEST_F(CertificatesTest, WhatIsNotGoodNowOrOfAnotherCityIsNotTaken) {
  const std::string before = used();
  for (const auto& [with, expected] :
       {std::pair(authority_.Issue(kOwnNames, -absl::Minutes(5)), "GOOD_NOW"),
        std::pair(authority_.Issue(kAnotherCity), "OF_CITY"), std::pair(authority_.Issue(), "OF_CITY")}) {
    Renew(with);
    const absl::Status refused = Refresh().status();
    EXPECT_THAT(refused, HasReason("CERTIFICATE_UNREADABLE"));
    EXPECT_EQ(GetErrorInfo(refused)->metadata().at("expected"), expected);
    EXPECT_EQ(GetErrorInfo(refused)->metadata().at("file"), files_.certificate);
    EXPECT_EQ(used(), before);
  }
}

TEST_F(CertificatesTest, WhatHasEndedIsReplacedByAnything) {
  const TlsFiles files = authority_.Issue(kOwnNames, -absl::Minutes(5));
  auto ended = *Certificates::Read(files);
  const TlsFiles with = authority_.Issue(kOwnNames, -absl::Minutes(1));
  Replace(files.certificate, *ReadFile(with.certificate));
  Replace(files.key, *ReadFile(with.key));
  EXPECT_THAT(ended->Refresh(absl::Now()), IsOkAndHolds(true));
}

TEST_F(CertificatesTest, EachReaderIsToldOnce) {
  Certificates::Reader &first = certificates_->AddReader(), &second = certificates_->AddReader();
  EXPECT_EQ(first.News(), certificates_->current());
  EXPECT_EQ(first.News(), nullptr);
  Renew(authority_.Issue(kOwnNames));
  ASSERT_THAT(Refresh(), IsOkAndHolds(true));
  EXPECT_EQ(first.News(), certificates_->current());
  EXPECT_EQ(second.News(), certificates_->current());
  EXPECT_EQ(second.News(), nullptr);
}

// A server of authority_ and another authority that takes its place.
class RenewalTest : public ServerTest {
 protected:
  // As who trusts `of`, with a certificate of `by`, over a connection of its own.
  absl::Status CallAs(Authority& by, Authority& of) {
    TlsFiles files = by.Issue(kAuditor);
    files.ca = of.folder() + "/ca.pem";
    auto channel = OpenChannel(server_->address(), files);
    return channel.ok() ? Call(*channel) : channel.status();
  }

  Authority next_{"next authority"};
};

TEST_F(RenewalTest, AnAuthorityIsReplacedUnderARunningServer) {
  StartOrFail();
  auto standing = ChannelAs(kAuditor);
  EXPECT_THAT(Call(standing), IsOk());
  EXPECT_THAT(CallAs(next_, authority_), StatusIs(absl::StatusCode::kUnavailable));

  const TlsFiles renewed = next_.Issue(kOwnNames);
  Replace(files_.ca, *ReadFile(authority_.folder() + "/ca.pem") + *ReadFile(renewed.ca));
  ASSERT_THAT(certificates_->Refresh(absl::Now()), IsOkAndHolds(true));
  EXPECT_THAT(CallAs(next_, authority_), IsOk()) << "clients of both authorities are let in";
  EXPECT_EQ(checkpoint_.checkpoint(), "seisaku://sakai/auditor/kansa");
  EXPECT_THAT(CallAs(authority_, authority_), IsOk());

  Replace(files_.certificate, *ReadFile(renewed.certificate));
  Replace(files_.key, *ReadFile(renewed.key));
  Replace(files_.ca, *ReadFile(renewed.ca));
  ASSERT_THAT(certificates_->Refresh(absl::Now()), IsOkAndHolds(true));
  EXPECT_THAT(CallAs(next_, next_), IsOk()) << "the server shows its new certificate";
  EXPECT_THAT(Call(standing), IsOk()) << "a connection that stands stays";
}

TEST_F(RenewalTest, ChannelsAreMadeOfWhatIsCurrent) {
  StartOrFail();
  const TlsFiles own = authority_.Issue(kAuditor);
  auto certificates = *Certificates::Read(own);
  ChannelMaker channels = RenewedChannels(server_->address(), *certificates);
  const auto first = channels();
  EXPECT_EQ(channels(), first);
  EXPECT_THAT(Call(first), IsOk());
  const TlsFiles renewed = authority_.Issue("URI:seisaku://sakai/auditor/next");
  Replace(own.certificate, *ReadFile(renewed.certificate));
  Replace(own.key, *ReadFile(renewed.key));
  ASSERT_THAT(certificates->Refresh(absl::Now()), IsOkAndHolds(true));
  EXPECT_NE(channels(), first);
  EXPECT_THAT(Call(channels()), IsOk());
  EXPECT_EQ(checkpoint_.checkpoint(), "seisaku://sakai/auditor/next");
}

}  // namespace
}  // namespace seisaku::rpc
