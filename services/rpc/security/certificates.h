// The certificates that a service shows and trusts, as its files hold them now.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/rpc/security/credentials.h"

namespace seisaku::rpc {

// How long before they end certificates are warned of.
inline constexpr absl::Duration kCertificateWarning = absl::Hours(24 * 30);

// Thread-safe.
class Certificates {
 public:
  using Contents = std::shared_ptr<const TlsContents>;

  // Tells one user of the certificates that there are new ones. Used by one thread at a time.
  class Reader {
   public:
    explicit Reader(const Certificates& all) : all_(all) {}
    // What is current where that is not what the last call returned, else nullptr.
    Contents News();

   private:
    const Certificates& all_;
    Contents known_;
  };

  // Reads the files. FAILED_PRECONDITION CERTIFICATE_UNREADABLE; UNAUTHENTICATED CERTIFICATE_UNUSABLE: the
  // certificate has a URI of ours that is not of the form that callers have.
  static absl::StatusOr<std::unique_ptr<Certificates>> Read(TlsFiles files);

  Contents current() const;
  // The city of the certificate that the service was started with (its URI seisaku://{city}/…); "": it names
  // none.
  const std::string& city() const { return city_; }
  const TlsFiles& files() const { return files_; }
  // A reader that lives as long as the certificates: for who may ask them at any time.
  Reader& AddReader();

  // Reads the files again: what they hold is current from now on. Whether that is something new. Where they
  // cannot be used all stays as it is: CERTIFICATE_UNREADABLE, also for a certificate that is not good now
  // while the current one is, or of another city than the service was started with.
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

// Refreshes certificates and tells the operator of what comes of it. Used by one thread.
class CertificateWatch {
 public:
  explicit CertificateWatch(Certificates& certificates) : certificates_(certificates) {}

  // To be called about once a second, and at once where an operator asks for it. Logs that new
  // certificates are used; once, that those on disk cannot be (the second time that is seen, for files are
  // replaced one after the other, unless it was asked for); once a day, that some end within
  // kCertificateWarning.
  void Look(absl::Time now, bool asked_for);

  // Whether the files hold what is used.
  bool usable() const { return trouble_.ok(); }

 private:
  void WarnOfEnd(absl::Time now);

  Certificates& certificates_;
  absl::Status trouble_;
  bool told_ = true;  // of trouble_
  absl::Time warn_at_ = absl::InfinitePast();
};

}  // namespace seisaku::rpc
