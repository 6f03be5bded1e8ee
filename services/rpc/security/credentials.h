// The files of mutual TLS.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/expected.h"

namespace seisaku::rpc {

struct TlsFiles {
  std::string certificate;  // PEM: own chain, leaf first
  std::string key;          // PEM: its private key
  std::string ca;           // PEM: who signs the certificates of the other side
};

// What is read from the certificates of a file.
struct CertificateFacts {
  std::vector<std::string> uris;                 // of the first one
  absl::Time not_before = absl::InfinitePast();  // when all of them are valid
  absl::Time not_after = absl::InfiniteFuture();

  bool IsGoodAt(absl::Time time) const { return not_before <= time && time < not_after; }
};

// The same, read.
struct TlsContents {
  std::string certificate;
  std::string key;
  std::string ca;
  CertificateFacts own = {};        // of `certificate`
  CertificateFacts authority = {};  // of `ca`
};

// FAILED_PRECONDITION CERTIFICATE_UNREADABLE: a file cannot be read, holds no PEM of its kind or a part of
// one, or the key is not the certificate's; metadata `file`.
absl::StatusOr<TlsContents> ReadTlsFiles(const TlsFiles& files);

// CERTIFICATE_UNREADABLE: `file` is not as `expectation` says.
absl::Status CertificateUnreadable(const std::string& file, const Expectation& expectation, Facts facts = {});

}  // namespace seisaku::rpc
