#include "services/rpc/security/credentials.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509v3.h"
#include "services/base/files.h"

namespace seisaku::rpc {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

constexpr size_t kMaxPemBytes = 4 << 20;  // all authorities of a system are a quarter of a megabyte

absl::StatusOr<std::string> Read(const std::string& file) {
  absl::StatusOr<std::string> content = ReadRegularFile(file, kMaxPemBytes, Links::kFollow);
  if (!content.ok()) {
    return CertificateUnreadable(file, expected::READABLE_FILE,
                                 {{"why", std::string(content.status().message())}});
  }
  return content;
}

Bio Over(const std::string& content) {
  return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())), BIO_free);
}

std::vector<std::string> UrisOf(X509* certificate) {
  std::vector<std::string> uris;
  Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    uris.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                      static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm utc{};
  return ASN1_TIME_to_tm(time, &utc) == 1 ? absl::FromTM(utc, absl::UTCTimeZone()) : absl::InfinitePast();
}

// The certificates of a file, in order; none where there is none, or one of them is cut off or broken.
std::vector<Certificate> ParseAll(const std::string& pem) {
  std::vector<Certificate> all;
  const Bio bio = Over(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    all.emplace_back(certificate, X509_free);
  }
  // A file is complete where no further block begins; text around blocks is ignored.
  const auto why = ERR_peek_last_error();
  const bool whole = ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!whole) all.clear();
  return all;
}

CertificateFacts FactsOf(const std::vector<Certificate>& certificates) {
  CertificateFacts facts{.uris = UrisOf(certificates.front().get())};
  for (const Certificate& certificate : certificates) {
    facts.not_before = std::max(facts.not_before, ToTime(X509_get0_notBefore(certificate.get())));
    facts.not_after = std::min(facts.not_after, ToTime(X509_get0_notAfter(certificate.get())));
  }
  return facts;
}

// A key with a pass phrase is unreadable: OpenSSL must not ask for it on the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

Key PrivateKey(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(Over(pem).get(), nullptr, NoPassPhrase, nullptr), EVP_PKEY_free);
}

}  // namespace

absl::Status CertificateUnreadable(const std::string& file, const Expectation& expectation, Facts facts) {
  ERR_clear_error();
  Metadata metadata = ToMetadata(expectation, facts);
  metadata.emplace_back("file", file);
  return MakeError(absl::StatusCode::kFailedPrecondition, "CERTIFICATE_UNREADABLE",
                   fmt::format("{} is not {}", file, Describe(expectation, facts)), std::move(metadata));
}

absl::StatusOr<TlsContents> ReadTlsFiles(const TlsFiles& files) {
  TlsContents contents;
  ASSIGN_OR_RETURN(contents.certificate, Read(files.certificate));
  ASSIGN_OR_RETURN(contents.key, Read(files.key));
  ASSIGN_OR_RETURN(contents.ca, Read(files.ca));
  const std::vector<Certificate> chain = ParseAll(contents.certificate);
  if (chain.empty()) return CertificateUnreadable(files.certificate, expected::PEM_CERTIFICATE);
  const Key key = PrivateKey(contents.key);
  if (!key) return CertificateUnreadable(files.key, expected::PEM_KEY);
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return CertificateUnreadable(files.key, expected::KEY_OF_CERTIFICATE);
  }
  const std::vector<Certificate> authorities = ParseAll(contents.ca);
  if (authorities.empty()) return CertificateUnreadable(files.ca, expected::PEM_CERTIFICATE);
  contents.own = FactsOf(chain);
  contents.authority = FactsOf(authorities);
  return contents;
}

}  // namespace seisaku::rpc
