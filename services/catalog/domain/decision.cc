#include "services/catalog/domain/decision.h"

#include <algorithm>

#include "fmt/format.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/names.h"

namespace seisaku::catalog {

absl::Status CheckMask(const google::protobuf::FieldMask& mask, absl::Span<const std::string_view> allowed) {
  if (mask.paths().empty()) return seisaku::errors::RequiredField("update_mask");
  for (const std::string& path : mask.paths()) {
    if (std::find(allowed.begin(), allowed.end(), path) != allowed.end()) continue;
    return seisaku::errors::InvalidField("update_mask", expected::ONE_OF,
                                         {{"allowed", fmt::join(allowed, ", ")}, {"actual", path}});
  }
  return absl::OkStatus();
}

void TakeFields(const google::protobuf::FieldMask& mask, const google::protobuf::Message& values,
                google::protobuf::Message& message) {
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(values, mask, replace, &message);
}

bool Same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

Decided<v1::Retired> DecideRetire(const Deciding& in, const v1::Retire& retire, Position last_change,
                                  int first_year, int retired_from_year) {
  RETURN_IF_ERROR(errors::CheckEtag(retire.name(), retire.etag(), last_change));
  RETURN_IF_ERROR(CheckYear("from_year", retire.from_year()));
  // From its first year on: it was never part of the plan, as where it was made by mistake.
  if (retire.from_year() < first_year) {
    return seisaku::errors::InvalidField("from_year", expected::MORE_THAN,
                                         {{"limit", first_year - 1}, {"actual", retire.from_year()}});
  }
  if (!in.has_reason) return seisaku::errors::RequiredField("reason");
  if (retired_from_year == retire.from_year()) return std::nullopt;
  if (retired_from_year != 0 && retire.from_year() > retired_from_year) {
    return WithField(errors::Retired(retire.name(), retired_from_year), "from_year");
  }
  v1::Retired retired;
  retired.set_name(retire.name());
  retired.set_from_year(retire.from_year());
  return retired;
}

}  // namespace seisaku::catalog
