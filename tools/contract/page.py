"""The contract as one HTML page that needs nothing beside it."""

import pathlib
import re

import image as images
import markup
from image import Element, File
from markup import blocks, escape, inline, japanese

HERE = pathlib.Path(__file__).resolve().parent
SCALARS = {f"TYPE_{name.upper()}": name for name in (
    "double float int64 uint64 int32 fixed64 fixed32 bool string bytes uint32 sfixed32 sfixed64 sint32 sint64".split()
)}
# Where one of these is a reason too, a comment means the code: "DEADLINE_EXCEEDED POSITION_NOT_REACHED".
CODES = frozenset(
    "CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED "
    "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS "
    "UNAUTHENTICATED".split()
)


class Page:
    """`roles` may be empty; `reasons` is the text of REASONS.md, or empty."""

    def __init__(self, image: dict, reasons: str = "", roles: dict[str, list[str]] | None = None, version: str = ""):
        self._files = images.files(image)
        self._entries = images.map_entries(image)
        self._reasons = reasons
        self._roles = roles or {}
        self._version = version
        self._elements = {e.name: e for file in self._files for top in file.elements for e in top.walk()}
        self._known_reasons = markup.reasons(reasons) - CODES
        self._of_method = self._messages_of_one_method()

    def html(self) -> str:
        packages = {}
        for file in self._files:
            packages.setdefault(file.package, []).append(file)
        main = "".join(self._package(name, files) for name, files in packages.items())
        nav = "".join(self._package_nav(name, files) for name, files in packages.items())
        if self._reasons:
            body = self._reasons.split("\n", 1)[1]
            main += f'<section class="package"><h2 id="reasons">Error reasons</h2>{self._text(body, "", 2)}</section>'
            nav = '<p class="top"><a href="#reasons">Error reasons</a></p>' + nav
        title = f"Seisaku 政策: the contract{' ' + self._version if self._version else ''}"
        style = (HERE / "page.css").read_text(encoding="utf-8")
        script = (HERE / "page.js").read_text(encoding="utf-8")
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><style>\n{style}</style></head>\n<body>\n'
            f'<nav><p class="title"><a href="#top">{japanese(title)}</a></p>'
            '<input id="search" type="search" placeholder="Search names and comments  ( / )" '
            'aria-label="Search" hidden>'
            f'<ol id="found" hidden></ol><div id="contents">{nav}</div></nav>\n'
            f'<main id="top">\n{self._intro(packages)}{main}\n</main>\n<script>\n{script}</script>\n</body></html>\n'
        )

    # --- the parts of the page ---

    def _intro(self, packages: dict[str, list[File]]) -> str:
        rows = "".join(
            f'<tr><td><a href="#{escape(name)}"><code>{escape(name)}</code></a></td><td>'
            + "".join(f"<p>{inline(self._first_sentence(f), lambda _: None)}</p>" for f in files)
            + "</td></tr>"
            for name, files in packages.items()
        )
        return (
            f"<h1>{japanese('Seisaku 政策: the contract')}</h1>"
            "<p>What the <code>.proto</code> files say, made from their comments. gRPC with mutual TLS; how requests, "
            "retries, reads in the past and paging work is on one page in <code>proto/README.md</code>.</p>"
            f"<table><thead><tr><th>package</th><th>what it holds</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    def _first_sentence(self, file: File) -> str:
        return re.split(r"(?<=\.)\s", " ".join(" ".join(file.words).split()))[0]

    def _package(self, name: str, files: list[File]) -> str:
        parts = [f'<section class="package"><h2 id="{escape(name)}"><code>{escape(name)}</code></h2>']
        for file in files:
            words = "".join(self._text(text, name) for text in file.words)
            parts.append(f'<div class="file"><code>{escape(pathlib.PurePosixPath(file.name).name)}</code>{words}</div>')
        for kind in ("service", "message", "enum"):
            parts += [self._top(e) for file in files for e in file.elements if e.kind == kind and not self._inlined(e)]
        return "\n".join(parts) + "</section>\n"

    def _top(self, e: Element) -> str:
        if e.kind != "service":
            return self._type(e, 3)
        return self._section(e, 3, "service", "".join(self._method(m) for m in e.of_kind("rpc")))

    def _method(self, e: Element) -> str:
        def side(key: str, streaming: str) -> str:
            stream = '<span class="keyword">stream</span> ' if e.body.get(streaming) else ""
            return stream + self._reference(e.body[key])

        roles = self._roles.get(e.name, [])
        who = f'<p class="roles">Roles: {", ".join(map(escape, roles))}</p>' if roles else ""
        own = [self._elements[n] for n in dict.fromkeys(self._types_of(e)) if self._of_method.get(n) == e.name]
        return self._section(
            e,
            4,
            "rpc",
            "".join(self._type(message, 5) for message in own),
            f'<p class="signature">({side("inputType", "clientStreaming")}) → '
            f'({side("outputType", "serverStreaming")})</p>{who}',
        )

    def _type(self, e: Element, level: int) -> str:
        rows = self._enum_rows(e) if e.kind == "enum" else self._field_rows(e)
        head = "<th>value</th><th>name</th>" if e.kind == "enum" else "<th>#</th><th>field</th><th>type</th>"
        table = f"<table><thead><tr>{head}<th></th></tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        empty = "" if rows else '<p class="none">No fields.</p>'
        nested = "".join(self._type(child, min(6, level + 1)) for child in e.of_kind("message", "enum"))
        return self._section(e, level, e.kind, table + empty + nested)

    def _section(self, e: Element, level: int, kind: str, inside: str, signature: str = "") -> str:
        return (
            f'<section class="{kind}"><h{level} id="{escape(e.name)}" data-find="{escape(self._local(e))}" '
            f'data-kind="{kind}"><span class="kind">{kind}</span> {escape(self._local(e))}'
            f'<a class="here" href="#{escape(e.name)}" aria-label="link">#</a></h{level}>'
            f"{signature}{self._comment(e)}{inside}</section>\n"
        )

    def _field_rows(self, e: Element) -> str:
        rows, oneof = [], None
        oneofs = e.of_kind("oneof")
        for field in e.of_kind("field"):
            index = field.body.get("oneofIndex") if not field.body.get("proto3Optional") else None
            if index is not None and index != oneof:
                rows.append(self._row(oneofs[index], "", '<span class="keyword">one of</span>', "oneof"))
            oneof = index
            look = "field" if index is None else "choice"
            rows.append(self._row(field, str(field.body["number"]), self._field_type(field), look))
        return "".join(rows)

    def _row(self, e: Element, number: str, type_: str, look: str) -> str:
        old = ' <span class="keyword">deprecated</span>' if e.body.get("options", {}).get("deprecated") else ""
        return (
            f'<tr class="{look}" id="{escape(e.name)}" data-find="{escape(self._local(e))}" data-kind="{e.kind}">'
            f"<td>{number}</td><td><code>{escape(e.short)}</code>{old}</td><td>{type_}</td>"
            f"<td>{self._comment(e)}</td></tr>\n"
        )

    def _enum_rows(self, e: Element) -> str:
        return "".join(
            f'<tr id="{escape(v.name)}" data-find="{escape(v.short)}" data-kind="value">'
            f'<td>{v.body.get("number", 0)}</td>'
            f"<td><code>{escape(v.short)}</code></td><td>{self._comment(v)}</td></tr>\n"
            for v in e.of_kind("enum value")
        )

    def _package_nav(self, name: str, files: list[File]) -> str:
        elements = [e for file in files for e in file.elements]

        def entry(e: Element) -> str:
            return f'<li><a href="#{escape(e.name)}">{escape(self._local(e))}</a></li>'

        parts = []
        for service in (e for e in elements if e.kind == "service"):
            methods = "".join(
                f'<li><a href="#{escape(m.name)}">{escape(m.short)}</a></li>' for m in service.of_kind("rpc")
            )
            parts.append(
                f'<details open><summary><a href="#{escape(service.name)}">{escape(service.short)}</a></summary>'
                f"<ul>{methods}</ul></details>"
            )
        for title, kind in (("messages", "message"), ("enums", "enum")):
            inside = "".join(entry(e) for e in elements if e.kind == kind and not self._inlined(e))
            if inside:
                parts.append(f"<details><summary>{title}</summary><ul>{inside}</ul></details>")
        return f'<h2><a href="#{escape(name)}">{escape(name)}</a></h2>{"".join(parts)}'

    # --- types and texts ---

    def _messages_of_one_method(self) -> dict[str, str]:
        """Requests and responses that one method alone uses: they stand with it."""
        users: dict[str, set[str]] = {}
        for e in self._elements.values():
            names = self._types_of(e) if e.kind == "rpc" else [e.body.get("typeName", "").removeprefix(".")]
            for name in names:
                users.setdefault(name, set()).add(e.name)
        return {
            name: next(iter(by))
            for name, by in users.items()
            if len(by) == 1 and name in self._elements and self._elements[next(iter(by))].kind == "rpc"
        }

    def _types_of(self, rpc: Element) -> list[str]:
        return [rpc.body[key].removeprefix(".") for key in ("inputType", "outputType")]

    def _inlined(self, e: Element) -> bool:
        return e.name in self._of_method

    def _local(self, e: Element) -> str:
        """The name inside its package: Sample.Inner.text."""
        package = next(file.package for file in self._files if file.name == e.file)
        return e.name.removeprefix(package + ".")

    def _field_type(self, field: Element) -> str:
        body = field.body
        entry = self._entries.get(body.get("typeName", ""))
        if entry is not None:
            key, value = (self._bare_type(f) for f in entry["field"])
            return f'<span class="keyword">map</span>&lt;{key}, {value}&gt;'
        repeated = body.get("label") == "LABEL_REPEATED"
        keyword = "repeated" if repeated else "optional" if body.get("proto3Optional") else ""
        return (f'<span class="keyword">{keyword}</span> ' if keyword else "") + self._bare_type(body)

    def _bare_type(self, body: dict) -> str:
        return self._reference(body["typeName"]) if body.get("typeName") else escape(SCALARS[body["type"]])

    def _reference(self, type_name: str) -> str:
        name = type_name.removeprefix(".")
        if name not in self._elements:
            return f"<span>{escape(name)}</span>"
        return f'<a href="#{escape(name)}" title="{escape(name)}">{escape(self._local(self._elements[name]))}</a>'

    def _comment(self, e: Element) -> str:
        apart = "".join(f'<div class="apart">{self._text(text, e.name)}</div>' for text in e.comments.detached)
        return apart + "".join(self._text(text, e.name) for text in (e.comments.leading, e.comments.trailing))

    def _text(self, text: str, scope: str, heading: int = 4) -> str:
        return blocks(text, lambda word: self._resolve(word, scope), heading)

    def _resolve(self, word: str, scope: str) -> str | None:
        """What a word of a comment names: a reason, a dotted name, a method or a message of several words
        (AsOf). Plain words such as Plan begin sentences too often."""
        if word in self._known_reasons:
            return f"#reason-{word}"
        if "." not in word and not re.fullmatch(r"(?:[A-Z][a-z0-9]+){2,}", word):
            return None
        while True:
            name = f"{scope}.{word}" if scope else word
            if name in self._elements:
                return f"#{name}" if name != scope else None
            if not scope:
                return self._in_some_package(word)
            scope = scope.rpartition(".")[0]

    def _in_some_package(self, word: str) -> str | None:
        """A name of one package only, or a method of one service: SetRule."""
        found = [name for name in self._elements if name.endswith("." + word)]
        return f"#{found[0]}" if len(found) == 1 else None
