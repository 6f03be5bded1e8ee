"""What buf makes of a small contract with every kind of element, and of every place for a comment."""


def image() -> dict:
    """A fresh copy, to be changed at will."""
    return {"file": [_timestamp(), _sample()]}


def comments(image_: dict) -> list[dict]:
    """The places of the sample's own file that have a comment in front of an element."""
    places = image_["file"][1]["sourceCodeInfo"]["location"]
    return [place for place in places if place["path"][0] in (4, 5, 6)]


def _timestamp() -> dict:
    return {
        "name": "google/protobuf/timestamp.proto",
        "package": "google.protobuf",
        "messageType": [{"name": "Timestamp", "field": []}],
        "bufExtension": {"isImport": True},
    }


def _field(name: str, number: int, type_: str, type_name: str = "", label: str = "OPTIONAL", **more) -> dict:
    body = {"name": name, "number": number, "label": f"LABEL_{label}", "type": f"TYPE_{type_}"}
    return body | ({"typeName": type_name} if type_name else {}) | more


def _comment(path: list[int], leading: str, **more) -> dict:
    return {"path": path, "span": [0, 0, 0], "leadingComments": leading} | more


def _sample() -> dict:
    entry = {
        "name": "ByNameEntry",
        "field": [_field("key", 1, "STRING"), _field("value", 2, "MESSAGE", ".sample.v1.Sample.Inner")],
        "options": {"mapEntry": True},
    }
    sample = {
        "name": "Sample",
        "field": [
            _field("first", 1, "STRING", oneofIndex=0),
            _field("maybe", 2, "STRING", oneofIndex=1, proto3Optional=True),
            _field("by_name", 3, "MESSAGE", ".sample.v1.Sample.ByNameEntry", "REPEATED"),
            _field("at", 4, "MESSAGE", ".google.protobuf.Timestamp", "REPEATED", options={"deprecated": True}),
        ],
        "nestedType": [{"name": "Inner", "field": [_field("text", 1, "STRING")]}, entry],
        "enumType": [{"name": "State", "value": [{"name": "STATE_UNSPECIFIED", "number": 0}]}],
        "oneofDecl": [{"name": "choice"}, {"name": "_maybe"}],
    }
    get = {"name": "Get", "inputType": ".sample.v1.Sample", "outputType": ".sample.v1.Sample", "serverStreaming": True}
    return {
        "name": "sample/v1/sample.proto",
        "package": "sample.v1",
        "messageType": [sample],
        "service": [{"name": "Samples", "method": [get]}],
        "sourceCodeInfo": {
            "location": [
                _comment([12], " The file's own words.\n"),
                _comment([2], " The package's words.\n", leadingDetachedComments=[" Words apart.\n"]),
                _comment(
                    [4, 0], " A sample.\n\n - of `code`\n - of <b> & 政策\n", leadingDetachedComments=[" Above it.\n"]
                ),
                _comment([4, 0, 3, 0], " A nested message.\n"),
                _comment([4, 0, 3, 0, 2, 0], " A nested field; see Sample.first.\n"),
                _comment([4, 0, 4, 0], " A nested enum.\n"),
                _comment([4, 0, 4, 0, 2, 0], " A value.\n"),
                _comment([4, 0, 8, 0], " A oneof.\n"),
                _comment([4, 0, 2, 0], " A choice.\n"),
                _comment([4, 0, 2, 1], " An optional field.\n", trailingComments=" Behind it.\n"),
                _comment([4, 0, 2, 2], " A map field.\n"),
                _comment([4, 0, 2, 3], " When: NOT_FOUND SAMPLE_GONE.\n"),
                _comment([6, 0], " A service.\n"),
                _comment([6, 0, 2, 0], " An rpc.\n"),
            ]
        },
        "bufExtension": {"isImport": False},
    }
