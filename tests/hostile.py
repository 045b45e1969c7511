"""What a stranger may send to do harm, and what is said to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from foreign import RUNAWAY

# Seconds; of the service that they are sent to.
DEADLINE, DELIVERY = 4, 8
LIMITS = {
    "NHM_QUERY_SECONDS": str(DEADLINE),
    "NHM_DELIVERY_SECONDS": str(DELIVERY),
    "NHM_READER_MEMORY_MIB": "512",
    "NHM_READERS_WAITING": "4",
}
# 100 million rows of a kilobyte: an answer that does not come to its end.
ENDLESS = "SELECT * {{ {} }}".format(
    " ".join(f"VALUES ?{each} {{ {' '.join(map(str, range(100)))} }}" for each in "abcd")
    + f' VALUES ?text {{ "{"x" * 1000}" }}'
)
SMALL = "SELECT (1 AS ?a) {}"
_ELSEWHERE = "http://127.0.0.1:9/elsewhere"
_DOUBLED = "BIND('0123456789' AS ?t0) " + " ".join(
    f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40)
)
_PATH = "(!<http://e/x>|^!<http://e/x>)*"
_BOMB = """<?xml version="1.0"?>
<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY file SYSTEM "file:///etc/passwd">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
<rdf:Description rdf:about="http://e/s"><e:p>&b;&file;</e:p></rdf:Description></rdf:RDF>"""
_CONTEXT = f'{{"@context": "{_ELSEWHERE}", "@id": "http://e/s", "p": "o"}}'

Send = Callable[[httpx.Client], httpx.Response]


@dataclass(frozen=True)
class Hostile:
    """A request, the status it gets, and the kind of problem (None: it is answered)."""

    send: Send
    status: int
    problem: str | None = None


def get(text: str) -> Send:
    """The query in the address."""
    return lambda client: client.get("/sparql", params={"query": text})


def post(text: str) -> Send:
    """The query in the body."""
    header = {"Content-Type": "application/sparql-query"}
    return lambda client: client.post("/sparql", content=text, headers=header)


def _update(text: str) -> Send:
    header = {"Content-Type": "application/sparql-update"}
    return lambda client: client.post("/update", content=text, headers=header)


def _put(text: str, media_type: str) -> Send:
    header = {"Content-Type": media_type}
    return lambda client: client.put("/store?graph=http://e/g", content=text, headers=header)


def _values(number: int) -> str:
    listed = " ".join(map(str, range(number)))
    return f"SELECT (COUNT(*) AS ?n) {{ VALUES ?o {{ {listed} }} }}"


def _nested(depth: int) -> str:
    return f"SELECT ({'(' * depth}1{')' * depth} AS ?x) {{}}"


# The client that sends them has the token: writing is refused for what is written.
HOSTILE: Mapping[str, Hostile] = {
    "20,000 parentheses within one another": Hostile(post(_nested(20_000)), 400, "refused-query"),
    "regular expression of nested repetitions": Hostile(
        get(f'SELECT (REGEX("{"a" * 5000}!", "^(a+)+$") AS ?matches) {{}}'), 200
    ),
    "regular expression over a product": Hostile(
        get(
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(REGEX(CONCAT("
            'STR(?a), STR(?d), STR(?g)), "(.*.*.*.*.*.*){20}x{500}$")) }'
        ),
        503,
        "overrun",
    ),
    "cartesian product": Hostile(get(RUNAWAY), 503, "overrun"),
    "closure of a property path": Hostile(
        get(f"SELECT (COUNT(*) AS ?n) {{ ?a {_PATH} ?b . ?c {_PATH} ?d . ?e {_PATH} ?f }}"),
        503,
        "overrun",
    ),
    "VALUES of 15,000 numbers": Hostile(post(_values(15_000)), 200),
    "VALUES of 150,000 numbers": Hostile(post(_values(150_000)), 413, "too-large"),
    "1 MB of text in the body": Hostile(post(SMALL + "#" * 1_000_000), 413, "too-large"),
    "a text of 10 TB": Hostile(
        get(f"SELECT (STRLEN(?t40) AS ?n) {{ {_DOUBLED} }}"), 503, "out-of-memory"
    ),
    "SERVICE": Hostile(
        get(f"SELECT * {{ SERVICE <{_ELSEWHERE}> {{ ?s ?p ?o }} }}"), 400, "refused-query"
    ),
    "SERVICE written as \\u0053ERVICE": Hostile(
        get(f"SELECT * {{ \\u0053ERVICE <{_ELSEWHERE}> {{ ?s ?p ?o }} }}"), 400, "refused-query"
    ),
    "FROM an address elsewhere": Hostile(get(f"ASK FROM <{_ELSEWHERE}> {{ ?s ?p ?o }}"), 200),
    "LOAD": Hostile(_update(f"LOAD <{_ELSEWHERE}> INTO GRAPH <http://e/g>"), 400, "refused-query"),
    "entities in RDF/XML": Hostile(_put(_BOMB, "application/rdf+xml"), 400, "unreadable-data"),
    "JSON-LD with a context elsewhere": Hostile(
        _put(_CONTEXT, "application/ld+json"), 400, "unreadable-data"
    ),
}
