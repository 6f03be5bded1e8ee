"""Small file systems of a test's own, which can be full."""

import ctypes
import os
import pathlib
import sys

_libc = ctypes.CDLL(None, use_errno=True)
MARK = "SEISAKU_OWN_MOUNTS"


def need_own_mounts():
    """Starts the program again where it may mount and nobody else sees it: as root in a mount namespace, as anybody
    else in a user namespace too. Fails where the system allows neither; never goes on without."""
    if os.environ.get(MARK) == "1":
        return
    ways = [["--mount"]] if os.getuid() == 0 else []
    ways.append(["--user", "--map-current-user", "--keep-caps", "--mount"])
    for way in ways:
        if os.spawnlp(os.P_WAIT, "unshare", "unshare", *way, "true") == 0:
            os.environ[MARK] = "1"
            os.execvp("unshare", ["unshare", *way, sys.executable, *sys.argv])
    sys.exit("This test mounts a small tmpfs. Neither a mount namespace (root) nor a user namespace is allowed here.")


def mount_tmpfs(at: pathlib.Path, size: str, owner: int | None = None):
    """A tmpfs of the size ("64k", "96m") at the directory, which belongs to the user id, if one is given."""
    options = f"size={size},mode=0700" + ("" if owner is None else f",uid={owner},gid={owner}")
    if _libc.mount(b"tmpfs", os.fsencode(at), b"tmpfs", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount a tmpfs at {at}")


def unmount(at: pathlib.Path):
    MNT_DETACH = 2
    _libc.umount2(os.fsencode(at), MNT_DETACH)


def fill(at: pathlib.Path) -> pathlib.Path:
    """A file that takes all the space that is left; deleting it makes room again."""
    file = at / "filler"
    with open(file, "wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    stream.write(b"\0" * size)
            except OSError:
                continue
    return file
