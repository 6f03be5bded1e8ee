"""What both services give as proof is verified by Go's sumdb/tlog and sumdb/note, an implementation of others: see
oracle.go. Where something was spoilt, Go refuses it."""

import base64
import json
import os
import pathlib
import subprocess
import unittest

import grpc
from harness import cases
from harness.city import PROGRAMS, City, run
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.resources_pb2 import Department
from seisaku.log.v1 import log_service_pb2 as log
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub

ORACLE = pathlib.Path(os.environ["SEISAKU_BINARY_DIR"]) / "interop" / "oracle"
COSIGNER = "isesaki.example/auditor"
SECONDS = 30


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def head(note: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint."""
    lines = note.split("\n")
    return int(lines[1]), base64.b64decode(lines[2])


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


class Log:
    """The log of one service."""

    def __init__(self, city: City, service: str):
        self.city, self.service = city, service
        self.origin = f"isesaki.example/{service}"
        keys = city.directory / "keys"
        self.vkey = (keys / f"{service}.key.vkey").read_text(encoding="utf-8").strip()
        self.cosigner_vkey = (keys / "auditor.key.vkey").read_text(encoding="utf-8").strip()
        self.channel = grpc.secure_channel(address(city, service), identity(city, "auditor").credentials())
        self.stub = LogServiceStub(self.channel)

    def checkpoint(self, **what) -> str:
        return self.stub.GetCheckpoint(log.GetCheckpointRequest(**what), timeout=SECONDS).checkpoint

    def entries(self) -> list[bytes]:
        read: list[bytes] = []
        while True:
            page = self.stub.ReadEntries(log.ReadEntriesRequest(start=len(read)), timeout=SECONDS)
            read += [entry.entry for entry in page.entries]
            if len(read) >= page.position:
                return read

    def witness(self):
        run(self.city.witness_command(self.service, self.city.directory / f"witness-{self.service}"))

    # --- questions for Go ---

    def note(self, note: str, *keys: str) -> dict:
        return {"Kind": "note", "Note": note, "Keys": list(keys)}

    def record(self, entries: list[bytes], position: int, size: int = 0) -> dict:
        request = log.GetInclusionProofRequest(position=position, size=size)
        proof = self.stub.GetInclusionProof(request, timeout=SECONDS)
        size, root = head(proof.checkpoint)
        return {"Kind": "record", "Proof": [text_of(hash) for hash in proof.hashes], "Index": position,
                "Entry": text_of(entries[position]), "Size": size, "Root": text_of(root)}

    def tree(self, first: int, second: int = 0) -> dict:
        request = log.GetConsistencyProofRequest(first_size=first, second_size=second)
        proof = self.stub.GetConsistencyProof(request, timeout=SECONDS)
        _, old_root = head(self.checkpoint(size=first))
        size, root = head(proof.checkpoint)
        return {"Kind": "tree", "Proof": [text_of(hash) for hash in proof.hashes], "Size": size, "Root": text_of(root),
                "OldSize": first, "OldRoot": text_of(old_root)}

    def tiles(self) -> list[dict]:
        rows = self.city.sql(self.service, "SELECT level, index, encode(hashes, 'hex') FROM tile").split()
        return [{"Kind": "tile", "Level": int(level), "Index": int(index), "Hashes": text_of(bytes.fromhex(hashes))}
                for level, index, hashes in (row.split("|") for row in rows)]


def spoilt(question: dict) -> list[dict]:
    """The question with one thing changed at a time."""
    def changed(name: str) -> dict:
        return question | {name: text_of(flipped(base64.b64decode(question[name])))}

    proofs = [question | {"Proof": [*question["Proof"], text_of(bytes(32))]}]
    for index, hash_ in enumerate(question["Proof"]):
        other = text_of(flipped(base64.b64decode(hash_)))
        proofs.append(question | {"Proof": [*question["Proof"][:index], other, *question["Proof"][index + 1:]]})
    others = ("Entry", "Root") if question["Kind"] == "record" else ("OldRoot", "Root")
    return proofs + [changed(name) for name in others]


def stored_entries(folder: pathlib.Path) -> list[bytes]:
    """The entries of a bundle's folder, read as bundle.proto describes it."""
    entries = []
    for file in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]:
        data, at = (folder / file["name"]).read_bytes(), 0
        while at < len(data):
            length, shift = 0, 0
            while True:
                byte, at = data[at], at + 1
                length, shift = length | (byte & 0x7F) << shift, shift + 7
                if byte < 0x80:
                    break
            entries.append(log.StoredEntry.FromString(data[at:at + length]).entry)
            at += length
    return entries


def tlog_record(proven: dict) -> dict:
    """The question that a C2SP tlog-proof in a file of evidence answers."""
    header, index, *hashes = proven["proof"].split("\n\n", 1)[0].split("\n")
    assert header == "c2sp.org/tlog-proof@v1"
    size, root = head(proven["proof"].split("\n\n", 1)[1])
    return {"Kind": "record", "Proof": hashes, "Index": int(index.removeprefix("index ")),
            "Entry": proven["stored"]["entry"], "Size": size, "Root": text_of(root)}


class ProvableTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.city.load(manifesto=False)
        with grpc.secure_channel(address(cls.city, "catalog"), identity(cls.city, "planner").credentials()) as channel:
            departments = [changes.Change(create_department=Department(name=f"departments/d-{n}", title=f"第{n}課"))
                           for n in range(300)]
            CatalogServiceStub(channel).ApplyCatalog(catalog.ApplyCatalogRequest(changes=departments), timeout=SECONDS)
        cls.logs = [Log(cls.city, service) for service in ("catalog", "progress")]
        for each in cls.logs:
            cls.addClassCleanup(each.channel.close)

    def ask(self, questions: list[dict], entries: list[bytes] = ()) -> tuple[bytes, list[dict]]:
        asked = {"Entries": [text_of(entry) for entry in entries], "Questions": questions}
        done = subprocess.run([ORACLE], input=json.dumps(asked), capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        answers = told["Answers"] or []
        self.assertEqual(len(answers), len(questions))
        return base64.b64decode(told["Root"]), answers

    def assert_held(self, questions: list[dict], entries: list[bytes] = ()):
        self.assertTrue(questions)
        for question, answer in zip(questions, self.ask(questions, entries)[1]):
            self.assertEqual(answer["Error"], "", question)

    def assert_refused(self, questions: list[dict], entries: list[bytes] = ()):
        self.assertTrue(questions)
        for question, answer in zip(questions, self.ask(questions, entries)[1]):
            self.assertNotEqual(answer["Error"], "", question)

    def test_checkpoints_are_signed_notes(self):
        for each in self.logs:
            note = each.checkpoint()
            _, (answer,) = self.ask([each.note(note, each.vkey)])
            self.assertEqual((answer["Error"], answer["Signers"]), ("", [each.origin]))
            self.assertEqual(note.split("\n")[0], each.origin)
            size = head(note)[0]
            self.assert_refused([each.note(note.replace(f"\n{size}\n", f"\n{size + 1}\n"), each.vkey),
                                 each.note(note, self.logs[each is self.logs[0]].vkey)])

    def test_the_root_is_that_of_the_entries(self):
        for each in self.logs:
            entries = each.entries()
            size, root = head(each.checkpoint(size=len(entries)))
            self.assertEqual(size, len(entries))
            self.assertEqual(self.ask([], entries)[0], root)
            self.assertNotEqual(self.ask([], [*entries[:-1], flipped(entries[-1])])[0], root)

    def test_entries_are_in_the_log(self):
        for each in self.logs:
            entries = each.entries()
            last = len(entries) - 1
            proofs = [each.record(entries, position) for position in sorted({0, 1, last // 2, last})]
            proofs += [each.record(entries, position, size) for position, size in ((0, 1), (1, 2), (2, 7), (last, last + 1))]
            self.assert_held(proofs)
            for proof in proofs:
                self.assert_refused(spoilt(proof))

    def test_a_log_extends_what_it_was(self):
        for each in self.logs:
            size = len(each.entries())
            proofs = [each.tree(first) for first in sorted({1, 2, size // 2, size - 1, size})]
            proofs += [each.tree(first, second) for first, second in ((1, 2), (3, 8), (7, size - 1))]
            self.assert_held(proofs)
            for proof in proofs:
                if proof["OldSize"] != proof["Size"]:
                    self.assert_refused(spoilt(proof))

    def test_stored_tiles_are_those_of_the_specification(self):
        each = self.logs[0]
        entries, tiles = each.entries(), each.tiles()
        self.assertEqual(len(tiles), len(entries) // 256)
        self.assert_held(tiles, entries)
        changed = [tile | {"Hashes": text_of(flipped(base64.b64decode(tile["Hashes"])))} for tile in tiles]
        self.assert_refused(changed, entries)

    def test_what_auditor_exports_is_the_log(self):
        bundle, evidence = self.city.directory / "bundle", self.city.directory / "evidence.json"
        keys = self.city.directory / "keys"
        trust = [f"--trust={keys / f'{each.service}.key.vkey'}" for each in self.logs]
        run([PROGRAMS / "auditor", "--profiles", self.city.profiles, "export", *trust, "--out", bundle])
        for each in self.logs:
            folder = bundle / each.service
            note = (folder / "checkpoint").read_text(encoding="utf-8")
            entries = stored_entries(folder)
            self.assert_held([each.note(note, each.vkey)])
            self.assertEqual((len(entries), self.ask([], entries)[0]), head(note))
            tiles = [{"Kind": "tile", "Level": 0, "Index": n, "Hashes": text_of((folder / f"tile/0/{n:03}").read_bytes())}
                     for n in range(len(entries) // 256)]
            if tiles:
                self.assert_held(tiles, entries)
        run([PROGRAMS / "auditor", "explain", bundle, *trust, "交通事故発生件数", "--plan", "strategy", "--fiscal-year", 2022,
             "--evidence", evidence])
        proven = json.loads(evidence.read_text(encoding="utf-8"))["entries"]
        self.assertEqual({entry["log"] for entry in proven}, {"catalog", "progress"})
        self.assert_held([tlog_record(entry) for entry in proven])
        for entry in proven:
            self.assert_refused(spoilt(tlog_record(entry)))
            each = next(each for each in self.logs if each.service == entry["log"])
            self.assert_held([each.note(entry["proof"].split("\n\n", 1)[1], each.vkey)])

    def test_cosigned_checkpoints_bear_both_signatures(self):
        for each in self.logs:
            each.witness()
            note = each.checkpoint(cosigned=True)
            _, (answer,) = self.ask([each.note(note, each.vkey, each.cosigner_vkey)])
            self.assertEqual((answer["Error"], answer["Signers"]), ("", [each.origin, COSIGNER]))
            self.assertEqual(each.checkpoint(size=head(note)[0]), note)
            # The cosignature alone is one of exactly this text.
            _, (alone,) = self.ask([each.note(note, each.cosigner_vkey)])
            self.assertEqual(alone["Signers"], [COSIGNER])
            lines = note.split("\n")
            spoilt_line = lines[-2][:-6] + ("AAAA" if lines[-2][-6:-2] != "AAAA" else "BBBB") + lines[-2][-2:]
            self.assert_refused([each.note("\n".join([*lines[:-2], spoilt_line, ""]), each.vkey, each.cosigner_vkey)])


if __name__ == "__main__":
    cases.main()
