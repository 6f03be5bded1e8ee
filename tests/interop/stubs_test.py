"""What proto/stubs makes is enough for both example clients."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from harness import cases
from harness.city import REPOSITORY, run

INTEROP = REPOSITORY / "tests" / "interop"


class StubsTest(unittest.TestCase):
    def test_one_command_makes_what_python_and_node_need(self):
        out = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.assertIn(str(out), run([REPOSITORY / "proto" / "stubs", out]))
        # With these modules alone, and this Python, which has grpc.
        loads = "import seisaku_client, google.rpc.status_pb2 as s; print(s.__file__); print(seisaku_client.City.__name__)"
        paths = os.pathsep.join(map(str, (out / "python", INTEROP / "python")))
        said = subprocess.run([sys.executable, "-c", loads], env=os.environ | {"PYTHONPATH": paths}, capture_output=True,
                              encoding="utf-8", check=False)
        self.assertEqual(said.stdout.split(), [str(out / "python" / "google" / "rpc" / "status_pb2.py"), "City"], said.stderr)
        script = (f"import {{ load }} from '{INTEROP}/node/seisaku_client.mjs';"
                  f"const types = load(['{out}/node/proto']);"
                  "console.log(['seisaku.progress.v1.ProgressService', 'google.rpc.ErrorInfo'].every((name) => types[name]));")
        self.assertEqual(run(["node", "--input-type=module", "-e", script]), "true\n")
        self.assertTrue((out / "node" / "types" / "progress_service.ts").exists())
        self.assertTrue((out / "node" / "types" / "google" / "rpc" / "ErrorInfo.ts").exists())


if __name__ == "__main__":
    cases.main()
