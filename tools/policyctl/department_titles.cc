#include "tools/policyctl/department_titles.h"

namespace seisaku::policyctl {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);

}  // namespace

std::map<std::string, std::string> DepartmentTitles(Session& session, Client& client, uint64_t catalog_size) {
  std::map<std::string, std::string> titles;
  catalog::v1::ListDepartmentsRequest request;
  request.set_page_size(1000);
  request.mutable_as_of()->set_size(catalog_size);
  request.set_min_position(catalog_size);  // a replica of catalog may be behind what progress has copied
  do {
    absl::StatusOr<catalog::v1::ListDepartmentsResponse> page =
        client.CallOnce(&Catalog::ListDepartments, kPatience, request);
    if (!page.ok()) {
      session.Note(session.In(text::kNoDepartmentTitles));
      return {};
    }
    for (const catalog::v1::Department& department : page->departments())
      titles[department.name()] = department.title();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return titles;
}

}  // namespace seisaku::policyctl
