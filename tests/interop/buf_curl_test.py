"""`buf curl` by reflection: the services can be called without their .proto files."""

import json
import platform
import subprocess
import unittest

from harness import cases
from harness.children import clean_environment
from harness.city import REPOSITORY, SAMPLE, City
from neighbour import address, identity

MACHINE = {"x86_64": "x64"}.get(platform.machine(), platform.machine())
BUF = REPOSITORY / "tests" / "node_modules" / "@bufbuild" / f"buf-linux-{MACHINE}" / "bin" / "buf"


def setUpModule():
    global CITY
    if not BUF.exists():
        raise AssertionError(f"{BUF} is missing: run tests/stages/node_packages")
    CITY = unittest.enterModuleContext(City())
    CITY.ask("plan", "create", "strategy", "--file", SAMPLE / "strategy.toml")


def curl(*words, service: str = "catalog", path: str = "", role: str = "planner") -> subprocess.CompletedProcess:
    who = identity(CITY, role)
    # The home folder is where buf keeps its cache.
    return subprocess.run(
        [BUF, "curl", "--protocol", "grpc", "--cacert", who.ca, "--cert", who.certificate, "--key", who.key,
         *words, f"https://{address(CITY, service)}{path}"],
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60, check=False,
        env=clean_environment(HOME=str(CITY.directory / "home")),
    )


class BufCurlTest(unittest.TestCase):
    def test_lists_the_services(self):
        for service, own in (("catalog", "CatalogService"), ("progress", "ProgressService")):
            with self.subTest(service=service):
                listed = curl("--list-services", service=service)
                self.assertEqual(listed.returncode, 0, listed.stderr)
                self.assertEqual(listed.stdout.split(), sorted([
                    "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                    "grpc.reflection.v1alpha.ServerReflection", "seisaku.log.v1.LogService",
                    f"seisaku.{service}.v1.{own}"]))

    def test_lists_plans(self):
        answered = curl("-d", "{}", path="/seisaku.catalog.v1.CatalogService/ListPlans")
        self.assertEqual(answered.returncode, 0, answered.stderr)
        self.assertEqual([plan["name"] for plan in json.loads(answered.stdout)["plans"]], ["plans/strategy"])

    def test_shows_an_error_with_its_details(self):
        answered = curl("-d", '{"name": "plans/none"}', path="/seisaku.catalog.v1.CatalogService/GetPlan")
        self.assertNotEqual(answered.returncode, 0)
        error = json.loads(answered.stderr)
        self.assertEqual(error["code"], "not_found")
        (info,) = [detail["value"] for detail in error["details"] if detail["type"] == "google.rpc.ErrorInfo"]
        self.assertTrue(info)

    def test_role_is_asked_for(self):
        answered = curl("-d", "{}", path="/seisaku.log.v1.LogService/GetCheckpoint", role="reporter")
        self.assertEqual(json.loads(answered.stderr)["code"], "permission_denied")


if __name__ == "__main__":
    cases.main()
