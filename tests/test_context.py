"""`ontology/context.jsonld`: complete, right about types, and nothing is lost by way of it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from nhm_graph.rdf.reading import read_file
from vocabulary import NHM, ONTOLOGY, RDFS, SKOS, XSD, data_files, facts_of, kinds, lists, terms

FILE = ONTOLOGY / "context.jsonld"
KEYWORDS = {"@version", "id", "type", "graph"}
DATA = [*data_files("examples"), *lists(), ONTOLOGY / "sdg.ttl"]


@cache
def context() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    assert list(whole) == ["@context"]
    inside: dict[str, Any] = whole["@context"]
    return inside


def definition(key: str) -> dict[str, str]:
    said = context()[key]
    return said if isinstance(said, dict) else {"@id": said}


def full(compact: str) -> str:
    prefix, _, local = compact.partition(":")
    return context()[prefix] + local if isinstance(context().get(prefix), str) else compact


def type_expected(name: str) -> tuple[str | None, str | None]:
    """Type and container that the ontology asks for."""
    about = terms(facts_of(ONTOLOGY / "nhm.ttl"))[name]
    if "ObjectProperty" in kinds(about):
        return "@id", None
    if "AnnotationProperty" in kinds(about):
        return None, "@language"
    for each in about.get(RDFS + "range", []):
        datatype = each.value.removeprefix(XSD)
        return None if datatype == "string" else f"xsd:{datatype}", None
    text = " ".join(each.value for each in about[SKOS + "definition"])
    for datatype in ("xsd:date", "xsd:gYear"):
        if f"({datatype})" in text:
            return datatype, None
    return None, None


def test_each_term_of_the_ontology_is_in_the_context_and_no_other() -> None:
    ours = {k: full(definition(k)["@id"]) for k in context() if k not in KEYWORDS}
    ours = {k: iri for k, iri in ours.items() if iri.startswith(NHM) and iri != NHM}
    assert ours == {name: NHM + name for name in terms(facts_of(ONTOLOGY / "nhm.ttl"))}


def test_each_term_has_the_type_that_the_ontology_gives_it() -> None:
    names = terms(facts_of(ONTOLOGY / "nhm.ttl"))
    stated = {n: (definition(n).get("@type"), definition(n).get("@container")) for n in names}
    assert stated == {name: type_expected(name) for name in names}


def test_each_foreign_term_of_the_context_is_declared_in_the_ontology() -> None:
    declared = facts_of(ONTOLOGY / "nhm.ttl")
    prefixes = {k for k, v in context().items() if isinstance(v, str) and v.endswith(("#", "/"))}
    others = {full(definition(k)["@id"]) for k in context().keys() - prefixes - KEYWORDS}
    others = {iri for iri in others if not iri.startswith((NHM, RDFS))}
    assert {iri for iri in others if not kinds(declared.get(iri, {}))} == set()


def test_the_context_reaches_for_no_other() -> None:
    text = FILE.read_text("utf-8")
    assert text.count("@context") == 1
    assert "@import" not in text
    assert read_file(FILE, 1_000_000).quads == []


@pytest.mark.parametrize("path", [pytest.param(p, id=f"{p.parent.name}-{p.stem}") for p in DATA])
def test_nothing_is_lost_on_the_way_to_json_and_back(path: Path) -> None:
    there = Dataset()
    there.default_graph.parse(path, format="turtle")
    text = there.default_graph.serialize(format="json-ld", context=context())
    back = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)}
    assert back == {quad.triple for quad in ox.parse(path=path)}


def test_data_in_json_reads_as_somebody_would_write_it() -> None:
    written = {
        "@context": context(),
        "id": "https://e.example/goal/1",
        "type": "Goal",
        "prefLabel": {"de": "Ziel", "en": "goal"},
        "dueDate": "2030-12-31",
        "refines": "https://e.example/goal/0",
    }
    found = {str(q.triple) for q in ox.parse(json.dumps(written), format=ox.RdfFormat.JSON_LD)}
    goal = "<https://e.example/goal/1>"
    assert found == {
        f"{goal} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{NHM}Goal>",
        f'{goal} <{SKOS}prefLabel> "Ziel"@de',
        f'{goal} <{SKOS}prefLabel> "goal"@en',
        f'{goal} <{NHM}dueDate> "2030-12-31"^^<{XSD}date>',
        f"{goal} <{NHM}refines> <https://e.example/goal/0>",
    }
