"""The ontology, its lists and what stands beside them, as the tests read them."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
NHM = "https://w3id.org/nhm/ns#"
VOC = "https://w3id.org/nhm/voc/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
# Namespaces whose terms every RDF and OWL tool knows; they are never declared.
BUILT_IN = (RDF, RDFS, OWL, XSD)

Facts = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]


def facts(triples: Iterable[ox.Triple]) -> Facts:
    """Subject -> predicate -> objects, for what has an IRI."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and isinstance(
            triple.object, ox.NamedNode | ox.Literal
        ):
            found[triple.subject.value][triple.predicate.value].append(triple.object)
    return found


@cache
def triples_of(*paths: Path) -> list[ox.Triple]:
    """What these files say, in all their graphs."""
    return [quad.triple for path in paths for quad in ox.parse(path=path)]


@cache
def facts_of(*paths: Path) -> Facts:
    """What these files say about each thing."""
    return facts(triples_of(*paths))


def parsed(turtle: str) -> Facts:
    """Facts of a small example, with the usual prefixes."""
    names = {"nhm": NHM, "owl": OWL, "rdfs": RDFS, "skos": SKOS, "dct": DCT, "e": "http://e/"}
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in names.items())
    return facts(q.triple for q in ox.parse(prefixes + turtle, format=ox.RdfFormat.TURTLE))


def terms(known: Facts) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """The terms of the nhm namespace that are defined here, without the namespace."""
    return {
        iri.removeprefix(NHM): about
        for iri, about in known.items()
        if iri.startswith(NHM) and RDF + "type" in about
    }


def kinds(about: dict[str, list[ox.NamedNode | ox.Literal]]) -> set[str]:
    """The local names of the types."""
    return {each.value.rpartition("#")[2] for each in about.get(RDF + "type", [])}


def languages(about: dict[str, list[ox.NamedNode | ox.Literal]], predicate: str) -> list[str]:
    """The languages of the texts, sorted; "" for a text without one."""
    texts = [each for each in about.get(predicate, []) if isinstance(each, ox.Literal)]
    return sorted(each.language or "" for each in texts)


def lists() -> list[Path]:
    """The files of the lists."""
    return sorted((ONTOLOGY / "lists").glob("*.ttl"))


def data_files(*folders: str) -> list[Path]:
    """The RDF files of the product in these folders."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.ttl"))]
