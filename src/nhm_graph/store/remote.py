"""A store for reading in any engine that speaks the SPARQL 1.1 Protocol (W3C 2013), over HTTP.

Nothing is written there. Which engine gets what wrong stands in docs/engines.md.
"""

import ipaddress
import math
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import pyoxigraph as ox
from pyoxigraph import NamedNode, Triple
from SPARQLWrapper import JSON, POST, TURTLE, URLENCODED, SPARQLWrapper

from nhm_graph.errors import BadParameter, StoreProblem
from nhm_graph.language import Text
from nhm_graph.rdf.formats import JSON as RESULTS
from nhm_graph.rdf.formats import N_TRIPLES
from nhm_graph.store.base import Result
from nhm_graph.store.guard import names_dataset, names_graphs, query_form
from nhm_graph.store.remote_http import Limits, Reply, certificates, exchange
from nhm_graph.store.remote_results import quads, table
from nhm_graph.store.remote_views import all_of, copied
from nhm_graph.store.views import Views

# Not DISTINCT: Virtuoso needs 15 seconds for that and 20 ms for this.
_GRAPHS = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
# The graphs in which Virtuoso keeps its own state; they are nobody's data.
_OF_ENGINE = (
    "http://www.openlinksw.com/",
    "http://localuriqaserver/",
    "http://localhost:8890/",
    "http://www.w3.org/ns/ldp#",
    "http://www.w3.org/2002/07/owl#",
    "urn:virtuoso:",
    "urn:activitystreams-owl:",
    "urn:core:services:",
)
# Stands for "no graph at all": without a name an engine takes its own default graph.
_NO_GRAPH = "urn:x-nhm:no-graph"
_TABLE_FORMS = ("select", "ask")
_Send: TypeAlias = Callable[[urllib.request.Request], Reply]


class RemoteStore:
    """The graphs of another SPARQL engine, for reading.

    `address` is its address for queries. Between two looks at its list of graphs lie
    `refresh_seconds`; so long, at most, may a change there stay unnoticed here.

    >>> RemoteStore("https://example.org/sparql").version > 0
    True
    """

    def __init__(
        self,
        address: str,
        *,
        user: str | None = None,
        password: str | None = None,
        limits: Limits | None = None,
        refresh_seconds: int = 60,
        views: int = 64,
    ) -> None:
        """`views` is how many lists of graphs, and so cities, are kept ready in memory.

        Raises BadParameter for an address that is none or not fit for credentials."""
        self.address = _checked(address, with_credentials=bool(user or password))
        self._credentials = (user, password) if user and password else None
        self._limits = limits or Limits(seconds=30, bytes=50_000_000)
        self._checked_by = certificates(self.address)
        self._refresh = refresh_seconds
        # As of which version, so that a reader in another thread never sees one without the other.
        self._names: tuple[int, list[str]] = (-1, [])
        self._merged = Views(views)
        # For the few questions that tell graphs apart; the others are quicker on one graph.
        self._apart = Views(views)
        self._closed = False

    @property
    def version(self) -> int:
        """A number that grows every `refresh_seconds`: no protocol tells whether an engine changed.

        It is taken from the clock, so that it also grows over a restart.
        """
        return int(time.time()) // self._refresh

    def query(self, text: str, graphs: Sequence[str] | None = None) -> Result:
        """See Store.query. Text that changes something is refused before it is sent.

        The engine says whether the query is right, and where it is not, in its own words. Raises
        BadQuery, RefusedQuery, Busy, Overrun, TooLarge, StoreProblem.
        """
        form = query_form(text)
        if graphs is None and not names_dataset(text):
            graphs = self.graph_names()
        dataset = None if graphs is None else (list(dict.fromkeys(graphs)) or [_NO_GRAPH])
        return self._asked(text, form, dataset)

    def query_view(self, text: str, graphs: Sequence[str]) -> Result:
        """See Store.query_view. The graphs are read whole, once every `refresh_seconds`.

        Raises Busy, Overrun, TooLarge, StoreProblem.
        """
        self._refuse_closed()
        apart = names_graphs(text)

        def make(names: Sequence[str]) -> ox.Store:
            return copied(self._reply, names, self._limits, apart=apart)

        return (self._apart if apart else self._merged).of(graphs, self.version, make).query(text)

    def read_graph(self, name: str) -> Iterator[Triple]:
        """See Store.read_graph."""
        result = self._asked(all_of(name), "construct", [name])
        assert isinstance(result, ox.QueryTriples)
        return iter(result)

    def graph_names(self) -> list[str]:
        """See Store.graph_names; without those in which Virtuoso keeps its own state."""
        version = self.version
        if self._names[0] != version:
            result = self._asked(_GRAPHS, "select", None)
            assert isinstance(result, ox.QuerySolutions)
            found = (row["g"].value for row in result if isinstance(row["g"], NamedNode))
            self._names = (version, sorted(n for n in found if not n.startswith(_OF_ENGINE)))
        return list(self._names[1])

    def update(self, text: str) -> None:
        """Refused: StoreProblem."""
        self._refuse_writing()

    def replace_graph(self, name: str, triples: Iterable[Triple]) -> bool:
        """Refused: StoreProblem."""
        self._refuse_writing()

    def backup(self, target: Path) -> None:
        """Refused: StoreProblem."""
        self._refuse_writing()

    def close(self) -> None:
        """See Store.close. Nothing is kept open between two queries."""
        self._closed = True

    def _asked(self, text: str, form: str, graphs: Sequence[str] | None) -> Result:
        reply = self._reply(text, form, graphs, self._limits)
        return table(reply.body, form) if form in _TABLE_FORMS else _graph(reply)

    def _reply(self, text: str, form: str, graphs: Sequence[str] | None, limits: Limits) -> Reply:
        self._refuse_closed()
        media_type = RESULTS.media_type if form in _TABLE_FORMS else N_TRIPLES.media_type

        def send(request: urllib.request.Request) -> Reply:
            return exchange(request, limits, media_type, self._checked_by)

        client = _Client(self.address, form, media_type, send)
        if self._credentials:
            client.setCredentials(*self._credentials)
        for name in graphs or ():
            client.addParameter("default-graph-uri", name)
            if names_graphs(text):
                client.addParameter("named-graph-uri", name)
        # For Virtuoso, which then stops by itself and says so. Others take it as seconds or not.
        client.addParameter("timeout", str(math.ceil(1000 * limits.seconds)))
        client.setQuery(text)
        reply = client.query().response
        assert isinstance(reply, Reply)
        return reply

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreProblem(
                Text(de="Der Datenbestand ist geschlossen.", en="The store is closed.")
            )

    def _refuse_writing(self) -> NoReturn:
        raise StoreProblem(
            Text(
                de=f"Aus {self.address} wird nur gelesen; dort wird nichts geändert.",
                en=f"{self.address} is for reading only; nothing is changed there.",
            ),
            mend=Text(
                de="Die Daten mit den Mitteln dieser SPARQL-Datenbank laden, oder ohne NHM_STORE "
                "den eigenen Datenbestand verwenden.",
                en="Load the data with the means of that SPARQL engine, or use the store of this "
                "program, without NHM_STORE.",
            ),
        )


class _Client(SPARQLWrapper):
    """SPARQLWrapper with nothing left to guess: it makes the request, `send` does the rest.

    One for each query: it keeps state and is not for several threads.
    """

    def __init__(self, address: str, form: str, media_type: str, send: _Send) -> None:
        self._form = form.upper()
        self._send = send
        super().__init__(address, agent="nhm-graph")
        self.setMethod(POST)
        self.setRequestMethod(URLENCODED)
        self.setOnlyConneg(True)
        self.setReturnFormat(JSON if form in _TABLE_FORMS else TURTLE)
        self.addCustomHttpHeader("Accept", media_type)

    def _parseQueryType(self, query: str) -> str:
        return self._form

    def _query(self) -> tuple[Any, str]:
        return self._send(self._createRequest()), self.returnFormat


def _graph(reply: Reply) -> Result:
    taken = ox.Store()
    taken.extend(quads(reply))
    return taken.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")


def _checked(address: str, *, with_credentials: bool) -> str:
    """The address if it is one of http or https, without a name or password in it."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urllib.parse.urlsplit(""), None
    expected = Text(
        de="eine Adresse mit https:// oder http://, ohne Name und Passwort darin",
        en="an address with https:// or http://, without name and password in it",
    )
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.fragment:
        # Not repeated: what was given may have a password in it.
        raise BadParameter.value("store", f"{parts.scheme}://…", expected)
    if with_credentials and parts.scheme == "http" and not _is_here(host):
        raise BadParameter.value(
            "store",
            f"http://{host}",
            Text(
                de="https://, denn ein Passwort geht nicht unverschlüsselt zu anderen Rechnern",
                en="https://, because a password does not go to other machines unencrypted",
            ),
        )
    return address


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
