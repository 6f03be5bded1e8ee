#!/usr/bin/env python3
"""Fails when an #include in services/ or tools/ breaks the layers.

usage: layering.py [ROOT]      ROOT is the repository, by default the one this file is in

A layer is a folder; a file belongs to the longest folder listed here that it is in. What the folder
links in its CMakeLists.txt follows the same table (ARCHITECTURE.md, "layers").
"""

import pathlib
import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    # Prefixes of other folders or headers of this repository that may be included; the layer's own
    # folder always may.
    includes: tuple[str, ...] = ()
    # The packages of generated messages that may be included: seisaku/<package>/v1/.
    messages: tuple[str, ...] = ()
    # Whether gRPC and the generated stubs may be included.
    grpc: bool = False
    # Whether libpqxx may be included.
    libpqxx: bool = False
    # Whether libpq itself may be.
    libpq: bool = False


BASE = "services/base/"
LIBPQ = "services/postgres/libpq/"
POSTGRES = "services/postgres/"
TREE = "services/ledger/tree/"
LEDGER = "services/ledger/"
DOMAIN = "services/domain/"
# What a printed value is, which a reader of documents shares.
VALUE = "services/domain/value"
CATALOG = "services/catalog/domain/"
PROGRESS = "services/progress/domain/"
RPC = "services/rpc/"

RPC_CLIENT = (
    "services/rpc/transport/channel",
    "services/rpc/security/credentials",
    "services/rpc/transport/limits",
    "services/rpc/status",
)

CATALOG_RPC = (DOMAIN, CATALOG, RPC, LEDGER, BASE)
PROGRESS_RPC = (DOMAIN, PROGRESS, CATALOG, RPC, LEDGER, BASE)

ARCHIVE = (BASE, DOMAIN, TREE, CATALOG, PROGRESS, "tools/policyctl/", "tools/bundle/")
AUDITOR_PARTS = ("tools/auditor/verify/", "tools/auditor/archive/", "tools/auditor/changes/", "tools/auditor/evidence/")

LAYERS = {
    # The contract of a state machine names the entry that it folds.
    BASE: Layer(messages=("type", "log")),
    LIBPQ: Layer((BASE,), libpqxx=True, libpq=True),
    POSTGRES: Layer((BASE, LIBPQ), libpqxx=True),
    TREE: Layer((BASE,), messages=("type", "log")),
    # Of libpq/ only the listener.
    LEDGER: Layer((BASE, POSTGRES, LIBPQ, TREE), messages=("type", "log")),
    DOMAIN: Layer((BASE,), messages=("type", "log")),
    CATALOG: Layer((BASE, DOMAIN), messages=("type", "log", "catalog")),
    PROGRESS: Layer((BASE, DOMAIN, CATALOG, TREE), messages=("type", "log", "catalog", "progress")),
    RPC: Layer((BASE, LEDGER), messages=("options", "type", "log"), grpc=True),
    "services/catalog/rpc/": Layer(CATALOG_RPC, messages=("type", "log", "catalog"), grpc=True),
    "services/progress/rpc/": Layer(
        PROGRESS_RPC, messages=("type", "log", "catalog", "progress"), grpc=True
    ),
    # main.cc only: it puts the layers together.
    "services/catalog/": Layer(
        ("services/catalog/rpc/", POSTGRES, *CATALOG_RPC), messages=("type", "log", "catalog"), grpc=True
    ),
    "services/progress/": Layer(
        ("services/progress/rpc/", POSTGRES, *PROGRESS_RPC),
        messages=("type", "log", "catalog", "progress"),
        grpc=True,
    ),
    # The client side: of services/rpc only how a channel is opened and a status is read.
    "tools/policyctl/": Layer(
        (BASE, TREE, VALUE, "tools/policyctl/documents/", *RPC_CLIENT),
        messages=("type", "log", "catalog", "progress"),
        grpc=True,
    ),
    "tools/policyctl/documents/": Layer((BASE, VALUE), messages=("type",)),
    "tools/loadgen/": Layer(
        (BASE, *RPC_CLIENT), messages=("type", "log", "catalog", "progress"), grpc=True
    ),
    # policyctl's words, failures and exit codes, beside the client side.
    "tools/auditor/": Layer(
        (*ARCHIVE, LEDGER, "tools/policyctl/commands/", *AUDITOR_PARTS, *RPC_CLIENT),
        messages=("type", "log", "catalog", "progress"),
        grpc=True,
    ),
    # Exported logs below the services' own handlers.
    "tools/auditor/archive/": Layer(
        (*ARCHIVE, LEDGER, RPC, "services/catalog/rpc/", "services/progress/rpc/"),
        messages=("type", "log", "catalog", "progress"),
        grpc=True,
    ),
    "tools/auditor/changes/": Layer(
        (*ARCHIVE, "tools/auditor/archive/", "tools/policyctl/commands/"),
        messages=("type", "log", "catalog", "progress"),
    ),
    "tools/auditor/evidence/": Layer(
        (*ARCHIVE, "tools/auditor/archive/", "tools/auditor/changes/"),
        messages=("type", "log", "catalog", "progress"),
    ),
    # Folds logs, and reads them where they lie.
    "tools/auditor/verify/": Layer(
        (BASE, DOMAIN, TREE, POSTGRES, LEDGER, CATALOG, PROGRESS, "tools/auditor/", "tools/auditor/archive/",
         "tools/policyctl/", "tools/bundle/"),
        messages=("type", "log", "progress"),
    ),
    "tools/bundle/": Layer((BASE, TREE), messages=("log",)),
    "tools/seisaku-admin/": Layer((BASE, POSTGRES, LEDGER, "tools/bundle/"), messages=("log",)),
}

ROOTS = ("services", "tools")
SUFFIXES = {".h", ".cc", ".inc"}
INCLUDE = re.compile(r"^[ \t]*#[ \t]*(?:include|include_next|import)\b[ \t]*(.*)$", re.MULTILINE)
TARGET = re.compile(r'^(<[^>]+>|"[^"]+")')
MESSAGES = re.compile(r"^seisaku/([a-z0-9_]+)/")


def layer_of(path: str) -> str | None:
    """The folder in LAYERS that `path` belongs to."""
    return max((folder for folder in LAYERS if path.startswith(folder)), key=len, default=None)


def may_include(own: str, target: str) -> bool:
    allowed = (own, *LAYERS[own].includes)
    if not target.startswith(allowed):
        return False
    # A folder's subfolders are layers of their own: listing the outer one does not bring them in,
    # except the tree, which is the ledger's vocabulary.
    inner = layer_of(target)
    return inner == own or inner in allowed or inner == TREE or target.startswith((*RPC_CLIENT, VALUE))


def objection(own: str, target: str) -> str | None:
    """Why a file of layer `own` may not include `target`, or None where it may."""
    layer = LAYERS[own]
    if ".." in pathlib.PurePosixPath(target).parts:
        return "includes are written from the repository root"
    if target.startswith("tests/"):
        return "product code does not include tests"
    if target.startswith(("services/", "tools/")):
        return None if may_include(own, target) else "is not a layer below"
    if target.startswith(("grpc/", "grpcpp/", "grpc++/")) or target.endswith(".grpc.pb.h"):
        return None if layer.grpc else "gRPC is for rpc folders, main.cc and tools"
    if target.startswith("pqxx/"):
        return None if layer.libpqxx else "libpqxx is for services/postgres"
    if target.startswith(("libpq", "postgresql/")):
        return None if layer.libpq else "libpq is for services/postgres/libpq"
    package = MESSAGES.match(target)
    if package and package[1] not in layer.messages:
        return "are messages that this layer does not know"
    return None


def broken_includes(root: pathlib.Path, path: pathlib.Path) -> list[str]:
    relative = path.relative_to(root).as_posix()
    own = layer_of(relative)
    if own is None:
        return [f"{relative}: its folder is no layer; give it one in tests/unit/layering/layering.py"]
    text = path.read_text(encoding="utf-8")
    broken = []
    for include in INCLUDE.finditer(text):
        line = text.count("\n", 0, include.start()) + 1
        target = TARGET.match(include[1])
        if target is None:
            broken.append(f"{relative}:{line}: an #include must name its file: {include[1]}")
            continue
        name = target[1][1:-1]
        why = objection(own, name)
        if why is None and target[1].startswith('"') and "/" not in name:
            why = "includes are written from the repository root"
        if why is not None:
            broken.append(f"{relative}:{line}: {name}: {why} (layer {own.rstrip('/')})")
    return broken


def check(root: pathlib.Path) -> tuple[int, list[str]]:
    """The number of files read and what is wrong with them, in order of path."""
    files = sorted(
        path for top in ROOTS for path in (root / top).rglob("*") if path.suffix in SUFFIXES and path.is_file()
    )
    return len(files), [broken for path in files for broken in broken_includes(root, path)]


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[3]).resolve()
    count, broken = check(root)
    for line in broken:
        print(line)
    if count == 0:
        print(f"no source files below {root}")
        return 1
    print(f"layering: {count} files, {len(broken)} includes that break the layers")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
