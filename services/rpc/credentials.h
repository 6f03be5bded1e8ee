// The files of mutual TLS.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace seisaku::rpc {

struct TlsFiles {
  std::string certificate;  // PEM: own chain, leaf first
  std::string key;          // PEM: its private key
  std::string ca;           // PEM: who signs the certificates of the other side
};

// The same, read.
struct TlsContents {
  std::string certificate;
  std::string key;
  std::string ca;
};

// FAILED_PRECONDITION CERTIFICATE_UNREADABLE: a file cannot be read or holds no PEM of its kind, or the key
// is not the certificate's; metadata `file`.
absl::StatusOr<TlsContents> ReadTlsFiles(const TlsFiles& files);

}  // namespace seisaku::rpc
