#include "services/base/version.h"

namespace seisaku {

constinit const std::string_view kVersion = SEISAKU_VERSION;

}  // namespace seisaku
