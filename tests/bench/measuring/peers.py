"""What this system is measured beside, in a PostgreSQL of its own with default durability: single-row INSERTs by
pgbench, message-db's write_message, binary COPY in, and a bare gRPC echo."""

import json
import math
import os
import pathlib
import shutil
import signal
import struct
import tempfile
import time

from harness.children import Child, server_user, wait_until
from harness.city import PROGRAMS, City, run
from measuring.ours import to_sample
from measuring.pgbench import steady_state
from measuring.processes import cpu_seconds
from measuring.table import Sample

EVENT_BYTES = 400
MESSAGE_DB = pathlib.Path(__file__).resolve().parents[2] / "node_modules/@eventide/message-db/database"

INSERT = f"INSERT INTO peer (id, bytes) VALUES (gen_random_uuid(), '\\\\x{'ab' * EVENT_BYTES}'::bytea);\n"
MESSAGE = json.dumps({"figure": "e" * (EVENT_BYTES - 20)})
ONE_CATEGORY = f"SELECT message_store.write_message(gen_random_uuid()::varchar, 'figure-' || :client_id, 'Recorded', '{MESSAGE}'::jsonb);\n"
MANY_CATEGORIES = ONE_CATEGORY.replace("'figure-' ||", "'figure' || :client_id || '-' ||")


class Peers(City):
    """Only PostgreSQL, with the databases of the peers. `connected`: seconds of pgbench before it is measured."""

    def __init__(self, connected: int = 0):
        self.connected = connected

    def __enter__(self) -> "Peers":
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="seisaku-e2e-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.user = server_user()
        self.children, self.callers = {}, []
        try:
            (self.directory / "logs").mkdir()
            self._own("logs")
            self._cluster("create")
            with open(self.directory / "postgres" / "postgresql.auto.conf", "a", encoding="ascii") as settings:
                settings.write("max_connections = 300\n")  # a client of pgbench is a connection
            self.start_postgres()
            self._sql("postgres", "CREATE DATABASE peer")
            self._sql("peer", "CREATE TABLE peer (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                              "id uuid NOT NULL UNIQUE, bytes bytea NOT NULL)")
            self._sql("peer", "CREATE TABLE copied (position bigint PRIMARY KEY, bytes bytea NOT NULL)")
        except BaseException:
            self.close()
            raise
        return self

    def _tool(self, name: str) -> str:
        """A program of PostgreSQL."""
        return f"{self._library('cluster', 'cluster_programs').strip()}/{name}"

    def _dsn(self, database: str) -> str:
        # message-db's functions call one another without their schema's name.
        path = " options='-c search_path=message_store,public'" if database == "message_store" else ""
        return self._cluster("dsn", database, "postgres").strip() + path

    def _as_user(self) -> list[str]:
        return ["setpriv", f"--reuid={self.user}", "--clear-groups"] if self.user else []

    def _as_server(self, command: list) -> str:
        return run([*self._as_user(), *command])

    def _sql(self, database: str, statement: str) -> str:
        return self._psql(database, "-c", statement)

    def _psql(self, database: str, *words) -> str:
        return self._as_server([self._tool("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", self._dsn(database), *words])

    def version(self) -> str:
        return self._sql("postgres", "SELECT version()").strip()

    def install_message_db(self):
        if not MESSAGE_DB.is_dir():
            raise AssertionError(f"{MESSAGE_DB} is not there: tests/stages/node_packages installs it (or give --no-peers)")
        copy = self.directory / "message-db"  # where the server's user can read it
        shutil.copytree(MESSAGE_DB, copy)
        tools = pathlib.Path(self._tool("psql")).parent
        self._as_server(["env", f"PATH={tools}:/usr/bin:/bin", f"PGHOST={self.directory}/socket", "PGUSER=postgres",
                         "bash", copy / "install.sh"])

    def pgbench(self, database: str, script: str, clients: int, seconds: float) -> Sample:
        command = [*self._as_user(), self._tool("pgbench")]
        server = self.children["postgres"].pid
        return steady_state(command, self._dsn(database), script, clients, math.ceil(seconds), server, self.connected)

    def copy_in(self, rows: int, per_transaction: int) -> Sample:
        """Binary COPY in transactions of so many rows, over one connection."""
        self._sql("peer", "TRUNCATE copied")
        with tempfile.TemporaryDirectory(prefix="copy-", dir="/tmp") as folder:
            os.chmod(folder, 0o777)
            script = pathlib.Path(folder) / "copy.sql"
            with open(script, "w", encoding="utf-8") as out:
                for begin in range(0, rows, per_transaction):
                    data = pathlib.Path(folder) / f"{begin}.bin"
                    data.write_bytes(copy_file(begin, per_transaction))
                    out.write(f"\\copy copied FROM '{data}' (FORMAT binary)\n")
            return self._timed(rows, lambda: self._psql("peer", "-f", script))

    def _timed(self, rows: int, action) -> Sample:
        cpu = cpu_seconds(self.children["postgres"].pid, with_children=True)
        began = time.monotonic()
        action()
        took = time.monotonic() - began
        spent = cpu_seconds(self.children["postgres"].pid, with_children=True) - cpu
        return Sample(rate=rows / took, cpu_per_1000=1000 * spent / rows)


def copy_file(begin: int, rows: int) -> bytes:
    """Rows of PostgreSQL's binary COPY format: a bigint and EVENT_BYTES bytes."""
    out = [b"PGCOPY\n\xff\r\n\0", struct.pack(">ii", 0, 0)]
    for position in range(begin, begin + rows):
        out.append(struct.pack(">hiqi", 2, 8, position, EVENT_BYTES) + os.urandom(EVENT_BYTES))
    return b"".join(out) + struct.pack(">h", -1)


class EchoServer:
    """loadgen's echo, as a context."""

    def __init__(self, flags: list[str], log: pathlib.Path):
        self._flags, self._log = flags, log

    def __enter__(self) -> "EchoServer":
        self._child = Child([str(PROGRAMS / "loadgen"), "serve-echo", "--address", "127.0.0.1:0", *self._flags], self._log, None)
        wait_until("the echo listens", lambda: self._log.read_text().strip().isdigit())
        self.address = f"127.0.0.1:{self._log.read_text().strip()}"
        return self

    def __exit__(self, *_):
        self._child.end(signal.SIGTERM)

    def load(self, flags: list[str], **options) -> Sample:
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        before = cpu_seconds(self._child.pid)
        figures = json.loads(run([PROGRAMS / "loadgen", "echo", "--address", self.address, *flags, *words]))
        return to_sample(figures, cpu_seconds(self._child.pid) - before)
