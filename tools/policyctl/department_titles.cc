#include "tools/policyctl/department_titles.h"

namespace seisaku::policyctl {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);

}  // namespace

std::map<std::string, std::string> DepartmentTitles(Session& session, Client& client) {
  std::map<std::string, std::string> titles;
  catalog::v1::ListDepartmentsRequest request;
  request.set_page_size(1000);
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
