"""seisaku-admin and deploy/certificates, without a city."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from harness import cases
from harness.children import server_user
from harness.city import DEPLOY, FAILED, PROGRAMS, USAGE, run

ADMIN = PROGRAMS / "seisaku-admin"
ORIGIN = "isesaki.example/catalog"


class DirectoryTest(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def call(self, *words, expect: int = 0) -> str:
        done = subprocess.run([str(word) for word in words], capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr


class KeygenTest(DirectoryTest):
    def setUp(self):
        super().setUp()
        self.key = self.directory / "catalog.key"

    def keygen(self, origin: str = ORIGIN, **how) -> str:
        return self.call(ADMIN, "keygen", "--origin", origin, "--out", self.key, **how)

    def test_writes_a_secret_key_and_its_public_half(self):
        self.keygen()
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        self.assertTrue(self.key.read_text().startswith(f"PRIVATE+KEY+{ORIGIN}+"))
        public = pathlib.Path(f"{self.key}.vkey").read_text()
        self.assertRegex(public, rf"^{ORIGIN}\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]{{44}}\n$")
        self.assertEqual(len(list(self.directory.iterdir())), 2)

    def test_keeps_a_key_that_is_there(self):
        self.keygen()
        secret, public = self.key.read_text(), pathlib.Path(f"{self.key}.vkey")
        shown = public.read_text()
        public.unlink()
        self.assertIn("kept", self.keygen())
        self.assertEqual(self.key.read_text(), secret)
        self.assertEqual(public.read_text(), shown)

    def test_refuses_the_key_of_another_log(self):
        self.keygen()
        secret = self.key.read_text()
        self.assertIn(ORIGIN, self.keygen("isesaki.example/progress", expect=FAILED))
        self.assertEqual(self.key.read_text(), secret)

    def test_makes_an_auditors_key_too(self):
        cosign = (ADMIN, "keygen", "--cosigner", "audit.example", "--out", self.key)
        self.call(*cosign)
        self.assertTrue(self.key.read_text().startswith("PRIVATE+KEY+audit.example+"))
        self.assertIn("kept", self.call(*cosign))
        self.assertIn("a cosigner's key, not a log's", self.keygen("audit.example", expect=FAILED))
        self.call(*cosign, "--origin", ORIGIN, expect=USAGE)

    def test_refuses_what_is_no_key_and_leaves_it(self):
        self.key.write_text("precious\n")
        self.assertNotIn("precious", self.keygen(expect=FAILED))
        self.assertEqual(self.key.read_text(), "precious\n")

    def test_refuses_a_name_with_a_space(self):
        self.keygen("a b", expect=FAILED)
        self.assertFalse(self.key.exists())


class MigrateTest(DirectoryTest):
    def test_says_what_is_wrong_with_the_service_role(self):
        words = ("migrate", "--dsn", "dbname=x", "--owner", "o", "--service-role", "x y")
        self.assertIn("x y", self.call(ADMIN, *words, expect=FAILED))

    def test_needs_its_options(self):
        self.call(ADMIN, "migrate", expect=USAGE)

    def test_says_that_nobody_answers(self):
        words = ("migrate", "--dsn", f"host={self.directory} dbname=x", "--owner", "o", "--service-role", "s")
        self.assertIn("seisaku-admin:", self.call(ADMIN, *words, expect=FAILED))


class CertificatesTest(DirectoryTest):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "certificates"

    def certificates(self, *words, **how) -> str:
        return self.call(DEPLOY / "certificates", "--out", self.out, *words, **how)

    def names(self, certificate: str) -> str:
        return self.call("openssl", "x509", "-in", self.out / f"{certificate}.crt", "-noout", "-ext", "subjectAltName")

    def test_names_servers_and_callers(self):
        self.certificates()
        for name in ("catalog", "progress"):
            self.assertIn("DNS:localhost, IP Address:127.0.0.1", self.names(name))
            self.assertIn(f"URI:seisaku://isesaki/peer/{name}", self.names(name))
        self.assertIn("URI:seisaku://isesaki/planner/planner-1", self.names("planner"))
        self.assertIn("URI:seisaku://isesaki/reporter/dept-001/reporter-1", self.names("reporter"))
        self.assertIn("URI:seisaku://isesaki/auditor/auditor-1", self.names("auditor"))
        self.assertIn("URI:seisaku://isesaki/operator/operator-1", self.names("operator"))
        for file in self.out.iterdir():
            self.assertEqual(file.stat().st_mode & 0o777, 0o600 if file.suffix == ".key" else 0o644)

    def test_keeps_what_is_good_and_makes_what_is_not(self):
        self.certificates()
        before = {file.name: file.read_bytes() for file in self.out.iterdir()}
        self.certificates()
        self.assertEqual({file.name: file.read_bytes() for file in self.out.iterdir()}, before)
        # A key that is not the certificate's, and a certificate that is cut off.
        (self.out / "planner.key").write_bytes(before["auditor.key"])
        (self.out / "operator.crt").write_bytes(before["operator.crt"][:100])
        self.assertIn("made: planner operator\n", self.certificates())
        for name in ("ca.crt", "catalog.crt", "auditor.key"):
            self.assertEqual((self.out / name).read_bytes(), before[name])

    def test_makes_one_more_caller(self):
        self.certificates("--client", "reporter/dept-002/suzuki")
        self.assertIn("URI:seisaku://isesaki/reporter/dept-002/suzuki", self.names("reporter-dept-002-suzuki"))
        self.assertFalse((self.out / "planner.crt").exists())

    def test_refuses_what_is_no_caller(self):
        for caller in ("planner", "planner/a/b", "reporter/suzuki", "mayor/x", "planner/Suzuki", "planner/a,URI:b"):
            with self.subTest(caller=caller):
                self.certificates("--client", caller, expect=USAGE)

    def test_root_makes_none_where_a_link_of_another_user_leads(self):
        """Which is followed, where it is one's own."""
        there, others = self.directory / "there", self.directory / "others"
        for folder in (there, others):
            folder.mkdir()
        self.out = others / "certificates"
        self.out.symlink_to(there)
        self.certificates("--client", "planner/a")
        if os.getuid() == 0:
            run(["chown", "-h", server_user(), self.out])
            before = sorted(there.iterdir())
            for end in ("", "/more", "/../there/more"):
                self.out = others / f"certificates{end}"
                said = self.certificates("--client", "planner/b", expect=FAILED)
                self.assertIn(f"{others}/certificates is a link of another user's", said)
            self.assertEqual(sorted(there.iterdir()), before)


if __name__ == "__main__":
    cases.main()
