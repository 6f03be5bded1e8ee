#include "tests/support/documents/derived_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "services/base/period.h"
#include "tests/support/documents/derived_cells.h"
#include "tests/support/documents/derived_page.h"
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
  // Another heading under the same one has its title, and another number.
  bool is_twin = false;
};

// What a level's numbers have been like so far.
struct LevelSoFar {
  std::optional<PrintedNumber> form;  // of the first number
  bool any = false;                   // whether anything was printed
  int last = 0;                       // the last number under the present heading above
  int unnumbered = 0;                 // how many follow it without one
};

class Derivation {
 public:
  explicit Derivation(uint64_t seed) : random_(seed), names_(random_), page_(random_) {}

  DerivedSheet Derive() && {
    page_.Begin(expected_);
    std::vector<int> numbers(static_cast<size_t>(random_.Between(1, 4)));
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i) + 1;
    if (random_.Chance(30)) random_.Shuffle(numbers);  // pages in another order
    // A part of a plan, or one that got goals before these.
    const int renumbered = random_.Chance(20) ? random_.Between(1, 3) : 0;
    for (int& number : numbers) number += renumbered;
    for (int number : numbers) DeriveGoal(number);
    return {page_.Finish(), std::move(expected_)};
  }

 private:
  Truth NewTruth(int number) { return {number, names_.Title()}; }

  void DeriveGoal(int number) {
    path_[0] = NewTruth(number);
    so_far_[kUpper].last = so_far_[kUpper].unnumbered = 0;
    const int uppers = random_.Between(1, 3);
    for (int upper = 1; upper <= uppers; ++upper) {
      path_[kUpper] = NewTruth(upper);
      so_far_[kLower].last = so_far_[kLower].unnumbered = 0;
      std::optional<Truth> before;
      last_lower_.reset();
      any_lower_ = false;
      const int lowers = random_.Between(1, 4);
      for (int lower = 1; lower <= lowers; ++lower) {
        path_[kLower] = NewTruth(lower);
        // その他 twice, as two headings with two numbers.
        if (before && before->form == so_far_[kLower].form && random_.Chance(15)) {
          path_[kLower].title = before->title;
          path_[kLower].is_twin = true;
        }
        actions_.clear();
        DeriveActions();
        if (!path_[kLower].lost && !path_[kLower].is_twin) before = path_[kLower];
      }
    }
  }

  void DeriveActions() {
    for (int actions = random_.Between(1, 3); actions > 0; --actions) {
      const bool again = !actions_.empty() && random_.Chance(15);
      const std::string action = again ? random_.Pick(actions_) : names_.Action();
      actions_.push_back(action);
      const int rows = random_.Chance(20) ? random_.Between(2, 3) : 1;
      for (int row = 0; row < rows; ++row) DeriveRow(action, row > 0 && random_.Chance(70));
    }
  }

  void DeriveRow(const std::string& action, bool continues) {
    const bool page_starts = page_.AdvanceRow();
    RowCells cells;
    PrintHeadings(page_starts, cells);
    if (!continues) {
      cells.action = action;
      action_ = ExpectAction(action);
    }
    expected_.rows.push_back(DeriveKpi(continues, cells));
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
    if (is_new && path_[kLower].is_twin) form = *so_far_[kLower].form;
    std::string cell = Print(kLower, form);
    if (is_new) {
      any_lower_ = true;
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
    std::string cell = PrintHeading(random_, form, truth.number, truth.title, !is_new || goes_on, number);
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
    if (path_[kLower].is_twin) return false;
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
    any_lower_ = true;
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

  KpiRow DeriveKpi(bool continues, RowCells& cells) {
    KpiRow kpi;
    kpi.node = action_;
    const KpiRow* above = continues ? &expected_.rows.back() : nullptr;
    kpi.provisional_name = continues && random_.Chance(40);
    kpi.name = kpi.provisional_name ? "〔指標名欠落〕" : names_.KpiName();
    if (!kpi.provisional_name) cells.Set(SheetColumn::kKpiName, kpi.name);
    DeriveDepartments(above, kpi, cells);
    const DerivedValues values = DeriveValues(random_, expected_.years, expected_.fiscal_year);
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

  void DeriveDepartments(const KpiRow* above, KpiRow& kpi, RowCells& cells) {
    if (above != nullptr && random_.Chance(50)) {
      kpi.departments = above->departments;
      return;
    }
    for (int more = random_.Chance(20) ? 2 : 1; more > 0; --more)
      kpi.departments.push_back(names_.Department());
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
    const bool missing = kpi.Judged().actual->kind == CellValue::Kind::kMissing;
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

  RandomSource random_;
  DerivedNames names_;
  DerivedPage page_;
  ProgressSheet expected_;
  Truth path_[3];
  LevelSoFar so_far_[3];
  int action_ = 0;
  std::vector<std::string> actions_;  // of the current lower heading
  std::optional<int> last_lower_;     // number of the last printed lower heading of this upper one
  bool any_lower_ = false;
  std::optional<int> lower_known_before_;  // the same, when the row before was printed
  bool previous_lower_lost_ = false;
};

}  // namespace

DerivedSheet DeriveSheet(uint64_t seed) { return Derivation(seed).Derive(); }

}  // namespace seisaku::documents
