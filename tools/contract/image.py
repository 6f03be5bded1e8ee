"""A buf image (buf build -o -#format=json) as the elements that a reader looks for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# Below a descriptor: the key of a list of children, its number in google/protobuf/descriptor.proto, and what
# they are. A comment's path such as [4, 0, 2, 1] reads: message 0 of the file, its field 1.
OF_FILE = (("service", 6, "service"), ("messageType", 4, "message"), ("enumType", 5, "enum"))
CHILDREN = {
    "service": (("method", 2, "rpc"),),
    "message": (
        ("field", 2, "field"),
        ("oneofDecl", 8, "oneof"),
        ("nestedType", 3, "message"),
        ("enumType", 4, "enum"),
    ),
    "enum": (("value", 2, "enum value"),),
}
SYNTAX, PACKAGE = (12,), (2,)


@dataclass
class Comments:
    """What stands at an element: apart from it above, in front of it, and behind it."""

    detached: list[str] = field(default_factory=list)
    leading: str = ""
    trailing: str = ""


@dataclass
class Element:
    kind: str
    name: str  # "seisaku.catalog.v1.Plan.title"; of an enum's value with the enum's name
    file: str
    body: dict  # its descriptor
    comments: Comments
    children: list["Element"] = field(default_factory=list)

    @property
    def short(self) -> str:
        return self.body["name"]

    def of_kind(self, *kinds: str) -> list["Element"]:
        return [child for child in self.children if child.kind in kinds]

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class File:
    name: str
    package: str
    words: list[str]  # about the file: in front of its syntax and its package
    elements: list[Element]


def files(image: dict) -> list[File]:
    """The files of the project itself, in order of package and name; not what they import from elsewhere."""
    own = (body for body in image["file"] if not body.get("bufExtension", {}).get("isImport"))
    return sorted((_file(body) for body in own), key=lambda file: (file.package, file.name))


def undocumented(image: dict) -> tuple[int, list[str]]:
    """The number of elements, and those without a comment in front of them, as `file: kind name`."""
    elements = [e for file in files(image) for top in file.elements for e in top.walk()]
    gaps = [f"{e.file}: {e.kind} {e.name}" for e in elements if not e.comments.leading.strip()]
    return len(elements), gaps


def map_entries(image: dict) -> dict[str, dict]:
    """The messages that protoc makes for map fields: ".a.v1.M.ByNameEntry" to its descriptor."""
    found = {}

    def look(scope: str, bodies: list[dict]):
        for body in bodies:
            name = f"{scope}.{body['name']}"
            if _is_map_entry(body):
                found[name] = body
            look(name, body.get("nestedType", []))

    for body in image["file"]:
        look("." + body["package"], body.get("messageType", []))
    return found


def _file(body: dict) -> File:
    comments = {}
    for at in body.get("sourceCodeInfo", {}).get("location", []):
        comments[tuple(at.get("path", []))] = Comments(
            at.get("leadingDetachedComments", []), at.get("leadingComments", ""), at.get("trailingComments", "")
        )
    words = []
    for path in (SYNTAX, PACKAGE):
        if path in comments:
            words += [*comments[path].detached, comments[path].leading, comments[path].trailing]
    return File(
        body["name"],
        body["package"],
        [text for text in words if text.strip()],
        _elements(body, OF_FILE, (), body["package"], body["name"], comments),
    )


def _elements(parent: dict, below: tuple, path: tuple, scope: str, file: str, comments: dict) -> list[Element]:
    found = []
    for key, number, kind in below:
        for index, body in enumerate(parent.get(key, [])):
            if _is_made_by_protoc(kind, parent, index, body):
                continue
            here, name = (*path, number, index), f"{scope}.{body['name']}"
            children = _elements(body, CHILDREN.get(kind, ()), here, name, file, comments)
            found.append(Element(kind, name, file, body, comments.get(here, Comments()), children))
    return found


def _is_made_by_protoc(kind: str, parent: dict, index: int, body: dict) -> bool:
    """A map field's entry message and an optional field's oneof: nobody can write a comment there."""
    if kind == "oneof":
        return any(f.get("proto3Optional") and f.get("oneofIndex", 0) == index for f in parent.get("field", []))
    return kind == "message" and _is_map_entry(body)


def _is_map_entry(message: dict) -> bool:
    return bool(message.get("options", {}).get("mapEntry"))
