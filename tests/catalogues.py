"""What the tests of the catalogue share: a service with a contributorID, its answers parsed."""

from fastapi.testclient import TestClient
from pyoxigraph import Literal, NamedNode, Store, Triple

from nhm_graph.graph import Graph
from nhm_graph.rdf.formats import TURTLE
from nhm_graph.rdf.reading import read_bytes
from nhm_graph.settings import Settings
from nhm_graph.web.app import create_app

PUBLIC = "https://daten.example"
# Of the list of contributors; nobody delivers anything with it here.
CONTRIBUTOR = "http://dcat-ap.de/def/contributors/datenBW"
SETTINGS = Settings(public_url=PUBLIC, contributor_id=CONTRIBUTOR)
GRAPHS = "https://w3id.org/nhm/examples/graph/"
PREFIXES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcatde: <http://dcat-ap.de/def/dcatde/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX nhm: <https://w3id.org/nhm/ns#>
PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX vcard: <http://www.w3.org/2006/vcard/ns#>
PREFIX void: <http://rdfs.org/ns/void#>
"""


def client(graph: Graph, settings: Settings = SETTINGS) -> TestClient:
    """A client of a service with these settings over the store of a graph, which stays open."""
    same = Graph(graph.store, graph.files, settings)
    return TestClient(create_app(settings, same), base_url="http://inside")


def parsed(content: bytes) -> Store:
    """Turtle as a store to be asked."""
    store = Store()
    store.extend(read_bytes(content, TURTLE, "answer.ttl", 50_000_000).quads)
    return store


def column(store: Store, query: str) -> list[str]:
    """The first column of a SELECT, as texts."""
    return [str(getattr(row[0], "value", row[0])) for row in store.query(PREFIXES + query)]


def changed(graph: Graph, name: str, day: str) -> list[Triple]:
    """The triples of a graph with another day of change."""
    modified = NamedNode("http://purl.org/dc/terms/modified")
    date = NamedNode("http://www.w3.org/2001/XMLSchema#date")
    kept = [each for each in graph.store.read_graph(name) if each.predicate != modified]
    return [*kept, Triple(NamedNode(name), modified, Literal(day, datatype=date))]
