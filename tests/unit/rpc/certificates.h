// An authority that issues certificates for tests, in files that go away with it.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "services/rpc/security/credentials.h"

struct evp_pkey_st;
struct x509_st;

namespace seisaku::rpc {

class Authority {
 public:
  explicit Authority(const std::string& name = "test authority");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // A certificate for 127.0.0.1 with these subject alternative names besides ("URI:seisaku://…",
  // comma-separated), good from an hour ago for two hours, or until `ends_in` from now; its key and this
  // authority, as files.
  TlsFiles Issue(const std::string& more_names = "", absl::Duration ends_in = absl::Hours(1));
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  int issued_ = 0;
};

}  // namespace seisaku::rpc
