#!/usr/bin/env python3
"""Makes the contract's page out of the comments of the .proto files, and checks that there is one at each element.

usage: contract.py [--image FILE] [--out FILE.html] [--check]
  --image FILE  an image of `buf build -o FILE -#format=json`; without it buf is asked for one ($BUF, else the one
                that tests/stages/static installs, else the one on the path)
  --out FILE    write the page there: one file that needs nothing beside it
  --check       fail for any element without a comment in front of it
At least one of --out and --check is needed.

It is one of tools/ and not of proto/, because proto/ holds only what a neighbour needs to build against the
contract. It reads buf's image, so that parsing is not ours; the standard library does the rest.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import image as images
import roles
from page import Page

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find_buf() -> str:
    machine = {"x86_64": "x64"}.get(platform.machine(), platform.machine())
    installed = ROOT / f"tests/node_modules/@bufbuild/buf-linux-{machine}/bin/buf"
    found = os.environ.get("BUF") or (str(installed) if installed.exists() else shutil.which("buf"))
    if not found:
        raise FileNotFoundError("buf is not here: tests/run --only static installs it, or set BUF")
    return found


def build_image() -> dict:
    command = [find_buf(), "build", str(ROOT / "proto"), "-o", "-#format=json"]
    # Beside the program, because not every user has a home folder.
    environment = {"BUF_CACHE_DIR": str(ROOT / "tests/node_modules/.buf")} | os.environ
    return json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)


def check(image: dict) -> bool:
    """Prints each gap; whether there is none."""
    count, gaps = images.undocumented(image)
    for gap in gaps:
        print(f"{gap}: no comment in front of it")
    print(f"contract: {count} elements, {len(gaps)} undocumented")
    return count > 0 and not gaps


def write(image: dict, out: pathlib.Path):
    version = re.search(r"project\(\w+ VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))
    page = Page(
        image,
        (ROOT / "proto/REASONS.md").read_text(encoding="utf-8"),
        roles.read(image),
        version[1] if version else "",
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page.html(), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("usage: "))
    parser.add_argument("--image", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.out and not options.check:
        parser.error("one of --out and --check is needed")
    try:
        image = json.loads(options.image.read_text(encoding="utf-8")) if options.image else build_image()
        if options.check and not check(image):
            return 1
        if options.out:
            write(image, options.out)
    except subprocess.CalledProcessError as error:
        print(f"contract: buf: {error.stderr.decode(errors='replace').strip()}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"contract: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
