"""Callers whom the services cannot let in, and services that are not there: what they are told, and that no log grows.
The messages are golden/messages/callers.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew)."""

import pathlib
import socket
import ssl
import unittest

from harness import cases
from harness.city import DENIED, DEPLOY, FAILED, UNAVAILABLE, City, run
from harness.golden_messages import Goldens, MessageTest

# gRPC's own words; they are another library's and come in several forms for one cause.
WORDS_OF_GRPC = [(r"failed to connect to all addresses[^\n]*", "WORDS OF GRPC")]
# What the client's clock says, in Tokyo.
NOW = [(r"(今は |it is |now=)\d{4}-\d\d-\d\d \d\d:\d\d", r"\1NOW"),
       (r"(certificate authority) \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"\1")]


def setUpModule():
    city = unittest.enterModuleContext(City())
    city.load(manifesto=False)
    MessageTest.goldens = unittest.enterModuleContext(Goldens("callers", city))


class CallerTest(MessageTest):
    def record(self, profiles: pathlib.Path, code: int, **how):
        self.refused("actual", "record", "kpi-007", "--fiscal-year", "2022", "--value", "187事業所", "--reason", "試験",
                     profiles=profiles, code=code, hidden=[*WORDS_OF_GRPC, *NOW], **how)

    def certificates(self) -> pathlib.Path:
        return self.city.directory / "certificates"

    def with_certificate(self, name: str) -> pathlib.Path:
        """Profiles whose planner shows the city's certificate of that name."""
        own = self.certificates()
        return self.city.profiles_with(name, (f"{own}/planner", f"{own}/{name}"))

    def issue(self, name: str, uri: str, *dates):
        """A certificate for a client by the city's authority."""
        own, home = self.certificates(), self.city.directory / "home"
        (home / "index").write_text("")
        (home / "serial").write_text("1000\n")
        (home / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=a\n[a]\nnew_certs_dir={home}\ndatabase={home}/index\nserial={home}/serial\n"
            f"default_md=sha256\npolicy=p\nx509_extensions=e\nunique_subject=no\ndefault_days=30\n"
            f"[p]\ncommonName=supplied\n[e]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
            f"extendedKeyUsage=clientAuth\nsubjectAltName=URI:{uri}\n"
        )
        run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
             "-subj", f"/CN={name}", "-keyout", own / f"{name}.key", "-out", home / f"{name}.csr"])
        run(["openssl", "ca", "-batch", "-notext", "-config", home / "ca.cnf", "-cert", own / "ca.crt", "-keyfile",
             own / "ca.key", "-in", home / f"{name}.csr", "-out", own / f"{name}.crt", *dates])


class CertificateTest(CallerTest):
    URI = "seisaku://isesaki/planner/planner-2"

    def test_a_certificate_like_this_that_is_good(self):
        """Shows that what the next tests change is what they are refused for."""
        self.issue("good", self.URI)
        self.city.ask("plan", "list", profiles=self.with_certificate("good"))

    def test_a_certificate_that_has_expired(self):
        self.issue("expired", self.URI, "-startdate", "20220401000000Z", "-enddate", "20230331145959Z")
        self.record(self.with_certificate("expired"), DENIED)

    def test_a_certificate_that_is_not_valid_yet(self):
        self.issue("early", self.URI, "-startdate", "20400401000000Z", "-enddate", "20410331145959Z")
        self.record(self.with_certificate("early"), DENIED)

    def test_an_expired_certificate_does_not_get_past_the_service_either(self):
        """Whoever turns the client's clock back: the services look at it themselves."""
        self.issue("expired-2", self.URI, "-startdate", "20220401000000Z", "-enddate", "20230331145959Z")
        self.issue("good-2", self.URI)
        self.assertNotEqual(self.first_bytes("good-2"), b"")
        self.assertEqual(self.first_bytes("expired-2"), b"")

    def first_bytes(self, name: str) -> bytes:
        """What progress says first to who shows this certificate; nothing where it hangs up."""
        own = self.certificates()
        context = ssl.create_default_context(cafile=own / "ca.crt")
        context.load_cert_chain(own / f"{name}.crt", own / f"{name}.key")
        context.set_alpn_protocols(["h2"])
        host, _, port = (self.city.directory / "run" / "progress.address").read_text().strip().rpartition(":")
        try:
            with socket.create_connection((host, int(port)), 20) as plain, context.wrap_socket(
                plain, server_hostname=host
            ) as tls:
                return tls.recv(9)
        except (ssl.SSLError, ConnectionError):
            return b""

    def test_a_certificate_of_another_authority(self):
        stranger = self.city.directory / "stranger"
        run([DEPLOY / "certificates", "--out", stranger])
        profiles = self.city.profiles_with("stranger", (f"{self.certificates()}/planner", f"{stranger}/planner"))
        self.record(profiles, DENIED, seconds=2)

    def test_a_certificate_without_a_usable_name(self):
        self.issue("mayor", "seisaku://isesaki/mayor/mayor-1")
        self.record(self.with_certificate("mayor"), DENIED)

    def test_a_certificate_with_a_name_of_something_else(self):
        self.issue("site", "https://www.example.jp/")
        self.record(self.with_certificate("site"), DENIED)

    def test_a_certificate_with_the_key_of_another(self):
        own = self.certificates()
        self.record(self.city.profiles_with("mixed", (f"{own}/planner.key", f"{own}/auditor.key")), FAILED)

    def test_a_certificate_that_is_not_there(self):
        self.record(self.with_certificate("nobody"), FAILED)

    def test_services_of_another_authority(self):
        other = self.city.directory / "other"
        run([DEPLOY / "certificates", "--out", other])
        profiles = self.city.profiles_with("other", (f"{self.certificates()}/ca.crt", f"{other}/ca.crt"))
        self.record(profiles, DENIED, seconds=2)


class ProfileTest(CallerTest):
    def test_a_profiles_file_that_is_not_there(self):
        self.record(self.city.directory / "nowhere.toml", FAILED)

    def test_a_profiles_file_that_is_no_toml(self):
        file = self.city.directory / "broken.toml"
        file.write_text("[profiles.planner\ncatalog = 1\n")
        self.record(file, FAILED)

    def test_a_profile_that_is_not_there(self):
        self.record(self.city.profiles, FAILED, role="mayor")

    def test_a_service_that_was_never_started(self):
        run_ = self.city.directory / "run"
        self.record(self.city.profiles_with("unstarted", (f"{run_}/progress", f"{run_}/nowhere")), FAILED)


class NoServerTest(CallerTest):
    def test_no_server(self):
        """Nothing listens on the port: 1 is nobody's."""
        profiles = self.city.profiles.read_text(encoding="utf-8")
        file = self.city.directory / "nobody-listens.toml"
        lines = ['progress = "127.0.0.1:1"' if line.startswith("progress_address_file") else line
                 for line in profiles.splitlines()]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.record(file, UNAVAILABLE, seconds=2)


if __name__ == "__main__":
    cases.main()
