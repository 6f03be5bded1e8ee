"""Changes that a superuser makes to a log's database, each with what must come of it."""

import random
from dataclasses import dataclass

from harness import logs
from harness.bundle_tampering import BundledLog, withdrawn_by

TABLES = ("log_head", "entry", "entry_text", "tile", "cosignature")


@dataclass
class Change:
    sql: str
    positions: set[int] | None = None  # one of which the first violation must name; None: any
    unproven: str = ""  # a doubt that is said instead, where nobody knows of a log of that name
    remark: str = ""  # what is said instead, where it is nothing that the log answers for


def without_triggers() -> str:
    return "".join(f"ALTER TABLE {table} DISABLE TRIGGER ALL;" for table in TABLES)


def with_triggers() -> str:
    """Those of without_triggers again, as if nobody had been there."""
    names = {table: ["append_only"] for table in TABLES} | {"log_head": ["one_head"]}
    names["entry_text"].append("append_only_rows")
    return "".join(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};" for table in TABLES for name in names[table])


def flipped(column: str, rng: random.Random) -> str:
    """SQL for the bytes of a column with one bit changed."""
    at = f"({rng.randrange(1 << 30)} % length({column}))"
    return f"{column} = set_byte({column}, {at}, get_byte({column}, {at}) # {1 << rng.randrange(8)})"


def commands(log: BundledLog) -> list[int]:
    """Where commands begin."""
    return [at for at, stored in enumerate(log.entries) if logs.field(logs.entry_of(stored), 11) == 0]


def texts(log: BundledLog) -> list[int]:
    """Entries that have a text beside them."""
    return [at for at, stored in enumerate(log.entries) if logs.field(logs.field(stored, 3, b""), 1, b"")]


def where_shown(log: BundledLog, at: int, *others: int) -> set[int] | None:
    """The positions that may be named; any where no full tile holds the entry's hash: the database keeps no others."""
    return {at, *others} if at < log.size // logs.TILE * logs.TILE else None


def flip_entry(log: BundledLog, rng: random.Random) -> Change:
    at = rng.randrange(log.size)
    withdrawn = withdrawn_by(logs.entry_of(log.entries[at]))
    return Change(f"UPDATE entry SET {flipped('bytes', rng)} WHERE position = {at}", where_shown(log, at, *withdrawn))


def change_text(log: BundledLog, rng: random.Random) -> Change:
    at = rng.choice(texts(log))
    how = rng.choice(("UPDATE entry_text SET text = text || '。'", f"UPDATE entry_text SET {flipped('salt', rng)}",
                      "UPDATE entry_text SET index = index + 100", "DELETE FROM entry_text"))
    return Change(f"{how} WHERE position = {at}", {at})


def change_request(log: BundledLog, rng: random.Random) -> Change:
    at = rng.choice(commands(log))
    how = rng.choice(("caller = caller || 'x'", "request_id = gen_random_uuid()", "caller = NULL, request_id = NULL"))
    return Change(f"UPDATE entry SET {how} WHERE position = {at}", {at})


def add_request(log: BundledLog, rng: random.Random) -> Change:
    inside = sorted(set(range(log.size)) - set(commands(log)))
    if not inside:
        return change_request(log, rng)
    at = rng.choice(inside)
    return Change(f"UPDATE entry SET caller = 'x', request_id = gen_random_uuid() WHERE position = {at}", {at})


def change_head(log: BundledLog, rng: random.Random) -> Change:
    how = rng.choice(("size = size - 1, sealed_size = size - 1", "size = size + 1, sealed_size = size + 1",
                      flipped("frontier", rng), "recorded_at = recorded_at + 1", "origin = origin || 'x'",
                      flipped("seal", rng), "seal = NULL"))
    return Change(f"UPDATE log_head SET {how}", unproven="NO_KEY" if how.startswith("origin") else "")


def flip_tile(log: BundledLog, rng: random.Random) -> Change:
    if log.size < logs.TILE:
        return flip_entry(log, rng)
    at = rng.randrange(logs.TILE)
    return Change(f"UPDATE tile SET hashes = set_byte(hashes, {32 * at}, get_byte(hashes, {32 * at}) # 1) "
                  "WHERE level = 0 AND index = 0", {at})


def spoil_cosignature(log: BundledLog, rng: random.Random) -> Change:
    # Behind the key's id, which says whose signature it is.
    return Change("UPDATE cosignature SET line = overlay(line placing (CASE substr(line, length(line) - 20, 1) "
                  "WHEN 'A' THEN 'B' ELSE 'A' END) from length(line) - 20 for 1)", remark="COSIGNATURE_ROW")


def delete_entry(log: BundledLog, rng: random.Random) -> Change:
    at = rng.randrange(log.size)
    return Change(f"DELETE FROM entry WHERE position = {at}", {at})


def insert_entry(log: BundledLog, rng: random.Random) -> Change:
    """The first entry of a command stands there twice, and all that follow have moved."""
    at = rng.choice(commands(log))
    return Change("CREATE TEMP TABLE moved AS SELECT position + 1 AS position, bytes, caller, request_id FROM entry "
                  f"WHERE position >= {at}; DELETE FROM entry WHERE position > {at};"
                  f"UPDATE moved SET caller = NULL, request_id = NULL WHERE position = {at + 1};"
                  "INSERT INTO entry SELECT * FROM moved", {at + 1})


def swap_entries(log: BundledLog, rng: random.Random) -> Change:
    first, second = sorted(rng.sample(range(log.size), 2))
    return Change(f"UPDATE entry AS e SET bytes = o.bytes FROM entry AS o WHERE e.position IN ({first}, {second}) "
                  f"AND o.position IN ({first}, {second}) AND o.position <> e.position", where_shown(log, first))


def truncate(log: BundledLog, rng: random.Random) -> Change:
    """All that stands in the tables of the last commands; the head tells of it."""
    at = rng.choice(commands(log)[1:])
    deletions = "".join(f"DELETE FROM {table} WHERE position >= {at};" for table in ("entry", "entry_text"))
    return Change(deletions)


KINDS = (flip_entry, flip_entry, change_text, change_request, change_request, add_request, change_head, flip_tile,
         spoil_cosignature, delete_entry, insert_entry, swap_entries, truncate)
