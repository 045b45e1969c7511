"""Publishing: resource pages and their Turtle, the export, and how large the pages are.

A page of a thing should cost what the thing costs, and the export of a city what the city costs,
however many other cities are in the store. The pages are made anew for each request: a request with
a cookie is never answered from what is kept.
"""

import gzip
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import report
from client import Job, Outcome, load
from copies import copies_of
from nhm_graph.graph import Graph, open_graph
from nhm_graph.publish.addresses import Addresses
from nhm_graph.settings import Settings
from nhm_graph.store.rows import rows
from service import HOST, free_port, service
from stores import open_folder, store_of

CITY = "stadt-0001"
TARGET_RATIO = 1.5
TARGET_BYTES = 100_000
_SHOWN = "musterstadt"
_PROCESS = Path(__file__).with_name("process.py")
_TYPES = (("page", "text/html"), ("Turtle", "text/turtle"))
_KINDS = ("Measure", "StrategicGoal", "OrganizationalUnit", "Municipality")
_NHM = "https://w3id.org/nhm/ns#"
_OTHER_PAGES = (
    "/",
    "/ns",
    "/ns/Goal",
    "/voc",
    "/shapes",
    "/rule/B01",
    "/sdg",
    "/sdg/7",
    "/sdg/7.2",
    "/nowhere",
)
_ADDRESS = "https://daten.example"
_GZIP = 6


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds and greatest memory (MB) of an export, and how much it wrote (MB)."""

    seconds: float
    megabytes: float
    written: float


def run(quick: bool) -> bool:
    """Prints three tables; true where every target is reached."""
    passed = [_pages(quick), _export(quick), _sizes()]
    return all(passed)


# ----- pages and Turtle per second -----


def _pages(quick: bool) -> bool:
    few, many = 1, 50 if quick else 1_000
    rounds, seconds = (3, 1.5) if quick else (5, 2.0)
    print(f"## Resource pages with {few} and with {many} cities in the store\n")
    folders = copies_of(few), copies_of(many)
    addresses = _addresses(folders[0])
    ports = free_port(), free_port()
    commands = [
        ["nhm_graph", "serve", "--store", str(folder), "--port", str(port), "--no-examples"]
        for folder, port in zip(folders, ports, strict=True)
    ]
    lines = []
    with service(commands[0], ports[0]), service(commands[1], ports[1]):
        for name, address in addresses:
            for label, media_type in _TYPES:
                costs = _compared(ports, address, media_type, rounds, seconds)
                lines.append(_line(f"{name}, {label}", *costs))
    head = ["of", f"per second, {few}", f"per second, {many}", "ratio", "verdict"]
    print(report.table(head, lines))
    print(
        f"\nTarget: ratio below {TARGET_RATIO}. One connection, made anew each time, medians of "
        f"{rounds} rounds of {seconds} s, in turn.\n"
    )
    return all(line[-1] == "PASS" for line in lines)


def _addresses(folder: Path) -> list[tuple[str, str]]:
    """A thing of each of a few kinds, with the address of its page."""
    graph = open_folder(folder)
    try:
        return [(name, address) for name, address in _things(graph, CITY) if name in _KINDS]
    finally:
        graph.close()


def _things(graph: Graph, city: str) -> Iterator[tuple[str, str]]:
    """Of each class the thing of which most is said in the graphs of a city, and its page."""
    home = Addresses.read(graph.settings.base_iris)
    found = graph.store.query(
        "SELECT ?class ?thing (COUNT(*) AS ?n) { ?thing a ?class ; ?p ?o } "
        "GROUP BY ?class ?thing ORDER BY ?class DESC(?n) ?thing",
        graph.graphs_of_city(graph.city(city, "de")),
    )
    seen = set()
    for cls, thing, _ in rows(found):
        page = home.page(str(thing))
        own = page is not None and re.match(rf"/(doc|graph)/{city}(/|$)", page)
        if page and own and str(cls).startswith(_NHM) and cls not in seen:
            seen.add(cls)
            yield str(cls).removeprefix(_NHM), page


def _compared(
    ports: Sequence[int], address: str, media_type: str, rounds: int, seconds: float
) -> tuple[float, float]:
    rates: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        pairs = list(zip(ports, rates, strict=True))
        for port, found in pairs if number % 2 else reversed(pairs):
            found.append(_load(port, address, media_type, seconds).per_second)
    return median(rates[0]), median(rates[1])


def _load(port: int, address: str, media_type: str, seconds: float) -> Outcome:
    request = (
        f"GET {address} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: {media_type}\r\n"
        "Accept-Language: de\r\nCookie: made=anew\r\n\r\n"
    )
    return load(Job(HOST, port, request, seconds, 1))


def _line(name: str, few: float, many: float) -> list[str]:
    ratio = few / many
    verdict = "PASS" if ratio < TARGET_RATIO else "above"
    return [name, f"{few:.1f}", f"{many:.1f}", f"{ratio:.2f}", verdict]


# ----- export -----


def _export(quick: bool) -> bool:
    few, many = 1, 10 if quick else 100
    rounds = 1 if quick else 2
    print(f"## Export of {few} and of {many} cities\n")
    folders = [store_of(0), copies_of(few), copies_of(many)]
    empty, *filled = [_median([_exported(folder) for _ in range(rounds)]) for folder in folders]
    each = [(one.seconds - empty.seconds) / n for one, n in zip(filled, (few, many), strict=True)]
    ratio, memory = each[1] / each[0], filled[1].megabytes / filled[0].megabytes
    passed = ratio < TARGET_RATIO
    lines = [["0", f"{empty.seconds:.1f}", "", f"{empty.megabytes:.0f}", f"{empty.written:.1f}"]]
    for number, one, cost in zip((few, many), filled, each, strict=True):
        cells = [f"{one.seconds:.1f}", f"{cost:.2f}", f"{one.megabytes:.0f}", f"{one.written:.1f}"]
        lines.append([str(number), *cells])
    last = ["ratio", "", f"{ratio:.2f}", f"{memory:.2f}", "PASS" if passed else "above"]
    head = ["cities", "s", "s per city", "MB of memory", "MB written"]
    print(report.table(head, [*lines, last]))
    print(
        f"\nTarget: ratio of the time per city below {TARGET_RATIO}; none for the memory, because "
        f"the catalogue is made whole. The command as a process, medians of {rounds}; what an "
        "export without cities takes is not counted for them.\n"
    )
    return passed


def _exported(folder: Path) -> Run:
    command = [sys.executable, str(_PROCESS), sys.executable, "-m", "nhm_graph", "export"]
    with TemporaryDirectory() as target:
        # The synthetic cities say of themselves that they are invented.
        options = ["--store", str(folder), "--public-url", _ADDRESS, "--fictional", "include"]
        done = subprocess.run(
            [*command, target, *options], capture_output=True, text=True, check=True
        )
        took = json.loads(done.stdout)
        sizes = (each.stat().st_size for each in Path(target).rglob("*") if each.is_file())
        written = sum(sizes) / 1e6
    if took["code"]:
        raise RuntimeError(f"the export of {folder.name} failed: {done.stderr[-500:]}")
    return Run(took["seconds"], took["megabytes"], written)


def _median(runs: Sequence[Run]) -> Run:
    seconds = median(each.seconds for each in runs)
    return Run(seconds, max(each.megabytes for each in runs), runs[0].written)


# ----- sizes -----


def _sizes() -> bool:
    print("## Size of pages as they are transferred\n")
    graph = open_graph(Settings())
    try:
        addresses = dict(_things(graph, _SHOWN))
        questions = [
            (f"question {each.name}", f"/queries/{each.name}?city={_SHOWN}")
            for each in graph.questions.values()
            if each.scope == "city" and {p.name for p in each.parameters if p.required} <= {"city"}
        ]
    finally:
        graph.close()
    port = free_port()
    with service(["nhm_graph", "serve", "--port", str(port)], port):
        others = dict.fromkeys([*_OTHER_PAGES, *_overviews(port)])
        pages = [*((path, path) for path in others), *addresses.items(), *questions]
        found = [(name, _transferred(port, address)) for name, address in pages]
        style = _packed(*_fetched(port, _style(port))[1::2])
    there = [(name, size) for name, size in found if size is not None]
    there.sort(key=lambda each: -each[1])
    lines = []
    for name, size in there[:25]:
        whole = size + style
        cells = [f"{size / 1000:.1f}", f"{whole / 1000:.1f}"]
        lines.append([name, *cells, "PASS" if whole < TARGET_BYTES else "above"])
    print(report.table(["page", "kB", "kB with style", "verdict"], lines))
    gone = [name for name, size in found if size is None]
    print(
        f"\nTarget: below {TARGET_BYTES / 1000:.0f} kB, packed (gzip), with the style, without "
        f"fonts. The largest of {len(there)}; not there: {', '.join(gone) or 'none'}.\n"
    )
    return all(line[-1] == "PASS" for line in lines)


def _overviews(port: int) -> list[str]:
    """The pages that the first page of a city leads to, but those about things and questions."""
    content = _fetched(port, f"/?city={_SHOWN}", packed=False)[-1].decode()
    found = re.findall(r'href="(/[^"#]*)"', content)
    paths = (unescape(each) for each in found)
    return [each for each in paths if not re.match(r"/(doc|graph|queries|static|dump)/", each)]


def _transferred(port: int, address: str) -> int | None:
    """Bytes of a page as sent, packed here where the service does not; None where there is none."""
    status, encoding, media_type, content = _fetched(port, address)
    if status not in (200, 404) or not media_type.startswith("text/html"):
        return None
    return _packed(encoding, content)


def _packed(encoding: str | None, content: bytes) -> int:
    return len(content) if encoding == "gzip" else len(gzip.compress(content, _GZIP))


def _style(port: int) -> str:
    content = _fetched(port, "/", packed=False)[-1].decode()
    found = re.search(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', content)
    if found is None:
        raise RuntimeError("the first page has no style")
    return found[1]


def _fetched(port: int, address: str, packed: bool = True) -> tuple[int, str | None, str, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        headers = {"Accept": "text/html,*/*;q=0.1", "Accept-Language": "de"}
        headers |= {"Accept-Encoding": "gzip"} if packed else {}
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        encoding = answer.getheader("Content-Encoding")
        return answer.status, encoding, answer.getheader("Content-Type", ""), answer.read()
    finally:
        connection.close()
