#include "tests/unit/rpc/certificates.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509v3.h"

namespace seisaku::rpc {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;
using File = std::unique_ptr<FILE, decltype(&fclose)>;

Key NewKey() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) throw std::runtime_error("not an extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A certificate for `key` named `name`, without extensions and signature.
Certificate Blank(const Key& key, const std::string& name, int serial,
                  absl::Duration ends_in = absl::Hours(1)) {
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(absl::ToInt64Seconds(ends_in)));
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

File Create(const std::string& path) { return File(std::fopen(path.c_str(), "w"), fclose); }

void Write(const std::string& path, const Certificate& certificate) {
  PEM_write_X509(Create(path).get(), certificate.get());
}

std::string NewFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "seisaku-certificates-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for certificates");
  return pattern;
}

}  // namespace

Authority::Authority(const std::string& name) : folder_(NewFolder()), key_(NewKey()) {
  certificate_ = Blank(key_, name, 1);
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  Write(folder_ + "/ca.pem", certificate_);
}

Authority::~Authority() { std::filesystem::remove_all(folder_); }

TlsFiles Authority::Issue(const std::string& more_names, absl::Duration ends_in) {
  const std::string stem = folder_ + "/" + std::to_string(++issued_);
  const Key key = NewKey();
  const Certificate certificate = Blank(key, "test", issued_ + 1, ends_in);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name,
               more_names.empty() ? "IP:127.0.0.1" : "IP:127.0.0.1," + more_names);
  X509_sign(certificate.get(), key_.get(), EVP_sha256());
  Write(stem + ".pem", certificate);
  PEM_write_PrivateKey(Create(stem + ".key").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate = stem + ".pem", .key = stem + ".key", .ca = folder_ + "/ca.pem"};
}

}  // namespace seisaku::rpc
