"""Runs the Node tests in a city. They learn from the environment where it is, and tests/run counts their cases."""

import os
import pathlib
import subprocess
import sys

from harness.city import REPOSITORY, City
from neighbour import address

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = REPOSITORY / "tests" / "node_modules"


def reporters() -> list[str]:
    words = ["--test-reporter=spec", "--test-reporter-destination=stdout"]
    report = os.environ.get("GTEST_OUTPUT", "")
    if report.startswith("xml:") and report.endswith("/"):
        file = f"{report[4:]}{os.environ['SEISAKU_TEST_NAME']}.xml"
        words += [f"--test-reporter={HERE / 'cases.mjs'}", f"--test-reporter-destination={file}"]
    return words


def main() -> int:
    if not (PACKAGES / "@grpc" / "grpc-js").is_dir():
        sys.exit("tests/node_modules has no @grpc/grpc-js: run tests/stages/node_packages")
    with City() as city:
        city.load(manifesto=False)
        environment = os.environ | {
            # By its name: Node warns of a server's certificate that is asked for by an address.
            "SEISAKU_CATALOG": address(city, "catalog").replace("127.0.0.1", "localhost"),
            "SEISAKU_PROGRESS": address(city, "progress").replace("127.0.0.1", "localhost"),
            "SEISAKU_CERTIFICATES": str(city.directory / "certificates"),
        }
        command = ["node", "--test", *reporters(), str(HERE / "client.test.mjs")]
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
