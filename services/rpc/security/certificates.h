// The certificates that a service presents and trusts, reloaded when their files change.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::rpc {

// How long before a certificate expires the operator is warned.
inline constexpr absl::Duration kCertificateWarning = absl::Hours(24 * 30);

// Thread-safe.
class Certificates {
 public:
  using Contents = std::shared_ptr<const TlsContents>;

  // Tells one user of the certificates when there are new ones. Used by one thread at a time.
  class Reader {
   public:
    explicit Reader(const Certificates& all) : all_(all) {}
    // The current certificates; nullptr: the last call returned them already.
    Contents News();

   private:
    const Certificates& all_;
    Contents known_;
  };

  // Reads the files. FAILED_PRECONDITION CERTIFICATE_UNREADABLE; UNAUTHENTICATED CERTIFICATE_UNUSABLE: the
  // certificate has a URI of ours that is not of the form that callers have.
  static absl::StatusOr<std::unique_ptr<Certificates>> Read(TlsFiles files);

  Contents current() const;
  // The city in the URI (seisaku://{city}/…) of the certificate that the service was started with; "": it has none.
  const std::string& city() const { return city_; }
  const TlsFiles& files() const { return files_; }
  // A reader that lives as long as the certificates, for users that may ask at any time.
  Reader& AddReader();

  // Reads the files again and makes their certificates the current ones. Returns whether they are new. An error
  // changes nothing: CERTIFICATE_UNREADABLE, also for a certificate that is not valid now while the current one is,
  // or that is of another city than the service was started with.
  absl::StatusOr<bool> Refresh(absl::Time now);

 private:
  Certificates(TlsFiles files, TlsContents contents, std::string city);
  absl::StatusOr<TlsContents> ReadUsable(absl::Time now) const;

  const TlsFiles files_;
  const std::string city_;
  mutable Mutex mutex_;
  Contents current_ ABSL_GUARDED_BY(mutex_);
  std::list<Reader> readers_ ABSL_GUARDED_BY(mutex_);
};

// Refreshes certificates and logs the results for the operator. Used by one thread.
class CertificateWatch {
 public:
  explicit CertificateWatch(Certificates& certificates) : certificates_(certificates) {}

  // Called about once a second, and at once when an operator asks for it. Logs that new certificates are in use;
  // once, that those on disk are unusable (only when seen twice, because files are replaced one by one, unless the
  // operator asked); and once a day, that some expire within kCertificateWarning.
  void Look(absl::Time now, bool asked_for);

  // Whether the files hold the certificates that are in use.
  bool usable() const { return trouble_.ok(); }

 private:
  void WarnOfEnd(absl::Time now);

  Certificates& certificates_;
  absl::Status trouble_;
  bool told_ = true;  // of trouble_
  absl::Time warn_at_ = absl::InfinitePast();
};

}  // namespace seisaku::rpc
