#include "tools/policyctl/certificate_check.h"

#include <ctime>
#include <memory>
#include <string>

#include "fmt/format.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "services/base/files.h"
#include "services/base/status.h"

namespace seisaku::policyctl {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr size_t kMaxPemBytes = 4 << 20;

Certificate Read(const std::string& file) {
  const absl::StatusOr<std::string> pem = ReadRegularFile(file, kMaxPemBytes, Links::kFollow);
  const std::string& content = pem.ok() ? *pem : file;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(content.data(), static_cast<int>(content.size())), BIO_free);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  return certificate;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string Shown(absl::Time time) {
  absl::TimeZone tokyo = absl::FixedTimeZone(9 * 60 * 60);
  return absl::FormatTime("%Y-%m-%d %H:%M", time, tokyo);
}

absl::Status Unusable(std::string_view reason, const std::string& message, Metadata metadata) {
  return MakeError(absl::StatusCode::kUnauthenticated, reason, message, std::move(metadata));
}

std::string NameOf(const X509_NAME* name) {
  char line[256];
  return X509_NAME_oneline(name, line, sizeof(line)) == nullptr ? "" : line;
}

}  // namespace

absl::Status CheckValidity(const rpc::TlsFiles& files, absl::Time now) {
  const Certificate certificate = Read(files.certificate);
  if (!certificate) return absl::OkStatus();
  const absl::Time begin = ToTime(X509_get0_notBefore(certificate.get()));
  const absl::Time end = ToTime(X509_get0_notAfter(certificate.get()));
  if (now > end) {
    return Unusable("CERTIFICATE_EXPIRED", fmt::format("{} was good until {}", files.certificate, Shown(end)),
                    {{"file", files.certificate}, {"not_after", Shown(end)}, {"now", Shown(now)}});
  }
  if (now < begin) {
    return Unusable("CERTIFICATE_NOT_YET_VALID",
                    fmt::format("{} is good from {} on", files.certificate, Shown(begin)),
                    {{"file", files.certificate}, {"not_before", Shown(begin)}, {"now", Shown(now)}});
  }
  return absl::OkStatus();
}

absl::Status CheckIssuer(const rpc::TlsFiles& files) {
  const Certificate certificate = Read(files.certificate);
  const Certificate authority = Read(files.ca);
  if (!certificate || !authority) return absl::OkStatus();
  const bool issued = X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) == 1;
  ERR_clear_error();
  if (issued) return absl::OkStatus();
  const std::string issuer = NameOf(X509_get_issuer_name(certificate.get()));
  return Unusable("CERTIFICATE_FOREIGN",
                  fmt::format("{} was not issued by the authority in {}", files.certificate, files.ca),
                  {{"file", files.certificate}, {"issuer", issuer}, {"ca", files.ca}});
}

}  // namespace seisaku::policyctl
