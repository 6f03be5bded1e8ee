#include "services/rpc/security/certificates.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/rpc/process/log.h"
#include "services/rpc/security/authn.h"

namespace seisaku::rpc {
namespace {

std::string ToText(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

// "" where the certificate has no URI of ours: a server's own needs none.
absl::StatusOr<std::string> CityOfOwn(const CertificateFacts& own) {
  if (std::none_of(own.uris.begin(), own.uris.end(), IsCallerUri)) return "";
  ASSIGN_OR_RETURN(const Caller caller, CallerOfUris(own.uris));
  return std::string(CityOf(caller.subject));
}

}  // namespace

Certificates::Contents Certificates::Reader::News() {
  Contents current = all_.current();
  if (current == known_) return nullptr;
  return known_ = std::move(current);
}

Certificates::Certificates(TlsFiles files, TlsContents contents, std::string city)
    : files_(std::move(files)),
      city_(std::move(city)),
      current_(std::make_shared<const TlsContents>(std::move(contents))) {}

absl::StatusOr<std::unique_ptr<Certificates>> Certificates::Read(TlsFiles files) {
  ASSIGN_OR_RETURN(TlsContents contents, ReadTlsFiles(files));
  ASSIGN_OR_RETURN(std::string city, CityOfOwn(contents.own));
  return std::unique_ptr<Certificates>(
      new Certificates(std::move(files), std::move(contents), std::move(city)));
}

Certificates::Contents Certificates::current() const {
  MutexLock lock(mutex_);
  return current_;
}

Certificates::Reader& Certificates::AddReader() {
  MutexLock lock(mutex_);
  return readers_.emplace_back(*this);
}

absl::StatusOr<TlsContents> Certificates::ReadUsable(absl::Time now) const {
  ASSIGN_OR_RETURN(TlsContents read, ReadTlsFiles(files_));
  ASSIGN_OR_RETURN(const std::string city, CityOfOwn(read.own));
  if (!city_.empty() && city != city_) {
    return CertificateUnreadable(files_.certificate, expected::OF_CITY, {{"city", city_}, {"actual", city}});
  }
  const Contents before = current();
  for (const auto& [file, facts, good_before] :
       {std::tuple(&files_.certificate, &read.own, before->own.IsGoodAt(now)),
        std::tuple(&files_.ca, &read.authority, before->authority.IsGoodAt(now))}) {
    if (facts->IsGoodAt(now) || !good_before) continue;
    return CertificateUnreadable(
        *file, expected::GOOD_NOW,
        {{"not_before", ToText(facts->not_before)}, {"not_after", ToText(facts->not_after)}});
  }
  return read;
}

absl::StatusOr<bool> Certificates::Refresh(absl::Time now) {
  ASSIGN_OR_RETURN(TlsContents read, ReadUsable(now));
  MutexLock lock(mutex_);
  if (read.certificate == current_->certificate && read.key == current_->key && read.ca == current_->ca) {
    return false;
  }
  current_ = std::make_shared<const TlsContents>(std::move(read));
  return true;
}

void CertificateWatch::Look(absl::Time now, bool asked_for) {
  const absl::StatusOr<bool> refreshed = certificates_.Refresh(now);
  if (refreshed.ok()) {
    if (*refreshed || asked_for) {
      const Certificates::Contents used = certificates_.current();
      LogInfo(*refreshed ? "certificates were read again" : "certificates are as they were",
              {{"file", certificates_.files().certificate}, {"not_after", ToText(used->own.not_after)}});
      warn_at_ = absl::InfinitePast();
    }
    trouble_ = absl::OkStatus();
    told_ = true;
  } else {
    const bool again = refreshed.status() == trouble_;
    if (!again) told_ = false;
    trouble_ = refreshed.status();
    if (!told_ && (again || asked_for)) {
      LogError("certificates on disk cannot be used; those from before stay", {}, trouble_);
      told_ = true;
    }
  }
  WarnOfEnd(now);
}

void CertificateWatch::WarnOfEnd(absl::Time now) {
  if (now < warn_at_) return;
  warn_at_ = now + absl::Hours(24);
  const Certificates::Contents used = certificates_.current();
  for (const auto& [file, facts] : {std::pair(&certificates_.files().certificate, &used->own),
                                    std::pair(&certificates_.files().ca, &used->authority)}) {
    if (facts->not_after > now + kCertificateWarning) continue;
    const bool over = facts->not_after <= now;
    const int64_t days = absl::ToInt64Hours(facts->not_after - now) / 24;
    (over ? LogError : LogWarning)(
        over ? "certificate has ended" : "certificate ends soon",
        {{"file", *file}, {"not_after", ToText(facts->not_after)}, {"days_left", fmt::to_string(days)}},
        absl::OkStatus());
  }
}

}  // namespace seisaku::rpc
