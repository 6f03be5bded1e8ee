#!/usr/bin/env python3
"""Fails for any element of the contracts without a comment in front of it.

usage: proto_docs.py [PROTO_ROOT]      by default the proto/ folder of this repository

Asks protoc for the compiled descriptors with their source information, and reads these directly:
the wire format is small, and so the check needs no other package than protoc.
"""

import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator

# What a child of a descriptor is, by its field number in google/protobuf/descriptor.proto. A path
# such as (4, 0, 2, 1) reads: message 0 of the file, its field 1.
FILE_CHILDREN = {4: "message", 5: "enum", 6: "service"}
CHILDREN = {
    "message": {2: "field", 3: "message", 4: "enum", 8: "oneof"},
    "enum": {2: "enum value"},
    "service": {2: "rpc"},
    "field": {},
    "oneof": {},
    "enum value": {},
    "rpc": {},
}
# Every one of these descriptors has its name in the same field.
NAME = 1


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a serialized message in order: number and value, bytes where it has a length."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            size = {1: 8, 5: 4}[wire]
            value, at = data[at : at + size], at + size
        yield number, value


def all_of(data: bytes, wanted: int) -> list:
    return [value for number, value in fields(data) if number == wanted]


def packed(data: bytes) -> tuple[int, ...]:
    values, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return tuple(values)


def elements(parent: bytes, children: dict, path: tuple, scope: str) -> Iterator[tuple[tuple, str, str]]:
    """Path, kind and name of each element below `parent`, depth first."""
    for number, kind in children.items():
        for index, body in enumerate(all_of(parent, number)):
            if kind == "message" and is_map_entry(body):
                continue
            if kind == "oneof" and is_optional_marker(parent, index):
                continue
            name = f"{scope}.{all_of(body, NAME)[0].decode()}"
            here = (*path, number, index)
            yield here, kind, name
            yield from elements(body, CHILDREN[kind], here, name)


def is_map_entry(message: bytes) -> bool:
    """protoc makes a message of its own for each map field: MessageOptions.map_entry."""
    return any(all_of(options, 7) == [1] for options in all_of(message, 7))


def is_optional_marker(message: bytes, oneof: int) -> bool:
    """`optional` makes a oneof of its own: a field with proto3_optional and this oneof_index."""
    return any(
        all_of(field, 17) == [1] and all_of(field, 9) == [oneof] for field in all_of(message, 2)
    )


def leading_comments(file: bytes) -> dict[tuple, str]:
    comments = {}
    for info in all_of(file, 9):
        for location in all_of(info, 1):
            path = packed(b"".join(all_of(location, 1)))
            for comment in all_of(location, 3):
                comments[path] = comment.decode()
    return comments


def undocumented(descriptor_set: bytes) -> tuple[int, list[str]]:
    """The number of elements and those without a comment, as `file: kind name`."""
    count, gaps = 0, []
    for file in all_of(descriptor_set, 1):
        comments = leading_comments(file)
        package = b"".join(all_of(file, 2)).decode()
        for path, kind, name in elements(file, FILE_CHILDREN, (), package):
            count += 1
            if not comments.get(path, "").strip():
                gaps.append(f"{all_of(file, 1)[0].decode()}: {kind} {name}")
    return count, gaps


def compile_protos(root: pathlib.Path) -> bytes:
    protos = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.proto"))
    if not protos:
        raise FileNotFoundError(f"no .proto file below {root}")
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["protoc", f"-I{root}", "--include_source_info", f"--descriptor_set_out={out.name}", *protos],
            check=True,
        )
        return pathlib.Path(out.name).read_bytes()


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[3] / "proto"
    count, gaps = undocumented(compile_protos(root))
    for gap in gaps:
        print(f"{gap}: no comment in front of it")
    print(f"proto_docs: {count} elements, {len(gaps)} undocumented")
    return 1 if gaps or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
