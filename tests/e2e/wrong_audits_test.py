"""What auditors ask that cannot be: each is refused by name, in the reader's language, before anything is written. The
messages are golden/messages/audits.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew)."""

import fcntl
import os
import pathlib
import shutil
import unittest

from harness import cases
from harness.city import CONFLICT, DENIED, DONE, FAILED, INPUT_REFUSED, NOT_FOUND, UNAVAILABLE, USAGE, City
from harness.golden_messages import Goldens, MessageTest
from harness.mounts import fill, mount_tmpfs, need_own_mounts, unmount

# gRPC's own words; they come in several forms for one cause.
WORDS_OF_GRPC = [(r"failed to connect to all addresses[^\n]*", "WORDS OF GRPC")]
KPI = "交通事故発生件数"
TRUST = ("--trust", "trust.vkeys")
OF_YEAR = ("--plan", "strategy", "--fiscal-year", "R4")
NOBODY = "127.0.0.1:1"  # the port 1 is nobody's


def setUpModule():
    city = unittest.enterModuleContext(City())
    city.load(manifesto=False)
    desk = city.directory / "home"
    keys, certificates = city.directory / "keys", city.directory / "certificates"
    for name in ("catalog", "progress", "auditor"):
        shutil.copy(keys / f"{name}.key.vkey", desk / f"{name}.vkey")
    (desk / "trust.vkeys").write_text("".join((desk / f"{name}.vkey").read_text() for name in ("catalog", "progress")))
    shutil.copy(keys / "auditor.key", desk)
    shutil.copy(certificates / "auditor.crt", desk)
    audit(city, "export", *TRUST, "--out", "bundle")
    audit(city, "explain", "bundle", KPI, *TRUST, *OF_YEAR, "--evidence", "evidence.json")
    (desk / "half.json").write_bytes((desk / "evidence.json").read_bytes()[:3000])
    note = (desk / "bundle" / "catalog" / "checkpoint").read_text(encoding="utf-8")
    (desk / "stranger.note").write_text(note.replace("isesaki.example", "stranger.example"), encoding="utf-8")
    MessageTest.goldens = unittest.enterModuleContext(Goldens("audits", city))


def audit(city: City, *words, **how):
    return city.ask(*words, program="auditor", **how)


class AuditTest(MessageTest):
    program = "auditor"

    @property
    def desk(self) -> pathlib.Path:
        """Where the commands run."""
        return self.city.directory / "home"

    def address(self, service: str) -> str:
        return (self.city.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip()

    def profiles(self, name: str, service: str, address: str) -> pathlib.Path:
        """The city's profiles with another address of a service."""
        of_file = f'{service}_address_file = "{self.city.directory}/run/{service}.address"'
        return self.city.profiles_with(name, (of_file, f'{service} = "{address}"'))

    def files(self) -> dict[str, bytes]:
        return {str(file): file.read_bytes() for file in self.desk.rglob("*") if file.is_file()}

    def refuses(self, command: str, *table):
        """Rows of: what is wrong, the exit code, the words behind the command, and what else City.ask is to know."""
        before = self.files()
        for about, code, words, *how in table:
            with self.subTest(about):
                self.refused(command, *words, about=about, code=code, hidden=WORDS_OF_GRPC, **(how[0] if how else {}))
                self.assertEqual(self.files(), before)


class ExportTest(AuditTest):
    def test_export(self):
        self.refuses(
            "export",
            ("no keys", USAGE, ("--out", "new")),
            ("no folder", USAGE, TRUST),
            ("keys that are not there", FAILED, ("--trust", "nowhere.vkeys", "--out", "new")),
            ("a folder as keys", FAILED, ("--trust", "bundle", "--out", "new")),
            ("a private key as keys", FAILED, ("--trust", "auditor.key", "--out", "new")),
            ("a certificate as keys", FAILED, ("--trust", "auditor.crt", "--out", "new")),
            ("keys of others", FAILED, ("--trust", "auditor.vkey", "--out", "new")),
            ("the key of one log", FAILED, ("--trust", "catalog.vkey", "--out", "new")),
            ("a folder that is finished", INPUT_REFUSED, (*TRUST, "--out", "bundle")),
            ("a file as the folder", FAILED, (*TRUST, "--out", "auditor.crt")),
            ("a place that cannot be written", FAILED, (*TRUST, "--out", "/proc/new")),
            ("a log that is none", USAGE, (*TRUST, "--out", "new", "--from", "katalog")),
            ("profiles that are not there", FAILED, (*TRUST, "--out", "new"), {"profiles": "nowhere.toml"}),
            ("another role", DENIED, (*TRUST, "--out", "new"), {"role": "planner"}),
            ("nobody listens", UNAVAILABLE, (*TRUST, "--out", "new"),
             {"profiles": self.profiles("dead", "progress", NOBODY)}),
            ("the other service's address", INPUT_REFUSED, (*TRUST, "--out", "new"),
             {"profiles": self.profiles("swapped", "catalog", self.address("progress"))}),
        )

    def test_one_that_ended_between_the_logs_is_gone_on_with(self):
        out = self.city.directory / "parts"
        audit(self.city, "export", *TRUST, "--from", "catalog", "--out", out)
        again = audit(self.city, "export", *TRUST, "--out", out)
        self.assertIn("catalog was finished before", again.err)
        self.assertEqual(len(again.out.splitlines()), 2)
        audit(self.city, "verify", out, *TRUST)

    def test_a_folder_that_another_export_writes_to(self):
        (self.desk / "shared").mkdir()
        other = os.open(self.desk / "shared", os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        self.refused("export", *TRUST, "--out", "shared", code=CONFLICT)
        self.assertEqual(list((self.desk / "shared").iterdir()), [])
        os.close(other)
        audit(self.city, "export", *TRUST, "--out", "shared")
        audit(self.city, "verify", "shared", *TRUST)

    def test_a_full_disk(self):
        full = self.city.directory / "full"
        full.mkdir()
        mount_tmpfs(full, "256k")
        self.addCleanup(unmount, full)
        filler = fill(full)
        self.refused("export", *TRUST, "--out", full, code=FAILED)
        self.assertEqual(list(full.rglob("manifest.json")), [])
        filler.unlink()
        unmount(full)
        mount_tmpfs(full, "8m")
        audit(self.city, "export", *TRUST, "--out", full)
        audit(self.city, "verify", full, *TRUST)


class VerifyTest(AuditTest):
    def test_verify(self):
        database = "host=127.0.0.1 port=1 dbname=catalog user=auditor"
        self.refuses(
            "verify",
            ("nothing", USAGE, TRUST),
            ("a folder and the services", USAGE, ("bundle", "--live", *TRUST)),
            ("a folder that is not there", INPUT_REFUSED, ("nowhere", *TRUST)),
            ("a folder of one log", INPUT_REFUSED, ("bundle/catalog", *TRUST)),
            ("keys that are not there", FAILED, ("bundle", "--trust", "nowhere.vkeys")),
            ("a checkpoint that is not there", INPUT_REFUSED, ("bundle", *TRUST, "--since", "nowhere.note")),
            ("a folder as a checkpoint", INPUT_REFUSED, ("bundle", *TRUST, "--since", "bundle")),
            ("a certificate as a checkpoint", INPUT_REFUSED, ("bundle", *TRUST, "--since", "auditor.crt")),
            ("a quorum of nobody", USAGE, ("bundle", *TRUST, "--quorum", "0")),
            ("a quorum of more than are trusted", USAGE, ("bundle", *TRUST, "--quorum", "2")),
            ("evidence and no keys", USAGE, ("evidence.json",)),
            ("evidence and a checkpoint of another log", INPUT_REFUSED,
             ("evidence.json", *TRUST, "--since", "stranger.note")),
            ("evidence that breaks off", INPUT_REFUSED, ("half.json", *TRUST)),
            ("a certificate as evidence", INPUT_REFUSED, ("auditor.crt", *TRUST)),
            ("evidence and the key of one log", FAILED, ("evidence.json", "--trust", "catalog.vkey")),
            ("services and another role", DENIED, ("--live", *TRUST), {"role": "planner"}),
            ("services that are not there", UNAVAILABLE, ("--live", *TRUST),
             {"profiles": self.profiles("dead", "progress", NOBODY)}),
            ("the other service's address", INPUT_REFUSED, ("--live", *TRUST),
             {"profiles": self.profiles("swapped", "catalog", self.address("progress"))}),
            ("a database's name for its string", INPUT_REFUSED, ("--database", "catalog", *TRUST)),
            ("a database that is not there", UNAVAILABLE, ("--database", database, *TRUST)),
        )


class ReadTest(AuditTest):
    """The commands on what was exported."""

    def test_replay(self):
        self.refuses(
            "replay",
            ("no folder", USAGE, TRUST),
            ("a folder that is not there", INPUT_REFUSED, ("nowhere", *TRUST)),
            ("a file", INPUT_REFUSED, ("evidence.json", *TRUST)),
            ("keys of others", FAILED, ("bundle", "--trust", "auditor.vkey")),
            ("a day that is none", USAGE, ("bundle", *TRUST, "--to", "R5.2.30")),
            ("a size beyond the end", INPUT_REFUSED, ("bundle", *TRUST, "--to", "999999")),
            ("a command that is none", USAGE, ("bundle", *TRUST, "sheets")),
            ("a change", USAGE, ("bundle", *TRUST, "actual", "record", KPI)),
            ("an unknown plan", NOT_FOUND, ("bundle", *TRUST, "sheet", "--plan", "stratgey", "--fiscal-year", "R4")),
            ("a day before the first", NOT_FOUND, ("bundle", *TRUST, "--to", "R2.4.1", "sheet", *OF_YEAR)),
            ("an output that cannot be written", FAILED, ("bundle", *TRUST, "--output", "nowhere/state.csv")),
            ("an output of a format that is not written", USAGE, ("bundle", *TRUST, "--output", "state.xlsx")),
        )

    def test_diff(self):
        self.refuses(
            "diff",
            ("a folder that is not there", INPUT_REFUSED, ("nowhere", *TRUST)),
            ("a day that is none", USAGE, ("bundle", *TRUST, "--from", "先月")),
            ("a size beyond the end", INPUT_REFUSED, ("bundle", *TRUST, "--from", "999999")),
            ("days in the wrong order", INPUT_REFUSED, ("bundle", *TRUST, "--from", "R8.4.1", "--to", "R7.4.1")),
            ("sizes in the wrong order", INPUT_REFUSED, ("bundle", *TRUST, "--from", "100", "--to", "99")),
            ("a page that cannot be written", FAILED, ("bundle", *TRUST, "--html", "nowhere/changes.html")),
            ("a page of another format", USAGE, ("bundle", *TRUST, "--html", "changes.pdf")),
        )

    def test_query(self):
        self.refuses(
            "query",
            ("a file", INPUT_REFUSED, ("evidence.json", *TRUST)),
            ("a kind that is none", USAGE, ("bundle", *TRUST, "--type", "actual_correct")),
            ("an unknown kpi", NOT_FOUND, ("bundle", *TRUST, "--kpi", "ない指標")),
            ("an unknown department", NOT_FOUND, ("bundle", *TRUST, "--department", "宇宙課")),
            ("days in the wrong order", INPUT_REFUSED, ("bundle", *TRUST, "--from", "R8.4.1", "--to", "R7.4.1")),
        )

    def test_explain(self):
        self.refuses(
            "explain",
            ("no year", USAGE, ("bundle", KPI, *TRUST)),
            ("a year that is none", USAGE, ("bundle", KPI, *TRUST, "--fiscal-year", "令和四年")),
            ("an unknown kpi", NOT_FOUND, ("bundle", "ない指標", *TRUST, *OF_YEAR)),
            ("an unknown plan", NOT_FOUND, ("bundle", KPI, *TRUST, "--plan", "stratgey", "--fiscal-year", "R4")),
            ("kpi and folder in the wrong order", INPUT_REFUSED, (KPI, "bundle", *TRUST, *OF_YEAR)),
            ("a size beyond the end", INPUT_REFUSED, ("bundle", KPI, *TRUST, *OF_YEAR, "--as-of", "999999")),
            ("evidence that cannot be written", FAILED,
             ("bundle", KPI, *TRUST, *OF_YEAR, "--evidence", "nowhere/kpi.json")),
        )


class LiveTest(AuditTest):
    def test_compare(self):
        catalog = self.address("catalog")
        self.refuses(
            "compare",
            ("nothing", USAGE, ()),
            ("another role", DENIED, ("--live",), {"role": "planner"}),
            ("nobody listens", UNAVAILABLE, ("--live", "--replica", f"progress={NOBODY}")),
            ("a replica of no log", USAGE, ("--live", "--replica", "10.0.0.2:7444")),
            ("a replica of an unknown log", USAGE, ("--live", "--replica", "progres=10.0.0.2:7444")),
            ("a replica without a port", USAGE, ("--live", "--replica", "progress=10.0.0.2")),
            ("the other service's address", INPUT_REFUSED, ("--live", "--replica", f"progress={catalog}")),
        )

    def witness(self, state, **other) -> list[str]:
        """What stands behind `auditor witness` where these options are others."""
        command = self.city.witness_command("progress", state, **other)
        return command[command.index("witness") + 1 :]

    def test_witness(self):
        certificates, keys = self.city.directory / "certificates", self.city.directory / "keys"
        of_catalog, spoilt, mine = (self.city.directory / name for name in ("of-catalog", "spoilt", "mine"))
        for folder, note in ((of_catalog, self.desk / "bundle" / "catalog" / "checkpoint"),
                             (spoilt, self.desk / "auditor.crt")):
            folder.mkdir()
            shutil.copy(note, folder / "accepted.note")
        planner = {"certificate": certificates / "planner.crt", "key": certificates / "planner.key"}
        self.refuses(
            "witness",
            ("nothing", USAGE, ()),
            ("an address without a port", USAGE, self.witness(state=mine, address="127.0.0.1")),
            ("nobody listens", UNAVAILABLE, self.witness(state=mine, address=NOBODY)),
            ("the other service's address", INPUT_REFUSED, self.witness(state=mine, address=self.address("catalog"))),
            ("the other log's key", INPUT_REFUSED, self.witness(state=mine, log_vkey="catalog.vkey")),
            ("several keys", FAILED, self.witness(state=mine, log_vkey="trust.vkeys")),
            ("another name of the log", INPUT_REFUSED, self.witness(state=mine, origin="isesaki.example/progres")),
            ("a public key to sign with", FAILED, self.witness(state=mine, cosigner_key="auditor.vkey")),
            ("a log's key to sign with", FAILED, self.witness(state=mine, cosigner_key=keys / "progress.key")),
            ("a key that is not there", FAILED, self.witness(state=mine, cosigner_key="nowhere.key")),
            ("a certificate that is not there", FAILED, self.witness(state=mine, certificate="nowhere.crt")),
            ("another role", DENIED, self.witness(state=mine, **planner)),
            ("a file as the folder", FAILED, self.witness(state="auditor.crt")),
            ("the folder of another log", INPUT_REFUSED, self.witness(state=of_catalog)),
            ("a folder that is spoilt", FAILED, self.witness(state=spoilt)),
        )
        self.assertFalse((mine / "accepted.note").exists())


if __name__ == "__main__":
    need_own_mounts()
    cases.main()
