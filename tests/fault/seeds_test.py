"""Appends while their way to PostgreSQL is cut, held up and half-open, and while replicas and PostgreSQL are killed:
nothing acknowledged is lost, nothing is doubled, there is no gap, and appends go on within five seconds.

SEISAKU_SEED=N runs one seed; SEISAKU_SHARD=I/N every Nth seed from the Ith on."""

import os
import random
import sys
import traceback
import unittest
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from audit import Audit
from clients import Append, Catalog, Figures, Replica, append_until_acknowledged, send
from harness import cases
from plans import REPLICAS, Blow, Break, Plan, plan_of
from proxy import Fault, Kind
from reader import Reader
from replicas import ReplicatedCity, Stopwatch
from seisaku.progress.v1.progress_service_pb2 import ListActualsRequest

SEEDS = {"ci": 200, "full": 10_000}[os.environ.get("SEISAKU_SCALE", "ci")]
ONE_SEED = os.environ.get("SEISAKU_SEED")
SHARD, SHARDS = map(int, os.environ.get("SEISAKU_SHARD", "0/1").split("/"))
KPIS = 400 if SEEDS <= 200 else 6000
ACTOR = "seisaku://isesaki/planner/planner-1"
CLIENTS, APPENDS_EACH = 4, 2
MOST_APPENDS_UNTIL_HIT = 60
BACK_WITHIN = 5.0
PATIENCE = 60.0  # with what must happen some time


class Stage:
    """A city, its callers, and what they know of its log. Serves many seeds."""

    def __init__(self):
        self.city = ReplicatedCity(REPLICAS)
        self.city.__enter__()
        try:
            self.catalog = Catalog(self.city)
            position = self.catalog.make_plan(KPIS)
            self.replicas = [Replica(self.city, name) for name in self.city.names]
            for replica in self.replicas:
                replica.wait_for_catalog(position, PATIENCE)
            self.readers = [Reader(replica) for replica in self.replicas]
            self.figures = Figures(KPIS)
            self.audit = Audit(self.city)
            self.audit.look()
            self.pool = ThreadPoolExecutor(max_workers=CLIENTS + 2 * REPLICAS)
        except BaseException:
            self.city.close()
            raise

    def close(self):
        for reader in self.readers:
            reader.stop()
        self.city.close()
        for connected in (self.catalog, *self.replicas):
            connected.close()
        self.pool.shutdown(wait=True, cancel_futures=True)

    def last_words(self) -> str:
        return "\n".join(f"{name}:\n{child.last_words()}" for name, child in self.city.children.items())


class Seed:
    """One seed on a stage."""

    def __init__(self, stage: Stage, plan: Plan):
        self.stage, self.plan = stage, plan
        self.faults = [fault.fault() for fault in plan.breaks]
        self.before, self.commands_before = stage.audit.size, stage.audit.commands_of[ACTOR]
        self.appends: list[Append] = []
        self.back: dict[str, float] = {}  # seconds until a replica appended again, by its name

    def run(self):
        for fault, place in zip(self.faults, self.plan.breaks):
            self.stage.city.proxies[place.replica].arm(fault)
        # All replicas copy it, and one of them is first.
        catalog_size = self.stage.catalog.rename(self.plan.seed % KPIS, f"指標 {self.plan.seed}")
        clients = [self.stage.pool.submit(self._client, number) for number in range(CLIENTS)]
        if not self.faults[-1].hit.wait(PATIENCE):
            raise AssertionError(f"never hit: {self.faults[-1]}; clients: {clients}")
        self._strike(self.plan.last, self.faults[-1])
        for client in clients:
            client.result(PATIENCE)
        for proxy in self.stage.city.proxies:
            proxy.disarm()
        self._repeat_all()
        for replica in self.stage.replicas:
            replica.wait_for_catalog(catalog_size, PATIENCE)
        self._check(catalog_size)

    # --- what is appended ---

    def _client(self, number: int):
        rng = random.Random(f"{self.plan.seed}/{number}")
        writers = self.plan.writers
        # The first client begins where the plan's last fault is.
        first = writers.index(self.plan.last.replica) + number
        order = [self.stage.replicas[writers[(first + i) % len(writers)]] for i in range(len(writers))]
        for count in range(MOST_APPENDS_UNTIL_HIT):
            if count >= APPENDS_EACH and self.faults[-1].hit.is_set():
                return
            self._append(order, self.stage.figures.any(rng))

    def _append(self, order: list[Replica], append: Append, seconds: float = PATIENCE):
        self.appends.append(append)
        append_until_acknowledged(order, append, seconds)

    # --- what happens ---

    def _strike(self, place: Break, fault: Fault):
        city, name = self.stage.city, self.stage.city.names[place.replica]
        if place.blow is Blow.KILL_REPLICA:
            city.kill(name)
        elif place.blow is Blow.KILL_POSTGRES:
            city.kill_postgres()
        elif place.blow is Blow.STOP_REPLICA:
            city.stop(name)
        elif fault.kind in (Kind.HOLD, Kind.DELAY):
            self._wait_for_others(place.replica)
        fault.release()
        if place.blow is Blow.KILL_POSTGRES:
            city.start_postgres()
        if place.blow is Blow.KILL_REPLICA:
            city.start(name)
        stopped = [place.replica] if place.blow is Blow.STOP_REPLICA else []
        self._demand_appends([number for number in range(REPLICAS) if number not in stopped])
        if stopped:
            city.go_on(name)
            self._demand_appends(stopped)

    def _wait_for_others(self, held: int):
        """Until another replica asks for the head too, where one is appended to."""
        others = [number for number in self.plan.writers if number != held]
        if others:
            proxy = self.stage.city.proxies[others[0]]
            proxy.wait_for_one_more(("lock_head", "append at once"), 0.5)

    def _demand_appends(self, replicas: list[int]):
        for probe in [self.stage.pool.submit(self._demand_append, number) for number in replicas]:
            probe.result(PATIENCE)

    def _demand_append(self, number: int):
        replica, watch = self.stage.replicas[number], Stopwatch()
        append = self.stage.figures.one(random.Random(f"{self.plan.seed}/probe {number}"))
        self._append([replica], append, BACK_WITHIN)
        self.back[replica.name] = watch.seconds()
        if self.back[replica.name] > BACK_WITHIN:
            raise AssertionError(f"{replica.name} appends only after {watch.seconds():.1f} s: {append}")

    # --- what has to hold ---

    def _repeat_all(self):
        rng = random.Random(f"{self.plan.seed}/repeat")
        for append in self.appends:
            again = send(rng.choice(self.stage.replicas), append, PATIENCE)
            if not again.receipt.repeated:
                raise AssertionError(f"{append}: done again, at {again.receipt.position}")
            again.receipt.repeated = append.receipt.repeated
            if again != append.answer:
                raise AssertionError(f"{append}: another answer:\n{again}\nnot\n{append.answer}")

    def _check(self, catalog_size: int):
        audit = self.stage.audit
        audit.look()
        for append in self.appends:
            audit.check_acknowledged(append, ACTOR)
        recorded = audit.commands_of[ACTOR] - self.commands_before
        if (recorded, audit.catalog_size) != (len(self.appends), catalog_size):
            raise AssertionError(f"{recorded} commands of {len(self.appends)} appends; {audit.catalog_size} entries "
                                 f"of catalog's {catalog_size}")
        for replica in self.stage.replicas:
            audit.wait_for(replica, BACK_WITHIN)
            audit.check_replica(replica, self.before)
        for reader in self.stage.readers:
            reader.check(audit.entries, self.before, PATIENCE)
        self._compare_states()

    def _compare_states(self):
        """What a replica decided and took back must have left nothing."""
        about = {append.request.actual.kpi for append in self.appends if append.method == "RecordActual"}
        request = ListActualsRequest(parent=sorted(about)[0], show_history=True, page_size=1000)
        first, *others = [replica.progress.ListActuals(request, timeout=5) for replica in self.stage.replicas]
        if any(other != first for other in others):
            raise AssertionError(f"the replicas' states differ: {[first, *others]}")


class SeedsTest(unittest.TestCase):
    stage: Stage | None = None
    slowest: dict[str, float] = defaultdict(float)

    @classmethod
    def tearDownClass(cls):
        cls._discard()
        for how, seconds in sorted(cls.slowest.items()):
            print(f"appends again after {how}: at most {seconds:.2f} s", file=sys.stderr)

    @classmethod
    def _discard(cls):
        if cls.stage is not None:
            cls.stage.close()
            cls.stage = None

    def run_seed(self, plan: Plan):
        cls = type(self)
        if cls.stage is None:
            cls.stage = Stage()
        seed, watch = Seed(cls.stage, plan), Stopwatch()
        try:
            seed.run()
        except Exception:
            why = traceback.format_exc()
            words = cls.stage.last_words()
            self._discard()
            self.fail(f"{plan}\n{why}\n{words}")
        cls.slowest[plan.how] = max(cls.slowest[plan.how], *seed.back.values())
        if os.environ.get("SEISAKU_TRACE"):
            print(f"{watch.seconds():6.2f} s  back {max(seed.back.values()):5.2f} s  {plan}", file=sys.stderr)


def _add_cases():
    """One for each seed of this shard."""
    for number in range(SHARD, SEEDS, SHARDS) if ONE_SEED is None else [int(ONE_SEED)]:
        plan = plan_of(number)
        name = f"test_seed_{number:05}_{plan.how.lower()}_at_{plan.last.statement.replace(' ', '_').lower()}"
        setattr(SeedsTest, name, lambda self, plan=plan: self.run_seed(plan))


_add_cases()

if __name__ == "__main__":
    cases.main()
