"""What a release wrote down and said stays what it is: this build brings its databases to its own schema and folds them,
and its bundles, to the same states, and answers every question as it did."""

import gzip
import json
import pathlib
import tempfile
import unittest

import pins
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from harness import cases, logs
from harness.city import PROGRAMS, run
from neighbour import connect
from restored import RELEASE, RestoredCity, unpack
from seisaku.progress.v1.progress_service_pb2 import GetCatalogPositionRequest

WORLDS = ("whole", "continued")
# Fields that a later build may add to an answer about this history, by pattern of their place, each with the reason why.
MAY_APPEAR = {
    r"/log show \d+ --log (catalog|progress)/withdrawn": "which text was deleted: it follows from the entry and the one it names",
}


# KPIs of this history whose direction never changed.
KEPT_DIRECTION = ("people", "within", "ending")


def corrected(answers: dict) -> dict:
    """The release gave a direction the last entry of its KPI, though that renamed, moved or ended it. Its provenance is
    what it was at the first size."""
    first = {}
    for question, answer in answers.items():
        if question.split()[0] == "explain" and question.split()[1] in KEPT_DIRECTION:
            asked, provenance = question.split(" --as-of")[0], answer["provenance"]
            (at,) = (i for i, one in enumerate(provenance) if one["input"] == "direction")
            provenance[at] = first.setdefault(asked, provenance[at])
    return answers


def read_json(file: pathlib.Path):
    content = file.read_bytes()
    return json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)


class ReleaseTest(unittest.TestCase):
    def pinned(self, world: str) -> list[dict]:
        return read_json(RELEASE / world / "pinned.json")["heads"]

    def sizes(self, world: str) -> list[dict[str, int]]:
        return [{service: head[service]["size"] for service in pins.SERVICES} for head in self.pinned(world)]

    def same(self, pinned, now):
        found = pins.differences(pinned, now, may_appear=MAY_APPEAR)
        self.assertFalse(found, f"{len(found)} differences, the first ones:\n" + "\n".join(found[:20]))

    def bundle(self, world: str) -> tuple[pathlib.Path, pathlib.Path]:
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        return unpack(RELEASE / world, folder), RELEASE / world / "trust.vkeys"


class DumpsTest(ReleaseTest):
    def check(self, world: str):
        sizes, city = self.sizes(world), self.enterContext(RestoredCity(RELEASE / world))
        for again in (False, True):
            self.same(self.pinned(world), pins.heads(city, sizes))
            if not again:
                self.same(corrected(read_json(RELEASE / world / "answers.json.gz")), pins.answers(city, sizes))
                self.same(sizes[-1]["catalog"], self.followed(city))
            for service in ("progress", "catalog"):
                city.terminate(service)
                size = sizes[-1][service]
                self.assertEqual(city.sql(service, "SELECT size, sealed_size FROM log_head"), f"{size}|{size}",
                                 "it was sealed, and nothing was appended")
            for service in ("catalog", "progress"):
                city.start(service)

    def followed(self, city: RestoredCity) -> int:
        """How much of catalog's log progress has."""
        with connect(city, "auditor") as client:
            return client.progress.call("GetCatalogPosition", GetCatalogPositionRequest()).catalog_position

    def test_fold_to_the_same_states_and_give_the_same_answers(self):
        self.check("whole")

    def test_of_a_continued_log_do_so_too(self):
        self.check("continued")


class BundlesTest(ReleaseTest):
    def test_are_proven(self):
        for world in WORLDS:
            with self.subTest(world=world):
                bundle, trust = self.bundle(world)
                said = json.loads(run([PROGRAMS / "auditor", "-o", "json", "verify", bundle, "--trust", trust]))
                (last,) = self.pinned(world)[-1:]
                self.assertEqual([(log["origin"], int(log["size"])) for log in said["logs"]],
                                 [(last[service]["origin"], last[service]["size"]) for service in pins.SERVICES])

    def test_replay_to_the_same_records_and_digests(self):
        for world in WORLDS:
            with self.subTest(world=world):
                bundle, trust = self.bundle(world)
                replayed = pins.replayed(bundle, trust, self.sizes(world))
                self.same(read_json(RELEASE / world / "replayed.json.gz"), replayed)
                digests = [{service: (said[service]["size"], said[service]["stateDigest"], said[service]["contentDigest"])
                            for service in pins.SERVICES} for said in replayed]
                self.assertEqual(digests, [
                    {service: (str(head[service]["size"]), head[service]["stateDigest"], head[service]["contentDigest"])
                     for service in pins.SERVICES} for head in self.pinned(world)])

    def test_replay_to_the_same_sheets(self):
        for world in WORLDS:
            answers, (bundle, trust) = read_json(RELEASE / world / "answers.json.gz"), self.bundle(world)
            for at in self.sizes(world):
                words = ("sheet", "--plan", "kodomo", "--fiscal-year", "2022")
                with self.subTest(world=world, at=at):
                    (sheet,) = pins.replayed(bundle, trust, [at], *words)
                    self.same(answers[" ".join((*words, "--as-of", str(at["progress"])))], sheet)

    def test_hold_every_event_that_the_release_knew(self):
        contracts = FileDescriptorSet.FromString((RELEASE / "contracts.binpb").read_bytes())
        known = {f"{file.package}.{message.name}/{field.name}" for file in contracts.file for message in file.message_type
                 if message.name in ("Event", "LogEvent") for field in message.field if field.HasField("oneof_index")}
        self.assertEqual(len(known), 22)
        held = set()
        for world in WORLDS:
            bundle, _ = self.bundle(world)
            for file in bundle.glob("*/entries-*.binpb"):
                held |= {logs.field(logs.entry_of(stored), 2).decode() for stored in logs.read_entries(file.read_bytes())}
        self.assertEqual(held, known)


class DifferencesTest(unittest.TestCase):
    """That the comparison finds what it is there for."""

    def test_are_found_wherever_they_are(self):
        pinned = {"a": [{"b": "1", "c": True}], "d": {}}
        for now, where in (({"a": [{"b": "2", "c": True}], "d": {}}, "/a/0/b: was"), ({"a": [{"b": "1", "c": 1}], "d": {}}, "/a/0/c"),
                           ({"a": [{"c": True}], "d": {}}, "/a/0/b: was \"1\", is gone"), ({"a": [], "d": {}}, "/a: was"),
                           ({"a": [{"b": "1", "c": True}], "d": {"e": 1}}, "/d/e: is new")):
            with self.subTest(where):
                (found,) = pins.differences(pinned, now)
                self.assertTrue(found.startswith(where), found)
        self.assertEqual(pins.differences(pinned, json.loads(json.dumps(pinned))), [])
        self.assertEqual(pins.differences(pinned, pinned | {"e": 1}, may_appear={"/e": "a reason"}), [])
        self.assertTrue(pins.differences(pinned, pinned | {"e": 1}, may_appear={"/a/e": "a reason"}))


if __name__ == "__main__":
    cases.main()
