"""What is asked of a city's logs to pin them, and how today's answers are compared with the pinned ones."""

import base64
import hashlib
import json
import pathlib
import re
import subprocess

import grpc
from harness.children import clean_environment
from harness.city import PROGRAMS, City
from neighbour import address, identity
from seisaku.log.v1.entry_pb2 import Entry
from seisaku.log.v1.log_service_pb2 import GetCheckpointRequest, GetStateDigestRequest
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub
from seisaku.type.v1.read_pb2 import AsOf

SECONDS = 30
LONGEST_TEXT = 200
SERVICES = ("catalog", "progress")
YEARS = {"strategy": (2022,), "kodomo": (2022, 2023)}
KPIS = {
    "strategy": ("交通事故発生件数", "健康寿命", "コミュニティバス利用者数"),
    "kodomo": ("rate", "people", "wait", "within", "words", "untold", "ending"),
}


def heads(city: City, sizes: list[dict[str, int]]) -> list[dict[str, dict]]:
    """For each of the sizes (by service): root and digests, as the services say."""
    found = []
    for at in sizes:
        found.append({})
        for service in SERVICES:
            with grpc.secure_channel(address(city, service), identity(city, "auditor").credentials()) as channel:
                log = LogServiceStub(channel)
                digest = log.GetStateDigest(GetStateDigestRequest(as_of=AsOf(size=at[service])), timeout=SECONDS)
                note = log.GetCheckpoint(GetCheckpointRequest(size=at[service]), timeout=SECONDS).checkpoint
            found[-1][service] = {
                "origin": note.splitlines()[0], "size": at[service], "root": note.splitlines()[2],
                "stateDigest": digest.state_digest.hex(), "contentDigest": digest.content_digest.hex(),
            }
    return found


def shown_positions(entries: list[dict]) -> list[int]:
    """Of a log: the last entry of each type, and all that the log says of itself."""
    types = {int(one.get("position", 0)): Entry.FromString(base64.b64decode(one["entry"])).type for one in entries}
    last = {type: position for position, type in types.items()}
    return sorted(position for position, type in types.items() if last[type] == position or type.startswith("seisaku.log.v1."))


def questions(sizes: list[dict[str, int]]) -> list[tuple[str, ...]]:
    """What policyctl is asked, at each of the sizes. Plans are catalog's, figures progress's."""
    asked = []
    for at in sizes:
        of_catalog, of_progress = (("--as-of", str(at[service])) for service in SERVICES)
        asked.append(("plan", "list", *of_catalog))
        for plan, kpis in KPIS.items():
            asked.append(("tree", "--plan", plan, "--kpis", *of_catalog))
            asked.append(("kpi", "list", "--plan", plan, *of_catalog))
            for year in YEARS[plan]:
                of_year = ("--plan", plan, "--fiscal-year", str(year), *of_progress)
                asked += [("sheet", *of_year), ("summary", *of_year)]
                asked += [("explain", kpi, *of_year) for kpi in kpis]
            asked += [("actual", "history", kpi, "--plan", plan, *of_progress) for kpi in kpis]
            asked += [("narrative", "list", kpi, "--plan", plan, "--fiscal-year", "2022", *of_progress) for kpi in kpis]
    return asked


def answers(city: City, sizes: list[dict[str, int]]) -> dict[str, object]:
    """What `policyctl -o json` says to each question, and of the logs, by its words."""
    said = {" ".join(words): city.ask_json(*words) for words in questions(sizes)}
    for log in SERVICES:
        # A page at a time: a later entry is not this history's.
        words = ("log", "list", "--log", log, "--limit", str(sizes[-1][log]))
        listed = city.ask_json(*words, role="auditor")
        said[" ".join(words)] = shortened(listed)
        for position in shown_positions(listed["entries"]):
            words = ("log", "show", str(position), "--log", log)
            said[" ".join(words)] = shortened(json.loads(city.ask(*words, role="auditor").out))
    return said


def shortened(value):
    """The same with a hash in the place of each text as long as an entry's bytes, which lie in the bundle and the dump."""
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    return value


def replayed(bundle: pathlib.Path, trust: pathlib.Path, sizes: list[dict[str, int]], *more: str) -> list[dict]:
    """What `auditor replay -o json` makes of a bundle at each of the sizes: all records of both states and their
    digests; or what the words after it ask for."""
    found = []
    for at in sizes:
        command = [PROGRAMS / "auditor", "--lang", "en", "-o", "json", "replay", bundle, "--trust", trust,
                   "--to", str(at["progress"]), *more]
        done = subprocess.run([str(word) for word in command], capture_output=True, encoding="utf-8",
                              env=clean_environment(), timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"auditor replay: {done.returncode}\n{done.stdout}{done.stderr}")
        found.append(json.loads(done.stdout))
    return found


def differences(pinned, now, where: str = "", may_appear: dict[str, str] | None = None) -> list[str]:
    """Each place where today's answer is another. A field that was not there then is one, unless a pattern of
    `may_appear` (with its reason) is that of its place."""
    if isinstance(pinned, dict) and isinstance(now, dict):
        found = []
        for name in pinned.keys() | now.keys():
            place = f"{where}/{name}"
            if name not in now:
                found.append(f"{place}: was {short(pinned[name])}, is gone")
            elif name in pinned:
                found += differences(pinned[name], now[name], place, may_appear)
            elif not any(re.fullmatch(pattern, place) for pattern in may_appear or {}):
                found.append(f"{place}: is new: {short(now[name])}")
        return sorted(found)
    if isinstance(pinned, list) and isinstance(now, list) and len(pinned) == len(now):
        return [each for i, (then, today) in enumerate(zip(pinned, now))
                for each in differences(then, today, f"{where}/{i}", may_appear)]
    # True == 1 in Python, but not in JSON.
    same = type(pinned) is type(now) and pinned == now
    return [] if same else [f"{where}: was {short(pinned)}, is {short(now)}"]


def short(value) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:120] + "…"
