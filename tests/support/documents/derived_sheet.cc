#include "tests/support/documents/derived_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/period.h"
#include "tests/support/documents/derived_cells.h"
#include "tests/support/documents/derived_page.h"
#include "tests/support/documents/derived_plan.h"
#include "tests/support/documents/random_source.h"

namespace seisaku::documents {

namespace {

constexpr int kUpper = 1;
constexpr int kLower = 2;

// A heading that the sheet is about, and what has been printed of it.
struct Truth {
  int number = 0;
  std::string title;
  int node = -1;  // in the expected model; -1 until a row stands under it
  bool lost = false;
  PrintedNumber form = PrintedNumber::kLost;  // when it was printed first
  bool is_twin = false;                       // as DerivedHeading's
};

// What a level's numbers have been like so far.
struct LevelSoFar {
  std::optional<PrintedNumber> form;  // of the first number
  bool any = false;                   // whether anything was printed
  int last = 0;                       // the last number under the present heading above
  int unnumbered = 0;                 // how many follow it without one
};

// Prints one year of a plan.
class Derivation {
 public:
  // `plan` keeps the figures that are printed; `sheet` is the index of the year.
  Derivation(RandomSource& random, DerivedNames& names, DerivedPlan& plan, size_t sheet)
      : random_(random), names_(names), page_(random), plan_(plan), sheet_(sheet) {}

  DerivedSheet Derive() && {
    expected_.fiscal_year = plan_.years[sheet_];
    expected_.levels = plan_.levels;
    DeriveYears();
    page_.Begin(expected_);
    std::vector<DerivedHeading*> goals = Printed(plan_.goals);
    std::vector<int> numbers(goals.size());
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i) + 1;
    if (random_.Chance(30)) random_.Shuffle(numbers);  // pages in another order
    // A part of a plan, or one that got goals before these.
    const int renumbered = random_.Chance(20) ? random_.Between(1, 3) : 0;
    for (size_t i = 0; i < numbers.size(); ++i) PrintGoal(*goals[i], numbers[i] + renumbered);
    derived_.text = page_.Finish();
    derived_.expected = std::move(expected_);
    return std::move(derived_);
  }

 private:
  // The year that is judged has target and actual; later targets, and what was planned and reached before,
  // may stand beside them.
  void DeriveYears() {
    const bool alone = plan_.IsOneYears();
    if (random_.Chance(alone ? 30 : 50)) {
      for (int back = random_.Between(1, 2); back > 0; --back) {
        const bool target = random_.Chance(70);
        expected_.years.push_back({expected_.fiscal_year - back, target, !target || random_.Chance(70)});
      }
    }
    expected_.years.push_back({expected_.fiscal_year, true, true});
    int year = expected_.fiscal_year;
    for (int later = random_.Chance(70) ? 1 : random_.Between(0, 3); later > 0; --later) {
      year += random_.Between(1, 3);
      // What a later sheet no longer prints has no figure of its year.
      expected_.years.push_back({year, true, alone && random_.Chance(5)});
    }
  }

  template <typename Part>
  std::vector<Part*> Printed(std::vector<Part>& parts) const {
    std::vector<Part*> printed;
    for (Part& part : parts) {
      if (part.span.Has(sheet_)) printed.push_back(&part);
    }
    return printed;
  }

  static Truth NewTruth(const DerivedHeading& heading, int number) {
    return {.number = number, .title = heading.title, .is_twin = heading.is_twin};
  }

  void PrintGoal(DerivedHeading& goal, int number) {
    path_[0] = NewTruth(goal, number);
    so_far_[kUpper].last = so_far_[kUpper].unnumbered = 0;
    int upper_number = 0;
    for (DerivedHeading* upper : Printed(goal.below)) {
      path_[kUpper] = NewTruth(*upper, ++upper_number);
      so_far_[kLower].last = so_far_[kLower].unnumbered = 0;
      last_lower_.reset();
      int lower_number = 0;
      for (DerivedHeading* lower : Printed(upper->below)) {
        path_[kLower] = NewTruth(*lower, ++lower_number);
        for (DerivedGroup* group : Printed(lower->groups)) {
          bool first = true;
          for (DerivedKpi* kpi : Printed(group->kpis)) {
            PrintRow(*kpi, group->action, kpi->continues && !first);
            first = false;
          }
        }
      }
    }
  }

  void PrintRow(DerivedKpi& kpi, const std::string& action, bool continues) {
    const bool page_starts = page_.AdvanceRow();
    RowCells cells;
    PrintHeadings(page_starts, cells);
    if (!continues) {
      cells.action = action;
      action_ = ExpectAction(action);
    }
    expected_.rows.push_back(ExpectKpi(kpi, continues, cells));
    derived_.kpis.push_back({kpi.id, kpi.confirmed_id});
    page_.PrintRow(cells);
  }

  // Which headings a row prints, how damaged, and what a reader must make of it.
  void PrintHeadings(bool page_starts, RowCells& cells) {
    const bool new_goal = path_[0].node < 0;
    const bool new_upper = path_[kUpper].node < 0;
    const bool new_lower = path_[kLower].node < 0;
    const bool reprint = page_starts && !new_goal && random_.Chance(60);
    if (new_goal || reprint) PrintGoal(cells);
    if (new_lower) {
      if (CanLoseLower(new_upper, new_goal, reprint) && random_.Chance(40)) {
        PrintUpperAlone(new_upper, new_goal, cells);
      } else {
        PrintNewLower(new_upper, reprint, cells);
      }
    } else if (reprint && !path_[kLower].lost) {
      PrintBoth(cells);
    } else if (reprint) {
      cells.upper = PrintUpper(AnyForm());
      cells.may_shift = random_.Chance(50);
    } else {
      cells.may_shift = true;
      cells.may_shift_twice = cells.goal.empty();
    }
  }

  PrintedNumber AnyForm() {
    return random_.Pick<PrintedNumber>(
        {PrintedNumber::kPlain, PrintedNumber::kCircled, PrintedNumber::kBracketed, PrintedNumber::kLost});
  }

  void PrintGoal(RowCells& cells) {
    cells.goal = Print(0, random_.Chance(70) ? PrintedNumber::kPlain : AnyForm());
  }

  std::string PrintUpper(PrintedNumber form) { return Print(kUpper, form); }

  std::string PrintLower(PrintedNumber form) {
    const bool is_new = path_[kLower].node < 0;
    // Two of one title are told apart by numbers that are written as the others are.
    if (is_new && path_[kLower].is_twin) form = so_far_[kLower].form.value_or(PrintedNumber::kCircled);
    std::string cell = Print(kLower, form);
    if (is_new) {
      last_lower_ = form == PrintedNumber::kLost ? std::nullopt : std::optional(path_[kLower].number);
    }
    return cell;
  }

  std::string Print(int level, PrintedNumber form) {
    Truth& truth = path_[level];
    LevelSoFar& so_far = so_far_[level];
    const bool is_new = truth.node < 0;
    // A plain number right before its title is a number where the heading is known, or where it goes on.
    const bool goes_on = truth.number > so_far.last && truth.number <= so_far.last + so_far.unnumbered + 1 &&
                         (so_far.form ? *so_far.form == PrintedNumber::kPlain : !so_far.any);
    std::string number;
    const std::string title = !is_new && random_.Chance(30) ? Respelled(random_, truth.title) : truth.title;
    std::string cell = PrintHeading(random_, form, truth.number, title, !is_new || goes_on, number);
    if (is_new) {
      truth.form = form;
      so_far.any = true;
      if (form == PrintedNumber::kLost) {
        ++so_far.unnumbered;
      } else {
        if (!so_far.form) so_far.form = form;
        so_far.last = truth.number;
        so_far.unnumbered = 0;
      }
    }
    Expect(level, number);
    return cell;
  }

  PrintedNumber LowerForm(bool may_be_lost) {
    if (may_be_lost && random_.Chance(12)) return PrintedNumber::kLost;
    return random_.Chance(85) ? PrintedNumber::kCircled : PrintedNumber::kBracketed;
  }

  // A lost cell is told from a blank one only where the cell above it is printed; two lost ones in a row
  // under one heading cannot be told apart.
  bool CanLoseLower(bool new_upper, bool new_goal, bool reprint) const {
    if (path_[kLower].is_twin || !plan_.IsOneYears()) return false;
    if (new_upper || new_goal) return true;
    return reprint && !previous_lower_lost_;
  }

  // One cell stands for two columns.
  void PrintUpperAlone(bool new_upper, bool new_goal, RowCells& cells) {
    // A circled number here reads as the upper level only when it cannot go on in the lower one.
    const bool cannot_go_on = lower_known_before_ && *lower_known_before_ >= path_[kUpper].number;
    const bool any_form = !new_upper || new_goal || cannot_go_on;
    PrintedNumber form = any_form ? AnyForm() : PrintedNumber::kPlain;
    if (form == PrintedNumber::kLost && new_upper && !new_goal) form = PrintedNumber::kPlain;
    cells.upper = PrintUpper(form);
    cells.must_shift = true;
    path_[kLower].lost = true;
    ++so_far_[kLower].unnumbered;
    Expect(kLower, "");
    last_lower_.reset();
    Remember();
  }

  void PrintNewLower(bool new_upper, bool reprint, RowCells& cells) {
    if (new_upper || reprint) {
      PrintBoth(cells);
    } else {
      // Alone in a row: shifted, or in its own column.
      cells.may_shift = true;
      const bool keep_number = page_.swapped();
      cells.lower = PrintLower(LowerForm(!keep_number));
      cells.swapped = page_.swapped();
    }
    Remember();
  }

  // Both middle cells, in their columns or in each other's.
  void PrintBoth(RowCells& cells) {
    const bool new_upper = path_[kUpper].node < 0;
    cells.swapped = page_.swapped();
    PrintedNumber upper = PrintedNumber::kPlain;
    if (!new_upper || !cells.swapped) upper = AnyForm();
    // Where the upper one is new and has no plain number, the lower one's form must tell.
    const bool lower_must_tell = new_upper && upper != PrintedNumber::kPlain;
    cells.upper = PrintUpper(upper);
    cells.lower = PrintLower(LowerForm(!lower_must_tell));
  }

  void Remember() {
    lower_known_before_ = last_lower_;
    previous_lower_lost_ = path_[kLower].lost;
  }

  void Expect(int level, const std::string& number) {
    Truth& truth = path_[level];
    if (truth.node >= 0) return;
    truth.node = static_cast<int>(expected_.nodes.size());
    expected_.nodes.push_back({.number = number,
                               .title = truth.lost ? "〔名称欠落〕" : truth.title,
                               .level = level,
                               .parent = level == 0 ? -1 : path_[level - 1].node,
                               .provisional = truth.lost});
  }

  int ExpectAction(const std::string& action) {
    const int parent = path_[kLower].node;
    for (size_t i = 0; i < expected_.nodes.size(); ++i) {
      const Node& node = expected_.nodes[i];
      if (node.level == 3 && node.parent == parent && node.title == action) return static_cast<int>(i);
    }
    expected_.nodes.push_back({.title = action, .level = 3, .parent = parent});
    return static_cast<int>(expected_.nodes.size()) - 1;
  }

  KpiRow ExpectKpi(DerivedKpi& derived, bool continues, RowCells& cells) {
    KpiRow kpi;
    kpi.node = action_;
    const KpiRow* above = continues ? &expected_.rows.back() : nullptr;
    kpi.provisional_name = plan_.IsOneYears() && continues && random_.Chance(40);
    kpi.name = kpi.provisional_name ? "〔指標名欠落〕" : derived.name;
    if (!kpi.provisional_name) cells.Set(SheetColumn::kKpiName, kpi.name);
    PrintDepartments(above, derived, kpi, cells);
    const bool only_dashes = derived.dashes_first && derived.span.first == sheet_;
    const DerivedValues values =
        DeriveValues(random_, expected_.years, expected_.fiscal_year, only_dashes, derived.series);
    kpi.fiscal_year = expected_.fiscal_year;
    kpi.years = values.years;
    kpi.unit = values.unit;
    kpi.components = values.components;
    cells.figures = values.years;
    const bool less = kpi.name.ends_with("事故件数") || kpi.name.ends_with("滞納額") ||
                      kpi.name.find("事故件数第") != std::string::npos ||
                      kpi.name.find("滞納額第") != std::string::npos;
    kpi.direction.direction = kpi.Judged().target->kind == CellValue::Kind::kText ? Direction::kQualitative
                              : less                                              ? Direction::kDecrease
                                                                                  : Direction::kIncrease;
    DeriveNarratives(above, kpi, cells);
    DeriveJudgement(kpi, cells);
    return kpi;
  }

  void PrintDepartments(const KpiRow* above, const DerivedKpi& derived, KpiRow& kpi, RowCells& cells) {
    // A row of one sheet may have been given those of the row above.
    const bool may_take =
        above != nullptr && (plan_.IsOneYears() || above->departments == derived.departments);
    if (may_take && random_.Chance(50)) {
      kpi.departments = above->departments;
      return;
    }
    kpi.departments = derived.departments;
    cells.Set(SheetColumn::kDepartment,
              fmt::format("{}", fmt::join(kpi.departments, random_.Chance(70) ? " " : "　")));
  }

  // Words may happen to read like a judgement.
  std::string Words() {
    return random_.Chance(3) ? random_.Pick<std::string>({"順調に進捗", "進捗の遅れ（コロナ）"})
                             : names_.Sentence();
  }

  void DeriveNarratives(const KpiRow* above, KpiRow& kpi, RowCells& cells) {
    if (above != nullptr && random_.Chance(60)) {
      kpi.implementation_status.text = above->implementation_status.text;
    } else {
      kpi.implementation_status.text = Words();
      cells.Set(SheetColumn::kStatus, kpi.implementation_status.text);
    }
    for (auto [column, narrative] : {std::pair{SheetColumn::kDelayReason, &kpi.reason_for_delay},
                                     std::pair{SheetColumn::kIssues, &kpi.issues},
                                     std::pair{SheetColumn::kNextSteps, &kpi.next_steps}}) {
      if (random_.Chance(70)) narrative->text = Words();
      cells.Set(column, narrative->text.empty() ? "-" : narrative->text);
    }
  }

  void DeriveJudgement(KpiRow& kpi, RowCells& cells) {
    const bool missing = !kpi.Judged().actual->HasFigure();
    kpi.judgement = missing ? Judgement::kNotEvaluable : static_cast<Judgement>(random_.Below(3));
    std::string printed = std::vector<std::string>{"順調に進捗", "概ね順調に進捗", "進捗の遅れ",
                                                   "評価不可"}[static_cast<size_t>(kpi.judgement)];
    if (kpi.judgement == Judgement::kDelayed && random_.Chance(60)) {
      const bool known = random_.Chance(80);
      kpi.causes = {known ? Cause::kCovid19 : Cause::kOther};
      printed += fmt::format(fmt::runtime(random_.Pick<std::string>({" ({})", "({})", "（{}）", "　({})"})),
                             known ? "コロナ" : "天候");
    }
    if (missing && random_.Chance(70)) {
      const bool abolished = random_.Chance(50);
      kpi.causes = {abolished ? Cause::kSourceAbolished : Cause::kFigurePending};
      kpi.reason_for_delay.text =
          abolished ? "※評価不可の理由 統計が廃止されたため。" : "実績値は後日算出する。";
      cells.Set(SheetColumn::kDelayReason, kpi.reason_for_delay.text);
    }
    cells.Set(SheetColumn::kJudgement, printed);
  }

  RandomSource& random_;
  DerivedNames& names_;
  DerivedPage page_;
  DerivedPlan& plan_;
  const size_t sheet_;
  DerivedSheet derived_;
  ProgressSheet expected_;
  Truth path_[3];
  LevelSoFar so_far_[3];
  int action_ = 0;
  std::optional<int> last_lower_;          // number of the last printed lower heading of this upper one
  std::optional<int> lower_known_before_;  // the same, when the row before was printed
  bool previous_lower_lost_ = false;
};

}  // namespace

DerivedSheet DeriveSheet(uint64_t seed) { return std::move(DeriveSheets(seed, 1)[0]); }

std::vector<DerivedSheet> DeriveSheets(uint64_t seed, size_t years) {
  RandomSource random(seed);
  DerivedNames names(random);
  DerivedPlan plan = DerivePlan(random, names, years);
  std::vector<DerivedSheet> sheets;
  for (size_t i = 0; i < years; ++i) sheets.push_back(Derivation(random, names, plan, i).Derive());
  return sheets;
}

}  // namespace seisaku::documents
