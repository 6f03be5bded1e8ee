// Departments: who is in charge of nodes and KPIs. A title is one department's at a time.
#include <array>
#include <set>

#include "fmt/format.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/catalog/domain/checks.h"
#include "services/catalog/domain/decision.h"
#include "services/catalog/domain/errors.h"
#include "services/catalog/domain/event.h"
#include "services/catalog/domain/evolution.h"
#include "services/catalog/domain/names.h"
#include "services/catalog/domain/record_walk.h"
#include "services/catalog/domain/records.h"
#include "services/catalog/domain/verb.h"
#include "services/catalog/domain/view.h"
#include "services/domain/words.h"

namespace seisaku::catalog {

using seisaku::errors::InvalidField;

// Records.

absl::StatusOr<DepartmentRecord> FromProto(const FieldPath& field, const v1::Department& proto) {
  RETURN_IF_ERROR(ParseDepartmentName(FieldPath(field, "name"), proto.name()).status());
  return DepartmentRecord{proto.title(), proto.retired_from_year()};
}

v1::Department ToProto(std::string_view department, const DepartmentRecord& record) {
  v1::Department proto;
  proto.set_name(DepartmentName(department));
  proto.set_title(record.title);
  proto.set_retired_from_year(record.retired_from_year);
  return proto;
}

absl::StatusOr<std::vector<std::string>> DepartmentIds(
    const FieldPath& field, const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  ids.reserve(names.size());
  for (int i = 0; i < names.size(); ++i) {
    ASSIGN_OR_RETURN(std::string id, ParseDepartmentName(FieldPath(field, i), names.Get(i)));
    ids.push_back(std::move(id));
  }
  return ids;
}

void AddDepartmentNames(const std::vector<std::string>& ids,
                        google::protobuf::RepeatedPtrField<std::string>& names) {
  for (const std::string& id : ids) names.Add(DepartmentName(id));
}

// Checks.

absl::Status CheckDepartments(const FieldPath& field, const View& view, const std::vector<std::string>& ids) {
  constexpr size_t kMaxDepartments = 100;
  const FieldPath path(field, "departments");
  if (ids.size() > kMaxDepartments) {
    return InvalidField(path.ToString(), expected::AT_MOST_ITEMS,
                        {{"max", kMaxDepartments}, {"actual", ids.size()}});
  }
  std::set<std::string_view> seen;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!view.FindDepartment(ids[i])) {
      return InvalidField(FieldPath(path, i).ToString(), expected::EXISTING,
                          {{"actual", DepartmentName(ids[i])}});
    }
    if (!seen.insert(ids[i]).second)
      return InvalidField(FieldPath(path, i).ToString(), expected::EACH_ONCE,
                          {{"actual", DepartmentName(ids[i])}});
  }
  return absl::OkStatus();
}

namespace {

absl::Status CheckForm(const std::string& title) {
  return CheckTitle("department.title", title, kMaxShortTitleBytes);
}

// No other department that is in force in `year` has the title.
absl::Status CheckNotTaken(const View& view, std::string_view id, const std::string& title, int year) {
  for (const DepartmentAt& other : view.DepartmentsByTitle(title)) {
    if (other.id() == id || !view.InForce(other, year)) continue;
    return errors::TitleTaken("department.title", title, DepartmentName(other.id()));
  }
  return absl::OkStatus();
}

// Decisions.

absl::StatusOr<DepartmentAt> RequireDepartment(const View& view, std::string_view field,
                                               std::string_view name) {
  ASSIGN_OR_RETURN(std::string id, ParseDepartmentName(field, name));
  if (auto found = view.FindDepartment(id)) return *found;
  return seisaku::errors::NotFound(name);
}

Decided<v1::Department> CreateDepartment(const Deciding& in, const v1::Department& proto) {
  ASSIGN_OR_RETURN(std::string id, ParseDepartmentName("department.name", proto.name()));
  ASSIGN_OR_RETURN(DepartmentRecord record, FromProto("department", proto));
  if (record.retired_from_year != 0) {
    return InvalidField("department.retired_from_year", expected::SET_BY, {{"change", "retire_department"}});
  }
  RETURN_IF_ERROR(CheckForm(record.title));
  v1::Department created = ToProto(id, record);
  if (auto existing = in.view.FindDepartment(id)) {
    if (Same(created, ToProto(id, *existing->record))) return std::nullopt;
    return seisaku::errors::AlreadyExists(proto.name());
  }
  RETURN_IF_ERROR(CheckNotTaken(in.view, id, record.title, in.year));
  return created;
}

Decided<v1::Department> UpdateDepartment(const Deciding& in, const v1::UpdateDepartment& update) {
  constexpr std::array<std::string_view, 1> kUpdatable = {"title"};
  const v1::Department& asked = update.department();
  ASSIGN_OR_RETURN(DepartmentAt department, RequireDepartment(in.view, "department.name", asked.name()));
  RETURN_IF_ERROR(errors::CheckEtag(asked.name(), asked.etag(), in.view.LastChange(department)));
  RETURN_IF_ERROR(CheckMask(update.update_mask(), kUpdatable));
  if (asked.title() == department.record->title) return std::nullopt;
  RETURN_IF_ERROR(CheckForm(asked.title()));
  RETURN_IF_ERROR(CheckNotTaken(in.view, department.id(), asked.title(), in.year));
  v1::Department updated = ToProto(department.id(), *department.record);
  updated.set_title(asked.title());
  updated.clear_retired_from_year();
  return updated;
}

Decided<v1::Retired> RetireDepartment(const Deciding& in, const v1::Retire& retire) {
  ASSIGN_OR_RETURN(DepartmentAt department, RequireDepartment(in.view, "name", retire.name()));
  return DecideRetire(in, retire, in.view.LastChange(department), /*first_year=*/0,
                      department.record->retired_from_year);
}

}  // namespace

// Fold.

absl::StatusOr<DepartmentSlot*> Evolution::Department(std::string_view name) {
  ASSIGN_OR_RETURN(std::string id, ParseDepartmentName("department", name));
  auto found = departments().find(id);
  if (found == departments().end()) return CannotBe(fmt::format("{} does not exist", name));
  return &found->second;
}

namespace {

absl::Status DepartmentCreated(Evolution& state, const v1::Department& proto) {
  ASSIGN_OR_RETURN(DepartmentRecord record, FromProto("department", proto));
  ASSIGN_OR_RETURN(std::string id, ParseDepartmentName("department.name", proto.name()));
  if (state.before().FindDepartment(id)) {
    return CannotBe(fmt::format("{} is created a second time", proto.name()));
  }
  DepartmentSlot& department = state.Add(state.departments(), id);
  state.LinkNew(state.departments_by_title()[record.title], department);
  state.Set(department.record, std::move(record));
  return absl::OkStatus();
}

absl::Status DepartmentUpdated(Evolution& state, const v1::Department& proto) {
  ASSIGN_OR_RETURN(DepartmentRecord record, FromProto("department", proto));
  ASSIGN_OR_RETURN(DepartmentSlot * department, state.Department(proto.name()));
  if (record.retired_from_year != 0) return CannotBe("department_updated has a retirement");
  record.retired_from_year = state.Now(*department).retired_from_year;
  state.Link(state.departments_by_title()[record.title], *department);
  state.Set(department->record, std::move(record));
  return absl::OkStatus();
}

absl::Status DepartmentRetired(Evolution& state, const v1::Retired& retired) {
  ASSIGN_OR_RETURN(DepartmentSlot * department, state.Department(retired.name()));
  return state.Retire(*department, retired);
}

}  // namespace

// What is shown.

Position View::LastChange(const DepartmentAt& department) const {
  return department.slot->record.RevisionAt(size_)->position;
}

v1::Department View::Render(const DepartmentAt& department) const {
  v1::Department proto = ToProto(department.id(), *department.record);
  proto.set_etag(fmt::format("{}", LastChange(department)));
  return proto;
}

// The digest.

bool VisitDepartments(RecordWalk& walk, const State::Departments& departments) {
  return walk.InOrder(
      departments,
      [&](const DepartmentSlot& department) {
        return walk.Resource(DepartmentName(department.id), department.record,
                             [&](const DepartmentRecord& record) { return ToProto(department.id, record); });
      },
      [](const DepartmentSlot&) { return true; });
}

// Verbs.

absl::Span<const VerbRow> DepartmentVerbs() {
  static constexpr VerbRow kRows[] = {
      Row<CreateDepartment, DepartmentCreated>(v1::Change::kCreateDepartment, v1::Event::kDepartmentCreated,
                                               "department.name"),
      Row<UpdateDepartment, DepartmentUpdated>(v1::Change::kUpdateDepartment, v1::Event::kDepartmentUpdated,
                                               "department.name"),
      Row<RetireDepartment, DepartmentRetired>(v1::Change::kRetireDepartment, v1::Event::kDepartmentRetired,
                                               "name"),
  };
  return kRows;
}

}  // namespace seisaku::catalog
