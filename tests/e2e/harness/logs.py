"""What somebody can do to a log who knows its formats: entries, tiles, roots, frontiers, and notes signed with the
log's own key."""

import base64
import hashlib
import pathlib
import subprocess
import tempfile

TILE = 256
PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")


# --- protobuf's wire format ---


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(message: bytes) -> list[tuple[int, int | bytes]]:
    """Number and value of each field: varints and what has a length."""
    at, found = 0, []
    while at < len(message):
        tag, at = read_varint(message, at)
        value, at = read_varint(message, at)
        if tag & 7 == 2:
            value, at = message[at : at + value], at + value
        found.append((tag >> 3, value))
    return found


def build(found: list[tuple[int, int | bytes]]) -> bytes:
    """What `fields` reads."""
    return b"".join(
        varint(number << 3) + varint(value) if isinstance(value, int) else varint(number << 3 | 2) + varint(len(value)) + value
        for number, value in found
    )


def field(message: bytes, number: int, default: int | bytes = 0) -> int | bytes:
    return next((value for is_number, value in fields(message) if is_number == number), default)


# --- a file of StoredEntry messages ---


def read_entries(content: bytes) -> list[bytes]:
    at, entries = 0, []
    while at < len(content):
        length, at = read_varint(content, at)
        entries.append(content[at : at + length])
        at += length
    return entries


def write_entries(entries: list[bytes]) -> bytes:
    return b"".join(varint(len(entry)) + entry for entry in entries)


def at_position(stored: bytes, position: int) -> bytes:
    """The stored entry as if it stood there."""
    others = [(number, value) for number, value in fields(stored) if number != 1]
    return build(([(1, position)] if position else []) + others)


def with_entry(stored: bytes, entry: bytes) -> bytes:
    return build([(number, entry if number == 2 else value) for number, value in fields(stored)])


def entry_of(stored: bytes) -> bytes:
    return field(stored, 2, b"")


def other_event_id(entry: bytes) -> bytes:
    """The same entry under another event id, which nothing depends on."""
    return build([(number, value[:-1] + (b"0" if value[-1:] != b"0" else b"1") if number == 1 else value) for number, value in fields(entry)])


def ends_command(entry: bytes) -> bool:
    return field(entry, 11) + 1 == field(entry, 12)


def recorded_at(entry: bytes) -> int:
    """Microseconds."""
    time = field(entry, 4, b"")
    return field(time, 1) * 1_000_000 + field(time, 2) // 1000


# --- RFC 6962 ---


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def frontier_of(leaves: list[bytes]) -> bytes:
    """The roots of the complete subtrees, the largest first."""
    if not leaves:
        return b""
    split = 1 << len(leaves).bit_length() - 1
    return root_of(leaves[:split]) + frontier_of(leaves[split:])


def tiles_of(leaves: list[bytes]) -> dict[str, bytes]:
    """C2SP tlog-tiles of a log of fewer than 256 * 1000 entries, with the ones that are not full."""
    tiles, level = {}, 0
    while leaves:
        for index in range(0, len(leaves), TILE):
            hashes = leaves[index : index + TILE]
            part = "" if len(hashes) == TILE else f".p/{len(hashes)}"
            tiles[f"tile/{level}/{index // TILE:03}{part}"] = b"".join(hashes)
        leaves = [root_of(leaves[i : i + TILE]) for i in range(0, len(leaves) - TILE + 1, TILE)]
        level += 1
    return tiles


# --- signed notes ---


def sign(text: str, key_file: pathlib.Path) -> str:
    """The note that the owner of the key makes of a text."""
    words = key_file.read_text(encoding="utf-8").strip().split("+")
    name, key_id, secret = words[2], words[3], base64.b64decode("+".join(words[4:]))
    with tempfile.TemporaryDirectory() as folder:
        key, message = pathlib.Path(folder, "key"), pathlib.Path(folder, "message")
        key.write_bytes(PKCS8_ED25519 + secret[1:])
        message.write_text(text, encoding="utf-8")
        command = ["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key, "-in", message]
        signature = subprocess.run(command, check=True, capture_output=True).stdout
    return f"{text}\n— {name} {base64.b64encode(bytes.fromhex(key_id) + signature).decode()}\n"


def checkpoint(origin: str, leaves: list[bytes], key_file: pathlib.Path) -> str:
    return sign(f"{origin}\n{len(leaves)}\n{base64.b64encode(root_of(leaves)).decode()}\n", key_file)


def seal(origin: str, leaves: list[bytes], recorded_at_micros: int, key_file: pathlib.Path) -> bytes:
    """What the owner of the key puts beside the head of a log with these leaf hashes."""
    root = base64.b64encode(root_of(leaves)).decode()
    note = sign(f"seisaku head seal v1\n{origin}\n{len(leaves)}\n{root}\n{recorded_at_micros}\n", key_file)
    return base64.b64decode(note.split()[-1])
