"""A city's history with every event that version 0.1 knows and every way to revise what was said, in three chapters,
and what became of progress's log after its disk was lost."""

import subprocess

from harness.children import clean_environment, wait_until
from harness.city import City, run
from neighbour import connect
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.resources_pb2 import Department, EvaluationRule, Kpi, Node, Plan, Target
from seisaku.progress.v1 import changes_pb2 as progress_changes
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.resources_pb2 import Actual, Narrative, NarrativeKind, OfficialAssessment
from seisaku.type.v1.judgement_pb2 import Cause, Direction, Judgement
from seisaku.type.v1.value_pb2 import ComponentValue, Decimal, ObservedPeriod, Quantity, Value

PLAN = "plans/kodomo"
SECRET = "山田太郎さんの連絡による"
OF_STRATEGY = ("--plan", "strategy", "--fiscal-year", "2022")
NEXT_ORIGIN = "isesaki.example/progress-2"


def number(text: str, unit: str, **observed) -> Value:
    value = Value(number=Quantity(value=Decimal(value=text), unit=unit), printed=f"{text}{unit}")
    if observed:
        value.observed_period.CopyFrom(ObservedPeriod(**observed))
    return value


def words(text: str) -> Value:
    return Value(text=text, printed=text)


def target(year: int, *values: tuple[str, Value]) -> Target:
    return Target(reporting_year=year, values=[ComponentValue(component=name, value=value) for name, value in values])


def kpi_name(kpi: str) -> str:
    return f"{PLAN}/kpis/{kpi}"


class History:
    def __init__(self, city: City):
        self.city = city

    # --- chapter 1: plans are made ---

    def begin(self):
        """Both documents, as deploy/quickstart puts them in."""
        self.city.load()
        self.settle()

    def plans_are_made(self):
        with connect(self.city) as client:
            self.client = client
            for name, title in (("kosodate", "子育て課"), ("kyoiku", "教育課"), ("old", "旧組織課")):
                self.plan("CreateDepartment", department_id=name, department=Department(title=title))
            rule = EvaluationRule(method="ratio/1", on_track_percent=Decimal(value="100"),
                                  mostly_on_track_percent=Decimal(value="90"))
            self.plan("CreatePlan", plan_id="kodomo", plan=Plan(title="子ども計画", levels=["政策", "施策"], rule=rule))
            self.plan("CreatePlan", plan_id="empty", plan=Plan(title="指標のない計画", levels=["政策"]))
            self.goals_are_made()
            self.kpis_are_made()
        self.settle()

    def goals_are_made(self):
        for place, title in (("1", "育つ"), ("2", "学ぶ")):
            node = Node(number=place, title=title, departments=["departments/kosodate"])
            self.plan("CreateNode", parent=PLAN, node_id=f"goal-{place}", node=node)
        several = [changes.Change(create_node=Node(name=f"{PLAN}/nodes/work-{i}", parent=f"{PLAN}/nodes/goal-1", level=1,
                                                   number=f"({i})", title=f"取組{i}", provisional_title=i == 2))
                   for i in (1, 2, 3)]
        self.plan("ApplyCatalog", changes=several, correlation_id="取組の登録")

    def kpis_are_made(self):
        node = f"{PLAN}/nodes/work-1"
        both = ["departments/kosodate", "departments/kyoiku"]
        kinds = {
            "rate": Kpi(title="保育の利用率", unit="%", direction=Direction.DIRECTION_INCREASE, departments=both,
                        targets=[target(2022, ("", number("80.0", "%"))), target(2023, ("", number("85", "%")))]),
            "people": Kpi(title="参加者数", unit="人", direction=Direction.DIRECTION_INCREASE, components=["男性", "女性"],
                          baseline=[ComponentValue(component="男性", value=number("100", "人", fiscal_year=2019)),
                                    ComponentValue(component="女性", value=number("120", "人", calendar_year=2019))],
                          targets=[target(2022, ("男性", number("200", "人")), ("女性", number("0.02", "万人")))]),
            "wait": Kpi(title="待機児童数", unit="人", direction=Direction.DIRECTION_DECREASE,
                        targets=[target(2022, ("", number("10", "人", fiscal_year=2021)))]),
            "within": Kpi(title="教室の室温", unit="℃", direction=Direction.DIRECTION_KEEP_WITHIN,
                          tolerance=Decimal(value="1.5"), targets=[target(2022, ("", number("20", "℃")))]),
            "words": Kpi(title="条例の制定", direction=Direction.DIRECTION_QUALITATIVE,
                         targets=[target(2022, ("", words("制定する")))]),
            "untold": Kpi(title="まだ決まらない指標", unit="件", direction=Direction.DIRECTION_INCREASE, provisional_title=True),
            "ending": Kpi(title="終わる指標", unit="件", direction=Direction.DIRECTION_INCREASE,
                          targets=[target(2022, ("", number("3", "件")))]),
        }
        for name, kpi in kinds.items():
            kpi.node = node
            self.plan("CreateKpi", parent=PLAN, kpi_id=name, kpi=kpi)

    # --- chapter 2: figures come in, and everything is revised ---

    def everything_is_revised(self):
        with connect(self.city) as client:
            self.client = client
            self.figures_come_in()
            self.figures_are_revised()
            self.words_are_said()
            self.judgements_are_declared()
            self.plans_are_revised()
        self.by_the_staff()
        self.settle()

    def figures_come_in(self):
        self.record("rate", number("76.0", "%"), provisional=True)
        self.record("wait", number("12", "人", fiscal_year=2022), reason="福祉課の集計")
        self.record("within", number("21.4", "℃"))
        self.record("words", words("制定した"), qualitative_met=True)
        self.record("ending", number("2", "件"))
        batch = [self.actual("people", number(text, "人"), component=name) for name, text in (("男性", "150"), ("女性", "201"))]
        self.say("BatchRecordActuals", actuals=batch, reason="年次集計", correlation_id="集計-2022")

    def figures_are_revised(self):
        self.correct("rate", number("78.5", "%"), "確定値")
        self.correct("rate", number("80.1", "%"), SECRET)
        for year in (2022, 2023):
            self.record("untold", number("1", "件"), year=year)
        retraction = progress_changes.RetractActual(kpi=kpi_name("untold"), reporting_year=2022)
        self.say("RetractActual", retraction=retraction, reason="別の年度の値だったため")
        self.record("untold", number("4", "件"))
        retraction = progress_changes.RetractActual(kpi=kpi_name("people"), reporting_year=2022, component="女性")
        self.say("RetractActual", retraction=retraction, reason="二重計上")

    def words_are_said(self):
        for kind in NarrativeKind.values()[1:]:
            self.tell("rate", kind, f"{NarrativeKind.Name(kind)}についての文")
        issues = NarrativeKind.NARRATIVE_KIND_ISSUES
        self.tell("rate", issues, "保育士が足りない。", reason="表現を改めた")
        self.tell("rate", issues, "保育士が足りない。\n募集を続ける。")
        self.tell("wait", issues, "取り下げる文")
        self.tell("wait", issues, "", reason="誤って載せたため")
        self.tell("wait", NarrativeKind.NARRATIVE_KIND_NEXT_STEPS, SECRET, reason=SECRET)

    def judgements_are_declared(self):
        self.declare("rate", Judgement.JUDGEMENT_ON_TRACK)
        self.declare("people", Judgement.JUDGEMENT_MOSTLY_ON_TRACK, difference_reason=SECRET, reason="担当者会議")
        self.declare("wait", Judgement.JUDGEMENT_DELAYED, causes=[Cause.CAUSE_COVID19, Cause.CAUSE_OTHER],
                     printed="進捗の遅れ（コロナ）", difference_reason="総合判断", reason="部長会議")
        self.declare("wait", Judgement.JUDGEMENT_MOSTLY_ON_TRACK, causes=[Cause.CAUSE_FIGURE_PENDING],
                     difference_reason="総合判断の見直し", reason=SECRET)
        self.declare("ending", Judgement.JUDGEMENT_NOT_EVALUABLE, causes=[Cause.CAUSE_SOURCE_ABOLISHED],
                     difference_reason="片方の数値による")

    def plans_are_revised(self):
        self.update("Plan", "plan", Plan(name=PLAN, title="子ども・若者計画"), "title", reason="改称")
        self.update("Department", "department", Department(name="departments/kyoiku", title="教育総務課"), "title", reason="改組")
        node = Node(name=f"{PLAN}/nodes/work-2", number="(2)の2", title="取組二", departments=["departments/kyoiku"])
        self.update("Node", "node", node, "number", "title", "provisional_title", "departments", reason="名称の確認")
        kpi = Kpi(name=kpi_name("people"), title="延べ参加者数", departments=["departments/kyoiku"], order=9)
        self.update("Kpi", "kpi", kpi, "title", "departments", "order", reason="定義の見直し")
        kpi = Kpi(name=kpi_name("within"), tolerance=Decimal(value="1"), node=f"{PLAN}/nodes/work-2")
        self.update("Kpi", "kpi", kpi, "tolerance", "node")
        kpi = Kpi(name=kpi_name("untold"), title="決まった指標", direction=Direction.DIRECTION_DECREASE)
        self.update("Kpi", "kpi", kpi, "title", "provisional_title", "direction", reason="確認した")
        move = changes.MoveNode(name=f"{PLAN}/nodes/work-3", parent=f"{PLAN}/nodes/goal-2")
        self.plan("MoveNode", move=move, reason="体系の見直し")
        self.plan("MoveNode", move=changes.MoveNode(name=f"{PLAN}/nodes/work-1", parent=f"{PLAN}/nodes/goal-1", order=5))
        self.aim("rate", target(2022, ("", number("82.0", "%"))), SECRET)
        self.aim("rate", target(2022, ("", number("79.0", "%"))), "中間見直し")
        self.aim("rate", target(2024, ("", number("90", "%"))), "")
        self.aim("untold", target(2022, ("", number("5", "件"))), "")
        rule = EvaluationRule(method="baseline/1", on_track_percent=Decimal(value="95"),
                              mostly_on_track_percent=Decimal(value="70"))
        self.plan("SetRule", rule=changes.SetRule(plan=PLAN, rule=rule), reason="基準値からの改善で測る")
        rule.method = "ratio/1"
        self.plan("SetRule", rule=changes.SetRule(plan=PLAN, rule=rule), reason="達成率に戻す")

    def by_the_staff(self):
        """What policyctl can do, it does, in the imported plan."""
        kpi = "交通事故発生件数"
        self.city.ask("actual", "correct", kpi, *OF_STRATEGY, "--value", "1,234件", "--reason", "再集計")
        self.city.ask("actual", "retract", kpi, *OF_STRATEGY, "--reason", "確認中")
        self.city.ask("actual", "record", kpi, *OF_STRATEGY, "--value", "1,233件", "--provisional")
        for text in ("件数が減らない。", "件数が減り始めた。"):
            self.city.ask("narrative", "record", kpi, *OF_STRATEGY, "--kind", "next-steps", "--text", text)
        self.city.ask("narrative", "retract", kpi, *OF_STRATEGY, "--kind", "next-steps", "--reason", "確認中")
        self.city.ask("assessment", "record", kpi, *OF_STRATEGY, "--judgement", "mostly-on-track", "--cause", "covid19",
                      "--difference-reason", "総合判断", "--reason", "部長会議")

    # --- chapter 3: things end, and texts are withdrawn ---

    def things_end(self):
        with connect(self.city) as client:
            self.client = client
            for method, name in (("RetireKpi", kpi_name("ending")), ("RetireNode", f"{PLAN}/nodes/work-3"),
                                 ("RetireDepartment", "departments/old")):
                self.plan(method, retire=changes.Retire(name=name, from_year=2023), reason="事業の終了")
            self.correct("ending", number("3", "件"), "終了前の年度の訂正")
        self.texts_are_withdrawn()
        self.settle()
        for service in ("catalog", "progress"):
            run(self.city.witness_command(service, self.city.directory / f"witness-{service}"))

    def texts_are_withdrawn(self):
        """Of an entry's texts the only one, the first, the last, and both; in each log; the reason of a withdrawal, too."""
        for service in ("catalog", "progress"):
            for position, index in self.places_of(service, SECRET):
                self.redact(service, position, index, "個人名が含まれていたため")
        for position, index in self.places_of("progress", "片方の数値による"):
            self.redact("progress", position, index, "山田さんの申し出")
        for position, index in self.places_of("progress", "山田さんの申し出"):
            self.redact("progress", position, index, "理由にも個人名があったため")

    def places_of(self, service: str, text: str) -> list[tuple[int, int]]:
        found = self.city.sql(service, f"SELECT position || ' ' || index FROM entry_text WHERE text = '{text}' ORDER BY 1")
        if not found:
            raise AssertionError(f"{service} has no text {text}")
        return [tuple(map(int, line.split())) for line in found.splitlines()]

    def redact(self, service: str, position: int, index: int, reason: str):
        self.city.ask("log", "redact", position, "--log", service, "--index", index, "--reason", reason, role="operator")

    # --- progress's disk is lost: an older copy goes on under another origin ---

    def goes_on_elsewhere(self):
        """The copy `progress_backup` goes on as progress_2. Returns with both services running."""
        self.city.restore("progress")
        self.new_database()
        key = self.city.directory / "keys" / "progress-2.key"
        run([self.city.programs / "seisaku-admin", "keygen", "--origin", NEXT_ORIGIN, "--out", key])
        self.city._own("keys")
        self.admin("new-origin", "--from", self.dsn("progress"), "--to", self.dsn("progress_2"), "--origin", NEXT_ORIGIN,
                   "--lost-checkpoint", self.city.directory / "checkpoints" / "progress",
                   "--log-vkey", self.city.directory / "keys" / "progress.key.vkey", "--reason", "ディスク故障", "--yes")
        continue_under_next_origin(self.city, self.dsn("progress_2"))
        self.city.start("progress")
        with connect(self.city) as client:
            self.client = client
            self.correct("rate", number("80.3", "%"), SECRET)
            # Of what went before: a text that was withdrawn in the lost log too, and one more.
            for position, index in self.places_of("progress_2", SECRET) + self.places_of("progress_2", "年次集計"):
                self.redact("progress", position, index, "個人名が含まれていたため")
            self.record("rate", number("84.0", "%"), year=2023)
        self.settle()

    def new_database(self):
        self.city.sql("postgres", "CREATE DATABASE progress_2 OWNER progress_owner TEMPLATE template0")
        self.city.sql("postgres", "REVOKE ALL ON DATABASE progress_2 FROM PUBLIC")
        self.city.sql("postgres", "GRANT CONNECT ON DATABASE progress_2 TO progress_service")
        access = self.city.directory / "postgres" / "pg_hba.conf"
        access.write_text("local progress_2 all peer map=seisaku\n" + access.read_text())
        self.city.sql("postgres", "SELECT pg_reload_conf()")
        administrator = self.city._cluster("dsn", "progress_2", "postgres").strip()
        self.admin("migrate", "--dsn", administrator, "--owner", "progress_owner", "--service-role", "progress_service")

    def dsn(self, database: str) -> str:
        return self.city._cluster("dsn", database, "progress_service").strip()

    def admin(self, *line):
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        command = [*as_user, self.city.programs / "seisaku-admin", *line]
        subprocess.run([str(word) for word in command], check=True, env=clean_environment(), cwd="/")

    # --- how it is said ---

    def plan(self, method: str, **request):
        return self.client.catalog.call(method, getattr(catalog, f"{method}Request")(**request))

    def update(self, kind: str, field: str, resource, *mask: str, reason: str = ""):
        update = getattr(changes, f"Update{kind}")(**{field: resource})
        update.update_mask.paths.extend(mask)
        self.plan(f"Update{kind}", update=update, reason=reason)

    def aim(self, kpi: str, aimed: Target, reason: str):
        self.plan("SetTarget", target=changes.SetTarget(kpi=kpi_name(kpi), target=aimed), reason=reason)

    def say(self, method: str, **request):
        return self.client.progress.call(method, getattr(progress, f"{method}Request")(**request))

    def actual(self, kpi: str, value: Value, year: int = 2022, **more) -> Actual:
        return Actual(kpi=kpi_name(kpi), reporting_year=year, value=value, **more)

    def record(self, kpi: str, value: Value, reason: str = "", **more):
        self.say("RecordActual", actual=self.actual(kpi, value, **more), reason=reason)

    def correct(self, kpi: str, value: Value, reason: str):
        correction = progress_changes.CorrectActual(actual=self.actual(kpi, value))
        self.say("CorrectActual", correction=correction, reason=reason)

    def tell(self, kpi: str, kind: int, text: str, reason: str = ""):
        narrative = Narrative(kpi=kpi_name(kpi), reporting_year=2022, kind=kind, text=text)
        self.say("RecordNarrative", narrative=narrative, reason=reason)

    def declare(self, kpi: str, judgement: int, reason: str = "", **more):
        assessment = OfficialAssessment(kpi=kpi_name(kpi), reporting_year=2022, judgement=judgement, **more)
        self.say("RecordAssessment", assessment=assessment, reason=reason)

    def settle(self):
        """Returns when progress has copied all of catalog's log."""
        with connect(self.city) as client:
            asked = progress.GetCatalogPositionRequest()
            wait_until("progress has all of catalog", lambda: client.progress.call("GetCatalogPosition", asked)
                       .catalog_position == self.city.log_size("catalog"))


def continue_under_next_origin(city: City, dsn: str | None = None):
    """From its next start on progress serves the log that goes on under NEXT_ORIGIN, in the database of `dsn` (None: in
    its own)."""
    as_before = city.service_command

    def service_command(name: str) -> list[str]:
        command = as_before(name)
        if name == "progress":
            for option, value in (("--dsn", dsn), ("--origin", NEXT_ORIGIN),
                                  ("--log-key", str(city.directory / "keys" / "progress-2.key")),
                                  ("--checkpoint-file", str(city.directory / "checkpoints" / "progress-2"))):
                if value is not None:
                    command[command.index(option) + 1] = value
        return command

    city.service_command = service_command
