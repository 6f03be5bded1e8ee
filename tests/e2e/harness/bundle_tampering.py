"""Changes to a log's files, each with what must come of it."""

import pathlib
import random
from dataclasses import dataclass

from harness import logs


@dataclass
class Change:
    what: str
    files: dict[str, bytes | None]  # what they are now; None: gone
    positions: set[int | None] | None = None  # one of which the first violation must name; None: any
    unproven: tuple[str, ...] = ()  # doubts, one of which may be said instead of a violation
    loses: str = ""  # a cosigner whose line it may have made that of a stranger


class BundledLog:
    """The files of a log as they were exported."""

    def __init__(self, folder: pathlib.Path):
        self.files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        (self.entry_file,) = [name for name in self.files if name.startswith("entries-")]
        self.entries = logs.read_entries(self.files[self.entry_file])
        self.tiles = [name for name in self.files if name.startswith("tile/")]

    @property
    def size(self) -> int:
        return len(self.entries)

    def with_entries(self, what: str, entries: list[bytes], position: int, renumbered: bool) -> Change:
        if renumbered:
            entries = [logs.at_position(entry, at) for at, entry in enumerate(entries)]
        how = ", renumbered" if renumbered else ""
        return Change(what + how, {self.entry_file: logs.write_entries(entries)}, self.named_from(position))

    def named_from(self, position: int) -> set[int]:
        """What may be named where the entries are others from there on: one that withdraws a text may be lost, and then
        the text is missed where it was."""
        return {position}.union(*(withdrawn_by(logs.entry_of(entry)) for entry in self.entries[position:]))

    def position_at(self, offset: int) -> int:
        """Whose byte that is."""
        position = end = 0
        for position, entry in enumerate(self.entries):
            end += len(logs.varint(len(entry))) + len(entry)
            if offset < end:
                return position
        return position + 1


def withdrawn_by(entry: bytes) -> set[int]:
    """The position of the text that an entry withdraws, if it does."""
    if logs.field(entry, 2, b"") != b"seisaku.log.v1.LogEvent/text_redacted":
        return set()
    redacted = logs.field(logs.field(entry, 10, b""), 1, b"")
    return {logs.field(redacted, 1)}


def flipped(content: bytes, rng: random.Random, begin: int = 0) -> tuple[bytes, int]:
    at = rng.randrange(begin, len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :], at


def flip_entries(log: BundledLog, rng: random.Random) -> Change:
    content, at = flipped(log.files[log.entry_file], rng)
    position = log.position_at(at)
    return Change(f"flip in {log.entry_file}, entry {position}", {log.entry_file: content},
                  {position} | withdrawn_by(logs.entry_of(log.entries[position])))


def flip_tile(log: BundledLog, rng: random.Random) -> Change:
    name = rng.choice(log.tiles)
    content, at = flipped(log.files[name], rng)
    _, level, index, *_ = name.split("/")
    hashes = int(index.split(".")[0]) * logs.TILE + at // 32
    return Change(f"flip in {name}", {name: content}, {hashes * logs.TILE ** int(level)})


def flip_checkpoint(log: BundledLog, rng: random.Random) -> Change:
    note = log.files["checkpoint"]
    content, at = flipped(note, rng)
    # Who cosigned is known by the line's name and key id: where they are others, the line is a stranger's, which has
    # no meaning here. The lines before are the log's own.
    own = len(b"".join(note.splitlines(True)[:5]))
    # The log's own line may become that of a key that nobody knows.
    return Change(f"flip at {at} of the checkpoint", {"checkpoint": content}, unproven=("KEY_NOT_TRUSTED",),
                  loses="isesaki.example/auditor" if at >= own else "")


def flip_manifest(log: BundledLog, rng: random.Random) -> Change:
    # White space between words means nothing.
    manifest = log.files["manifest.json"]
    places = [at for at in range(len(manifest)) if not manifest[at : at + 1].isspace()]
    at = rng.choice(places)
    content = manifest[:at] + bytes([manifest[at] ^ 1 << rng.randrange(8)]) + manifest[at + 1 :]
    return Change(f"flip at {at} of the manifest", {"manifest.json": content})


def delete_entry(log: BundledLog, rng: random.Random) -> Change:
    at = rng.randrange(log.size)
    return log.with_entries(f"entry {at} deleted", log.entries[:at] + log.entries[at + 1 :], at, rng.random() < 0.5)


def insert_entry(log: BundledLog, rng: random.Random) -> Change:
    at, copied = rng.randrange(log.size + 1), rng.randrange(log.size)
    entries = log.entries[:at] + [log.entries[copied]] + log.entries[at:]
    # The first that is another one.
    first = next(i for i in range(log.size + 1) if i == log.size or entries[i] != log.entries[i])
    return log.with_entries(f"entry {copied} inserted at {at}", entries, first, rng.random() < 0.5)


def swap_entries(log: BundledLog, rng: random.Random) -> Change:
    first, second = sorted(rng.sample(range(log.size), 2))
    entries = list(log.entries)
    entries[first], entries[second] = entries[second], entries[first]
    return log.with_entries(f"entries {first} and {second} swapped", entries, first, rng.random() < 0.5)


def truncate_file(log: BundledLog, rng: random.Random) -> Change:
    if rng.random() < 0.7:
        content = log.files[log.entry_file]
        at = rng.randrange(len(content))
        return Change(f"entries cut off in {log.position_at(at)}", {log.entry_file: content[:at]},
                      log.named_from(log.position_at(at)))
    name = rng.choice(sorted(log.files))
    content = log.files[name]
    end = len(content.rstrip()) if name == "manifest.json" else len(content)
    at = rng.randrange(end)
    own = len(b"".join(content.splitlines(True)[:5]))
    return Change(f"{name} cut off at {at}", {name: content[:at]},
                  loses="isesaki.example/auditor" if name == "checkpoint" and at >= own else "")


def remove_file(log: BundledLog, rng: random.Random) -> Change:
    name = rng.choice(sorted(log.files))
    unproven = ("UNFINISHED",) if name == "manifest.json" else ()
    return Change(f"{name} removed", {name: None}, unproven=unproven)


KINDS = (flip_entries, flip_entries, flip_entries, flip_tile, flip_checkpoint, flip_manifest, delete_entry, insert_entry,
         swap_entries, truncate_file, remove_file)


def forged(log: BundledLog, origin: str, entries: list[bytes], key: pathlib.Path, what: str) -> Change:
    """The files of other entries, as the owner of the log's key makes them."""
    entries = [logs.at_position(entry, at) for at, entry in enumerate(entries)]
    leaves = [logs.leaf_hash(logs.entry_of(entry)) for entry in entries]
    size = str(len(entries)).encode()
    manifest = log.files["manifest.json"].replace(b'"%d"' % log.size, b'"' + size + b'"')
    tiles = logs.tiles_of(leaves)
    files: dict[str, bytes | None] = {name: None for name in log.tiles if name not in tiles}
    files |= tiles | {log.entry_file: logs.write_entries(entries), "manifest.json": manifest,
                      "checkpoint": logs.checkpoint(origin, leaves, key).encode()}
    return Change(what, files)


def rewritten(log: BundledLog, origin: str, key: pathlib.Path, rng: random.Random) -> Change:
    at = rng.randrange(log.size)
    entries = list(log.entries)
    entries[at] = logs.with_entry(entries[at], logs.other_event_id(logs.entry_of(entries[at])))
    return forged(log, origin, entries, key, f"entry {at} rewritten and signed")


def restored(log: BundledLog, origin: str, key: pathlib.Path, rng: random.Random) -> Change:
    at = rng.choice(older_sizes([logs.entry_of(entry) for entry in log.entries]))
    change = forged(log, origin, log.entries[:at], key, f"a backup of {at} entries")
    change.positions = {at}
    return change


def older_sizes(entries: list[bytes]) -> list[int]:
    """Sizes that the log had, with all texts that are still there."""
    sizes = [at + 1 for at, entry in enumerate(entries[:-1]) if logs.ends_command(entry)]
    for withdrawn, at in [(position, at) for at, entry in enumerate(entries) for position in withdrawn_by(entry)]:
        sizes = [size for size in sizes if not withdrawn < size <= at]
    return sizes
