#include "services/rpc/credentials.h"

#include <memory>
#include <string_view>

#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "services/base/expected.h"
#include "services/base/files.h"

namespace seisaku::rpc {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr size_t kMaxPemBytes = 4 << 20;  // all authorities of a system are a quarter of a megabyte

absl::Status Unreadable(const std::string& file, const Expectation& expectation, Facts facts = {}) {
  ERR_clear_error();
  Metadata metadata = ToMetadata(expectation, facts);
  metadata.emplace_back("file", file);
  return MakeError(absl::StatusCode::kFailedPrecondition, "CERTIFICATE_UNREADABLE",
                   fmt::format("{} is not {}", file, Describe(expectation, facts)), std::move(metadata));
}

absl::StatusOr<std::string> Read(const std::string& file) {
  absl::StatusOr<std::string> content = ReadRegularFile(file, kMaxPemBytes, Links::kFollow);
  if (!content.ok()) {
    return Unreadable(file, expected::READABLE_FILE, {{"why", std::string(content.status().message())}});
  }
  return content;
}

Bio Over(const std::string& content) {
  return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())), BIO_free);
}

Certificate FirstCertificate(const std::string& pem) {
  return Certificate(PEM_read_bio_X509(Over(pem).get(), nullptr, nullptr, nullptr), X509_free);
}

// A key with a pass phrase is not asked for on the terminal, but unreadable.
int NoPassPhrase(char*, int, int, void*) { return -1; }

Key PrivateKey(const std::string& pem) {
  return Key(PEM_read_bio_PrivateKey(Over(pem).get(), nullptr, NoPassPhrase, nullptr), EVP_PKEY_free);
}

}  // namespace

absl::StatusOr<TlsContents> ReadTlsFiles(const TlsFiles& files) {
  TlsContents contents;
  ASSIGN_OR_RETURN(contents.certificate, Read(files.certificate));
  ASSIGN_OR_RETURN(contents.key, Read(files.key));
  ASSIGN_OR_RETURN(contents.ca, Read(files.ca));
  const Certificate certificate = FirstCertificate(contents.certificate);
  if (!certificate) return Unreadable(files.certificate, expected::PEM_CERTIFICATE);
  const Key key = PrivateKey(contents.key);
  if (!key) return Unreadable(files.key, expected::PEM_KEY);
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return Unreadable(files.key, expected::KEY_OF_CERTIFICATE);
  }
  if (!FirstCertificate(contents.ca)) return Unreadable(files.ca, expected::PEM_CERTIFICATE);
  return contents;
}

}  // namespace seisaku::rpc
