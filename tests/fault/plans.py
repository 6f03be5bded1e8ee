"""What a seed breaks. The first seeds are every kind of fault at every statement of an append; the others are drawn."""

import enum
import itertools
import random
from dataclasses import dataclass

from proxy import Fault, Kind

REPLICAS = 3


class Blow(enum.Enum):
    """What happens to a process while a statement is held back before it is sent, or after it is done."""

    KILL_REPLICA = "kill -9 of the replica"
    KILL_POSTGRES = "kill -9 of PostgreSQL"
    STOP_REPLICA = "SIGSTOP of the replica"


# Of an append: "append at once" while nobody else appends; else lock_head, which is one round trip with BEGIN before it
# and read_locked_head after it, read_entries where another replica was first, append and COMMIT. After one of those
# that write was left without an answer, touch_head makes the resolution's own COMMIT durable.
STATEMENTS = ("prepare lock_head", "lock_head", "read_entries", "prepare read_locked_head", "append", "append at once",
              "COMMIT", "touch_head", "connect")
CAREFUL = ("prepare lock_head", "lock_head", "read_entries", "prepare read_locked_head", "append", "COMMIT")
OTHER_STATEMENTS = ("BEGIN READ", "read_head", "COMMIT READ", "prepare append")
BLOWS = ((Blow.KILL_REPLICA, Kind.HOLD), (Blow.KILL_REPLICA, Kind.DELAY), (Blow.KILL_POSTGRES, Kind.HOLD),
         (Blow.KILL_POSTGRES, Kind.DELAY), (Blow.STOP_REPLICA, Kind.DELAY))
HOWS = (*((None, kind) for kind in Kind), *BLOWS)
MATRIX = tuple(itertools.product(STATEMENTS, HOWS))
SLOW = (Kind.SILENT_BEFORE, Kind.SILENT_WITHIN, Kind.SILENT_AFTER)
CHANCE_OF_BLOW, CHANCE_OF_SLOW, CHANCE_OF_SECOND = 0.04, 0.04, 0.3


@dataclass(frozen=True)
class Break:
    """One fault, at one replica's connections."""

    replica: int
    statement: str
    kind: Kind
    nth: int
    blow: Blow | None = None

    def fault(self) -> Fault:
        return Fault(self.statement, self.kind, self.nth)

    def __str__(self) -> str:
        blow = f", then {self.blow.value}" if self.blow else ""
        return f"replica {self.replica}: {self.statement} #{self.nth} {self.kind.name}{blow}"


@dataclass(frozen=True)
class Plan:
    seed: int
    breaks: tuple[Break, ...]  # all armed at once; the last is what the plan is about
    writers: tuple[int, ...]  # the replicas that are appended to

    @property
    def last(self) -> Break:
        return self.breaks[-1]

    @property
    def how(self) -> str:
        return self.last.blow.name if self.last.blow else self.last.kind.name

    def __str__(self) -> str:
        return f"SEISAKU_SEED={self.seed} ({'; '.join(map(str, self.breaks))}; writers {self.writers})"


def plan_of(seed: int) -> Plan:
    rng = random.Random(seed)
    replica = rng.randrange(REPLICAS)
    if seed < len(MATRIX):
        statement, (blow, kind) = MATRIX[seed]
        last = Break(replica, statement, kind, 1, blow)
        breaks = (*_way_to(last), last)
    else:
        breaks = _drawn(rng, replica)
        last = breaks[-1]
    writers = {replica} | {rng.randrange(REPLICAS) for _ in range(rng.randrange(3))}
    if any(fault.statement in (*CAREFUL, "read_head", "BEGIN READ", "COMMIT READ") for fault in breaks):
        writers = range(REPLICAS)  # one reads what another has written, and so is careful
    if last.statement == "append at once":
        writers = {replica}
    return Plan(seed, breaks, tuple(sorted(writers)))


def _is_once_in_a_connection(statement: str) -> bool:
    return statement == "connect" or statement.startswith("prepare")


def _way_to(wanted: Break) -> tuple[Break, ...]:
    """What has to be broken first, so that the statement is executed at all."""
    if wanted.statement == "touch_head":
        return (Break(wanted.replica, "COMMIT", Kind.CUT_AFTER, 1),)
    if _is_once_in_a_connection(wanted.statement):  # so there has to be a new one
        return (Break(wanted.replica, "lock_head", Kind.CUT_BEFORE, 1),)
    return ()


def _drawn(rng: random.Random, replica: int) -> tuple[Break, ...]:
    statement, nth = rng.choice(STATEMENTS + OTHER_STATEMENTS), rng.randint(1, 2)
    chance = rng.random()
    if chance < CHANCE_OF_BLOW:
        blow, kind = rng.choice(BLOWS)
    elif chance < CHANCE_OF_BLOW + CHANCE_OF_SLOW:
        blow, kind = None, rng.choice(SLOW)
    else:
        blow, kind = None, _quick(rng)
    if statement == "touch_head" or _is_once_in_a_connection(statement):
        nth = 1  # there is no second one soon
    last = Break(replica, statement, kind, nth, blow)
    second = ()
    if rng.random() < CHANCE_OF_SECOND:
        elsewhere, other = rng.randrange(REPLICAS), rng.choice(STATEMENTS + OTHER_STATEMENTS)
        second = (Break(elsewhere, other, _quick(rng), rng.randint(1, 3)),)
    return (*second, *_way_to(last), last)


def _quick(rng: random.Random) -> Kind:
    """Released by the test, or over at once."""
    return rng.choice([kind for kind in Kind if kind not in SLOW and kind not in (Kind.HOLD, Kind.DELAY)])
